"""A module's `__getattr__`: which of its code only those need who ask for some names."""

from __future__ import annotations

import ast

import pytest

from pytest_txselect.source.asked import read_asked

BRANCHES = {
    "equal": ("if name == 'x':\n    one()\nraise AttributeError", [{"x"}], 1),
    "one of": ("if name in {'x', 'y'}:\n    one()\nif name in ('z',):\n    two()", [{"x", "y"}, {"z"}], 0),
    "a list": ("if name in ['x']:\n    one()", [{"x"}], 0),
    "otherwise": (
        "if name == 'x':\n    one()\nelif name == 'y':\n    two()\nelse:\n    three()",
        [{"x"}, {"y"}],
        1,
    ),
    "any name": ("if name:\n    one()", [], 1),
    "another variable": ("if other == 'x':\n    one()", [], 1),
    "the other way round": ("if 'x' == name:\n    one()", [], 1),
    "not": ("if name != 'x':\n    one()", [], 1),
    "a chain": ("if name == other == 'x':\n    one()", [], 1),
    "more conditions": ("if name == 'x' and ready:\n    one()", [], 1),
    "a table": ("if name in TABLE:\n    one()", [], 1),
    "a computed name": ("if name in {'x', PREFIX + 'y'}:\n    one()", [], 1),
    "one of Python's own": ("if name in {'x', '__path__'}:\n    one()", [], 1),
    "no text": ("if name == 1:\n    one()", [], 1),
    "a loop": ("while name == 'x':\n    one()", [], 1),
}
NONE = {
    "there is none": "def other(name):\n    pass\n",
    "there are two": "def __getattr__(name):\n    pass\ndef __getattr__(name):\n    pass\n",
    "one is under a condition": "if x:\n    def __getattr__(name):\n        pass\n",
    "another is under a condition": "def __getattr__(name):\n    pass\nif x:\n    def __getattr__(name):\n        pass\n",
    "it is decorated": "@cache\ndef __getattr__(name):\n    pass\n",
    "it takes more": "def __getattr__(name, more=None):\n    pass\n",
    "it binds its parameter": "def __getattr__(name):\n    name = name.lower()\n    if name == 'x':\n        pass\n",
    "it binds its parameter in passing": "def __getattr__(name):\n    for name in names:\n        pass\n",
    "another binds it": (
        "def __getattr__(name):\n    def inner():\n        nonlocal name\n    if name == 'x':\n        pass\n"
    ),
}


@pytest.mark.parametrize("case", BRANCHES)
def test_branches(case: str) -> None:
    """Branches are those that execute for some names only; all the rest may execute for any."""
    body, names, left = BRANCHES[case]
    text = "def __getattr__(name):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    found = read_asked(ast.parse(text))
    assert found is not None
    branches, rest = found
    assert ([each.names for each in branches], len(rest)) == (names, left)


@pytest.mark.parametrize("case", NONE)
def test_no_branches(case: str) -> None:
    """Where it cannot be told for which names something executes, nothing is told apart."""
    assert read_asked(ast.parse(NONE[case])) is None


def test_method_of_a_class() -> None:
    """A class may have a method of that name."""
    method = "class A:\n    def __getattr__(self, name):\n        name = 1\n\n"
    text = method + "def __getattr__(name):\n    if name == 'x':\n        pass\n"
    found = read_asked(ast.parse(text))
    assert found is not None
    assert [each.names for each in found[0]] == [{"x"}]
