"""`--txselect-report`: writes records while the run happens, and renders them when it is over.

With xdist only the controller writes; its workers hand over what it cannot see. Everything that pytest tells
comes through public hooks and attributes, and what is shown at the end is rendered from the records, not from
the terminal.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import time
from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_txselect.errors import TxSelectError, UsageError
from pytest_txselect.plugin.phases import make_problem, make_warning
from pytest_txselect.plugin.recorder import Recorder
from pytest_txselect.plugin.stash import SELECTION_KEY, SelectionNote
from pytest_txselect.report.records import (
    Collected,
    Deselected,
    Footer,
    InternalError,
    SelectionMade,
    WorkerEvent,
)

if TYPE_CHECKING:
    import warnings
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from pytest_txselect.report.records import Record
    from pytest_txselect.report.run import Run
    from pytest_txselect.report.write import ResultsFile

__all__ = ["register"]

_NO_RUN: Final = ("collectonly", "showfixtures", "show_fixtures_per_test", "cacheshow")
_HANDED_OVER: Final = "txselect_deselected"
_BATCH: Final = 1000


def register(config: pytest.Config) -> None:
    """Register what this process has to do for a report; called when the option is on."""
    if hasattr(config, "workeroutput"):
        config.pluginmanager.register(WorkerReport(config.workeroutput), "txselect-report-worker")
    elif not any(config.getoption(name, None) for name in _NO_RUN):
        config.pluginmanager.register(Report(config), "txselect-report")


class WorkerReport:
    """On an xdist worker: tells the controller what was deselected here."""

    def __init__(self, output: dict[str, Any]) -> None:
        self._output = output
        self._deselected: list[str] = []

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Note the tests."""
        self._deselected += [item.nodeid for item in items]

    def pytest_collection_finish(self) -> None:
        """Hand them over: as ASCII, since xdist cannot send names that are not UTF-8."""
        self._output[_HANDED_OVER] = json.dumps(self._deselected)


class Report:
    """Where tests are directed: writes the records, and the artifacts at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._recorder: Recorder | None = None
        self._early: list[Record] = []  # until the recorder is there
        self._file: ResultsFile | None = None
        self._folder: Path | None = None
        self._note: SelectionNote | None = None
        self._each = False
        self._handed_over = False
        self._now, self._clock = time.time, time.perf_counter  # tests that replace them mean their own
        self._begun = 0.0
        self._stopped = ""
        self._failures: list[str] = []
        self._run: Run | None = None

    def _take(self, record: Record) -> None:
        """Write a record, and keep it for the end."""
        if self._recorder is None:
            self._early.append(record)
        else:
            self._recorder.take(record)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Begin the report: the folder, the file, the header."""
        from pytest_txselect.plugin.heading import make_header  # noqa: PLC0415 - starts git
        from pytest_txselect.report.write import open_results  # noqa: PLC0415 - with it

        self._begun = self._clock()
        option = self._config.getoption
        report_id = option("txselect_report_id") or option("txselect_job", None) or "tests"
        try:
            if not option("txselect_report_dir"):
                raise UsageError("report-folder", "--txselect-report-dir is empty: name a folder")
            base = self._config.invocation_params.dir / option("txselect_report_dir")
            self._folder, self._file = open_results(base, report_id)
        except TxSelectError as error:
            raise pytest.UsageError(str(error)) from None
        header = make_header(self._config, report_id)
        self._each = header.each
        self._recorder = Recorder(self._file, self._config, alone=not header.workers)
        self._config.pluginmanager.register(self._recorder, "txselect-report-recorder")
        for record in (header, *self._early):
            self._recorder.take(record)

    def pytest_collection(self) -> None:
        """Note the selection: it has been made by now."""
        note = self._note = self._config.stash.get(SELECTION_KEY, None)
        if note is not None:
            if self._recorder is not None:
                self._recorder.note = note
            self._take(SelectionMade(note.headline, note.document, note.left_out, note.left_out_reason))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what is to run."""
        self._collected([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:
        """Note what is to run: all workers have collected the same."""
        self._collected(ids, str(node.gateway.id))

    def _collected(self, ids: Sequence[str], worker: str = "") -> None:
        if worker and not self._each:
            if self._recorder is not None and self._recorder.assembly.known:
                return
            worker = ""
        for first in range(0, len(ids), _BATCH):
            self._take(Collected(tuple(ids[first : first + _BATCH]), worker))

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Note what was left out after collection."""
        self._deselected([item.nodeid for item in items])

    def _deselected(self, tests: list[str]) -> None:
        asked = self._describe_filters()
        by_reason: dict[str, list[str]] = {}
        for test in tests:
            reason = (self._note.why_not(test) if self._note else "") or asked
            by_reason.setdefault(reason, []).append(test)
        for reason, left_out in by_reason.items():
            for first in range(0, len(left_out), _BATCH):
                self._take(Deselected(tuple(left_out[first : first + _BATCH]), reason))

    def _describe_filters(self) -> str:
        """Describe the options that deselect; pytest does not tell which of them it was."""
        found = [
            f"{flag} {value}" for flag, name in _FILTERS if (value := self._config.getoption(name, None))
        ]
        flags = [flag for flag, name in _SWITCHES if self._config.getoption(name, None)]
        return ", ".join([*found, *flags]) or "deselected by a plugin or a conftest"

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note what could not be collected, or skipped itself."""
        if not report.passed:
            self._take(make_problem(report))

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str
    ) -> None:
        """Note a warning."""
        self._take(make_warning(warning_message, when, nodeid))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node: Any) -> None:
        """Note that a worker is there."""
        self._take(WorkerEvent(str(node.gateway.id), "up", self._now()))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Note that a worker is gone, and what the first of them deselected."""
        self._take(WorkerEvent(str(node.gateway.id), "down", self._now(), str(error or "")))
        handed = getattr(node, "workeroutput", {}).get(_HANDED_OVER)
        if handed and not self._handed_over:
            self._handed_over = True
            self._deselected(json.loads(handed))

    def pytest_internalerror(self, excrepr: object) -> None:
        """Note that pytest broke."""
        self._take(InternalError(str(excrepr)))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note why the run was interrupted."""
        self._stopped = str(excinfo.value) or excinfo.typename

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int | pytest.ExitCode
    ) -> Generator[None, object, object]:
        """End the report; as a wrapper, so that it happens whatever other plugins do here."""
        if self._recorder is not None:
            self._recorder.finish()  # what others do at the end may take long, and be killed
        try:
            return (yield)
        finally:
            if self._recorder is not None and self._file is not None:
                self._finish(self._recorder, self._file, session, int(session.exitstatus or exitstatus))

    def _finish(self, recorder: Recorder, file: ResultsFile, session: pytest.Session, status: int) -> None:
        stopped = self._stopped or str(session.shouldfail or session.shouldstop or "")
        recorder.finish()
        recorder.take(Footer(self._now(), self._clock() - self._begun, status, stopped))
        file.close()
        self._failures += [file.failure] if file.failure else []
        with _no_garbage():
            self._run = recorder.build()
            self._write_artifacts(self._run)

    def _write_artifacts(self, run: Run) -> None:
        from pytest_txselect.report.formats import FORMATS  # noqa: PLC0415 - with lxml, when tests are over
        from pytest_txselect.report.write import write_artifact  # noqa: PLC0415 - with it

        assert self._folder is not None  # noqa: S101 - the session has started
        if not self._folder.is_dir():  # and could not be made again, which has been said
            return
        for name, render in FORMATS.items():
            if name == "selection.json" and not run.selections:
                continue
            try:
                write_artifact(self._folder, name, render(run))
            except OSError as error:
                self._failures.append(f"{name} was not written: {error.strerror or error}")
            except Exception as error:  # noqa: BLE001 - the rim: the others shall be there
                self._failures.append(f"{name} was not written: {type(error).__name__}: {error}")

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the three summaries, and on GitHub the annotations."""
        from pytest_txselect.plugin.closing import show_closing  # noqa: PLC0415 - when tests are over

        if self._run is not None and self._folder is not None:
            on_github = os.environ.get("GITHUB_ACTIONS") == "true"
            show_closing(terminalreporter, self._run, self._folder, self._failures, annotate=on_github)
            self._run = None  # the collector of garbage would look through it as the process ends


@contextlib.contextmanager
def _no_garbage() -> Generator[None]:
    """Keep the collector of garbage out: it would look through all of pytest's reports in vain."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


_FILTERS: Final = (
    ("-k", "keyword"),
    ("-m", "markexpr"),
    ("--deselect", "deselect"),
    ("--txselect-shard", "txselect_shard"),
    ("--txselect-job", "txselect_job"),
    ("--txselect-prepared", "txselect_prepared"),
)
_SWITCHES: Final = (("--lf", "lf"), ("--sw", "stepwise"))
