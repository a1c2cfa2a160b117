"""`--txselect-audit`: everything runs, and the selection beside it is held against what happened.

Registered where outcomes are known: not in xdist's workers. It changes no outcome and no exit status.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Final

import pytest

from pytest_txselect.engine.auditing import Observed, audit_run, find_missing_edges
from pytest_txselect.errors import TxSelectError
from pytest_txselect.plugin.checkout import find_checkout
from pytest_txselect.plugin.phases import find_frames
from pytest_txselect.project.tree import join
from pytest_txselect.selection_json import name_selection
from pytest_txselect.store.audits import AuditRecord, append_audit, read_audits, weigh_audits
from pytest_txselect.wording import render_audit, render_safety

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_txselect.applied import Applied
    from pytest_txselect.engine.auditing import Audit, MissingEdge
    from pytest_txselect.engine.plan import Plan

__all__ = ["AuditHooks", "register"]


class AuditHooks:
    """Watches a run of everything.

    Args:
        config: of this process.
        plan: the selection.
        applied: the same, as it would have been applied.
        store: folder of the store.
    """

    def __init__(self, config: pytest.Config, plan: Plan, applied: Applied, store: Path) -> None:
        self._plan: Final = plan
        self._applied: Final = applied
        self._store: Final = store
        self._mode: Final[str] = config.getoption("txselect_mode")
        self._commit: Final = find_checkout(config.rootpath)[1]
        below = os.path.relpath(os.path.realpath(config.rootpath), applied.top).replace(os.sep, "/")
        self._rootdir: Final = "" if below == "." else below
        self._failed: Final[dict[str, tuple[tuple[str, int], ...]]] = {}
        self._seconds: Final[dict[str, float]] = {}

    def pytest_report_header(self) -> str:
        """Say that nothing is left out."""
        return "txselect: audit: everything runs; what would have been left out is told at the end"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a phase; a test that is run again begins anew."""
        node = report.nodeid
        if report.when == "setup":
            self._seconds[node] = 0.0
            self._failed.pop(node, None)
        self._seconds[node] = self._seconds.get(node, 0.0) + report.duration
        if report.failed:
            self._failed.setdefault(node, find_frames(report))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be collected is a failure of its tests."""
        if report.failed:
            self._seconds.setdefault(report.nodeid, 0.0)
            self._failed.setdefault(report.nodeid, find_frames(report))

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell what the selection would have done, after the run was recorded."""
        audit = audit_run(self._observe())
        edges = [(each.node, self._name_edges(each)) for each in audit.missed]
        terminalreporter.write_sep("=", "txselect: audit")
        for line in render_audit(audit, edges):
            terminalreporter.write_line(line, red=bool(audit.missed) and line.startswith("MISSED"))
        terminalreporter.write_line(self._remember(audit))

    def _observe(self) -> Iterator[Observed]:
        for node, seconds in self._seconds.items():
            path = join(self._rootdir, node.partition("::")[0])
            chosen = self._applied.runs(path, node) if "::" in node else self._applied.allows(path)
            yield Observed(node, node in self._failed, seconds, chosen, self._failed.get(node, ()))

    def _name_edges(self, observed: Observed) -> list[MissingEdge] | str:
        """The missing edges, or why they cannot be named."""
        try:
            return find_missing_edges(self._plan, observed, self._store)
        except TxSelectError as error:
            return str(error)

    def _remember(self, audit: Audit) -> str:
        """Append the audit to the history; what that says now."""
        changes = self._plan.selection.changes
        record = AuditRecord(
            time=time.time(),
            base=changes.base_commit if changes else "",
            commit=self._commit,
            python=sys.implementation.cache_tag or "",
            mode=self._mode,
            runs=name_selection(self._plan),
            tests=audit.tests,
            chosen=audit.chosen,
            seconds=round(audit.seconds, 4),
            spared=round(audit.spared, 4),
            failures=audit.failures,
            missed=tuple(each.node for each in audit.missed),
        )
        try:
            append_audit(self._store, record)
            return render_safety(weigh_audits(read_audits(self._store)))
        except OSError as error:
            return f"history: {self._store}: not written: {error.strerror or error}"


def register(config: pytest.Config, plan: Plan, applied: Applied, store: Path) -> None:
    """Register the audit of a selection."""
    config.pluginmanager.register(AuditHooks(config, plan, applied, store), "txselect-audit")
