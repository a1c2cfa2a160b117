"""The code that a source has, against what Python itself makes of it."""

from __future__ import annotations

import ast
import collections
import dataclasses
import inspect
import json.decoder
import textwrap
from types import CodeType
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.source.parsed import UnparsedSource
from pytest_txselect.source.symbols import Code, CodeKind, read_symbols

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

NESTED = """\
class C:
    a = [lambda: 1 for _ in range(1)]
    b = list((lambda: 1)() for _ in range(1))

    @deco(lambda: 2)
    def m(self, k=lambda: 0):
        global g

        @deco
        def g():
            return {(lambda: y) for y in (z for z in [])}

        class D:
            def n(self):
                async def o(): yield
                return o
        return {x: (lambda: lambda: x) for x in [lambda: 3]}, [y for y in (z for z in [])]

x = [lambda: 1 for _ in 'a']
"""


def find_code(code: CodeType) -> Iterator[CodeType]:
    """Give every code object nested in one."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from find_code(constant)


def read(source: str) -> tuple[Code, ...]:
    """Read the symbols of a source that parses."""
    symbols = read_symbols(source.encode())
    assert isinstance(symbols, tuple)
    return symbols


def test_names_are_those_of_code_objects() -> None:
    """Qualified names, and lines, are those of CPython's code objects, however things are nested."""
    names = {(code.co_qualname, code.co_firstlineno) for code in find_code(compile(NESTED, "nested", "exec"))}
    bodies = {("C", 1), ("C.m.<locals>.D", 13)}
    inlined_since_3_12 = {name for name in names if name[0].endswith("comp>")}
    assert {(code.qualname, code.line) for code in read(NESTED)} == names - bodies - inlined_since_3_12


@pytest.mark.parametrize(
    "module", [ast, collections, dataclasses, inspect, json.decoder, textwrap, pytest.Config]
)
def test_names_in_the_wild(module: ModuleType | type) -> None:
    """So they are in real modules, as often as Python has them."""
    path = inspect.getsourcefile(module)
    assert path is not None
    with open(path, "rb") as file:  # noqa: PTH123 - a path is all we are told
        source = file.read()
    classes = {
        min([node.lineno, *(each.lineno for each in node.decorator_list)])
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
    }
    expected = {
        (code.co_qualname, code.co_firstlineno)
        for code in find_code(compile(source, path, "exec", dont_inherit=True))
        if not code.co_qualname.endswith("comp>")
    }
    symbols = read_symbols(source)
    assert isinstance(symbols, tuple)
    found = {(code.qualname, code.line) for code in symbols}
    assert found <= expected
    missing = {
        line for name, line in expected - found if not name.endswith("__annotate__")
    }  # since Python 3.14
    assert missing <= classes


def test_numbering() -> None:
    """Code of one name is numbered by position, and each has its own fingerprint."""
    source = "def f(): return 1\ndef f(): return 2\nx = [lambda: 1, lambda: 1, lambda: 2]\n"
    codes = read(source)
    assert [(code.qualname, code.index, code.kind, code.line) for code in codes] == [
        ("f", 0, CodeKind.FUNCTION, 1),
        ("f", 1, CodeKind.FUNCTION, 2),
        ("<lambda>", 0, CodeKind.LAMBDA, 3),
        ("<lambda>", 1, CodeKind.LAMBDA, 3),
        ("<lambda>", 2, CodeKind.LAMBDA, 3),
    ]
    assert codes[0].body != codes[1].body
    assert codes[2].body == codes[3].body != codes[4].body


HEADERS = [
    ("def f(a): ...", "def f(a=1): ..."),
    ("def f(a): ...", "def f(b): ..."),
    ("def f(a): ...", "async def f(a): ..."),
    ("def f(a): ...", "@deco\ndef f(a): ..."),
    ("x = lambda a: 1", "x = lambda a=1: 1"),
    ("x = (a for a in b)", "x = (a for a in c)"),
]


@pytest.mark.parametrize(("old", "new"), HEADERS)
def test_header(old: str, new: str) -> None:
    """What defines a piece of code changes its header, and leaves its body alone."""
    [was], [now] = read(old), read(new)
    assert was.header != now.header
    assert was.body == now.body


BODIES = [
    ("def f():\n 'doc'\n return 1", "def f():\n return 2"),
    ("x = lambda: 1", "x = lambda: True"),
    ("x = (a for a in b)", "x = (a for a in b if a)"),
    ("x = (a for a in b)", "x = (a async for a in b)"),
]


@pytest.mark.parametrize(("old", "new"), BODIES)
def test_body(old: str, new: str) -> None:
    """What a piece of code does changes its body, and leaves its header alone."""
    [was], [now] = read(old), read(new)
    assert was.header == now.header
    assert was.body != now.body


def test_fingerprints_are_stable() -> None:
    """Fingerprints are stored, so nothing but what the code does ever changes them."""
    [code] = read("def f(a):\n    return a.b(1)\n")
    [moved] = read("\n\n# comment\ndef f(a):\n    'doc'\n    return (a.b(1))  # other\n")
    assert (code.header, code.body) == (moved.header, moved.body)
    assert code.body == "f8416dfd50e4f982cb63c6c9b99dc5a7"
    assert (moved.line, moved.end_line) == (4, 6)


def test_unparsed() -> None:
    """What Python refuses has no symbols."""
    assert isinstance(read_symbols(b"x = "), UnparsedSource)
    deep = "def f():\n" + " return " + "lambda: " * 500 + "1\n"
    assert read_symbols(deep.encode()) == UnparsedSource(0, "too deeply nested")
