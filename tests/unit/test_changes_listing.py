"""The parsers of git's answers, without git."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.changes.listing import (
    IndexEntry,
    RawEntry,
    TreeEntry,
    encode_path,
    parse_files,
    parse_index,
    parse_paths,
    parse_raw_entries,
    parse_tree,
    quote_path,
)
from pytest_txselect.model import RepoPath

A, B, NONE = "a" * 40, "b" * 40, "0" * 40
NAMES = st.binary(min_size=1, max_size=12).filter(lambda name: b"\0" not in name)
HEADS = st.sampled_from(["100644 100644 M", "000000 100644 A", "100644 000000 D", "100644 120000 T"])


@given(st.lists(st.tuples(HEADS, NAMES)))
def test_any_bytes_survive_a_raw_diff(lines: list[tuple[str, bytes]]) -> None:
    """Whatever a file is called, its name comes out of a diff as it went in."""
    raw = b"".join(f":{head[:13]} {A} {B} {head[-1]}".encode() + b"\0" + name + b"\0" for head, name in lines)
    assert [encode_path(entry.path) for entry in parse_raw_entries(raw)] == [name for _, name in lines]


@given(st.lists(NAMES, unique=True), st.lists(NAMES))
def test_tracked_and_other_files_in_one_list(tracked: list[bytes], others: list[bytes]) -> None:
    """They are told apart by what precedes them, whatever they are called."""
    index = b"".join(b"H 100644 " + A.encode() + b" 0\t" + name + b"\0" for name in tracked)
    listed, rest = parse_files(b"".join(b"? " + name + b"\0" for name in others) + index)
    assert listed == parse_index(index)
    assert [encode_path(path) for path in rest] == others


@given(st.lists(NAMES))
def test_any_bytes_survive_lists(names: list[bytes]) -> None:
    """The index, a tree and a plain list keep names as they are."""
    index = b"".join(b"H 100644 " + A.encode() + b" 0\t" + name + b"\0" for name in names)
    tree = b"".join(b"100644 blob " + A.encode() + b"\t" + name + b"\0" for name in names)
    paths = b"".join(name + b"\0" for name in names)
    assert [encode_path(path) for path in parse_paths(paths)] == names
    assert [encode_path(path) for path in parse_index(index)] == list(dict.fromkeys(names))
    assert [encode_path(path) for path in parse_tree(tree)] == list(dict.fromkeys(names))


def test_a_rename_is_a_deletion_and_an_addition() -> None:
    """Old git configurations may force renames on; two paths then follow."""
    raw = f":100644 100755 {A} {B} R087\0old.py\0new.py\0".encode()
    assert list(parse_raw_entries(raw)) == [
        RawEntry("100644", "000000", A, NONE, "D", RepoPath("old.py")),
        RawEntry("000000", "100755", NONE, B, "A", RepoPath("new.py")),
    ]


def test_a_copy_is_an_addition() -> None:
    """What was copied did not change."""
    raw = f":100644 100644 {A} {A} C100\0old.py\0new.py\0".encode()
    assert list(parse_raw_entries(raw)) == [RawEntry("000000", "100644", NONE, A, "A", RepoPath("new.py"))]


@pytest.mark.parametrize("raw", [b"nonsense\0", b":100644\0a\0", b"a.py\0:100644 100644 a b M\0"])
def test_what_is_not_a_raw_diff_is_refused(raw: bytes) -> None:
    """Garbage is an error, never an empty diff."""
    with pytest.raises(ValueError, match=r"raw diff|unpack"):
        list(parse_raw_entries(raw))


def test_sides_of_an_entry() -> None:
    """A mode of zeros is no file, an object of zeros a file nobody has hashed."""
    entry = RawEntry("000000", "100644", NONE, NONE, "A", RepoPath("a"))
    assert entry.before is None
    assert entry.after == TreeEntry("100644", None)
    assert RawEntry("100755", "000000", A, NONE, "D", RepoPath("a")).before == TreeEntry("100755", A)


@pytest.mark.parametrize(
    ("flags", "unmerged", "absent_by_intent"),
    [("H", False, False), ("h", False, False), ("S", False, True), ("s", False, True), ("M", True, False)],
)
def test_flags_of_the_index(flags: str, unmerged: bool, absent_by_intent: bool) -> None:
    """Each letter of `ls-files -v` means what git's manual says."""
    (entry,) = parse_index(f"{flags} 100644 {A} 0\ta.py\0".encode()).values()
    assert entry == IndexEntry("100644", A, flags)
    assert (entry.unmerged, entry.absent_by_intent) == (unmerged, absent_by_intent)


def test_an_unmerged_file_is_listed_once() -> None:
    """The index has it three times, in three stages."""
    raw = "".join(f"M 100644 {name * 40} {stage}\ta.py\0" for stage, name in enumerate("abc", 1)).encode()
    assert list(parse_index(raw)) == ["a.py"]


@pytest.mark.parametrize(
    ("path", "quoted"),
    [
        ("a b", b'"a b"'),
        ('a"b', b'"a\\"b"'),
        ("a\\b", b'"a\\\\b"'),
        ("a\nb", b'"a\\nb"'),
        ("\udcff", b'"\xff"'),
    ],
)
def test_names_are_quoted_for_lines(path: str, quoted: bytes) -> None:
    """Quoting keeps a name on one line, and reversible."""
    assert quote_path(path) == quoted
