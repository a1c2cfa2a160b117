"""Forgets recorded evidence that nothing can need any more, and gives its room back."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_txselect.model import RepoPath
from pytest_txselect.store.deselected import forget_deselected
from pytest_txselect.store.evidence_schema import SCHEMA_VERSION
from pytest_txselect.store.garbage import collect_garbage
from pytest_txselect.store.names import EVIDENCE_FILE, decode_name
from pytest_txselect.store.sqlite import StoreError, open_update, transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Forgotten", "tidy_evidence"]

LOST: Final = "nothing is forgotten"


class Forgotten(NamedTuple):
    """What was forgotten.

    Attributes:
        tests: tests that are no more, each counted once for every scope.
        sets: sets of evidence that no test needed.
        versions: versions of files that no test needed.
    """

    tests: int = 0
    sets: int = 0
    versions: int = 0


def tidy_evidence(folder: Path, is_gone: Callable[[str, RepoPath], bool]) -> Forgotten:
    """Forget tests that are no more, and what only they needed; for every scope.

    A file of which a test is forgotten counts as one of which tests may be unknown.

    Args:
        folder: the store's.
        is_gone: whether a test, by its node id and its file, is no more.

    Raises:
        StoreError: it cannot be read or written now; it is as it was.
    """
    file = folder / EVIDENCE_FILE
    connection = open_update(file, SCHEMA_VERSION, LOST)
    if connection is None:
        return Forgotten()
    with contextlib.closing(connection):
        with transaction(connection, file, LOST):
            before = _count(connection)
            rows = connection.execute("SELECT scope, node, path FROM test").fetchall()
            gone = [row for row in rows if is_gone(decode_name(row[1]), RepoPath(decode_name(row[2])))]
            connection.executemany("DELETE FROM test WHERE scope = ? AND node = ?", (row[:2] for row in gone))
            connection.executemany(
                "DELETE FROM whole WHERE scope = ? AND version IN (SELECT id FROM version WHERE path = ?)",
                {(scope, path) for scope, _, path in gone},
            )
            forget_deselected(connection, {(scope, path) for scope, _, path in gone})
            collect_garbage(connection)
            after = _count(connection)
        try:
            connection.execute("VACUUM")
        except sqlite3.Error as error:
            raise StoreError("store-unusable", f"{folder}: {error}; its room is not given back") from error
    return Forgotten(len(gone), before[0] - after[0], before[1] - after[1])


def _count(db: sqlite3.Connection) -> tuple[int, int]:
    """How many sets and versions there are."""
    row = db.execute("SELECT (SELECT count(*) FROM evidence), (SELECT count(*) FROM version)").fetchone()
    return int(row[0]), int(row[1])
