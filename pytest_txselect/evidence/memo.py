"""Which functions may do their work once and remember it: only for the first caller it is seen.

Found by decorators whose name says so (`functools.cache`, `cached_property`, `memoize`, `singleton`), and by
what a function does: it binds a global name, an attribute of its class or of itself, an item while it mentions
something whose name says so with items, or an item of something global. What is found needlessly makes a selection
larger, never wrong.
"""

from __future__ import annotations

import ast
import dis
import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pytest_txselect.evidence.imports import find_argument
from pytest_txselect.evidence.monitor import RESUMABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import CodeType

__all__ = ["find_aliases", "find_memoised", "mentions"]

SAYING: Final = r"(?:cache|memo(?!r)|singleton|once|lazy|(?<!is)instance)"
PLAIN: Final = ("cache", "memo", "singleton", "once", "lazy", "instance")
"""The same words without what must not stand around them."""
WORDS: Final = re.compile(SAYING, re.IGNORECASE)
DECORATED: Final = re.compile(rb"@[\w.]*(?:cache|memo|singleton|once|lazy)", re.IGNORECASE)
"""What may be such a decorator. A pattern that begins with a letter of its own is found ten times faster than one with a line."""
INDEXED: Final = re.compile(
    rf"{SAYING}\w*(?:\.\w+|\([^()\n]*\))*(?:\[|\.setdefault\()"
    rf"|^[ \t]*\w+[ \t]*(?::[^=\n]*)?=[ \t]*[\w.]*{SAYING}\w*[ \t]*(?:\#|$)",
    re.IGNORECASE | re.MULTILINE,
)
"""Something of which an item is taken, or made, and whose name says that it remembers; or another name for it."""
STORED: Final = re.compile(r"\n[ \t]*(\w+)\[[^=\n]*\][ \t]*[^\w\s]{0,3}=(?!=)")
"""A plain name of which an item is bound, where it is alone on the left of a line."""
OPTIMIZED: Final = 0x1
CLASS: Final = "cls"
SWAPPING: Final = frozenset({"COPY", "SWAP"})
KEEPING: Final = ("CACHE", "EXTENDED_ARG", "LOAD_ATTR")
"""Instructions after which something that belongs to the class is still on top of the stack."""
STORE_GLOBAL: Final = dis.opmap["STORE_GLOBAL"]
STORE_ATTR: Final = dis.opmap["STORE_ATTR"]
STORE_SUBSCR: Final = dis.opmap["STORE_SUBSCR"]
LOAD_DEREF: Final = dis.opmap["LOAD_DEREF"]
IMPORT_FROM: Final = dis.opmap["IMPORT_FROM"]
LOADS: Final = (dis.opmap["LOAD_NAME"], dis.opmap["LOAD_GLOBAL"])
STORES: Final = tuple(dis.opmap[name] for name in ("STORE_NAME", "STORE_GLOBAL", "STORE_FAST"))

HELD: Final = re.compile(
    b"[%b][%b]*(?:%b|%b[%b]*%b)"
    % tuple(
        b"".join(re.escape(bytes([dis.opmap[name]])) for name in names)
        for names in (
            ("LOAD_GLOBAL", "LOAD_DEREF"),
            KEEPING,
            ("STORE_ATTR",),
            ("COPY",),
            ("CACHE", "EXTENDED_ARG"),
            ("LOAD_ATTR",),
        )
    ),
    re.DOTALL,
)
"""Something that is no local name, of which, or of an attribute of which, an attribute is bound: `f.it = 1`, `f.number += 1`."""
OF_CLASS: Final = re.compile(r"(?:\btype\(\w+\)|\.__class__)(?:\.\w+)+[ \t]*[^\w\s=!<>)]{0,3}=(?!=)")
"""An attribute of an object's class is bound."""
NAMING_CLASS: Final = frozenset({"type", "__class__"})


def find_memoised(codes: Iterable[CodeType], source: bytes) -> Iterator[CodeType]:
    """The functions of a module that may remember their result.

    Args:
        codes: all code objects of the module.
        source: its text.
    """
    lines = find_decorated(source) if DECORATED.search(source) else frozenset()
    text = ModuleText(source)
    for code in codes:
        if code.co_flags & OPTIMIZED and (code.co_firstlineno in lines or remembers(code, text)):
            yield code


class ModuleText:
    """The text of a module, looked at as soon as somebody asks: nobody does for most.

    Args:
        source: it.
    """

    def __init__(self, source: bytes) -> None:
        self._source: Final = source

    @cached_property
    def _text(self) -> str:
        return self._source.decode("utf-8", "replace")

    @cached_property
    def rows(self) -> Sequence[str]:
        """The lines."""
        return self._text.split("\n")

    def of(self, code: CodeType) -> str:
        """The lines of a function."""
        last = max((line for *_, line in code.co_lines() if line), default=code.co_firstlineno)
        return "\n".join(self.rows[code.co_firstlineno - 1 : last])

    @cached_property
    def stored(self) -> frozenset[str]:
        """Plain names of which an item is bound."""
        return frozenset(STORED.findall(f"\n{self._text}"))


def find_decorated(source: bytes) -> frozenset[int]:
    """First lines of functions, and of methods of classes, whose decorator's name says that it remembers."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    lines = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and any(
            WORDS.search(ast.unparse(each.func if isinstance(each, ast.Call) else each))
            for each in node.decorator_list
        ):
            found = [node] if not isinstance(node, ast.ClassDef) else node.body
            for each in found:
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                    lines.add(min([each.lineno, *(one.lineno for one in each.decorator_list)]))
    return frozenset(lines)


def remembers(code: CodeType, text: ModuleText) -> bool:
    """Whether a function binds something that outlives it.

    Args:
        code: the function.
        text: that of its module.
    """
    opcodes = code.co_code[::2]
    if STORE_GLOBAL in opcodes:
        return True
    if STORE_ATTR in opcodes and code.co_argcount and code.co_varnames[0] == CLASS and binds_attribute(code):
        return True
    if STORE_ATTR in opcodes and keeps(code, opcodes, text):
        return True
    if STORE_SUBSCR not in opcodes and "setdefault" not in code.co_names:
        return False
    lines = text.of(code)
    if says_so(lines) and INDEXED.search(lines):
        return True
    stored = text.stored
    return not stored.isdisjoint(code.co_names) and not stored.isdisjoint(loaded(code))


def says_so(text: str) -> bool:
    """Whether a text contains one of the words; many times faster than an expression, and the answer is no for most."""
    folded = text.casefold().replace("isinstance", "")
    return any(word in folded for word in PLAIN)


def binds_attribute(code: CodeType) -> bool:
    """Whether a method binds an attribute of its class, or of an attribute of it; what it makes is another matter."""
    of_class = False
    for each in dis.get_instructions(code):
        if each.opcode == STORE_ATTR and of_class:
            return True
        if "LOAD_FAST" in each.opname or each.opname == "LOAD_DEREF":  # two at once, some of them
            of_class = (each.argval[-1] if isinstance(each.argval, tuple) else each.argval) == CLASS
        elif each.opname in SWAPPING:  # `cls.number += 1`
            of_class = True
        elif each.opname not in KEEPING:
            of_class = False
    return False


def keeps(code: CodeType, opcodes: bytes, text: ModuleText) -> bool:
    """Whether a function keeps something as an attribute of itself or of a class; constructors, which count, do not."""
    if code.co_flags & RESUMABLE or code.co_name == "__init__":
        return False  # others work while a context manager, which binds what it restores, is left
    return binds_held(code, opcodes) or binds_of_class(code, text)


def binds_held(code: CodeType, opcodes: bytes) -> bool:
    """Whether a function binds an attribute of itself, or of the class that it is defined in, by their names."""
    raw, own = code.co_code, code.co_qualname.split(".")[-2:]
    for found in HELD.finditer(opcodes):
        at = found.start()
        if opcodes[at] == LOAD_DEREF:
            if code.co_name in code.co_freevars:
                return True
        elif code.co_names[find_name(raw, at)] in own:
            return True
    return False


def binds_of_class(code: CodeType, text: ModuleText) -> bool:
    """Whether a function binds an attribute of the class of some object."""
    return not NAMING_CLASS.isdisjoint(code.co_names) and OF_CLASS.search(text.of(code)) is not None


def loaded(code: CodeType) -> set[str]:
    """The names that a code object looks for outside of itself."""
    raw = code.co_code
    return {code.co_names[find_name(raw, at)] for at in range(len(raw) // 2) if raw[2 * at] in LOADS}


def mentions(code: CodeType, names: frozenset[str]) -> frozenset[str]:
    """Those of some names that a code object uses; to import one into a module or class is no use."""
    found = names.intersection(code.co_names)
    if found and not code.co_flags & OPTIMIZED:
        found = found & loaded(code)
    return found | names.intersection([each for each in code.co_consts if type(each) is str])


def find_name(raw: bytes, at: int) -> int:
    """The number of the name that an instruction loads."""
    argument = find_argument(raw, at)
    return (
        argument >> 1 if raw[2 * at] == LOADS[1] else argument
    )  # the low bit of LOAD_GLOBAL asks for a NULL


def find_aliases(code: CodeType, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Other names under which a code object imports one of these: pairs (name, other name)."""
    if names.isdisjoint(code.co_names):
        return
    raw = code.co_code
    opcodes = raw[::2]
    at = opcodes.find(IMPORT_FROM)
    while at >= 0:
        name = code.co_names[find_argument(raw, at)]
        after = at + 1
        while opcodes[after] == dis.EXTENDED_ARG:
            after += 1
        if name in names and opcodes[after] in STORES:
            places = code.co_varnames if opcodes[after] == STORES[2] else code.co_names
            alias = places[find_argument(raw, after)]
            if alias != name:
                yield name, alias
        at = opcodes.find(IMPORT_FROM, at + 1)
