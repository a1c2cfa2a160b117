"""A suite cut into shards on several machines, and put together again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import pytest_txselect
from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.lines import parse_lines

HOME: Final = Path(pytest_txselect.__file__).parent.parent
MODULE: Final = """\
import os, pytest

@pytest.mark.parametrize("i", range(4))
def test_even(i):
    assert i % 2 == 0 or "{name}" != "b" or os.environ.get("RETRY")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project of several test files."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name in "abcd":
        (tmp_path / f"test_{name}.py").write_text(MODULE.format(name=name))
    return tmp_path


def call(project: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Call a module of Python in the project."""
    environ = {**os.environ, "PYTHONPATH": str(HOME), **more}
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=project, env=environ, capture_output=True, text=True, check=False
    )


def run_pytest(project: Path, folder: str, *options: str, **more: str) -> None:
    """Run pytest with a report in a folder."""
    common = [
        "-p",
        "no:randomly",
        "-p",
        "no:hypothesispytest",
        "-p",
        "no:cacheprovider",
        "--txselect-report",
        f"--txselect-report-dir={folder}",
    ]
    done = call(project, "pytest", *common, *options, **more)
    assert done.returncode in {0, 1}, done.stdout + done.stderr


def test_shards_and_a_retry(project: Path):
    """Two shards are the whole suite; with one of them missing the merge says so; a retry makes failures flaky."""
    for number in (1, 2):
        run_pytest(project, f"shard{number}", f"--txselect-shard={number}/2")
    alone = call(project, "pytest_txselect", "merge", "shard1", "--out", "part")
    assert alone.returncode == 1
    assert "tests: shard 2 of 2 missing" in alone.stderr
    whole = call(project, "pytest_txselect", "merge", "shard2", "shard1", "--out", "all")
    assert (whole.returncode, "missing" in whole.stderr) == (0, False)
    run = assemble(parse_lines((project / "all" / "results.jsonl").read_bytes().split(b"\n")))
    assert run.count_results() == {"passed": 14, "failed": 2}
    assert {test.id for test in run.tests} == {
        f"test_{name}.py::test_even[{i}]" for name in "abcd" for i in range(4)
    }
    failed = call(project, "pytest_txselect", "report", "--file", "all", "--fail")
    assert (failed.returncode, failed.stdout.splitlines()[0]) == (1, "2 failed")
    run_pytest(project, "retry", "test_b.py", RETRY="1")
    again = call(project, "pytest_txselect", "merge", "all", "retry", "--out", "all")
    assert again.returncode == 0
    assert "16 passed, 2 rerun" in again.stderr
    assert call(project, "pytest_txselect", "report", "--file", "all", "--fail").returncode == 0
    assert "Passed only when repeated: 2" in (project / "all" / "report.md").read_text()
    assert (project / "all" / "junit.xml").read_text().count("<flakyFailure") == 2
