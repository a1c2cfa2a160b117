"""Turns what pytest reports into records, and hands each to the file and to what is kept for the end.

Most tests of most runs pass in next to no time and have nothing to tell. Their setup and call wait for their
teardown, so that one record does for the three; a phase that took long, or has something to tell, is written
when it is reported.

Where this process runs the tests itself, the three wait for the next test, and are looked at together then:
between two tests the processor has forgotten what it knew of us, and each call costs several times what it costs
in a loop.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeAlias

import pytest

from pytest_txselect.plugin.phases import name_worker, read_phase
from pytest_txselect.report.assemble import Assembly
from pytest_txselect.report.lines import render_line, render_pass, render_start
from pytest_txselect.report.records import Outcome, Phase

if TYPE_CHECKING:
    from pytest_txselect.plugin.stash import SelectionNote
    from pytest_txselect.report.phase import StartValues
    from pytest_txselect.report.records import Record
    from pytest_txselect.report.run import Run
    from pytest_txselect.report.write import ResultsFile

__all__ = ["Recorder"]

_SOON: Final = 0.01  # a test whose setup and call take longer is worth a line for each of them
_QUICK: Final = _SOON / 2
_TestReport: Final = pytest.TestReport

_Waiting: TypeAlias = tuple[str, float, float] | tuple[str, float, float, float, float]
"""Worker, start and duration of the setup, and those of the call when it is done."""


class Recorder:
    """Takes reports and records, in the order in which things happen; a plugin from the session's start on.

    Attributes:
        assembly: what is kept of them for the end.
        note: the selection, when one was made.

    Args:
        file: where the lines go.
        config: pytest's.
        alone: whether this process runs the tests itself.
    """

    def __init__(self, file: ResultsFile, config: pytest.Config, *, alone: bool) -> None:
        self.assembly = Assembly()
        self.note: SelectionNote | None = None
        self._file = file
        self._config = config
        self._alone = alone
        self._now = time.time  # a test that replaces it means its own
        self._waiting: dict[str, _Waiting] = {}
        self._begun: StartValues | None = None  # of the test at hand, which the assembly does not know yet
        self._held: list[pytest.TestReport] = []  # those of the test at hand that were quick
        self._sections: dict[tuple[str, str], int] = {}

    def pytest_runtest_logstart(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        """Note that a test starts."""
        begun = self._begun
        before = "" if begun is None else self._end_test(begun)
        file, line, name = location
        why = "" if self.note is None else self.note.why(nodeid)
        values = (nodeid, file, 0 if line is None else line + 1, name, self._now(), why)
        self._file.append(before + render_start(values))
        if self._alone:
            self._begun = values
        else:
            self.assembly.take_start(values)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a phase; last, since pytest makes a test of failed subtests a failed one when it shows it.

        Most say that a phase passed, and nothing else, so this is fast for them. One of a class of its own, as that
        of a subtest, has more to tell.
        """
        if (
            report.outcome != "passed"
            or report.sections
            or report.user_properties
            or type(report) is not _TestReport
            or "wasxfail" in report.__dict__
        ):
            self._take_report(report)
        elif self._begun is None:
            self._take_passed(report)
        elif report.duration < _QUICK:
            self._held.append(report)
        else:
            self._release()
            self._take_passed(report)

    def take(self, record: Record) -> None:
        """Write a record, and keep it."""
        self._release()
        self._take(record)

    def _take(self, record: Record) -> None:
        self._file.append(render_line(record))
        self.assembly.take(record)

    def _release(self) -> None:
        """Take what is known of the test at hand: something else happened, or a phase that is to be written at once."""
        if self._begun is not None:
            line = self._end_test(self._begun)
            if line:
                self._file.append(line.rstrip("\n"))

    def _end_test(self, begun: StartValues) -> str:
        """Take what is held of the test at hand: as one, if it is all of the test.

        Returns:
            Its line, if it is one that is not written yet, with the newline.
        """
        held, self._held, self._begun = self._held, [], None
        if len(held) == 3 and not self._waiting:  # noqa: PLR2004 - the phases
            setup, call, teardown = held
            test = begun[0]
            if (
                call.when == "call"
                and teardown.when == "teardown"
                and setup.nodeid == call.nodeid == teardown.nodeid == test
            ):
                passed = (test, setup.start, setup.duration, call.duration, teardown.duration, "")
                small = self.assembly.small
                if small.get(test, begun) is None:
                    small[test] = begun + passed
                else:
                    self.assembly.take_start(begun)
                    self.assembly.take_pass(passed)
                return render_pass(passed) + "\n"
        self.assembly.take_start(begun)
        for report in held:
            self._take_passed(report)
        return ""

    def _take_passed(self, report: pytest.TestReport) -> None:
        """Take a report that says that a phase passed, and nothing else."""
        test, duration = report.nodeid, report.duration
        worker = "" if self._alone else getattr(report, "worker_id", "")
        held = self._waiting.pop(test, None)
        if held is None:
            if report.when == "setup" and duration < _SOON:
                self._waiting[test] = (worker, report.start, duration)
                return
        elif held[0] == worker:
            if len(held) == 5:  # noqa: PLR2004 - the call is done
                if report.when == "teardown":
                    values = (test, held[1], held[2], held[4], duration, worker)
                    self._file.append(render_pass(values))
                    self.assembly.take_pass(values)
                    return
            elif report.when == "call" and held[2] + duration < _SOON:
                self._waiting[test] = (*held, report.start, duration)
                return
        if held is not None:
            self._write_held(test, held)
        self._take(Phase(test, report.when, Outcome.PASSED, report.start, duration, worker))

    def _take_report(self, report: pytest.TestReport) -> None:
        """Take a report of a setup, call, teardown or subtest that has something to tell."""
        self._release()
        self._write_waiting(report.nodeid)
        counted = ""  # the word under which pytest counts it; empty when that is its outcome
        if report.outcome != "passed" or hasattr(report, "wasxfail") or hasattr(report, "context"):
            status = self._config.hook.pytest_report_teststatus(report=report, config=self._config)
            counted = (status[0] or "-") if status else ""
        self._take(read_phase(report, self._count_known_sections(report), counted))

    def finish(self) -> None:
        """Write what waits for a test that will not come, or for the end of one."""
        self._release()
        for test in list(self._waiting):
            self._write_waiting(test)

    def build(self) -> Run:
        """Build what the artifacts are rendered from, and keep nothing: Python's collector of garbage would look through it."""
        run = self.assembly.build()
        self.assembly = Assembly()
        return run

    def _write_waiting(self, test: str) -> None:
        held = self._waiting.pop(test, None)
        if held is not None:
            self._write_held(test, held)

    def _write_held(self, test: str, held: _Waiting) -> None:
        self._take(Phase(test, "setup", Outcome.PASSED, held[1], held[2], held[0]))
        if len(held) == 5:  # noqa: PLR2004 - the call is done
            self._take(Phase(test, "call", Outcome.PASSED, held[3], held[4], held[0]))

    def _count_known_sections(self, report: pytest.TestReport) -> int:
        """Count the sections that earlier reports of the test had, which pytest repeats in later ones."""
        total = len(report.sections)
        if not total:
            return 0
        key = (report.nodeid, name_worker(report))
        known = 0 if report.when == "setup" else min(self._sections.get(key, 0), total)
        if report.when == "teardown":
            self._sections.pop(key, None)
        elif not hasattr(report, "context"):  # a subtest's own output is in no other report
            self._sections[key] = total
        return known
