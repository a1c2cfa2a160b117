"""Whether `".py"` is ever put behind a name, or only asked for: `name.endswith(".py")`."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_only_asked_for"]

ENDING: Final = re.compile(rb"\.py(?!\w)")
NAME: Final = re.compile(rb"(?:[\w*?\\/-]|\w\])\Z")
"""What stands in front of the ending of a file's name that is there as a whole."""
FORMAT: Final = re.compile(rb"%[-\d.]*\w\Z")
ASKED: Final = re.compile(
    rb"(?:\.(?:count|endswith|find|index|partition|removesuffix|rfind|rindex|rpartition|rsplit|rstrip|split|strip)\("
    rb"|[=!]=[ ]?)['\"]\Z"
)
BEHIND: Final = re.compile(rb"['\"][ ]?(?:[),:]|\n|and\b|or\b|else\b)")
REACH: Final = 24
"""So many bytes in front of an ending are looked at: the longest name of a method, and what is around it."""


def is_only_asked_for(source: bytes) -> bool:
    """Whether a file that has the string `".py"` never puts it behind a name, as far as that is certain.

    Comments and docstrings count as code, which makes it less certain and never more.

    Args:
        source: the file, in any encoding that has ASCII.
    """
    asked = False
    for match in ENDING.finditer(source):
        start, end = match.span()
        before = source[max(0, start - REACH) : start]
        if ASKED.search(before):
            if not BEHIND.match(source, end):
                return False
            asked = True
        elif NAME.search(before) is None or FORMAT.search(before):
            return False
    return asked
