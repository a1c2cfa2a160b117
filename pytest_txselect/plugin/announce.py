"""What becomes of a selection where it was made: users are told, workers get it, nothing is a success."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_txselect.plugin.when import is_recorded
from pytest_txselect.wording import render_doubts, render_evidence, render_explanation

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_txselect.applied import Applied
    from pytest_txselect.engine.plan import Plan

__all__ = ["HANDED_OVER", "Announce"]

HANDED_OVER: Final = "txselect_selection"
"""Where xdist's workers find the selection in `workerinput`."""


class Announce:
    """Speaks about the selection; on the controller only.

    Args:
        plan: the selection with its reasons.
        applied: the same, in the form that workers apply.
        headline: the same, in one line.
    """

    def __init__(self, plan: Plan, applied: Applied, headline: str) -> None:
        self._plan = plan
        self._applied = applied
        self._headline = headline

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the selection to an xdist worker."""
        node.workerinput[HANDED_OVER] = self._applied.to_json()

    def pytest_report_header(self, config: pytest.Config) -> list[str]:
        """Say what was selected."""
        asked: bool | None = config.getoption("txselect_record")
        recording = True if is_recorded(config) else asked
        if recording and config.option.collectonly:
            recording = None  # nothing runs
        return [
            f"txselect: {line}"
            for line in (
                self._headline,
                *render_evidence(self._plan, recording=recording),
                *render_doubts(self._plan),
            )
        ]

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionstart(self, session: pytest.Session) -> Generator[None, object, object]:
        """After the header: what `-q`, which leaves the header out, keeps of it, and the explanation."""
        result = yield
        terminal = session.config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None:
            if session.config.get_verbosity() == -1:
                terminal.write_line(f"txselect: {self._headline}")
            if session.config.getoption("txselect_explain"):
                unsaid = render_doubts(self._plan) if session.config.get_verbosity() < 0 else ()
                for line in (*unsaid, *render_explanation(self._plan)):
                    terminal.write_line(f"txselect: {line}")
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Make nothing selected a success.

        pytest calls a session that collected nothing a failure as soon as this loop ends, before it asks
        anybody. It only looks whether the number of tests is zero.
        """
        result = yield
        if not session.testscollected and not self._applied.everything:
            session.testscollected = -1
        return result
