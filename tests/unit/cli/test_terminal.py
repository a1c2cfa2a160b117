"""What a terminal, a pipe and the environment make of output."""

from __future__ import annotations

import io
import os
import pty

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.cli.terminal import Progress, Terminal, escape_controls


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def terminal(environ: dict[str, str] | None = None, *, tty: bool = True) -> Terminal:
    """Make a terminal, or a pipe."""
    return Terminal.of(Screen() if tty else io.StringIO(), Screen() if tty else io.StringIO(), environ or {})


@pytest.mark.parametrize(
    ("environ", "tty", "colour"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": ""}, False, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colour(environ: dict[str, str], tty: bool, colour: bool) -> None:
    """Colour is for terminals, unless the environment says otherwise."""
    found = terminal(environ, tty=tty)
    assert found.colour is colour
    assert found.style("x", "bold", "red") == ("\x1b[1;31mx\x1b[0m" if colour else "x")
    assert found.style("x") == "x"


@pytest.mark.parametrize(
    ("columns", "width"),
    [("100", 100), ("5", 20), ("0", 80), ("", 80), ("x", 80), ("²", 80), ("9" * 5000, 999_999_999)],
)
def test_width_of_the_environment(columns: str, width: int) -> None:
    """`COLUMNS` decides where it is a number; where nothing is known, 80."""
    assert terminal({"COLUMNS": columns}).width == width


def test_width_of_a_terminal() -> None:
    """A real terminal is asked for its width; one that does not know says 80."""
    controller, name = pty.openpty()
    with os.fdopen(controller, "wb"), open(name, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a descriptor
        assert Terminal.of(stream, stream, {}).width == 80


def test_text_goes_out_and_notices_do_not() -> None:
    """What was asked for goes to one stream, how we work to the other."""
    found = terminal()
    found.write("answer")
    found.write()
    found.notice("a \x1b[31mname")
    assert isinstance(found.out, io.StringIO)
    assert isinstance(found.err, io.StringIO)
    assert found.out.getvalue() == "answer\n\n"
    assert found.err.getvalue() == "txselect: a \\x1b[31mname\n"


def test_wrap() -> None:
    """Lines fit, and words stay whole."""
    assert terminal({"COLUMNS": "20"}).wrap("a-b " * 6 + "x" * 30, "# ") == [
        "# a-b a-b a-b a-b",
        "# a-b a-b",
        "# " + "x" * 30,
    ]


@given(st.text())
def test_escaped_text_cannot_command_a_terminal(text: str) -> None:
    """Whatever a file is called, its name on the screen is one line of printable characters."""
    shown = escape_controls(text)
    assert shown.isprintable()
    assert shown.isascii() or shown.encode()
    if text.isprintable():
        assert shown == text


def draw(total: int, steps: int, *, width: int = 40, seconds: float = 1.0) -> str:
    """Draw a bar with a clock that jumps a second at each look."""
    screen = Screen()
    now = iter(range(1000))
    with Progress(screen, "reading", total, width, clock=lambda: next(now) * seconds) as progress:
        for _ in range(steps):
            progress.advance()
    return screen.getvalue()


def test_progress_bar() -> None:
    """The bar fills, fits the width, and is wiped at the end."""
    assert draw(4, 4).split("\x1b[K") == [
        "\rreading [######-------------------] 1/4",
        "\rreading [############-------------] 2/4",
        "\rreading [##################-------] 3/4",
        "\rreading [#########################] 4/4",
        "\r",
        "",
    ]


def test_progress_of_unknown_length() -> None:
    """Without a total, a count."""
    assert draw(0, 1) == "\rreading 1\x1b[K\r\x1b[K"


def test_progress_on_a_narrow_terminal() -> None:
    """Where no bar fits, the numbers do, cut to the width."""
    assert draw(1000, 1, width=20) == "\rreading 1/1,000\x1b[K\r\x1b[K"
    assert draw(1000, 1, width=12) == "\rreading 1/1\x1b[K\r\x1b[K"


def test_progress_of_short_work_is_not_shown() -> None:
    """Work that ends soon leaves no trace."""
    assert draw(4, 4, seconds=0.01) == ""


def test_progress_without_a_terminal_is_nothing() -> None:
    """In a pipe nobody watches."""
    found = terminal(tty=False)
    with found.track("reading", 2) as progress:
        progress.advance(2)
    assert isinstance(found.err, io.StringIO)
    assert found.err.getvalue() == ""
    assert terminal().track("x", 1)._stream is not None
