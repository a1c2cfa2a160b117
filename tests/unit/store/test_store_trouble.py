"""Merging and tidying stores that cannot be used: nothing is half done, and the message has the place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from test_evidence_store import HERE, make, opened

from pytest_txselect.model import RepoPath
from pytest_txselect.store.evidence import RunNote, write_evidence
from pytest_txselect.store.merging import merge_stores
from pytest_txselect.store.names import EVIDENCE_FILE
from pytest_txselect.store.sqlite import StoreError
from pytest_txselect.store.tidying import Forgotten, tidy_evidence

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shard(tmp_path: Path) -> Path:
    """A store of two tests."""
    folder = tmp_path / "shard"
    write_evidence(folder, make({"t.py::x": {"f"}, "t.py::y": {"g"}}), RunNote(HERE))
    return folder


def known(folder: Path) -> set[str]:
    """The tests that a store knows."""
    with closing(opened(folder)) as evidence:
        return set(evidence.read_tests())


BREAKS = {
    "reference": "UPDATE evidence SET includes = x'05' WHERE id = (SELECT max(id) FROM evidence)",
    "list": "UPDATE evidence SET pieces = x'80'",
    "column": "ALTER TABLE piece RENAME COLUMN place TO other",
    "schema": "PRAGMA user_version = 99",
}


@pytest.mark.parametrize("name", BREAKS)
def test_damaged_shard(tmp_path: Path, shard: Path, name: str) -> None:
    """A shard that is damaged adds nothing, nor do those before it."""
    good = tmp_path / "good"
    write_evidence(good, make({"t.py::z": {"f"}}), RunNote(HERE))
    target = tmp_path / "target"
    write_evidence(target, make({"t.py::old": {"f"}}), RunNote(HERE))
    with closing(sqlite3.connect(shard / EVIDENCE_FILE)) as db:
        db.execute(BREAKS[name])
        db.commit()
    with pytest.raises(StoreError):
        merge_stores(target, [good / EVIDENCE_FILE, shard / EVIDENCE_FILE])
    assert known(target) == {"t.py::old"}


def test_shard_that_is_gone(tmp_path: Path) -> None:
    """A file that is not there is an error, not an empty shard."""
    with pytest.raises(StoreError, match="nothing is merged"):
        merge_stores(tmp_path / "target", [tmp_path / "gone.sqlite"])


def test_target_that_cannot_be_made(tmp_path: Path, shard: Path) -> None:
    """A file in the place of the target's folder is an error of ours."""
    (tmp_path / "target").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="nothing is merged"):
        merge_stores(tmp_path / "target", [shard / EVIDENCE_FILE])


def test_target_that_is_no_store(tmp_path: Path, shard: Path) -> None:
    """A target that cannot be used is set aside, which is said, and then has what the shards have."""
    target = tmp_path / "target"
    target.mkdir()
    (target / EVIDENCE_FILE).write_bytes(b"no database" * 99)
    merged = merge_stores(target, [shard / EVIDENCE_FILE])
    assert "set aside" in merged.said
    assert known(target) == {"t.py::x", "t.py::y"}


def test_locked(tmp_path: Path, shard: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that another process holds for long is neither merged into nor tidied."""
    monkeypatch.setenv("TXSELECT_STORE_WAIT", "0.05")
    target = tmp_path / "target"
    write_evidence(target, make({"t.py::old": {"f"}}), RunNote(HERE))
    with closing(sqlite3.connect(target / EVIDENCE_FILE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="nothing is merged"):
            merge_stores(target, [shard / EVIDENCE_FILE])
        with pytest.raises(StoreError, match="nothing is forgotten"):
            tidy_evidence(target, lambda _node, _path: True)
    assert known(target) == {"t.py::old"}


def test_tidied(shard: Path) -> None:
    """What is gone is forgotten with all that only it needed; the rest says what it said."""
    with closing(opened(shard)) as evidence:
        before = evidence.read_pieces("t.py::x")
    assert tidy_evidence(shard, lambda node, path: node == "t.py::y" and path == "t.py") == Forgotten(1, 1, 1)
    with closing(opened(shard)) as evidence:
        assert [each.piece for each in evidence.read_pieces("t.py::x")] == [each.piece for each in before]
        assert [each.piece.name for each in evidence.find_pieces(RepoPath("a.py"))] == ["f"]
    assert tidy_evidence(shard, lambda _node, _path: True).tests == 1
    assert known(shard) == set()


def test_nothing_to_tidy(tmp_path: Path) -> None:
    """Where there is no store none is made."""
    assert tidy_evidence(tmp_path / "nowhere", lambda _node, _path: True) == Forgotten()
    assert not (tmp_path / "nowhere").exists()
