"""Beginnings of dotted names, `"pkg."`, that are put in front of nothing, or only where it is known what comes of it.

Where they stand is looked for in the text: comments and docstrings count as code, which makes it less certain and never more.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["find_asked_beginnings", "find_taken"]

BEGINNING: Final = re.compile(r"[A-Za-z]\w*(?:\.\w+)*\.\Z", re.ASCII)
ASKED_FIRST: Final = re.compile(
    rb"\.(?:removeprefix\(|startswith\((?:\s*\((?:\s*['\"][\w.]*['\"],)*\s*)?)['\"]\Z"
)
WORD: Final = re.compile(rb"\w")
FRONT: Final = re.compile(rb"[\w.]")
FURTHEST: Final = 200
"""So many bytes in front of a beginning are looked at: others may be asked for in the same call."""


def find_asked_beginnings(strings: Iterable[str], source: bytes) -> frozenset[str]:
    """The beginnings of dotted names among some strings that are only asked for: `name.startswith("pkg.")`.

    Args:
        strings: of a file.
        source: the file. Comments and docstrings count as code, which makes it less certain and never more.
    """
    found: set[str] = set()
    if b"startswith(" not in source and b"removeprefix(" not in source:
        return frozenset()
    for each in strings:
        if each[-1:] == "." and BEGINNING.match(each):
            text = each.encode("ascii")
            places = _find_places(text, source)
            if places and all(
                ASKED_FIRST.search(source[max(0, place - FURTHEST) : place]) for place in places
            ):
                found.add(each)
    return frozenset(found)


def find_taken(used: Iterable[str], source: bytes) -> frozenset[str]:
    """The beginnings of dotted names that stand nowhere but where they were found.

    Args:
        used: strings, as often as they were found.
        source: the file.
    """
    counts = Counter(each for each in used if each[-1:] == "." and BEGINNING.match(each))
    return frozenset(
        each for each, number in counts.items() if len(_find_places(each.encode("ascii"), source)) == number
    )


def _find_places(text: bytes, source: bytes) -> list[int]:
    """Where a text stands that goes on neither before nor behind."""
    found: list[int] = []
    at = source.find(text)
    while at >= 0:
        if not WORD.match(source, at + len(text)) and not (at and FRONT.match(source, at - 1)):
            found.append(at)
        at = source.find(text, at + 1)
    return found
