"""What a child process tells of itself, piece by piece, in this process."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.evidence.children import TOP, VARIABLE, ChildReporter, StartReporter, start
from pytest_txselect.evidence.codes import CodeBook
from pytest_txselect.evidence.evidence import Gap, Piece, PieceKind
from pytest_txselect.evidence.report import Report, ReportLines, list_reports, parse_report
from pytest_txselect.model import RepoPath

if TYPE_CHECKING:
    from pathlib import Path

A = Piece(PieceKind.OPENED, RepoPath("a.txt"))
STAMP = (1, 2, 3)


def read(folder: Path) -> list[ReportLines]:
    """All that was reported, by file."""
    names = sorted(name for name, _, _ in list_reports(str(folder)))
    return [parse_report((folder / name).read_bytes()) for name in names]


def test_each_thing_once(tmp_path: Path) -> None:
    """A piece and a stamp are told once, and again by a process that was forked."""
    book = CodeBook()
    reporter = ChildReporter(Report(str(tmp_path), "new"), book.pieces)
    number = book.number(A)
    for _ in range(2):
        reporter.pieces.add(number)
        reporter.stamp(A.path, STAMP)
    (found,) = read(tmp_path)
    assert (found.pieces, found.stamps, found.gaps) == ([A], {A.path: STAMP}, Gap.NONE)
    for each in tmp_path.iterdir():
        each.unlink()
    reporter.renew(Report(str(tmp_path), "fork"))
    reporter.pieces.add(number)
    reporter.missed()
    (found,) = read(tmp_path)
    assert (found.pieces, found.stamps, found.gaps) == ([A], {}, Gap.CHILD)


def test_pieces_of_the_parent(tmp_path: Path) -> None:
    """A process that was forked knows the pieces of its parent by their numbers."""
    book = CodeBook()
    number = book.number(A)
    ChildReporter(Report(str(tmp_path), "fork"), book.pieces).add(number)
    (found,) = read(tmp_path)
    assert found.pieces == [A]


@pytest.mark.parametrize("content", [None, b"", b"one line"], ids=["gone", "empty", "damaged"])
def test_recording_that_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    """A child that finds nobody who collects does nothing."""
    if content is not None:
        (tmp_path / TOP).write_bytes(content)
    monkeypatch.setenv(VARIABLE, os.fspath(tmp_path))
    before = sys.getprofile()
    start()
    assert list_reports(str(tmp_path)) == []
    assert sys.getprofile() is before


def test_process_that_is_told_twice(tmp_path: Path) -> None:
    """A process begins to report once, though Python may execute the line that makes it do so twice."""
    (tmp_path / TOP).write_bytes(os.fsencode(tmp_path) + b"\0" + os.fsencode(tmp_path / "store"))
    code = "from pytest_txselect.evidence.children import start; start(); start()"
    environment = {**os.environ, VARIABLE: os.fspath(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    (found,) = read(tmp_path)
    assert found.gaps == Gap.NONE


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 has no sys.monitoring")
def test_functions(tmp_path: Path) -> None:
    """A function is told when it starts, once, whoever wants our identifier meanwhile; then it may be taken away."""
    book = CodeBook()
    reporter = ChildReporter(Report(str(tmp_path), "new"), book.pieces)
    watch = StartReporter(book, reporter)
    space: dict[str, object] = {}
    code = compile("def f(): pass\ndef g(): pass\ndef h(): yield\n", "a.py", "exec")
    exec(code, space)  # noqa: S102 - a module of the test
    assert watch.place.take()
    watch.arm(book.learn(code, RepoPath("a.py")))
    tool = watch.place.tool
    assert tool is not None
    space["f"]()  # type: ignore[operator]
    sys.monitoring.use_tool_id(tool, "somebody")
    try:
        space["f"]()  # type: ignore[operator]
        list(space["h"]())  # type: ignore[operator]
        assert watch.place.tool not in {None, tool}
        assert watch.is_whole(watch.place.tool)  # type: ignore[arg-type]
    finally:
        sys.monitoring.free_tool_id(tool)
    free = [each for each in range(6) if sys.monitoring.get_tool(each) is None]
    mine = watch.place.tool
    for each in (*free, mine):
        sys.monitoring.use_tool_id(each, "somebody")  # type: ignore[arg-type]
    space["g"]()  # type: ignore[operator]
    for each in (*free, mine):
        sys.monitoring.free_tool_id(each)  # type: ignore[arg-type]
    watch.place.give_back()
    (found,) = read(tmp_path)
    assert [piece.name for piece in found.pieces] == ["f", "h"]
    assert found.gaps == Gap.CHILD
