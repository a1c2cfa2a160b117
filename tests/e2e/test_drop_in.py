"""A project whose CI greps pytest's screen: only the command's name has to change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import pytest_txselect

HOME: Final = Path(pytest_txselect.__file__).parent.parent
RUN: Final = """\
set -o pipefail
(python -m pytest {options} {quiet} tests other | tee tests_output.txt)
echo "run: $?"
"""
STEPS: Final = """\
# when: always
{command} --file tests_output.txt --skip
echo "skip: $?"
{command} --file tests_output.txt --fail
echo "fail: $?"
{command} --file tests_output.txt --errors
echo "errors: $?"
"""
QUIET: Final = ("-p no:randomly", "-p no:cacheprovider", "-p no:hypothesispytest", "-p no:split", "-p no:cov")
NEW: Final = "txselect report"
OLD_COMMAND: Final = "python .circleci/parse_test_outputs.py"
OLD: Final = """\
import argparse, re, sys

parser = argparse.ArgumentParser()
parser.add_argument("--file")
for flag in ("--skip", "--fail", "--errors"):
    parser.add_argument(flag, action="store_true")
args = parser.parse_args()
lines = open(args.file).read().splitlines()
if args.fail:
    found = [line for line in lines if re.match(r"^FAILED (tests/.*) - (.*): (.*)$", line)]
    print("Number of failed tests:", len(found))
    sys.exit(bool(found))
"""
TESTS: Final = """\
import pytest

@pytest.mark.parametrize("size", ["a - b", "[x]", "1"])
def test_sizes(size):
    assert len(size) == 7

@pytest.mark.parametrize("n", range(37))
def test_gpu(n):
    pytest.skip("needs a GPU")

def test_fine():
    print("FAILED tests/x.py::t - ValueError: not real")

@pytest.fixture
def gone():
    raise OSError("disk gone")

def test_disk(gone):
    pass
"""
CONFTEST: Final = """\
def pytest_addoption(parser):
    parser.addoption("--make-reports", action="store", default=False)

def pytest_terminal_summary(terminalreporter):
    if name := terminalreporter.config.getoption("--make-reports"):
        with open(f"{name}_stats.txt", "w") as file:
            file.write(str(len(terminalreporter.getreports("failed"))))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make the project, with its old script."""
    files = {
        ".circleci/parse_test_outputs.py": OLD,
        "conftest.py": CONFTEST,
        "pytest.ini": "[pytest]\n",
        "tests/test_a.py": TESTS,
        "tests/test_bad.py": "import nothing_like_it\n",
        "other/test_b.py": "def test_b():\n    assert 'x' == 'y'\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def run_script(project: Path, script: str) -> list[str]:
    """Run steps of CI; give what they show."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")
    tools = project / "bin"
    tools.mkdir(exist_ok=True)
    for name, words in {"python": "", "txselect": "-m pytest_txselect "}.items():
        (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words}"$@"\n', encoding="utf-8")
        (tools / name).chmod(0o755)
    environ = {
        **os.environ,
        "PYTHONPATH": str(HOME),
        "PATH": f"{tools}:{os.environ['PATH']}",
        "COLUMNS": "80",
    }
    environ = {
        name: value for name, value in environ.items() if not name.startswith(("PYTEST_", "CI", "GITHUB_"))
    }
    done = subprocess.run(
        [bash, "-c", script], cwd=project, env=environ, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    return done.stdout.splitlines()


def test_old(project: Path):
    """The script that is replaced reads the same log in the same steps, and misses the failure of another folder."""
    run = RUN.format(options="--continue-on-collection-errors", quiet=" ".join(QUIET))
    shown = run_script(project, run + STEPS.format(command=OLD_COMMAND))
    assert shown[shown.index("run: 1") + 1 :] == [
        "skip: 0",
        "Number of failed tests: 3",
        "fail: 1",
        "errors: 0",
    ]


@pytest.mark.parametrize("options", ["", "-n 2 -v", "-q -rN", "--make-reports tests_x --color=yes"])
def test_drop_in(project: Path, options: str):
    """The three steps find what the old script did not: other folders, no colon, collection, 37 skips."""
    run = RUN.format(options=f"--continue-on-collection-errors {options}", quiet=" ".join(QUIET))
    shown = run_script(project, run + STEPS.format(command=NEW))
    steps = shown[shown.index("run: 1") + 1 :]
    assert [line for line in steps if line.endswith((": 0", ": 1", ": 2"))] == [
        "skip: 0",
        "fail: 1",
        "errors: 1",
    ]
    assert steps[0] == "37 skipped"
    failed = steps[steps.index("skip: 0") + 1 :]
    assert failed[0].startswith("4 failed")
    broken = failed[failed.index("fail: 1") + 1 :]
    assert broken[0].startswith("2 errors")
    if "-rN" not in options:
        assert any("tests/test_bad.py" in line for line in broken)
        assert any("other/test_b.py::test_b" in line for line in failed)
        assert "not real" not in "\n".join(failed)
    if "--make-reports" in options:
        assert (project / "tests_x_stats.txt").read_text() == "4"


def test_killed(project: Path):
    """When the run is killed the old script says that nothing failed; ours that nobody knows."""
    (project / "tests" / "test_kill.py").write_text(
        "import os, signal\n\ndef test_kill():\n    os.kill(os.getpid(), signal.SIGKILL)\n", encoding="utf-8"
    )
    run = RUN.format(options="--continue-on-collection-errors", quiet=" ".join(QUIET))
    old = run_script(project, run + STEPS.format(command=OLD_COMMAND))
    assert old[old.index("Number of failed tests: 0") + 1] == "fail: 0"
    (project / "bin" / "txselect").unlink()
    environ = {**os.environ, "PYTHONPATH": str(HOME)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest_txselect", "report", "--file", "tests_output.txt", "--fail"],
        cwd=project, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "tests_output.txt: it ends before pytest's last line" in done.stderr
