"""On which line a key stands."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.config.positions import KeyPath, find_positions

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = '''\
# a comment = 1
top = """
key = 1
[not.a.table] \\"""
"""
'quoted.key' = "it's" # x
[tool.txselect] # [x]
record = "a # b\\" ]"
"a\\tb".c . 'd' = 1979-05-27 07:32:00
neutral = [
  "one", # comma, here
  \'\'\'
two\'\'\', "thr]ee",
  [ 1, 2 ],
  { x = 1, y.z = [3] },
]
[[tool.txselect.jobs]]
name = "first"
[tool.txselect.jobs.ci]
image = "x"
[[ tool . txselect . "jobs" ]]
name = "second"
[[tool.txselect.jobs.deep]]
a = 1
[[tool.txselect.jobs.deep]]
a = {}
[empty]
'''

EXPECTED: dict[KeyPath, int] = {
    ("top",): 2,
    ("quoted.key",): 6,
    ("tool",): 7,
    ("tool", "txselect"): 7,
    ("tool", "txselect", "record"): 8,
    ("tool", "txselect", "a\tb"): 9,
    ("tool", "txselect", "a\tb", "c"): 9,
    ("tool", "txselect", "a\tb", "c", "d"): 9,
    ("tool", "txselect", "neutral"): 10,
    ("tool", "txselect", "neutral", 0): 11,
    ("tool", "txselect", "neutral", 1): 12,
    ("tool", "txselect", "neutral", 2): 13,
    ("tool", "txselect", "neutral", 3): 14,
    ("tool", "txselect", "neutral", 3, 0): 14,
    ("tool", "txselect", "neutral", 3, 1): 14,
    ("tool", "txselect", "neutral", 4): 15,
    ("tool", "txselect", "neutral", 4, "x"): 15,
    ("tool", "txselect", "neutral", 4, "y"): 15,
    ("tool", "txselect", "neutral", 4, "y", "z"): 15,
    ("tool", "txselect", "neutral", 4, "y", "z", 0): 15,
    ("tool", "txselect", "jobs"): 17,
    ("tool", "txselect", "jobs", 0): 17,
    ("tool", "txselect", "jobs", 0, "name"): 18,
    ("tool", "txselect", "jobs", 0, "ci"): 19,
    ("tool", "txselect", "jobs", 0, "ci", "image"): 20,
    ("tool", "txselect", "jobs", 1): 21,
    ("tool", "txselect", "jobs", 1, "name"): 22,
    ("tool", "txselect", "jobs", 1, "deep"): 23,
    ("tool", "txselect", "jobs", 1, "deep", 0): 23,
    ("tool", "txselect", "jobs", 1, "deep", 0, "a"): 24,
    ("tool", "txselect", "jobs", 1, "deep", 1): 25,
    ("tool", "txselect", "jobs", 1, "deep", 1, "a"): 26,
    ("empty",): 27,
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_kind_of_key_has_its_line(newline: str) -> None:
    """Nested tables, arrays of tables, dotted and quoted keys, arrays, inline tables, either line end."""
    assert find_positions(TEXT.replace("\n", newline)) == EXPECTED


def find_paths(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Go through all the paths of a document."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from find_paths(item, (*path, key))


CHARS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\"'\\#[]{}=.,"), max_size=6)


def quote(text: str) -> str:
    """Write a basic string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


KEYS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,3}", fullmatch=True),
    CHARS.map(quote),
    st.text("ab#[]=.", max_size=3).map("'{}'".format),
)
SCALARS = st.one_of(
    st.sampled_from(["1", "-0.5", "true", "inf", "1979-05-27T07:32:00Z", "''''a'''", "'''\n''a\n'''"]),
    CHARS.map(quote),
    CHARS.map(lambda text: '""' + quote(text) + '""'),
    st.text('ab#[]=.,"', max_size=4).map("'{}'".format),
)
BLANKS = st.sampled_from(["", " ", "\t"])
GAPS = st.sampled_from(["", " ", "\n", " # x]\n", "\n\n  "])


def write_array(items: list[str], gap: str) -> str:
    """Write an array over several lines."""
    return f"[{gap}" + f"{gap},{gap}".join(items) + f"{gap}]"


def write_table(pairs: list[tuple[str, str]], blank: str) -> str:
    """Write an inline table."""
    return "{" + f"{blank},{blank}".join(f"{key}{blank}={blank}{value}" for key, value in pairs) + "}"


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.builds(write_array, st.lists(inner, max_size=3), GAPS),
        st.builds(write_table, st.lists(st.tuples(KEYS, inner), max_size=3), BLANKS),
    ),
    max_leaves=6,
)
NAMES = st.builds(
    lambda keys, blank: f"{blank}.{blank}".join(keys), st.lists(KEYS, min_size=1, max_size=3), BLANKS
)
LINES = st.one_of(
    NAMES.map("[{}]".format),
    NAMES.map("[[{}]]".format),
    st.builds(lambda name, blank, value: f"{name}{blank}={blank}{value}", NAMES, BLANKS, VALUES),
    st.just("# x = 1"),
)


@given(st.lists(st.tuples(LINES, st.sampled_from(["", " # c", "\n"])), max_size=8))
def test_paths_are_those_of_any_document(lines: list[tuple[str, str]]) -> None:
    """For any text that tomllib accepts, exactly its keys are found, in the order of their lines."""
    text = ""
    for line, end in lines:
        longer = f"{text}{line}{end}\n"
        try:
            tomllib.loads(longer)
        except tomllib.TOMLDecodeError:
            continue
        text = longer
    positions = find_positions(text)
    assert set(positions) == set(find_paths(tomllib.loads(text)))
    assert list(positions.values()) == sorted(positions.values())
