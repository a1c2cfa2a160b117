"""Takes out of the store what no test needs any more: sets, pieces and versions of files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.evidence.numbers import decode_numbers, encode_numbers

if TYPE_CHECKING:
    import sqlite3

__all__ = ["collect_garbage", "is_littered"]

ROOM: Final = 1000
"""Dead sets that nobody minds."""

DIRECT: Final = "SELECT evidence FROM test UNION SELECT evidence FROM deselected"
"""Sets that something has which is remembered; each once."""

RUNS: Final = 500
"""Runs that are remembered."""


def is_littered(db: sqlite3.Connection) -> bool:
    """Whether it is worth while: more sets are dead, presumably, than alive."""
    (total,) = db.execute("SELECT count(*) FROM evidence").fetchone()
    (direct,) = db.execute(f"SELECT count(*) FROM ({DIRECT})").fetchone()  # noqa: S608 - ours
    return bool(total > 3 * direct + ROOM)


def collect_garbage(db: sqlite3.Connection) -> None:
    """Delete what no test has or includes. Inside a transaction of the caller."""
    alive = find_alive(db)
    dead = [(number,) for (number,) in db.execute("SELECT id FROM evidence") if number not in alive]
    db.executemany("DELETE FROM evidence WHERE id = ?", dead)
    for table in ("evidence", "piece"):
        clean_users(db, table, alive)
    db.execute("DELETE FROM piece WHERE users = x''")
    db.execute(
        "DELETE FROM version WHERE id NOT IN "
        "(SELECT version FROM piece UNION SELECT version FROM whole UNION SELECT version FROM deselected)"
    )
    db.execute("DELETE FROM circumstances WHERE id NOT IN (SELECT circumstances FROM deselected)")
    db.execute("DELETE FROM run WHERE id <= (SELECT max(id) FROM run) - ?", (RUNS,))


def find_alive(db: sqlite3.Connection) -> set[int]:
    """The sets that tests and collections have, and those that these include, directly or not."""
    includes: dict[int, bytes] = dict(db.execute("SELECT id, includes FROM evidence"))
    pending = [number for (number,) in db.execute(DIRECT) if number is not None]
    alive: set[int] = set()
    while pending:
        number = pending.pop()
        if number not in alive:
            alive.add(number)
            pending += decode_numbers(includes[number])
    return alive


def clean_users(db: sqlite3.Connection, table: str, alive: set[int]) -> None:
    """Take dead sets out of lists of users."""
    changed = []
    for number, users in db.execute(f"SELECT id, users FROM {table}"):  # noqa: S608 - one of two tables of ours
        old = decode_numbers(users)
        new = [each for each in old if each in alive]
        if len(new) != len(old):
            changed.append((new[-1] if new else 0, encode_numbers(new), number))
    db.executemany(f"UPDATE {table} SET last = ?, users = ? WHERE id = ?", changed)  # noqa: S608 - likewise
