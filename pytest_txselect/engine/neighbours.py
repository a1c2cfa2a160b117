"""The graph seen from single files: what each uses and who uses it, data files and conftests included."""

from __future__ import annotations

from array import array
from collections import defaultdict, deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_txselect.engine.starters import find_plugins, find_starters
from pytest_txselect.graph.hints import Hints
from pytest_txselect.graph.reach import is_group
from pytest_txselect.model import Edge, EdgeKind, RepoPath
from pytest_txselect.project.tree import CONFTEST, ancestors, file_name, front_of, join
from pytest_txselect.source.facts import FileFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project

__all__ = ["Neighbours", "Way"]


@dataclass(frozen=True, slots=True)
class Way:
    """How a walk came to a file.

    Attributes:
        path: the file.
        depth: how many edges it is away.
        edge: the last of them.
    """

    path: RepoPath
    depth: int
    edge: Edge


class Neighbours:
    """Who is beside whom. Nodes of the graph that stand for groups of files are looked through.

    Args:
        project: the repository.
        end: the graph.
    """

    def __init__(self, project: Project, end: End) -> None:
        self.project = project
        self.end = end

    def users(self, path: RepoPath) -> list[Edge]:
        """The edges that end at a file, one for each way in which a file depends on it, by source."""
        return self._users(path, set())

    def _users(self, path: RepoPath, seen: set[RepoPath]) -> list[Edge]:
        """The same, without what is found by way of groups in `seen`, to which the others are added."""
        view = self.end.view
        found: dict[tuple[RepoPath, EdgeKind], Edge] = {}
        waiting = [path]
        while waiting:
            for edge in view.edges_to(waiting.pop()):
                if not is_group(edge.source):
                    found.setdefault((edge.source, edge.kind), Edge(edge.source, path, edge.kind, edge.line))
                elif edge.source not in seen:
                    seen.add(edge.source)
                    waiting.append(edge.source)
        for edge in self._users_outside(path):
            found.setdefault((edge.source, edge.kind), edge)
        return sorted((edge for edge in found.values() if edge.source != path), key=lambda each: each.source)

    def uses(self, path: RepoPath) -> list[Edge]:
        """The edges that leave a file, by target."""
        return self._uses(path, set())

    def _uses(self, path: RepoPath, seen: set[RepoPath]) -> list[Edge]:
        """The same, without the members of groups in `seen`, to which the others are added."""
        found: dict[tuple[RepoPath, EdgeKind], Edge] = {}
        for edge in self._edges_from(path):
            for target in self._members(edge.target, seen) if is_group(edge.target) else (edge.target,):
                found.setdefault((target, edge.kind), Edge(path, target, edge.kind, edge.line))
        for edge in self._used_outside(path):
            found.setdefault((edge.target, edge.kind), edge)
        return sorted((edge for edge in found.values() if edge.target != path), key=lambda each: each.target)

    def walk_users(self, start: RepoPath, depth: int | None = None) -> Iterator[Way]:
        """Every file that depends on a file, nearest first.

        Args:
            start: the file.
            depth: how many edges to follow; None for all.
        """
        seen: set[RepoPath] = set()
        return _walk(start, depth, lambda path: self._users(path, seen), lambda edge: edge.source)

    def walk_uses(self, start: RepoPath, depth: int | None = None) -> Iterator[Way]:
        """Every file that a file depends on, nearest first; as `walk_users`."""
        seen: set[RepoPath] = set()
        return _walk(start, depth, lambda path: self._uses(path, seen), lambda edge: edge.target)

    def mentions(self, path: RepoPath, name: str) -> bool:
        """Whether a file may use a name: as an identifier, in an import, or in a string."""
        facts = self.end.facts.get(path)
        if not isinstance(facts, FileFacts):
            return path.endswith(".py")
        taken = {each for statement in facts.imports for each in statement.names}
        known = facts.names | facts.parameters | facts.bound | taken
        return name in known or "*" in taken or any(name in text for text in facts.strings)

    @cached_property
    def tests(self) -> frozenset[RepoPath]:
        """The test files."""
        return frozenset(self.project.test_files(self.end.tree.keys))

    def _users_outside(self, path: RepoPath) -> Iterator[Edge]:
        """Edges that the graph does not keep: from readers of data, and to what pytest loads for tests."""
        hints = self._hints
        readers = hints.listers(path) if path.endswith(".py") else hints.readers(path)
        for reader in readers:
            yield Edge(reader, path, EdgeKind.DATA)
        if file_name(path) == CONFTEST:
            front = front_of(path)
            for test in self.tests:
                if test.startswith(front):
                    yield Edge(test, path, EdgeKind.CONFTEST)
        for test in (
            self.tests if path in self._plugins else self._starters if path in self._own_plugins else ()
        ):
            yield Edge(test, path, EdgeKind.PLUGIN)

    def _used_outside(self, path: RepoPath) -> Iterator[Edge]:
        for data in self._data.get(path, ()):
            yield Edge(path, data, EdgeKind.DATA)
        for plugin in self._own_plugins if path in self._starters else ():
            yield Edge(path, plugin, EdgeKind.PLUGIN)
        if path not in self.tests:
            return
        for folder in ancestors(path):
            conftest = RepoPath(join(folder, CONFTEST))
            if conftest in self.end.tree.keys:
                yield Edge(path, conftest, EdgeKind.CONFTEST)
        for plugin in self._plugins:
            yield Edge(path, plugin, EdgeKind.PLUGIN)

    @cached_property
    def _hints(self) -> Hints:
        return Hints(self.end.words)

    @cached_property
    def _data(self) -> dict[RepoPath, list[RepoPath]]:
        """For each file, the data that it may read."""
        found: defaultdict[RepoPath, list[RepoPath]] = defaultdict(list)
        for path in self.end.tree.keys:
            for reader in self._hints.listers(path) if path.endswith(".py") else self._hints.readers(path):
                found[reader].append(path)
        return dict(found)

    @cached_property
    def _plugins(self) -> list[RepoPath]:
        """Files of the project that every test runs with: configured with `-p`, or installed entry points."""
        return find_plugins(self.project, [self.end], self.project.everywhere)

    @cached_property
    def _own_plugins(self) -> list[RepoPath]:
        """Those with which only tests run that start pytest."""
        return find_plugins(self.project, [self.end], self.project.own_plugins)

    @cached_property
    def _starters(self) -> frozenset[RepoPath]:
        """Files that may start pytest, where that matters."""
        return frozenset(find_starters(self.end)) if self._own_plugins else frozenset()

    def _edges_from(self, path: RepoPath) -> Iterable[Edge]:
        view = self.end.view
        graph = view.graph
        number = graph.numbers.get(path)
        if number is not None and path not in view.replaced:
            starts, targets, places = self._rows
            for at in range(starts[number], starts[number + 1]):
                yield graph.edge(places[at], graph.paths[targets[at]])
        yield from self._extra.get(path, ())

    def _members(self, group: RepoPath, seen: set[RepoPath]) -> list[RepoPath]:
        """The files that a node stands for; none of groups in `seen`, to which the others are added."""
        members: list[RepoPath] = []
        waiting = [] if group in seen else [group]
        seen.add(group)
        while waiting:
            for edge in self._edges_from(waiting.pop()):
                if not is_group(edge.target):
                    members.append(edge.target)
                elif edge.target not in seen:
                    seen.add(edge.target)
                    waiting.append(edge.target)
        return members

    @cached_property
    def _extra(self) -> dict[RepoPath, list[Edge]]:
        found: defaultdict[RepoPath, list[Edge]] = defaultdict(list)
        for edges in self.end.view.extra.values():
            for edge in edges:
                found[edge.source].append(edge)
        return dict(found)

    @cached_property
    def _rows(self) -> tuple[array[int], array[int], array[int]]:
        """The graph's edges beside each other by source: where each row starts, targets, and edge numbers."""
        graph = self.end.view.graph
        starts = array("I", bytes(4 * (len(graph.paths) + 1)))
        for source in graph.sources:
            starts[source + 1] += 1
        for number in range(len(graph.paths)):
            starts[number + 1] += starts[number]
        free = array("I", starts)
        targets, places = array("I", graph.sources), array("I", graph.sources)
        for target in range(len(graph.paths)):
            for at in range(graph.starts[target], graph.starts[target + 1]):
                place = free[graph.sources[at]]
                free[graph.sources[at]] += 1
                targets[place], places[place] = target, at
        return starts, targets, places


def _walk(
    start: RepoPath,
    depth: int | None,
    step: Callable[[RepoPath], list[Edge]],
    other: Callable[[Edge], RepoPath],
) -> Iterator[Way]:
    seen = {start}
    queue = deque([(start, 0)])
    while queue:
        path, far = queue.popleft()
        if depth is not None and far >= depth:
            return
        for edge in step(path):
            beside = other(edge)
            if beside not in seen:
                seen.add(beside)
                queue.append((beside, far + 1))
                yield Way(beside, far + 1, edge)
