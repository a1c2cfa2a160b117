"""Failures of JUnit files that stand in unusual places, or are only counted: never "0 failed"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.readers.junit.read import read_junit

if TYPE_CHECKING:
    from pytest_txselect.report.run import Run

INNER = '<testsuite name="in"><testcase name="y"><failure/></testcase><testcase name="z"/></testsuite>'


def read(text: str) -> Run:
    """Read a file."""
    return assemble(read_junit(text.encode(), "junit.xml"))


@pytest.mark.parametrize(
    "text",
    [
        '<testsuites failures="2"><testsuite name="a"><testcase name="x"/></testsuite></testsuites>',
        '<testsuites errors="1"><testsuite errors="0"><testcase name="x"/></testsuite></testsuites>',
        '<testsuite failures="2"><testsuite failures="0"><testcase name="x"/></testsuite></testsuite>',
        '<testsuite failures="2"><testsuite><testcase name="x"><failure/></testcase></testsuite></testsuite>',
        '<testsuite failures="1.0"><testcase name="x"/></testsuite>',
        '<testsuite failures=" 1 "><testcase name="x"/></testsuite>',
        '<testsuite failures="1,234"><testcase name="x"/></testsuite>',
        '<testsuite failures="many"><testcase name="x"/></testsuite>',
        '<testsuite failure="1"><testcase name="x"/></testsuite>',
        '<testsuite failed="1"><testcase name="x"/></testsuite>',
        '<testsuite error="1"><testcase name="x"/></testsuite>',
        '<testsuite tests="5"/>',
        '<testsuite tests="5"><testcase name="x"/></testsuite>',
        '<testsuites tests="5"><testsuite tests="1"><testcase name="x"/></testsuite></testsuites>',
    ],
)
def test_only_counted(text: str):
    """What any level counts as failed and the file does not have is lost, as are tests of which nobody says they passed."""
    run = read(text)
    assert run.damage
    assert not run.complete


@pytest.mark.parametrize(
    "text",
    [
        '<testsuites failures="1" errors="0"><testsuite failures="1"><testcase><failure/></testcase></testsuite></testsuites>',
        '<testsuite failures="1"><testsuite failures="1"><testcase><failure/></testcase></testsuite></testsuite>',
        '<testsuite failures="0" tests="7"><testcase name="x"/></testsuite>',
        '<testsuites tests="7"><testsuite failures="0" tests="7"><testcase name="x"/></testsuite></testsuites>',
        '<testsuites failures="0" tests="7"><testsuite tests="1"><testcase name="x"/></testsuite></testsuites>',
        '<testsuites failures="" errors=""><testsuite><testcase name="x"/></testsuite></testsuites>',
        '<testsuites failures="1"><testsuite errors="1"><testcase><error/></testcase></testsuite></testsuites>',
        "<testsuites/>",
    ],
)
def test_nothing_lost(text: str):
    """Levels that count what others count too, and assertions that are counted as tests, are no loss."""
    assert not read(text).damage


@pytest.mark.parametrize(
    ("case", "outcomes"),
    [
        ('<testcase name="x" status="failed"/>', ["failed"]),
        ('<testcase name="x" status="fail"><system-out>o</system-out></testcase>', ["failed"]),
        ('<testcase name="x" result="FAILURE"/>', ["failed"]),
        ('<testcase name="x" result="Error"/>', ["error"]),
        ('<testcase name="x" status="timedOut"/>', ["failed"]),
        ('<testcase name="x" status="run" result="completed"/>', ["passed"]),
        ('<testcase name="x" status="failed"><failure message="m"/></testcase>', ["failed"]),
        ('<testcase name="x"><results><failure message="m"/></results></testcase>', ["failed"]),
        ('<testcase name="x"><a><b><error message="m"/><system-out>o</system-out></b></a></testcase>', ["error"]),
        ('<testcase name="x"><testcase name="y"><failure/></testcase></testcase>', ["failed", "passed"]),
        (f'<testcase name="x"><failure/>{INNER}<system-out>o</system-out></testcase>', ["failed", "failed", "passed"]),
        ('<testcase name="x"><system-out><failure/></system-out></testcase>', ["passed"]),
    ],
)  # fmt: skip
def test_unusual_cases(case: str, outcomes: list[str]):
    """A case failed if it says so in whatever way: by an attribute, or by an element wherever it stands in it."""
    run = read(f"<testsuite>{case}</testsuite>")
    assert sorted(str(result.outcome) for result in run.results) == outcomes
    assert not run.damage


@pytest.mark.parametrize(
    "text",
    [
        '<testsuites><failure message="m"/></testsuites>',
        '<testsuites><testsuite name="s"/><error message="m"/></testsuites>',
        '<testsuites><testcase name="x"><failure message="m"/></testcase><testsuite name="s"/></testsuites>',
    ],
)
def test_outside_of_suites(text: str):
    """What stands in no suite counts as well."""
    run = read(text)
    assert [result.phase.reason for result in run.results] + [each.reason for each in run.collection] == ["m"]


@pytest.mark.parametrize(("declared", "count"), [("1", 1), ("2", 2), ("", 2)])
def test_failures_of_one_case(declared: str, count: int):
    """Several failures of one case are as many as the suite counts: each, as pytest has subtests, or one, as googletest."""
    run = read(
        f'<testsuites failures="{declared}"><testsuite name="s" failures="{declared}"><testcase name="a"/><testcase name="x">'
        '<failure message="first">one</failure><failure message="second">two</failure></testcase></testsuite></testsuites>'
    )
    assert run.count_results() == {"passed": 1, "failed": count}
    told = "".join(result.phase.traceback + result.phase.reason for result in run.results)
    assert all(word in told for word in ("first", "one", "second", "two"))
    assert not run.damage
