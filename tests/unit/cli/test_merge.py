"""`txselect merge`: one folder of several, and what it says about what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_txselect.cli import main
from pytest_txselect.report.lines import render_line
from pytest_txselect.report.records import (
    Collected,
    Footer,
    Header,
    Outcome,
    Pass,
    Phase,
    SelectionMade,
    Start,
)
from pytest_txselect.report.write import ARTIFACT_NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_txselect.report.records import Record


def write(folder: Path, header: Header, test: str, outcome: Outcome, *more: Record) -> None:
    """Write the records of a run of one test."""
    folder.mkdir(parents=True, exist_ok=True)
    records = [
        header, *more, Collected((test,)), Start(test, test.partition("::")[0], 1, test.partition("::")[2]),
        Phase(test, "setup"), Phase(test, "call", outcome, reason="no"), Phase(test, "teardown"), Footer(1.0, 1.0, 0),
    ]  # fmt: skip
    (folder / "results.jsonl").write_text("".join(render_line(record) + "\n" for record in records))


def test_retry(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A run and its retry: every artifact is there and knows that the test is flaky."""
    write(tmp_path / "1", Header(run="a", started=1.0), "t.py::x", Outcome.FAILED)
    write(tmp_path / "2", Header(run="b", started=2.0), "t.py::x", Outcome.PASSED)
    out = tmp_path / "out" / "all"
    assert main(["merge", str(tmp_path / "2"), str(tmp_path / "1"), "--out", str(out)]) == 0
    assert capsys.readouterr().err == f"txselect: merged 2 runs into {out}: 1 passed, 1 rerun\n"
    assert {path.name for path in out.iterdir()} == {"results.jsonl", ".gitignore", *ARTIFACT_NAMES} - {
        "selection.json"
    }
    assert "flakyFailure" in (out / "junit.xml").read_text()
    assert "Passed only when repeated: 1" in (out / "report.md").read_text()
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert main(["merge", str(out), str(tmp_path / "1"), "--out", str(out)]) == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_missing_shard(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A shard that is missing is named, the others are merged, the status is 1; a report of them is not "0 failed"."""
    for number in (1, 3):
        write(
            tmp_path / str(number),
            Header(run=str(number), shard=(number, 3)),
            f"t.py::x{number}",
            Outcome.PASSED,
        )
    assert main(["merge", str(tmp_path), "--out", str(tmp_path / "all")]) == 1
    assert capsys.readouterr().err.splitlines()[1:] == [
        "txselect: error: tests: shard 2 of 3 missing: their tests are not here [missing-shards]"
    ]
    assert main(["report", "--file", str(tmp_path / "all"), "--fail"]) == 2
    assert main(["report", "--file", str(tmp_path / "1"), "--fail"]) == 0
    assert "shard 2 of 3 missing" in (tmp_path / "all" / "report.md").read_text()
    assert "shard 2 of 3 missing" in (tmp_path / "all" / "report.html").read_text()


def test_other_inputs(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Logs and JUnit files are merged too; what is none is left out, what is lost is an error."""
    (tmp_path / "a.txt").write_text("t.py F   [100%]\n1 failed in 0.10s\n")
    (tmp_path / "b.xml").write_text('<testsuite name="s"><testcase classname="c" name="n"/></testsuite>')
    (tmp_path / "notes.txt").write_text("nothing\n")
    assert main(["merge", str(tmp_path), "--out", str(tmp_path / "all")]) == 0
    shown = capsys.readouterr().err
    assert shown.splitlines()[-1].endswith("1 failed, 1 passed")
    assert "left out: " in shown
    (tmp_path / "lost.log").write_text("")
    assert (
        main(["merge", str(tmp_path / "lost.log"), str(tmp_path / "b.xml"), "--out", str(tmp_path / "all")])
        == 2
    )
    assert main(["merge", str(tmp_path / "nothing"), "--out", str(tmp_path / "never")]) == 2
    assert not (tmp_path / "never").exists()


def test_broken_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A run that broke off is merged, and that is said."""
    write(tmp_path, Header(run="a", started=5.0), "t.py::x", Outcome.PASSED)
    path = tmp_path / "results.jsonl"
    path.write_text(path.read_text().rpartition('{"record":"footer"')[0] + '{"record":"ph')
    assert main(["merge", str(tmp_path), "--out", str(tmp_path / "all")]) == 0
    notices = capsys.readouterr().err
    assert "tests: the run that began at 5 broke off" in notices
    assert "unreadable: line 7" in notices


def test_old_selection_goes(tmp_path: Path):
    """An artifact of an earlier merge that this one does not have is removed."""
    selection = SelectionMade("1 file changed", '{"a":1}')
    write(tmp_path / "1", Header(run="a"), "t.py::x", Outcome.PASSED, selection)
    write(tmp_path / "2", Header(run="b"), "t.py::x", Outcome.PASSED)
    out = str(tmp_path / "all")
    assert main(["merge", str(tmp_path / "1"), "--out", out]) == 0
    assert (tmp_path / "all" / "selection.json").exists()
    assert main(["merge", str(tmp_path / "2"), "--out", out]) == 0
    assert not (tmp_path / "all" / "selection.json").exists()


@pytest.mark.parametrize("kind", ["file", "below a file"])
def test_folder_that_cannot_be(tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]):
    """A report folder that is a file is an error of one line."""
    write(tmp_path / "1", Header(run="a"), "t.py::x", Outcome.PASSED)
    (tmp_path / "taken").write_text("")
    out = tmp_path / "taken" if kind == "file" else tmp_path / "taken" / "all"
    assert main(["merge", str(tmp_path / "1"), "--out", str(out)]) == 2
    assert "[report-folder]" in capsys.readouterr().err


def test_artifact_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """An artifact whose name is taken by a folder is an error that names it, and so is no folder at all."""
    write(tmp_path / "1", Header(run="a"), "t.py::x", Outcome.PASSED)
    (tmp_path / "all" / "report.html").mkdir(parents=True)
    assert main(["merge", str(tmp_path / "1"), "--out", str(tmp_path / "all")]) == 2
    assert f"cannot write {tmp_path / 'all' / 'report.html'}: Is a directory" in capsys.readouterr().err
    assert main(["merge", str(tmp_path / "1"), "--out", ""]) == 2
    assert "--out is empty" in capsys.readouterr().err


def test_links_are_not_followed(tmp_path: Path):
    """Links in a folder lead nowhere; an artifact that is a link is replaced, not written through."""
    write(tmp_path / "1", Header(run="a"), "t.py::x", Outcome.PASSED)
    secret = tmp_path / "secret.txt"
    secret.write_text("t.py F   [100%]\n1 failed in 0.10s\n")
    (tmp_path / "1" / "out.txt").symlink_to(secret)
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "report.md").symlink_to(secret)
    assert main(["merge", str(tmp_path / "1"), "--out", str(tmp_path / "all")]) == 0
    assert "1 failed" not in (tmp_path / "all" / "report.md").read_text()
    assert secret.read_text().startswith("t.py F")


def test_broken_off_and_repeated(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """When a run that broke off was repeated as a whole, nothing is in doubt; in part, its other tests are missed."""
    head = [Header(run="a", started=1.0), Collected(("t.py::x", "t.py::y"))]
    for name, tests in (("whole", ("t.py::x", "t.py::y")), ("part", ("t.py::x",))):
        for number, records in (("1", head), ("2", [Header(run="b", started=2.0), Collected(tests)])):
            folder = tmp_path / name / number
            folder.mkdir(parents=True)
            results = [*records, *(Pass(test) for test in tests), Footer()] if number == "2" else records
            (folder / "results.jsonl").write_text("".join(render_line(record) + "\n" for record in results))
    assert main(["report", "--file", str(tmp_path / "whole"), "--fail"]) == 0
    capsys.readouterr()
    assert main(["report", "--file", str(tmp_path / "part"), "--fail"]) == 2
    notices = capsys.readouterr().err
    assert "1 of 2 tests were not run" in notices
    assert "tests: its run broke off" in notices
