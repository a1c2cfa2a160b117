"""How long tests took, as the store remembers it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.evidence.evidence import RecordedTest, Recording
from pytest_txselect.model import RepoPath
from pytest_txselect.store.durations import read_durations
from pytest_txselect.store.evidence import RunNote, write_evidence
from pytest_txselect.store.names import Scope
from pytest_txselect.store.sqlite import StoreError

if TYPE_CHECKING:
    from pathlib import Path

HERE, OTHER = Scope("cpython-313", "linux-x86_64"), Scope("cpython-311", "linux-x86_64")
NODE, ODD = "tests/test_a.py::test_a", "tests/test_\udcff.py::test_b"


def remember(folder: Path, scope: Scope, seconds: dict[str, float]) -> None:
    """Write what a run took."""
    tests = {
        node: RecordedTest(RepoPath(node.partition("::")[0]), None, "passed", each)
        for node, each in seconds.items()
    }
    write_evidence(folder, Recording(tests=tests), RunNote(scope))


def test_nothing_remembered(tmp_path: Path) -> None:
    """Without a store nothing is known."""
    assert read_durations(tmp_path, HERE) == {}


def test_own_scope_wins(tmp_path: Path) -> None:
    """Durations on another Python are better than none; those of this one are better still, whenever they were taken."""
    remember(tmp_path, HERE, {NODE: 1.0})
    remember(tmp_path, OTHER, {NODE: 2.0, ODD: 3.0})
    assert read_durations(tmp_path, HERE) == {NODE: 1.0, ODD: 3.0}
    assert read_durations(tmp_path, OTHER) == {NODE: 2.0, ODD: 3.0}


def test_damaged_table(tmp_path: Path) -> None:
    """A store that cannot answer is an error, and never "no durations"."""
    remember(tmp_path, HERE, {NODE: 1.0})
    with closing(sqlite3.connect(tmp_path / "evidence.sqlite")) as connection:
        connection.execute("DROP TABLE test")
        connection.commit()
    with pytest.raises(StoreError, match="recorded durations cannot be read"):
        read_durations(tmp_path, HERE)
