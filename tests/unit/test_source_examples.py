"""Examples in a text, read for what they import."""

from __future__ import annotations

import pytest

from pytest_txselect.source.examples import read_examples
from pytest_txselect.source.facts import FileFacts

TABLE = [
    (
        b">>> import a\n>>> a.f()\n1\n\nText.\n\n    >>> from b import (\n    ...     c)\n",
        [("a", 1), ("b", 7)],
    ),
    (b"import a\n> >> import b\n>>>import c\n", []),
    (b">>> import a\n>>> def (:\nSyntaxError\n>>> import b\n", [("a", 1), ("b", 4)]),
    (b"def f():\n    '''Doc.\n\n    >>> import a\n    '''\n    import b\n", [("a", 4)]),
    (b">>> x = 1\r\n>>> import a\r\n", [("a", 2)]),
    (b"", []),
]


@pytest.mark.parametrize(("text", "imports"), TABLE)
def test_imports(text: bytes, imports: list[tuple[str, int]]) -> None:
    """Imports have the line of the text; an example that cannot run imports nothing, and takes no other with it."""
    found = list(read_examples(text))
    assert all(isinstance(each, FileFacts) for each in found)
    assert [
        (each.module, each.line) for facts in found if isinstance(facts, FileFacts) for each in facts.imports
    ] == imports


def test_unknown_encoding() -> None:
    """A text that is not UTF-8 may be read by doctest all the same: its examples may depend on anything."""
    assert any(not isinstance(each, FileFacts) for each in read_examples(b">>> import a\n>>> x = '\xe9'\n"))
