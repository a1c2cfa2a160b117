"""From facts to the graph: the edges of every file, one end of the comparison at a time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_txselect.graph.graph import DependencyGraph, Out
from pytest_txselect.graph.imports import find_import, import_edges, reflection_edges
from pytest_txselect.graph.names import EVERYTHING, Names, below
from pytest_txselect.graph.strings import ORPHANS, StringEdges
from pytest_txselect.model import EdgeKind, RepoPath
from pytest_txselect.project.tree import file_name, folder_of, join
from pytest_txselect.source.facts import FileFacts, Unparsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pytest_txselect.project.resolve import Found
    from pytest_txselect.project.tree import ProjectTree
    from pytest_txselect.source.facts import Facts

__all__ = ["EdgeFinder", "build_graph"]


@dataclass(slots=True)
class EdgeFinder:
    """Finds the edges of single files at one end of the comparison.

    Attributes:
        tree: the files.
        names: what names in them mean.
        strings: what strings in them name.
        is_test: whether pytest collects a path or loads it as a conftest.
        depends: for each path, the globs that configuration says it depends on.
        matches: whether a glob over paths relative to the rootdir fits a path.
        entry_points: modules that the project's own entry points name.
        links: symbolic links between Python files.
    """

    tree: ProjectTree
    names: Names
    strings: StringEdges
    is_test: Callable[[str], bool]
    matches: Callable[[str, str], bool]
    depends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    entry_points: tuple[str, ...] = ()
    links: Mapping[RepoPath, RepoPath] = field(default_factory=dict)

    def edges_of(self, path: RepoPath, facts: Facts) -> list[Out]:
        """The edges that leave one file, each once, with the first line that says so."""
        found: dict[tuple[RepoPath, EdgeKind], int] = {}
        for target, kind, line in self._all(path, facts):
            if target != path and not found.get((target, kind)):
                found[target, kind] = line
        return [(target, kind, line) for (target, kind), line in found.items()]

    def _all(self, path: RepoPath, facts: Facts) -> Iterator[Out]:
        for init in self.names.parents(path):
            yield init, EdgeKind.PACKAGE, 0
        yield from self._linked(path)
        if isinstance(facts, Unparsed):
            yield EVERYTHING, EdgeKind.UNPARSED, facts.line
            return
        is_test = self.is_test(path)
        yield from import_edges(path, facts, self.names, is_test=is_test)
        yield from reflection_edges(path, facts, self.names, is_test=is_test)
        yield from self.strings.of_file(path, facts, is_test=is_test)
        for name in facts.plugins:
            for target, _, line in self.strings.module(path, name, 0, is_test=True):
                yield target, EdgeKind.PLUGIN, line
        if "entry_points" in facts.names or "iter_entry_points" in facts.names:
            for module in self.entry_points:
                yield from self.strings.module(path, module, 0, is_test=False)
        yield from self._declared(path, facts)

    def _linked(self, path: RepoPath) -> Iterator[Out]:
        """A link's file, and for a test file the links to it: pytest may collect it by either path."""
        if path in self.links:
            yield self.links[path], EdgeKind.LINK, 0
        for alias, target in self.links.items() if self.is_test(path) else ():
            if target == path:
                yield alias, EdgeKind.LINK, 0

    def _declared(self, path: RepoPath, facts: FileFacts) -> Iterator[Out]:
        patterns = [(each.pattern, each.line) for each in facts.declared]
        patterns += [
            (pattern, 0)
            for key, globs in self.depends.items()
            if self.matches(key, path)
            for pattern in globs
        ]
        for pattern, line in patterns:
            for target in self.tree.keys:
                if self.matches(pattern, target):
                    yield target, EdgeKind.DECLARED, line

    def missing(self, path: RepoPath, facts: Facts) -> set[str]:
        """Paths, without ending, at which a file looks for modules that the project does not have."""
        if isinstance(facts, Unparsed):
            return set()
        is_test = self.is_test(path)
        wanted: set[str] = set()
        knows = self.names.resolver.knows
        for statement in facts.imports:
            if not statement.level and not knows(statement.module):
                continue
            found = find_import(path, statement, self.names, is_test=is_test)
            if found.missing:
                wanted.update(found.missing)
            if found.folders and statement.names:
                wanted.update(self._missing_names(found, statement.names))
        return wanted

    def _missing_names(self, package: Found, names: tuple[str, ...]) -> Iterator[str]:
        """`from package import name` may look for a module, unless the package binds the name."""
        inits = [self.names.facts.get(file) for file in package.files]
        known = [each for each in inits if isinstance(each, FileFacts)]
        if any(each.lazy for each in known):
            return
        for name in names:
            if known and (name == "*" or any(name in each.bound for each in known)):
                continue
            for folder in package.folders:
                if name not in self.names.children(folder):
                    yield join(folder, name)


def build_graph(finder: EdgeFinder, edges: Mapping[RepoPath, list[Out]]) -> DependencyGraph:
    """Build the graph of one end of the comparison.

    Args:
        finder: the project at that end.
        edges: of every Python file of it (`EdgeFinder.edges_of`).
    """
    targets = {target for outs in edges.values() for target, _, _ in outs}
    folders: defaultdict[str, list[Out]] = defaultdict(list)
    for target in targets:
        if target.endswith("/*"):
            folder = target[:-2]
            folders[folder] = [
                (path, EdgeKind.FOLDER, 0)
                for path in finder.tree.below(folder)
                if path in edges and not finder.is_test(path)
            ]
    tested = {finder.names.top_package(path) for path in edges if finder.is_test(path)} - {""}
    modules = [
        path for path in edges if _is_module(finder, path) and finder.names.top_package(path) not in tested
    ]
    groups = {below(folder): outs for folder, outs in folders.items()}
    if EVERYTHING in targets:
        groups[EVERYTHING] = [(path, EdgeKind.FOLDER, 0) for path in edges]
    wanted = [target for target in targets if target.endswith(ORPHANS)]
    named = (
        {target for outs in edges.values() for target, kind, _ in outs if kind is not EdgeKind.PACKAGE}
        if wanted
        else set()
    )
    for node in wanted:
        front = node.removesuffix("?").removeprefix("/")
        groups[node] = [
            (path, EdgeKind.COMPUTED, 0) for path in modules if path not in named and path.startswith(front)
        ]
    return DependencyGraph.of({**edges, **groups})


def _is_module(finder: EdgeFinder, path: RepoPath) -> bool:
    """Whether a computed import may name the file: it is in a package, or on a root, and no test file."""
    folder = folder_of(path)
    if finder.is_test(path) or file_name(path) in {"setup.py", "__main__.py"}:
        return False
    return (
        RepoPath(join(folder, "__init__.py")) in finder.tree.keys
        or folder in finder.names.resolver.layout.roots
    )
