"""Whom the difference between a recorded version of a file and another one touches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.describe import describe_edits
from pytest_txselect.engine.documented import Documented
from pytest_txselect.engine.nodes import qualname_of
from pytest_txselect.engine.supporting import Parts
from pytest_txselect.graph.hints import Hints
from pytest_txselect.graph.reach import find_reach
from pytest_txselect.model import EdgeKind, Reason, ReasonKind
from pytest_txselect.policy.compare import compare_manifest
from pytest_txselect.policy.familiar import is_hook
from pytest_txselect.policy.follow import follow
from pytest_txselect.policy.manifest import ManifestKind
from pytest_txselect.policy.surroundings import MODULE, OPENED, TESTS_OF
from pytest_txselect.project.tree import file_name, folder_of
from pytest_txselect.source.edit import (
    BodyEdit,
    ClassEdit,
    ClassNameEdit,
    DefinitionEdit,
    DocstringEdit,
    NameEdit,
)
from pytest_txselect.source.edits import find_edits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.recorded import Evidence, Version
    from pytest_txselect.engine.surroundings import HeadSurroundings
    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.touched import Both, Old, Touched
    from pytest_txselect.source.edit import Edits

__all__ = ["Affected", "Touching"]

NAMING: Final = (BodyEdit, DefinitionEdit, NameEdit, ClassNameEdit, ClassEdit)
"""Edits that do nothing but to define, and to import."""


@dataclass(slots=True)
class Affected:
    """Tests that are touched, with the reason of each group; the first reason counts."""

    groups: list[tuple[frozenset[str], Reason]] = field(default_factory=list)

    def add(self, nodes: frozenset[str], reason: Reason) -> None:
        """Some more tests are touched."""
        if nodes:
            self.groups.append((nodes, reason))

    def find(self, node: str) -> Reason | None:
        """Why a test is touched; None where it is not."""
        return next((reason for nodes, reason in self.groups if node in nodes), None)


class Touching:
    """Compares versions, and gathers the tests that are touched.

    Args:
        evidence: what was recorded.
        ends: the graphs, that of the head first.
        around: the project, for following names.
        since: whether the question is what changed since a base; otherwise, since each test last ran.
    """

    def __init__(
        self, evidence: Evidence, ends: tuple[End, ...], around: HeadSurroundings, *, since: bool
    ) -> None:
        self.evidence = evidence
        self.ends = ends
        self.around = around
        self.since = since
        self.affected = Affected()
        self.imports: dict[RepoPath, tuple[str, Version]] = {}
        self.unused: dict[RepoPath, str] = {}
        self._documented = Documented(evidence, ends, around, self._using_any)
        self._parts = Parts(evidence, around.source, self.find_reaching)
        self._hints = [Hints(end.words) for end in ends]
        self._nodes: dict[RepoPath, list[tuple[str, str]]] = {}

    def compare(self, version: Version, new: bytes | None, *, data: bool) -> None:
        """Add what the differences between a recorded version and another one touch.

        Args:
            version: what tests used.
            new: the other version, of a Python file; None where there is none.
            data: whether whoever only read the file counts too.
        """
        path = version.path
        if data and not self._says_the_same(version, new):
            others = self.evidence.using(self.evidence.others(version))
            self.affected.add(
                others, Reason(ReasonKind.EVIDENCE, path, "the test read it when it was another")
            )
        if not self.evidence.pieces(version):
            return
        old = self.evidence.store.read_text(path, version.blob)
        if old is None:
            self.reach_file(path, "its recorded version is not known", version)
            return
        edits = find_edits(old, new)
        if not edits.edits:
            return
        detail = describe_edits(edits)
        said = Reason(ReasonKind.REACHES, path, detail)
        self.affected.add(self._parts.find_documented(path, edits), said)
        if self._documents(edits, version):
            return
        was = None if edits.only_bodies else _read_old(old, new or b"")
        touched = follow(path, edits, self.around, old=was, describe=detail)
        self._add(touched, version)
        if was is not None:
            self.affected.add(self._parts.find_made(path, (old, new or b""), touched), said)
        for each, text in touched.imports.items():
            self.imports[each] = (text, version)

    def compare_unused(self, path: RepoPath, old: bytes | None, new: bytes | None) -> None:
        """Judge a change to a file that no test has used, though their evidence says all.

        What defines names in it concerns nobody: its module's body has never even begun. Anything else, and a file
        that came, went, or cannot be read, concerns all that reach it by the graph.
        """
        edits = find_edits(old or b"", new) if old is not None and new is not None else None
        if edits is None or not all(isinstance(edit, NAMING) for edit in edits.edits):
            self.reach_file(path, "file changed", None)
        elif edits.edits:
            self.unused[path] = describe_edits(edits)

    def look(self, path: RepoPath, detail: str) -> None:
        """A file that is no code came or went: to whoever executed code that names it."""
        from pytest_txselect.engine.was import find_looking  # noqa: PLC0415 - slow to import

        found = self._using_any(find_looking(path, self._hints, self.around))
        self.affected.add(
            found, Reason(ReasonKind.EVIDENCE, path, f"{detail}; the test executed code that names it")
        )

    def add_declared(self, reached: Iterable[RepoPath]) -> None:
        """Add the tests that depend on something reached because that was declared: no recorder sees it."""
        found = {
            edge.source: edge.target
            for path in sorted(reached)
            for end in self.ends
            for edge in end.view.edges_to(path)
            if edge.kind is EdgeKind.DECLARED
        }
        for source, target in found.items():
            self.reach_file(source, f"is declared to depend on {target}", None)

    def _says_the_same(self, version: Version, new: bytes | None) -> bool:
        """Whether two versions of a manifest mean the same for tests."""
        name = file_name(version.path)
        if name not in set(ManifestKind) or new is None:
            return False
        old = self.evidence.store.read_text(version.path, version.blob)
        if old is None:
            return False
        differs = compare_manifest(ManifestKind(name), old, new)
        return not differs.ground and not differs.requirements

    def _documents(self, edits: Edits, version: Version) -> bool:
        """Docstrings: whoever may read them is reached by the graph. True where there is nothing else."""
        path = version.path
        docs = [edit for edit in edits.edits if isinstance(edit, DocstringEdit)]
        if not docs:
            return False
        read = self._documented.find_tests(docs, version)
        if read is None or self.evidence.project.config.doctest_modules:
            self.reach_file(path, "a docstring that may be read", version)
            return len(docs) == len(edits.edits)
        for reader, found in read.items():
            detail = f"a docstring; the test executed code of {reader} that reads docstrings"
            self.affected.add(found, Reason(ReasonKind.EVIDENCE, path, detail))
        return len(docs) == len(edits.edits)

    def _add(self, touched: Touched, version: Version) -> None:
        """Turn what is touched into evidence: of tests that used this version of the edited file."""
        users = self.evidence.using(self.evidence.pieces(version))
        fresh = self._find_fresh(version.path, version)
        for (path, qualname), detail in touched.places.items():
            found = self._using_any([(path, qualname)], version)
            found = found & users if (path, qualname) in touched.named else found - fresh
            self.affected.add(
                found,
                Reason(
                    ReasonKind.EVIDENCE, version.path, f"{detail}; the test executed {_show(path, qualname)}"
                ),
            )
        for both, detail in touched.both:
            self._add_both(both, detail, version, users)
        for path, detail in touched.files.items():
            self.reach_file(path, detail, version)
        if any(is_hook(name.rpartition(".")[2]) for path, name in touched.places if path == version.path):
            self.reach_file(version.path, "a hook of pytest changed", version)

    def _add_both(self, both: Both, detail: str, version: Version, users: frozenset[str]) -> None:
        """Add the tests that use two things, each with the first place that tells it."""
        left = self._using_any(both.mentions, version) & self._using_any(both.touches, version) & users
        for path, qualname in sorted(both.mentions):
            if not left:
                return
            found = self._using_any([(path, qualname)], version) & left
            self.affected.add(
                found,
                Reason(
                    ReasonKind.EVIDENCE, version.path, f"{detail}; the test executed {_show(path, qualname)}"
                ),
            )
            left -= found

    def _using_any(
        self, places: Iterable[tuple[RepoPath, str]], version: Version | None = None
    ) -> frozenset[str]:
        """Tests that executed some code; of the edited file, in this version."""
        found: list[int] = []
        nodes: frozenset[str] = frozenset()
        for path, qualname in places:
            if qualname.endswith(TESTS_OF):
                nodes |= self._find_tests(path, qualname.removesuffix(TESTS_OF))
                continue
            versions = [version] if version and path == version.path else self.evidence.versions.get(path, [])
            if qualname == OPENED:
                found += [number for each in versions for number in self.evidence.others(each)]
            else:
                found += [number for each in versions for number in self.evidence.pieces(each, qualname)]
        return self.evidence.using(found) | nodes

    def _find_tests(self, path: RepoPath, qualname: str) -> frozenset[str]:
        """The tests that are made of a function or class."""
        if not self._nodes:
            for node, test in self.evidence.tests.items():
                self._nodes.setdefault(test.path, []).append((f"{qualname_of(node)}.", node))
        parts = {name for name, part in self.evidence.parts.items() if part.path == path}
        return frozenset(
            node for name, node in self._nodes.get(path, ()) if name.startswith(f"{qualname}.")
        ).union(parts)

    def reach_file(self, path: RepoPath, detail: str, version: Version | None) -> None:
        """Every test that reaches a file by the graph; of one that is gone, also those that used it.

        A test file that is new may import what has gone since it last ran, and at neither end both are there.
        Where the question is what changed since each test last ran, without those that ran with the file as it is.
        """
        fresh = self._find_fresh(path, version)
        found = self.find_reaching(path) - fresh
        if version is not None and version.path == path and path not in self.evidence.keys:
            found |= self.evidence.using(self.evidence.pieces(version))
        self.affected.add(found, Reason(ReasonKind.REACHES, path, detail))

    def _find_fresh(self, path: RepoPath, version: Version | None) -> frozenset[str]:
        """Tests that last ran with a file as it is, where that is the question, and not with some other version."""
        if self.since:
            return frozenset()
        current = [each for each in self.evidence.versions.get(path, ()) if self.evidence.holds(each)]
        fresh = self.evidence.using(number for each in current for number in self.evidence.pieces(each))
        return fresh - (self.evidence.using(self.evidence.pieces(version)) if version else frozenset())

    def find_reaching(self, *paths: RepoPath) -> frozenset[str]:
        """Tests and parts that were seen and reach a file by the graph."""
        ways = find_reach([end.view for end in self.ends], paths).ways
        folders = tuple(
            f"{folder_of(each)}/" if folder_of(each) else ""
            for each in ways
            if file_name(each) == "conftest.py"
        )
        return frozenset(
            node
            for node, test in self.evidence.collected.items()
            if test.path in ways or (folders and test.path.startswith(folders))
        )


def _show(path: str, qualname: str) -> str:
    if qualname == OPENED:
        return f"code that opened {path}"
    if qualname.endswith(TESTS_OF):
        return f"`{qualname.removesuffix(TESTS_OF)}` ({path})"
    return f"{path} (on import)" if qualname == MODULE else f"`{qualname}` ({path})"


def _read_old(old: bytes, new: bytes) -> Old:
    from pytest_txselect.engine.was import read_old  # noqa: PLC0415 - slow to import

    return read_old(old, new)
