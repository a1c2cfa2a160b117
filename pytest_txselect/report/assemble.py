"""From records to a run: who ran what, how often, and what was left when it broke off.

Rules, for one stream:

- a `setup` after a `setup` of the same test, or after its `teardown`, begins another attempt;
- a `start` of a test that is done, and was not to be run again, is another test of the same node id (pytest's
  `--keep-duplicates`);
- under `--dist each` a node id is a test for each worker.

The streams of one report id are attempts at the same tests, in order of their start; a stream that comes
twice counts once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from pytest_txselect.report.lines import BadLineError
from pytest_txselect.report.records import (
    Collected,
    CollectProblem,
    Deselected,
    Footer,
    Header,
    InternalError,
    Outcome,
    Phase,
    SelectionMade,
    Start,
    WarningSeen,
    WorkerEvent,
)
from pytest_txselect.report.run import Attempt, Run, Stream, Test

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.report.records import Record

__all__ = ["Assembly", "assemble"]

_Key: TypeAlias = tuple[str, str, str, int]
"""Report id, node id, worker (under `--dist each`), how many of that node id came before."""

_NEXT_PHASE: Final = {"setup": "call", "call": "teardown"}


class _Progress:
    """A test while its records come in."""

    __slots__ = ("attempts", "done", "last", "phases", "run", "start")

    def __init__(self) -> None:
        self.start: Start | None = None
        self.attempts: list[Attempt] = []
        self.phases: list[Phase] = []
        self.done = False  # in the stream at hand
        self.last: Phase | None = None  # of the attempt going on, leaving subtests aside
        self.run = ""

    def close(self) -> None:
        """End the attempt that is going on, if one is."""
        if self.phases:
            self.attempts.append(Attempt(self.run, tuple(self.phases)))
            self.phases = []
        self.done, self.last = False, None

    def add(self, phase: Phase) -> None:
        """Take a phase in."""
        if phase.subtest:
            self.phases.append(phase)
            return
        if phase.when == "setup" and self.last is not None:
            self.close()
        self.phases.append(phase)
        self.last = phase
        self.done = phase.when not in _NEXT_PHASE

    @property
    def going_on(self) -> str:
        """The phase that it is in; empty when it has not started or is done."""
        if self.done or (self.start is None and not self.phases):
            return ""
        return _NEXT_PHASE[self.last.when] if self.last else "setup"

    @property
    def to_repeat(self) -> bool:
        """Whether the last thing heard of it is that it failed and will be run again."""
        return self.last is not None and self.last.outcome is Outcome.RERUN


class Assembly:
    """What is known while records come in: `take` each, then `build`."""

    def __init__(self) -> None:
        self.headers: dict[str, Header] = {}
        self.footers: dict[str, Footer] = {}
        self.tests: dict[_Key, _Progress] = {}
        self.running: dict[_Key, str] = {}
        self.deselected: dict[str, str] = {}
        self.collection: dict[tuple[str, str], CollectProblem] = {}
        self.warnings: list[WarningSeen] = []
        self.selections: list[SelectionMade] = []
        self.workers: list[WorkerEvent] = []
        self.internal: list[InternalError] = []
        self.damage: list[str] = []
        self.run = ""
        self.header = Header()
        self.skip = False
        self.touched: dict[_Key, _Progress] = {}
        self.latest: dict[tuple[str, str], _Key] = {}

    def take(self, item: Record | BadLineError) -> None:
        """Take a record in, in the order of the file."""
        if isinstance(item, Header):
            self.begin(item)
        elif isinstance(item, BadLineError):
            self.damage.append(str(item))
        elif not self.skip:
            self._take_of_stream(item)

    def begin(self, header: Header) -> None:
        """End the stream at hand, begin another."""
        self.end()
        run = header.run or f"#{len(self.headers)}"
        self.skip = run in self.headers
        if not self.skip:
            self.headers[run] = header
            self.run, self.header = run, header

    def end(self) -> None:
        """End the stream at hand: what is still going on was running when it broke off."""
        broke_off = self.run not in self.footers
        for key, progress in self.touched.items():
            if broke_off and progress.going_on:
                self.running[key] = progress.going_on
            else:
                self.running.pop(key, None)
            progress.close()
        self.touched, self.latest = {}, {}

    def _take_of_stream(self, item: Record) -> None:
        if not self.run:
            self.damage.append("records before the first header")
            self.begin(Header())
        if type(item) is Phase:
            self._find(item.test, item.worker).add(item)
        elif type(item) is Start:
            self._start(item)
        else:
            self._take_rare(item)

    def _take_rare(self, item: Record) -> None:
        match item:
            case Collected():
                for test in item.tests:
                    self._find(test, item.worker)
            case Deselected():
                self.deselected.update(dict.fromkeys(item.tests, item.reason))
            case CollectProblem():
                self.collection.setdefault((self.header.id, item.node), item)
            case WarningSeen():
                self.warnings.append(item)
            case SelectionMade():
                self.selections.append(item)
            case WorkerEvent():
                self.workers.append(item)
            case InternalError():
                self.internal.append(item)
            case Footer():
                self.footers[self.run] = item

    def _find(self, test: str, worker: str) -> _Progress:
        """Find the progress of a test in the stream at hand; there is one from now on."""
        short = (test, worker if self.header.each else "")
        key = self.latest.get(short)
        if key is None:
            return self._add(short, 0)
        return self.touched[key]

    def _add(self, short: tuple[str, str], number: int) -> _Progress:
        key = (self.header.id, *short, number)
        self.latest[short] = key
        progress = self.tests.setdefault(key, _Progress())
        progress.run = self.run
        self.touched[key] = progress
        return progress

    def _start(self, start: Start) -> None:
        if self.header.each:  # which worker started it is not known; where it is defined is the same for all
            for key, progress in self.touched.items():
                if key[1] == start.test and progress.start is None:
                    progress.start = start
            return
        progress = self._find(start.test, "")
        if progress.done and not progress.to_repeat:
            number = self.latest[start.test, ""][3] + 1
            progress = self._add((start.test, ""), number)
        elif progress.start is not None:
            progress.close()
        if progress.start is None:
            progress.start = start

    def build(self) -> Run:
        """Build the value, when all records are in."""
        self.end()
        return Run(
            streams=tuple(Stream(header, self.footers.get(run)) for run, header in self.headers.items()),
            tests=tuple(self._build_test(key, progress) for key, progress in self.tests.items()),
            deselected=self._still_deselected(),
            collection=tuple(self.collection.values()),
            warnings=tuple(self.warnings),
            selections=tuple(dict.fromkeys(self.selections)),
            workers=tuple(self.workers),
            internal=tuple(self.internal),
            damage=tuple(self.damage),
        )

    def _still_deselected(self) -> dict[str, str]:
        known = {key[1] for key in self.tests}
        return {test: reason for test, reason in self.deselected.items() if test not in known}

    def _build_test(self, key: _Key, progress: _Progress) -> Test:
        report, test, worker, _ = key
        file, _, name = test.partition("::")
        start = progress.start
        if len(progress.attempts) > 1:
            progress.attempts.sort(key=lambda attempt: (self.headers[attempt.run].started, attempt.run))
        return Test(
            id=test,
            report=report,
            file=(start and start.file) or file,
            line=start.line if start else 0,
            name=(start and start.name) or name or file,
            why=start.why if start else "",
            attempts=tuple(progress.attempts),
            started=start.time if start else 0.0,
            worker=worker,
            running=self.running.get(key, ""),
            not_run=self._why_not_run(key, progress),
        )

    def _why_not_run(self, key: _Key, progress: _Progress) -> str:
        if progress.attempts and any(
            phase.outcome is not Outcome.PASSED or phase.when not in {"setup", "teardown"}
            for phase in progress.attempts[-1].phases
        ):
            return ""
        footer = self.footers.get(progress.run)
        if footer is None:
            if key in self.running:
                return f"was running ({self.running[key]}) when the run broke off"
            return "not started when the run broke off"
        verb = "interrupted" if progress.start else "not started"
        return f"{verb}: {footer.stopped}" if footer.stopped else f"{verb} when the run ended"


def assemble(items: Iterable[Record | BadLineError]) -> Run:
    """Put a run together.

    Args:
        items: what `parse_lines` yields, of one file or of several after another.
    """
    assembly = Assembly()
    for item in items:
        assembly.take(item)
    return assembly.build()
