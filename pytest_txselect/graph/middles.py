"""Pieces of names of data files that the run puts together: `f"{kind}.pickle.{version}"`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.project.tree import ancestors, file_name, folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_txselect.model import RepoPath

__all__ = ["MIDDLE", "find_parts", "find_pieces", "is_middle"]

MIDDLE: Final = "\x00middle"
"""Stands in front of a word that may be the middle of a file's name."""
BETWEEN: Final = "._-"
SPLIT: Final = re.compile(r"[._-]+")
SHORTEST: Final = 3
"""Letters between its ends that a middle has at least: `_v_` says too little."""


def find_parts(names: Iterable[str]) -> frozenset[str]:
    """What stands between dots, dashes and underscores in names of files."""
    return frozenset(part for name in names for part in SPLIT.split(name)[1:-1] if part)


def is_middle(text: str, parts: frozenset[str]) -> bool:
    """Whether a text may be the middle of a file's name: both ends of it say that something else stands there."""
    if text[0] not in BETWEEN or text[-1] not in BETWEEN or len(text) < SHORTEST + 2:
        return False
    return parts.issuperset(filter(None, SPLIT.split(text)))


def find_pieces(
    ends: Iterable[tuple[RepoPath, str]],
    middles: Iterable[tuple[RepoPath, str]],
    changed: RepoPath,
    is_placed: Callable[[RepoPath], bool],
) -> Iterator[tuple[RepoPath, str]]:
    """Files that have the end of a changed file's name, or its middle and are above the file or know their own place.

    Args:
        ends: pairs of a Python file and a word that may end a name.
        middles: the same of words that may be in the middle of one.
        changed: the changed file.
        is_placed: whether a file mentions its own place.
    """
    name = file_name(changed)
    yield from ((path, word) for path, word in ends if name.endswith(word))
    inner = name[1:-1]
    for path, word in middles:
        if word in inner and (is_placed(path) or folder_of(path) in ancestors(changed)):
            yield path, word
