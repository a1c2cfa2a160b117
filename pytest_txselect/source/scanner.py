"""A shorter way from source to facts than compiling: what is inside functions and classes is only scanned.

Compiling a file costs fifteen times what searching it with a compiled expression costs. So a file is cut
once into code, strings and comments (`tokens.py`); from the code come identifiers, parameters, the imports inside
functions and classes, and what plain statements at the top import and bind (`top_level.py`). What remains is
compiled, and says what it binds and imports by the same reading of bytecode as for a whole file.

The scanner never guesses. Whatever it cannot be certain of makes it give None, and the file is compiled
whole: quotes or brackets that do not match, quotes inside the fields of f-strings, `TYPE_CHECKING` inside a
function, form feeds, other encodings than UTF-8, identifiers that are not ASCII, a statement continued at
the beginning of a line, constants that the compiler would compute. Its answers have everything that
compiling finds, and more where telling them apart would cost more than it saves: names of local variables,
both the whole and the parts of strings that stand beside one another, imports in code that never executes.
What the compiler itself makes up is no fact: names of keyword arguments as strings, `__doc__` and
`__module__` of every class.

A file that Python would refuse for what is inside a function may still be scanned. It cannot be imported,
so no test that reaches it can pass; and a changed file is always parsed (`edits.py`).
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.literals import Literals
from pytest_txselect.source.tokens import UncertainError, cut
from pytest_txselect.source.top_level import read_top_level

if TYPE_CHECKING:
    from types import CodeType

    from pytest_txselect.source.facts import Import
    from pytest_txselect.source.tokens import Tokens

__all__ = ["LISTED", "REFLECTION", "Scan", "scan"]

COOKIE: Final = re.compile(rb"[ \t]*#.*?coding[:=]")
BLANKS: Final = bytes(
    number if chr(number).isalnum() or chr(number) == "_" else 0x20 for number in range(128)
).ljust(256)
"""Of bytes, since these are translated much faster than texts."""
HEADER: Final = re.compile(
    r"def(?<!\wdef)[ \t\v]+(?:\w+\s*(?:\[[^\]]*\]\s*)?"
    r"(\((?:[^()]++|\((?:[^()]++|\((?:[^()]++|\([^()]*+\))*+\))*+\))*+\)))?"
)
LAMBDA: Final = re.compile(r"lambda(?<!\wlambda)\b([^:]*+)")
PARAMETER: Final = re.compile(r"[(,*]\s*+([A-Za-z_]\w*)")
TAKING: Final = ("dir", "getmembers", "vars")
REFLECTION: Final = frozenset({"__dict__", *TAKING})
TAKEN: Final = {
    word: re.compile(rf"{word}(?<!\w{word})\s*" r"(?:\(\s*(?:([^\W\d][\w\s.]*?)\s*[,)]|(\())|(\)))")
    for word in TAKING
}
"""A name, or a bracket, behind the bracket of a call that takes every attribute of its argument; `(dir)(x)`."""
LISTED: Final = ".__all__"
"""Takes every name that a module lists, which of a lazy one may be in any module below it."""
EVERY: Final = re.compile(r"\.\s*__(?:dict|all)__\b")
OWNER: Final = re.compile(r"([^\W\d]\w*(?:\s*\.\s*\w+)*)\s*\Z")
LONGEST_OWNER: Final = 200
KEYWORDS: Final = frozenset(keyword.kwlist)
BRACKETS: Final = ("()", "[]", "{}")
NO_BRACKETS: Final = bytes(number for number in range(1, 128) if chr(number) not in "()[]{}")


@dataclass(frozen=True, slots=True)
class Scan:
    r"""What scanning found.

    Attributes:
        text: the file's.
        code: the same without comments, with `""` for each string and `\v` for each line end that ends nothing.
        rest: code object of those statements at the top of the module that their text says too little of.
        imports: those of all other statements, and in functions and classes.
        bound: names bound by all other statements at the top.
        names: identifiers.
        parameters: of functions.
        constants: strings that are no docstrings.
        reflected: dotted names of which every attribute is taken (`dir(a.b)`, `a.b.__dict__`), or lists
            (`a.b.__all__`); None where only a tree tells.
        codes: the parts of the code between strings and comments, also in the fields of f-strings.
    """

    text: str
    code: str
    rest: CodeType | None
    imports: tuple[Import, ...]
    bound: frozenset[str]
    names: frozenset[str]
    parameters: frozenset[str]
    constants: list[str]
    reflected: frozenset[str] | None
    codes: list[str]


def scan(source: bytes) -> Scan | None:
    """Scan a Python file.

    Returns:
        What was found; None where only compiling the file tells.
    """
    text = _decode(source)
    if text is None:
        return None
    try:
        return _scan(text, cut(text))
    except (UncertainError, SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return None


def _decode(source: bytes) -> str | None:
    """The text of a file without unusual encodings or characters."""
    source = source.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in source:  # looked for by itself, which is much faster
        source = source.replace(b"\r\n", b"\n")
    if b"\r" in source or b"\f" in source or b"\v" in source or b"\0" in source:
        return None
    first, _, rest = source[:2000].partition(b"\n")
    if any(COOKIE.match(line) and b"utf-8" not in line for line in (first, rest.partition(b"\n")[0])):
        return None
    try:
        return source.decode()
    except UnicodeDecodeError:
        return None


def _scan(text: str, tokens: Tokens) -> Scan:
    """Read a file that was cut into code, strings and comments."""
    brackets = "\0".join(tokens.codes)
    if not brackets.isascii():
        raise UncertainError
    brackets = brackets.encode("ascii").translate(None, NO_BRACKETS).decode("ascii")
    if any(brackets.count(pair[0]) != brackets.count(pair[1]) for pair in BRACKETS):
        raise UncertainError
    literals = Literals()
    literals.read(tokens, brackets.split("\0"))
    code = _join(tokens)
    top = read_top_level(code)
    codes = [code, *literals.fields]
    words = " ".join(codes)
    if not words.isascii():
        raise UncertainError
    names = set(words.encode("ascii").translate(BLANKS).decode("ascii").split())
    names.difference_update(KEYWORDS)
    return Scan(
        text,
        code,
        compile(top.rest, "<source>", "exec", dont_inherit=True) if top.rest else None,
        tuple(top.imports),
        frozenset(top.bound),
        frozenset(filter(str.isidentifier, names)),
        _find_parameters(codes),
        literals.found,
        frozenset()
        if names.isdisjoint(REFLECTION) and LISTED not in words
        else _find_reflected(codes, names),
        [*tokens.codes, *(part for each in literals.fields if '""' in each for part in each.split('""'))],
    )


def _join(tokens: Tokens) -> str:
    r"""The code alone: `""` for each string, nothing for comments, `\v` for line ends in strings and behind `\`.

    Raises:
        UncertainError: quotes do not match.
    """
    marks = ['""'] * (len(tokens.codes) - 1)
    for number in tokens.comments:
        marks[number] = ""
    for number, text in tokens.others:
        if "\n" in text:
            marks[number] += "\v" * text.count("\n")
    pieces = [""] * (len(tokens.codes) + len(marks))
    pieces[0::2], pieces[1::2] = tokens.codes, marks
    code = "".join(pieces).replace("\\\n", "\v")
    if "'" in code or "\\" in code or code.count('"') != 2 * (len(marks) - len(tokens.comments)):
        raise UncertainError
    return code


def _find_reflected(codes: list[str], names: set[str]) -> frozenset[str] | None:
    """What code takes every attribute of, as far as it has a name; None where that is not certain.

    Args:
        codes: the code, and that in the fields of f-strings.
        names: identifiers in it.
    """
    text = "\n".join(codes).replace("\v", " ")
    taken: set[str] = set()
    for pattern in (TAKEN[word] for word in TAKING if word in names):
        for name, bracket, closed in pattern.findall(text):
            if bracket or closed:
                return None
            taken.add("".join(name.split()))
    for match in EVERY.finditer(text) if "__dict__" in names or "__all__" in names else ():
        front = text[max(0, match.start() - LONGEST_OWNER) : match.start()]
        if front.rstrip()[-1:] == ")":
            return None
        owner = OWNER.search(front)
        listed = LISTED if "all" in match.group() else ""
        taken.update(["".join(owner.group(1).split()) + listed] if owner else ())
    return frozenset(taken)


def _find_parameters(codes: list[str]) -> frozenset[str]:
    """Names of the parameters of all functions in code and in the fields of f-strings."""
    headers: set[str] = set()
    for code in codes:
        if "def" in code:
            headers.update(HEADER.findall(code))
        if "lambda" in code:
            lambdas = LAMBDA.findall(code)
            if any("{" in each or "[" in each or "lambda" in each for each in lambdas):
                raise UncertainError
            headers.update(each or " " for each in lambdas)
    if "" in headers:  # parameters that could not be found
        raise UncertainError
    return frozenset(PARAMETER.findall(",".join(["", *headers])))
