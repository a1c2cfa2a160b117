"""The lines in which a child reports."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.evidence.evidence import Gap, Piece, PieceKind
from pytest_txselect.evidence.report import Report, escape, list_reports, parse_report, unescape

if TYPE_CHECKING:
    from pathlib import Path


@given(st.text(alphabet=st.one_of(st.sampled_from("\\tnr\t\n\r"), st.characters())))
def test_fields_survive(text: str) -> None:
    """Any text is a field: it comes back, and has no tab or line end on the way."""
    assert unescape(escape(text)) == text
    assert not set("\t\n\r") & set(escape(text))


def test_report_is_read_back(tmp_path: Path) -> None:
    """What a process reports is what its parent reads, odd names included."""
    pieces = [
        Piece(PieceKind.FUNCTION, "a\tb\n.py", "f.<locals>.<lambda>", 3),  # type: ignore[arg-type]
        Piece(PieceKind.OPENED, "d\udcff.txt"),  # type: ignore[arg-type]
        Piece(PieceKind.LISTED, "", "*.txt"),  # type: ignore[arg-type]
    ]
    report = Report(str(tmp_path), "new")
    for piece in pieces:
        report.piece(piece)
    report.stamp("a.py", (1, 2, 3))
    report.gap(Gap.CHILD | Gap.PATH)
    ((name, pid, word),) = list_reports(str(tmp_path))
    found = parse_report((tmp_path / name).read_bytes())
    assert (pid, word) == (os.getpid(), "new")
    assert found.pieces == pieces
    assert found.stamps == {"a.py": (1, 2, 3)}
    assert found.gaps == Gap.CHILD | Gap.PATH


def test_cut_off_line_is_a_gap() -> None:
    """A process that was killed while it wrote leaves half a line: the whole ones count."""
    found = parse_report(b"b\nf\ta.py\tf\t0\nf\ta.py\tg")
    assert [piece.name for piece in found.pieces] == ["f"]
    assert found.gaps == Gap.CHILD


def test_damaged_line_is_a_gap() -> None:
    """What cannot be read is not passed over in silence."""
    for line in (b"f\ta.py\n", b"x\ty\n", b"\n", b"s\ta\t1\t2\tz\n", b"g\n"):
        assert parse_report(b"b\n" + line).gaps == Gap.CHILD, line


def test_beginning_that_is_gone_is_a_gap() -> None:
    """A report that was tidied up while its process went on has lost lines, all of them perhaps."""
    assert parse_report(b"b\n").gaps == Gap.NONE
    for left in (b"f\ta.py\tf\t0\n", b""):
        assert parse_report(left).gaps == Gap.CHILD


def test_report_without_room_is_silent(tmp_path: Path) -> None:
    """A folder that is gone does not disturb the process that reports."""
    report = Report(str(tmp_path / "gone"), "new")
    report.piece(Piece(PieceKind.OPENED, "a"))  # type: ignore[arg-type]
    assert not (tmp_path / "gone").exists()


def test_other_files_are_no_reports(tmp_path: Path) -> None:
    """The folder holds other things too."""
    for name in ("top", "1-other-2", "x-new-3"):
        (tmp_path / name).write_text("")
    assert list_reports(str(tmp_path)) == []
