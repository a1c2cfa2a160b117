"""`txselect report`: what it shows, what it writes, and its exit status."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Final, Protocol

import pytest
from lxml import etree

from pytest_txselect.cli import main

LOGS: Final = Path(__file__).parent.parent / "report" / "logs"
PASSED: Final = (
    "=== test session starts ===\ncollected 2 items\n\nt.py ..   [100%]\n\n=== 2 passed in 0.10s ===\n"
)
FAILED: Final = (
    "=== test session starts ===\ncollected 2 items\n\nt.py F.   [100%]\n\n"
    "=== short test summary info ===\nFAILED t.py::test_a - assert 1 == 2\n=== 1 failed, 1 passed in 0.10s ===\n"
)
BROKEN: Final = (
    "=== test session starts ===\ncollected 0 items / 1 error\n\n=== short test summary info ===\n"
    "ERROR t.py\n!!! Interrupted: 1 error during collection !!!\n=== 1 error in 0.10s ===\n"
)
HEADER: Final = '{"record":"header","schema":1,"run":"a","id":"tests"}\n'
COLLECTED: Final = '{"record":"collected","tests":["t.py::test_a"]}\n'
DONE: Final = '{"record":"pass","test":"t.py::test_a"}\n{"record":"footer","duration":1.0}\n'
WITHIN: Final = '{"record":"phase","test":"t.py::test_a","outcome":"failed","reason":"no"}\n'


class Report(Protocol):
    """Runs the command on files, given as `name_dot_txt=text`; returns its status, output and notices."""

    def __call__(self, *words: str, **files: str) -> tuple[int, str, str]:
        """Run it."""


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Run the command in an empty folder; give its status, output and notices."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str, **files: str) -> tuple[int, str, str]:
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        status = main(["report", *words])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return call


@pytest.mark.parametrize(
    ("text", "skip", "fail", "errors"),
    [
        (PASSED, 0, 0, 0),
        (FAILED, 0, 1, 0),
        (BROKEN, 0, 0, 1),
        ("", 2, 2, 2),
        ("hello\n", 2, 2, 2),
        (PASSED[:60], 2, 2, 2),
    ],
    ids=["passed", "failed", "broken", "empty", "other", "cut"],
)
def test_status(report: Report, text: str, skip: int, fail: int, errors: int):
    """1 for what was asked for and is there, 2 for what cannot be a test run, whatever was asked for."""
    for flag, wanted in (("--skip", skip), ("--fail", fail), ("--errors", errors)):
        assert report("--file", "out_dot_txt".replace("_dot_", "."), flag, out_dot_txt=text)[0] == wanted


def test_summaries(report: Report):
    """Without a flag there are the three summaries, by reason, and the totals."""
    status, out, err = report("--file", "a.txt", a_dot_txt=FAILED)
    assert (status, err) == (0, "")
    assert out == (
        "0 skipped\n1 failed\nx1  assert 1 == 2  [t.py::test_a]\n\n0 errors\ntotal: 1 failed, 1 passed in 0.10s\n"
    )


def test_one_summary(report: Report):
    """With a flag there is that summary alone."""
    assert (
        report("--file", "a.txt", "--fail", a_dot_txt=FAILED)[1]
        == "1 failed\nx1  assert 1 == 2  [t.py::test_a]\n"
    )


def test_several_files(report: Report):
    """Files add up; the same node id in two logs is two tests; each has its total."""
    status, out, _ = report("--file", "a.txt", "--file", "b.txt", a_dot_txt=FAILED, b_dot_txt=FAILED)
    assert status == 0
    assert "x2  assert 1 == 2  [t.py::test_a]" in out
    assert out.splitlines()[-3:] == [
        "a.txt: 1 failed, 1 passed in 0.10s",
        "b.txt: 1 failed, 1 passed in 0.10s",
        "total: 2 failed, 2 passed",
    ]


def test_one_of_several_is_unreadable(report: Report):
    """What can be read is shown, what cannot is named, and the status is 2."""
    status, out, err = report("--fail", "--file", "a.txt", "b.txt", a_dot_txt=FAILED, b_dot_txt="")
    assert (status, out.splitlines()[0]) == (2, "1 failed")
    assert err.startswith("txselect: error: b.txt: it is empty")
    assert err.endswith("[unreadable-results]\n")


def test_missing_file(report: Report):
    """A path where nothing is has an error of one line."""
    status, out, err = report("--file", "nothing.txt", "--fail")
    assert (status, out) == (2, "")
    assert (
        err
        == "txselect: error: nothing.txt: cannot be read: No such file or directory [unreadable-results]\n"
    )


def test_default_folder(report: Report):
    """Without --file the folder `reports` is read: records where there are some, not what was rendered from them."""
    files = {
        "reports__tests__results_dot_jsonl": HEADER + COLLECTED + DONE,
        "reports__tests__junit_dot_xml": "<x/>",
    }
    assert report(**files)[1].endswith("total: 1 passed in 1.00s\n")
    assert report("--file", "elsewhere")[0] == 2


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (HEADER + COLLECTED + DONE, 0),
        (HEADER + COLLECTED, 2),
        (HEADER + COLLECTED + WITHIN, 1),
        (HEADER + DONE + "{", 2),
    ],
    ids=["whole", "killed", "failed, then killed", "damaged"],
)
def test_records(report: Report, text: str, status: int):
    """Records of a run that was killed show what ran; that nothing failed is then not known."""
    found, out, err = report("--file", "results.jsonl", "--fail", results_dot_jsonl=text)
    assert found == status
    assert out.startswith("1 failed" if status == 1 else "0 failed")
    assert ("nobody knows that nothing failed" in err) == (status == 2)


@pytest.mark.parametrize(
    ("footer", "records", "status"),
    [
        ('"status":2,"stopped":"KeyboardInterrupt"', "", 2),
        ('"status":1', '{"record":"start","test":"t.py::test_a"}\n', 2),
        ('"status":3', "", 2),
        ('"status":1,"stopped":"stopping after 1 failures"', WITHIN, 1),
        ('"status":0,"stopped":"that is enough"', "", 0),
        ('"status":1', '{"record":"pass","test":"t.py::test_a"}\n', 0),
        ('"status":2', '{"record":"collect","node":"u.py","outcome":"error"}\n', 0),
        ('"status":2', '{"record":"collect","node":"u.py","outcome":"skipped"}\n', 2),
    ],
)
def test_ended_early(report: Report, footer: str, records: str, status: int):
    """Of a run that ended as if something had failed, and left tests out, nobody knows that nothing did."""
    text = f'{HEADER}{COLLECTED}{records}{{"record":"footer",{footer}}}\n'
    assert report("--file", "a.jsonl", "--fail", a_dot_jsonl=text)[0] == status


def test_interrupted_and_repeated(report: Report):
    """A run that was interrupted and then repeated as a whole leaves nothing unknown."""
    first = f'{HEADER}{COLLECTED}{{"record":"footer","status":2}}\n'
    again = HEADER.replace('"run":"a"', '"run":"b","started":9.0') + COLLECTED + DONE
    assert report("--file", "a.jsonl", "--fail", a_dot_jsonl=first + again)[0] == 0
    assert (
        report(
            "--file",
            "a.jsonl",
            "--fail",
            a_dot_jsonl=again.replace("9.0", "0.0") + first.replace('"a"', '"a","started":9.0'),
        )[0]
        == 2
    )


@pytest.mark.parametrize(("ended", "status"), [(0, 0), (1, 0), (2, 2), (3, 2), (4, 2), (5, 0)])
def test_nothing_collected(report: Report, ended: int, status: int):
    """Of a run that was interrupted while it collected, or that pytest refused, nobody knows that nothing failed."""
    text = f'{HEADER}{{"record":"footer","status":{ended}}}\n'
    assert report("--file", "a.jsonl", "--fail", a_dot_jsonl=text)[0] == status


def test_standard_input(report: Report, monkeypatch: pytest.MonkeyPatch):
    """`-` is standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FAILED.encode())))
    assert report("--file", "-", "--fail")[0] == 1


def test_formats(report: Report, tmp_path: Path):
    """Every format is written from every input; nothing but that is shown."""
    files = ["--html", "new/r.html", "--markdown", "r.md", "--junit", "r.xml"]
    status, out, err = report("--file", "a.txt", *files, a_dot_txt=FAILED)
    assert (status, out) == (0, "")
    assert err == "txselect: wrote new/r.html\ntxselect: wrote r.md\ntxselect: wrote r.xml\n"
    assert "assert 1 == 2" in (tmp_path / "new" / "r.html").read_text(encoding="utf-8")
    assert "1 failed, 1 passed" in (tmp_path / "r.md").read_text(encoding="utf-8")
    suite = etree.parse(tmp_path / "r.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert report("--file", "r.xml", "--fail")[:2] == (1, "1 failed\nx1  assert 1 == 2  [t.py::test_a]\n")


def test_doubts(report: Report):
    """Where a log and its last line disagree, that is said, and the last line is believed."""
    lying = FAILED.replace("=== 1 failed, 1 passed", "=== 2 passed")
    status, out, err = report("--file", "a.txt", "--fail", a_dot_txt=lying)
    assert (status, out) == (0, "0 failed\n")
    assert err == (
        "txselect: in doubt: its summary lists 1 failed, its last line counts none: the last line is believed\n"
    )


def test_folder(report: Report):
    """Of a folder all files with results are read; other texts are left out, aloud; a lost log is an error."""
    files = {"out__a_dot_txt": FAILED, "out__notes_dot_txt": "hello\n", "out__pom_dot_xml": "<project/>"}
    status, out, err = report("--file", "out", **files)
    assert (status, out.splitlines()[-1]) == (0, "total: 1 failed, 1 passed in 0.10s")
    assert [line.split(":")[1:3] for line in err.splitlines()] == [
        [" left out", " out/notes.txt"],
        [" left out", " out/pom.xml"],
    ]
    assert report("--file", "out", out__lost_dot_log="")[0] == 2
    (Path("out") / "a.txt").unlink()
    assert report("--file", "out", "--fail")[0] == 2


def test_slack_dry_run(report: Report):
    """The messages are printed as JSON, and nothing else."""
    status, out, _ = report("--file", "a.txt", "--slack-dry-run", a_dot_txt=FAILED)
    assert status == 0
    assert [message["thread"] for message in json.loads(out)] == ["", "a.txt"]


def test_help(capsys: pytest.CaptureFixture[str]):
    """The help teaches by examples and says what the exit status means."""
    with pytest.raises(SystemExit):
        main(["report", "--help"])
    text = capsys.readouterr().out
    assert "txselect report --file tests_output.txt --fail" in text
    assert 'never taken for "0 failed"' in text
