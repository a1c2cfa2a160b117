"""What a report tells of tests that evidence selects, or leaves out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from small_project import SmallProject

FILES = {
    "pkg/c.py": "def one():\n    return 1\n\n\ndef two():\n    return 2\n",
    "tests/test_c.py": (
        "from pkg.c import one, two\n\ndef test_one():\n    assert one() == 1\n\n"
        "def test_two():\n    assert two() == 2\n"
    ),
}


def read_records(project: SmallProject) -> str:
    """All that the report's records say."""
    folder = project.pytester.path / "reports" / "tests"
    lines = (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return json.dumps([json.loads(line) for line in lines])


@pytest.fixture
def recorded(project: SmallProject) -> SmallProject:
    """The small project with two functions and a test of each, recorded."""
    project.commit(FILES)
    project.spawn("--txselect-record", ref=None).assert_outcomes(passed=5)
    return project


def test_reasons(recorded: SmallProject) -> None:
    """A test that runs has what it executed as its reason, its neighbour has none to run, other files are left out."""
    recorded.write({"pkg/c.py": FILES["pkg/c.py"].replace("return 1", "return 0 + 1")})
    recorded.spawn("--txselect-report", "--txselect-explain").assert_outcomes(passed=1, deselected=1)
    text = read_records(recorded)
    assert "its recorded evidence has nothing that the change touches" in text
    assert "the test executed `one` (pkg/c.py)" in text
    assert '"tests/test_a.py"' in text


def test_everything(recorded: SmallProject) -> None:
    """Where everything runs nothing is left out, and each test has the one reason."""
    recorded.write({"pytest.ini": "[pytest]\npythonpath = .\nrequired_plugins =\n"})
    recorded.spawn("--txselect-report").assert_outcomes(passed=5)
    text = read_records(recorded)
    assert "nothing that the change touches" not in text
    assert "the ground shifted" in text


def test_nothing(recorded: SmallProject) -> None:
    """Where nothing changed every file is left out."""
    recorded.spawn("--txselect-report")
    text = read_records(recorded)
    assert all(f'"tests/test_{name}.py"' in text for name in "abc")
