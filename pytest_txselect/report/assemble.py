"""From records to a run: who ran what, how often, and what was left when it broke off.

Rules, for one stream:

- a `setup` after a `setup` of the same test, or after its `teardown`, begins another attempt;
- a `start` of a test that is done, and was not to be run again, is another test of the same node id (pytest's
  `--keep-duplicates`);
- under `--dist each` a node id is a test for each worker.

Most tests of most runs are collected, start, and pass with nothing to tell. Until something else is said of such a test it has
no `Progress`, only the values of its records.

The streams of one report (`Header.report`) are attempts at the same tests, in order of their start; a stream that comes
twice counts once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pytest_txselect.report.lines import BadLineError
from pytest_txselect.report.progress import Progress
from pytest_txselect.report.records import (
    Collected,
    CollectProblem,
    Deselected,
    Footer,
    Header,
    InternalError,
    Pass,
    Phase,
    SelectionMade,
    Start,
    WarningSeen,
    WorkerEvent,
)
from pytest_txselect.report.run import Run, Stream, Test, find_attempt_results
from pytest_txselect.report.small import DONE, STARTED, build_small, complete_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_txselect.report.phase import PassValues, StartValues
    from pytest_txselect.report.records import Record
    from pytest_txselect.report.run import Attempt
    from pytest_txselect.report.small import Small

__all__ = ["Assembly", "assemble"]


_Key: TypeAlias = str | tuple[str, str] | tuple[str, str, int]
"""A node id; with its worker under `--dist each`; with that and its number, where a stream has it more than once."""


class Assembly:
    """What is known while records come in: `take` each, then `build`."""

    def __init__(self) -> None:
        self.headers: dict[str, Header] = {}
        self.footers: dict[str, Footer] = {}
        self.tests: dict[str, dict[_Key, Progress | Test | None]] = {}  # by id of the report
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
        self.known: dict[_Key, Progress | Test | None] = {}  # those of the report at hand; None: in `small`
        self.small: dict[str, Small] = {}  # in the stream at hand, as the next three
        self.touched: list[Progress] = []
        self.latest: dict[_Key, Progress] = {}
        self.starts: dict[str, StartValues] = {}

    def take(self, item: Record | BadLineError) -> None:
        """Take a record in, in the order of the file."""
        kind = type(item)
        if (kind is Pass or kind is Start or kind is Phase) and self.run:
            if not self.skip:
                self._take_of_test(item)
        elif isinstance(item, Header):
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
            self.known = self.tests.setdefault(header.report, {})

    def end(self) -> None:
        """End the stream at hand: what is still going on was running when it broke off."""
        known, report, run = self.known, self.header.report, self.run
        broke_off = run not in self.footers
        for test, values in list(self.small.items()):
            if values is None or len(values) == STARTED or known[test] is not None:
                self._find(test, "")  # not over, or of an earlier stream too
            else:
                known[test] = build_small(report, run, values)
        for progress in self.touched:
            if self.starts and progress.test in self.starts:
                progress.start(self.starts[progress.test])
            progress.running = progress.going_on if broke_off else ""
            progress.close()
        self.small, self.touched, self.latest, self.starts = {}, [], {}, {}

    def _take_of_stream(self, item: Record) -> None:
        if not self.run:
            self.damage.append("records before the first header")
            self.begin(Header())
        if isinstance(item, Pass | Start | Phase):
            self._take_of_test(item)
        else:
            self._take_rare(item)

    def _take_of_test(self, item: Record | BadLineError) -> None:
        if type(item) is Pass:
            self.take_pass(item)
        elif type(item) is Phase:
            self._find(item.test, item.worker).add(item)
        elif type(item) is Start:
            self.take_start(item)

    def _take_rare(self, item: Record) -> None:
        match item:
            case Collected():
                self._take_collected(item)
            case Deselected():
                self.deselected.update(dict.fromkeys(item.tests, item.reason))
            case CollectProblem():
                self.collection.setdefault((self.header.report, item.node), item)
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

    def _take_collected(self, item: Collected) -> None:
        if self.header.each:
            for test in item.tests:
                self._find(test, item.worker)
            return
        known, small, latest = self.known, self.small, self.latest
        for test in item.tests:
            if test not in latest and test not in small:
                small[test] = None
                if test not in known:
                    known[test] = None

    def _find(self, test: str, worker: str) -> Progress:
        """Find the progress of a test in the stream at hand; there is one from now on."""
        short = (test, worker) if self.header.each else test
        if test in self.small:
            return self._grow(test, self.small.pop(test))
        return self.latest.get(short) or self._add(short, 0)

    def _grow(self, test: str, values: Small) -> Progress:
        """Give a test that had none a progress, with what is known."""
        progress = self._add(test, 0)
        if values:
            progress.start(values[:STARTED])
            if len(values) == DONE:
                progress.finish((test, *values[7:]))
        return progress

    def _add(self, short: str | tuple[str, str], number: int) -> Progress:
        test, worker = (short, "") if isinstance(short, str) else short
        key = (test, worker, number) if number else short
        progress = self.known.get(key)
        if not isinstance(progress, Progress):
            before, progress = progress, Progress(self.header.report, test, worker, number)
            if before is not None:
                progress.resume(before)
            self.known[key] = progress
        progress.run = self.run
        self.latest[short] = progress
        self.touched.append(progress)
        return progress

    def take_pass(self, values: PassValues) -> None:
        """Take the values of a pass in, as `take` does the record."""
        test = values[0]
        held = self.small.get(test)
        if held is not None and len(held) == STARTED:
            self.small[test] = held + values
        else:
            self._find(test, values[5]).finish(values)

    def take_start(self, values: StartValues) -> None:
        """Take the values of a start in, as `take` does the record."""
        test = values[0]
        if self.small.get(test, values) is None:
            self.small[test] = values
            return
        if self.header.each:  # which worker started it is not known; where it is defined is the same for all
            self.starts[test] = values
            return
        progress = self._find(test, "")
        if progress.started:
            if progress.done and not progress.to_repeat:
                progress = self._add(test, progress.number + 1)
            progress.close()
        progress.start(values)

    def build(self) -> Run:
        """Build the value, when all records are in."""
        self.end()
        return Run(
            streams=tuple(Stream(header, self.footers.get(run)) for run, header in self.headers.items()),
            tests=tuple(self._build_tests()),
            deselected=self._still_deselected(),
            collection=tuple(self.collection.values()),
            warnings=tuple(self.warnings),
            selections=tuple(dict.fromkeys(self.selections)),
            workers=tuple(self.workers),
            internal=tuple(self.internal),
            damage=tuple(self.damage),
        )

    def _still_deselected(self) -> dict[str, str]:
        if not self.deselected:
            return {}
        known = {key if isinstance(key, str) else key[0] for tests in self.tests.values() for key in tests}
        return {test: reason for test, reason in self.deselected.items() if test not in known}

    def _build_tests(self) -> Iterator[Test]:
        for known in self.tests.values():
            for each in known.values():
                if isinstance(each, Test):
                    yield each
                elif each is not None:
                    yield self._build_test(each)

    def _build_test(self, progress: Progress) -> Test:
        test, attempts = progress.test, progress.attempts
        if len(attempts) > 1:
            attempts = tuple(sorted(attempts, key=lambda each: (self.headers[each.run].started, each.run)))
        plain = len(attempts) == 1 and progress.plain and not progress.running
        plain = plain and (
            attempts[0].passed is not None or "call" in {each.when for each in attempts[0].recorded}
        )
        file, name = complete_names(test, progress.file, progress.name)
        not_run = "" if plain else self._why_not_run(progress, attempts)
        return Test(
            test,
            progress.report,
            file,
            progress.line,
            name,
            progress.why,
            attempts,
            progress.time,
            progress.worker,
            progress.running,
            not_run,
            plain,
        )

    def _why_not_run(self, progress: Progress, attempts: tuple[Attempt, ...]) -> str:
        if attempts and any(find_attempt_results(attempts[-1])):
            return ""
        footer = self.footers.get(progress.run)
        if footer is None:
            if progress.running:
                phase = "" if progress.running == "unknown" else f" ({progress.running})"
                return f"was running{phase} when the run broke off"
            return "not started when the run broke off"
        verb = "interrupted" if progress.started else "not started"
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
