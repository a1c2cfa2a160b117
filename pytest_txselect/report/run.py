"""A test run as one value, put together from its records (`records.py`).

Two ways to count, which are never mixed: *tests* have one outcome each (`Test.outcome`); *results* are what
pytest counts in its last line: a test that passes and whose teardown fails is "1 passed, 1 error", each
failed subtest counts, so does each attempt that was followed by another.
"""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_txselect.report.records import Outcome, Phase
from pytest_txselect.report.shards import find_missing_shards

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_txselect.report.records import (
        CollectProblem,
        Footer,
        Header,
        InternalError,
        Pass,
        SelectionMade,
        WarningSeen,
        WorkerEvent,
    )

__all__ = ["Attempt", "Result", "Run", "Stream", "Test", "find_attempt_results"]

_WORST_FIRST: Final = (
    Outcome.ERROR,
    Outcome.FAILED,
    Outcome.XPASSED,
    Outcome.XFAILED,
    Outcome.SKIPPED,
    Outcome.PASSED,
    Outcome.RERUN,
)


_BAD: Final = frozenset({Outcome.FAILED, Outcome.ERROR, Outcome.RERUN})


class Attempt(NamedTuple):
    """One go at a test.

    Attributes:
        run: name of the stream it happened in (`Header.run`).
        recorded: its phases, as far as they were recorded one by one.
        passed: what stands for them, where they were not.
    """

    run: str
    recorded: tuple[Phase, ...]
    passed: Pass | None = None

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases in order, those of subtests among them."""
        done = self.passed
        if done is None:
            return self.recorded
        call, teardown = done.start + done.setup, done.start + done.setup + done.call
        return (
            Phase(done.test, "setup", Outcome.PASSED, done.start, done.setup, done.worker),
            Phase(done.test, "call", Outcome.PASSED, call, done.call, done.worker),
            Phase(done.test, "teardown", Outcome.PASSED, teardown, done.teardown, done.worker),
        )

    @property
    def duration(self) -> float:
        """Seconds of setup, call and teardown together (a subtest is part of the call)."""
        done = self.passed
        if done is not None:
            return done.setup + done.call + done.teardown
        return sum(phase.duration for phase in self.recorded if not phase.subtest)

    @property
    def start(self) -> float:
        """When it began; 0 where unknown."""
        if self.passed is not None:
            return self.passed.start
        return self.recorded[0].start if self.recorded else 0.0

    @property
    def worker(self) -> str:
        """Who ran it; empty without xdist."""
        if self.passed is not None:
            return self.passed.worker
        return self.recorded[0].worker if self.recorded else ""


class Result(NamedTuple):
    """What pytest counts as one.

    Attributes:
        test: of which test.
        outcome: as counted.
        phase: what happened.
        attempt: number of the attempt, from 0.
    """

    test: Test
    outcome: Outcome
    phase: Phase
    attempt: int

    @property
    def counted(self) -> str:
        """The word under which pytest counts it; `-` where it does not."""
        return (
            self.phase.counted if self.outcome is self.phase.outcome and self.phase.counted else self.outcome
        )


class Test(NamedTuple):
    """A test that was to run. The same node id in reports of different ids (jobs) is a test in each of them.

    Attributes:
        id: node id.
        report: the report that it belongs to (`Header.report`).
        file: where it is defined, relative to the rootdir; the node id's file where nothing else is known.
        line: likewise; 0 where unknown.
        name: name with classes and parameters, without the file.
        why: why it was selected; empty when no selection was made.
        attempts: what happened, in order; empty when it was never started or has no phase yet.
        started: when its first attempt started; 0 when it did not.
        worker: under `--dist each` the worker that this one is of; else empty.
        running: the phase it was in when its stream broke off, `unknown` where that was not recorded; empty
            when it was in none.
        not_run: why it has no result; empty when it has one.
        plain: it passed at once, and there is nothing to tell of it but times: most tests of most runs.
    """

    id: str
    report: str = "tests"
    file: str = ""
    line: int = 0
    name: str = ""
    why: str = ""
    attempts: tuple[Attempt, ...] = ()
    started: float = 0.0
    worker: str = ""
    running: str = ""
    not_run: str = ""
    plain: bool = False

    @property
    def outcome(self) -> Outcome:
        """How the test ended: the worst of the results of its last attempt."""
        if self.plain:
            return Outcome.PASSED
        if self.attempts:
            seen = {outcome for outcome, _ in find_attempt_results(self.attempts[-1])}
            for outcome in _WORST_FIRST:
                if outcome in seen:
                    return outcome
        return Outcome.NOT_RUN

    @property
    def flaky(self) -> bool:
        """It passed after an attempt that had failed or broken."""
        if len(self.attempts) == 1 or self.outcome is not Outcome.PASSED:
            return False
        before = (outcome for attempt in self.attempts[:-1] for outcome, _ in find_attempt_results(attempt))
        return any(outcome in _BAD for outcome in before)

    @property
    def duration(self) -> float:
        """Seconds of all attempts together."""
        if self.plain and (done := self.attempts[0].passed) is not None:  # most tests: this is fast
            return done.setup + done.call + done.teardown
        return sum(attempt.duration for attempt in self.attempts)

    @property
    def results(self) -> Iterator[Result]:
        """What pytest counts, in order.

        Of an attempt that was followed by another, subtests do not count; nor does one of an earlier stream,
        except that its failures count as reruns.
        """
        last = len(self.attempts) - 1
        for number, attempt in enumerate(self.attempts):
            for outcome, phase in find_attempt_results(attempt):
                if number == last:
                    yield Result(self, outcome, phase, number)
                elif phase.subtest:
                    continue
                elif attempt.run == self.attempts[last].run:
                    yield Result(self, outcome, phase, number)
                elif outcome in _BAD:
                    yield Result(self, Outcome.RERUN, phase, number)


def find_attempt_results(attempt: Attempt) -> Iterator[tuple[Outcome, Phase]]:
    """List what counts in an attempt: the call, each subtest, and whatever else did not pass."""
    for phase in attempt.phases:
        if phase.outcome is not Outcome.PASSED or phase.when not in {"setup", "teardown"}:
            yield phase.outcome, phase


class Stream(NamedTuple):
    """What one pytest process left.

    Attributes:
        header: how it began.
        footer: how it ended; None when it broke off.
    """

    header: Header
    footer: Footer | None = None


@dataclass(frozen=True)
class Run:
    """A test run, or several that were merged.

    Attributes:
        streams: of which processes, in order of their start.
        tests: every test that was to run, in order of collection.
        deselected: node ids that were left out after collection, with the reason.
        collection: what could not be collected, or skipped itself while it was; each node once.
        warnings: in order.
        selections: the selections in force, usually none or one.
        workers: comings and goings of xdist workers.
        internal: breakdowns of pytest itself.
        damage: what in the input could not be read, one line each.
    """

    streams: tuple[Stream, ...] = ()
    tests: tuple[Test, ...] = ()
    deselected: Mapping[str, str] = field(default_factory=dict)
    collection: tuple[CollectProblem, ...] = ()
    warnings: tuple[WarningSeen, ...] = ()
    selections: tuple[SelectionMade, ...] = ()
    workers: tuple[WorkerEvent, ...] = ()
    internal: tuple[InternalError, ...] = ()
    damage: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Every process came to its end, and nothing of what it wrote is lost."""
        return bool(self.streams) and not self.damage and all(stream.footer for stream in self.streams)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is doubtful about the run as it was read, and which of its shards are missing, a line each."""
        headers = [stream.header for stream in self.streams]
        return (*(note for header in headers for note in header.notes), *find_missing_shards(headers))

    @functools.cached_property
    def not_plain(self) -> tuple[Test, ...]:
        """The tests that are not plain: few of most runs, and looked through by every artifact."""
        return tuple(test for test in self.tests if not test.plain)

    @property
    def plain_count(self) -> int:
        """How many tests are plain."""
        return len(self.tests) - len(self.not_plain)

    @property
    def remarkable(self) -> Iterator[Result]:
        """The results of tests that are not plain, test by test."""
        for test in self.not_plain:
            yield from test.results

    @property
    def results(self) -> Iterator[Result]:
        """What pytest counts, test by test. Collection problems are not among them."""
        for test in self.tests:
            yield from test.results

    @property
    def running(self) -> tuple[Test, ...]:
        """Tests that were running when their process was killed."""
        return tuple(test for test in self.tests if test.running)

    def count_tests(self) -> Counter[Outcome]:
        """Count tests by outcome, each once; those left out after collection as not selected."""
        counts = Counter(test.outcome for test in self.not_plain)
        if self.plain_count:
            counts[Outcome.PASSED] += self.plain_count
        if self.deselected:
            counts[Outcome.NOT_SELECTED] = len(self.deselected)
        return counts

    def count_results(self) -> Counter[str]:
        """Count as pytest's last line does: collection problems as `error` or `skipped`, tests that did not run not at all."""
        counts: Counter[str] = Counter(problem.outcome for problem in self.collection)
        counts["passed"] += self.plain_count
        for result in self.remarkable:
            counts[result.counted] += 1
        del counts["-"]
        counts.update({"deselected": len(self.deselected), "warnings": len(self.warnings)})
        return +counts
