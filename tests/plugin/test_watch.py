"""Long work seen from a terminal."""

from __future__ import annotations

import io
import time
from contextlib import redirect_stderr

import pytest

from pytest_txselect.plugin.watch import DELAY, TerminalProgress


class Screen(io.StringIO):
    """Standard error, a terminal or not."""

    terminal = True

    def isatty(self) -> bool:
        """Whether somebody watches."""
        return self.terminal


def test_short_work() -> None:
    """Nothing is shown of what is soon done."""
    screen, progress = Screen(), TerminalProgress()
    with redirect_stderr(screen):
        progress.begin("reading", 2)
        progress.step(1)
        progress.step(1)
        progress.end()
    assert screen.getvalue() == ""


@pytest.mark.parametrize("terminal", [True, False])
def test_long_work(*, terminal: bool) -> None:
    """A counter is shown where somebody watches, now and then, and wiped at the end."""
    screen, progress = Screen(), TerminalProgress()
    screen.terminal = terminal
    with redirect_stderr(screen):
        progress.begin("reading", 2000)
        time.sleep(DELAY)
        progress.step(30)
        progress.step(30)
        progress.end()
        progress.end()
    shown = "\rtxselect: reading 30 of 2,000\r\x1b[K"
    assert screen.getvalue() == (shown if terminal else "")


def test_commands() -> None:
    """A command that runs is told whoever watches."""
    screen = Screen()
    screen.terminal = False
    with redirect_stderr(screen):
        TerminalProgress().say("git fetch origin main")
    assert screen.getvalue() == "txselect: git fetch origin main\n"
