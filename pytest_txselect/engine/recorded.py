"""Selection by evidence: of the tests that the graph reaches, those whose recorded evidence the change touches.

What a test did when it was recorded holds for the files as they were then. So the files of its evidence are compared with the
head, not with the base: where no difference touches the evidence, the test would do the same again. Where one does, the test runs
if the graph says that the change under test reaches it at all. Tests that were never seen, that failed, or whose evidence has
gaps are judged by the graph alone.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.chosen import find_reached
from pytest_txselect.engine.describe import describe_edits
from pytest_txselect.evidence.evidence import Gap, PieceKind
from pytest_txselect.evidence.versions import GONE, name_blob, read_listing
from pytest_txselect.graph.reach import find_reach
from pytest_txselect.model import FileChoice, Reason, ReasonKind, RepoPath, RunSome
from pytest_txselect.policy.follow import MODULE, Touched, follow
from pytest_txselect.project.disk import read_source
from pytest_txselect.project.tree import file_name, folder_of
from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.edit import DocReader, DocstringEdit
from pytest_txselect.source.edits import find_edits
from pytest_txselect.source.facts import FileFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.engine.select import Plan
    from pytest_txselect.engine.surroundings import HeadSurroundings
    from pytest_txselect.model import Change
    from pytest_txselect.source.edit import Edits
    from pytest_txselect.store.recorded import KnownTest, RecordedEvidence, StoredPiece

__all__ = ["Evidence", "Judged"]

DOC_READERS: Final = frozenset({"__doc__", "getdoc", "getcomments", "pydoc", "help"})
HOOK: Final = "pytest_"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the evidence says.

    Attributes:
        choices: test files of which the graph's choice is not the last word; None for one of which nothing runs.
        known: number of tests with evidence that holds or was touched.
        seen: number of tests seen at all.
        revision: HEAD of the newest recording.
    """

    choices: Mapping[RepoPath, FileChoice | None]
    known: int
    seen: int
    revision: str


@dataclass(slots=True)
class _Affected:
    """Tests that are touched, with the reason of each group; the first reason counts."""

    groups: list[tuple[frozenset[str], Reason]] = field(default_factory=list)

    def add(self, nodes: frozenset[str], reason: Reason) -> None:
        if nodes:
            self.groups.append((nodes, reason))

    def find(self, node: str) -> Reason | None:
        return next((reason for nodes, reason in self.groups if node in nodes), None)


@dataclass(frozen=True, slots=True)
class _Version:
    """A file or folder as it was when it was used."""

    path: RepoPath
    blob: str


class Evidence:
    """Recorded evidence beside the tree at the head.

    Args:
        store: what was recorded.
        project: the repository, with its work tree as the head.
        keys: git's names for the contents of files at the head; "w" where git has none.
    """

    def __init__(self, store: RecordedEvidence, project: Project, keys: Mapping[RepoPath, str]) -> None:
        self._store = store
        self._project = project
        self._keys = keys
        self._top = os.fspath(project.sources.git.repository.top)
        self.tests = store.read_tests()
        self._versions = {
            path: [_Version(path, blob) for blob in blobs] for path, blobs in store.read_versions().items()
        }
        self._blobs: dict[RepoPath, str] = {}
        self._found: dict[RepoPath, list[StoredPiece]] = {}
        self._users: dict[tuple[int, ...], frozenset[str]] = {}

    def close(self) -> None:
        """Close what was recorded."""
        self._store.close()

    def _blob(self, path: RepoPath) -> str:
        """Git's name for what a path holds now; of a folder, that of its listing."""
        found = self._blobs.get(path)
        if found is None:
            key = self._keys.get(path, "w")
            if key[0] not in "wl":
                found = key
            elif os.path.isdir(os.path.join(self._top, path)):  # noqa: PTH112, PTH118 - surrogates survive
                found = read_listing(self._top, path).blob
            else:
                source = read_source(self._project.sources.git.repository.top, path)
                found = GONE if source is None else name_blob(source)
            self._blobs[path] = found
        return found

    def _holds(self, version: _Version) -> bool:
        return bool(version.blob) and version.blob == self._blob(version.path)

    def _pieces(self, version: _Version, name: str | None = None) -> list[int]:
        """Functions that were executed of a version: all, or those of a qualified name."""
        if version.path not in self._found:
            self._found[version.path] = self._store.find_pieces(version.path)
        return [
            each.number
            for each in self._found[version.path]
            if each.blob == version.blob
            and each.piece.kind is PieceKind.FUNCTION
            and (name is None or each.piece.name == name)
        ]

    def _others(self, version: _Version) -> list[int]:
        """That a version was opened, or listed."""
        self._pieces(version)
        found = self._found[version.path]
        return [
            each.number
            for each in found
            if each.blob == version.blob and each.piece.kind is not PieceKind.FUNCTION
        ]

    def _using(self, pieces: Iterable[int]) -> frozenset[str]:
        wanted = tuple(sorted(set(pieces)))
        if wanted not in self._users:
            self._users[wanted] = frozenset(self._store.find_tests(wanted)) if wanted else frozenset()
        return self._users[wanted]

    def openers(self, path: RepoPath) -> frozenset[RepoPath]:
        """Test files of tests that opened a path, or listed its folder, when it was another one than now."""
        pieces: list[int] = []
        for place in (path, RepoPath(folder_of(path))):
            for version in self._versions.get(place, ()):
                if not self._holds(version):
                    pieces += self._others(version)
        return frozenset(self.tests[node].path for node in self._using(pieces) if node in self.tests)

    def judge(
        self, plan: Plan, changes: Iterable[Change], ends: tuple[End, ...], around: HeadSurroundings
    ) -> Judged:
        """Decide about the tests that were seen.

        Args:
            plan: what the graph says.
            changes: what changed since the base.
            ends: the graphs, that of the head first.
            around: the project, for following names.
        """
        affected = _Affected()
        compared = self._versions if isinstance(plan.selection, RunSome) else {}
        touched_imports: dict[RepoPath, tuple[str, _Version]] = {}
        for _, versions in sorted(compared.items()):
            for version in versions:
                if not self._holds(version):
                    self._compare(version, ends, around, affected, touched_imports)
        for change in changes:
            if compared and change.path.endswith(".py") and change.path not in self._versions:
                self._reach_file(change.path, f"file {change.kind}", ends, affected, None)
        gaps = frozenset(self._store.find_gapped(~Gap.NONE))
        running: dict[RepoPath, dict[str, Reason]] = {}
        resting: dict[RepoPath, set[str]] = {}
        known = 0
        for node, test in self.tests.items():
            known += test.evidence is not None and node not in gaps
            reason = _must_run(node, test, affected, gaps)
            if reason is None:
                resting.setdefault(test.path, set()).add(node)
            else:
                running.setdefault(test.path, {})[node] = reason
        self._keep_sentinels(touched_imports, running, resting)
        choices = self._choose(plan, running, resting)
        return Judged(choices, known, len(self.tests), self._store.read_revision())

    def _compare(
        self,
        version: _Version,
        ends: tuple[End, ...],
        around: HeadSurroundings,
        affected: _Affected,
        imports: dict[RepoPath, tuple[str, _Version]],
    ) -> None:
        """Add what the differences between a recorded version and the head touch."""
        path = version.path
        others = self._using(self._others(version))
        affected.add(others, Reason(ReasonKind.EVIDENCE, path, "the test read it when it was another"))
        if not self._pieces(version):
            return
        old = self._store.read_text(path, version.blob)
        if old is None:
            self._reach_file(path, "its recorded version is not known", ends, affected, version)
            return
        new = around.source(path) if path in self._keys else None
        edits = find_edits(old, new)
        if not edits.edits:
            return
        detail = describe_edits(edits)
        if self._documents(edits, ends, around, affected, version):
            return
        removed = _bound(old) - _bound(new or b"")
        touched = follow(path, edits, around, removed=removed, describe=detail)
        self._add(touched, version, ends, affected)
        for each, text in touched.imports.items():
            imports[each] = (text, version)

    def _documents(
        self,
        edits: Edits,
        ends: tuple[End, ...],
        around: HeadSurroundings,
        affected: _Affected,
        version: _Version,
    ) -> bool:
        """Docstrings: whoever may read them is reached by the graph. True where there is nothing else."""
        path = version.path
        docs = [edit for edit in edits.edits if isinstance(edit, DocstringEdit)]
        if not docs:
            return False
        if any(edit.readers - {DocReader.EXAMPLES} for edit in docs) or self._project.config.doctest_modules:
            self._reach_file(path, "a docstring that may be read", ends, affected, version)
            return len(docs) == len(edits.edits)
        for reader in sorted({each for end in ends for each in end.doc_readers}):
            mentions = around.mentions(reader)
            if mentions is None:
                self._reach_file(path, "a docstring that may be read", ends, affected, version)
                continue
            places = [(reader, qualname) for qualname in mentions.mentioning(DOC_READERS)]
            if any(not DOC_READERS.isdisjoint(step.mentions) for step in mentions.steps):
                places.append((reader, MODULE))
            found = self._using_any(places, version) & self._using(self._pieces(version))
            affected.add(
                found,
                Reason(
                    ReasonKind.EVIDENCE,
                    path,
                    f"a docstring; the test executed code of {reader} that reads docstrings",
                ),
            )
        return len(docs) == len(edits.edits)

    def _add(self, touched: Touched, version: _Version, ends: tuple[End, ...], affected: _Affected) -> None:
        """Turn what is touched into evidence: of tests that used this version of the edited file."""
        users = self._using(self._pieces(version))
        for (path, qualname), detail in touched.places.items():
            found = self._using_any([(path, qualname)], version) & users
            affected.add(
                found,
                Reason(
                    ReasonKind.EVIDENCE, version.path, f"{detail}; the test executed {_show(path, qualname)}"
                ),
            )
        for both, detail in touched.both:
            mentions = self._using_any(both.mentions, version)
            touches = self._using_any(both.touches, version)
            affected.add(
                mentions & touches & users,
                Reason(ReasonKind.EVIDENCE, version.path, f"{detail}; the test uses it"),
            )
        for path, detail in touched.files.items():
            self._reach_file(path, detail, ends, affected, version)
        if any(
            name.rpartition(".")[2].startswith(HOOK) for path, name in touched.places if path == version.path
        ):
            self._reach_file(version.path, "a hook of pytest changed", ends, affected, version)

    def _using_any(self, places: Iterable[tuple[RepoPath, str]], version: _Version) -> frozenset[str]:
        """Tests that executed some code; of the edited file, in this version."""
        found: list[int] = []
        for path, qualname in places:
            versions = [version] if path == version.path else self._versions.get(path, [])
            found += [number for each in versions for number in self._pieces(each, qualname)]
        return self._using(found)

    def _reach_file(
        self,
        path: RepoPath,
        detail: str,
        ends: tuple[End, ...],
        affected: _Affected,
        version: _Version | None,
    ) -> None:
        """Every test that reaches a file by the graph, but those that were recorded with the file as it is now."""
        ways = find_reach([end.view for end in ends], [path]).ways
        folders = tuple(
            f"{folder_of(each)}/" if folder_of(each) else ""
            for each in ways
            if file_name(each) == "conftest.py"
        )
        current = [each for each in self._versions.get(path, ()) if self._holds(each)]
        fresh = self._using(number for each in current for number in self._pieces(each))
        if version is not None:
            fresh -= self._using(self._pieces(version))
        found = {
            node
            for node, test in self.tests.items()
            if node not in fresh and (test.path in ways or (folders and test.path.startswith(folders)))
        }
        affected.add(frozenset(found), Reason(ReasonKind.REACHES, path, detail))

    def _keep_sentinels(
        self,
        imports: Mapping[RepoPath, tuple[str, _Version]],
        running: dict[RepoPath, dict[str, Reason]],
        resting: dict[RepoPath, set[str]],
    ) -> None:
        """An edit may break the import of its file: at least one test that imports it runs, the cheapest."""
        for path, (detail, version) in imports.items():
            using = self._using(self._pieces(version, MODULE))
            importing = {node: self.tests[node] for node in using if node in self.tests}
            if not importing or any(node in running.get(test.path, ()) for node, test in importing.items()):
                continue
            cheapest, test = min(importing.items(), key=lambda pair: (pair[1].seconds, pair[0]))
            reason = Reason(ReasonKind.SENTINEL, path, f"{detail}; the cheapest test that imports the file")
            running.setdefault(test.path, {})[cheapest] = reason
            resting.get(test.path, set()).discard(cheapest)

    def _choose(
        self,
        plan: Plan,
        running: Mapping[RepoPath, Mapping[str, Reason]],
        resting: Mapping[RepoPath, set[str]],
    ) -> dict[RepoPath, FileChoice | None]:
        """Refine the graph's choice of every test file of which tests were seen."""
        complete = self._store.has_complete_run()
        partly = self._store.read_partly()
        choices: dict[RepoPath, FileChoice | None] = {}
        for path in sorted({*running, *resting}):
            choice = find_reached(plan, path)
            runs = running.get(path, {})
            if choice is None:
                failed = {
                    node: reason for node, reason in runs.items() if reason.kind is ReasonKind.LAST_FAILED
                }
                if failed and path in self._keys:
                    choices[path] = FileChoice(None, next(iter(failed.values())), only=frozenset(failed))
            elif choice.reason.kind is ReasonKind.ALWAYS or not resting.get(path):
                continue
            elif (
                not runs
                and complete
                and path not in partly
                and any(self._holds(each) for each in self._versions.get(path, ()))
            ):
                choices[path] = None
            else:
                reason = next(iter(runs.values()), choice.reason)
                choices[path] = FileChoice(choice.tests, reason, left=frozenset(resting[path]))
        return choices


def _must_run(node: str, test: KnownTest, affected: _Affected, gaps: frozenset[str]) -> Reason | None:
    """Why a test runs, by its evidence, where the graph reaches it; None where it would do the same again."""
    if test.outcome == "failed":
        return Reason(ReasonKind.LAST_FAILED, test.path)
    if test.evidence is None:
        return Reason(ReasonKind.UNSEEN, test.path, "was never seen to end")
    found = affected.find(node)
    if found is None and node in gaps:
        return Reason(ReasonKind.REACHES, test.path, "its evidence does not say all")
    return found


def _bound(source: bytes) -> frozenset[str]:
    facts = read_facts(source)
    return facts.bound if isinstance(facts, FileFacts) else frozenset()


def _show(path: str, qualname: str) -> str:
    return f"{path} (on import)" if qualname == MODULE else f"`{qualname}` ({path})"
