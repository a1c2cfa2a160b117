"""Merges stores of evidence: those of the shards of a run, say.

Of a test that several stores know the newest row counts, but one that was skipped only where no other is there:
it says nothing about whether the test passes. That is the maximum of a total order, and all else is a union;
so the order in which stores are merged does not matter, nor whether one is merged twice.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pytest_txselect.evidence.numbers import decode_numbers
from pytest_txselect.store.deselected import merge_deselected
from pytest_txselect.store.evidence_schema import SCHEMA, SCHEMA_VERSION
from pytest_txselect.store.folder import make_folder
from pytest_txselect.store.garbage import collect_garbage, find_alive
from pytest_txselect.store.names import EVIDENCE_FILE, OUTCOMES, Scope
from pytest_txselect.store.rows import EvidenceRows
from pytest_txselect.store.sqlite import StoreError, open_read, open_write, transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["Merged", "merge_stores"]

LOST: Final = "nothing is merged"


class Merged(NamedTuple):
    """What a merge did.

    Attributes:
        tests: rows of tests that are new, or newer than those that were there.
        said: a sentence for the user where an unusable target was set aside; else empty.
    """

    tests: int
    said: str


def merge_stores(target: Path, sources: Iterable[Path]) -> Merged:
    """Add what other stores know, as a whole or not at all.

    Args:
        target: folder of the store that is added to; made where there is none.
        sources: files of evidence; one that is the target's own has nothing to add.

    Raises:
        StoreError: one of them cannot be read, or the target cannot be written; it is as it was then.
    """
    try:
        make_folder(target)
    except OSError as error:
        raise StoreError("store-unusable", f"{target}: {error}; {LOST}") from error
    file = target / EVIDENCE_FILE
    with contextlib.ExitStack() as stack:
        opened = []
        for source in sources:
            if file.exists() and source.samefile(file):
                continue
            connection = open_read(source, SCHEMA_VERSION)
            if connection is None:
                raise StoreError("store-unusable", f"{source}: there is no such file; {LOST}")
            opened.append(stack.enter_context(contextlib.closing(connection)))
        connection, said = open_write(file, SCHEMA, SCHEMA_VERSION, LOST)
        stack.enter_context(contextlib.closing(connection))
        with transaction(connection, file, LOST):
            try:
                changed = sum(_Merging(connection, source).merge() for source in opened)
            except (ValueError, LookupError, TypeError) as error:
                raise StoreError("store-unusable", f"a store is damaged ({error!r}); {LOST}") from error
            collect_garbage(connection)
        return Merged(changed, said)


class _Merging:
    """One store on its way into another."""

    def __init__(self, target: sqlite3.Connection, source: sqlite3.Connection) -> None:
        self._target: Final = target
        self._source: Final = source
        self._rows: Final = EvidenceRows(target)

    def merge(self) -> int:
        """Add everything; the number of tests that are new, or newer."""
        scopes = {
            number: self._rows.add_scope(Scope(python, platform))
            for number, python, platform in self._read("SELECT id, python, platform FROM scope")
        }
        runs = self._add_runs(scopes)
        versions = self._add_versions()
        sets = self._add_sets(versions)
        for scope, version in self._read("SELECT scope, version FROM whole"):
            if version in versions:
                row = (scopes[scope], versions[version])
                self._target.execute("INSERT OR IGNORE INTO whole VALUES (?, ?)", row)
        for scope, path in self._read("SELECT scope, path FROM broken"):
            self._target.execute("INSERT OR IGNORE INTO broken VALUES (?, ?)", (scopes[scope], path))
        changed = self._add_tests(scopes, runs, sets)
        ids = {"scope": scopes, "run": runs, "version": versions, "set": sets}
        merge_deselected(self._target, self._source, ids, _Digests(self._target).find)
        return changed

    def _read(self, query: str) -> list[tuple[Any, ...]]:
        return self._source.execute(query).fetchall()

    def _add_runs(self, scopes: Mapping[int, int]) -> dict[int, int]:
        """The id in the target of each run."""
        columns = "scope, made, revision, complete, tests"
        known = {
            row[1:]: row[0]
            for row in self._target.execute(f"SELECT id, {columns} FROM run")  # noqa: S608 - ours
        }
        found = {}
        for number, scope, *rest in self._read(f"SELECT id, {columns} FROM run ORDER BY made, id"):  # noqa: S608 - ours
            key = (scopes[scope], *rest)
            if key not in known:
                insert = f"INSERT INTO run ({columns}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - ours
                known[key] = int(self._target.execute(insert, key).lastrowid or 0)
            found[number] = known[key]
        return found

    def _add_versions(self) -> dict[int, int]:
        rows = self._read("SELECT id, path, blob, text FROM version ORDER BY id")
        ids = self._rows.add_versions([(path, blob) for _, path, blob, _ in rows], [row[3] for row in rows])
        return {row[0]: number for row, number in zip(rows, ids, strict=True)}

    def _add_sets(self, versions: Mapping[int, int]) -> dict[int, int]:
        """The id in the target of each set that a test or a collection has, directly or not."""
        rows = self._read("SELECT id, version, kind, name, place FROM piece ORDER BY id")
        keys = [(versions[version], kind, name, place) for _, version, kind, name, place in rows]
        pieces = {row[0]: n for row, n in zip(rows, self._rows.add_pieces(keys), strict=True)}
        alive = find_alive(self._source)
        wanted = [
            row
            for row in self._read("SELECT id, pieces, includes, gaps FROM evidence ORDER BY id")
            if row[0] in alive
        ]
        places = {row[0]: place for place, row in enumerate(wanted)}
        ids = self._rows.add_sets(
            (
                [pieces[each] for each in decode_numbers(mine)],
                [places[each] for each in decode_numbers(others)],
                gaps,
            )
            for _, mine, others, gaps in wanted
        )
        return {row[0]: number for row, number in zip(wanted, ids, strict=True)}

    def _add_tests(self, scopes: Mapping[int, int], runs: Mapping[int, int], sets: Mapping[int, int]) -> int:
        """Add the tests that are new or newer; their number."""
        made = dict(self._target.execute("SELECT id, made FROM run"))
        columns = "scope, node, path, evidence, outcome, seconds, run"
        known = {
            row[:2]: row
            for row in self._target.execute(f"SELECT {columns} FROM test")  # noqa: S608 - ours
        }
        digests = _Digests(self._target)

        def rank(row: tuple[Any, ...]) -> tuple[Any, ...]:
            _, _, path, evidence, outcome, seconds, run = row
            seen = digests.find(evidence) if evidence is not None else b""
            return outcome != OUTCOMES["skipped"], made.get(run, 0.0), outcome, seconds, path, seen

        better = []
        for scope, node, path, evidence, outcome, seconds, run in self._read(f"SELECT {columns} FROM test"):  # noqa: S608 - ours
            number = None if evidence is None else sets[evidence]
            row = (scopes[scope], node, path, number, outcome, seconds, runs.get(run, 0))
            old = known.get(row[:2])
            if old is None or (old != row and rank(row) > rank(old)):
                better.append(row)
        insert = f"INSERT OR REPLACE INTO test ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - ours
        self._target.executemany(insert, better)
        return len(better)


class _Digests:
    """What sets hold, whatever the numbers of one store are; so that rows can be told apart in the same way anywhere."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db: Final = db
        self._known: Final[dict[int, bytes]] = {}

    def find(self, number: int) -> bytes:
        """The digest of a set."""
        if number not in self._known:
            query = "SELECT pieces, includes, gaps FROM evidence WHERE id = ?"
            mine, others, gaps = self._db.execute(query, (number,)).fetchone()
            query = (
                "SELECT path, blob, kind, name, place FROM piece "
                "JOIN version ON version.id = piece.version WHERE piece.id = ?"
            )
            pieces = sorted(self._db.execute(query, (each,)).fetchone() for each in decode_numbers(mine))
            included = sorted(self.find(each) for each in decode_numbers(others))
            content = repr((pieces, included, gaps)).encode()
            self._known[number] = hashlib.blake2b(content, digest_size=16).digest()
        return self._known[number]
