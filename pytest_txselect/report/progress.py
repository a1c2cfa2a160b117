"""A test while its records come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.report.records import Outcome, Pass
from pytest_txselect.report.run import Attempt

if TYPE_CHECKING:
    from pytest_txselect.report.phase import PassValues, StartValues
    from pytest_txselect.report.records import Phase
    from pytest_txselect.report.run import Test

__all__ = ["Progress"]

_NEXT_PHASE: Final = {"setup": "call", "call": "teardown"}


class Progress:
    """What is known of a test, in the stream at hand and those before.

    One of these is kept for each test while a run goes on. Its values are attributes of their own, since each
    object that holds others is one more for Python's collector of garbage to look at.

    Attributes:
        test: node id.
        report: id of the report it belongs to.
        worker: under `--dist each`, the worker it is of.
        number: how many of that node id came before it in the stream.
        run: the stream at hand.
        started: whether it has started, in any stream.
        file: where it is defined, as its first start says; `line`, `name`, `time` and `why` likewise.
        passed: whether the attempt that is going on is one that passed with nothing to tell; then `begun`,
            `setup`, `call`, `teardown` and `by` are the values of the record.
        phases: of the attempt that is going on.
        plain: whether all of its phases passed and have nothing to tell but their times.
        done: whether it is over, in the stream at hand.
        running: the phase it was in when its last stream broke off.
        attempts: those that are over; `close` ends the last one.
    """

    __slots__ = (
        "attempts", "begun", "by", "call", "done", "file", "last", "line", "name", "number", "passed", "phases",
        "plain", "report", "run", "running", "setup", "started", "teardown", "test", "time", "why", "worker",
    )  # fmt: skip

    def __init__(self, report: str, test: str, worker: str, number: int) -> None:
        self.report = report
        self.test = test
        self.worker = worker
        self.number = number
        self.run = ""
        self.started = self.passed = self.done = False
        self.plain = True
        self.running = ""
        self.phases: list[Phase] | None = None  # made when there is one: most tests have a pass only
        self.last: Phase | None = None  # of the attempt going on, leaving subtests aside
        self.attempts: tuple[Attempt, ...] = ()
        self.file = self.name = self.why = ""
        self.line, self.time = 0, 0.0

    def start(self, values: StartValues) -> None:
        """Take the values of its first start in."""
        if not self.started:
            self.started = True
            _, self.file, self.line, self.name, self.time, self.why = values

    def resume(self, test: Test) -> None:
        """Take in what an earlier stream left of the test, which is over there."""
        self.started, self.plain, self.attempts = True, test.plain, test.attempts
        self.file, self.line, self.name, self.time, self.why = (
            test.file, test.line, test.name, test.started, test.why,
        )  # fmt: skip

    def close(self) -> None:
        """End the attempt that is going on, if one is."""
        if self.phases or self.passed:
            done = None
            if self.passed:
                done = Pass(self.test, self.begun, self.setup, self.call, self.teardown, self.by)
            self.attempts += (Attempt(self.run, tuple(self.phases) if self.phases else (), done),)
            self.phases, self.passed = None, False
        self.done, self.last = False, None

    def finish(self, values: PassValues) -> None:
        """Take the values of a pass in."""
        if self.phases or self.passed:
            self.close()
        self.passed = self.done = True
        _, self.begun, self.setup, self.call, self.teardown, self.by = values

    def add(self, phase: Phase) -> None:
        """Take a phase in."""
        if self.passed or (phase.when == "setup" and not phase.subtest and self.last is not None):
            self.close()
        if self.phases is None:
            self.phases = []
        self.phases.append(phase)
        if not phase.is_bare:
            self.plain = False
            if phase.subtest:
                return
        self.last = phase
        self.done = phase.when not in _NEXT_PHASE

    @property
    def going_on(self) -> str:
        """The phase that it is in, `unknown` where it has only started; empty when it has not, or is done."""
        if self.done or not (self.started or self.phases):
            return ""
        return _NEXT_PHASE[self.last.when] if self.last else "unknown"

    @property
    def to_repeat(self) -> bool:
        """Whether the attempt that is going on, or has just ended, is to be followed by another."""
        return any(phase.outcome is Outcome.RERUN for phase in self.phases or ())
