"""Which functions may read docstrings."""

from __future__ import annotations

from typing import Final

import pytest

from pytest_txselect.source.mentioning import read_mentions

SOURCES: Final = {
    "attribute": ("def f(x):\n    return x.__doc__\n", {"f"}),
    "in a string": ("def f(x):\n    return getattr(x, '__doc__')\n", {"f"}),
    "function": ("import inspect\n\ndef f(x):\n    return inspect.getdoc(x)\n", {"f"}),
    "other name": ("from inspect import getdoc as get\n\ndef f(x):\n    return get(x)\n", {"f"}),
    "module": ("from pydoc import render_doc as render\n\ndef f(x):\n    return render(x)\n", {"f"}),
    "help": ("def f(x):\n    help(x)\n", {"f"}),
    "option of that name": ("def f(x, help=None):\n    return x.help or help\n", set()),
    "at import": ("import sys\n\nTEXT = sys.__doc__\n\ndef f():\n    return TEXT\n", {"<module>"}),
    "nothing": ("def f(x):\n    return x\n", set()),
}


@pytest.mark.parametrize("name", SOURCES)
def test_readers_of_docstrings(name: str) -> None:
    """Code reads docstrings by `__doc__`, or by functions known to, whatever they are called."""
    source, expected = SOURCES[name]
    mentions = read_mentions(source.encode())
    assert mentions is not None
    assert set(mentions.reading_docs()) == expected
