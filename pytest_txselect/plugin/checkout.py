"""Which commit is checked out, read from git's own files: a report must not cost the start of a process."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["find_checkout"]

_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MOST_LINKS: Final = 5


def find_checkout(folder: Path) -> tuple[str, str]:
    """Find the repository that a folder is in.

    Args:
        folder: absolute.

    Returns:
        The way from the top of the repository to the folder, with `/`, and the commit of HEAD; each is empty
        where it is not known (no repository; references kept in a database).
    """
    for top in (folder, *folder.parents):
        git = top / ".git"
        if git.exists():
            prefix = folder.relative_to(top).as_posix()
            return "" if prefix == "." else prefix, _find_commit(git)
    return "", ""


def _find_commit(git: Path) -> str:
    """Find the commit of HEAD; `git` is the folder, or in a worktree the file that leads to it."""
    try:
        if git.is_file():
            git = git.parent / _read(git).removeprefix("gitdir:").strip()
        shared = git / _read(git / "commondir") if (git / "commondir").exists() else git
        name = _read(git / "HEAD")
        for _ in range(_MOST_LINKS):
            if not name.startswith("ref:"):
                return name if _COMMIT.fullmatch(name) else ""
            name = _follow(git, shared, name.removeprefix("ref:").strip())
    except (OSError, ValueError):  # half a repository: a report is not the place to complain
        return ""
    return ""


def _follow(git: Path, shared: Path, reference: str) -> str:
    for place in (git, shared):
        if (place / reference).is_file():
            return _read(place / reference)
    packed = shared / "packed-refs"
    for line in _read(packed).splitlines() if packed.exists() else ():
        commit, _, name = line.partition(" ")
        if name == reference:
            return commit
    return ""


def _read(path: Path) -> str:
    return path.read_text("utf-8", "surrogateescape").strip()
