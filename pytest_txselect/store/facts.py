"""What is remembered of sources: facts by content, and the graph they made.

All of it can be made again from the sources, so whatever is wrong with the file costs time and nothing
else: a corrupt one, or one of another schema, is set aside; a locked, read-only or full one is done
without.

History of `SCHEMA_VERSION`: 1, the first; 2, what files mention; 3, whatever else is found in them.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.model import Doubt
from pytest_txselect.source.facts import FACTS_VERSION
from pytest_txselect.store.folder import make_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

__all__ = ["FactStore"]

SCHEMA_VERSION: Final = 3
SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS facts (
    key TEXT PRIMARY KEY,    -- content key of a source file
    body BLOB NOT NULL       -- its packed facts
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS found (
    key TEXT NOT NULL,       -- content key of a source file
    reading TEXT NOT NULL,   -- how it was read
    body BLOB NOT NULL,      -- what that found, packed
    PRIMARY KEY (key, reading)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS graphs (
    key TEXT PRIMARY KEY,    -- of the paths and the configuration that a graph was built for
    made INTEGER NOT NULL,   -- counts up, so that the oldest can go
    parts BLOB NOT NULL      -- the graph's parts one behind another
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sizes (
    key TEXT NOT NULL,       -- of a graph
    place INTEGER NOT NULL,  -- which part
    size INTEGER NOT NULL,   -- bytes
    PRIMARY KEY (key, place)
) WITHOUT ROWID;
PRAGMA user_version = {SCHEMA_VERSION};
"""
KEPT_GRAPHS: Final = 6
"""A graph for each end of a comparison, for a few branches."""
PATIENCE: Final = 2.0
"""Seconds to wait for another process."""


class FactStore:
    """The file `facts-<version>.sqlite` in the store's folder, one for each version of Python.

    Never raises for what is wrong with the file: `doubts` says what was, and then nothing is remembered.

    Args:
        folder: the store's folder; made when there is something to write.
        write: whether to write at all.
    """

    def __init__(self, folder: Path, *, write: bool = True) -> None:
        tag = f"{sys.implementation.cache_tag}-{sys.byteorder}"
        self.path = folder / f"facts-{tag}-{FACTS_VERSION}.sqlite"
        self.doubts: list[Doubt] = []
        self._folder = folder
        self._write = write
        self._connection: sqlite3.Connection | None = None
        self._left: sqlite3.Connection | None = None
        if self.path.exists():
            self._open()

    def _open(self) -> None:
        """Open or make the file, and set one aside that is not ours."""
        try:
            self._connection = self._connect()
        except sqlite3.OperationalError as error:
            self._give_up(error)
        except sqlite3.DatabaseError as error:
            self._set_aside(str(error))

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not tables and self._write:
                connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
            else:
                _check_version(version)
            connection.execute("PRAGMA synchronous = OFF")  # all of it can be made again
        except BaseException:
            connection.close()
            raise
        return connection

    def _set_aside(self, cause: str) -> None:
        aside = self.path.with_suffix(f".{os.getpid()}.bad")
        message = f"{self.path}: cannot be used ({cause}); set aside as {aside.name}, facts are read anew"
        try:
            self.path.replace(aside)
            self._connection = self._connect() if self._write else None
        except (OSError, sqlite3.Error) as error:
            message = f"{self.path}: cannot be used ({cause}) nor set aside ({error}); facts are read anew"
        self.doubts.append(Doubt("store-unusable", message))

    def _give_up(self, error: Exception) -> None:
        """Do without the store for the rest of the process."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None
        self._write = False
        self.doubts.append(Doubt("store-unusable", f"{self.path}: {error}; nothing is remembered this time"))

    def read_facts(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Packed facts of the content keys that are remembered."""
        found: dict[str, bytes] = {}
        wanted = list(dict.fromkeys(keys))
        with self._guarded():
            connection = self._connection
            if connection is None:
                return found
            for start in range(0, len(wanted), 500):
                some = wanted[start : start + 500]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, body FROM facts WHERE key IN ({marks})"  # noqa: S608 - question marks only
                found.update(
                    (key, body) for key, body in connection.execute(query, some) if type(body) is bytes
                )
        return found

    def write_facts(self, facts: Mapping[str, bytes]) -> None:
        """Remember packed facts by content key."""
        with self._writing() as connection:
            if connection is not None:
                connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", sorted(facts.items()))

    def read_found(self, reading: str, key: str) -> bytes | None:
        """What a way to read found in the file of a content key, packed; None where that is not remembered."""
        with self._guarded():
            if self._connection is not None:
                query = "SELECT body FROM found WHERE key = ? AND reading = ?"
                row = self._connection.execute(query, (key, reading)).fetchone()
                return row[0] if row is not None and type(row[0]) is bytes else None
        return None

    def write_found(self, reading: str, found: Mapping[str, bytes]) -> None:
        """Remember what a way to read found in files, packed, by content key."""
        with self._writing() as connection:
            if connection is not None:
                rows = sorted((key, reading, body) for key, body in found.items())
                connection.executemany("INSERT OR REPLACE INTO found VALUES (?, ?, ?)", rows)

    def forget_facts(self, keep: Collection[str]) -> int:
        """Forget the facts of all contents but some, and give their room back; how many were forgotten."""
        gone: list[tuple[str]] = []
        if self._connection is None:
            return 0
        with self._writing() as connection:
            if connection is not None:
                gone = [(key,) for (key,) in connection.execute("SELECT key FROM facts") if key not in keep]
                connection.executemany("DELETE FROM facts WHERE key = ?", gone)
                connection.executemany("DELETE FROM found WHERE key = ?", gone)
        with self._guarded():
            if self._connection is not None:
                self._connection.execute("VACUUM")
        return len(gone)

    def read_graph(self, key: str) -> list[bytes] | None:
        """The parts of a remembered graph; None where there is none."""
        with self._guarded():
            if self._connection is None:
                return None
            row = self._connection.execute("SELECT parts FROM graphs WHERE key = ?", (key,)).fetchone()
            if row is None:
                return None
            sizes = self._connection.execute(
                "SELECT size FROM sizes WHERE key = ? ORDER BY place", (key,)
            ).fetchall()
            parts, at = [], 0
            for (size,) in sizes:
                parts.append(row[0][at : at + size])
                at += size
            return parts if at == len(row[0]) else None
        return None

    def write_graph(self, key: str, parts: Sequence[bytes]) -> None:
        """Remember a graph, and forget the oldest ones."""
        with self._writing() as connection:
            if connection is None:
                return
            made = connection.execute("SELECT coalesce(max(made), 0) + 1 FROM graphs").fetchone()[0]
            connection.execute("DELETE FROM sizes WHERE key = ?", (key,))
            connection.execute("INSERT OR REPLACE INTO graphs VALUES (?, ?, ?)", (key, made, b"".join(parts)))
            connection.executemany(
                "INSERT INTO sizes VALUES (?, ?, ?)", [(key, n, len(part)) for n, part in enumerate(parts)]
            )
            connection.execute("DELETE FROM graphs WHERE made <= ?", (made - KEPT_GRAPHS,))
            connection.execute("DELETE FROM sizes WHERE key NOT IN (SELECT key FROM graphs)")

    @contextlib.contextmanager
    def _guarded(self) -> Any:
        try:
            yield
        except sqlite3.OperationalError as error:
            self._give_up(error)
        except sqlite3.DatabaseError as error:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._set_aside(str(error))

    @contextlib.contextmanager
    def _writing(self) -> Any:
        """One transaction; a store that cannot be written is done without."""
        connection = self._begin() if self._write else None
        if connection is None:
            yield None
            return
        with self._guarded():
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _begin(self) -> sqlite3.Connection | None:
        """Begin a transaction; None where the file cannot be written, for now or at all."""
        if self._connection is None:
            try:
                make_folder(self._folder)
                self._open()
            except OSError as error:
                self._give_up(error)
        with self._guarded():
            if self._connection is not None:
                self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def abandon(self) -> None:
        """Leave the file to the process that this one is a copy of; remember nothing any more.

        Two processes must not use one connection, not even to close it.
        """
        self._left = self._connection
        self._connection = None
        self._write = False

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _check_version(version: int) -> None:
    """Refuse a file of another schema."""
    if version != SCHEMA_VERSION:
        raise sqlite3.DatabaseError(f"it has schema {version}, this txselect has {SCHEMA_VERSION}")
