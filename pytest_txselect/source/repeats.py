"""Strings that an operator beside them may make another constant of: `2 * "ab"`, `"ab" * 2`, `"ab"[0]`."""

from __future__ import annotations

import re
from typing import Final

from pytest_txselect.source.tokens import UncertainError

__all__ = ["BLANK", "find_repeated"]

BLANK: Final = " \t\n\v\\"
STARRED: Final = re.compile(r"[(,\[]\s*\*\Z")
CONSTANT: Final = r"(?!(?:True|False|None|not|__debug__)\b)"
NAME_LEFT: Final = re.compile(rf"(?<!\w){CONSTANT}[A-Za-z_]\w*\s*\*\Z")
NAME_RIGHT: Final = re.compile(rf"\*\s*\(*\s*{CONSTANT}[A-Za-z_]")
NUMBER_LEFT: Final = re.compile(r"(?:[=\[,:{]|\w\()\s*(\d{1,5})\s*\*\Z")
NUMBER_RIGHT: Final = re.compile(r"\*\s*(\d{1,5})(?![\w.])")
STARTED: Final = re.compile(r"(?:[=\[,:{]|\w\()\s*\Z")
ENDING: Final = frozenset(",:]}=")
OPERATORS: Final = frozenset("+*[%")
LONGEST_PREFIX: Final = 3
LONGEST_FRONT: Final = 100
LONGEST_COMPUTED: Final = 4096
"""The compiler computes no longer strings."""


def find_repeated(front: str, text: str, behind: str) -> list[str]:
    """What the compiler may make of a string by an operator in front of it or behind it, beside itself.

    Args:
        front: the code in front, from the string before on, without blanks at its end.
        text: the string.
        behind: the code behind, up to the next string, without blanks at its beginning.

    Raises:
        UncertainError: it cannot be told.
    """
    left, right = front[-1:] == "*", behind[:1] == "*"
    if not (left or right or behind[:1] == "[") or not any(each.isalnum() or each == "/" for each in text):
        return []
    front = front[-LONGEST_FRONT:]
    number = None
    if left and not right:
        if STARRED.search(front) and _ends(behind):
            return []  # `f(*"ab")` takes it apart
        if NAME_LEFT.search(front) and behind[:1] != "[":
            return []
        number = NUMBER_LEFT.search(front) if _ends(behind) else None
    elif right and not left:
        if NAME_RIGHT.match(behind):
            return []
        number = NUMBER_RIGHT.match(behind) if STARTED.search(front) else None
        number = number if number and _ends(behind[number.end() :]) else None
    if number is None:
        raise UncertainError
    times = int(number.group(1))
    return [text * times] if len(text) * times <= LONGEST_COMPUTED else []


def _ends(behind: str) -> bool:
    """Whether no operator and no other string goes on behind."""
    rest = behind.lstrip(BLANK)
    if rest[:1] in ENDING:
        return True
    rest = rest.lstrip(BLANK + ")")
    return len(rest) > LONGEST_PREFIX and rest[0] not in OPERATORS
