"""The graph at each end of the comparison: remembered where few files have changed since, else built anew.

A remembered graph holds for a set of paths and a configuration. Files whose content has changed since it
was made have their edges replaced, which gives what building anew would give, as long as the change moves
no edge of any other file; where it may (tables of lazy packages, modules that nobody names) the graph is
built anew.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.harvest import Harvest
from pytest_txselect.graph.build import EdgeFinder, build_graph
from pytest_txselect.graph.ends import NO_MODULE
from pytest_txselect.graph.graph import DependencyGraph
from pytest_txselect.graph.names import Names, mentions
from pytest_txselect.graph.reach import GraphView
from pytest_txselect.graph.strings import ORPHANS, StringEdges
from pytest_txselect.model import EdgeKind, RepoPath
from pytest_txselect.project.resolve import Resolver, find_layout
from pytest_txselect.project.tree import folder_of
from pytest_txselect.source.facts import FileFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pytest_txselect.engine.harvest import Added
    from pytest_txselect.engine.project import Project
    from pytest_txselect.engine.sources import EndFacts
    from pytest_txselect.graph.hints import HintFinder
    from pytest_txselect.project.tree import ProjectTree
    from pytest_txselect.source.facts import Facts

__all__ = ["End", "find_end"]

GRAPH_VERSION: Final = 16
"""Raise it whenever equal facts would give other edges."""
LARGEST_PATCH: Final = 0.1
"""Share of files whose edges are replaced rather than building anew."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of the comparison.

    Attributes:
        tree: its files.
        facts: of its Python files.
        finder: finds edges of single files.
        view: its graph.
        words: what may name data, for each file.
        doc_readers: files that read docstrings.
        externals: for each top-level name that no file of the project answers to, the files that import it.
        missing: for each file, paths without ending at which it looks for modules that are not there.
    """

    tree: ProjectTree
    facts: EndFacts
    finder: EdgeFinder
    view: GraphView
    words: Mapping[RepoPath, Iterable[str]]
    doc_readers: frozenset[RepoPath]
    externals: Mapping[str, tuple[RepoPath, ...]]
    missing: Mapping[RepoPath, Iterable[str]]


@dataclass(frozen=True, slots=True)
class _Extra:
    """What is remembered beside a graph, for each file by itself."""

    keys: dict[RepoPath, str]
    words: dict[RepoPath, list[str]]
    doc_readers: list[RepoPath]
    externals: dict[RepoPath, list[str]]
    missing: dict[RepoPath, list[str]]
    lazy_classes: dict[str, list[RepoPath]]
    methods: dict[RepoPath, list[str]]

    def dump(self) -> bytes:
        plain = [self.keys, self.words, self.doc_readers, self.externals, self.missing, self.lazy_classes]
        return json.dumps([*plain, self.methods], separators=(",", ":")).encode()

    def note(self, path: RepoPath, added: Added) -> None:
        """Keep what is known of a file beside its edges."""
        if added.words:
            self.words[path] = added.words
        if added.externals:
            self.externals[path] = added.externals
        if added.missing:
            self.missing[path] = added.missing
        if added.methods:
            self.methods[path] = added.methods
        if added.reads_docs:
            self.doc_readers.append(path)

    def forget(self, path: RepoPath) -> None:
        """Leave out what is known of a file."""
        for table in (self.words, self.externals, self.missing, self.methods):
            table.pop(path, None)
        if path in self.doc_readers:
            self.doc_readers.remove(path)

    @classmethod
    def load(cls, text: bytes) -> _Extra:
        keys, words, doc_readers, externals, missing, lazy_classes, methods = json.loads(text)
        return cls(keys, words, doc_readers, externals, missing, lazy_classes, methods)


def find_end(
    project: Project,
    tree: ProjectTree,
    facts: EndFacts,
    hints: HintFinder,
    meanwhile: Callable[[], None] | None = None,
) -> End:
    """Remember or build one end.

    Args:
        project: what both ends share.
        tree: the files of this end.
        facts: their facts.
        hints: finds the words that may name data; knows the names at both ends.
        meanwhile: what this process has to do besides, once, and best while copies of it read files; what it raises ends
            the search.
    """
    meanwhile = meanwhile or _nothing
    layout = find_layout(
        tree, project.rootdir, project.pythonpath, project.is_test, own_root_first=project.own_root_first
    )
    names = Names(Resolver(tree, layout), facts, facts.with_tables, facts.is_eager)
    finder = EdgeFinder(
        tree,
        names,
        StringEdges(names, project.scripts, project.is_test),
        project.is_test,
        project.matches,
        project.depends,
        project.entry_points,
        project.links,
    )
    harvest = Harvest(project.sources, facts, finder, hints)
    key = _make_key(project, tree, hints)
    parts = project.sources.store.read_graph(key)
    if parts is not None:
        meanwhile()
        end = _patch(harvest, parts)
        if end is not None:
            return end
        meanwhile = _nothing
    with _without_collector():
        added = harvest.gather(meanwhile)
        extra = _Extra({}, {}, [], {}, {}, {}, {})
        for path, each in added.items():
            extra.note(path, each)
        graph = build_graph(finder, {path: each.outs for path, each in added.items()})
        extra.keys.update((path, facts.key(path)) for path in facts)
        extra.lazy_classes.update((name, list(paths)) for name, paths in names.lazy_classes.items())
        project.sources.remember()
        project.sources.store.write_graph(key, [extra.dump(), *graph.to_bytes()])
        return _make_end(finder, facts, GraphView(graph), extra)


def _nothing() -> None:
    """Nothing else is to be done."""


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Facts and graphs hold no cycles, and the collector would look through all of them again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _make_key(project: Project, tree: ProjectTree, hints: HintFinder) -> str:
    """Names all that edges depend on beside the contents of files."""
    words = hashlib.sha256("\0".join(sorted(hints.components)).encode("utf-8", "surrogateescape")).hexdigest()
    return hashlib.sha256(
        f"{GRAPH_VERSION} {tree.shape()} {words} {project.signature()}".encode("utf-8", "surrogateescape")
    ).hexdigest()


def _make_end(finder: EdgeFinder, facts: EndFacts, view: GraphView, extra: _Extra) -> End:
    externals: dict[str, list[RepoPath]] = {}
    for importer, tops in extra.externals.items():
        for top in tops:
            externals.setdefault(top, []).append(importer)
    return End(
        finder.tree,
        facts,
        finder,
        view,
        extra.words,
        frozenset(extra.doc_readers),
        {top: tuple(paths) for top, paths in externals.items()},
        extra.missing,
    )


def _patch(harvest: Harvest, parts: list[bytes]) -> End | None:
    """Take a remembered graph with new edges for files that changed; None where that would not do."""
    finder, facts = harvest.finder, harvest.facts
    try:
        extra = _Extra.load(parts[0])
        graph = DependencyGraph.from_bytes(parts[1:])
    except (ValueError, TypeError):  # not written by us
        return None
    stale = [path for path in facts if extra.keys.get(path) != facts.key(path)]
    if len(stale) > max(20, LARGEST_PATCH * len(facts)):
        return None
    finder.names.lend_lazy_classes(extra.lazy_classes)
    added = _replace(harvest, graph, extra, stale)
    if added is None:
        return None
    for path, each in added.items():
        extra.forget(path)
        extra.note(path, each)
    replaced = {path: each.outs for path, each in added.items()}
    return _make_end(finder, facts, GraphView.of(graph, replaced), extra)


def _replace(
    harvest: Harvest, graph: DependencyGraph, extra: _Extra, stale: list[RepoPath]
) -> dict[RepoPath, Added] | None:
    """What stale files add now; None where edges of other files may have moved too."""
    finder, facts = harvest.finder, harvest.facts
    if not stale:
        return {}
    before = facts.at(extra.keys, stale)
    if before is None:
        return None
    methods = {name for names in extra.methods.values() for name in names}
    for path in stale:
        old, new = before[path], facts[path]
        # a method, with which another file computes a name, may be overridden by any file that mentions it
        overrides = any(mentions(old, name) != mentions(new, name) for name in methods)
        if overrides or _steers_others(finder, old, new, path):
            return None
    added = {path: harvest.find(path, facts[path]) for path in stale}
    targets = {target for each in added.values() for target, _, _ in each.outs}
    if any(target not in graph.numbers for target in targets):
        return None
    if any(node.endswith(ORPHANS) for node in graph.paths):
        named = {
            target for each in added.values() for target, kind, _ in each.outs if kind is not EdgeKind.PACKAGE
        }
        once = {
            edge.target
            for path in stale
            for edge in graph.dependencies(path)
            if edge.kind is not EdgeKind.PACKAGE
        }
        if named != once:
            return None
    return added


def _steers_others(finder: EdgeFinder, old: Facts, new: Facts, path: RepoPath) -> bool:
    """Whether a file's content decides about edges of other files: by its table, or by what it binds."""
    if not isinstance(old, FileFacts) or not isinstance(new, FileFacts):
        return True
    if old.lazy != new.lazy or (new.lazy is not None and old.bound != new.bound):
        return True
    if path.endswith("__init__.py") and (
        old.bound != new.bound or _listed(finder, old, path) != _listed(finder, new, path)
    ):
        return True
    if not NO_MODULE.isdisjoint(
        old.bound ^ new.bound
    ):  # `"settings.json"` is a name in the module, or a file
        return True
    if _defined(old) == _defined(new):
        return False
    above = finder.names.parents(path)
    return any(finder.names.lazy_table(init) is not None for init in above)


def _listed(finder: EdgeFinder, facts: FileFacts, path: RepoPath) -> frozenset[str]:
    """Submodules that `__all__` may list for a star import."""
    return (
        facts.strings & finder.names.children(folder_of(path)).keys()
        if "__all__" in facts.bound
        else frozenset()
    )


def _defined(facts: FileFacts) -> frozenset[str]:
    """Names that a file binds by itself, for which a lazy package above may take it."""
    return facts.bound - {name for each in facts.imports for name in each.names}
