"""What can go wrong, written for the reader: place, cause, cure, and a slug that `docs/messages.md` explains."""

from __future__ import annotations

from typing import ClassVar

__all__ = ["ConfigError", "GitError", "StoreError", "TxSelectError", "UsageError"]


class TxSelectError(Exception):
    """An error that the user can do something about.

    Args:
        slug: kebab-case name of the message, an anchor in `docs/messages.md`.
        message: one line: the place, the cause, and the cure.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, slug: str, message: str) -> None:
        super().__init__(slug, message)
        self.slug = slug
        self.message = message

    def __str__(self) -> str:
        return f"{self.message} [{self.slug}]"


class UsageError(TxSelectError):
    """What the user asked for cannot be done as asked."""

    exit_code = 2


class ConfigError(UsageError):
    """The configuration has mistakes; `message` has a line for each of them."""


class GitError(TxSelectError):
    """Git is missing, or answered something that we cannot use. Callers turn it into a run of everything."""


class StoreError(TxSelectError):
    """What is remembered cannot be read or written now; nothing of it is lost."""
