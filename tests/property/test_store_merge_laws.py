"""Laws of merging stores of evidence: the order does not matter, nor how often."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_txselect.evidence.circumstances import Circumstances
from pytest_txselect.evidence.evidence import (
    EvidenceSet,
    FileVersion,
    Gap,
    Piece,
    PieceKind,
    RecordedTest,
    Recording,
)
from pytest_txselect.model import RepoPath
from pytest_txselect.store.deselected import DeselectedTests
from pytest_txselect.store.evidence import Collected, RunNote, write_evidence
from pytest_txselect.store.merging import merge_stores
from pytest_txselect.store.names import EVIDENCE_FILE, Scope, decode_name
from pytest_txselect.store.recorded import read_evidence

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_txselect.store.recorded import RecordedEvidence

HERE = Scope("cpython-313", "linux-x86_64")
THERE = Scope("cpython-312", "linux-x86_64")
NODES = ("t.py::a", "t.py::b", "u.py::c")
NAMES = ("f", "g", "h")


@st.composite
def recordings(draw: st.DrawFn) -> tuple[Recording, RunNote]:
    """A run of a few tests, on one of two Pythons, with files in one of two versions."""
    nodes = draw(st.lists(st.sampled_from(NODES), unique=True, min_size=1))
    pieces = tuple(Piece(PieceKind.FUNCTION, RepoPath("p.py"), name) for name in NAMES)
    own = tuple(Piece(PieceKind.FUNCTION, RepoPath(path), "<module>") for path in ("t.py", "u.py"))
    shared = EvidenceSet(
        tuple(sorted(draw(st.sets(st.integers(0, 2))))), (), draw(st.sampled_from([Gap.NONE, Gap.FORK]))
    )
    sets = [shared]
    tests = {}
    for node in nodes:
        used = draw(st.sets(st.integers(0, 2)))
        sets.append(EvidenceSet((*sorted(used), 3 if node.startswith("t") else 4), (0,)))
        evidence = draw(st.sampled_from([len(sets) - 1, None]))
        outcome = draw(st.sampled_from(["passed", "failed", "skipped"]))
        tests[node] = RecordedTest(RepoPath(node.partition("::")[0]), evidence, outcome, 0.5)
    blobs = {path: draw(st.sampled_from("12")) * 40 for path in ("p.py", "t.py", "u.py")}
    files = {RepoPath(path): FileVersion(blob, blob.encode()) for path, blob in blobs.items()}
    slow = frozenset(draw(st.lists(st.sampled_from(["t.py::s[1]", "t.py::s[2]"]), unique=True)))
    deselected = {RepoPath("t.py"): DeselectedTests(slow, frozenset({"s"}))} if slow else {}
    asked = draw(st.sampled_from(["-m 'not slow'", "-k x"]))
    everything = Collected(
        frozenset(nodes) | slow,
        frozenset(map(RepoPath, ("t.py", "u.py"))),
        lambda _: True,
        everything=False,
        asked=asked,
        deselected=deselected,
    )
    note = RunNote(
        draw(st.sampled_from([HERE, THERE])),
        draw(st.sampled_from(["", "c" * 40])),
        everything,
        circumstances=Circumstances(asked, {}, {}, ()),
    )
    sets.append(EvidenceSet((*sorted(draw(st.sets(st.integers(0, 2)))), 3), (0,)))
    collections = {RepoPath("t.py"): len(sets) - 1}
    return Recording((*pieces, *own), tuple(sets), tests, files, collections), note


stores = st.lists(recordings(), max_size=3)


def read(folder: Path) -> dict[str, Any]:
    """All that a store says, whatever its numbers are."""
    found: dict[str, Any] = {}
    with closing(sqlite3.connect(folder / EVIDENCE_FILE)) as db:
        query = (
            "SELECT python, node, test.path, outcome, seconds, made FROM test "
            "JOIN scope ON scope.id = test.scope JOIN run ON run.id = test.run"
        )
        found["tests"] = sorted(db.execute(query))
        found["runs"] = sorted(
            db.execute(
                "SELECT python, made, revision, complete, tests FROM run JOIN scope ON scope.id = scope"
            )
        )
        found["whole"] = sorted(
            db.execute(
                "SELECT python, path, blob FROM whole "
                "JOIN scope ON scope.id = scope JOIN version ON version.id = version"
            )
        )
        found["deselected"] = sorted(
            db.execute(
                "SELECT python, path, blob, asked, digest, minded, deselected.tests, functions, made FROM deselected "
                "JOIN scope ON scope.id = deselected.scope JOIN version ON version.id = version "
                "JOIN circumstances ON circumstances.id = circumstances JOIN run ON run.id = run"
            )
        )
        found["texts"] = sorted(db.execute("SELECT path, blob, text FROM version"))
    for scope in (HERE, THERE):
        evidence = read_evidence(folder, scope)
        if evidence is not None:
            with closing(evidence):
                found[f"{scope} deselected"] = read_parts(evidence)
                for node, test in evidence.read_tests().items():
                    used = {(each.piece, each.blob) for each in evidence.read_pieces(node)}
                    gaps = {gap for gap in Gap if gap and node in evidence.find_gapped(gap)}
                    users = {
                        each.piece.name
                        for each in evidence.find_pieces(RepoPath("p.py"))
                        if node in evidence.find_tests([each.number])
                    }
                    found[f"{scope} {node}"] = (test.evidence is None, used, gaps, users)
    return found


def read_parts(evidence: RecordedEvidence) -> set[tuple[str, str, frozenset[str]]]:
    """What was deselected, with what its collection executed."""
    pieces = evidence.find_pieces(RepoPath("p.py"))
    return {
        (
            part.blob,
            part.asked,
            frozenset(each.piece.name for each in pieces if name in evidence.find_tests([each.number])),
        )
        for name, part in evidence.read_deselected().items()
    }


class Workshop:
    """Makes stores in a temporary folder."""

    def __init__(self, top: Path) -> None:
        self._top = top
        self._numbers = count()

    def record(self, runs: list[tuple[Recording, RunNote]]) -> Path:
        """A store of some runs."""
        folder = self.merge()
        for recording, note in runs:
            write_evidence(folder, recording, note)
        return folder

    def merge(self, *sources: Path) -> Path:
        """A new store of others."""
        folder = self._top / str(next(self._numbers))
        merge_stores(folder, [source / EVIDENCE_FILE for source in sources])
        return folder


def within(check: Callable[[Workshop], None]) -> None:
    """Run a check in a temporary folder that is removed."""
    top = Path(tempfile.mkdtemp())
    try:
        check(Workshop(top))
    finally:
        shutil.rmtree(top)


@settings(max_examples=30, deadline=None)
@given(stores, stores, stores)
def test_associative(one: Any, two: Any, three: Any) -> None:
    """It does not matter which shards are put together first."""

    def check(shop: Workshop) -> None:
        a, b, c = shop.record(one), shop.record(two), shop.record(three)
        assert read(shop.merge(shop.merge(a, b), c)) == read(shop.merge(a, shop.merge(b, c)))

    within(check)


@settings(max_examples=30, deadline=None)
@given(stores, stores)
def test_commutative(one: Any, two: Any) -> None:
    """It does not matter which shard came first."""

    def check(shop: Workshop) -> None:
        a, b = shop.record(one), shop.record(two)
        assert read(shop.merge(a, b)) == read(shop.merge(b, a))

    within(check)


@settings(max_examples=30, deadline=None)
@given(stores)
def test_idempotent(one: Any) -> None:
    """A store that is merged twice, or with itself, says what it said."""

    def check(shop: Workshop) -> None:
        a = shop.record(one)
        merged = shop.merge(a)
        assert read(shop.merge(a, a)) == read(merged)
        merge_stores(merged, [a / EVIDENCE_FILE])
        merge_stores(merged, [merged / EVIDENCE_FILE])
        assert read(merged) == read(shop.merge(a))

    within(check)


@settings(max_examples=30, deadline=None)
@given(stores, stores)
def test_nobody_is_lost(one: Any, two: Any) -> None:
    """Every test that a shard knows is known then, failed if its newest run that was no skip failed."""

    def check(shop: Workshop) -> None:
        a, b = shop.record(one), shop.record(two)
        rows = [row for folder in (a, b) for row in read(folder)["tests"]]
        merged = {(row[0], row[1]): row for row in read(shop.merge(a, b))["tests"]}
        assert merged.keys() == {(row[0], row[1]) for row in rows}
        for key, row in merged.items():
            mine = [each for each in rows if (each[0], each[1]) == key]
            best = max(mine, key=lambda each: (each[3] != 2, each[5]))
            assert row[3] == best[3], decode_name(row[1])

    within(check)
