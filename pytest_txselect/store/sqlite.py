"""Opens the SQLite file of what must not be lost: recorded evidence.

A file that cannot be used is set aside under another name, never deleted. A file that is locked, read-only or
on a full disk stays as it is.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from typing import TYPE_CHECKING, Final

from pytest_txselect.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["StoreError", "open_read", "open_update", "open_write", "transaction"]

PATIENCE: Final = 30.0
"""Seconds to wait for another process that writes, unless `WAIT` says something else."""
WAIT: Final = "TXSELECT_STORE_WAIT"
"""Variable of the environment: seconds."""
DAY: Final = 86_400
LOST: Final = "this run is not remembered"
UNUSED: Final = "its evidence is not used"


class _OtherSchemaError(sqlite3.DatabaseError):
    """The file is a database, but not one of this version of ours."""


def open_read(path: Path, schema_version: int) -> sqlite3.Connection | None:
    """Open a store that is only asked.

    Returns:
        The connection; None where there is no file.

    Raises:
        StoreError: it cannot be read: damaged, of another version, or locked.
    """
    return _open_present(path, schema_version, "ro", UNUSED)


def open_update(path: Path, schema_version: int, lost: str = LOST) -> sqlite3.Connection | None:
    """Open a store to change what is in it.

    Returns:
        The connection; None where there is no file.

    Raises:
        StoreError: it cannot be used: damaged, of another version, or locked.
    """
    return _open_present(path, schema_version, "rw", lost)


def _open_present(path: Path, schema_version: int, mode: str, lost: str) -> sqlite3.Connection | None:
    if not path.exists():
        return None
    wait = find_wait(lost)
    try:
        return _connect(path, schema_version, None, mode, wait)
    except sqlite3.Error as error:
        raise StoreError("store-unusable", f"{path}: {explain(error, wait)}; {lost}") from error


def open_write(
    path: Path, schema: str, schema_version: int, lost: str = LOST
) -> tuple[sqlite3.Connection, str]:
    """Open a store to write, make it if there is none, and set one aside that cannot be used.

    Args:
        path: the file.
        schema: the SQL that makes its tables.
        schema_version: the version that they must have.
        lost: what is not done where this is not possible, for the message.

    Returns:
        The connection, and a sentence for the user where a file was set aside, else an empty one.

    Raises:
        StoreError: it cannot be written: locked for long, read-only, or the disk is full.
    """
    said, wait = "", find_wait(lost)
    for _ in range(2):
        try:
            return _connect(path, schema_version, schema, "rwc", wait), said
        except sqlite3.OperationalError as error:
            raise StoreError("store-unusable", f"{path}: {explain(error, wait)}; {lost}") from error
        except sqlite3.DatabaseError as error:
            said = _set_aside(path, str(error), lost)
    raise StoreError("store-unusable", f"{path}: it cannot be made anew; {lost}")


def find_wait(lost: str) -> float:
    """How many seconds to wait for another process.

    Args:
        lost: what is not done where the environment says nothing of use, for the message.

    Raises:
        StoreError: what it says is no number of seconds.
    """
    said = os.environ.get(WAIT, "")
    try:
        seconds = float(said) if said else PATIENCE
    except ValueError:
        seconds = -1.0
    if 0 <= seconds <= DAY:
        return seconds
    raise StoreError("invalid-wait", f"{WAIT}={said}: no number of seconds from 0 to {DAY}; {lost}")


def explain(error: sqlite3.Error, wait: float) -> str:
    """What SQLite says, and where another process was too slow, what can be done about it."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
        return str(error)
    return f"{error}, for more than {wait:g} seconds; set {WAIT} to wait longer"


def _connect(
    path: Path, schema_version: int, schema: str | None, mode: str, wait: float
) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=wait, isolation_level=None
    )
    try:
        if schema is not None and not _has_tables(connection):
            _make_tables(connection, schema)
        _check_schema(connection, schema_version)
    except BaseException:
        connection.close()
        raise
    return connection


def _has_tables(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _make_tables(connection: sqlite3.Connection, schema: str) -> None:
    """Make the tables, unless another process has just made them."""
    try:
        connection.executescript(f"BEGIN IMMEDIATE; {schema} COMMIT;")
    except sqlite3.OperationalError:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if not _has_tables(connection):
            raise


def _check_schema(connection: sqlite3.Connection, wanted: int) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != wanted:
        raise _OtherSchemaError(f"it has schema {version}, this version of txselect has {wanted}")


def _set_aside(path: Path, cause: str, lost: str) -> str:
    aside = path.with_name(f"{path.name}.{time.time_ns()}.aside")
    try:
        path.replace(aside)
    except OSError as error:
        raise StoreError(
            "store-unusable",
            f"{path}: {cause}, and it cannot be set aside ({error}); {lost}",
        ) from error
    return f"{path}: {cause}; set aside as {aside.name}, evidence is recorded anew"


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, place: Path, lost: str = LOST) -> Iterator[None]:
    """All or nothing: what is written inside is there after it as a whole, or not at all.

    Args:
        connection: the store.
        place: its file, for the message.
        lost: what is not done where this is not possible, for the message.

    Raises:
        StoreError: the file cannot be written now.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _roll_back(connection)
        raise StoreError("store-unusable", f"{place}: {explain(error, find_wait(lost))}; {lost}") from error
    except BaseException:
        _roll_back(connection)
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        with contextlib.suppress(sqlite3.Error):  # the journal does it when the file is opened next
            connection.execute("ROLLBACK")
