"""What is remembered of deselected tests over several runs: by whom, of how much, and until when."""

from __future__ import annotations

import pytest
from kept_evidence import read_kept
from slow_project import FILES, ONE, TWO, count_collected, edit, find_left
from small_project import SmallProject, ran

from pytest_txselect.cli import main

BOTH = {"tests/test_slow.py", "tests/test_only_slow.py"}
HOOKED = "tests/test_slow.py::test_hooked"
THERE = "tests/test_only_slow.py::test_there"
DROPPING = """
import pathlib

@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    if pathlib.Path(__file__).with_name("drop").exists():
        dropped = [item for item in items if item.name == "test_there"]
        {tell}
        items[:] = [item for item in items if item not in dropped]
"""


@pytest.fixture
def slow(project: SmallProject) -> SmallProject:
    """The small project with tests that are deselected by a marker, committed."""
    project.commit(FILES)
    return project


def left_after(project: SmallProject, *options: str, ref: str = "HEAD") -> set[str]:
    """The files of which deselected tests are left out after an edit that only they execute."""
    project.write(ONE)
    return find_left(project.spawn("--txselect-explain", *options, ref=ref))


@pytest.mark.parametrize(
    "tell", ["", "config.hook.pytest_deselected(items=dropped)"], ids=["silently", "aloud"]
)
def test_deselected_by_another_plugin(slow: SmallProject, tell: str) -> None:
    """A test that a plugin takes away may be there the next time, so its file is collected."""
    slow.commit(
        {"tests/conftest.py": FILES["tests/conftest.py"] + DROPPING.format(tell=tell)}
        | edit("tests/test_only_slow.py", "pytestmark = pytest.mark.slow", "pytestmark = []")
    )
    slow.write({"tests/drop": ""})
    slow.spawn("--txselect-record", ref=None)
    (slow.pytester.path / "tests/drop").unlink()
    assert left_after(slow) == {"tests/test_slow.py"}
    assert THERE in ran(slow.spawn())


def test_expression_that_changes_while_tests_are_collected(slow: SmallProject) -> None:
    """Where a conftest puts another expression in the place of the one asked for, nobody knows when it does."""
    changing = (
        "\ndef pytest_collection(session):\n    session.config.option.markexpr = 'not slow and not fast'\n"
    )
    slow.commit({"tests/conftest.py": FILES["tests/conftest.py"] + changing})
    slow.spawn("--txselect-record", "tests", ref=None)
    assert left_after(slow, "tests") == set()


def test_edit_before_the_base(slow: SmallProject) -> None:
    """What the collection executed has changed since it was recorded, though not since the base."""
    slow.spawn("--txselect-record", ref=None)
    slow.commit(edit("tests/conftest.py", "item.name.startswith('test_hooked')", "False"))
    assert left_after(slow) == set()
    assert HOOKED in ran(slow.spawn())


@pytest.mark.parametrize(
    "options",
    [("tests/test_a.py",), ("-m", "not slow and not fast"), ("-m", "slow", "-k", "nothing"), ("-x",)],
    ids=" ".join,
)
def test_other_runs_add(slow: SmallProject, options: tuple[str, ...]) -> None:
    """Neither a run of a part nor one with another expression forgets what is known of this one."""
    slow.spawn("--txselect-record", ref=None)
    slow.spawn("--txselect-record", *options, ref=None)
    assert left_after(slow) == BOTH


def test_tests_that_have_run_are_known(slow: SmallProject) -> None:
    """What was deselected and has run under another expression is judged by what it executed."""
    slow.spawn("--txselect-record", ref=None)
    slow.spawn("--txselect-record", "-m", "slow", ref=None)
    assert left_after(slow) == set()
    assert THERE not in ran(slow.spawn())
    assert THERE in ran(slow.spawn("-m", "slow"))


def test_recorded_selection_forgets_nothing(slow: SmallProject) -> None:
    """A run in which no tests were made of some functions does not take their tests for gone."""
    slow.spawn("--txselect-record", "-m", "", "-k", "test_hooked", ref=None)
    slow.spawn("--txselect-record", ref=None)
    before = read_kept(slow)
    assert HOOKED in before.tests
    slow.write(TWO)
    result = slow.spawn("--txselect-record")
    assert count_collected(result) < 5
    after = read_kept(slow)
    assert (after.runs, after.tests.keys()) == (before.runs + 1, before.tests.keys())
    slow.write(FILES)
    assert left_after(slow) == BOTH


def test_workers(slow: SmallProject) -> None:
    """Workers of xdist see what is deselected, the controller remembers it, and leaves it out for all of them."""
    pytest.importorskip("xdist")
    slow.spawn("--txselect-record", "-n", "2", ref=None)
    assert left_after(slow) == set()  # without workers, which a hook may ask for
    assert left_after(slow, "-n", "2") == BOTH
    slow.write(TWO)
    assert ran(slow.spawn("-n", "2")) == ["tests/test_slow.py::test_quick"]
    slow.write(edit("tests/conftest.py", "item.name.startswith('test_hooked')", "False"))
    assert HOOKED in ran(slow.spawn("-n", "2"))


def test_since_the_last_run(slow: SmallProject) -> None:
    """The inner loop leaves out the same."""
    slow.spawn("--txselect-record", ref=None)
    assert left_after(slow, ref="last") == BOTH
    slow.write(edit("tests/conftest.py", "item.name.startswith('test_hooked')", "False"))
    assert HOOKED in ran(slow.spawn(ref="last"))


def test_file_that_was_edited_and_recorded(slow: SmallProject) -> None:
    """What is known holds for the version of a file that was collected, and is learnt anew with the next run."""
    slow.spawn("--txselect-record", ref=None)
    more = FILES["tests/test_only_slow.py"] + "\ndef test_more():\n    pass\n"
    slow.commit({"tests/test_only_slow.py": more})
    assert left_after(slow) == {"tests/test_slow.py"}
    slow.spawn("--txselect-record", ref="HEAD")
    assert left_after(slow) == BOTH


def test_explained_by_the_command(
    slow: SmallProject, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command, which does not know with which options pytest will be started, says what it depends on."""
    slow.spawn("--txselect-record", ref=None)
    slow.write(ONE)
    monkeypatch.chdir(slow.pytester.path)
    assert main(["explain", "tests/test_only_slow.py", "--impacted-by", "HEAD"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "    1 test of it deselected by -m 'not slow': not collected with the same options and variables, since the "
        "change touches nothing of them"
    )
    slow.write(edit("tests/conftest.py", "item.name.startswith('test_hooked')", "False"))
    assert main(["explain", "tests/test_slow.py", "--impacted-by", "HEAD"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "deselected by" in line]
    assert line.startswith(
        "    19 tests of it deselected by -m 'not slow': collected, since they may be selected now: "
    )


def test_audit(slow: SmallProject) -> None:
    """An audit runs everything, so it leaves nothing out."""
    slow.spawn("--txselect-record", ref=None)
    slow.write(ONE)
    assert count_collected(slow.spawn("--txselect-audit")) == 24
