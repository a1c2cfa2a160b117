"""The selection is made once, on the controller, and every worker of xdist applies the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_project import ran, said

if TYPE_CHECKING:
    from small_project import SmallProject

pytest.importorskip("xdist")

A = ["tests/test_a.py::test_one", "tests/test_a.py::test_two"]
SHORT = "import pkg.b\n\ndef test_{0}():\n    assert pkg.b\n"


@pytest.fixture
def wide(project: SmallProject) -> SmallProject:
    """More files, one of which cannot be imported, and a change that reaches some whole and one in part."""
    project.commit({f"tests/test_c{number}.py": SHORT.format(number) for number in range(3)})
    project.commit({"tests/test_c3.py": "raise RuntimeError('imported')\n"})
    project.write({"pkg/b.py": "def give():\n    return 2 + 0\n"})
    project.write(
        {
            "tests/test_a.py": (
                "from pkg.a import give\n\ndef test_one():\n    assert give() in {1}\n\n"
                "def test_two():\n    assert give() != 2\n"
            )
        }
    )
    return project


WIDE = [A[0], "tests/test_b.py::test_b", *(f"tests/test_c{number}.py::test_{number}" for number in range(3))]


@pytest.mark.parametrize("dist", ["load", "loadscope", "loadfile", "loadgroup", "worksteal", "each", "no"])
def test_same_selection(wide: SmallProject, dist: str) -> None:
    """Under every `--dist` the same tests run as without xdist, and the same is said."""
    result = wide.spawn("-n2", f"--dist={dist}")
    times = 2 if dist == "each" else 1
    assert (ran(result), result.ret) == (sorted(WIDE * times), 0)
    assert [line.partition("(")[0] for line in said(result)] == ["txselect: 2 files changed since HEAD "]


def test_without_xdist(wide: SmallProject) -> None:
    """What the others are compared with."""
    result = wide.run()
    assert (ran(result), result.ret) == (WIDE, 0)


@pytest.mark.parametrize("more", [["-q"], ["-k", "no_such"], ["-p", "no:cacheprovider"]], ids=" ".join)
def test_nothing_is_a_success(project: SmallProject, more: list[str]) -> None:
    """Nothing selected is a success with workers too."""
    result = project.spawn("-n2", *more)
    assert (ran(result), result.ret) == ([], 0)


def test_everything(project: SmallProject) -> None:
    """Everything runs with workers where everything runs without."""
    project.write({"pytest.ini": "[pytest]\npythonpath = .\naddopts = -q\n"})
    result = project.spawn("-n2")
    assert (len(ran(result)), result.ret) == (3, 0)


def test_explanation(wide: SmallProject) -> None:
    """The explanation is shown once, by the controller."""
    result = wide.spawn("-n2", "--txselect-explain")
    assert said(result).count("txselect: tests/test_b.py: depends on a changed file") == 1


def test_error_is_told_once(project: SmallProject) -> None:
    """An unknown revision stops the controller before there are workers."""
    result = project.spawn("-n2", ref="no-such")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert sum("unknown-ref" in line for line in result.errlines) == 1
