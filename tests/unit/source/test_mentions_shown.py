"""Which names a star takes out of a module: those of a literal `__all__`, or the public ones; where in doubt, all."""

from __future__ import annotations

import pytest

from pytest_txselect.source.mentioning import read_mentions

CASES = {
    "no list": ("a = _b = 1\n", {"a", "c"}),
    "a list": ("__all__ = ['a']\n", {"a"}),
    "a tuple with a private name": ("__all__ = ('_b',)\n", {"_b"}),
    "it grows": ("__all__ = ['a']\n__all__ += x\n", {"a", "_b", "c"}),
    "it is extended": ("__all__ = ['a']\n__all__.extend(x)\n", {"a", "_b", "c"}),
    "it is computed": ("__all__ = [each for each in x]\n", {"a", "_b", "c"}),
    "it is a sum": ("__all__ = ['a'] + other.__all__\n", {"a", "_b", "c"}),
    "it depends": ("if x:\n    __all__ = ['a']\n", {"a", "_b", "c"}),
    "it is imported": ("from x import __all__\n", {"a", "_b", "c"}),
    "a function binds it": (
        "__all__ = ['a']\ndef f():\n    global __all__\n    __all__ = x\n",
        {"a", "_b", "c"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_shown(case: str) -> None:
    """The names that a star may take, of three; the list itself decides about all of them, so it counts always."""
    text, shown = CASES[case]
    mentions = read_mentions(text.encode())
    assert mentions is not None
    assert {each for each in ("a", "_b", "c") if mentions.shows(each)} == shown
    assert mentions.shows("__all__")
