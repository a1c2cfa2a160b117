"""Names of classes that a file only compares with: `if name == "Oven"`, `if name in ["Oven", "Stove"]`.

Whoever has a value that is equal to such a string has it from elsewhere, so that it is no name that this file asks for.
What stands in an assertion is: a test, or what helps one, expects this very class.

Only what is certain counts. The places are looked for in the text, where a comment or a docstring that has the name
makes it less certain and never more; and names that do not begin as those of classes are not looked for at all.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

__all__ = ["find_compared"]

NAMED: Final = rb"[A-Z]\w*[a-z]\w*"
NAME: Final = re.compile(NAMED.decode() + r"\Z", re.ASCII)
EQUALS: Final = {
    f"{operator} {quote}": re.compile(b"(" + NAMED + b")" + quote.encode())
    for operator in ("==", "!=")
    for quote in ('"', "'")
}
"""What is in front of a name that is compared with, its quote included, and what follows."""
FRONTS: Final = {
    each.rstrip("'\" "): tuple(other for other in EQUALS if other[:2] == each[:2]) or (each,)
    for each in (*EQUALS, " in [", " in (", " in {")
}
"""How code ends in front of strings that are compared with, and what to look for in a text where it does."""
DISPLAY: Final = re.compile(rb"""((?:\s|#[^\n]*\n|,|"[^"\\\n]+"|'[^'\\\n]+')*+)[\])}]""")
"""Strings behind a bracket, and nothing else."""
ELEMENT: Final = re.compile(rb"""#[^\n]*\n|"([^"\\\n]+)"|'([^'\\\n]+)'""")
ASKING: Final = re.compile(
    rb"\b(?:and|elif|if|or|while)\b(?:[ \t]+|[ \t]*\([(\s]*)(?:not[ \t]+)?[\w.]+(?:\([^()\n]*\)|\[[^\[\]\n]*\])*(?:[ \t]+not)?\Z"
)
"""In front of the ` in ` of a comparison: the target of a `for` has no such word right in front of it."""
FURTHEST: Final = 200
"""So many bytes in front of a place are looked at."""
ASSERTS: Final = re.compile(rb"\bassert")


def find_compared(constants: Collection[str], source: bytes, codes: Sequence[str]) -> frozenset[str]:
    """The names of classes among some strings that are only compared with.

    Args:
        constants: of a file, as often as they stand in it.
        source: the file.
        codes: the parts of its code between strings and comments. How these end tells of most files that they compare with no
            such name, much faster than the text does.
    """
    if not any("A" <= each < "[" and NAME.match(each) for each in constants):
        return frozenset()
    fronts = _find_fronts(codes)
    if not fronts:
        return frozenset()
    places = Counter(_find_places(source, fronts))
    if not places:
        return frozenset()
    counts = Counter(
        each for each in constants if each.encode("utf-8", "replace") in places and NAME.match(each)
    )
    return frozenset(
        name
        for name, count in counts.items()
        if count == places[name.encode()] == _count(name.encode(), source)
    )


def _count(name: bytes, source: bytes) -> int:
    """How often a name stands in quotes, whatever is around these."""
    return source.count(b'"' + name + b'"') + source.count(b"'" + name + b"'")


def _find_fronts(codes: Sequence[str]) -> frozenset[str]:
    """How parts of code end where strings may be compared with."""
    ends = tuple(FRONTS)
    ending = [each for each in map(str.rstrip, codes) if each.endswith(ends)]
    return frozenset(front for front in ends if any(each.endswith(front) for each in ending))


def _find_places(source: bytes, fronts: Iterable[str]) -> Iterator[bytes]:
    """The names that something is compared with, as often as it is."""
    for front in (each for end in fronts for each in FRONTS[end]):
        pattern, sought = EQUALS.get(front), front.encode()
        at = source.find(sought)
        while at >= 0:
            behind = at + len(front)
            if pattern is None:
                yield from _find_members(source, at, behind)
            elif (match := pattern.match(source, behind)) and _is_certain(source, at, at):
                yield match[1]
            at = source.find(sought, behind)


def _find_members(source: bytes, at: int, behind: int) -> Iterator[bytes]:
    """The names in brackets that begin `behind` an ` in ` which is at a place."""
    match = DISPLAY.match(source, behind)
    asking = ASKING.search(source, max(0, at - FURTHEST), at) if match else None
    if match and asking and _is_certain(source, asking.start(), at):
        yield from (one or other for one, other in ELEMENT.findall(match[1]))


def _is_certain(source: bytes, start: int, end: int) -> bool:
    """Whether a comparison is in no comment, as far as that needs no look at strings, and in no assertion."""
    line = source.rfind(b"\n", 0, start) + 1
    return b"#" not in source[line:end] and ASSERTS.search(source, max(0, line - FURTHEST), end) is None
