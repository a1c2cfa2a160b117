"""A project drawn as a table of texts, and the graph of it; no disk, no git."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from pytest_txselect.graph.build import EdgeFinder, build_graph
from pytest_txselect.graph.names import Names
from pytest_txselect.graph.reach import GraphView, find_reach
from pytest_txselect.graph.strings import StringEdges
from pytest_txselect.model import RepoPath
from pytest_txselect.project.resolve import Resolver, find_layout
from pytest_txselect.project.tree import ProjectTree, file_name
from pytest_txselect.source.compiled import read_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_txselect.graph.graph import DependencyGraph
    from pytest_txselect.graph.reach import Reach
    from pytest_txselect.source.facts import Facts


def is_test(path: str) -> bool:
    """Tell whether pytest would collect a path, or load it as a conftest, by its default patterns."""
    name = file_name(path)
    return fnmatch(name, "test_*.py") or fnmatch(name, "*_test.py") or name == "conftest.py"


@dataclass(frozen=True)
class Sketch:
    """A small project with its graph."""

    finder: EdgeFinder
    facts: dict[RepoPath, Facts]
    graph: DependencyGraph

    def edges(self, path: str) -> set[tuple[str, str, int]]:
        """Return the edges that leave a file: target, kind by its name, line."""
        found = self.finder.edges_of(RepoPath(path), self.facts[RepoPath(path)])
        return {(target, kind.name, line) for target, kind, line in found}

    def reach(self, *changed: str) -> Reach:
        """Return what changed paths reach."""
        return find_reach([GraphView(self.graph)], [RepoPath(each) for each in changed])

    def reached(self, *changed: str) -> set[str]:
        """Return the files that changed paths reach, without themselves and without nodes of groups."""
        return {path for path in self.reach(*changed).ways if not path.endswith(("/*", "/**", "/?"))} - {
            *changed
        }


def draw(
    files: Mapping[str, str | bytes],
    *,
    rootdir: str = "",
    pythonpath: Iterable[str] = (),
    own_root_first: bool = True,
    depends: Mapping[str, tuple[str, ...]] | None = None,
    scripts: Mapping[str, str] | None = None,
    entry_points: tuple[str, ...] = (),
    links: Mapping[str, str] | None = None,
) -> Sketch:
    """Build the graph of a project."""
    tree = ProjectTree({RepoPath(path): path for path in files})
    facts = {
        RepoPath(path): read_facts(text if isinstance(text, bytes) else text.encode())
        for path, text in files.items()
        if path.endswith(".py")
    }
    layout = find_layout(tree, rootdir, pythonpath, is_test, own_root_first=own_root_first)
    names = Names(Resolver(tree, layout), facts)
    finder = EdgeFinder(
        tree,
        names,
        StringEdges(names, scripts or {}, is_test),
        is_test,
        lambda pattern, path: fnmatch(path, pattern),
        depends or {},
        entry_points,
        {RepoPath(path): RepoPath(target) for path, target in (links or {}).items()},
    )
    edges = {path: finder.edges_of(path, each) for path, each in facts.items()}
    return Sketch(finder, facts, build_graph(finder, edges))
