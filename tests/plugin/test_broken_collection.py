"""A file that could not be collected runs until it can be, as a test that failed does."""

from __future__ import annotations

import pytest
from small_project import SmallProject, ran, said

BROKEN = "import nowhere_to_be_found\n\ndef test_b():\n    pass\n"
SOUND = "from pkg.b import give\n\ndef test_b():\n    assert give() == 2\n"
TEST = "tests/test_b.py::test_b"


@pytest.mark.parametrize(
    "options",
    [(), ("-x",), ("-n", "2"), ("--continue-on-collection-errors",), ("tests/test_b.py::test_b",)],
    ids=" ".join,
)
def test_stays_until_it_can_be_collected(project: SmallProject, options: tuple[str, ...]) -> None:
    """Whatever changed, the file is selected; once it was collected it is not."""
    if "-n" in options:
        pytest.importorskip("xdist")
    project.commit({"tests/test_b.py": BROKEN})
    project.spawn("--txselect-record", *options, ref=None)
    project.commit({"README.md": "x"})
    for _ in range(2):
        result = project.spawn("--txselect-record", "--txselect-explain", ref="HEAD~1")
        result.assert_outcomes(errors=1)
        assert any("tests/test_b.py: failed in its last run" in line for line in said(result))
    project.commit({"tests/test_b.py": SOUND})
    assert ran(project.spawn("--txselect-record", ref="HEAD~1")) == [TEST]
    project.commit({"README.md": "y"})
    assert ran(project.spawn("--txselect-record", ref="HEAD~1")) == []


def test_folder_that_could_not_be_collected(project: SmallProject) -> None:
    """Where a conftest below the top cannot be imported, all test files below it run until it can."""
    project.commit(
        {"tests/deep/conftest.py": "raise ValueError\n", "tests/deep/test_d.py": "def test_d(): pass\n"}
    )
    project.spawn("--txselect-record", "--continue-on-collection-errors", ref=None)
    project.commit({"README.md": "x"})
    project.spawn("--txselect-record", ref="HEAD~1").assert_outcomes(errors=1)
    project.commit({"tests/deep/conftest.py": "\n"})
    assert ran(project.spawn("--txselect-record", ref="HEAD~1")) == ["tests/deep/test_d.py::test_d"]
    project.commit({"README.md": "y"})
    assert ran(project.spawn("--txselect-record", ref="HEAD~1")) == []


def test_skipped_module_is_not_broken(project: SmallProject) -> None:
    """A module that skips itself could be collected; so could one that was broken before, after a complete run."""
    skipping = "import pytest\n\npytest.skip('not here', allow_module_level=True)\n"
    for text in (skipping, BROKEN, skipping):
        project.commit({"tests/test_b.py": text})
        project.spawn("--txselect-record", ref=None)
    project.commit({"README.md": "x"})
    assert "0 of 2 test files" in said(project.spawn(ref="HEAD~1"))[0]


def test_file_that_is_gone(project: SmallProject) -> None:
    """What is no more cannot fail again."""
    project.commit({"tests/test_b.py": BROKEN})
    project.spawn("--txselect-record", ref=None)
    project.git("rm", "-q", "tests/test_b.py")
    project.commit()
    assert "0 of 1 test file" in said(project.spawn(ref="HEAD"))[0]
