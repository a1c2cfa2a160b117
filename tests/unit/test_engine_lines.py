"""Where a file says what an edge is about."""

from __future__ import annotations

import pytest

from pytest_txselect.engine.lines import read_literals

SOURCE = b'''"""Reads a/b.json."""
import os

def load(sample):
    text = """
    first
    python -m pkg.tool
    """
    return open("data/cases.json"), "pkg.plug_a", sample.listdir
'''


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a/b.json", 1),
        ("b.json", 1),
        ("pkg.tool", 7),
        ("cases.json", 9),
        ("data/cases.json", 9),
        ("pkg.plug", 0),
        ("ases.json", 0),
        ("tool.py", 0),
    ],
)
def test_find_text(text: str, line: int) -> None:
    """A text is found in a string as a part of its own, on its own line."""
    assert read_literals(SOURCE).find_text(text) == line


@pytest.mark.parametrize(("names", "line"), [({"sample"}, 4), ({"listdir", "walk"}, 9), ({"nothing"}, 0)])
def test_find_name(names: set[str], line: int) -> None:
    """Parameters, names and attributes have lines."""
    assert read_literals(SOURCE).find_name(names) == line


def test_unparsed_source_has_none() -> None:
    """A file that does not parse says nothing."""
    assert read_literals(b"def (").find_text("def") == 0


def test_whole_string_wins_over_an_earlier_part() -> None:
    """The string that is the text itself is the place."""
    assert read_literals(b'"see x.json"\nopen("x.json")\n').find_text("x.json") == 2
