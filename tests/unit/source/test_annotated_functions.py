"""Whose mention what stands in annotations is: the same on each version of Python, of which some make functions of them."""

from __future__ import annotations

from pytest_txselect.source.functions import read_functions

SOURCE = """\
from dataclasses import dataclass

Size = int

@dataclass
class Point:
    x: Size = 0

    def moved(self, by: Size) -> "Point":
        return by

def make():
    def inner(size: Size):
        return size
    return inner
"""


def test_annotations() -> None:
    """They are executed by the function that has what is annotated, or else at import, which is no function."""
    functions = read_functions(compile(SOURCE, "x.py", "exec", dont_inherit=True))
    assert set(functions) == {"Point.moved", "make", "make.<locals>.inner"}
    assert {name for name, facts in functions.items() if "Size" in facts.names} == {"make"}
    assert functions["make"].parameters == set()
