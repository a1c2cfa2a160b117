"""What the store keeps of deselected tests: a row for a file and its circumstances, however many the tests are."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.evidence.circumstances import Circumstances, find_minded
from pytest_txselect.evidence.evidence import (
    EvidenceSet,
    FileVersion,
    Piece,
    PieceKind,
    RecordedTest,
    Recording,
)
from pytest_txselect.model import RepoPath
from pytest_txselect.store.deselected import KEPT, DeselectedTests
from pytest_txselect.store.evidence import Collected, RunNote, write_evidence
from pytest_txselect.store.names import EVIDENCE_FILE, Scope
from pytest_txselect.store.recorded import read_evidence
from pytest_txselect.store.tidying import tidy_evidence

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_txselect.store.deselected import DeselectedPart

HERE = Scope("cpython-313", "linux-x86_64")
ASKED = "-m 'not slow'"
FILE = RepoPath("t.py")
SLOW = frozenset(f"t.py::slow[{number}]" for number in range(10_000))


def write(
    folder: Path,
    *,
    nodes: Iterable[str] = SLOW | {"t.py::x"},
    deselected: frozenset[str] = SLOW,
    asked: str = ASKED,
    variables: dict[str, str] | None = None,
    blob: str = "1",
    text: bytes = b"",
    spared: frozenset[RepoPath] = frozenset(),
) -> None:
    """Write a run of one test beside those that were deselected."""
    recording = Recording(
        (Piece(PieceKind.FUNCTION, FILE, "<module>"), Piece(PieceKind.FUNCTION, FILE, "marks")),
        (EvidenceSet((0,), ()), EvidenceSet((1,), (0,))),
        {"t.py::x": RecordedTest(FILE, 0, "passed", 0.1)},
        {FILE: FileVersion(blob * 40, text)},
        {FILE: 1},
    )
    collected = Collected(
        frozenset(nodes),
        frozenset({FILE}),
        lambda _: True,
        asked=ASKED,
        deselected={FILE: DeselectedTests(deselected, frozenset({"slow"}))},
        spared=spared,
    )
    circumstances = Circumstances(asked, {}, variables or {}, ())
    write_evidence(folder, recording, RunNote(HERE, collected=collected, circumstances=circumstances))


def read(folder: Path) -> list[DeselectedPart]:
    """What is known; the evidence of it is found by what it executed."""
    evidence = read_evidence(folder, HERE)
    assert evidence is not None
    with closing(evidence):
        parts = evidence.read_deselected()
        marks = [each.number for each in evidence.find_pieces(FILE) if each.piece.name == "marks"]
        assert evidence.find_tests(marks) == set(parts)
        return list(parts.values())


def test_row_for_a_file(tmp_path: Path) -> None:
    """Ten thousand tests are one row, which tells how many they are and of which functions."""
    write(tmp_path)
    (part,) = read(tmp_path)
    assert (part.path, part.asked, part.tests, part.functions) == (FILE, ASKED, 10_000, {"slow"})
    assert (tmp_path / EVIDENCE_FILE).stat().st_size < 100_000


@pytest.mark.parametrize(
    "other",
    [
        {"nodes": SLOW | {"t.py::x", "t.py::stranger"}},
        {"deselected": SLOW - {"t.py::slow[1]"}},
        {"asked": "-m fast"},
    ],
    ids=["stranger", "one by somebody else", "another expression than was asked for"],
)
def test_what_is_not_explained(tmp_path: Path, other: dict[str, object]) -> None:
    """Nothing is known of a file that has tests of which nobody knows why they did not run, and no longer what was."""
    write(tmp_path, **other)  # type: ignore[arg-type]
    assert read(tmp_path) == []
    if "asked" not in other:
        write(tmp_path)
        assert len(read(tmp_path)) == 1
        write(tmp_path, **other)  # type: ignore[arg-type]
        assert read(tmp_path) == []


def test_spared_file(tmp_path: Path) -> None:
    """A run that did not collect all of a file neither adds to what is known of it nor takes from it."""
    write(tmp_path)
    write(tmp_path, nodes={"t.py::x"}, deselected=frozenset({"t.py::y"}), spared=frozenset({FILE}))
    assert [part.tests for part in read(tmp_path)] == [10_000]


def test_file_of_which_a_test_is_forgotten(tmp_path: Path) -> None:
    """When a test is forgotten, not all others are known any more."""
    write(tmp_path)
    tidy_evidence(tmp_path, lambda node, _: node == "t.py::x")
    assert read(tmp_path) == []


def test_garbage(tmp_path: Path) -> None:
    """Evidence of a collection is no garbage; rows of circumstances that nobody has come to again are."""
    for number in range(KEPT + 5):
        write(tmp_path, variables={"MODE": str(number)})
    tidy_evidence(tmp_path, lambda *_: False)
    parts = read(tmp_path)
    assert len(parts) == KEPT
    last = Circumstances(ASKED, {}, {"MODE": str(KEPT + 4)}, ())
    assert last.digest(()) in {part.digest for part in parts}


def test_circumstances() -> None:
    """Circumstances are the same where nothing differs but what differs always, unless that counts."""
    one = Circumstances(ASKED, {"runslow": "False"}, {"HOME": "/", "GITHUB_SHA": "1"}, ("a-1.dist-info",))
    other = one._replace(environment={"HOME": "/", "GITHUB_SHA": "2", "SHLVL": "3"})
    assert one.digest(()) == other.digest(())
    assert one.digest(["GITHUB_*"]) != other.digest(["GITHUB_*"])
    for change in (
        {"asked": "-m slow"},
        {"options": {"runslow": "True"}},
        {"environment": {"HOME": "/root", "GITHUB_SHA": "1"}},
        {"environment": {"HOME": "/", "GITHUB_SHA": "1", "RUN_SLOW": "1"}},
        {"installed": ("a-2.dist-info",)},
    ):
        assert one._replace(**change).digest(()) != one.digest(())  # type: ignore[arg-type]


def test_minded() -> None:
    """A variable counts where a text mentions it, or the beginning of its name."""
    assert find_minded([b'getenv("GITHUB_SHA")', b'PREFIX = "CI_"', b"MY_GITHUB_X = PWD2"]) == (
        "CI_*",
        "GITHUB_*",
    )
    assert find_minded([b"os.environ['PWD']"]) == ("PWD",)


def test_mentioned_in_evidence(tmp_path: Path) -> None:
    """What a file of the evidence mentions counts in the digest."""
    write(tmp_path, text=b"os.environ['CI_MODE']", variables={"CI_MODE": "1"})
    (part,) = read(tmp_path)
    assert part.minded == ("CI_*",)
    assert part.digest != Circumstances(ASKED, {}, {"CI_MODE": "2"}, ()).digest(part.minded)
