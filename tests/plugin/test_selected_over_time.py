"""Selections by evidence of many runs: a test is compared with the versions that it ran with, and with no older ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_project import ran, said

if TYPE_CHECKING:
    from small_project import SmallProject

MODULE = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
TESTS = (
    "from pkg.c import one, two\n\n"
    "def test_one():\n    assert one()\n\ndef test_two():\n    assert two()\n\ndef test_none():\n    pass\n"
)
ONE, TWO, NONE = (f"tests/test_c.py::test_{name}" for name in ("one", "two", "none"))
EVERY = sorted([ONE, TWO, NONE])


@pytest.fixture
def walked(project: SmallProject) -> SmallProject:
    """The small project with `pkg.c` and three tests, recorded as a whole."""
    project.commit({"pkg/c.py": MODULE, "tests/test_c.py": TESTS})
    project.spawn("--txselect-record", ref=None).assert_outcomes(passed=6)
    return project


def step(project: SmallProject, files: dict[str, str]) -> list[str]:
    """Commit, run what the commit can affect, and record that; the tests that ran."""
    project.commit(files)
    return ran(project.spawn("--txselect-record", ref="HEAD~1"))


def test_versions_of_the_past_widen_nothing(walked: SmallProject) -> None:
    """After an edit for which the whole file counts, the next edit of a body concerns those who execute it."""
    wide = "for name in ('x',):\n    globals()[name] = 1\n" + MODULE
    assert step(walked, {"pkg/c.py": wide}) == EVERY
    second = wide.replace("return 1", "return 1 + 0")
    assert step(walked, {"pkg/c.py": second}) == [ONE]
    assert step(walked, {"pkg/c.py": second.replace("return 2", "return 2 + 0")}) == [TWO]
    other = "tests/test_a.py::test_one", "tests/test_a.py::test_two"
    assert step(walked, {"pkg/a.py": "def give():\n    return 1 + 0\n"}) == [*other]


def test_tests_that_are_gone(walked: SmallProject) -> None:
    """A test that was renamed is forgotten when its file is collected, and stands on no version any more."""
    renamed = TESTS.replace("test_two", "test_too")
    new = TWO.replace("two", "too")
    assert step(walked, {"tests/test_c.py": renamed}) == [new]
    assert any("evidence for 6 of 6 tests" in line for line in said(walked.run(ref="HEAD~1")))
    walked.commit({"README.md": "x"})
    walked.spawn("--txselect-record", "tests/test_a.py", "tests/test_c.py", ref="HEAD~1")
    assert any("evidence for 6 of 6 tests" in line for line in said(walked.run(ref="HEAD~2")))


def test_versions_that_some_stand_on_count(walked: SmallProject) -> None:
    """A test that did not run since an older version is compared with that one: here the edit is undone for it alone."""
    second = MODULE.replace("return 1", "return 1 + 0")
    assert step(walked, {"pkg/c.py": second}) == [ONE]
    third = second.replace("return 2", "return 2 + 0")
    assert step(walked, {"pkg/c.py": third}) == [TWO]
    assert step(walked, {"pkg/c.py": MODULE}) == sorted([ONE, TWO])


@pytest.mark.parametrize(
    ("edited", "others"),
    [
        (TESTS.replace("assert one()", "assert one() == 1"), [ONE]),
        (TESTS.partition("def test_none")[0], []),
        (TESTS.partition("def test_one")[0] + "def test_two():\n    assert two()\n", []),
        (TESTS + "\ndef test_more():\n    pass\n", ["tests/test_c.py::test_more"]),
    ],
    ids=["edited", "removed", "all others removed", "added"],
)
def test_failed_test_beside_an_edited_one(walked: SmallProject, edited: str, others: list[str]) -> None:
    """An edit that concerns single tests of a file leaves nothing out that failed there."""
    assert step(walked, {"pkg/c.py": MODULE.replace("return 2", "return 0")}) == [TWO]
    assert step(walked, {"tests/test_c.py": edited}) == sorted([TWO, *others])
    assert step(walked, {"README.md": "x"}) == [TWO]


def test_run_of_a_part_leaves_the_others_behind(walked: SmallProject) -> None:
    """Who ran with a newer version vouches for nobody who did not run then."""
    walked.commit({"pkg/c.py": "for name in ('x',):\n    globals()[name] = 1\n" + MODULE})
    walked.spawn("--txselect-record", ONE, ref=None).assert_outcomes(passed=1)
    assert ran(walked.run(ref="last")) == sorted([TWO, NONE])


def test_module_in_hand_of_an_older_run(project: SmallProject) -> None:
    """A test that has a module without a trace of its own counts for a version that nobody else stands on any more."""
    hand = "import sys\n\ndef test_hand():\n    assert vars(sys.modules['pkg.c'])['one']()\n"
    project.commit(
        {
            "pkg/c.py": MODULE,
            "tests/test_c.py": "from pkg.c import one\n\ndef test_one():\n    assert one()\n",
            "tests/test_hand.py": hand,
        }
    )
    project.spawn("--txselect-record", ref=None).assert_outcomes(passed=5)
    project.commit({"pkg/c.py": MODULE.replace("return 1", "return 1 + 0")})
    project.spawn("--txselect-record", "tests/test_c.py", ref=None).assert_outcomes(passed=1)
    assert "tests/test_hand.py::test_hand" in ran(project.run(ref="last"))


def test_new_test_file_whose_module_goes(project: SmallProject) -> None:
    """A test file that git does not know yet imports what has gone since it ran: neither end has both, but its evidence has."""
    project.commit({"pkg/c.py": MODULE})
    project.write({"tests/test_new.py": "from pkg.c import one\n\ndef test_one():\n    assert one()\n"})
    project.spawn("--txselect-record", ref=None).assert_outcomes(passed=4)
    (project.pytester.path / "pkg" / "c.py").unlink()
    result = project.spawn(ref="last")
    result.stdout.fnmatch_lines(["ERROR tests/test_new.py*"])
