"""Adds to the tables of evidence what others refer to by number: scopes, versions, pieces and sets, each once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, TypeAlias

from pytest_txselect.evidence.numbers import encode_numbers

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_txselect.store.names import Scope

__all__ = ["EvidenceRows", "PieceKey", "VersionKey"]

VersionKey: TypeAlias = tuple[bytes, str]
"""Path and blob."""
PieceKey: TypeAlias = tuple[int, int, bytes, int]
"""Id of the version, kind, name and place."""


class EvidenceRows:
    """Adds rows, inside a transaction of the caller; what is there already keeps its number.

    Args:
        db: the store.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db: Final = db

    def add_scope(self, scope: Scope) -> int:
        """The id of a scope."""
        self._db.execute("INSERT OR IGNORE INTO scope (python, platform) VALUES (?, ?)", scope)
        query = "SELECT id FROM scope WHERE python = ? AND platform = ?"
        return int(self._db.execute(query, scope).fetchone()[0])

    def add_versions(self, keys: Iterable[VersionKey], texts: Iterable[bytes]) -> list[int]:
        """The id of each version, in the same order; `texts` are stored with those that are new."""
        query = "SELECT id, path, blob FROM version"
        known = {(path, blob): number for number, path, blob in self._db.execute(query)}
        found = []
        for key, text in zip(keys, texts, strict=True):
            number = known.get(key)
            if number is None:
                insert = "INSERT INTO version (path, blob, text) VALUES (?, ?, ?)"
                number = known[key] = int(self._db.execute(insert, (*key, text)).lastrowid or 0)
            found.append(number)
        return found

    def add_pieces(self, keys: Sequence[PieceKey]) -> list[int]:
        """The id of each piece, in the same order."""
        known: dict[PieceKey, int] = {}
        query = "SELECT id, version, kind, name, place FROM piece WHERE version = ?"
        for version in {key[0] for key in keys}:
            for number, *key in self._db.execute(query, (version,)):
                known[tuple(key)] = number
        first = self._next("piece")
        new = [key for key in dict.fromkeys(keys) if key not in known]
        known.update(zip(new, range(first, first + len(new)), strict=True))
        self._db.executemany(
            "INSERT INTO piece (version, kind, name, place, id, last, users) VALUES (?, ?, ?, ?, ?, 0, x'')",
            ((*key, known[key]) for key in new),
        )
        return [known[key] for key in keys]

    def _next(self, table: str) -> int:
        row = self._db.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()  # noqa: S608 - ours
        return int(row[0])

    def add_sets(self, sets: Iterable[tuple[Iterable[int], Iterable[int], int]]) -> list[int]:
        """The id of each set, in the same order.

        Args:
            sets: ids of pieces, the positions of the sets that it includes, which came before it, and gaps.
        """
        known = dict(self._db.execute("SELECT digest, id FROM evidence"))
        following = self._next("evidence")
        ids: list[int] = []
        rows = []
        piece_users: dict[int, list[int]] = {}
        set_users: dict[int, list[int]] = {}
        for pieces, includes, gaps in sets:
            mine = sorted(pieces)
            others = sorted({ids[each] for each in includes})
            row = (encode_numbers(mine), encode_numbers(others), gaps)
            digest = digest_set(*row)
            number = known.get(digest)
            if number is None:
                number = known[digest] = following
                following += 1
                rows.append((number, digest, *row))
                for piece in mine:
                    piece_users.setdefault(piece, []).append(number)
                for other in others:
                    set_users.setdefault(other, []).append(number)
            ids.append(number)
        self._db.executemany(
            "INSERT INTO evidence (id, digest, pieces, includes, gaps, last, users) "
            "VALUES (?, ?, ?, ?, ?, 0, x'')",
            rows,
        )
        self._add_users("piece", piece_users)
        self._add_users("evidence", set_users)
        return ids

    def _add_users(self, table: str, users: Mapping[int, Sequence[int]]) -> None:
        """Append ids, which are greater than all that are there, to lists of users."""
        wanted = sorted(users)
        old: dict[int, tuple[int, bytes]] = {}
        for number in wanted:
            row = self._db.execute(f"SELECT last, users FROM {table} WHERE id = ?", (number,))  # noqa: S608
            old[number] = row.fetchone()
        self._db.executemany(
            f"UPDATE {table} SET last = ?, users = ? WHERE id = ?",  # noqa: S608 - one of our two tables
            (
                (users[number][-1], old[number][1] + encode_numbers(users[number], old[number][0]), number)
                for number in wanted
            ),
        )


def digest_set(pieces: bytes, includes: bytes, gaps: int) -> bytes:
    """What a set is found by: equal sets are stored once."""
    head = f"{len(pieces)},{len(includes)},{gaps};".encode()
    return hashlib.blake2b(head + pieces + includes, digest_size=16).digest()
