"""Files that list Python files, and where that may begin: in a folder that they do not name, such as the top of the repository.

`Path(__file__).parents[2].rglob("*.py")` in a test of style, `os.walk(".")`, `git ls-files`: whatever comes below is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.project.tree import folder_of, join
from pytest_txselect.source.words import DOTS, ELSEWHERE, GIT_LISTING, RUNNING

if TYPE_CHECKING:
    from pytest_txselect.source.facts import FileFacts

__all__ = ["ABOVE", "highest", "lists_by_git", "looks_around"]

ABOVE: Final = "\x00above"
"""Stands among the words of such a file; how many folders above its own it may begin at most can follow."""
CLIMBING: Final = ELSEWHERE | {"dirname", "origin", "parent", "parents"}
"""Names with which code finds a folder that it does not name."""


def lists_by_git(facts: FileFacts) -> bool:
    """Whether a file may ask git for the files of the repository."""
    if facts.names.isdisjoint(RUNNING):
        return GIT_LISTING in facts.strings
    return any(GIT_LISTING in text for text in facts.strings)


def looks_around(facts: FileFacts) -> bool:
    """Whether a file may find a folder that it does not name."""
    climbs = not (facts.names.isdisjoint(CLIMBING) and facts.strings.isdisjoint(DOTS))
    return climbs or lists_by_git(facts)


def highest(path: str, word: str) -> str:
    """How all paths begin that a file may find: below its own folder or so many above it; empty where all may be found.

    Args:
        path: the file.
        word: `ABOVE`, with the number of folders where that is known.
    """
    levels = word.removeprefix(ABOVE)
    folder = folder_of(path)
    for _ in range(int(levels or 0)):
        folder = folder_of(folder)
    return join(folder, "") if levels and folder else ""
