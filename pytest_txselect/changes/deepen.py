"""Fetches the history that a base needs (`--txselect-deepen`): a little, then more, then all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.changes.base import Range, find_range
from pytest_txselect.changes.trouble import BaseMissingError
from pytest_txselect.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_txselect.changes.git import Git

__all__ = ["Deepened", "find_range_deepening"]

_LEAST: Final = 64
_ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Deepened:
    """The outcome.

    Attributes:
        git: the repository as it is now; the one asked before may believe that it is shallow still.
        span: what to compare.
    """

    git: Git
    span: Range


def find_range_deepening(
    git: Git, ref: str, environment: Mapping[str, str], announce: Callable[[str], None]
) -> Deepened:
    """As `find_range`, but fetch the base and its history where they are missing.

    The base and HEAD are fetched to a depth that doubles, never less than what is here, so that nothing is
    cut off; at last everything is. A server that refuses to give HEAD by its name (it may not have it) is
    asked for everything at once.

    Args:
        git: the repository.
        ref: as for `find_range`.
        environment: of the process.
        announce: called with each command before it runs, as a person would type it.

    Raises:
        UsageError: as `find_range`.
        GitError: as `find_range`, after all was fetched; or fetching failed.
    """
    for depth in _find_depths(git):
        try:
            return Deepened(git, find_range(git, ref, environment))
        except BaseMissingError as missing:
            git = _fetch(git, missing, depth, announce)
    return Deepened(git, find_range(git, ref, environment))


def _find_depths(git: Git) -> list[int | None]:
    """Return the depths to try, None being all of it."""
    if not git.repository.shallow:
        return [None]
    least = max(_LEAST, 2 * git.count_commits("HEAD"))
    return [*(least * 2**step for step in range(_ROUNDS)), None]


def _fetch(git: Git, missing: BaseMissingError, depth: int | None, announce: Callable[[str], None]) -> Git:
    if missing.fetch is None:
        raise missing
    shallow = git.repository.shallow
    head = git.find_commit("HEAD")
    if shallow and depth is not None and head is not None:
        both = missing.fetch.beside(head)
        announce(both.render(f"--depth={depth}"))
        try:
            git.run(*both.arguments(f"--depth={depth}"))
        except GitError:
            announce("the server does not give that; asking for all of the history")
        else:
            return git.reopen()
    whole = ("--unshallow",) if shallow else ()
    announce(missing.fetch.render(*whole))
    git.run(*missing.fetch.arguments(*whole))
    return git.reopen()
