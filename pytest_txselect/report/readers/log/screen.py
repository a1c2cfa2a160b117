"""From the bytes of a log to the lines that a person would have seen."""

from __future__ import annotations

import codecs
import re
from typing import Final

from pytest_txselect.report.plain import strip_colours
from pytest_txselect.report.readers.unreadable import UnreadableError

__all__ = ["read_screen"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z ?")  # GitHub puts one before each line
_MOST_NULLS: Final = 0.01


def read_screen(data: bytes) -> list[str]:
    """Read the lines of a log: decoded, without colours, of lines that were overwritten what was left.

    Bytes that are not UTF-8 become lone surrogates; UTF-16 is what PowerShell writes.

    Raises:
        UnreadableError: it is empty, or no text.
    """
    if not data.strip(b" \t\r\n\0"):
        raise UnreadableError("it is empty: the test run did not begin, or its output went elsewhere")
    text = _decode(data)
    if text.count("\0") > len(text) * _MOST_NULLS:
        raise UnreadableError("it is binary: no saved output of pytest")
    lines = [_settle(line) for line in strip_colours(text).split("\n")]
    stamped = sum(1 for line in lines if _STAMP.match(line))
    if stamped > len(lines) // 2:
        lines = [_STAMP.sub("", line, count=1) for line in lines]
    return lines


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace" if mark != codecs.BOM_UTF8 else "surrogateescape").lstrip(
                "\ufeff"
            )
    return data.decode("utf-8", "surrogateescape")


def _settle(line: str) -> str:
    """Return what is left of a line that was written over itself: what came after the last carriage return."""
    if "\r" not in line:
        return line
    return next((part for part in reversed(line.split("\r")) if part.strip()), "")
