"""What a reader says of an input that cannot be the results of a test run."""

from __future__ import annotations

from pytest_txselect.errors import UsageError

__all__ = ["UnreadableError"]


class UnreadableError(UsageError):
    """An input that says nothing certain about a test run: it must never be taken for "0 failed".

    Args:
        why: the cause, and what to do about it, without the place.
        other: it is some other kind of file, and was found in a folder: no reason to doubt the results beside it.
    """

    def __init__(self, why: str, *, other: bool = False) -> None:
        super().__init__("unreadable-results", why)
        self.why = why
        self.other = other

    def at(self, place: str, *, asked: bool = True) -> UnreadableError:
        """Return the same error with its place; for a file that the user named it is never "some other file"."""
        return UnreadableError(f"{place}: {self.why}", other=self.other and not asked)
