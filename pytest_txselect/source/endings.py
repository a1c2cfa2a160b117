"""Whether strings that may be part of a name are ever put beside something else, or only asked for.

`".py"` and `"plug.py"` may be the end of a script's name; `name.endswith(".py")` puts nothing together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["find_ends", "is_only_asked_for"]

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


PUT_BEHIND: Final = re.compile(
    rb"(?:\}|%[-\d.]*\w|"
    rb"(?:\+|(?<![=!<>])=|(?:\.join\(\s*[\[(]|['\"]\s*%\s*\()[^\])]{0,200}?)[\s(\\]*[bBrRuU]{0,2}['\"]{1,3})\Z"
)
"""What is in front of a string, or of a part of one, that is put behind another; or given a name, for that to be done with it."""
FURTHEST: Final = 1_000
"""So many bytes in front of a name are looked at, most of which can only be blanks."""
WHOLE: Final = re.compile(r"[A-Za-z0-9]\w*\.py\Z", re.ASCII)


def find_ends(strings: Iterable[str], source: bytes) -> frozenset[str]:
    """The names of scripts among some strings that may be the end of a longer name: `f"{name}plug.py"`.

    Args:
        strings: of a file. Those that no name begins with (`"_plug.py"`) are ends without being asked about.
        source: the file.
    """
    names = [each for each in strings if each[-3:] == ".py" and WHOLE.match(each)]
    return frozenset(each for each in names if _is_put_behind(each.encode("ascii"), source))


def _is_put_behind(name: bytes, source: bytes) -> bool:
    """Whether something that puts a text behind another is in front of a name, wherever that stands."""
    at = source.find(name)
    while at >= 0:
        if PUT_BEHIND.search(source, max(0, at - FURTHEST), at):
            return True
        at = source.find(name, at + 1)
    return False
