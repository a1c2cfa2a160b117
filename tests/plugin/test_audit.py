"""`--txselect-audit`: everything runs, and the selection is held against what happened."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from small_project import complained, ran, said

if TYPE_CHECKING:
    from pathlib import Path

    from small_project import SmallProject

EVERYTHING = ["tests/test_a.py::test_one", "tests/test_a.py::test_two", "tests/test_b.py::test_b"]
BROKEN = {"pkg/a.py": "def give():\n    return 0\n"}
SECONDS = re.compile(r"[\d.]+ of [\d.]+ s")


def told(result: pytest.RunResult) -> list[str]:
    """The lines of the audit, without durations."""
    lines = result.outlines
    start = next(n for n, line in enumerate(lines) if " txselect: audit " in line)
    end = next(n for n, line in enumerate(lines) if n > start and line.startswith("history: "))
    return [SECONDS.sub("N s", line) for line in lines[start + 1 : end + 1]]


def history(project: SmallProject) -> Path:
    """The file of the history."""
    return project.pytester.path / ".txselect/audits.jsonl"


@pytest.mark.parametrize(
    "arguments", [(), ("-n2",), ("--txselect-record",)], ids=["plain", "xdist", "recorded"]
)
def test_safe(project: SmallProject, arguments: tuple[str, ...]) -> None:
    """Everything runs, and a failure that the selection has is none that it misses."""
    project.write(BROKEN)
    result = project.spawn("--txselect-audit", *arguments)
    assert ran(result) == EVERYTHING
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert said(result)[0].endswith("; 1 of 2 test files can be affected")
    assert told(result) == [
        "the selection would have run 2 of 3 tests (66.7 %), and saved N s",
        "none of 1 failure missed",
        "history: 1 audit, 1 of them safe (100.0 %); 1 of 1 failure found; 66.7 % of tests run",
    ]


def test_no_failure(project: SmallProject) -> None:
    """A run without failures says nothing about safety, and how much would have been saved."""
    result = project.run("--txselect-audit")
    assert (ran(result), result.ret) == (EVERYTHING, 0)
    assert told(result) == [
        "the selection would have run 0 of 3 tests (0.0 %), and saved N s",
        "no test failed",
        "history: 1 audit, 1 of them safe (100.0 %); 0.0 % of tests run",
    ]


HIDDEN = bytes([116, 101, 115, 116, 115, 47, 100, 97, 116, 97, 47, 120])
"""The path of the file below, as nobody can see it in the source."""
READS = {
    "tests/test_b.py": (
        f"def test_b():\n    with open(bytes({list(HIDDEN)})) as file:\n        assert file.read() == '1'\n"
    ),
    "txselect.toml": 'neutral = ["tests/data/**"]\n',
    HIDDEN.decode(): "1",
}
"""Tests that read a file which the configuration calls neutral: an edge that is missing by a mistake of the user."""


def test_missed_with_its_edge(project: SmallProject) -> None:
    """A failure that would have been missed is told, with the edge, by the evidence of the run itself."""
    project.commit(READS)
    project.write({HIDDEN.decode(): "2"})
    result = project.spawn("--txselect-audit", "--txselect-record", "-n1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert ran(result) == EVERYTHING
    lines = told(result)
    assert lines[1:] == [
        "MISSED: 1 of 1 failure would not have been seen:",
        "    tests/test_b.py::test_b",
        "        missing edge: tests/test_b.py to tests/data/x; it opened or listed it",
        "history: 1 audit, 0 of them safe (0.0 %); 0 of 1 failure found; 0.0 % of tests run",
    ]


TRACEBACK = {
    **READS,
    "pkg/hidden.py": "def check(text):\n    assert text == '1'\n",
    "tests/test_b.py": (
        f"import sys\n\ndef test_b():\n    name = bytes({list(b'pkg.hidden')}).decode()\n"
        "    module = __builtins__['__imp' + 'ort__'](name, fromlist=['check'])\n    module.check('1')\n"
    ),
}


def test_missed_with_a_traceback(project: SmallProject) -> None:
    """Without evidence, a changed file in the traceback is the missing edge."""
    project.commit(TRACEBACK)
    project.write({"pkg/hidden.py": "def check(text):\n    assert text == '2'\n"})
    lines = told(project.run("--txselect-audit"))
    assert lines[1] == "MISSED: 1 of 1 failure would not have been seen:"
    assert lines[3] == (
        "        missing edge: tests/test_b.py to pkg/hidden.py:2; it is in the traceback (`check`)"
    )


def test_missed_without_a_trace(project: SmallProject) -> None:
    """Without evidence, and with nothing of the change in the traceback, no edge is invented."""
    project.commit(READS)
    project.write({HIDDEN.decode(): "2"})
    lines = told(project.spawn("--txselect-audit"))
    assert lines[3] == (
        "        nothing that changed is in its evidence or traceback: it may fail without the change"
    )


def test_history(project: SmallProject) -> None:
    """Audits add up; a line that was cut off is passed over."""
    project.commit(READS)
    project.write({HIDDEN.decode(): "2"})
    project.spawn("--txselect-audit")
    with history(project).open("a", encoding="utf-8") as file:
        file.write('{"schema": 1, "time"')
    project.write({HIDDEN.decode(): "1", **BROKEN})
    lines = told(project.spawn("--txselect-audit"))
    assert lines[-1] == (
        "history: 2 audits, 1 of them safe (50.0 %); 1 of 2 failures found; 33.3 % of tests run"
    )
    records = history(project).read_text(encoding="utf-8").splitlines()
    assert [json.loads(records[number])["missed"] for number in (0, 2)] == [["tests/test_b.py::test_b"], []]
    assert json.loads(records[2])["base"] == project.git("rev-parse", "HEAD")


def test_file_that_cannot_be_collected(project: SmallProject) -> None:
    """A broken import counts as a failure of its file."""
    project.write({"pkg/b.py": "raise RuntimeError\n"})
    result = project.spawn("--txselect-audit", "--continue-on-collection-errors")
    assert told(result)[1] == "none of 1 failure missed"


def test_rerun_that_passes_is_no_failure(project: SmallProject) -> None:
    """The last attempt at a test counts."""
    pytest.importorskip("pytest_rerunfailures")
    flaky = "tries = []\n\ndef test_b():\n    tries.append(1)\n    assert len(tries) == 2\n"
    project.write({"tests/test_b.py": flaky})
    result = project.pytester.runpytest_subprocess(
        *("-p", "no:randomly", "-p", "no:hypothesispytest"),
        "--no-txselect-record",
        "--impacted-by=HEAD",
        "--txselect-audit",
        "--reruns=1",
    )
    assert told(result)[1] == "no test failed"


def test_single_tests_and_evidence(project: SmallProject) -> None:
    """Tests that evidence leaves out count as left out, though their file would be collected."""
    tests = (
        "from pkg.a import give\n\ndef test_one():\n    assert give() == 1\n\ndef test_two():\n    assert 1\n"
    )
    project.commit({"tests/test_a.py": tests})
    project.spawn("--txselect-record", ref=None)
    project.write(BROKEN)
    lines = told(project.spawn("--txselect-audit"))
    assert lines[:2] == [
        "the selection would have run 1 of 3 tests (33.3 %), and saved N s",
        "none of 1 failure missed",
    ]


def test_report_has_nothing_left_out(project: SmallProject) -> None:
    """The report of an audited run does not say of files that ran that they were left out."""
    project.write(BROKEN)
    project.spawn("--txselect-audit", "--txselect-report")
    text = (project.pytester.path / "reports/tests/results.jsonl").read_text(encoding="utf-8")
    assert '"tests/test_b.py::test_b"' in text
    assert '"left_out"' not in text


def test_store_that_cannot_be_written(project: SmallProject) -> None:
    """The audit is told all the same, and so is that it is not remembered."""
    (project.pytester.path / "store").write_text("", encoding="utf-8")
    result = project.spawn("--txselect-audit", "--txselect-store=store")
    assert told(result)[-1] == f"history: {project.pytester.path / 'store'}: not written: Not a directory"
    assert result.ret == 0


def test_without_a_ref(project: SmallProject) -> None:
    """What to compare with has to be said."""
    result = project.run("--txselect-audit", ref=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert complained(result)[0].endswith("[audit-without-ref]")
