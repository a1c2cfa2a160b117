"""Dependencies that comments declare."""

from __future__ import annotations

import pytest

from pytest_txselect.source.declared import find_declared

LINE = "# txselect: depends data/*.json other.txt\n"
FOUND = {
    "a comment": ("x = 1\n" + LINE, [("data/*.json", 2), ("other.txt", 2)]),
    "beside a statement": ("x = 1  #txselect:depends a.txt\n", [("a.txt", 1)]),
    "windows lines": ("# txselect: depends a.txt\r\nx = 1\r\n", [("a.txt", 1)]),
    "in a string": (f"x = '''\n{LINE}'''\n", []),
    "nothing named": ("# txselect: depends   \nx = 1\n", []),
    "another word": ("# txselect: depend a.txt\n", []),
    "a file that cannot be read": (f"x = (\n{LINE}y = '''\n", [("data/*.json", 2), ("other.txt", 2)]),
    "a string of such a file": (f"x = '''\n{LINE}", [("data/*.json", 2), ("other.txt", 2)]),
}


@pytest.mark.parametrize("case", FOUND)
def test_declared(case: str) -> None:
    """Patterns come in order, with their lines; where comments cannot be told from strings, all lines count."""
    text, expected = FOUND[case]
    assert [(each.pattern, each.line) for each in find_declared(text.encode())] == expected


def test_bytes_that_are_no_text() -> None:
    """A file that does not decode is read as far as it goes."""
    assert [each.pattern for each in find_declared(b"# txselect: depends a.txt\n\xff\n")] == ["a.txt"]
