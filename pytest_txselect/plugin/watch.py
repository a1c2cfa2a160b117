"""Long work seen from a pytest run: a line on the terminal, for as long as it takes."""

from __future__ import annotations

import sys
import time
from typing import Final

__all__ = ["TerminalProgress"]

DELAY: Final = 0.5
"""Seconds after which work is long."""


class TerminalProgress:
    """Shows a counter on standard error, if that is a terminal."""

    def __init__(self) -> None:
        self._shown = False
        self._what = ""
        self._total = 0
        self._done = 0
        self._next = 0.0

    def begin(self, what: str, total: int) -> None:
        """Work begins."""
        self._what, self._total, self._done = what, total, 0
        self._next = time.monotonic() + DELAY

    def step(self, number: int) -> None:
        """Show how far it is, ten times a second at the most."""
        self._done += number
        now = time.monotonic()
        if now >= self._next and sys.stderr.isatty():
            self._next = now + 0.1
            self._shown = True
            sys.stderr.write(f"\rtxselect: {self._what} {self._done:,} of {self._total:,}")
            sys.stderr.flush()

    def end(self) -> None:
        """Wipe the line."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False

    def say(self, line: str) -> None:
        """Tell about a command that runs."""
        sys.stderr.write(f"txselect: {line}\n")
