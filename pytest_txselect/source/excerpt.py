"""A file without the functions in which nothing is that only a syntax tree tells.

Making a tree costs ten times what scanning costs, and most of a large file is functions without any import by
name. Lines keep their numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Words", "cut_out"]

FUNCTION: Final = re.compile(r"^([ \t]*)(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
IMPORT: Final = re.compile(r"\s*(?:from|import)\b")
CALLED: Final = re.compile(r"\s*\(")
RENAMED: Final = re.compile(r"\s+as\b")
WORTH: Final = 4_000
"""Shorter files are looked at as a whole."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words that a tree may tell more of.

    Attributes:
        telling: functions that have one of these stay.
        calls: those of them that may be given other names, which tell as well.
        spreading: these tell, and so do the names of functions that have them.
    """

    telling: frozenset[str]
    calls: frozenset[str]
    spreading: frozenset[str] = frozenset()


def cut_out(text: str, code: str, words: Words) -> str | None:
    r"""Replace functions by empty ones.

    Args:
        text: the file.
        code: the same without comments, with `""` for each string and `\v` for each line end that ends nothing.
        words: what functions have that stay.

    Returns:
        What is left; None where that cannot be told, or is all.
    """
    if len(text) < WORTH or _renames(code, words.calls):
        return None
    functions = list(_find_functions(code))
    telling = _either(words.telling | _spread(functions, code, words.spreading))
    lines = text.split("\n")
    counted = line = 0
    for start, end, head in functions:
        if telling.search(code, start, end):
            continue
        line += code.count("\n", counted, start) + code.count("\v", counted, start)
        counted = start
        height = 1 + code.count("\n", start, end) + code.count("\v", start, end)
        lines[line : line + height] = [f"{head}(): 0", *[""] * (height - 1)]
    return "\n".join(lines) if counted else None


def _find_functions(code: str) -> Iterator[tuple[int, int, str]]:
    """Where functions begin and end that are in no other function, and how they begin."""
    end = 0
    for match in FUNCTION.finditer(code):
        start = match.start()
        if start < end:
            continue
        behind = re.compile(rf"\n(?=[ \t]{{0,{len(match.group(1))}}}[^ \t\n\v)\]}}])").search(code, start)
        end = behind.start() if behind else len(code)
        yield start, end, f"{match.group(1)}def {match.group(2)}"


def _spread(functions: list[tuple[int, int, str]], code: str, words: frozenset[str]) -> frozenset[str]:
    """Words, the names of functions that have them, the names of functions that have these, and so on."""
    found: frozenset[str] = frozenset()
    more = words
    while more:
        found |= more
        either = _either(more)
        more = (
            frozenset(head.split()[-1] for start, end, head in functions if either.search(code, start, end))
            - found
        )
    return found


@lru_cache(32)
def _either(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(words))})\b")


def _renames(code: str, words: frozenset[str]) -> bool:
    """Whether one of some words is used otherwise than to call it, or to import it by its name."""
    for match in _either(words).finditer(code):
        if CALLED.match(code, match.end()):
            continue
        line = code.rfind("\n", 0, match.start()) + 1
        if not IMPORT.match(code, line) or RENAMED.match(code, match.end()):
            return True
    return False
