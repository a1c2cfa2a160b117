"""Tests that `-m` and `-k` deselect are not collected again and again, unless they may be selected now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from slow_project import FILES, ONE, QUICK, TWO, count_collected, edit, find_left
from small_project import ran, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from small_project import SmallProject


@pytest.fixture
def recorded(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    """The small project with tests that are deselected by a marker, committed and recorded."""
    for name in ("SPEED", "CI_SPEED"):
        monkeypatch.delenv(name, raising=False)
    project.commit(FILES)
    project.spawn("--txselect-record", ref=None).assert_outcomes(passed=4, deselected=20)
    return project


def test_file_of_which_nothing_runs(recorded: SmallProject) -> None:
    """After an edit of what only deselected tests may execute their files are not collected, and one line says so."""
    recorded.write(ONE)
    result = recorded.spawn("--txselect-explain")
    assert (ran(result), count_collected(result)) == ([], 0)
    assert said(result)[0].endswith("; 0 of 4 test files can be affected")
    assert (
        "txselect: tests/test_slow.py: 19 tests deselected by -m 'not slow' as before, so not collected: the change "
        "touches nothing that makes or marks them"
    ) in said(result)
    assert find_left(result) == {"tests/test_slow.py", "tests/test_only_slow.py"}


def test_file_of_which_one_test_runs(recorded: SmallProject) -> None:
    """Of a file that is collected for another test, no tests are made of functions that are deselected."""
    recorded.write(TWO)
    result = recorded.spawn("--txselect-explain")
    assert (ran(result), count_collected(result)) == ([QUICK], 1)


@pytest.mark.parametrize(
    "edits",
    [
        {"pkg/c.py": FILES["pkg/c.py"].replace("def two():", "def two(more=2):")},
        {"pkg/c.py": FILES["pkg/c.py"] + "\n\ndef three():\n    return 3\n"},
        edit("tests/conftest.py", "    return request.param", "    return request.param + 0"),
        edit("tests/helping.py", "        pass", "        assert True"),
    ],
    ids=["default", "new function", "body of a fixture", "body of a test that is inherited"],
)
def test_edits_that_decide_nothing(recorded: SmallProject, edits: Mapping[str, str]) -> None:
    """What is executed when tests run, and not when they are made, decides about no deselection."""
    recorded.write(edits)
    assert find_left(recorded.spawn("--txselect-explain")) >= {"tests/test_slow.py"}


@dataclass(frozen=True)
class Selected:
    """Something that makes a deselected test one that is selected.

    Attributes:
        test: it.
        edits: files.
        options: of pytest.
        variables: of the environment.
    """

    test: str
    edits: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


SLOW = "tests/test_slow.py::test_slow[0]"
HOOKED = "tests/test_slow.py::test_hooked"
DATA = "tests/test_slow.py::test_data[1]"
LIMITS = edit("pkg/c.py", "LIMITS = (1, 2)", "LIMITS = (1, 3)")
SIZES = edit("pkg/c.py", "sizes = (1, 2)", "sizes = (1, 3)")
SELECTED = {
    "mark removed": Selected(SLOW, edit("tests/test_slow.py", "@pytest.mark.slow\n@", "@")),
    "mark of the module removed": Selected(
        "tests/test_only_slow.py::test_there",
        edit("tests/test_only_slow.py", "pytestmark = pytest.mark.slow", "pytestmark = []"),
    ),
    "body of a hook": Selected(
        HOOKED, edit("tests/conftest.py", "if is_slow(item) and not fast", "if False")
    ),
    "what a hook calls": Selected(
        HOOKED, edit("tests/conftest.py", "item.name.startswith('test_hooked')", "False")
    ),
    "hook removed": Selected(
        HOOKED, edit("tests/conftest.py", "pytest_collection_modifyitems", "collection_modifyitems")
    ),
    "mark in a hook": Selected(HOOKED, edit("tests/conftest.py", "(pytest.mark.slow)\n", "('xslow')\n")),
    "fixture's parameters": Selected(
        "tests/test_slow.py::test_fixed[1]",
        edit("tests/conftest.py", "pytest.param(1, marks=pytest.mark.slow)", "1"),
    ),
    "helper that gives marks": Selected(DATA, edit("tests/helping.py", "[pytest.mark.slow] if", "[] if")),
    "file that is read": Selected(DATA, {"tests/names.txt": "nothing\n"}),
    "another file that is read": Selected(
        DATA, edit("tests/helping.py", "with_name('names.txt')", "with_name('conftest.py')")
    ),
    "method of a base": Selected(
        "tests/test_slow.py::TestMore::test_inherited",
        {
            "tests/helping.py": FILES["tests/helping.py"].replace("    @pytest.mark.slow\n", ""),
            "tests/test_slow.py": FILES["tests/test_slow.py"] + "\nclass TestMore(Base):\n    pass\n",
        },
    ),
    "constant": Selected("tests/test_slow.py::test_limits[3]", LIMITS),
    "constant of a module": Selected("tests/test_slow.py::test_module[3]", LIMITS),
    "constant in a class": Selected("tests/test_slow.py::TestGenerated::test_generated[3]", LIMITS),
    "attribute of a class": Selected("tests/test_slow.py::test_class[3]", SIZES),
    "attribute of an object": Selected("tests/test_slow.py::test_object[3]", SIZES),
    "enumeration": Selected(
        "tests/test_slow.py::test_color[Color.RED]", edit("pkg/c.py", "    RED = 1", "    RED = 3")
    ),
    "new member of an enumeration": Selected(
        "tests/test_slow.py::test_color[Color.GREEN]",
        edit("pkg/c.py", "    RED = 1", "    RED = 1\n    GREEN = 3"),
    ),
    "new conftest": Selected(
        SLOW, {"conftest.py": "def pytest_itemcollected(item):\n    item.own_markers.clear()\n"}
    ),
    "generated tests": Selected(
        "tests/test_slow.py::TestGenerated::test_generated[1]",
        edit("tests/conftest.py", "marks=pytest.mark.slow if n < 3", "marks=pytest.mark.slow if n < 1"),
    ),
    "-m on the command line": Selected(SLOW, ONE, ("-m", "slow")),
    "-m that selects all": Selected(SLOW, ONE, ("-m", "slow or not slow")),
    "-k beside it": Selected(SLOW, ONE, ("-m", "", "-k", "slow")),
    "addopts taken away": Selected(SLOW, ONE, ("-o", "addopts=")),
    "addopts of the environment": Selected(SLOW, ONE, variables={"PYTEST_ADDOPTS": "-m slow"}),
    "addopts of the configuration": Selected(SLOW, edit("pytest.ini", "-m 'not slow'", "-m slow")),
    "option of a conftest": Selected(HOOKED, ONE, ("--fast",)),
    "variable": Selected(HOOKED, ONE, variables={"SPEED": "1"}),
    "variable of a CI service": Selected(HOOKED, ONE, variables={"CI_SPEED": "1"}),
}


@pytest.mark.parametrize("case", SELECTED.values(), ids=SELECTED)
def test_selected_now(recorded: SmallProject, monkeypatch: pytest.MonkeyPatch, case: Selected) -> None:
    """Whatever makes a deselected test one that is selected has its file collected, and the test runs."""
    recorded.write(case.edits)
    for name, value in case.variables.items():
        monkeypatch.setenv(name, value)
    assert case.test in ran(recorded.spawn(*case.options, ref=None))
    assert case.test in ran(recorded.spawn(*case.options))


def test_variable_that_changes_all_the_time(recorded: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a CI service says of each run is no matter where no code mentions it."""
    recorded.write(ONE)
    monkeypatch.setenv("GITHUB_RUN_ID", "2")
    assert "tests/test_only_slow.py" in find_left(recorded.spawn("--txselect-explain"))


def test_mark_of_a_base(project: SmallProject) -> None:
    """Tests that a base outside of the test's folder gives to a class are marked by what becomes of the base."""
    mixin = "import pytest\n\nclass Mixin:\n    @pytest.mark.slow\n    def test_mixed(self):\n        pass\n"
    tests = "from pkg.c import one\nfrom pkg.mixin import Mixin\n\nclass TestIt(Mixin):\n    pass\n"
    project.commit({**FILES, "pkg/mixin.py": mixin, "tests/test_mixed.py": tests})
    project.spawn("--txselect-record", ref=None).assert_outcomes(passed=4, deselected=21)
    project.write(ONE)
    assert "tests/test_mixed.py" in find_left(project.spawn("--txselect-explain"))
    project.write({"pkg/mixin.py": mixin.replace("    @pytest.mark.slow\n", "")})
    assert "tests/test_mixed.py::TestIt::test_mixed" in ran(project.spawn())
