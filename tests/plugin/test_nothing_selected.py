"""A run that selects nothing: it costs little, records nothing, and still is never silent about what it must run."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from small_project import PLAIN, ran, said

import pytest_txselect
from pytest_txselect.plugin.when import CHEAP
from pytest_txselect.store.names import EVIDENCE_FILE

if TYPE_CHECKING:
    from small_project import SmallProject


B: Final = "tests/test_b.py::test_b"
AUTOMATIC: Final = sys.version_info >= CHEAP
HEAVY: Final = (
    "sqlite3",
    "pytest_txselect.engine.sources",
    "pytest_txselect.evidence.recorder",
    "pytest_txselect.plugin.record",
    "pytest_txselect.policy.rules",
    "pytest_txselect.source.facts",
    "pytest_txselect.store.facts",
)
SHOWING: Final = """\
import sys

def pytest_unconfigure():
    sys.__stdout__.write("\\n".join(f"module {name}" for name in sorted(sys.modules)) + "\\n")
"""


@pytest.fixture(autouse=True)
def _own_package(monkeypatch: pytest.MonkeyPatch, project: SmallProject) -> None:
    top = Path(pytest_txselect.__file__).parent.parent
    monkeypatch.setenv("PYTHONPATH", f"{project.pytester.path}:{top}")
    monkeypatch.delenv(
        "PYTEST_XDIST_WORKER", raising=False
    )  # the run within is no worker, though this one may be


def run(project: SmallProject, *arguments: str) -> pytest.RunResult:
    """Run pytest as users do, with automatic recording, compared with HEAD."""
    return project.pytester.runpytest_subprocess(*PLAIN, "-rA", "--impacted-by=HEAD", *arguments)


def evidence(project: SmallProject) -> Path:
    """The file of recorded evidence."""
    return project.pytester.path / ".txselect" / EVIDENCE_FILE


def test_what_is_loaded(project: SmallProject) -> None:
    """Neither the store, nor what reads files, nor what records."""
    project.commit({"showing.py": SHOWING})
    result = run(project, "-p", "showing", "-p", "no:cov")
    loaded = set(re.findall(r"^module (\S+)$", "\n".join(result.outlines), re.MULTILINE))
    assert "pytest_txselect.engine.select" in loaded
    assert not loaded.intersection(HEAVY)


def test_how_often_git_is_asked(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the repository is, what HEAD is, and three lists of files."""
    trace = project.pytester.path.parent / "trace"
    monkeypatch.setenv("GIT_TRACE", str(trace))
    run(project)
    asked = re.findall(r"trace: built-in: git (\S+)", trace.read_text(encoding="utf-8"))
    assert sorted(asked) == ["diff-index", "diff-index", "log", "ls-files", "rev-parse"]


def test_nothing_is_recorded(project: SmallProject) -> None:
    """Recording without being asked happens where tests run, on Python 3.12 and later, and nowhere else."""
    result = run(project)
    assert (result.ret, evidence(project).exists()) == (0, False)
    project.write({"pkg/b.py": "def give():\n    return 1 + 1\n"})
    assert ran(run(project)) == [B]
    assert evidence(project).exists() is AUTOMATIC


@pytest.mark.parametrize(
    "files",
    [{}, {"txselect.toml": "record = true\n"}, {"pyproject.toml": "[tool.txselect]\nrecord = true\n"}],
    ids=["option", "own file", "pyproject"],
)
def test_recording_that_was_asked_for(project: SmallProject, files: dict[str, str]) -> None:
    """It happens though nothing runs."""
    project.commit(files)
    result = run(project, *(() if files else ("--txselect-record",)))
    assert (ran(result), evidence(project).exists()) == ([], True)


def test_a_test_that_failed_runs(project: SmallProject) -> None:
    """On a clean tree, too; and what it does then is recorded."""
    project.commit({"pkg/b.py": "def give():\n    return 3\n"})
    project.pytester.runpytest_subprocess(*PLAIN, "--txselect-record")
    for _ in range(2):
        assert ran(run(project)) == [B]


def test_tests_that_run_always(project: SmallProject) -> None:
    """A clean tree leaves them to run."""
    project.commit({"txselect.toml": 'always = ["tests/test_b.py"]\n'})
    assert ran(run(project)) == [B]


def test_a_name_spelled_with_escapes(project: SmallProject) -> None:
    """Whether anything is configured is told by a look at the text; what escapes may spell is parsed."""
    project.commit({"pyproject.toml": '[tool."tx\\u0073elect"]\nalways = ["tests/test_b.py"]\n'})
    assert ran(run(project)) == [B]


def test_a_configuration_that_cannot_be_read(project: SmallProject) -> None:
    """It is not taken for none."""
    (project.pytester.path / "txselect.toml").mkdir()
    result = run(project)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert any("[unreadable-configuration]" in line for line in result.errlines)


def test_a_wrong_ref(project: SmallProject) -> None:
    """It stops the run before the first conftest is imported, with the same words as ever."""
    project.commit({"conftest.py": "raise SystemExit(7)\n"})
    result = project.pytester.runpytest_subprocess(*PLAIN, "--impacted-by=nowhere")
    assert result.ret == (pytest.ExitCode.USAGE_ERROR if AUTOMATIC else 7)
    assert not AUTOMATIC or any("[unknown-ref]" in line for line in result.errlines)


def test_a_conftest_that_changes_the_configuration(project: SmallProject) -> None:
    """A selection made before conftests are imported is made again where one of them changes what it depends on."""
    project.commit(
        {
            "conftest.py": "def pytest_configure(config):\n    config.addinivalue_line('python_files', 'check_*.py')\n",
            "tests/check_a.py": "from pkg.a import give\n\ndef test_check():\n    assert give() == 1\n",
        }
    )
    project.write({"pkg/b.py": "def give():\n    return 1 + 1\n"})
    result = run(project)
    assert ran(result) == [B]
    assert any("1 of 3 test files" in line for line in said(result))


def test_help(project: SmallProject) -> None:
    """Who asks for help gets it, whatever the REF."""
    result = project.pytester.runpytest_subprocess(*PLAIN, "--impacted-by=HEAD", "--help")
    assert result.ret == 0


def test_spread_over_workers(project: SmallProject) -> None:
    """With workers of xdist nothing runs either."""
    pytest.importorskip("xdist")
    result = run(project, "-n", "1")
    assert (ran(result), result.ret) == ([], 0)
