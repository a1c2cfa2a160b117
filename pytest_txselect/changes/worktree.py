"""What files of the work tree would be in a commit, for those of which git does not tell."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from pytest_txselect.changes.listing import FILE_MODE, LINK_MODE, TreeEntry, encode_path, quote_path

if TYPE_CHECKING:
    from collections.abc import Collection

    from pytest_txselect.changes.git import Git
    from pytest_txselect.model import RepoPath

__all__ = ["hash_files"]


def hash_files(git: Git, paths: Collection[RepoPath]) -> dict[RepoPath, TreeEntry | None]:
    """Return what files of the work tree would be in a commit; None for one that is not there.

    Clean filters (line ends, large file storage) apply as when the file is added. What is neither a file nor
    a symbolic link is not there; the executable bit is not looked at.

    Raises:
        GitError: git failed, or a file vanished meanwhile.
    """
    found: dict[RepoPath, TreeEntry | None] = dict.fromkeys(paths)
    regular: list[RepoPath] = []
    top = os.fsencode(git.repository.top)
    for path in found:
        place = os.path.join(top, encode_path(path))  # noqa: PTH118 -- bytes: a name need not be text
        try:
            mode = os.lstat(place).st_mode
        except (FileNotFoundError, NotADirectoryError):
            continue
        if stat.S_ISREG(mode):
            regular.append(path)
        elif stat.S_ISLNK(mode):
            target = os.readlink(place)  # noqa: PTH115 -- bytes: as above
            found[path] = TreeEntry(LINK_MODE, _run(git, "--stdin", target)[0])
    if regular:
        names = _run(git, "--stdin-paths", b"".join(quote_path(path) + b"\n" for path in regular))
        found.update((path, TreeEntry(FILE_MODE, name)) for path, name in zip(regular, names, strict=True))
    return found


def _run(git: Git, source: str, given: bytes) -> list[str]:
    return git.run("hash-object", source, given=given).decode("ascii").split()
