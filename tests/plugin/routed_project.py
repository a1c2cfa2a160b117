"""The small project with jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from small_project import ran

if TYPE_CHECKING:
    from collections.abc import Sequence

    from small_project import SmallProject

JOBS = """
[[jobs]]
name = "units"
tests = ["tests/test_a.py", "tests/test_c.py"]
marker = "not slow"
env = { MODE = "job", EMPTY = "" }

[[jobs]]
name = "slow"
tests = ["tests/test_c.py"]
marker = "slow"
shared = true
split = "test"

[[jobs]]
name = "rest"
default = true

[[jobs]]
name = "nothing"
tests = ["nowhere/**"]
"""
C = """import os, pytest
@pytest.mark.slow
@pytest.mark.parametrize("x", [0, 1, 2, 3])
def test_slow(x):
    pass

def test_mode():
    assert (os.environ.get("MODE"), os.environ.get("EMPTY")) == ("job", "")
"""
A = ["tests/test_a.py::test_one", "tests/test_a.py::test_two"]
B = ["tests/test_b.py::test_b"]
MODE = "tests/test_c.py::test_mode"
SLOW = [f"tests/test_c.py::test_slow[{number}]" for number in range(4)]


def add_jobs(project: SmallProject) -> None:
    """Commit the jobs and what they need."""
    project.commit(
        {
            "txselect.toml": JOBS,
            "tests/test_c.py": C,
            "pytest.ini": "[pytest]\npythonpath = .\nmarkers = slow\n",
            "conftest.py": "import os\nMODE = os.environ.get('MODE')\ndef pytest_report_header():\n    return f'mode {MODE}'\n",
        }
    )


def shards(project: SmallProject, count: int, *arguments: str, xdist: Sequence[str] = ()) -> list[list[str]]:
    """What each shard runs."""
    found = []
    for index in range(1, count + 1):
        result = (project.spawn if xdist else project.run)(
            f"--txselect-shard={index}/{count}", *arguments, *xdist, ref=None
        )
        assert result.ret == 0
        found.append(ran(result))
    return found
