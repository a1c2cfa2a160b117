"""Which code objects make a value that Python asks for once."""

from __future__ import annotations

import sys

import pytest

from pytest_txselect.evidence.codes import walk_code
from pytest_txselect.evidence.deferred import find_deferred

SYNTAX = pytest.mark.skipif(sys.version_info < (3, 12), reason="there is no syntax for it before")


def find(source: str) -> set[str]:
    """The names of what is found in a text."""
    return {each.co_qualname for each in find_deferred(walk_code(compile(source, "module.py", "exec")))}


@SYNTAX
@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("type Number = make()\n", {"Number"}),
        ("type Pair[T] = tuple[T, T]\n", {"Pair"}),
        ("type Pair[T: make()] = tuple[T, T]\n", {"Pair", "T"}),
        ("class Box[T: (int, str), *Ts, **P]:\n    pass\n", {"T"}),
        ("class Box:\n    type Inner = int\n", {"Box.Inner"}),
        ("class Box:\n    def get[T: int](self): return 1\n", {"Box.T"}),
        ("def get[T: int](): return 1\n", {"T"}),
        ("def get[T](value=1): return 1\n", set()),
        ("class Box[T](Base):\n    pass\n", set()),
        ("from os import *\nimport sys\n\ndef get(): return 1\n", set()),
        ("def numbers():\n    yield lambda: 1\n", set()),
        ("async def numbers():\n    yield lambda: 1\n", set()),
    ],
)
def test_what_is_made_late(source: str, names: set[str]) -> None:
    """Aliases and bounds are found; a function with type parameters, and what is made at once, is not."""
    assert find(source) == names


@pytest.mark.skipif(sys.version_info < (3, 13), reason="type parameters have no defaults before")
def test_defaults_are_made_late() -> None:
    """The default of a type parameter is asked for once, like its bound."""
    assert find("class Box[T = make()]:\n    pass\n") == {"T"}


@pytest.mark.skipif(sys.version_info < (3, 14), reason="annotations are made at once before")
def test_annotations_are_made_late() -> None:
    """Annotations that are not made at once are remembered by whatever has them."""
    assert {each.rpartition(".")[2] for each in find("def get(value: make()): return 1\n")} == {
        "__annotate__"
    }


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def __getattr__(name):\n    globals()[name] = value = make()\n    return value\n", {"__getattr__"}),
        ("def __getattr__(name):\n    return globals().setdefault(name, make())\n", {"__getattr__"}),
        (
            "class Late:\n    def __getattr__(self, name):\n        self.__class__ = Real\n        return getattr(self, name)\n",
            {"Late.__getattr__"},
        ),
        (
            "class Late:\n    def __getattr__(self, name):\n        setattr(self, name, make())\n        return make()\n",
            {"Late.__getattr__"},
        ),
        (
            "class Proxy:\n    def __getattr__(self, name):\n        return getattr(self.target, name)\n",
            set(),
        ),
        ("def get(name):\n    globals()[name] = make()\n", set()),
    ],
)
def test_what_is_asked_for_while_it_is_missing(source: str, names: set[str]) -> None:
    """A `__getattr__` that binds something is not asked again; one that only looks elsewhere is."""
    assert find(source) == names
