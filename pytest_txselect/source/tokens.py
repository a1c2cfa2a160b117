r"""A file's text cut into code, strings and comments, by one compiled expression.

Most strings are short, without escapes, and stand by themselves, so that nothing beside them makes them part of a
longer constant: an argument, an element, a key. These are told from the others by the expression itself: between
`(`, `[`, `{`, `,`, `:` or `=` and `,`, `:`, `.`, `=`, `]`, `}`, the end of a line that the next one does not go on
from, or the brackets around arguments. What is left is for `literals.py` to look at, one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["Tokens", "UncertainError", "cut"]

ARGUMENT: Final = r"\)[ \t\n\\)]*+[^ \t\n\\)+*\[%\"'#]"
"""The end of arguments or elements which no operator goes on from."""
LINE: Final = r"[ \t]*+\n\s*+(?![fFrRbBuUtT]{0,2}[\"'])[\w@\]}]"
"""The end of a line; what the next one begins with is no string and no operator."""


def _alternatives(quote: str) -> list[str]:
    """Of strings in one kind of quotes; each begins with the quote itself, so that `re` searches for that."""
    text = rf"([^{quote}\\\n]++){quote}"
    element = rf"(?<=[(\[{{,:=]{quote})|(?<=[(\[{{,:=] {quote})"
    argument = rf"(?<=, {quote})|(?<=={quote})|(?<== {quote})|(?<=\w\({quote})"
    lone = rf"{quote}(?!{quote * 2})"
    docs = rf"(?:[^{quote}]++|(?<!\\){lone})*+(?<!\\){quote * 3}"  # no quote is escaped, so what else is does not matter
    long = rf"{quote * 2}(?:{docs}|(?:[^{quote}\\]++|\\.|{lone})*+{quote * 3})"
    return [
        rf"{quote}(?:{element}){text}(?=[,:.=\]}}])",
        rf"{quote}(?:{argument}){text}(?={ARGUMENT}|{LINE})",
        rf"{quote}({long}|(?:[^{quote}\\\n]++|\\.)*+{quote})",
    ]


TOKEN: Final = re.compile(
    "|".join([*_alternatives('"'), *_alternatives("'"), r"#()[^\n]*+", r"\$(?!)", r"%(?!)", r"&(?!)"]),
    re.DOTALL,
)
"""What does not end as it should is left in the code.

(No token begins with the last three letters: with them, all that do are neighbours, for which `re` looks fastest.)
"""
STRIDE: Final = 1 + TOKEN.groups
PLAIN: Final = (1, 2, 4, 5)
DOUBLE, SINGLE, COMMENT = 3, 6, 7


class UncertainError(Exception):
    """Only compiling the file tells."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a text consists of.

    Attributes:
        codes: the code before the first token, between any two, and behind the last.
        plains: texts of the plain strings that stand by themselves, in no order.
        others: the other strings: number of the token, and the string with its quotes, without its prefix.
        comments: numbers of the tokens that are comments.
    """

    codes: list[str]
    plains: list[str]
    others: list[tuple[int, str]]
    comments: frozenset[int]


def cut(text: str) -> Tokens:
    r"""Cut a file's text, in which lines end with `\n`."""
    parts = TOKEN.split(text)
    plains: list[str] = []
    for place in PLAIN:
        plains += filter(None, parts[place::STRIDE])
    others = [(number, f'"{rest}') for number, rest in enumerate(parts[DOUBLE::STRIDE]) if rest]
    single = [(number, f"'{rest}") for number, rest in enumerate(parts[SINGLE::STRIDE]) if rest]
    comments = frozenset([number for number, mark in enumerate(parts[COMMENT::STRIDE]) if mark is not None])
    return Tokens(parts[0::STRIDE], plains, sorted([*others, *single]) if single else others, comments)
