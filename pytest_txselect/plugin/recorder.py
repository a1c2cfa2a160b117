"""Turns what pytest reports into records, and hands each to the file and to what is kept for the end.

Most tests of most runs pass in next to no time and have nothing to tell. Their setup and call wait for their
teardown, so that one record does for the three; a phase that took long, or has something to tell, is written
when it is reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import pytest

from pytest_txselect.plugin.phases import name_worker, read_phase
from pytest_txselect.report.assemble import Assembly
from pytest_txselect.report.lines import render_line, render_pass, render_start
from pytest_txselect.report.records import Outcome, Phase

if TYPE_CHECKING:
    from pytest_txselect.report.phase import StartValues
    from pytest_txselect.report.records import Record
    from pytest_txselect.report.run import Run
    from pytest_txselect.report.write import ResultsFile

__all__ = ["Recorder"]

_SOON: Final = 0.01  # a test whose setup and call take longer is worth a line for each of them
_MORE: Final = frozenset({"wasxfail", "context"})
"""Attributes of a report that passed and has more to tell."""

_Waiting: TypeAlias = tuple[str, float, float] | tuple[str, float, float, float, float]
"""Worker, start and duration of the setup, and those of the call when it is done."""


class Recorder:
    """Takes reports and records, in the order in which things happen.

    Attributes:
        assembly: what is kept of them for the end.

    Args:
        file: where the lines go.
        alone: whether this process runs the tests itself: then a line follows the end of a test at once.
    """

    def __init__(self, file: ResultsFile, *, alone: bool) -> None:
        self.assembly = Assembly()
        self._file = file
        self._alone = alone
        self._waiting: dict[str, _Waiting] = {}
        self._sections: dict[tuple[str, str], int] = {}

    def take(self, record: Record) -> None:
        """Write a record, and keep it."""
        self._file.append(render_line(record))
        self.assembly.take(record)

    def take_start(self, values: StartValues) -> None:
        """Take that a test starts."""
        self._file.append(render_start(values))
        self.assembly.take_start(values)

    def take_plain(self, report: pytest.TestReport) -> bool:
        """Take a report if it says that a phase passed, and nothing else. Most do, so this is fast.

        Returns:
            Whether it does. One of a class of its own, as that of a subtest, has more to tell.
        """
        known = report.__dict__
        if (
            report.outcome != "passed"
            or report.sections
            or report.user_properties
            or type(report) is not pytest.TestReport
            or not _MORE.isdisjoint(known)
        ):
            return False
        test, duration = report.nodeid, report.duration
        worker = "" if self._alone else known.get("worker_id", "")
        held = self._waiting.pop(test, None)
        if held is None:
            if report.when == "setup" and duration < _SOON:
                self._waiting[test] = (worker, report.start, duration)
                return True
        elif held[0] == worker:
            if len(held) == 5:  # noqa: PLR2004 - the call is done
                if report.when == "teardown":
                    values = (test, held[1], held[2], held[4], duration, worker)
                    self._file.append(render_pass(values), wait=self._alone)
                    self.assembly.take_pass(values)
                    return True
            elif report.when == "call" and held[2] + duration < _SOON:
                self._waiting[test] = (*held, report.start, duration)
                return True
        if held is not None:
            self._write_held(test, held)
        self.take(Phase(test, report.when, Outcome.PASSED, report.start, duration, worker))
        return True

    def take_report(self, report: pytest.TestReport, counted: str) -> None:
        """Take any other report.

        Args:
            report: of a setup, call, teardown or subtest.
            counted: the word under which pytest counts it; empty when that is its outcome.
        """
        self._write_waiting(report.nodeid)
        self.take(read_phase(report, self._count_known_sections(report), counted))

    def finish(self) -> None:
        """Write what waits for the end of a test that will not come."""
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
        self.take(Phase(test, "setup", Outcome.PASSED, held[1], held[2], held[0]))
        if len(held) == 5:  # noqa: PLR2004 - the call is done
            self.take(Phase(test, "call", Outcome.PASSED, held[3], held[4], held[0]))

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
