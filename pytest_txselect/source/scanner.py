"""A shorter way from source to facts than compiling: what is inside functions and classes is only scanned.

Compiling a file costs fifteen times what searching it with a compiled expression costs. So a file is split
once into code, strings and comments; from the code come identifiers, parameters and the imports inside
functions and classes; and what remains when the bodies of top-level functions and classes are taken out,
the *skeleton*, is compiled. It says what the module binds and imports, by the same reading of bytecode as
for a whole file.

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

from pytest_txselect.source.facts import Import
from pytest_txselect.source.literals import Literals, UncertainError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

__all__ = ["REFLECTION", "Scan", "scan"]

TOKEN: Final = re.compile(
    r'("""(?:[^"\\]++|\\.|"(?!""))*+"""|"(?:[^"\\\n]++|\\.)*+"'
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+'''|'(?:[^'\\\n]++|\\.)*+'"
    r"|#[^\n]*+(?:\n[ \t]*+#[^\n]*+)*+)",
    re.DOTALL,
)
"""A string without its prefix, or comments on lines of their own below one another. What does not end as it should is
left in the code."""
COOKIE: Final = re.compile(rb"[ \t]*#.*?coding[:=]")
BODY: Final = re.compile(
    r"^(class[ \t]+\w+|(?:async[ \t]+)?def[ \t]+\w+)\b[^\n]*+"
    r"(?:\n(?:[ \t)\]}][^\n]*+)?+(?=\n|\Z))*+",
    re.MULTILINE,
)  # fmt: skip
"""A function or class at the beginning of a line, with all lines that can begin no other statement there."""
BLANKS: Final = {number: " " for number in range(128) if not (chr(number).isalnum() or chr(number) == "_")}
IMPORT_WORD: Final = re.compile(r"import(?<!\wimport)\b")
BLANK: Final = r"[ \t\v]"
IMPORT: Final = re.compile(
    rf"import\b{BLANK}*([\w.,\v \t]+?)(?=[;\n]|\Z)"
    rf"|from\b([\w.\v \t]*?)\bimport\b{BLANK}*(?:\(([^()]*)\)|([\w,*\v \t]+?))(?={BLANK}*(?:[;\n]|\Z))"
)
HEADER: Final = re.compile(
    r"def(?<!\wdef)[ \t\v]+(?:\w+\s*(?:\[[^\]]*\]\s*)?"
    r"(\((?:[^()]++|\((?:[^()]++|\((?:[^()]++|\([^()]*+\))*+\))*+\))*+\)))?"
)
LAMBDA: Final = re.compile(r"lambda(?<!\wlambda)\b([^:]*+)")
PARAMETER: Final = re.compile(r"(?:^|[(,*])\s*+([A-Za-z_]\w*)")
REFLECTION: Final = frozenset({"__dict__", "dir", "getmembers", "vars"})
TAKEN: Final = re.compile(
    r"(?:dir(?<!\wdir)|vars(?<!\wvars)|getmembers(?<!\wgetmembers))\s*\(\s*(?:([^\W\d][\w\s.]*?)\s*[,)]|(\())"
)
"""A name, or a bracket, behind the bracket of a call that takes every attribute of its argument."""
DICTIONARY: Final = re.compile(r"\.\s*__dict__\b")
OWNER: Final = re.compile(r"([^\W\d]\w*(?:\s*\.\s*\w+)*)\s*\Z")
LONGEST_OWNER: Final = 200
KEYWORDS: Final = frozenset(keyword.kwlist)
BRACKETS: Final = ("()", "[]", "{}")


@dataclass(frozen=True, slots=True)
class Scan:
    """What scanning found.

    Attributes:
        skeleton: code object of the module without the bodies of its top-level functions and classes.
        imports: those in these bodies.
        names: identifiers.
        parameters: of functions.
        constants: strings that are no docstrings.
        reflected: dotted names of which every attribute is taken (`dir(a.b)`, `a.b.__dict__`); None where only
            a tree tells.
    """

    skeleton: CodeType
    imports: tuple[Import, ...]
    names: frozenset[str]
    parameters: frozenset[str]
    constants: tuple[str, ...]
    reflected: frozenset[str] | None


def scan(source: bytes) -> Scan | None:
    """Scan a Python file.

    Returns:
        What was found; None where only compiling the file tells.
    """
    text = _decode(source)
    if text is None:
        return None
    try:
        return _scan(TOKEN.split(text))
    except (UncertainError, SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return None


def _decode(source: bytes) -> str | None:
    """The text of a file without unusual encodings or characters."""
    source = source.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    if b"\r" in source or b"\f" in source or b"\v" in source or b"\0" in source:
        return None
    first, _, rest = source[:2000].partition(b"\n")
    if any(COOKIE.match(line) and b"utf-8" not in line for line in (first, rest.partition(b"\n")[0])):
        return None
    try:
        return source.decode()
    except UnicodeDecodeError:
        return None


def _scan(parts: list[str]) -> Scan:
    """Read a file that was split into code (at even places), strings and comments."""
    literals = Literals()
    literals.read(parts)
    parts[1::2] = [
        "\n" * part.count("\n") if part[0] == "#" else '""' + "\v" * part.count("\n") for part in parts[1::2]
    ]
    code = "".join(parts).replace("\\\n", "\v")
    _check(code, "".join(parts[0::2]))
    skeleton, imports = _split(code)
    words = " ".join([code, *literals.fields])
    if not words.isascii():
        raise UncertainError
    names = set(words.translate(BLANKS).split())
    names.update(each.module for each in imports if each.module)
    return Scan(
        compile(skeleton, "<source>", "exec", dont_inherit=True),
        tuple(imports),
        frozenset(name for name in names - KEYWORDS if name[0] > "9"),
        _find_parameters([code, *literals.fields]),
        tuple(literals.found),
        frozenset() if names.isdisjoint(REFLECTION) else _find_reflected([code, *literals.fields]),
    )


def _check(code: str, plain: str) -> None:
    """Raise where strings or brackets do not match, or lines do not begin where statements do."""
    if '"' in plain or "'" in plain or "\\" in code:
        raise UncertainError
    if any(code.count(pair[0]) != code.count(pair[1]) for pair in BRACKETS):
        raise UncertainError


def _split(code: str) -> tuple[str, list[Import]]:
    """Take the bodies of functions and classes out: the rest, with the same lines; the imports in them."""
    pieces: list[str] = []
    imports: list[Import] = []
    at = line = 0
    for match in BODY.finditer(code):
        start, end = match.span()
        before, body = code[at:start], match.group()
        pieces.append(before)
        line += before.count("\n") + before.count("\v")
        if "TYPE_CHECKING" in body:
            raise UncertainError
        if "import" in body:
            imports += _find_imports(body, line + 1)
        lines = body.count("\n") + body.count("\v")
        head = match.group(1)
        stub = f"{head.split()[-1]}=0"
        if "@" in before:  # only a definition can be decorated
            stub = f"{head}:0" if head.startswith("class") else f"{head}():0"
        pieces.append(stub + "\n" * lines)
        line += lines
        at = end
    return "".join([*pieces, code[at:], "\n"]).replace("\v", "\\\n"), imports


def _find_imports(body: str, line: int) -> Iterator[Import]:
    """The imports of a function or class that begins at a line."""
    counted = 0
    for word in IMPORT_WORD.finditer(body):
        begin = body.rfind("\n", 0, word.start()) + 1
        begin = max(begin, body.rfind(":", begin, word.start()) + 1, body.rfind(";", begin, word.start()) + 1)
        while body[begin] in " \t\v":
            begin += 1
        match = IMPORT.match(body, begin)
        if match is None or not match.start() <= word.start() < match.end():
            raise UncertainError
        line += body.count("\n", counted, begin) + body.count("\v", counted, begin)
        counted = begin
        plain, origin, several, names = match.groups()
        if plain is not None:
            yield from (
                Import(module, 0, (), line) for module in _split_names(plain) if module != "__future__"
            )
            continue
        dotted = "".join(origin.split())
        module = dotted.lstrip(".")
        yield Import(module, len(dotted) - len(module), tuple(_split_names(several or names)), line)


def _split_names(text: str) -> Iterator[str]:
    """The names between commas, without what they are called here."""
    for each in text.split(","):
        match each.split():
            case [name] | [name, "as", _]:
                yield name
            case []:
                pass
            case [first, *rest] if "as" not in rest or rest[-2] == "as":  # blanks around dots
                yield "".join([first, *(rest[:-2] if "as" in rest else rest)])
            case _:
                raise UncertainError


def _find_reflected(codes: list[str]) -> frozenset[str] | None:
    """What code takes every attribute of, as far as it has a name; None where that is not certain."""
    text = "\n".join(codes).replace("\v", " ")
    taken: set[str] = set()
    for name, bracket in TAKEN.findall(text):
        if bracket:
            return None
        taken.add("".join(name.split()))
    for match in DICTIONARY.finditer(text):
        front = text[max(0, match.start() - LONGEST_OWNER) : match.start()]
        if front.rstrip()[-1:] == ")":
            return None
        owner = OWNER.search(front)
        taken.update(["".join(owner.group(1).split())] if owner else ())
    return frozenset(taken)


def _find_parameters(codes: list[str]) -> frozenset[str]:
    """Names of the parameters of all functions in code and in the fields of f-strings."""
    headers: list[str] = []
    for code in codes:
        if "def" in code:
            headers += HEADER.findall(code)
        if "lambda" in code:
            lambdas = LAMBDA.findall(code)
            if any("{" in each or "[" in each or "lambda" in each for each in lambdas):
                raise UncertainError
            headers += [each or " " for each in lambdas]
    if "" in headers:  # parameters that could not be found
        raise UncertainError
    return frozenset(PARAMETER.findall(",".join(headers)))
