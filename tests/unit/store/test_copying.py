"""A copy of a store says what the store said, and what cannot be read is left out of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from pytest_txselect.store.copying import copy_store

if TYPE_CHECKING:
    from pathlib import Path


def test_copy(tmp_path: Path) -> None:
    """Also of a file that another process writes; nothing of the original changes."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "bad.sqlite").write_bytes(b"no database" * 99)
    (source / "other.txt").write_text("x", encoding="utf-8")
    with closing(sqlite3.connect(source / "good.sqlite", isolation_level=None)) as db:
        db.execute("CREATE TABLE t (x)")
        db.execute("INSERT INTO t VALUES (1)")
        before = (source / "good.sqlite").read_bytes()
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO t VALUES (2)")
        copy_store(source, tmp_path / "target")
        db.execute("ROLLBACK")
    assert (source / "good.sqlite").read_bytes() == before
    with closing(sqlite3.connect(tmp_path / "target/good.sqlite")) as db:
        assert db.execute("SELECT x FROM t").fetchall() == [(1,)]
    assert sorted(path.name for path in (tmp_path / "target").glob("*.*") if path.suffix != ".md") == [
        ".gitignore",
        "CACHEDIR.TAG",
        "good.sqlite",
    ]


def test_copy_of_nothing(tmp_path: Path) -> None:
    """A store that is not there has an empty copy."""
    copy_store(tmp_path / "nowhere", tmp_path / "target")
    assert list((tmp_path / "target").glob("*.sqlite")) == []
