"""Text of tests made harmless: what a terminal or a workflow log would obey becomes visible."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["cut", "encode", "make_visible", "strip_colours"]

_SEQUENCES: Final = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])"
_UNSEEN: Final = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
_UNSEEN_IN_LINE: Final = (
    f"{_UNSEEN}|[\t\n]"  # compiled by those that need them: most texts have nothing unseen
)


def strip_colours(text: str) -> str:
    """Remove the sequences by which a terminal is told colours, titles and positions."""
    return re.sub(_SEQUENCES, "", text) if "\x1b" in text else text


def make_visible(text: str, *, line: bool = True) -> str:
    r"""Replace control characters, directions of writing and lone surrogates by escapes (`\x1b`).

    Args:
        text: any text.
        line: whether it is to stay one line: then line feeds and tabs are replaced too.
    """
    if text.isprintable():
        return text
    return re.sub(_UNSEEN_IN_LINE if line else _UNSEEN, _escape, text)


def _escape(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape", "backslashreplace").decode("ascii")


def cut(text: str, length: int) -> str:
    """Cut a line to a number of characters, an ellipsis included."""
    return text if len(text) <= length else text[: length - 1] + "…"


def encode(text: str) -> bytes:
    """Encode for a file: UTF-8, with lone surrogates as escapes."""
    return text.encode("utf-8", "backslashreplace")
