"""A test while its records come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from pytest_txselect.report.records import Outcome, Pass
from pytest_txselect.report.run import Attempt

if TYPE_CHECKING:
    from pytest_txselect.report.phase import PassValues, StartValues
    from pytest_txselect.report.records import Phase

__all__ = ["Key", "Progress"]

Key: TypeAlias = tuple[str, str, str, int]
"""Report id, node id, worker (under `--dist each`), how many of that node id came before in the stream."""

_NEXT_PHASE: Final = {"setup": "call", "call": "teardown"}


class Progress:
    """What is known of a test, in the stream at hand and those before.

    Attributes:
        key: which test.
        start: the values of its start; the first one, when there are several streams.
        passed: the values of the pass, if the attempt that is going on is one.
        phases: those of the attempt that is going on.
        plain: whether all of its phases passed and have nothing to tell but their times.
        done: whether it is over, in the stream at hand.
        run: the stream at hand.
    """

    __slots__ = ("_attempts", "done", "key", "last", "passed", "phases", "plain", "run", "start")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.start: StartValues | None = None
        self.passed: PassValues | None = None
        self.phases: list[Phase] | None = None  # made when there is one: most tests have a pass only
        self.plain = True
        self.done = False
        self.run = ""
        self.last: Phase | None = None  # of the attempt going on, leaving subtests aside
        self._attempts: list[Attempt] | None = None

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Those that are over; `close` ends the last one."""
        return tuple(self._attempts or ())

    def close(self) -> None:
        """End the attempt that is going on, if one is."""
        if self.phases or self.passed:
            attempt = Attempt(self.run, tuple(self.phases or ()), Pass(*self.passed) if self.passed else None)
            if self._attempts is None:
                self._attempts = []
            self._attempts.append(attempt)
            self.phases = self.passed = None
        self.done, self.last = False, None

    def finish(self, passed: PassValues) -> None:
        """Take the values of a pass in."""
        if self.phases or self.passed:
            self.close()
        self.passed = passed
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
        if self.done or (self.start is None and not self.phases):
            return ""
        return _NEXT_PHASE[self.last.when] if self.last else "unknown"

    @property
    def to_repeat(self) -> bool:
        """Whether the attempt that is going on, or has just ended, is to be followed by another."""
        return any(phase.outcome is Outcome.RERUN for phase in self.phases or ())
