"""Asks `evidence.sqlite` without loading it: who used this?

Every answer reads the rows that it needs. A set that has a piece leads to the sets that include it, and these
to tests.
"""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import zlib
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pytest_txselect.evidence.evidence import Gap, Piece, PieceKind
from pytest_txselect.evidence.numbers import decode_numbers
from pytest_txselect.model import RepoPath
from pytest_txselect.store.deselected import DeselectedPart, name_part, read_deselected
from pytest_txselect.store.evidence_schema import SCHEMA_VERSION
from pytest_txselect.store.names import EVIDENCE_FILE, OUTCOMES, decode_name, encode_name
from pytest_txselect.store.sqlite import StoreError, open_read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from pytest_txselect.store.names import Scope

__all__ = ["KnownTest", "RecordedEvidence", "StoredPiece", "read_evidence"]

MANY: Final = 2000
"""Ids above which reading a whole table is faster than asking for each."""

AT_ONCE: Final = 500
"""Ids in one query: older versions of SQLite take 999 values."""


class KnownTest(NamedTuple):
    """A test that was recorded.

    Attributes:
        path: its file.
        outcome: of its last run: "passed", "skipped" or "failed"; a failure stays until it passes.
        seconds: set-up, call and tear-down.
        evidence: id of its set; None when it never ran to its end while it was watched.
        run: id of the run that the evidence is of; where there is none, of the last one.
    """

    path: RepoPath
    outcome: str
    seconds: float
    evidence: int | None
    run: int


class StoredPiece(NamedTuple):
    """A piece of one version of a file.

    Attributes:
        number: its id.
        piece: it.
        blob: the version: git's name for the content when it was used; "absent"; empty where it is not known,
            which equals no version at all.
    """

    number: int
    piece: Piece
    blob: str


class RecordedEvidence:
    """The evidence of one scope. Ids are of use within one object only."""

    def __init__(self, connection: sqlite3.Connection, scope: int) -> None:
        self._db: Final = connection
        self._scope: Final = scope

    def close(self) -> None:
        """Ask no more."""
        self._db.close()

    def read_tests(self) -> dict[str, KnownTest]:
        """Every test that is known, by node id."""
        names = {number: name for name, number in OUTCOMES.items()}
        rows = self._rows(
            "SELECT node, path, outcome, seconds, evidence, run FROM test WHERE scope = ?", (self._scope,)
        )
        return {
            decode_name(node): KnownTest(RepoPath(decode_name(path)), names[outcome], seconds, evidence, run)
            for node, path, outcome, seconds, evidence, run in rows
        }

    def read_whole(self) -> dict[RepoPath, list[str]]:
        """Versions of test files of which every test is known that they have in that version."""
        query = "SELECT path, blob FROM whole JOIN version ON version.id = whole.version WHERE scope = ?"
        found: dict[RepoPath, list[str]] = {}
        for path, blob in self._rows(query, (self._scope,)):
            found.setdefault(RepoPath(decode_name(path)), []).append(blob)
        return found

    def read_deselected(self) -> dict[str, DeselectedPart]:
        """Parts of files that were deselected, by the name that stands for each beside node ids."""
        return read_deselected(self._rows, self._scope)

    def read_broken(self) -> list[RepoPath]:
        """Files that could not be collected when they last were to be."""
        rows = self._rows("SELECT path FROM broken WHERE scope = ? ORDER BY path", (self._scope,))
        return [RepoPath(decode_name(path)) for (path,) in rows]

    def read_revision(self) -> str:
        """HEAD when the newest run began; empty where there was none."""
        rows = self._rows("SELECT revision FROM run WHERE scope = ? ORDER BY id DESC LIMIT 1", (self._scope,))
        return str(rows[0][0]) if rows else ""

    def read_versions(self) -> dict[RepoPath, list[str]]:
        """For each file and folder that some piece speaks of the versions in which it was used."""
        found: dict[RepoPath, list[str]] = {}
        for path, blob in self._rows("SELECT path, blob FROM version ORDER BY id"):
            found.setdefault(RepoPath(decode_name(path)), []).append(blob)
        return found

    def read_text(self, path: RepoPath, blob: str) -> bytes | None:
        """The content of a Python file in a version; None where it is not known."""
        rows = self._rows("SELECT text FROM version WHERE path = ? AND blob = ?", (encode_name(path), blob))
        for (text,) in rows:
            if text:
                with self._guarded():
                    return zlib.decompress(text)
        return None

    def find_pieces(self, path: RepoPath) -> list[StoredPiece]:
        """What was used of a file, or of a folder, in all versions."""
        rows = self._rows(
            "SELECT piece.id, kind, name, place, blob FROM piece JOIN version ON version.id = piece.version "
            "WHERE path = ?",
            (encode_name(path),),
        )
        return [
            StoredPiece(number, Piece(PieceKind(kind), path, decode_name(name), place), blob)
            for number, kind, name, place, blob in rows
        ]

    def find_listed(self) -> list[StoredPiece]:
        """Every folder that was listed, with the pattern asked for."""
        rows = self._rows(
            "SELECT piece.id, path, name, place, blob FROM piece JOIN version ON version.id = piece.version "
            "WHERE kind = ?",
            (int(PieceKind.LISTED),),
        )
        return [
            StoredPiece(
                number, Piece(PieceKind.LISTED, RepoPath(decode_name(path)), decode_name(name), place), blob
            )
            for number, path, name, place, blob in rows
        ]

    def find_tests(self, pieces: Iterable[int]) -> set[str]:
        """The tests, and the deselected parts, whose evidence has one of these pieces, itself or in what it includes."""
        return self._find_owners(self._find_users("piece", pieces))

    def find_paths(self, pieces: Iterable[int]) -> set[RepoPath] | None:
        """The files of which tests that have one of these pieces used anything; None where so many do that any may be one."""
        sets = self._grow(self._find_users("piece", pieces))
        if len(sets) > MANY:
            return None
        used = self._find_used(sets)
        rows = self._rows("SELECT piece.id, path FROM piece JOIN version ON version.id = piece.version")
        return {RepoPath(decode_name(path)) for path in {path for number, path in rows if number in used}}

    def find_gapped(self, gaps: Gap) -> set[str]:
        """The tests whose evidence, own or included, has one of these gaps."""
        found = [number for (number,) in self._rows("SELECT id FROM evidence WHERE gaps & ?", (gaps.value,))]
        return self._find_owners(found)

    def read_pieces(self, node: str, *, own: bool = False) -> list[StoredPiece]:
        """All that a test used, itself or through what it includes; empty for an unknown test.

        Args:
            node: the test.
            own: leave out what it includes: imports and fixtures.
        """
        rows = self._rows(
            "SELECT evidence FROM test WHERE scope = ? AND node = ?", (self._scope, encode_name(node))
        )
        pieces = self._find_used({number for (number,) in rows if number is not None}, own=own)
        query = (
            "SELECT piece.id, kind, path, name, place, blob FROM piece "
            "JOIN version ON version.id = piece.version WHERE piece.id IN "
        )
        found = [
            StoredPiece(
                number, Piece(PieceKind(kind), RepoPath(decode_name(path)), decode_name(name), place), blob
            )
            for number, kind, path, name, place, blob in self._rows_of(query, pieces)
        ]
        return sorted(found, key=attrgetter("number"))

    def _find_used(self, sets: Iterable[int], *, own: bool = False) -> set[int]:
        """The pieces of some sets, and of what they include, directly or not; of them alone where they are asked for."""
        seen = fresh = set(sets)
        used: set[int] = set()
        while fresh:
            rows = list(self._rows_of("SELECT pieces, includes FROM evidence WHERE id IN ", fresh))
            with self._guarded():
                used.update(*(decode_numbers(mine) for mine, _ in rows))
                others = set() if own else set().union(*(decode_numbers(each) for _, each in rows))
            fresh = others - seen
            seen = seen | fresh
        return used

    def _find_users(self, table: str, numbers: Iterable[int]) -> set[int]:
        """The sets that have one of these pieces, or include one of these sets."""
        wanted = set(numbers)
        found: set[int] = set()
        if len(wanted) > MANY:
            every = self._rows(f"SELECT id, users FROM {table} WHERE last > 0")  # noqa: S608 - ours
            lists = [users for number, users in every if number in wanted]
        else:
            rows = self._rows_of(f"SELECT users FROM {table} WHERE id IN ", wanted)  # noqa: S608
            lists = [users for (users,) in rows]
        with self._guarded():
            for users in lists:
                found.update(decode_numbers(users))
        return found

    def _find_owners(self, sets: Iterable[int]) -> set[str]:
        """The tests and parts that have one of these sets, or one that includes it, directly or not."""
        reached = self._grow(sets)
        query = "SELECT evidence, id FROM deselected WHERE scope = ?"
        parts = (name_part(number) for each, number in self._rows(query, (self._scope,)) if each in reached)
        return {decode_name(node) for node in self._find_nodes(reached)}.union(parts)

    def _grow(self, sets: Iterable[int]) -> set[int]:
        """Some sets with all that include one of them, directly or not."""
        reached = set(sets)
        fresh = reached
        while fresh:
            fresh = self._find_users("evidence", fresh) - reached
            reached |= fresh
        return reached

    def _find_nodes(self, sets: Collection[int]) -> Iterator[bytes]:
        if len(sets) > MANY:
            rows = self._rows("SELECT evidence, node FROM test WHERE scope = ?", (self._scope,))
            yield from (node for evidence, node in rows if evidence in sets)
            return
        query = "SELECT node FROM test WHERE scope = ? AND evidence IN "
        yield from (node for (node,) in self._rows_of(query, sets, self._scope))

    def _rows_of(self, query: str, numbers: Iterable[int], *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a query that ends where a list of numbers is to follow: many numbers at once.

        Args:
            query: it.
            numbers: what the list has.
            values: for the marks before it.
        """
        rest = iter(numbers)
        while some := tuple(itertools.islice(rest, AT_ONCE)):
            yield from self._rows(f"{query} ({','.join('?' * len(some))})", (*values, *some))

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._guarded():
            return self._db.execute(query, values).fetchall()

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, zlib.error, ValueError) as error:
            raise StoreError("store-unusable", f"recorded evidence cannot be read: {error}") from error


def read_evidence(folder: Path, scope: Scope) -> RecordedEvidence | None:
    """Open what was recorded.

    Args:
        folder: the store's folder.
        scope: of which Python and platform.

    Returns:
        The evidence; None where nothing was recorded for that scope.

    Raises:
        StoreError: there is a file, and it cannot be read: damaged, of another version, locked.
    """
    connection = open_read(folder / EVIDENCE_FILE, SCHEMA_VERSION)
    if connection is None:
        return None
    try:
        row = connection.execute("SELECT id FROM scope WHERE python = ? AND platform = ?", scope).fetchone()
    except sqlite3.Error as error:
        connection.close()
        raise StoreError("store-unusable", f"recorded evidence cannot be read: {error}") from error
    if row is None:
        connection.close()
        return None
    return RecordedEvidence(connection, int(row[0]))
