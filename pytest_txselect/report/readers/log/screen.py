"""From the bytes of a log to the lines that a person would have seen."""

from __future__ import annotations

import codecs
import re
from typing import Final

from pytest_txselect.report.plain import strip_colours
from pytest_txselect.report.readers.unreadable import UnreadableError

__all__ = ["is_binary", "read_screen"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_STEP: Final = r"(?:[^\t]{1,300}\t[^\t]{1,300}\t\ufeff?)?"  # job and step: as `gh run view --log` writes them
_STAMP: Final = (
    re.compile(  # before each line: as of GitHub; in brackets, of Jenkins; with stream and kind, of GitLab
        _STEP + r"\[?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z\]?(?: [0-9a-f]{2}[OE](?:(?P<more>\+)| |$)| )?"
    )
)
_STRINGS: Final = re.compile(r"\x1b[_P^X][^\x07\x1b]*(?:\x07|\x1b\\)")  # Buildkite's time stamps are one kind
_CONTROLS: Final = bytes(set(range(32)) - set(b"\b\t\n\f\r\x1b"))
_MOST_CONTROLS: Final = 0.03


def read_screen(data: bytes) -> list[str]:
    """Read the lines of a log: decoded, without colours, of lines that were overwritten what was left.

    Bytes that are not UTF-8 become lone surrogates; UTF-16 is what PowerShell writes.

    Raises:
        UnreadableError: it is empty.
    """
    if not data.strip(b" \t\r\n\0"):
        raise UnreadableError("it is empty: the test run did not begin, or its output went elsewhere")
    text = _decode(data)
    lines = strip_colours(_STRINGS.sub("", text)).split("\n")
    stamped = sum(1 for line in lines if _STAMP.match(line))
    return [_settle(line) for line in (_remove_stamps(lines) if stamped > len(lines) // 2 else lines)]


def _remove_stamps(lines: list[str]) -> list[str]:
    """Remove the time stamps before lines; GitLab gives one to each piece of a line (`01O+`), which are put together."""
    plain: list[str] = []
    for line in lines:
        stamp = _STAMP.match(line)
        text = line[stamp.end() :] if stamp else line
        if stamp and stamp["more"] and plain:
            plain[-1] += text
        else:
            plain.append(text)
    return plain


def is_binary(data: bytes) -> bool:
    """Tell whether a file is no text at all; what tests have printed may hold anything, so this is a guess."""
    if data.startswith(tuple(mark for mark, _ in _MARKS)):
        return False
    return len(data) - len(data.translate(None, _CONTROLS)) > len(data) * _MOST_CONTROLS


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
