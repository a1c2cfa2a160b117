"""What a project's store knows, as values that can be compared, and what would run next because of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from small_project import ran

from pytest_txselect.store.names import EVIDENCE_FILE, read_scope
from pytest_txselect.store.recorded import read_evidence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from small_project import SmallProject

__all__ = ["LOCKS", "Kept", "find_store", "held", "read_kept", "run_next"]

LOCKS: Final = {
    "reader": ("BEGIN", "SELECT count(*) FROM test"),  # who writes has to wait when it is done
    "writer": ("BEGIN IMMEDIATE",),  # others may read
    "alone": ("BEGIN EXCLUSIVE",),
}


class Kept(NamedTuple):
    """What a store knows.

    Attributes:
        runs: how many runs it has seen.
        tests: outcome and names of pieces of each test, by node id.
    """

    runs: int
    tests: dict[str, tuple[str, frozenset[str]]]


def find_store(project: SmallProject) -> Path:
    """The file of evidence."""
    return project.pytester.path / ".txselect" / EVIDENCE_FILE


def read_kept(project: SmallProject) -> Kept:
    """All that a store knows, after a look at whether it is sound; nothing where there is none."""
    store = find_store(project)
    if not store.exists():
        return Kept(0, {})
    with closing(sqlite3.connect(store)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return Kept(0, {})  # its tables were not made any more
        (runs,) = db.execute("SELECT count(*) FROM run").fetchone()
    evidence = read_evidence(store.parent, read_scope())
    if evidence is None:
        return Kept(runs, {})
    with closing(evidence):
        tests = {
            node: (
                test.outcome,
                frozenset(each.piece.name or each.piece.path for each in evidence.read_pieces(node)),
            )
            for node, test in evidence.read_tests().items()
        }
    return Kept(runs, tests)


def run_next(project: SmallProject) -> set[str]:
    """The tests that `--impacted-by=last` runs; the run is not recorded."""
    return set(ran(project.run(ref="last")))


@contextmanager
def held(store: Path, lock: str) -> Iterator[None]:
    """Another process has the store; in truth another connection, which SQLite takes for the same."""
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        for statement in LOCKS[lock]:
            other.execute(statement).fetchall()
        yield
