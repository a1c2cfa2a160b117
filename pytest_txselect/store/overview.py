"""What is in a store, in numbers; nothing is changed by looking."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_txselect.evidence.numbers import decode_numbers
from pytest_txselect.model import RepoPath
from pytest_txselect.store.evidence_schema import SCHEMA_VERSION
from pytest_txselect.store.names import EVIDENCE_FILE, OUTCOMES, Scope, decode_name
from pytest_txselect.store.sqlite import StoreError, open_read

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FactsFile", "Overview", "ScopeOverview", "read_overview"]


@dataclass(frozen=True, slots=True)
class ScopeOverview:
    """What is known for one version of Python on one platform.

    Attributes:
        scope: which.
        tests: tests that are known.
        evidence: those of them with evidence.
        gapped: those of these whose evidence does not say all.
        failed: those that failed in their last run.
        seconds: what all of them take together.
        files: their files.
        runs: how many runs are remembered.
        made: when the newest of them began to be remembered, in seconds since 1970.
        revision: HEAD when it began; empty where there was none.
        complete: the same of the newest run of everything; 0 where there was none.
    """

    scope: Scope
    tests: int
    evidence: int
    gapped: int
    failed: int
    seconds: float
    files: frozenset[RepoPath]
    runs: int
    made: float
    revision: str
    complete: float


@dataclass(frozen=True, slots=True)
class FactsFile:
    """A file of facts.

    Attributes:
        name: its own.
        size: bytes.
        facts: contents of files that are known; -1 where it cannot be read.
        graphs: graphs that are known.
    """

    name: str
    size: int
    facts: int
    graphs: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What a store has.

    Attributes:
        size: bytes of all its files.
        evidence: bytes of recorded evidence; 0 where there is none.
        schema: of the evidence, as this version of ours has it.
        trouble: why the evidence cannot be used; empty where it can, or where there is none.
        files: files and folders of which a version is known.
        versions: their versions.
        scopes: each Python and platform.
        facts: files of facts, one for each version of Python.
        aside: files that were set aside, with their bytes.
    """

    size: int
    evidence: int
    schema: int
    trouble: str
    files: int
    versions: int
    scopes: tuple[ScopeOverview, ...]
    facts: tuple[FactsFile, ...]
    aside: tuple[tuple[str, int], ...]


def read_overview(folder: Path) -> Overview:
    """Look at a store.

    Args:
        folder: the store's; it need not be there.

    Raises:
        OSError: the folder cannot be read.
    """
    files = sorted(each for each in folder.iterdir() if each.is_file()) if folder.is_dir() else []
    sizes = {each.name: each.stat().st_size for each in files}
    trouble, counts = "", (0, 0)
    scopes: tuple[ScopeOverview, ...] = ()
    try:
        counts, scopes = _read_evidence(folder / EVIDENCE_FILE)
    except StoreError as error:
        trouble = error.message
    return Overview(
        sum(sizes.values()),
        sizes.get(EVIDENCE_FILE, 0),
        SCHEMA_VERSION,
        trouble,
        *counts,
        scopes,
        tuple(_read_facts(each) for each in files if each.match("facts-*.sqlite")),
        tuple((name, size) for name, size in sizes.items() if name.endswith((".aside", ".bad"))),
    )


def _read_evidence(file: Path) -> tuple[tuple[int, int], tuple[ScopeOverview, ...]]:
    connection = open_read(file, SCHEMA_VERSION)
    if connection is None:
        return (0, 0), ()
    with contextlib.closing(connection):
        try:
            files, versions = connection.execute(
                "SELECT count(DISTINCT path), count(*) FROM version"
            ).fetchone()
            gapped = _find_gapped(connection)
            rows = connection.execute("SELECT id, python, platform FROM scope ORDER BY python, platform")
            scopes = [_read_scope(connection, number, Scope(*names), gapped) for number, *names in rows]
        except (sqlite3.Error, ValueError, LookupError) as error:
            raise StoreError("store-unusable", f"{file}: {error}; its evidence is not used") from error
    return (files, versions), tuple(scopes)


def _find_gapped(db: sqlite3.Connection) -> set[int]:
    """Sets that have a gap, or include one that has."""
    found: set[int] = set()
    for number, includes, gaps in db.execute("SELECT id, includes, gaps FROM evidence ORDER BY id"):
        if gaps or not found.isdisjoint(decode_numbers(includes)):  # what is included has a lower id
            found.add(number)
    return found


def _read_scope(db: sqlite3.Connection, number: int, scope: Scope, gapped: set[int]) -> ScopeOverview:
    tests: list[tuple[Any, ...]] = db.execute(
        "SELECT path, evidence, outcome, seconds FROM test WHERE scope = ?", (number,)
    ).fetchall()
    runs = db.execute(
        "SELECT made, revision, complete FROM run WHERE scope = ? ORDER BY made", (number,)
    ).fetchall()
    made, revision, _ = runs[-1] if runs else (0.0, "", 0)
    return ScopeOverview(
        scope,
        len(tests),
        sum(row[1] is not None for row in tests),
        sum(row[1] in gapped for row in tests),
        sum(row[2] == OUTCOMES["failed"] for row in tests),
        sum(row[3] for row in tests),
        frozenset(RepoPath(decode_name(row[0])) for row in tests),
        len(runs),
        made,
        revision,
        max((row[0] for row in runs if row[2]), default=0.0),
    )


def _read_facts(file: Path) -> FactsFile:
    size = file.stat().st_size
    try:
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as db:
            query = "SELECT (SELECT count(*) FROM facts), (SELECT count(*) FROM graphs)"
            return FactsFile(file.name, size, *db.execute(query).fetchone())
    except sqlite3.Error:  # it can be made again, and is, by whoever needs it
        return FactsFile(file.name, size, -1, 0)
