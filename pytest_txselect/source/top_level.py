"""The statements at the top of a module: what they import and bind, as far as their text tells.

Code is cut where a line begins a statement. Of a function or class only its name and the imports inside count;
imports, plain assignments and calls say all by themselves; what is left (`if`, `try`, `for`, ...) is compiled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.facts import Import
from pytest_txselect.source.tokens import UncertainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["TopLevel", "read_top_level"]

START: Final = re.compile(r"\n(?=[^ \t\n)\]}])")
"""Where the next line begins a statement (or is inside brackets, which then do not match)."""
DEFINITION: Final = re.compile(r"(?:class|(?:async[ \t]+)?def)[ \t]+(\w+)")
IMPORT_WORD: Final = re.compile(r"import(?<!\wimport)\b")
BLANK: Final = r"[ \t\v]"
IMPORT: Final = re.compile(
    rf"import\b{BLANK}*([\w.,\v \t]+?)(?=[;\n]|\Z)"
    rf"|from\b([\w.\v \t]*?)\bimport\b{BLANK}*(?:\(([^()]*)\)|([\w,*\v \t]+?))(?={BLANK}*(?:[;\n]|\Z))"
)
NESTED: Final = r"(?:[^()\[\]{}]++|[(\[{]"
GROUP: Final = rf"[(\[{{]{NESTED}{NESTED}{NESTED}[^()\[\]{{}}]*+[)\]}}])*+[)\]}}])*+[)\]}}])*+[)\]}}]"
"""Something in brackets, with some more in it."""
VALUE: Final = rf"(?:[^=;:()\[\]{{}}\n]++|{GROUP})*+\s*\Z"
ASSIGNMENT: Final = re.compile(rf"(\w+)[ \t]*+=(?!=){VALUE}")
CALL: Final = re.compile(
    rf"(?!(?:assert|del|raise|while|with|for|if|match|return)\b)[\w.]++{GROUP}(?:\.\w++|{GROUP})*+\s*\Z"
)
ENDING: Final = re.compile(r"\b(?:assert|raise|while)\b")
"""What stands behind these may never execute, which only the compiler tells."""
BRACKETS: Final = ("()", "[]", "{}")
KNOWN: Final = 4_096
"""So many statements are remembered: those at the top of files are much the same all over a project."""

Simple = tuple[tuple[tuple[str, int, tuple[str, ...]], ...], frozenset[str]]
"""Imports (module, level, names) and the names bound, of a statement that says all by its text."""


@dataclass(slots=True)
class TopLevel:
    """What the top of a module says.

    Attributes:
        imports: those that were found.
        bound: names bound by what need not be compiled.
        rest: what must be, with the lines where they are in the file.
    """

    imports: list[Import] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)
    rest: str = ""


def read_top_level(code: str) -> TopLevel:
    r"""Read the code of a module.

    Args:
        code: without comments, with `""` for each string, and `\v` for each line end that ends nothing.

    Raises:
        UncertainError: only compiling the file tells.
    """
    top = TopLevel()
    flagged = "TYPE_CHECKING" in code  # which may hide imports, and be bound anywhere: all is compiled
    plain: list[tuple[int, str, Simple]] = []
    rest: list[tuple[int, str]] = []
    count = _count_lines(code)
    at = 0
    for statement in START.split(code):
        text = statement.rstrip()
        if definition := DEFINITION.match(text):
            name = definition.group(1)
            plain.append((at, f"{name}=0", ((), frozenset([name]))))
            if flagged and "TYPE_CHECKING" in text:
                raise UncertainError
            if "import" in text:
                top.imports += _find_imports(text, count(at))
        elif text.strip('" \t\v\n') and text[0] != "@":  # only a definition can be decorated
            found = None if flagged else _read_simple(text)
            if found is None:
                rest.append((at, text))
            else:
                plain.append((at, text, found))
        elif text.lstrip("\v")[:1] == '"' and not (plain or rest):
            plain.append((at, text, ((), frozenset(["__doc__"]))))
        at += 1 + len(statement)
    if not all(_goes_on(text) for _, text in rest):
        rest = sorted([*rest, *((place, text) for place, text, _ in plain)])
        plain = []
    count = _count_lines(code)
    for place, _, (imports, bound) in plain:
        top.imports += [Import(*each, count(place)) for each in imports]
        top.bound |= bound
    count = _count_lines(code)
    top.rest = _put_together([(count(place), text) for place, text in rest])
    return top


def _count_lines(code: str) -> Callable[[int], int]:
    """What tells the lines of places in code, of each not before that of the last; few statements are asked for theirs."""
    line, last = 1, 0

    def count(place: int) -> int:
        nonlocal line, last
        line += code.count("\n", last, place) + code.count("\v", last, place)
        last = place
        return line

    return count


@lru_cache(KNOWN)
def _read_simple(text: str) -> Simple | None:
    """What an import, a plain assignment or a call says; None for any other statement."""
    if (assignment := ASSIGNMENT.match(text)) or CALL.match(text):
        if ":=" in text:
            return None
        return (), frozenset([assignment.group(1)]) if assignment else frozenset()
    if "__future__" in text:  # which may say how the rest is compiled
        return None
    match = IMPORT.match(text)
    if match is None or match.end() != len(text):
        return None
    return tuple(_read_import(match)), _find_bound(match)


def _find_bound(match: re.Match[str]) -> frozenset[str]:
    """The names that an import binds."""
    plain, _, several, names = match.groups()
    if plain is not None:
        return frozenset(alias or name.partition(".")[0] for name, alias in _split_names(plain))
    return frozenset(alias or name for name, alias in _split_names(several or names)) - {"*"}


def _goes_on(text: str) -> bool:
    """Whether what stands behind a statement surely executes, is not inside its brackets, and it is no docstring."""
    if ENDING.search(text) or '"' in text[:3]:
        return False
    return all(text.count(pair[0]) == text.count(pair[1]) for pair in BRACKETS)


def _put_together(statements: list[tuple[int, str]]) -> str:
    """A text with statements at the lines where they were."""
    pieces: list[str] = []
    at = 1
    for line, text in statements:
        if text:
            pieces += ["\n" * (line - at), text]
            at = line + text.count("\n") + text.count("\v")
    return "".join(pieces).replace("\v", "\\\n") + "\n" if pieces else ""


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
        yield from (Import(*each, line) for each in _read_import(match))


def _read_import(match: re.Match[str]) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Module, level and names of what an import statement imports."""
    plain, origin, several, names = match.groups()
    if plain is not None:
        yield from ((module, 0, ()) for module, _ in _split_names(plain) if module != "__future__")
        return
    dotted = "".join(origin.split())
    module = dotted.lstrip(".")
    yield module, len(dotted) - len(module), tuple(name for name, _ in _split_names(several or names))


def _split_names(text: str) -> Iterator[tuple[str, str]]:
    """The names between commas, each with what it is called here (`""`: by its own name)."""
    for each in text.split(","):
        match each.split():
            case [name]:
                yield name, ""
            case [name, "as", alias]:
                yield name, alias
            case []:
                pass
            case [*parts, "as", alias] if "as" not in parts:  # blanks around dots
                yield "".join(parts), alias
            case [*parts] if "as" not in parts:
                yield "".join(parts), ""
            case _:
                raise UncertainError
