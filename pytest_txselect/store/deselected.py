"""Tests that pytest's own `-m` and `-k` deselected: of each file how many, under which circumstances, by what evidence.

Thousands of them may be in one file, so they are not remembered one by one. A row holds for a version of a file of which
every test is either known or was deselected; what was used while they were collected is its evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pytest_txselect.evidence.circumstances import find_minded
from pytest_txselect.model import RepoPath
from pytest_txselect.store.names import decode_name, encode_name

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pytest_txselect.evidence.circumstances import Circumstances
    from pytest_txselect.evidence.evidence import Recording

__all__ = [
    "DeselectedPart",
    "DeselectedTests",
    "Texts",
    "clear_deselected",
    "forget_deselected",
    "merge_deselected",
    "name_part",
    "note_deselected",
    "read_deselected",
]

KEPT: Final = 8
"""How many rows a file has at most: of so many circumstances, or versions, in which it was collected last."""


class DeselectedTests(NamedTuple):
    """The tests of one file that a run deselected by `-m` or `-k`.

    Attributes:
        nodes: their node ids.
        functions: dotted names of functions of which every test was deselected so.
    """

    nodes: frozenset[str]
    functions: frozenset[str]


class DeselectedPart(NamedTuple):
    """The same as it is remembered.

    Attributes:
        path: the file.
        blob: the version in which all of its other tests are known.
        asked: the expressions, as options of pytest.
        digest: of the circumstances.
        minded: variables that change all the time and count in the digest.
        tests: how many.
        functions: as above.
        run: id of the run that collected them.
    """

    path: RepoPath
    blob: str
    asked: str
    digest: bytes
    minded: tuple[str, ...]
    tests: int
    functions: frozenset[str]
    run: int


class Texts:
    """What the texts of the files that a set of a recording speaks of mention."""

    def __init__(self, recording: Recording) -> None:
        self._recording: Final = recording
        self._minded: Final[dict[RepoPath, tuple[str, ...]]] = {}

    def find_minded(self, number: int) -> tuple[str, ...]:
        """The variables that change all the time and are mentioned in what a set used, or a set that it includes."""
        pieces: set[int] = set()
        pending, seen = [number], {number}
        while pending:
            each = self._recording.sets[pending.pop()]
            pieces.update(each.pieces)
            pending += (fresh := set(each.includes) - seen)
            seen |= fresh
        paths = {self._recording.pieces[each].path for each in pieces}
        return tuple(sorted({name for path in paths for name in self._look(path)}))

    def _look(self, path: RepoPath) -> tuple[str, ...]:
        if path not in self._minded:
            version = self._recording.files.get(path)
            self._minded[path] = find_minded([version.text] if version is not None else [])
        return self._minded[path]


def name_part(number: int) -> str:
    """What stands for a row among node ids, none of which begins so."""
    return f"\0{number}"


def note_deselected(
    db: sqlite3.Connection,
    row: tuple[int, RepoPath, int, int, int],
    tests: DeselectedTests,
    circumstances: Circumstances,
    minded: Sequence[str],
) -> None:
    """Note that all tests of a file are known beside those that were deselected, in place of what was known of that.

    Args:
        db: the store, inside a transaction of the caller.
        row: ids of the scope, the file, ids of its version, of the evidence and of the run.
        tests: those that were deselected.
        circumstances: of the run.
        minded: variables that change all the time and count.
    """
    scope, path, version, evidence, run = row
    values = (circumstances.digest(minded), " ".join(minded), circumstances.asked)
    db.execute("INSERT OR IGNORE INTO circumstances (digest, minded, asked) VALUES (?, ?, ?)", values)
    query = "SELECT id FROM circumstances WHERE digest = ? AND minded = ? AND asked = ?"
    (number,) = db.execute(query, values).fetchone()
    functions = encode_name("\n".join(sorted(tests.functions)))
    db.execute(
        "INSERT OR REPLACE INTO deselected (scope, version, circumstances, evidence, tests, functions, run) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (scope, version, number, evidence, len(tests.nodes), functions, run),
    )
    old = f"{_OF_FILE} ORDER BY run DESC, deselected.id DESC LIMIT -1 OFFSET {KEPT}"
    db.execute(f"DELETE FROM deselected WHERE id IN ({old})", (scope, encode_name(path)))  # noqa: S608 - ours


_OF_FILE: Final = (
    "SELECT deselected.id FROM deselected JOIN version ON version.id = deselected.version "
    "WHERE scope = ? AND path = ?"
)


def clear_deselected(db: sqlite3.Connection, scope: int, version: int, circumstances: Circumstances) -> None:
    """Forget what is known of a version of a file under the circumstances in which it was just collected."""
    query = (
        "SELECT deselected.id, digest, minded FROM deselected "
        "JOIN circumstances ON circumstances.id = deselected.circumstances WHERE scope = ? AND version = ?"
    )
    same = [
        (number,)
        for number, digest, minded in db.execute(query, (scope, version)).fetchall()
        if circumstances.digest(minded.split()) == digest
    ]
    db.executemany("DELETE FROM deselected WHERE id = ?", same)


def forget_deselected(db: sqlite3.Connection, files: Iterable[tuple[int, bytes]]) -> None:
    """Forget what is known of some files, of which a test is forgotten: then not all others are known.

    Args:
        db: the store, inside a transaction of the caller.
        files: ids of scopes, with encoded paths.
    """
    db.executemany(f"DELETE FROM deselected WHERE id IN ({_OF_FILE})", files)  # noqa: S608 - ours


def read_deselected(rows: Callable[..., list[tuple[Any, ...]]], scope: int) -> dict[str, DeselectedPart]:
    """What is known of a scope, by what `name_part` calls it.

    Args:
        rows: asks the store.
        scope: id of the scope.
    """
    query = (
        "SELECT deselected.id, path, blob, asked, digest, minded, tests, functions, run FROM deselected "
        "JOIN version ON version.id = deselected.version "
        "JOIN circumstances ON circumstances.id = deselected.circumstances WHERE scope = ?"
    )
    return {
        name_part(number): DeselectedPart(
            RepoPath(decode_name(path)),
            blob,
            asked,
            digest,
            tuple(minded.split()),
            tests,
            frozenset(decode_name(functions).split("\n")) - {""},
            run,
        )
        for number, path, blob, asked, digest, minded, tests, functions, run in rows(query, (scope,))
    }


def merge_deselected(
    target: sqlite3.Connection,
    source: sqlite3.Connection,
    ids: Mapping[str, Mapping[int, int]],
    seen: Callable[[int], bytes],
) -> None:
    """Add what another store knows; of the same file under the same circumstances the newer row, by a total order.

    Args:
        target: inside a transaction of the caller.
        source: the other store.
        ids: of its scopes, runs, versions and sets in the target.
        seen: what a set of the target holds, whatever its number.
    """
    made = dict(target.execute("SELECT id, made FROM run"))
    number = "SELECT id FROM circumstances WHERE digest = ? AND minded = ? AND asked = ?"
    key = "scope = ? AND version = ? AND circumstances = ?"
    columns = "evidence, tests, functions, run"
    for scope, version, digest, minded, asked, evidence, tests, functions, run in source.execute(
        f"SELECT scope, version, digest, minded, asked, {columns} FROM deselected "  # noqa: S608 - ours
        "JOIN circumstances ON circumstances.id = deselected.circumstances"
    ).fetchall():
        values = (digest, minded, asked)
        target.execute("INSERT OR IGNORE INTO circumstances (digest, minded, asked) VALUES (?, ?, ?)", values)
        names = (ids["scope"][scope], ids["version"][version], *target.execute(number, values).fetchone())
        row = (ids["set"][evidence], tests, functions, ids["run"].get(run, 0))
        old = target.execute(f"SELECT {columns} FROM deselected WHERE {key}", names).fetchone()  # noqa: S608 - ours
        rank = (made.get(row[3], 0.0), tests, functions, seen(row[0]))
        if old is None or rank > (made.get(old[3], 0.0), old[1], old[2], seen(old[0])):
            target.execute(
                f"INSERT OR REPLACE INTO deselected (scope, version, circumstances, {columns}) "  # noqa: S608 - ours
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*names, *row),
            )
