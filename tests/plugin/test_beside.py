"""Other plugins and other kinds of tests, beside the selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from followed import Case, check, make_tests
from recorded_project import RecordedProject
from small_project import ran

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded
    from small_project import SmallProject

A = ["tests/test_a.py::test_one", "tests/test_a.py::test_two"]
CHANGED_A = {"pkg/a.py": "def give():\n    return 1 + 0\n"}
CASES = """\
import unittest
import pkg.b

class TestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = pkg.b.give()

    def test_first(self):
        self.assertEqual(self.shared, 2)

    def test_second(self):
        with self.subTest(number=1):
            self.assertEqual(self.shared, {second})

class TestPlain:
    def test_second(self):
        assert pkg.b.give() == 2

    def test_third(self):
        assert pkg.b.give() == {second}
"""
DOCUMENTED = '''\
def give():
    """Give.

    >>> give()
    {shown}
    """
    return {number}
'''
COLLECTOR = """\
import pytest
from pkg import a

def pytest_collect_file(file_path, parent):
    if file_path.suffix == ".case":
        return Case.from_parent(parent, path=file_path)

class Case(pytest.File):
    def collect(self):
        yield CaseItem.from_parent(self, name=self.path.read_text().strip())

class CaseItem(pytest.Item):
    def runtest(self):
        assert a.give() == 1
"""


def test_cov(project: SmallProject) -> None:
    """pytest-cov measures what runs, nothing selected included."""
    pytest.importorskip("pytest_cov")
    project.write(CHANGED_A)
    result = project.spawn("--cov=pkg", "--cov-report=term")
    assert (ran(result), result.ret) == (A, 0)
    result.stdout.re_match_lines([r"pkg.a\.py\s+2\s+0\s+100%"])
    project.commit()
    assert project.spawn("--cov=pkg").ret == 0


def test_cov_with_workers(project: SmallProject) -> None:
    """pytest-cov, xdist and the selection together."""
    pytest.importorskip("pytest_cov")
    pytest.importorskip("xdist")
    project.write(CHANGED_A)
    result = project.spawn("--cov=pkg", "-n2")
    assert (ran(result), result.ret) == (A, 0)
    result.stdout.re_match_lines([r"pkg.a\.py\s+2\s+0\s+100%"])


def test_randomly(project: SmallProject) -> None:
    """pytest-randomly shuffles what is selected."""
    pytest.importorskip("pytest_randomly")
    project.write(CHANGED_A)
    result = project.pytester.runpytest_subprocess(
        "-p", "randomly", "-p", "no:hypothesispytest", "-rA", "--impacted-by=HEAD"
    )
    assert (ran(result), result.ret) == (A, 0)
    result.stdout.re_match_lines(["Using --randomly-seed=.*"])


def test_rerunfailures(project: SmallProject) -> None:
    """pytest-rerunfailures runs again what is selected and fails."""
    pytest.importorskip("pytest_rerunfailures")
    project.write({"pkg/b.py": "def give():\n    return 3\n"})
    result = project.pytester.runpytest_subprocess(
        *("-p", "no:randomly", "-p", "no:hypothesispytest", "-p", "rerunfailures", "--reruns=2", "-rA"),
        *("--impacted-by=HEAD", "--no-txselect-record"),
    )
    assert result.parseoutcomes() == {"failed": 1, "rerun": 2}


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "workers"])
def test_split(project: SmallProject, workers: list[str]) -> None:
    """pytest-split cuts what is selected into parts that are all of it together."""
    pytest.importorskip("pytest_split")
    project.write(CHANGED_A)
    parts = [
        project.spawn("--splits=2", f"--group={group}", "--splitting-algorithm=least_duration", *workers)
        for group in (1, 2)
    ]
    assert sorted(test for part in parts for test in ran(part)) == A
    assert [part.ret for part in parts] == [0, 0]


def test_unittest(project: SmallProject) -> None:
    """Of a class of unittest, the methods that changed run, with the class's own preparation."""
    project.commit({"tests/test_c.py": CASES.format(second=2)})
    project.write({"tests/test_c.py": CASES.format(second="1 + 1")})
    result = project.run()
    assert result.ret == 0
    expected = {f"tests/test_c.py::{name}" for name in ("TestCase::test_second", "TestPlain::test_third")}
    assert expected <= set(ran(result))
    assert "tests/test_c.py::TestCase::test_first" not in ran(result)


def test_parameters(project: SmallProject) -> None:
    """A test that changed runs with all its parameters, odd ones included."""
    text = (
        "import pytest\n\n@pytest.mark.parametrize('value', ['a[b', 'c]', 'd::e', ''])\n"
        "def test_each(value):\n    assert value != {0}\n\ndef test_other():\n    pass\n"
    )
    project.commit({"tests/test_c.py": text.format("'x'")})
    project.write({"tests/test_c.py": text.format("'y'")})
    result = project.run()
    result.assert_outcomes(passed=4, deselected=1)


def test_doctests_of_modules(project: SmallProject) -> None:
    """With `--doctest-modules`, examples in a module that is reached run; others are left out."""
    project.commit({"pkg/a.py": DOCUMENTED.format(shown=1, number=1)})
    project.commit({"pkg/c.py": DOCUMENTED.format(shown=4, number=3)})
    project.write({"pkg/a.py": DOCUMENTED.format(shown=1, number="2 - 1")})
    result = project.run("--doctest-modules")
    assert (ran(result), result.ret) == (["pkg/a.py::pkg.a.give", *A], 0)


def test_doctest_that_changed(project: SmallProject) -> None:
    """With `--doctest-modules`, a docstring that changed is tried."""
    project.commit({"pkg/a.py": DOCUMENTED.format(shown=1, number=1)})
    project.write({"pkg/a.py": DOCUMENTED.format(shown=7, number=1)})
    result = project.run("--doctest-modules")
    result.assert_outcomes(failed=1)
    assert "pkg/a.py::pkg.a.give" in " ".join(ran(result))


def test_doctests_of_texts(project: SmallProject) -> None:
    """Examples in text files run when the file changed, or what its examples import."""
    project.commit(
        {
            "docs/test_one.txt": ">>> from pkg.a import give\n>>> give()\n1\n",
            "docs/test_two.txt": ">>> 1 + 1\n3\n",
        }
    )
    assert ran(project.run()) == []
    project.write(CHANGED_A)
    result = project.run()
    assert (ran(result), result.ret) == (["docs/test_one.txt::test_one.txt", *A], 0)
    project.commit()
    project.write({"docs/test_two.txt": ">>> 1 + 1\n2\n"})
    assert ran(project.run()) == ["docs/test_two.txt::test_two.txt"]


def test_files_that_a_conftest_collects(project: SmallProject) -> None:
    """Tests that are no Python run when they change, and when the conftest that collects them is reached."""
    project.commit({"data/conftest.py": COLLECTOR, "data/x.case": "x\n", "data/y.case": "y\n"})
    project.write({"data/y.case": "z\n"})
    assert "data/y.case::z" in ran(project.run())
    project.commit()
    assert ran(project.run()) == []
    project.write(CHANGED_A)
    assert ran(project.run()) == ["data/x.case::x", "data/y.case::z", *A]
    project.commit()
    project.write({"pkg/b.py": "def give():\n    return 2 + 0\n"})
    assert ran(project.run()) == ["tests/test_b.py::test_b"]


def test_fixture_of_a_conftest(project: SmallProject) -> None:
    """An edit of a fixture runs the tests that ask for it."""
    conftest = "import pytest\n\n@pytest.fixture\ndef number():\n    return {0}\n"
    project.commit(
        {
            "tests/conftest.py": conftest.format(1),
            "tests/test_c.py": "def test_c(number):\n    assert number\n",
        }
    )
    project.write({"tests/conftest.py": conftest.format(2)})
    assert ran(project.run()) == ["tests/test_c.py::test_c"]


def test_hypothesis_looks_for_constants(recorded: Recorded, tmp_path: Path) -> None:
    """It reads every file of the project that is imported, to try their constants too; no test depends on them for that."""
    given = "from hypothesis import given, settings, strategies as st\nfrom pkg.b import give\n\n"
    files = {
        "pkg/__init__.py": "from pkg import a, b\n",
        "pkg/a.py": "def give():\n    return 123\n",
        "pkg/b.py": "def give(value):\n    return value\n",
        "tests/test_a.py": "from pkg.a import give\n\n" + make_tests(a="assert give() > 100", none="pass"),
        "tests/test_b.py": given
        + "@settings(max_examples=300, derandomize=True)\n@given(st.integers())\n"
        + "def test_b(value):\n    assert give(value) == value\n",
    }
    check(
        Case(files, {"pkg/a.py": "def give():\n    return 124\n"}, frozenset({"a"})),
        recorded,
        tmp_path / "copy",
    )


def test_hypothesis_traces_what_fails(tmp_path: Path) -> None:
    """A property that does not hold fails as it does without a recording: the place that hypothesis then wants is free."""
    project = RecordedProject(tmp_path).write(
        {
            "pytest.ini": "[pytest]\n",
            "test_it.py": (
                "from hypothesis import given\nfrom hypothesis.strategies import integers\n\n"
                "@given(integers())\ndef test_small(number):\n    assert number < 10, 'too large'\n"
            ),
        }
    )
    done = project.run("-W", "error")
    assert "AssertionError: too large" in done.stdout
    assert "HypothesisWarning" not in done.stdout
