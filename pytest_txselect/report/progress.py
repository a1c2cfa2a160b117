"""A test while its records come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.report.records import Outcome, Pass
from pytest_txselect.report.run import Attempt

if TYPE_CHECKING:
    from pytest_txselect.report.phase import PassValues, StartValues
    from pytest_txselect.report.records import Phase

__all__ = ["Progress"]

_NEXT_PHASE: Final = {"setup": "call", "call": "teardown"}


class Progress:
    """What is known of a test, in the stream at hand and those before.

    One of these is kept for each test while a run goes on, and most have a start and a pass only: what else there
    may be is an attribute of the class until there is some.

    Attributes:
        test: node id.
        report: id of the report it belongs to.
        worker: under `--dist each`, the worker it is of.
        number: how many of that node id came before it in the stream.
        run: the stream at hand.
        begun: the values of its first start, in whatever stream; None where it has not started.
        passed: if the attempt that is going on passed with nothing to tell, the values of that record.
        phases: of the attempt that is going on.
        plain: whether all of its phases passed and have nothing to tell but their times.
        done: whether it is over, in the stream at hand.
        last: the latest phase of the attempt that is going on, leaving subtests aside.
        running: the phase it was in when its last stream broke off.
    """

    run: str = ""
    begun: StartValues | None = None
    passed: PassValues | None = None
    phases: list[Phase] | None = None
    plain: bool = True
    done: bool = False
    last: Phase | None = None
    running: str = ""
    _attempts: list[Attempt] | None = None

    def __init__(self, report: str, test: str, worker: str, number: int) -> None:
        self.report = report
        self.test = test
        self.worker = worker
        self.number = number

    def start(self, values: StartValues) -> None:
        """Take the values of its first start in."""
        if self.begun is None:
            self.begun = values

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Those that are over; `close` ends the last one."""
        return tuple(self._attempts or ())

    def close(self) -> None:
        """End the attempt that is going on, if one is."""
        if self.passed or self.phases:
            passed = Pass._make(self.passed) if self.passed else None
            attempt = Attempt(self.run, tuple(self.phases or ()), passed)
            if self._attempts is None:
                self._attempts = [attempt]
            else:
                self._attempts.append(attempt)
            self.phases = self.passed = None
        self.done, self.last = False, None

    def finish(self, values: PassValues) -> None:
        """Take the values of a pass in."""
        if self.passed or self.phases:
            self.close()
        self.passed = values
        self.done = True

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
        if self.done or not (self.begun or self.phases):
            return ""
        return _NEXT_PHASE[self.last.when] if self.last else "unknown"

    @property
    def to_repeat(self) -> bool:
        """Whether the attempt that is going on, or has just ended, is to be followed by another."""
        return any(phase.outcome is Outcome.RERUN for phase in self.phases or ())
