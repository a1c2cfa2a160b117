"""The dependency graph: who behaves differently when a file changes.

Kept as compressed rows, the dependents of each file beside each other in flat arrays, so that a graph of
50,000 files and half a million edges is read from disk at once and walked without making an object for each
edge.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

from pytest_txselect.model import Edge, EdgeKind, RepoPath

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["KINDS", "DependencyGraph", "Out"]

KINDS: Final = tuple(EdgeKind)
"""The kinds in the order of their numbers in `DependencyGraph.kinds`."""

NUMBERS: Final = {kind: number for number, kind in enumerate(KINDS)}

LINE_BITS: Final = 32
SOURCE_BITS: Final = LINE_BITS + 8

Out = tuple[RepoPath, EdgeKind, int]
"""An edge seen from its source: target, kind, line."""


@dataclass(frozen=True, slots=True)
class DependencyGraph:
    """Edges between paths, stored at their targets.

    Attributes:
        paths: the nodes; a node ending in `/*` stands for all Python files below a folder.
        starts: for the node at i, its dependents are at `starts[i]` up to `starts[i + 1]`.
        sources, kinds, lines: one entry per edge: number of the dependent, of the kind in `KINDS`, and its
            line.
    """

    paths: Sequence[RepoPath]
    starts: array[int]
    sources: array[int]
    kinds: array[int]
    lines: array[int]
    numbers: Mapping[RepoPath, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", {path: number for number, path in enumerate(self.paths)})

    @classmethod
    def of(cls, edges: Mapping[RepoPath, Iterable[Out]]) -> DependencyGraph:
        """Build a graph from each file's own edges; targets that are no keys become nodes too."""
        numbers: dict[RepoPath, int] = {path: number for number, path in enumerate(edges)}
        incoming: list[list[int]] = [[] for _ in numbers]  # an edge is one number: source, kind, line
        for path, outs in edges.items():
            source = numbers[path] << SOURCE_BITS
            for target, kind, line in outs:
                number = numbers.get(target)
                if number is None:
                    number = numbers[target] = len(incoming)
                    incoming.append([])
                incoming[number].append(source | NUMBERS[kind] << LINE_BITS | line)
        starts, sources, kinds, lines = array("I", [0]), array("I"), array("B"), array("I")
        for row in incoming:
            row.sort()
            sources.extend([each >> SOURCE_BITS for each in row])
            kinds.extend([each >> LINE_BITS & 0xFF for each in row])
            lines.extend([each & (1 << LINE_BITS) - 1 for each in row])
            starts.append(len(sources))
        return cls(tuple(numbers), starts, sources, kinds, lines)

    def dependents(self, path: RepoPath) -> Iterator[tuple[RepoPath, int]]:
        """Who depends on a path, with the number of each edge, for `edge`."""
        number = self.numbers.get(path)
        if number is not None:
            for at in range(self.starts[number], self.starts[number + 1]):
                yield self.paths[self.sources[at]], at

    def edge(self, at: int, target: RepoPath) -> Edge:
        """The edge of a number, which ends at `target`."""
        return Edge(self.paths[self.sources[at]], target, KINDS[self.kinds[at]], self.lines[at])

    def edges(self) -> Iterator[Edge]:
        """Every edge, grouped by target."""
        for number, target in enumerate(self.paths):
            for at in range(self.starts[number], self.starts[number + 1]):
                yield self.edge(at, target)

    def dependencies(self, path: RepoPath) -> list[Edge]:
        """What a path depends on directly; looks through the whole graph."""
        number = self.numbers.get(path)
        if number is None:
            return []
        found = []
        for target in range(len(self.paths)):
            row = range(self.starts[target], self.starts[target + 1])
            found += [self.edge(at, self.paths[target]) for at in row if self.sources[at] == number]
        return found

    def to_bytes(self) -> tuple[bytes, ...]:
        """The parts that `from_bytes` takes: paths joined by NUL, then the four arrays, as in memory."""
        paths = "\0".join(cast("Sequence[str]", self.paths)).encode("utf-8", "surrogateescape")
        return (paths, *(each.tobytes() for each in (self.starts, self.sources, self.kinds, self.lines)))

    @classmethod
    def from_bytes(cls, parts: Sequence[bytes]) -> DependencyGraph:
        """Read what `to_bytes` made.

        Raises:
            ValueError: the parts do not fit together.
        """
        paths, *rest = parts
        arrays = [array("I"), array("I"), array("B"), array("I")]
        for each, part in zip(arrays, rest, strict=True):
            each.frombytes(part)
        starts, sources, kinds, lines = arrays
        names = (
            tuple(RepoPath(path) for path in paths.decode("utf-8", "surrogateescape").split("\0"))
            if paths
            else ()
        )
        whole = len(starts) == len(names) + 1 and starts[-1] == len(sources) == len(kinds) == len(lines)
        if not whole or (sources and max(sources) >= len(names)) or (kinds and max(kinds) >= len(KINDS)):
            raise ValueError("the parts of the graph do not fit together")
        return cls(names, starts, sources, kinds, lines)
