"""Computed names of attributes: known where the source shows every value, unknown wherever anything else may bind them."""

from __future__ import annotations

import ast

import pytest

from pytest_txselect.source.computed import Given, read_given
from pytest_txselect.source.mentioning import read_mentions
from pytest_txselect.source.uses import UNNAMED, Use, Used, computes

SHOWN = {
    "a loop over a tuple": "for name in ('a', 'b'):\n    getattr(it, name)",
    "a loop over a list that stands there": "for name in ['a', 'b']:\n    hasattr(it, name)",
    "a loop over a set that stands there": "for name in {'a', 'b'}:\n    hasattr(it, name)",
    "a loop over a constant of the module": "for name in NAMES:\n    hasattr(it, name)",
    "a loop over a frozen set of the module": "for name in FROZEN:\n    hasattr(it, name)",
    "a comprehension": "return [getattr(it, name) for name in NAMES]",
    "a generator": "return any(hasattr(it, name) for name in NAMES)",
    "a local tuple": "names = ('a', 'b')\nfor name in names:\n    getattr(it, name)",
    "one or the other": "name = 'a' if it else 'b'\ngetattr(it, name)",
    "one or the other, at once": "getattr(it, 'a' if it else 'b')",
    "two assignments": "name = 'a'\nif it:\n    name = 'b'\ngetattr(it, name, None)",
    "an annotated assignment": "name: str = 'a' if it else 'b'\ngetattr(it, name)",
    "a function inside": "name = 'a' if it else 'b'\ndef inner():\n    return getattr(it, name)",
    "inspect": "for name in NAMES:\n    inspect.getattr_static(it, name)",
}
UNKNOWN = {
    "a parameter": "getattr(it, parameter)",
    "a parameter that is bound too": "parameter = 'a'\ngetattr(it, parameter)",
    "a call": "name = make()\ngetattr(it, name)",
    "one of two is a call": "name = 'a'\nif it:\n    name = make()\ngetattr(it, name)",
    "a text that is put together": "name = 'a'\ngetattr(it, f'{name}_x')",
    "a sum": "name = 'a'\nname += 'b'\ngetattr(it, name)",
    "a list that may grow": "names = ['a']\nfor name in names:\n    getattr(it, name)",
    "a list of the module": "for name in LIST:\n    getattr(it, name)",
    "a name of another module": "for name in ELSEWHERE:\n    getattr(it, name)",
    "bound in passing": "if (name := make()):\n    pass\nname = 'a'\ngetattr(it, name)",
    "unpacked": "name, other = make()\ngetattr(it, name)",
    "opened": "with make() as name:\n    getattr(it, name)",
    "caught": "name = 'a'\ntry:\n    pass\nexcept ValueError as name:\n    pass\ngetattr(it, name)",
    "imported": "name = 'a'\nfrom somewhere import name\ngetattr(it, name)",
    "matched": "name = 'a'\nmatch it:\n    case [name]:\n        pass\ngetattr(it, name)",
    "matched as": "name = 'a'\nmatch it:\n    case 1 as name:\n        pass\ngetattr(it, name)",
    "the rest of a match": "name = 'a'\nmatch it:\n    case {**name}:\n        pass\ngetattr(it, name)",
    "defined": "name = 'a'\ndef name():\n    pass\ngetattr(it, name)",
    "deleted": "name = 'a'\ndel name\ngetattr(it, name)",
    "bound by an inner function": "name = 'a'\ndef inner():\n    nonlocal name\n    name = make()\ngetattr(it, name)",
    "bound in a default of an inner function": "name = 'a'\ndef inner(x=(name := make())):\n    pass\ngetattr(it, name)",
    "a global one": "global name\nname = 'a'\ngetattr(it, name)",
    "a constant that a function binds": "getattr(it, REBOUND)",
    "a parameter of a lambda": "return lambda name: getattr(it, name)",
    "in a circle": "first = second\nsecond = first\ngetattr(it, first)",
    "no text": "for name in (1, 'a'):\n    getattr(it, name)",
    "with a star": "for name in ('a', *more):\n    getattr(it, name)",
}
MODULE = """\
NAMES = ("a", "b")
FROZEN = frozenset(["a", "b"])
LIST = ["a", "b"]
REBOUND = "a"

def rebind():
    global REBOUND
    REBOUND = make()

def caller():
    function(1, make())

def function(it, parameter):
"""
ASKED = "def _ask(it, name, *, way='c'):\n    return getattr(it, name), getattr(it, way)\n"
BY_CALLERS = {
    "all calls say it": (
        "def one(it):\n    _ask(it, 'a', way='b')\n    _ask(it, 'd', way='b')\n",
        [{"a", "d"}, {"b"}],
    ),
    "by keyword, and by default": ("def one(it):\n    _ask(it, name='a')\n", [{"a"}, {"c"}]),
    "none calls": ("", [set(), set()]),
    "one does not say": ("def one(it, x):\n    _ask(it, x)\n", [None, {"c"}]),
    "with a star": ("def one(it, x):\n    _ask(*x)\n    _ask(it, 'a')\n", [None, None]),
    "with two stars": ("def one(it, x):\n    _ask(it, **x)\n", [None, None]),
    "too few": ("def one(it, x):\n    _ask(it)\n", [None, {"c"}]),
    "it is handed on": ("def one(it):\n    _ask(it, 'a')\n    return map(_ask, it)\n", [None, None]),
    "it is an attribute": ("def one(it):\n    _ask(it, 'a')\n    it._ask(it, it)\n", [None, None]),
    "it is in a text": ("__all__ = ['_ask']\n", [None, None]),
    "it is patched": ("PATH = 'pkg.m._ask'\n", [None, None]),
    "it is bound again": ("_ask = wrap(_ask)\n", [None, None]),
    "it is defined twice": ("def _ask(it, name):\n    pass\n", [None, None]),
    "it is a method too": ("class Other:\n    def _ask(self, name):\n        pass\n", [None, None]),
}


@pytest.mark.parametrize("case", SHOWN)
def test_known(case: str) -> None:
    """The names are those that the source shows, and the function mentions them."""
    text = MODULE + "".join(f"    {line}\n" for line in SHOWN[case].splitlines())
    (given,) = read_given(ast.parse(text)).values()
    assert given == Given(frozenset("ab"), by_callers=False)
    mentions = read_mentions(text.encode())
    assert mentions is not None
    assert {"a", "b"} <= frozenset().union(*mentions.functions.values())
    uses = frozenset[Used]().union(*mentions.uses.values())
    assert {each.name for each in uses if each.base == UNNAMED and each.use is Use.ASKED} >= {"a", "b"}
    assert not computes(uses)


@pytest.mark.parametrize("case", UNKNOWN)
def test_unknown(case: str) -> None:
    """Where something else may bind the name, it may be any."""
    text = MODULE + "".join(f"    {line}\n" for line in UNKNOWN[case].splitlines())
    assert read_given(ast.parse(text)) == {}
    mentions = read_mentions(text.encode())
    assert mentions is not None
    assert computes(mentions.uses["function"])


@pytest.mark.parametrize("case", BY_CALLERS)
def test_given_by_callers(case: str) -> None:
    """A parameter is what all calls give, if the function is only called, and only here."""
    calls, expected = BY_CALLERS[case]
    found = read_given(ast.parse(ASKED + calls))
    ordered = {each.args[1].id: given for each, given in found.items()}  # type: ignore[attr-defined] # they are names
    names = [ordered[each].names if each in ordered else None for each in ("name", "way")]
    assert names == expected
    assert all(each.by_callers for each in found.values())


@pytest.mark.parametrize(
    "front",
    ["@decorate\n", "class A:\n    ", "def outer():\n    ", "async "],
    ids=["decorated", "a method", "inside", "a coroutine"],
)
def test_no_plain_function(front: str) -> None:
    """Nothing is known of the callers of anything but plain functions of the module."""
    text = f"{front}def _ask(it, name): return getattr(it, name)\ndef one(it):\n    _ask(it, 'a')\n"
    assert read_given(ast.parse(text)) == {}


def test_everything_is_imported() -> None:
    """A star may bind what looks like a constant."""
    text = (
        "NAMES = ('a',)\nfrom x import *\ndef one(it):\n    for name in NAMES:\n        getattr(it, name)\n"
    )
    assert read_given(ast.parse(text)) == {}


def test_too_many() -> None:
    """A table of a thousand names is no better than any name."""
    names = tuple(f"a{number}" for number in range(1000))
    text = f"def one(it):\n    for name in {names}:\n        getattr(it, name)\n"
    assert read_given(ast.parse(text)) == {}


def test_in_a_dictionary() -> None:
    """Whether a class's dictionary has a name that stands there shows which name is asked for."""
    mentions = read_mentions(
        b"def one(cls, x):\n    return 'a' in cls.__dict__\n\ndef two(cls, x):\n    return x in cls.__dict__\n"
    )
    assert mentions is not None
    assert not computes(mentions.uses["one"])
    assert computes(mentions.uses["two"])


def test_fetched_names() -> None:
    """A name that an import statement takes out of a module is no string, unless it is one as well."""
    text = (
        b"def one():\n    from m import a, b as c\n    return a, c\n\n"
        b"def two():\n    from m import a\n    return ('a',), a\n"
    )
    mentions = read_mentions(text)
    assert mentions is not None
    assert mentions.fetched == {"one": {"a", "b"}, "two": {"a"}}
    assert "a" not in mentions.words["one"]
    assert "a" in mentions.words["two"]
    assert {"a", "b"} <= mentions.functions["one"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pkg/__init__.py", {"pkg", "py"}),
        ("pkg/__init__", {"pkg"}),
        ("__main__.py", {"py"}),
        ("__init__", {"__init__"}),
        ("Box.__init__", {"Box", "__init__"}),
    ],
)
def test_names_of_files(text: str, words: set[str]) -> None:
    """`__init__.py` is a file, not a method."""
    mentions = read_mentions(f"def one():\n    return {text!r}\n".encode())
    assert mentions is not None
    assert mentions.words["one"] == words
