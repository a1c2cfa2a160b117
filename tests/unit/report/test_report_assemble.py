"""From records to a run: attempts, streams, and what was left when it broke off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_runs import FOOTER, HEADER, build, build_varied, give_failure, give_pass, give_skip

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.lines import parse_lines, render_line
from pytest_txselect.report.records import (
    Collected,
    CollectProblem,
    Deselected,
    Footer,
    Header,
    Outcome,
    Pass,
    Phase,
    Start,
)

if TYPE_CHECKING:
    from pytest_txselect.report.records import Record

SETUP, CALL, TEARDOWN = Phase("t", "setup"), Phase("t", "call"), Phase("t", "teardown")
FAILED, RERUN = Phase("t", "call", Outcome.FAILED), Phase("t", "call", Outcome.RERUN)
CRASHED = Phase("t", "???", Outcome.FAILED, reason="worker 'gw0' crashed")
SUB_FAILED = Phase("t", "call", Outcome.FAILED, subtest="(i=1)")
TD_ERROR, SETUP_SKIP = Phase("t", "teardown", Outcome.ERROR), Phase("t", "setup", Outcome.SKIPPED)


@pytest.mark.parametrize(
    ("records", "outcome", "attempts", "counts"),
    [
        ([SETUP, CALL, TEARDOWN], "passed", 1, {"passed": 1}),
        ([Pass("t", 1.0, 0.1, 0.1, 0.1)], "passed", 1, {"passed": 1}),
        ([SETUP, FAILED, TEARDOWN], "failed", 1, {"failed": 1}),
        ([SETUP_SKIP, TEARDOWN], "skipped", 1, {"skipped": 1}),
        ([SETUP, CALL, TD_ERROR], "error", 1, {"passed": 1, "error": 1}),
        ([SETUP, FAILED, TD_ERROR], "error", 1, {"failed": 1, "error": 1}),
        ([SETUP, RERUN, TEARDOWN, SETUP, CALL, TEARDOWN], "passed", 2, {"passed": 1, "rerun": 1}),
        ([SETUP, RERUN, SETUP, FAILED, TEARDOWN], "failed", 2, {"failed": 1, "rerun": 1}),
        ([SETUP, RERUN, TEARDOWN, Start("t"), Pass("t")], "passed", 2, {"passed": 1, "rerun": 1}),
        ([Pass("t"), SETUP, FAILED, TEARDOWN], "failed", 2, {"passed": 1, "failed": 1}),
        ([SETUP, SUB_FAILED, CALL, TEARDOWN], "failed", 1, {"passed": 1, "failed": 1}),
        ([SETUP, CALL, CRASHED], "failed", 1, {"passed": 1, "failed": 1}),
        ([CRASHED], "failed", 1, {"failed": 1}),
        ([SETUP, RERUN, SUB_FAILED, TEARDOWN, SETUP, CALL, TEARDOWN], "passed", 2, {"passed": 1, "rerun": 1}),
    ],
)
def test_outcomes(records: list[Record], outcome: str, attempts: int, counts: dict[str, int]):
    """The outcome of a test is the worst of its last attempt; results count as pytest counts them."""
    run = build(Start("t"), records)
    (test,) = run.tests
    assert (test.outcome, len(test.attempts)) == (outcome, attempts)
    assert run.count_results() == counts
    assert test.flaky == (attempts > 1 and outcome == "passed")


@pytest.mark.parametrize(
    ("records", "running", "why"),
    [
        ([], "", "not started when the run broke off"),
        ([Start("t")], "unknown", "was running when the run broke off"),
        ([Start("t"), SETUP], "call", "was running (call) when the run broke off"),
        ([Start("t"), SETUP, Phase("t", "call", subtest="x")], "call", ""),
        ([Start("t"), SETUP, CALL], "teardown", ""),
        ([Start("t"), SETUP, CALL, TEARDOWN], "", ""),
        ([Start("t"), Pass("t")], "", ""),
        ([Start("t"), CRASHED], "", ""),
    ],
)
def test_broken_off(records: list[Record], running: str, why: str):
    """A stream without footer says what was running, in which phase, and what had not started."""
    run = build(Collected(("t",)), records, footer=None)
    (test,) = run.tests
    assert (test.running, test.not_run) == (running, why)
    assert not run.complete
    assert bool(run.running) == bool(running)


@pytest.mark.parametrize(
    ("footer", "started", "why"),
    [
        (
            Footer(status=1, stopped="stopping after 1 failures"),
            False,
            "not started: stopping after 1 failures",
        ),
        (Footer(status=2, stopped="KeyboardInterrupt"), True, "interrupted: KeyboardInterrupt"),
        (Footer(status=3), False, "not started when the run ended"),
    ],
)
def test_ended_early(footer: Footer, started: bool, why: str):
    """A stream with footer says why it did not come to a test."""
    run = build(Collected(("t",)), [Start("t")] if started else [], footer=footer)
    assert run.tests[0].not_run == why
    assert run.complete
    assert run.count_tests() == {Outcome.NOT_RUN: 1}


def test_streams_are_attempts():
    """A second stream of the same id is another attempt; a failure of the first counts as a rerun, once."""
    again = Header(run="b", started=HEADER.started + 100)
    first = [HEADER, *give_failure("x.py::t", "no"), *give_pass("x.py::u"), FOOTER]
    second = [again, *give_pass("x.py::t"), FOOTER]
    for order in ([*first, *second], [*second, *first], [*first, *second, *first]):
        run = assemble(order)
        test = next(test for test in run.tests if test.name == "t")
        assert [attempt.run for attempt in test.attempts] == ["a", "b"]
        assert test.flaky
        assert run.count_results() == {"passed": 2, "rerun": 1}


def test_ids_are_kept_apart():
    """The same node id in reports of different ids is two tests."""
    run = assemble(
        [HEADER, *give_pass("x.py::t"), Header(run="b", id="other"), *give_failure("x.py::t", "no")]
    )
    assert [(test.report, test.outcome) for test in run.tests] == [("tests", "passed"), ("other", "failed")]


def test_order_and_places():
    """Tests come in the order of collection; what was never started is known by its node id alone."""
    run = build(Collected(("a.py::A::x", "b.py::y")), give_pass("b.py::y"))
    assert [(test.id, test.file, test.line, test.name) for test in run.tests] == [
        ("a.py::A::x", "a.py", 0, "A::x"),
        ("b.py::y", "b.py", 5, "y"),
    ]


def test_collection_once():
    """A file that broke in every worker is one problem; what ran after all was not deselected."""
    problem = CollectProblem("bad.py", reason="ImportError")
    run = build(problem, problem, Deselected(("x.py::t", "x.py::u"), "-k"), give_pass("x.py::t"))
    assert run.collection == (problem,)
    assert dict(run.deselected) == {"x.py::u": "-k"}


def test_records_without_header():
    """Records before any header are read, and said to be damage."""
    run = assemble(give_pass("x.py::t"))
    assert run.count_results() == {"passed": 1}
    assert run.damage == ("records before the first header",)
    assert not run.complete


@given(st.data())
def test_any_prefix(data: st.DataObject):
    """Cut anywhere, the records give a run in which what was done stays as it was."""
    records = [
        HEADER,
        Collected(("x.py::a", "x.py::b", "x.py::c")),
        *give_pass("x.py::a"),
        *give_failure("x.py::b", "no\nno"),
        *give_skip("x.py::c", "later"),
        FOOTER,
    ]
    text = b"".join(render_line(record).encode() + b"\n" for record in records)
    cut = data.draw(st.integers(0, len(text)))
    run = assemble(parse_lines(text[:cut].splitlines()))
    whole = assemble(records)
    for test in run.tests:
        final = next(other for other in whole.tests if other.id == test.id)
        assert test.outcome in {final.outcome, Outcome.NOT_RUN}
    assert run.complete == (cut >= len(text) - 1)


def test_plain():
    """Only a test that passed at once with nothing to tell is plain, and the counts do not depend on it."""
    run = build_varied()
    assert [test.name for test in run.tests if test.plain] == ["test_fine"]
    assert run.count_results() == {
        "failed": 3, "passed": 3, "skipped": 4, "xfailed": 1, "error": 2, "rerun": 1, "deselected": 1,
        "warnings": 2,
    }  # fmt: skip
    counts = run.count_tests()
    assert counts == {"failed": 3, "skipped": 3, "passed": 2, "error": 1, "xfailed": 1, "not selected": 1}


def test_streams_out_of_order():
    """Where the retry comes first in the file, a test that it did not finish has no result, and says why."""
    retry = HEADER._replace(run="b", started=HEADER.started + 100)
    run = assemble(
        [retry, Start("x.py::t"), SETUP._replace(test="x.py::t"), HEADER, *give_pass("x.py::t"), FOOTER]
    )
    (test,) = run.tests
    assert test.outcome is Outcome.NOT_RUN
    assert test.not_run


@pytest.mark.parametrize(
    "rest", [[], [Pass("x.py::t", 1.0, 0.1, 0.1, 0.1)], [Phase("x.py::t", "call", Outcome.FAILED)]]
)
def test_small_in_several_streams(rest: list[Record]):
    """A test of which each stream has a pass and nothing else has an attempt for each of them, whatever comes later."""
    again, third = (
        HEADER._replace(run=name, started=HEADER.started + at) for name, at in (("b", 1), ("c", 2))
    )
    small = [Collected(("x.py::t",)), Start("x.py::t", "x.py", 3, "t"), Pass("x.py::t", 1.0, 0.1, 0.1, 0.1)]
    run = assemble([HEADER, *small, FOOTER, again, *small, FOOTER, third, *rest, FOOTER])
    (test,) = run.tests
    assert [attempt.run for attempt in test.attempts] == [HEADER.run, "b", *(["c"] if rest else [])]
    assert (test.line, test.not_run) == (3, "")
    assert test.outcome == (Outcome.FAILED if rest and isinstance(rest[0], Phase) else Outcome.PASSED)
