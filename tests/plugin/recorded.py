"""Running pytest with a report, and reading what it left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree
from ready import spawn

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.lines import parse_lines

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from pytest_txselect.report.run import Run

QUIET: Final = ("-p", "no:randomly", "-p", "no:hypothesispytest", "-p", "no:cacheprovider", "-p", "no:split")

SUITE: Final = """
import unittest
import warnings

import pytest


@pytest.mark.parametrize("i", range(5))
def test_fails(i):
    print("number", i)
    assert i == 100, "no"


def test_writes():
    print("said")


@pytest.mark.skip(reason="no gpu")
def test_skipped():
    pass


@pytest.mark.xfail(reason="bug 1")
def test_xfails():
    assert 0


@pytest.mark.xfail(reason="bug 2")
def test_xpasses():
    pass


@pytest.mark.xfail(strict=True, reason="bug 3")
def test_xpasses_strictly():
    pass


@pytest.fixture
def broken():
    raise ValueError("setup broke")


def test_setup_breaks(broken):
    pass


@pytest.fixture
def breaking():
    yield
    raise ValueError("teardown broke")


def test_teardown_breaks(breaking):
    warnings.warn("careful")


def test_fails_twice(breaking):
    assert not "this"


def test_has_properties(record_property):
    record_property("speed", 3)


class TestUnit(unittest.TestCase):
    def test_parts(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertEqual(i, 1)

    @unittest.skip("unit skip")
    def test_skipped(self):
        pass

    @unittest.expectedFailure
    def test_expected(self):
        self.fail("as expected")


@pytest.mark.parametrize("text", [
    "a - b", "x::y", "[z]", "quo'te\\"s", "<b>&amp;", "\\U0001f600", "new\\nline", "n" * 3000
])
def test_names(text):
    assert len(text) < 4
"""
BROKEN_FILE: Final = "import not_there\n"
SKIPPED_FILE: Final = 'import pytest\npytest.skip("whole file", allow_module_level=True)\n'


def read_report(folder: Path) -> Run:
    """Read the records of a report."""
    return assemble(parse_lines((folder / "results.jsonl").read_bytes().splitlines()))


def run_report(pytester: pytest.Pytester, *arguments: str) -> tuple[pytest.RunResult, Run]:
    """Run pytest with a report in a process of its own, and read the records."""
    result = spawn(pytester, *QUIET, "--txselect-report", *arguments)
    return result, read_report(pytester.path / "reports" / "tests")


def count_cases(file: Path) -> dict[str, int]:
    """Count what a JUnit file says of its testcases."""
    suite = etree.parse(str(file)).getroot()[0]
    return {name: int(suite.get(name, "0")) for name in ("errors", "failures", "skipped", "tests")}


def name_cases(file: Path) -> set[tuple[str, str, str]]:
    """List the testcases of a JUnit file: class, name, and what is said of each."""
    cases = etree.parse(str(file)).getroot().iter("testcase")
    tags = {"failure", "error", "skipped"}
    return {
        (case.get("classname", ""), case.get("name", ""), child.tag if child is not None else "passed")
        for case in cases
        for child in ([child for child in case if child.tag in tags] or [None])
    }
