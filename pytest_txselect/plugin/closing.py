"""What a report shows on the terminal when the run is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.report.annotations import render_annotations
from pytest_txselect.report.summary import summarise
from pytest_txselect.report.texts import render_summaries, show_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from pytest_txselect.report.run import Run

__all__ = ["show_closing"]


def show_closing(
    terminal: pytest.TerminalReporter, run: Run, folder: Path, failures: Sequence[str], *, annotate: bool
) -> None:
    """Show the three summaries, where the report is, and what of it could not be written.

    Args:
        terminal: where to.
        run: of which run.
        folder: where the report is.
        failures: what could not be written, a line each.
        annotate: whether to give GitHub's workflow commands too.
    """
    for heading, lines in render_summaries(summarise(run)):
        if lines:
            terminal.write_sep("=", f"txselect: {heading}")
            for line in lines:
                terminal.write_line(line)
        else:
            terminal.write_line(f"txselect: {heading}")
    for failure in failures:
        terminal.write_line(f"txselect: {show_line(failure)}", red=True)
    terminal.write_line(f"txselect: report in {show_line(str(folder))}")
    if annotate:
        for command in render_annotations(run):
            terminal.write_line(command)
