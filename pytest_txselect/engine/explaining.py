"""Why a file or a test runs, and why it does not: the answer as a value."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from pytest_txselect.project.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.engine.neighbours import Neighbours, Way
    from pytest_txselect.model import Edge, RepoPath

__all__ = ["Nearest", "WhyNot", "find_why_not"]


@dataclass(frozen=True, slots=True)
class Nearest:
    """What a test depends on that lies closest to a change.

    Attributes:
        change: the changed path.
        path: of all files that the test depends on, the one that shares the most folders with it.
        chain: edges from the test to that file.
    """

    change: RepoPath
    path: RepoPath
    chain: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a file does not run: none of the changes is among what it depends on.

    Attributes:
        direct: number of files that it depends on directly.
        reached: number of files that it depends on at all.
        nearest: for each change, what is closest to it; not for a change with which nothing shares a folder.
    """

    direct: int
    reached: int
    nearest: tuple[Nearest, ...]


def find_why_not(neighbours: Neighbours, path: RepoPath, changes: Iterable[RepoPath]) -> WhyNot:
    """Find what of a file's dependencies is closest to each of some changes that it does not depend on.

    Args:
        neighbours: the graph.
        path: the file.
        changes: the changed paths.
    """
    ways = {way.path: way for way in neighbours.walk_uses(path)}
    direct = sum(1 for way in ways.values() if way.depth == 1)
    nearest = []
    for change in changes:
        best = max(ways, key=lambda each: (_shared(each, change), -ways[each].depth), default=None)
        if best is not None and _shared(best, change):
            nearest.append(Nearest(change, best, _chain(ways, best)))
    return WhyNot(direct, len(ways), tuple(nearest))


def _shared(path: str, change: str) -> int:
    """How many folders two paths have in common, from the top."""
    pairs = zip(folder_of(path).split("/"), folder_of(change).split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _chain(ways: dict[RepoPath, Way], path: RepoPath) -> tuple[Edge, ...]:
    chain: list[Edge] = []
    while path in ways:
        edge = ways[path].edge
        chain.append(edge)
        path = edge.source
    return tuple(reversed(chain))
