"""What git's complaints become, and which fetch is proposed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_txselect.changes.repository import parse_location
from pytest_txselect.changes.trouble import (
    Fetch,
    check_name,
    explain_failure,
    explain_missing,
    explain_no_blob,
    find_fetch,
    show_path,
)
from pytest_txselect.errors import GitError, UsageError

HASH = "a1" * 20
ORIGIN_MAIN = "+refs/heads/main:refs/remotes/origin/main"


@pytest.mark.parametrize(
    ("name", "remotes", "fetch"),
    [
        ("origin/main", ["origin"], Fetch("origin", (ORIGIN_MAIN,))),
        ("origin/main~3", ["origin"], Fetch("origin", (ORIGIN_MAIN,))),
        ("refs/remotes/origin/main", ["origin"], Fetch("origin", (ORIGIN_MAIN,))),
        ("up/a/b", ["origin", "up"], Fetch("up", ("+refs/heads/a/b:refs/remotes/up/a/b",))),
        (HASH, ["up", "origin"], Fetch("origin", (HASH,))),
        (HASH, ["up"], Fetch("up", (HASH,))),
        ("refs/tags/v1", ["origin"], Fetch("origin", ("+refs/tags/v1:refs/tags/v1",))),
        ("HEAD~3", ["origin"], Fetch("origin", ())),
        ("origin/HEAD", ["origin"], Fetch("origin", ())),
        ("origin/main", [], None),
    ],
)
def test_what_to_fetch(name: str, remotes: list[str], fetch: Fetch | None) -> None:
    """A name tells what to ask the remote for, where one can ask for it."""
    assert find_fetch(name, remotes) == fetch


def test_a_fetch_is_rendered_as_typed() -> None:
    """The cure can be copied into a shell."""
    fetch = Fetch("origin", ("+refs/heads/a b:refs/remotes/origin/a b",)).beside(HASH)
    assert fetch.render("--depth=5") == (
        f"git fetch --no-tags --depth=5 origin '+refs/heads/a b:refs/remotes/origin/a b' {HASH}"
    )


@pytest.mark.parametrize(
    ("fetch", "shallow", "cure"),
    [
        (
            Fetch("origin", (HASH,)),
            True,
            f"in a shallow clone; run `git fetch --no-tags --unshallow origin {HASH}`",
        ),
        (Fetch("origin", (HASH,)), False, f"in this clone; run `git fetch --no-tags origin {HASH}`"),
        (None, True, "in a shallow clone; there is no remote to fetch it from"),
    ],
)
def test_a_missing_base_names_its_cure(fetch: Fetch | None, shallow: bool, cure: str) -> None:
    """The message has the very command."""
    error = explain_missing("/r", "refs/remotes/origin/main", "no commit", fetch, shallow=shallow)
    assert error.message.startswith("/r: no commit 'origin/main' " + cure)
    assert (error.slug, error.fetch) == ("base-missing", fetch)


@pytest.mark.parametrize(
    ("complaint", "slug", "part"),
    [
        (
            b"fatal: detected dubious ownership in '/r'\n\n\tgit config --global --add safe.directory /r\n",
            "dubious-ownership",
            "`git config --global --add safe.directory /r`",
        ),
        (
            b"fatal: unsafe repository ('/r' is owned by someone else)\n",
            "dubious-ownership",
            "`git config --global --add safe.directory '/a b'`",
        ),
        (b"fatal: not a git repository (or any parent)\n", "no-repository", "`git init` here"),
        (b"fatal: cannot change to '/x': No such file or directory\n", "no-repository", "run in a clone"),
        (b"warning: w\nfatal: bad\tobject x\n", "git-failed", "`git diff` failed: fatal: bad object x;"),
        (b"something odd\n", "git-failed", "failed: something odd;"),
        (b"", "git-failed", "failed: it gave no reason;"),
    ],
)
def test_complaints_of_git(complaint: bytes, slug: str, part: str) -> None:
    """Each becomes one line with place, cause and cure."""
    error = explain_failure("/a b", "diff", complaint)
    assert error.slug == slug
    assert error.message.startswith("/a b: ")
    assert part in error.message
    assert "\n" not in error.message


@pytest.mark.parametrize(
    ("name", "slug"),
    [("", "empty-ref"), (" \t", "empty-ref"), ("-x", "option-like-ref"), ("--output=/x", "option-like-ref"),
     ("a\0b", "unknown-ref"), ("\ud800", "unknown-ref")],
)  # fmt: skip
def test_names_that_cannot_be_revisions(name: str, slug: str) -> None:
    """They are refused before git sees them."""
    with pytest.raises(UsageError) as caught:
        check_name("/r", name)
    assert caught.value.slug == slug


@pytest.mark.parametrize("name", ["main", "HEAD~3", "@{u}", "a\udcffb", ":/text with blanks"])
def test_names_that_may_be_revisions(name: str) -> None:
    """They are for git to judge."""
    check_name("/r", name)


def test_missing_content_is_named() -> None:
    """With git's own reason, where it gave one."""
    assert explain_no_blob("/r", HASH, b"").message.startswith(
        f"/r: the content {HASH} is not in this clone; "
    )
    assert "(fatal: no way)" in explain_no_blob("/r", HASH, b"fatal: no way\n").message


def test_paths_are_shown_on_one_line() -> None:
    """A newline or a byte that is no text does not break a message."""
    assert show_path(Path("/a b")) == "/a b"
    assert show_path(Path("/a\nb")) == r"'/a\nb'"
    assert show_path(Path("/\udcff")) == r"'/\udcff'"


def test_a_location_with_newlines(tmp_path: Path) -> None:
    """Both paths may contain what separates git's lines."""
    top = tmp_path / "a\nb"
    out = f"false\ntrue\n{top}/.git\n--txselect-mark\n{top}\n".encode()
    found = parse_location("x", 0, out, b"")
    assert (found.top, found.git_dir, found.shallow) == (top.resolve(), top / ".git", True)


@pytest.mark.parametrize(
    ("bare", "part"), [("true", "a bare repository"), ("false", "inside of a git directory")]
)
def test_a_location_without_a_work_tree(bare: str, part: str) -> None:
    """There is a repository, but nothing to test."""
    with pytest.raises(GitError, match=part):
        parse_location("x", 128, f"{bare}\nfalse\n/r\n--txselect-mark\n".encode(), b"fatal: x")
