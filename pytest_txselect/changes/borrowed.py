"""A repository of our own in a temporary folder that borrows the objects of another: past commits are looked at there.

Nothing is written into the other repository, not even a reference, so a kill leaves nothing behind but the
temporary folder, and no checkout of the user is touched.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from pytest_txselect.changes.git import Git, find_repository, make_repository

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Borrowed", "borrow_repository"]


class Borrowed:
    """A work tree that shows one past commit after the other.

    Args:
        git: the repository.
    """

    def __init__(self, git: Git) -> None:
        self.git = git

    def show(self, commit: str) -> None:
        """Let the work tree be what it was at a commit.

        Raises:
            GitError: git does not have all of it.
        """
        self.git.run("checkout", "--quiet", "--force", "--detach", commit)


def borrow_repository(git: Git, folder: Path, environment: Mapping[str, str]) -> Borrowed:
    """Make a repository that borrows from another.

    Args:
        git: the other one.
        folder: where; made.
        environment: of the process.

    Raises:
        GitError: git cannot make it.
        OSError: the folder cannot be written.
    """
    # Large files that live elsewhere stay away: only their names are looked at.
    quiet = {**environment, "GIT_LFS_SKIP_SMUDGE": "1"}
    wide = len(git.resolve_commit("HEAD")) > 40  # noqa: PLR2004 - digits of SHA-1
    make_repository(folder, quiet, *(["--object-format=sha256"] if wide else []))
    shared = folder / ".git"
    (shared / "objects" / "info").mkdir(parents=True, exist_ok=True)
    objects = os.path.realpath(_find_place(git, "objects"))
    (shared / "objects" / "info" / "alternates").write_bytes(os.fsencode(objects) + b"\n")
    if git.repository.shallow:
        shutil.copyfile(_find_place(git, "shallow"), shared / "shallow")
    return Borrowed(Git(find_repository(folder, quiet), quiet))


def _find_place(git: Git, name: str) -> str:
    """The absolute path of something in the folder of a repository, wherever a worktree keeps it."""
    place = os.fsdecode(git.run("rev-parse", "--git-path", name).removesuffix(b"\n"))
    return os.path.join(git.repository.top, place)  # noqa: PTH118 - surrogates survive
