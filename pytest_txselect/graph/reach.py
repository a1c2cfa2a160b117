"""Everything that can behave differently because of some changes, with a way back to a change."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_txselect.model import Edge, RepoPath

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_txselect.graph.graph import DependencyGraph, Out

__all__ = ["GraphView", "Reach", "find_reach"]


@dataclass(frozen=True, slots=True)
class GraphView:
    """A remembered graph, with the edges of some files taken out and others put in their place.

    Attributes:
        graph: as it was built.
        replaced: files whose edges in `graph` do not count.
        extra: for each target, the edges put in.
    """

    graph: DependencyGraph
    replaced: frozenset[RepoPath] = frozenset()
    extra: Mapping[RepoPath, Sequence[Edge]] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: DependencyGraph, edges: Mapping[RepoPath, Iterable[Out]]) -> GraphView:
        """Replace the edges of some files."""
        extra: dict[RepoPath, list[Edge]] = {}
        for source, outs in edges.items():
            for target, kind, line in outs:
                extra.setdefault(target, []).append(Edge(source, target, kind, line))
        return cls(graph, frozenset(edges), extra)

    def edges_to(self, path: RepoPath) -> Iterator[Edge]:
        """The edges that end at a path."""
        yield from self.extra.get(path, ())
        for source, at in self.graph.dependents(path):
            if source not in self.replaced:
                yield self.graph.edge(at, path)

    def edges_from(self, path: RepoPath) -> list[Edge]:
        """The edges that leave a path."""
        kept = [] if path in self.replaced else self.graph.dependencies(path)
        return kept + [edge for edges in self.extra.values() for edge in edges if edge.source == path]


@dataclass(frozen=True, slots=True)
class Reach:
    """What some paths reach.

    Attributes:
        ways: for every node reached, the edge by which; None for the paths that the search began with.
        ends: other changed paths, at which chains end even where these are reached as well: they may reach each other.
    """

    ways: Mapping[RepoPath, Edge | None]
    ends: frozenset[RepoPath] = frozenset()

    def __contains__(self, path: object) -> bool:
        return path in self.ways

    def chain(self, path: RepoPath) -> tuple[Edge, ...]:
        """The edges from a path to the change behind it; nodes that stand for groups are left out."""
        chain: list[Edge] = []
        edge = self.ways[path]
        while edge is not None:
            if chain and chain[-1].target == edge.source and is_group(edge.source):
                last = chain.pop()
                edge = Edge(last.source, edge.target, last.kind, last.line)
            chain.append(edge)
            edge = None if edge.target in self.ends else self.ways.get(edge.target)
        return tuple(chain)

    def origin(self, path: RepoPath) -> RepoPath:
        """The path that the search began with, at the end of the chain."""
        edge = self.ways[path]
        while edge is not None:
            path = edge.target
            edge = None if path in self.ends else self.ways.get(path)
        return path


def is_group(path: str) -> bool:
    """Whether a node stands for a group of files (`graph/names.py`)."""
    return path.endswith(("/*", "/**", "/?"))


def find_reach(
    views: Sequence[GraphView],
    seeds: Iterable[RepoPath],
    first: Iterable[Edge] = (),
    ends: Iterable[RepoPath] = (),
) -> Reach:
    """Search backwards, breadth first, so that chains are short.

    Args:
        views: the graphs at both ends of the comparison; an edge of either counts.
        seeds: the changed paths.
        first: edges that are in no graph, such as from readers of data files to the changed file; their
            targets are no part of what is reached.
        ends: changed paths among their targets that may be reached themselves.
    """
    ways: dict[RepoPath, Edge | None] = dict.fromkeys(seeds)
    queue = deque(ways)
    for edge in first:
        if edge.source not in ways:
            ways[edge.source] = edge
            queue.append(edge.source)
    while queue:
        path = queue.popleft()
        for view in views:
            graph = view.graph
            for edge in view.extra.get(path, ()):
                if edge.source not in ways:
                    ways[edge.source] = edge
                    queue.append(edge.source)
            for source, at in graph.dependents(path):
                if source not in ways and source not in view.replaced:
                    ways[source] = graph.edge(at, path)
                    queue.append(source)
    return Reach(ways, frozenset(ends))
