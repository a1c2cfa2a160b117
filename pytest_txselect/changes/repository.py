"""Where a repository is and what is checked out there: the values, and reading the former from git's answer. Pure."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from pytest_txselect.changes.trouble import explain_failure, explain_no_work_tree

__all__ = ["LOCATE", "Head", "Repository", "parse_location"]

_MARK: Final = "--txselect-mark"

# Paths may have newlines in them; an option that rev-parse does not know is echoed, and keeps the two apart.
LOCATE: Final = (
    "rev-parse",
    "--is-bare-repository",
    "--is-shallow-repository",
    "--absolute-git-dir",
    _MARK,
    "--show-toplevel",
)
"""The command whose answer `parse_location` reads."""


@dataclass(frozen=True, slots=True)
class Repository:
    """Where a repository is.

    Attributes:
        top: the top of its work tree, resolved.
        git_dir: its git directory (the one of this work tree, where there are several).
        shallow: whether its history is cut off.
    """

    top: Path
    git_dir: Path
    shallow: bool


class Head(NamedTuple):
    """The commit that is checked out.

    Attributes:
        commit: its full object name.
        message: its message.
    """

    commit: str
    message: str


def parse_location(place: str, status: int, out: bytes, complaint: bytes) -> Repository:
    """Return the repository that `LOCATE` found.

    Args:
        place: the directory asked about, for messages.
        status: git's exit status.
        out: what it wrote.
        complaint: what it wrote to stderr.

    Raises:
        GitError: there is no repository or no work tree, or git refuses the repository.
    """
    before, mark, top = out.partition(f"\n{_MARK}\n".encode("ascii"))
    if not mark:
        raise explain_failure(place, LOCATE[0], complaint)
    bare, shallow, git_dir = before.split(b"\n", 2)
    if status != 0:
        raise explain_no_work_tree(place, bare=bare == b"true")
    return Repository(
        top=Path(os.fsdecode(top[:-1])).resolve(),
        git_dir=Path(os.fsdecode(git_dir)),
        shallow=shallow == b"true",
    )
