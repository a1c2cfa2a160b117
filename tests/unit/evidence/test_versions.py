"""Versions of what was used: contents with git's names, listings, and what nobody can name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.evidence.evidence import FileVersion, Piece, PieceKind
from pytest_txselect.evidence.files import ABSENT, UNREADABLE, stamp_file
from pytest_txselect.evidence.versions import (
    GONE,
    KEPT,
    find_versions,
    name_blob,
    read_listing,
    read_versions,
)
from pytest_txselect.model import RepoPath

if TYPE_CHECKING:
    from pathlib import Path

A = RepoPath("a.py")


def read(top: Path, name: str, stamp: tuple[int, int, int] | None) -> FileVersion:
    """The version of a file that had a stamp when it was used."""
    return read_versions(str(top), {RepoPath(name): stamp})[RepoPath(name)]


def test_contents(tmp_path: Path) -> None:
    """A file that is as it was has git's name; the text is kept of Python files and manifests."""
    text = b"x = 1\n"
    for name, kept in (("a.py", text), ("a.pyi", text), ("pyproject.toml", text), ("a.txt", b"")):
        (tmp_path / name).write_bytes(text)
        assert read(tmp_path, name, stamp_file(str(tmp_path / name))) == FileVersion(name_blob(text), kept)


def test_large_text(tmp_path: Path) -> None:
    """A text that is very long has a name, and is not kept."""
    text = b"#" * (KEPT + 1)
    (tmp_path / "a.py").write_bytes(text)
    assert read(tmp_path, "a.py", stamp_file(str(tmp_path / "a.py"))) == FileVersion(name_blob(text))


@pytest.mark.parametrize("case", ["several", "unreadable", "other", "came", "went"])
def test_versions_that_nobody_knows(tmp_path: Path, case: str) -> None:
    """A file that was used in several versions, is none, or is another one now, has no name."""
    (tmp_path / "a.py").write_bytes(b"x")
    stamp = stamp_file(str(tmp_path / "a.py"))
    stamps = {"several": None, "unreadable": UNREADABLE, "other": (1, 2, 3), "came": ABSENT, "went": stamp}
    if case == "went":
        (tmp_path / "a.py").unlink()
    assert read(tmp_path, "a.py", stamps[case]) == FileVersion("")


def test_absent(tmp_path: Path) -> None:
    """A file that was not there, and is not there, has a version of its own."""
    assert read(tmp_path, "a.py", ABSENT) == FileVersion(GONE)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipe(tmp_path: Path) -> None:
    """What is no regular file is never opened, which might wait for ever."""
    os.mkfifo(tmp_path / "a.py")
    stamp = stamp_file(str(tmp_path / "a.py"))
    assert stamp == UNREADABLE
    assert read(tmp_path, "a.py", stamp) == FileVersion("")


def test_listing(tmp_path: Path) -> None:
    """The version of a folder is its names in any order, without what tools leave there."""
    (tmp_path / "data").mkdir()
    empty = read_listing(str(tmp_path), RepoPath("data"))
    for name in ("__pycache__", ".pytest_cache", "x.pyc", ".coverage.1"):
        (tmp_path / "data" / name).touch()
    assert read_listing(str(tmp_path), RepoPath("data")) == empty
    (tmp_path / "data" / "a.txt").touch()
    one = read_listing(str(tmp_path), RepoPath("data"))
    (tmp_path / "data" / "a.txt").write_text("x", encoding="utf-8")
    assert read_listing(str(tmp_path), RepoPath("data")) == one != empty
    assert read_listing(str(tmp_path), RepoPath("gone")) == FileVersion(GONE)


def test_pieces_without_stamps(tmp_path: Path) -> None:
    """A folder that was listed is read now; a file without a stamp is not known."""
    pieces = [Piece(PieceKind.LISTED, RepoPath("")), Piece(PieceKind.OPENED, A)]
    found = find_versions(str(tmp_path), pieces, {})
    assert found == {RepoPath(""): read_listing(str(tmp_path), RepoPath("")), A: FileVersion("")}
