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
    from collections.abc import Collection, Iterator

__all__ = ["find_compared"]

NAMED: Final = rb"[A-Z]\w*[a-z]\w*"
EQUALS: Final = {
    b'= "': re.compile(rb'= "(' + NAMED + rb')"'),
    b"= '": re.compile(rb"= '(" + NAMED + rb")'"),
}
"""What follows `==` and `!=`, and also `=`: `re` looks for what begins with the same letters by these, which is faster."""
DISPLAY: Final = re.compile(
    rb""" in [\[({]((?:\s|#[^\n]*\n|,|"[^"\\\n]+"|'[^'\\\n]+')*+)[\])}]""",
)
"""Strings in brackets behind `in`, and nothing else."""
ELEMENT: Final = re.compile(rb"""#[^\n]*\n|"([^"\\\n]+)"|'([^'\\\n]+)'""")
NAME: Final = re.compile(NAMED + rb"\Z")
ASKING: Final = re.compile(
    rb"\b(?:and|elif|if|or|while)\b(?:[ \t]+|[ \t]*\([(\s]*)(?:not[ \t]+)?[\w.]+(?:\([^()\n]*\)|\[[^\[\]\n]*\])*(?:[ \t]+not)?\Z"
)
"""In front of the ` in ` of a comparison: the target of a `for` has no such word right in front of it."""
FURTHEST: Final = 200
"""So many bytes in front of a place are looked at."""
ASSERTS: Final = re.compile(rb"\bassert")


def find_compared(constants: Collection[str], source: bytes) -> frozenset[str]:
    """The names of classes among some strings that are only compared with.

    Args:
        constants: of a file, as often as they stand in it.
        source: the file.
    """
    places = Counter(_find_places(source))
    if not places:
        return frozenset()
    counts = Counter(each for each in constants if each.encode("utf-8", "replace") in places)
    return frozenset(
        name
        for name, count in counts.items()
        if count == places[name.encode()] == _count(name.encode(), source)
    )


def _count(name: bytes, source: bytes) -> int:
    """How often a name stands in quotes, whatever is around these."""
    return source.count(b'"' + name + b'"') + source.count(b"'" + name + b"'")


def _find_places(source: bytes) -> Iterator[bytes]:
    """The names that something is compared with, as often as it is."""
    for front, pattern in EQUALS.items():
        for match in pattern.finditer(source) if front in source else ():
            at = match.start()
            if source[at - 1 : at] in {b"=", b"!"} and _is_certain(source, at, at):
                yield match[1]
    for match in DISPLAY.finditer(source):
        at = match.start()
        asking = ASKING.search(source, max(0, at - FURTHEST), at)
        if asking and _is_certain(source, asking.start(), at):
            yield from filter(NAME.match, (one or other for one, other in ELEMENT.findall(match[1])))


def _is_certain(source: bytes, start: int, end: int) -> bool:
    """Whether a comparison is in no comment, as far as that needs no look at strings, and in no assertion."""
    line = source.rfind(b"\n", 0, start) + 1
    return b"#" not in source[line:end] and ASSERTS.search(source, max(0, line - FURTHEST), end) is None
