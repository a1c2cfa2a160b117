"""Two sides of a path, and what changed between them."""

from __future__ import annotations

import pytest

from pytest_txselect.changes.diff import compare, parse_raw_diff
from pytest_txselect.changes.listing import TreeEntry
from pytest_txselect.model import Change, ChangeKind, RepoPath

A, B, NONE = "a" * 40, "b" * 40, "0" * 40
PATH = RepoPath("pkg/a.py")


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (None, None, None),
        (("100644", A), ("100644", A), None),
        (("100644", A), ("100755", A), None),
        (("100644", A), ("100644", B), ChangeKind.MODIFIED),
        (("100644", A), ("100644", None), ChangeKind.MODIFIED),
        (("100644", A), ("120000", A), ChangeKind.MODIFIED),
        (("120000", A), ("100644", None), ChangeKind.MODIFIED),
        (None, ("100644", None), ChangeKind.ADDED),
        (("100644", A), None, ChangeKind.DELETED),
        (None, ("160000", A), ChangeKind.SUBMODULE),
        (("160000", A), None, ChangeKind.SUBMODULE),
        (("160000", A), ("160000", A), ChangeKind.SUBMODULE),
        (("160000", A), ("100644", B), ChangeKind.SUBMODULE),
    ],
)
def test_compare(
    old: tuple[str, str | None] | None, new: tuple[str, str | None] | None, kind: ChangeKind | None
) -> None:
    """Permissions are nothing, the kind of file and the content are something."""
    change = compare(PATH, TreeEntry(*old) if old else None, TreeEntry(*new) if new else None)
    assert (change.kind if change else None) == kind
    if change:
        assert (change.old, change.new) == (old and old[1], new and new[1])


def test_a_diff_is_sorted_and_names_a_path_once() -> None:
    """Order and repetition in git's answer do not matter."""
    raw = (
        f":100644 100644 {A} {B} M\0z.py\0:000000 100644 {NONE} {B} A\0b.py\0"
        f":100644 100644 {A} {NONE} M\0z.py\0:100644 100755 {A} {A} M\0mode.sh\0"
    ).encode()
    assert parse_raw_diff(raw) == (
        Change(RepoPath("b.py"), ChangeKind.ADDED, None, B),
        Change(RepoPath("z.py"), ChangeKind.MODIFIED, A, None),
    )


def test_an_empty_diff() -> None:
    """Nothing is nothing."""
    assert parse_raw_diff(b"") == ()
