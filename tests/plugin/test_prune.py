"""Only what the change can affect is collected and run, whatever else is asked of pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_project import PLAIN, complained, ran, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from small_project import SmallProject

A = ["tests/test_a.py::test_one", "tests/test_a.py::test_two"]
B = ["tests/test_b.py::test_b"]
CHANGED_A = {"pkg/a.py": "def give():\n    return 1 + 0\n"}
EXPLODES = "raise RuntimeError('this file was imported')\n"
ONE_TEST = {
    "tests/test_a.py": (
        "from pkg.a import give\n\ndef test_one():\n    assert give() == 1\n\n"
        "def test_two():\n    assert give() not in (2, 3)\n"
    )
}


def test_without_the_option(project: SmallProject) -> None:
    """Installed but not asked for: everything runs and nothing is said."""
    project.write(CHANGED_A)
    result = project.run(ref=None)
    assert (ran(result), said(result), result.ret) == (A + B, [], 0)
    assert not (project.pytester.path / ".txselect").exists()


def test_file_of_an_affected_module(project: SmallProject) -> None:
    """A changed module runs the file that imports it, and no other."""
    project.write(CHANGED_A)
    result = project.run()
    assert (ran(result), result.ret) == (A, 0)


def test_pruned_file_is_not_imported(project: SmallProject) -> None:
    """A file that is left out is not imported: here that would be an error."""
    project.commit({"tests/test_b.py": EXPLODES})
    project.write(CHANGED_A)
    result = project.run()
    assert (ran(result), result.ret) == (A, 0)
    assert project.run(ref=None).ret == pytest.ExitCode.INTERRUPTED


def test_single_tests_are_announced(project: SmallProject) -> None:
    """Of a file of which one test changed that one runs; the other counts as deselected."""
    project.write(ONE_TEST)
    result = project.run()
    assert ran(result) == A[1:]
    result.assert_outcomes(passed=1, deselected=1)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--co"],
        ["-k", "one"],
        ["-k", "no_such"],
        ["-m", "no_such"],
        ["--lf"],
        ["-x"],
        ["tests"],
        ["tests/test_a.py"],
        ["tests/test_a.py::test_one"],
        ["-q"],
        ["--doctest-modules"],
        ["-p", "no:cacheprovider"],
    ],
    ids=" ".join,
)
def test_nothing_is_a_success(project: SmallProject, arguments: Sequence[str]) -> None:
    """Nothing selected: nothing runs, and the exit status is 0."""
    result = project.run(*arguments)
    assert (ran(result), result.ret) == ([], 0)


def test_nothing_of_a_filter_is_still_a_failure_elsewhere(project: SmallProject) -> None:
    """Where everything runs, pytest's own status for no tests stays."""
    project.write({"pytest.ini": "[pytest]\npythonpath = .\n# more\n"})
    assert project.run("-k", "no_such").ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize("ref", [None, "HEAD"])
def test_folder_is_never_forced(project: SmallProject, ref: str | None) -> None:
    """What pytest or a project's conftest ignores stays ignored, also when we would run it."""
    project.commit(
        {
            "conftest.py": (
                "def pytest_ignore_collect(collection_path):\n"
                "    return collection_path.stem.endswith('ignored') or None\n"
            ),
            "tests/test_ignored.py": EXPLODES,
            "build/test_built.py": EXPLODES,
        }
    )
    project.write({**CHANGED_A, "tests/test_ignored.py": EXPLODES * 2, "build/test_built.py": EXPLODES * 2})
    result = project.run(ref=ref)
    assert (ran(result), result.ret) == (A if ref else A + B, 0)


def test_explicit_file_is_not_imported(project: SmallProject) -> None:
    """A file named on the command line that cannot be affected is neither imported nor missed."""
    project.commit({"tests/test_b.py": EXPLODES})
    project.write(CHANGED_A)
    result = project.run("tests/test_a.py", "tests/test_b.py")
    assert (ran(result), result.ret) == (A, 0)


def test_explicit_node_ids(project: SmallProject) -> None:
    """Tests named on the command line run if they can be affected, and are deselected otherwise."""
    project.write(CHANGED_A)
    result = project.run(A[0], *B)
    assert (ran(result), result.ret) == (A[:1], 0)
    result.assert_outcomes(passed=1, deselected=1)


def test_pyargs(project: SmallProject) -> None:
    """The same for tests named by their module."""
    project.commit({"tests/__init__.py": ""})
    project.write(CHANGED_A)
    result = project.run("--pyargs", "tests.test_b", "tests.test_a")
    assert (ran(result), result.ret) == (A, 0)


def test_wrong_path_is_still_an_error(project: SmallProject) -> None:
    """A path that does not exist is pytest's error, as without us."""
    result = project.run("tests/test_absent.py")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "file or directory not found" in complained(result)[0]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-k", "one"], A[:1]),
        (["-m", "not slow"], A),
        (["-x"], A),
        (["tests/test_a.py"], A),
        (["--deselect", A[0]], A[1:]),
        (["--ignore", "tests/test_a.py"], []),
        (["--import-mode=importlib"], A),
        (["--import-mode=append"], A),
        (["--maxfail=1", "-v"], A),
        (["-s"], A),
        (["--rootdir=."], A),
    ],
    ids=lambda value: " ".join(value) if value and value[0].startswith("-") else None,
)
def test_other_options(project: SmallProject, arguments: Sequence[str], expected: Sequence[str]) -> None:
    """The ways to choose that pytest has choose among what is selected."""
    project.write(CHANGED_A)
    result = project.run(*arguments)
    assert (ran(result), result.ret) == (list(expected), 0)


def test_last_failed(project: SmallProject) -> None:
    """`--lf` runs what failed among what is selected."""
    project.write({"pkg/a.py": "def give():\n    return 2\n"})
    first = project.run()
    first.assert_outcomes(failed=2)
    assert ran(project.run("--lf")) == A
    project.write({"pkg/a.py": "def give():\n    return 3\n"})
    project.run("--lf").assert_outcomes(failed=1, passed=1)
    project.run("--lf").assert_outcomes(failed=1)


def test_last_failed_of_what_is_left_out(project: SmallProject) -> None:
    """What failed last but cannot be affected now is no error for `--lf`."""
    project.write({"pkg/b.py": "def give():\n    return 3\n"})
    project.run().assert_outcomes(failed=1)
    project.git("checkout", "-q", "pkg/b.py")
    project.write(CHANGED_A)
    assert project.run("--lf").ret == 0


def test_stop_at_the_first_failure(project: SmallProject) -> None:
    """`-x` stops, with pytest's status for failed tests."""
    project.write({"pkg/a.py": "def give():\n    return 2\n"})
    result = project.run("-x")
    result.assert_outcomes(failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_in_addopts(project: SmallProject) -> None:
    """The option works in the configuration, and the command line overrides it."""
    project.commit({"pytest.ini": "[pytest]\npythonpath = .\naddopts = --impacted-by=HEAD\n"})
    project.write(CHANGED_A)
    assert ran(project.run(ref=None)) == A
    project.commit()
    assert ran(project.run(ref=None)) == []
    assert ran(project.run(ref="HEAD~1")) == A


def test_in_the_environment(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option works in PYTEST_ADDOPTS."""
    project.write(CHANGED_A)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--impacted-by=HEAD")
    assert ran(project.run(ref=None)) == A


def test_plugin_switched_off(project: SmallProject) -> None:
    """`-p no:txselect` runs everything, and our options are unknown then."""
    project.write(CHANGED_A)
    plain = project.pytester.runpytest_subprocess(*PLAIN, "-rA", "-p", "no:txselect")
    assert ran(plain) == A + B
    assert project.spawn("-p", "no:txselect").ret == pytest.ExitCode.USAGE_ERROR


def test_run_all_in_the_environment(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """TXSELECT_RUN_ALL runs everything."""
    monkeypatch.setenv("TXSELECT_RUN_ALL", "1")
    result = project.run()
    assert (ran(result), result.ret) == (A + B, 0)


def test_rootdir_below_the_top(project: SmallProject) -> None:
    """A project in a folder of the repository is selected in as one at its top."""
    project.commit(
        {
            f"sub/{name}": text
            for name, text in {
                "pytest.ini": "[pytest]\npythonpath = .\n",
                "lib.py": "X = 1\n",
                "test_lib.py": "import lib\n\ndef test_x():\n    assert lib.X\n",
                "test_other.py": EXPLODES,
            }.items()
        }
    )
    project.write({"sub/lib.py": "X = 2\n", "pkg/a.py": "X = 3\n"})
    result = project.run("--rootdir=sub", "-c", "sub/pytest.ini", "sub")
    assert (ran(result), result.ret) == (["sub/test_lib.py::test_x"], 0)


def test_testpaths(project: SmallProject) -> None:
    """With `testpaths`, only what is there counts and runs."""
    project.commit(
        {
            "pytest.ini": "[pytest]\npythonpath = .\ntestpaths = tests\n",
            "other/test_c.py": "import pkg.a\n" + EXPLODES,
        }
    )
    project.write(CHANGED_A)
    result = project.run()
    assert (ran(result), result.ret) == (A, 0)
    assert said(result)[0].endswith("1 of 2 test files can be affected")


def test_other_configuration_file(project: SmallProject) -> None:
    """With `-c`, the patterns of that file say what a test file is."""
    project.commit(
        {
            "other.ini": "[pytest]\npythonpath = .\npython_files = check_*.py\n",
            "tests/check_a.py": "import pkg.a\n\ndef test_c():\n    pass\n",
        }
    )
    project.write(CHANGED_A)
    result = project.run("-c", "other.ini", "tests")
    assert (ran(result), result.ret) == (["tests/check_a.py::test_c"], 0)


def test_link_to_the_project(project: SmallProject) -> None:
    """Called through a symbolic link to the project's folder, the same tests run."""
    link = project.pytester.path.parent / f"{project.pytester.path.name}-link"
    link.symlink_to(project.pytester.path)
    project.write(CHANGED_A)
    result = project.run("--rootdir", str(link), str(link / "tests"))
    assert (len(ran(result)), result.ret) == (2, 0)
