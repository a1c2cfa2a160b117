"""Names that mean something else, each to be followed once."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pytest_txselect.model import RepoPath

__all__ = ["Name", "Names"]


class Name(NamedTuple):
    """A module-level name that means something else.

    Attributes:
        path: its file.
        name: the name.
        gone: whether the file has it no longer.
        plain: see `plain.is_plain`.
        rebinds: whether it means another object; otherwise, one that is the same and has something else.
    """

    path: RepoPath
    name: str
    gone: bool
    plain: bool
    rebinds: bool


class Names:
    """The names that wait; each comes once."""

    def __init__(self) -> None:
        self._waiting: deque[Name] = deque()
        self._seen: set[Name] = set()

    def add(self, name: Name) -> None:
        """One more waits, unless it did before."""
        if name not in self._seen:
            self._seen.add(name)
            self._waiting.append(name)

    def take(self) -> Name | None:
        """The one that waits longest; None where there is none."""
        return self._waiting.popleft() if self._waiting else None
