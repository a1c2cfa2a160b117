"""The pattern language for paths."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.globs import GlobSyntaxError, escape_path, parse_glob, parse_globs, parse_node_glob

TABLE = [
    # pattern, paths it fits, paths it does not fit
    ("*.md", ["a.md", "docs/a.md", "../README.md", ".md", "x/\n.md"], ["a.mdx", "a.md/b", "amd"]),
    ("/*.md", ["a.md"], ["docs/a.md"]),
    ("./a.md", ["a.md"], ["docs/a.md"]),
    ("docs/**", ["docs/a", "docs/a/b.c", "docs/.hidden"], ["docs", "adocs/a", "x/docs/a"]),
    ("docs/", ["docs/a", "docs/a/b", "x/docs/a"], ["docs", "docsx/a", "a/docs"]),
    ("src/docs/", ["src/docs/a"], ["docs/a", "x/src/docs/a"]),
    ("docs", ["docs", "docs/a/b", "x/docs", "x/docs/a"], ["docs2", "adocs"]),
    ("src/pkg", ["src/pkg", "src/pkg/a"], ["pkg", "x/src/pkg", "src/pkgs"]),
    ("docs/*", ["docs/a"], ["docs/a/b", "docs"]),
    ("**", ["a", "a/b", "../a"], []),
    ("**/", ["a/b"], []),
    ("**/x", ["x", "a/x", "a/b/x", "a/x/b"], ["ax"]),
    ("a/**/b.c", ["a/b.c", "a/x/b.c", "a/x/y/b.c", "a/b.c/b.c"], ["ab.c", "a/xb.c", "b.c", "a/b.cx"]),
    ("a/**/b/**/c.*", ["a/b/c.x", "a/1/b/2/c.x", "a/b/b/c.x", "a/b/x/b/c.x"], ["a/c.x", "a/bb/c.x"]),
    ("**/a/**/*b", ["a/b", "x/a/y/zb"], ["b", "x/y/b", "a"]),
    ("**/a/*/b/**/c.*", ["a/1/b/c.x", "a/a/1/b/c.x", "0/a/a/b/b/c.x"], ["a/b/c.x"]),
    ("**/a/**", ["a/b", "x/a/b/c"], ["a", "x/a", "b/c"]),
    ("a*b*c", ["abc", "a1b2c", "abbc", "x/abc"], ["ab", "acb", "a/b/c", "abcd"]),
    ("*ab*ab*", ["abab", "xabxabx"], ["abb", "ab"]),
    ("?.py", ["a.py", "x/b.py", "\udcff.py"], ["ab.py", ".py"]),
    ("a?b/c.*", ["a1b/c.x"], ["a/b/c.x"]),
    ("[abc]x*", ["ax", "bxy", "d/cx"], ["dx"]),
    ("[a-cx-z]1*", ["b1", "y1"], ["d1", "-1"]),
    ("[!a-c]1*", ["d1", "-1"], ["a1", "/1"]),
    ("[^a]1*", ["b1"], ["a1"]),
    ("[]a]1*", ["]1", "a1"], ["b1"]),
    ("[!]]1*", ["a1"], ["]1"]),
    ("[z-a]*", [], ["z", "a", "-"]),
    ("[!z-a]*", ["q"], [""]),
    ("[a-]1*", ["a1", "-1"], ["b1"]),
    ("[+-9]x*", [".x"], ["/x"]),
    ("[", ["["], ["a"]),
    ("[ab", ["[ab"], ["a"]),
    ("a[*]b", ["a*b"], ["axb", "ab"]),
    ("[\\]*", ["\\x"], ["x"]),
    ("../proto/**", ["../proto/a.x"], ["proto/a.x"]),
    ("../../a*", ["../../ab"], ["../ab"]),
    ("a//b", ["a/b"], ["ab"]),
    ("a/./b", ["a/b"], []),
    ("x.y+(z)", ["x.y+(z)"], ["xay+(z)"]),
]


@pytest.mark.parametrize(("pattern", "fits", "differs"), TABLE, ids=[row[0] for row in TABLE])
def test_pattern_fits(pattern: str, fits: list[str], differs: list[str]) -> None:
    """Each pattern speaks about these paths and not about those."""
    glob = parse_glob(pattern)
    assert [path for path in fits if not glob.matches(path)] == []
    assert [path for path in differs if glob.matches(path)] == []


@pytest.mark.parametrize(
    ("patterns", "path", "expected"),
    [
        (["docs/**", "!docs/snippets/**"], "docs/a.md", True),
        (["docs/**", "!docs/snippets/**"], "docs/snippets/a.md", False),
        (["docs/**", "!docs/snippets/**", "docs/snippets/x*"], "docs/snippets/xa", True),
        (["!docs/**"], "docs/a", False),
        ([], "a", False),
    ],
)
def test_last_pattern_decides(patterns: list[str], path: str, expected: bool) -> None:
    """In a list, the last pattern that speaks about a path decides."""
    assert parse_globs(patterns).matches(path) is expected


def test_find_gives_the_deciding_pattern() -> None:
    """The pattern that decided is there to be named, negated or not."""
    globs = parse_globs(["a*", "!ab*"])
    found = globs.find("abc")
    assert found is not None
    assert (found.text, found.negated) == ("!ab*", True)
    assert globs.find("b") is None


@pytest.mark.parametrize(
    ("pattern", "cause"),
    [
        ("", "matches nothing"),
        ("!", "matches nothing"),
        ("/", "matches nothing"),
        ("docs\\a", "replace the backslash"),
        ("[a]\\b", "replace the backslash"),
        ("**.py", "** stands for whole folders"),
        ("a/b**", "** stands for whole folders"),
        ("a/../b", ".. may stand only in front"),
        ("re:x", "for jobs only"),
    ],
)
def test_wrong_pattern_is_refused(pattern: str, cause: str) -> None:
    """A pattern that cannot mean what its author wants is refused with the cause and the cure."""
    with pytest.raises(GlobSyntaxError, match=re.escape(cause)) as caught:
        parse_glob(pattern)
    assert str(caught.value).count("; ") == 1


def test_regular_expression_fits_the_whole_path() -> None:
    """After `re:`, the whole path must fit."""
    glob = parse_glob(r"!re:tests/.*/test_[ab]\.py", regexes=True)
    assert glob.negated
    assert glob.matches("tests/x/y/test_a.py")
    assert not glob.matches("tests/x/test_a.pyc")


def test_wrong_regular_expression_is_refused() -> None:
    """What `re` refuses is refused with its reason."""
    with pytest.raises(GlobSyntaxError, match="not a regular expression"):
        parse_glob("re:(", regexes=True)


@pytest.mark.parametrize(
    ("pattern", "path", "name", "expected"),
    [
        ("*::test_pipeline_*", "tests/test_a.py", "test_pipeline_x", True),
        ("*::test_pipeline_*", "tests/test_a.py", "TestCase::test_pipeline_x[a::b-1]", True),
        ("*::test_pipeline_*", "tests/test_a.py", "test_other[test_pipeline_x]", False),
        ("*::TestCase", "tests/test_a.py", "TestCase::test_x", False),
        ("*::TestCase::*", "tests/test_a.py", "TestCase::test_x", True),
        ("*::test_x", "a.py", "test_x[1]", True),
        ("*::test_x[1]", "a.py", "test_x[1]", True),
        ("*::test_x[1]", "a.py", "test_x[2]", False),
        ("*::test_x[*a*b*]", "a.py", "TestCase::test_x[1a2b3]", True),
        ("*::test_x[*a*b*]", "a.py", "TestCase::test_x[1b2a3]", False),
        ("*::test_?", "a.py", "test_x", True),
        ("tests/b/**::test_x", "tests/a.py", "test_x", False),
        ("::test_x", "tests/a.py", "test_x", True),
        ("tests/**", "tests/a.py", "whatever", True),
    ],
)
def test_node_pattern_fits(pattern: str, path: str, name: str, expected: bool) -> None:
    """A pattern for tests may leave out classes in front and parameters behind."""
    assert parse_node_glob(pattern).matches(path, name) is expected


@pytest.mark.parametrize("pattern", ["a.py::", "!a.py::test_x", "!a.py", "a\\b::test_x"])
def test_wrong_node_pattern_is_refused(pattern: str) -> None:
    """A pattern for tests that cannot mean anything is refused."""
    with pytest.raises(GlobSyntaxError):
        parse_node_glob(pattern)


PARTS = st.lists(st.sampled_from(["a", "b", "ab", "aab", "-"]), min_size=1, max_size=5)
PATTERN_PARTS = st.lists(
    st.sampled_from(["a", "*", "**", "a*", "*b", "?", "[ab]", "*a*b*", "a*a"]), min_size=1, max_size=5
)


def matches_by_trying(pattern: list[str], path: list[str]) -> bool:
    """Match parts by trying every way, as the definition of the patterns has it."""
    if not pattern:
        return not path
    if pattern[0] == "**":
        if len(pattern) == 1:
            return bool(path)
        return any(matches_by_trying(pattern[1:], path[at:]) for at in range(len(path) + 1))
    return bool(path) and matches_part(pattern[0], path[0]) and matches_by_trying(pattern[1:], path[1:])


def matches_part(pattern: str, text: str) -> bool:
    """Match one part by trying every way."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(matches_part(pattern[1:], text[at:]) for at in range(len(text) + 1))
    if pattern.startswith("[ab]"):
        return text[:1] in {"a", "b"} and matches_part(pattern[4:], text[1:])
    return bool(text) and pattern[0] in {"?", text[0]} and matches_part(pattern[1:], text[1:])


@given(pattern=PATTERN_PARTS, path=PARTS)
def test_same_answer_as_trying_everything(pattern: list[str], path: list[str]) -> None:
    """Atomic groups give the answer of a search through all possibilities."""
    plain_end = pattern[-1] == "a"
    expected = matches_by_trying(pattern, path) or (plain_end and matches_by_trying([*pattern, "**"], path))
    assert parse_glob("/" + "/".join(pattern)).matches("/".join(path)) is expected


@given(
    st.lists(st.text(st.characters(exclude_characters="/\0"), min_size=1), min_size=1).filter(
        lambda parts: not {".", ".."} & set(parts)
    )
)
def test_escaped_path_fits_itself(parts: list[str]) -> None:
    """Any path has a pattern that fits it, whatever its characters."""
    path = "/".join(parts)
    glob = parse_glob(escape_path(path))
    assert not glob.negated
    assert glob.matches(path)
    assert not glob.matches(path + "x")
    assert not glob.matches(f"{parts[0]}x/{path}")  # "x/x" is below "x"


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 40 + "b", "a" * 5000),
        ("**/a/" * 40 + "b.*", "a/" * 2500 + "c"),
        ("**/*a*a*a/" * 20 + "b.*", ("a" * 50 + "/") * 100 + "c"),
        ("?*" * 60 + "b", "a" * 5000),
        ("[" * 3000, "[" * 2999),
    ],
    ids=["stars", "folders", "both", "questions", "brackets"],
)
def test_hostile_pattern_takes_bounded_time(pattern: str, path: str) -> None:
    """Patterns made to backtrack answer in well under a second."""
    start = time.perf_counter()
    assert not parse_glob(pattern).matches(path)
    assert time.perf_counter() - start < 1
