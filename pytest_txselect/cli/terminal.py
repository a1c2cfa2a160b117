"""Where a command writes: colour, width, notices and progress, each only where somebody can see it."""

from __future__ import annotations

import os
import sys
import textwrap
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

__all__ = ["Progress", "Terminal", "escape_controls", "open_terminal"]

STYLES: Final = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "cyan": "36",
}
NARROWEST: Final = 20
DEFAULT_WIDTH: Final = 80
FIRST_DRAWN_AFTER: Final = 0.5
DRAWN_EVERY: Final = 0.1


@dataclass(frozen=True, slots=True)
class Terminal:
    """The two streams of a command, and what they can show.

    Attributes:
        out: for what was asked for.
        err: for notices, errors and progress.
        colour: whether `out` shows colours.
        width: columns that a line of text may take.
        interactive: whether somebody watches `err`.
    """

    out: TextIO
    err: TextIO
    colour: bool
    width: int
    interactive: bool

    @classmethod
    def of(cls, out: TextIO, err: TextIO, environ: Mapping[str, str]) -> Terminal:
        """Find out what two streams can show.

        Args:
            out: standard output.
            err: standard error.
            environ: for `NO_COLOR`, `FORCE_COLOR`, `TERM` and `COLUMNS`.
        """
        return cls(out, err, _has_colour(out, environ), _find_width(out, environ), err.isatty())

    def style(self, text: str, *names: str) -> str:
        """Colour a text; its control characters are escaped, as file names may hold any."""
        safe = escape_controls(text)
        if not self.colour or not names:
            return safe
        codes = ";".join(STYLES[name] for name in names)
        return f"\x1b[{codes}m{safe}\x1b[0m"

    def write(self, line: str = "") -> None:
        """Write a line to `out`. What did not come from us must have been through `style`."""
        self.out.write(f"{line}\n")

    def notice(self, text: str) -> None:
        """Write a line about how we work to `err`."""
        self.err.write(f"txselect: {escape_controls(text)}\n")

    def wrap(self, text: str, indent: str = "") -> list[str]:
        """Cut a text into lines that fit, between words only; each starts with the indentation."""
        return textwrap.wrap(
            text,
            max(self.width, NARROWEST),
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def track(self, label: str, total: int) -> Progress:
        """Show progress while a `with` block runs, if somebody watches."""
        return Progress(self.err if self.interactive else None, label, total, self.width)


class Progress:
    """A bar that is redrawn in place, appears only when work takes long, and leaves nothing behind.

    Args:
        stream: a terminal; None shows nothing.
        label: what is being done.
        total: how many steps there are; 0 where nobody knows.
        width: columns of the terminal.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        stream: TextIO | None,
        label: str,
        total: int,
        width: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream
        self._label = escape_controls(label)
        self._total = total
        self._width = width
        self._clock = clock
        self._done = 0
        self._drawn = False
        self._next = clock() + FIRST_DRAWN_AFTER

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn and self._stream is not None:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def advance(self, steps: int = 1) -> None:
        """Say that some steps are done."""
        self._done += steps
        if self._stream is not None and self._clock() >= self._next:
            self._next = self._clock() + DRAWN_EVERY
            self._drawn = True
            self._stream.write(f"\r{self._render()}\x1b[K")
            self._stream.flush()

    def _render(self) -> str:
        if not self._total:
            return f"{self._label} {self._done:,}"[: self._width - 1]
        count = f" {self._done:,}/{self._total:,}"
        room = self._width - 1 - len(self._label) - len(count) - 3
        filled = max(room, 0) * min(self._done, self._total) // self._total
        bar = f" [{'#' * filled}{'-' * (room - filled)}]" if room >= NARROWEST // 2 else ""
        return f"{self._label}{bar}{count}"[: self._width - 1]


def open_terminal() -> Terminal:
    """Take the process's streams; a character that they cannot encode is then written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # a stream that was replaced may lack it
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    return Terminal.of(sys.stdout, sys.stderr, os.environ)


def escape_controls(text: str) -> str:
    """Escape what a terminal would obey or cannot show: control characters, bytes that are not UTF-8."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _has_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return stream.isatty() and environ.get("TERM") != "dumb"


def _find_width(stream: TextIO, environ: Mapping[str, str]) -> int:
    columns = environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns[:9]):
        return max(int(columns[:9]), NARROWEST)
    try:
        columns_of_terminal = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError, AttributeError):  # no terminal, or no descriptor at all
        return DEFAULT_WIDTH
    return max(columns_of_terminal or DEFAULT_WIDTH, NARROWEST)
