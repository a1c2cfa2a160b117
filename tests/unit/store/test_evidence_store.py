"""The store of evidence: what is written is found, nothing is lost, nothing is half there."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

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
from pytest_txselect.store.evidence import Collected, RunNote, write_evidence
from pytest_txselect.store.names import EVIDENCE_FILE, Scope, read_scope
from pytest_txselect.store.recorded import RecordedEvidence, read_evidence
from pytest_txselect.store.sqlite import StoreError

if TYPE_CHECKING:
    from pathlib import Path

HERE = Scope("cpython-313", "linux-x86_64")
ODD = "tests/\udcff\n-x.py"


def function(path: str, name: str) -> Piece:
    """A function of a file."""
    return Piece(PieceKind.FUNCTION, RepoPath(path), name)


def make(tests: dict[str, set[str]], *, shared: set[str] = frozenset(), outcome: str = "passed") -> Recording:  # type: ignore[assignment]
    """A recording in which tests executed functions of `a.py`, all of them including a set of `b.py`."""
    names = sorted(set().union(*tests.values()))
    pieces = [function("a.py", name) for name in names] + [function("b.py", name) for name in sorted(shared)]
    sets = [EvidenceSet(tuple(range(len(names), len(pieces))), ())]
    recorded = {}
    for node, used in tests.items():
        sets.append(EvidenceSet(tuple(sorted(names.index(name) for name in used)), (0,)))
        recorded[node] = RecordedTest(RepoPath(node.partition("::")[0]), len(sets) - 1, outcome, 0.25)
    files = {RepoPath("a.py"): FileVersion("1" * 40, b"text of a"), RepoPath("b.py"): FileVersion("2" * 40)}
    return Recording(tuple(pieces), tuple(sets), recorded, files)


def opened(folder: Path, scope: Scope = HERE) -> RecordedEvidence:
    """The evidence, which must be there."""
    evidence = read_evidence(folder, scope)
    assert evidence is not None
    return evidence


def find(folder: Path, path: str, name: str) -> set[str]:
    """Tests that used a function."""
    with closing(opened(folder)) as evidence:
        return evidence.find_tests(
            each.number for each in evidence.find_pieces(RepoPath(path)) if each.piece.name == name
        )


def test_who_used_it(tmp_path: Path) -> None:
    """A test is found by its own functions and by those of what it includes."""
    write_evidence(tmp_path, make({"t.py::x": {"f", "g"}, "t.py::y": {"g"}}, shared={"h"}), RunNote(HERE))
    assert find(tmp_path, "a.py", "f") == {"t.py::x"}
    assert find(tmp_path, "a.py", "g") == {"t.py::x", "t.py::y"}
    assert find(tmp_path, "b.py", "h") == {"t.py::x", "t.py::y"}
    assert find(tmp_path, "b.py", "nothing") == set()


def test_what_it_used(tmp_path: Path) -> None:
    """A test's pieces are its own and included ones, with the version in which they were used."""
    write_evidence(tmp_path, make({"t.py::x": {"f"}}, shared={"h"}), RunNote(HERE))
    with closing(opened(tmp_path)) as evidence:
        found = {(each.piece, each.blob) for each in evidence.read_pieces("t.py::x")}
        assert found == {(function("a.py", "f"), "1" * 40), (function("b.py", "h"), "2" * 40)}
        assert evidence.read_pieces("t.py::unknown") == []
        assert evidence.read_text(RepoPath("a.py"), "1" * 40) == b"text of a"
        assert evidence.read_text(RepoPath("b.py"), "2" * 40) is None
        assert evidence.read_versions() == {"a.py": ["1" * 40], "b.py": ["2" * 40]}


def test_what_was_used_beside(tmp_path: Path) -> None:
    """Files are found that tests used which used something: directly, by an included set, and in no other way."""
    pieces = [function(path, "f") for path in ("a.py", "b.py", "c.py", "d.py")]
    sets = (EvidenceSet((1,), ()), EvidenceSet((0,), (0,)), EvidenceSet((2,), (1,)), EvidenceSet((3,), ()))
    tests = {
        f"t.py::{name}": RecordedTest(RepoPath("t.py"), place, "passed")
        for place, name in ((2, "x"), (3, "y"))
    }
    files = {each.path: FileVersion("1" * 40) for each in pieces}
    write_evidence(tmp_path, Recording(tuple(pieces), sets, tests, files), RunNote(HERE))
    with closing(opened(tmp_path)) as evidence:
        numbers = {path: [each.number for each in evidence.find_pieces(RepoPath(path))] for path in files}
        assert evidence.find_paths(numbers["b.py"]) == {"a.py", "b.py", "c.py"}
        assert evidence.find_paths(numbers["d.py"]) == {"d.py"}
        assert evidence.find_paths([]) == set()


def test_odd_names(tmp_path: Path) -> None:
    """Paths and node ids need not be text."""
    recording = Recording(
        (Piece(PieceKind.LISTED, RepoPath(ODD), "*"),),
        (EvidenceSet((0,), (), Gap.FORK),),
        {f"{ODD}::t": RecordedTest(RepoPath(ODD), 0, "failed", 1.5)},
        {RepoPath(ODD): FileVersion("")},
    )
    write_evidence(tmp_path, recording, RunNote(HERE))
    with closing(opened(tmp_path)) as evidence:
        (test,) = evidence.read_tests().items()
        assert (test[0], test[1].path, test[1].outcome, test[1].seconds) == (f"{ODD}::t", ODD, "failed", 1.5)
        assert [each.piece for each in evidence.find_listed()] == [recording.pieces[0]]
        assert evidence.find_gapped(Gap.FORK | Gap.CHILD) == {f"{ODD}::t"}
        assert evidence.find_gapped(Gap.CHILD) == set()


def test_scopes_are_apart(tmp_path: Path) -> None:
    """Evidence of another Python is none."""
    other = Scope("cpython-312", "linux-x86_64")
    write_evidence(tmp_path, make({"t.py::x": {"f"}}), RunNote(HERE))
    assert read_evidence(tmp_path, other) is None
    write_evidence(tmp_path, make({"t.py::y": {"f"}}), RunNote(other))
    assert find(tmp_path, "a.py", "f") == {"t.py::x"}
    assert read_evidence(tmp_path / "nowhere", HERE) is None
    assert read_scope().python.startswith("cpython-")


def test_runs_add_up(tmp_path: Path) -> None:
    """A later run replaces the evidence of its tests and leaves others alone."""
    write_evidence(tmp_path, make({"t.py::x": {"f"}, "t.py::y": {"f"}}), RunNote(HERE))
    write_evidence(tmp_path, make({"t.py::x": {"g"}}), RunNote(HERE))
    assert find(tmp_path, "a.py", "f") == {"t.py::y"}
    assert find(tmp_path, "a.py", "g") == {"t.py::x"}


def test_test_without_evidence_keeps_the_old(tmp_path: Path) -> None:
    """A worker that crashed hands nothing over: what was known of its tests stays, their outcome does not."""
    write_evidence(tmp_path, make({"t.py::x": {"f"}}), RunNote(HERE))
    lost = Recording(tests={"t.py::x": RecordedTest(RepoPath("t.py"), None, "failed", 0.0)})
    write_evidence(tmp_path, lost, RunNote(HERE))
    assert find(tmp_path, "a.py", "f") == {"t.py::x"}
    with closing(opened(tmp_path)) as evidence:
        assert evidence.read_tests()["t.py::x"].outcome == "failed"


@pytest.mark.parametrize(
    ("before", "now", "then"),
    [
        ("failed", "passed", "passed"),
        ("failed", "skipped", "failed"),
        ("passed", "skipped", "skipped"),
        ("skipped", "failed", "failed"),
    ],
)
def test_outcomes(tmp_path: Path, before: str, now: str, then: str) -> None:
    """A failure stays until the test passes."""
    for outcome in (before, now):
        write_evidence(tmp_path, make({"t.py::x": {"f"}}, outcome=outcome), RunNote(HERE))
    with closing(opened(tmp_path)) as evidence:
        assert evidence.read_tests()["t.py::x"].outcome == then


def test_only_what_was_collected_is_forgotten(tmp_path: Path) -> None:
    """A complete run forgets tests of files that it collected, or that are gone; no others."""
    everything = make({"t.py::x": {"f"}, "t.py::y": {"f"}, "gone.py::z": {"f"}, "broken.py::b": {"f"}})
    write_evidence(tmp_path, everything, RunNote(HERE))
    collected = Collected(
        frozenset({"t.py::x"}), frozenset({RepoPath("t.py")}), lambda path: path != "gone.py"
    )
    write_evidence(tmp_path, make({"t.py::x": {"f"}}), RunNote(HERE, collected=collected))
    with closing(opened(tmp_path)) as evidence:
        assert set(evidence.read_tests()) == {"t.py::x", "broken.py::b"}


@pytest.mark.parametrize(
    ("everything", "usual", "left"),
    [
        (True, True, {"t.py::x", "broken.py::b"}),
        (False, True, {"t.py::x", "broken.py::b", "out.py::o"}),
        (False, False, {"t.py::x", "t.py::y", "gone.py::z", "broken.py::b", "out.py::o"}),
    ],
)
def test_selected_run_forgets_in_the_files_that_it_collected(
    tmp_path: Path, left: set[str], *, everything: bool, usual: bool
) -> None:
    """A run of a selection knows all tests of a file of which it collected some; not of one that it left out."""
    nodes = ("t.py::x", "t.py::y", "gone.py::z", "broken.py::b", "out.py::o")
    write_evidence(tmp_path, make({node: {"f"} for node in nodes}), RunNote(HERE))
    paths = frozenset({RepoPath("t.py"), RepoPath("out.py")})
    seen = Collected(
        frozenset({"t.py::x"}), paths, lambda path: path != "gone.py", everything=everything, usual=usual
    )
    write_evidence(tmp_path, make({"t.py::x": {"f"}}), RunNote(HERE, collected=seen))
    with closing(opened(tmp_path)) as evidence:
        assert set(evidence.read_tests()) == left


def test_garbage_goes(tmp_path: Path) -> None:
    """Evidence that no test needs any more does not pile up, and what is needed stays."""
    for number in range(40):
        tests = {f"t.py::{each}": {f"f{number}", f"g{each}"} for each in range(100)}
        write_evidence(tmp_path, make(tests, shared={"h"}), RunNote(HERE))
    with closing(sqlite3.connect(tmp_path / EVIDENCE_FILE)) as db:
        assert db.execute("SELECT count(*) FROM evidence").fetchone()[0] < 1500
    assert find(tmp_path, "a.py", "f0") == set()
    assert len(find(tmp_path, "a.py", "f39")) == len(find(tmp_path, "b.py", "h")) == 100


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b"this is not a database, and long enough to be sure of it" * 30, id="not a database"),
        pytest.param(None, id="newer schema"),
    ],
)
def test_unusable_file_is_set_aside(tmp_path: Path, damage: bytes | None) -> None:
    """It is kept under another name, and said; reading it is an error, not a lack of evidence."""
    write_evidence(tmp_path, make({"t.py::x": {"f"}}), RunNote(HERE))
    file = tmp_path / EVIDENCE_FILE
    if damage is None:
        with closing(sqlite3.connect(file)) as db:
            db.execute("PRAGMA user_version = 99")
    else:
        file.write_bytes(damage)
    content = file.read_bytes()
    with pytest.raises(StoreError, match="evidence is not used"):
        read_evidence(tmp_path, HERE)
    said = write_evidence(tmp_path, make({"t.py::y": {"g"}}), RunNote(HERE))
    (aside,) = tmp_path.glob("*.aside")
    assert aside.name in said
    assert aside.read_bytes() == content
    assert find(tmp_path, "a.py", "g") == {"t.py::y"}


def test_damage_inside_is_an_error(tmp_path: Path) -> None:
    """A page that was overwritten is found when it is asked for."""
    write_evidence(tmp_path, make({f"t.py::{n}": {f"f{n}"} for n in range(500)}), RunNote(HERE))
    file = tmp_path / EVIDENCE_FILE
    data = bytearray(file.read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    file.write_bytes(data)

    def ask() -> None:
        with closing(opened(tmp_path)) as evidence:
            evidence.read_tests()
            evidence.find_tests([1])

    with pytest.raises(StoreError):
        ask()


def test_locked_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that another process holds stays as it is, and the run is said to be lost."""
    monkeypatch.setattr("pytest_txselect.store.sqlite.PATIENCE", 0.05)
    write_evidence(tmp_path, make({"t.py::x": {"f"}}), RunNote(HERE))
    with closing(sqlite3.connect(tmp_path / EVIDENCE_FILE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="not remembered"):
            write_evidence(tmp_path, make({"t.py::y": {"g"}}), RunNote(HERE))
    assert find(tmp_path, "a.py", "f") == {"t.py::x"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder(tmp_path: Path) -> None:
    """What cannot be written is said; what is there can be read."""
    write_evidence(tmp_path, make({"t.py::x": {"f"}}), RunNote(HERE))
    (tmp_path / EVIDENCE_FILE).chmod(0o400)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError):
            write_evidence(tmp_path, make({"t.py::y": {"g"}}), RunNote(HERE))
        assert find(tmp_path, "a.py", "f") == {"t.py::x"}
    finally:
        tmp_path.chmod(0o700)


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file in the place of the folder is an error of ours."""
    (tmp_path / "store").write_text("")
    with pytest.raises(StoreError, match="not remembered"):
        write_evidence(tmp_path / "store", make({"t.py::x": {"f"}}), RunNote(HERE))


def test_full_disk(tmp_path: Path) -> None:
    """A write that finds no room leaves the old state."""
    script = """
        import resource, sys
        from pathlib import Path
        sys.path[:0] = {path!r}
        from test_evidence_store import HERE, RunNote, StoreError, make, write_evidence
        folder = Path({folder!r})
        write_evidence(folder, make({{"t.py::x": {{"f"}}}}), RunNote(HERE))
        size = (folder / "evidence.sqlite").stat().st_size
        import signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            write_evidence(folder, make({{f"t.py::{{n}}": {{f"f{{n}}"}} for n in range(3000)}}), RunNote(HERE))
        except StoreError:
            sys.exit(3)
    """
    path = [os.path.dirname(__file__), *sys.path]  # noqa: PTH120 - for sys.path
    code = textwrap.dedent(script).format(path=path, folder=str(tmp_path))
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 3
    with closing(opened(tmp_path)) as evidence:
        assert set(evidence.read_tests()) == {"t.py::x"}


@pytest.mark.parametrize("moment", [1, 5, 20, 60])
def test_killed_while_it_writes(tmp_path: Path, moment: int) -> None:
    """The state after `kill -9` is the old or the new one as a whole."""
    script = """
        import os, sqlite3, sys
        from pathlib import Path
        sys.path[:0] = {path!r}
        from test_evidence_store import HERE, RunNote, make, write_evidence
        folder = Path({folder!r})
        write_evidence(folder, make({{"t.py::old": {{"f"}}}}), RunNote(HERE))
        seen = 0
        real = sqlite3.connect
        def connect(*args, **kwargs):
            connection = real(*args, **kwargs)
            connection.set_progress_handler(tick, 100)
            return connection
        def tick():
            global seen
            seen += 1
            if seen == {moment}:
                os.kill(os.getpid(), 9)
        sqlite3.connect = connect
        write_evidence(folder, make({{f"t.py::{{n}}": {{f"f{{n}}"}} for n in range(300)}}), RunNote(HERE))
    """
    path = [os.path.dirname(__file__), *sys.path]  # noqa: PTH120 - for sys.path
    code = textwrap.dedent(script).format(path=path, folder=str(tmp_path), moment=moment)
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    with closing(opened(tmp_path)) as evidence:
        assert set(evidence.read_tests()) == {"t.py::old"}
    write_evidence(tmp_path, make({"t.py::new": {"f"}}), RunNote(HERE))
    assert find(tmp_path, "a.py", "f") == {"t.py::old", "t.py::new"}


def test_run_is_that_of_the_evidence(tmp_path: Path) -> None:
    """A run in which nobody watched a test leaves its evidence, and says nothing about with which files it ran."""
    write_evidence(tmp_path, make({"t.py::a": {"f"}, "t.py::b": {"f"}}), RunNote(HERE))
    blind = make({"t.py::b": {"g"}})
    unseen = {
        "t.py::a": RecordedTest(RepoPath("t.py"), None),
        "t.py::c": RecordedTest(RepoPath("t.py"), None),
    }
    write_evidence(tmp_path, blind._replace(tests={**blind.tests, **unseen}), RunNote(HERE))
    with closing(opened(tmp_path)) as evidence:
        assert {node: test.run for node, test in evidence.read_tests().items()} == {
            "t.py::a": 1,
            "t.py::b": 2,
            "t.py::c": 2,
        }
