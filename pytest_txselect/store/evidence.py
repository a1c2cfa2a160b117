"""Writes recorded evidence into `evidence.sqlite`.

Rows of evidence never change: a test that ran again points to other rows, and rows that no test needs any
more are dead. When more are dead than alive the dead ones go, in the same transaction.
"""

from __future__ import annotations

import time
import zlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from pytest_txselect.store.deselected import (
    DeselectedTests,
    Texts,
    clear_deselected,
    forget_deselected,
    note_deselected,
)
from pytest_txselect.store.evidence_schema import SCHEMA, SCHEMA_VERSION
from pytest_txselect.store.folder import make_folder
from pytest_txselect.store.garbage import collect_garbage, is_littered
from pytest_txselect.store.names import EVIDENCE_FILE, OUTCOMES, Scope, decode_name, encode_name
from pytest_txselect.store.rows import EvidenceRows
from pytest_txselect.store.sqlite import StoreError, open_write, transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pytest_txselect.evidence.circumstances import Circumstances
    from pytest_txselect.evidence.evidence import Recording
    from pytest_txselect.model import RepoPath

__all__ = ["Collected", "RunNote", "write_evidence"]


class Collected(NamedTuple):
    """What a run collected: of each file all the tests that it has.

    Attributes:
        nodes: every test collected, run or deselected.
        paths: files that were collected without error.
        is_there: whether a file exists.
        everything: whether every file was to be collected.
        usual: whether it was collected as a run of everything does it; then other tests of these files are no more.
        broken: files whose collection failed.
        asked: the expressions by which tests were deselected, as options of pytest.
        deselected: the tests that these deselected, by file.
        spared: files of which a part was not collected, since it would have been deselected.
    """

    nodes: frozenset[str]
    paths: frozenset[RepoPath]
    is_there: Callable[[RepoPath], bool]
    everything: bool = True
    usual: bool = True
    broken: frozenset[RepoPath] = frozenset()
    asked: str = ""
    deselected: Mapping[RepoPath, DeselectedTests] = MappingProxyType({})
    spared: frozenset[RepoPath] = frozenset()


class RunNote(NamedTuple):
    """What is remembered of a run as a whole.

    Attributes:
        scope: where it ran.
        revision: HEAD when it began; empty where there was none.
        collected: what it collected; None where it may have collected a part of a file.
        broken: files, and folders, that it could not collect.
        circumstances: under which it deselected tests; None where it may have deselected none.
    """

    scope: Scope
    revision: str = ""
    collected: Collected | None = None
    broken: frozenset[RepoPath] = frozenset()
    circumstances: Circumstances | None = None

    @property
    def complete(self) -> bool:
        """Whether it was a run of everything there is; any other forgets nothing."""
        return self.collected is not None and self.collected.everything


def write_evidence(folder: Path, recording: Recording, note: RunNote) -> str:
    """Add a run to what is remembered, as a whole or not at all.

    Args:
        folder: the store's folder; made where there is none.
        recording: what was recorded, with outcomes and file versions.
        note: of which run.

    Returns:
        A sentence for the user where an unusable file was set aside; else an empty one.

    Raises:
        StoreError: it cannot be written; what was remembered is as it was.
    """
    try:
        make_folder(folder)
    except OSError as error:
        raise StoreError("store-unusable", f"{folder}: {error}; this run is not remembered") from error
    file = folder / EVIDENCE_FILE
    connection, said = open_write(file, SCHEMA, SCHEMA_VERSION)
    try:
        with transaction(connection, file):
            _Writer(connection, recording, note).write()
    finally:
        connection.close()
    return said


class _Writer:
    """One recording on its way into the tables."""

    def __init__(self, connection: sqlite3.Connection, recording: Recording, note: RunNote) -> None:
        self._db: Final = connection
        self._recording: Final = recording
        self._note: Final = note
        self._rows: Final = EvidenceRows(connection)

    def write(self) -> None:
        scope = self._rows.add_scope(self._note.scope)
        run = self._run(scope)
        versions = self._versions()
        pieces = self._pieces(versions)
        sets = self._sets(pieces)
        self._tests(scope, run, sets)
        self._forget(scope)
        self._note_files(scope, run, versions, sets)
        self._note_broken(scope)
        if is_littered(self._db):
            collect_garbage(self._db)

    def _run(self, scope: int) -> int:
        note = self._note
        cursor = self._db.execute(
            "INSERT INTO run (scope, made, revision, complete, tests) VALUES (?, ?, ?, ?, ?)",
            (scope, time.time(), note.revision, note.complete, len(self._recording.tests)),
        )
        return int(cursor.lastrowid or 0)

    def _versions(self) -> dict[RepoPath, int]:
        """The id of each file's version."""
        files = self._recording.files
        keys = [(encode_name(path), version.blob) for path, version in files.items()]
        texts = (zlib.compress(each.text, 1) if each.text else b"" for each in files.values())
        return dict(zip(files, self._rows.add_versions(keys, texts), strict=True))

    def _pieces(self, versions: Mapping[RepoPath, int]) -> list[int]:
        """The id of each piece of the recording."""
        return self._rows.add_pieces(
            [
                (versions[each.path], int(each.kind), encode_name(each.name), each.place)
                for each in self._recording.pieces
            ]
        )

    def _sets(self, pieces: Sequence[int]) -> list[int]:
        """The id of each set of the recording."""
        return self._rows.add_sets(
            (map(pieces.__getitem__, each.pieces), each.includes, each.gaps.value)
            for each in self._recording.sets
        )

    def _tests(self, scope: int, run: int, sets: Sequence[int]) -> None:
        self._db.executemany(
            "INSERT INTO test (scope, node, path, evidence, outcome, seconds, run) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (scope, node) DO UPDATE SET path = excluded.path, "
            "run = CASE WHEN excluded.evidence IS NULL AND evidence IS NOT NULL THEN run ELSE excluded.run END, "
            "evidence = coalesce(excluded.evidence, evidence), seconds = excluded.seconds, "
            "outcome = CASE WHEN excluded.outcome = 2 AND outcome = 3 THEN 3 ELSE excluded.outcome END",
            (
                (
                    scope,
                    encode_name(node),
                    encode_name(test.path),
                    None if test.evidence is None else sets[test.evidence],
                    OUTCOMES[test.outcome],
                    round(test.seconds, 4),
                    run,
                )
                for node, test in self._recording.tests.items()
            ),
        )

    def _forget(self, scope: int) -> None:
        """Forget tests that the run would have collected if they existed still."""
        collected = self._note.collected
        if collected is None or not collected.usual:
            return
        paths = collected.paths - collected.spared
        if not collected.everything:  # a file that was left out as a whole is collected as one without tests
            paths &= {path for node, path in self._known(scope) if node in collected.nodes}
        gone = {
            node: path
            for node, path in self._known(scope)
            if node not in collected.nodes and (path in paths or not collected.is_there(path))
        }
        rows = [(scope, encode_name(node)) for node in gone]
        self._db.executemany("DELETE FROM test WHERE scope = ? AND node = ?", rows)
        lost = set(gone.values())
        forget_deselected(self._db, {(scope, encode_name(path)) for path in lost})
        if collected.everything:
            self._db.execute("DELETE FROM whole WHERE scope = ?", (scope,))

    def _known(self, scope: int) -> list[tuple[str, RepoPath]]:
        """The tests that are known, with their files."""
        rows = self._db.execute("SELECT node, path FROM test WHERE scope = ?", (scope,))
        return [(decode_name(node), cast("RepoPath", decode_name(path))) for node, path in rows]

    def _note_broken(self, scope: int) -> None:
        """Note what could not be collected, until it is: like a test that failed."""
        collected = self._note.collected
        rows = self._db.execute("SELECT path FROM broken WHERE scope = ?", (scope,)).fetchall()
        known = {cast("RepoPath", decode_name(path)) for (path,) in rows}
        mended = {path for path in known if collected is not None and _is_mended(path, collected)}
        for query, paths in (
            ("DELETE FROM broken WHERE scope = ? AND path = ?", mended),
            ("INSERT OR IGNORE INTO broken VALUES (?, ?)", self._note.broken),
        ):
            self._db.executemany(query, [(scope, encode_name(path)) for path in sorted(paths)])

    def _note_files(
        self, scope: int, run: int, versions: Mapping[RepoPath, int], sets: Sequence[int]
    ) -> None:
        """Note the test files that were collected and have no test that is not known, or was deselected."""
        collected = self._note.collected
        if collected is None:
            return
        known = dict(self._known(scope))
        files = {node.partition("::")[0]: path for node, path in known.items()}
        strangers: dict[str, set[str]] = {
            node.partition("::")[0]: set() for node in collected.nodes & known.keys()
        }
        rest = collected.nodes - known.keys()
        for owner, tests in collected.deselected.items():  # many, of few files
            file = next(iter(tests.nodes)).partition("::")[0]
            files[file] = owner
            strangers.setdefault(file, set()).update(rest & tests.nodes)
            rest -= tests.nodes
        for node in rest:
            strangers.setdefault(node.partition("::")[0], set()).add(node)
        texts = Texts(self._recording)
        for file, others in strangers.items():
            path = files.get(file)
            if path not in versions or path not in collected.paths or path in collected.spared:
                continue
            row = (scope, versions[path])
            self._db.execute("DELETE FROM whole WHERE scope = ? AND version = ?", row)
            if self._note.circumstances is not None:
                clear_deselected(self._db, *row, self._note.circumstances)
            if others:
                self._note_deselected((scope, run, versions[path]), path, others, sets, texts)
            else:
                self._db.execute("INSERT INTO whole VALUES (?, ?)", row)

    def _note_deselected(
        self,
        row: tuple[int, int, int],
        path: RepoPath,
        strangers: set[str],
        sets: Sequence[int],
        texts: Texts,
    ) -> None:
        """Note a file of which all tests that are not known were deselected by pytest's own `-m` or `-k`."""
        collected, circumstances = self._note.collected, self._note.circumstances
        number = self._recording.collections.get(path)
        tests = collected.deselected.get(path) if collected is not None else None
        if circumstances is None or number is None or tests is None or not strangers <= tests.nodes:
            return
        if collected is None or collected.asked != circumstances.asked:
            return
        scope, run, version = row
        only = DeselectedTests(frozenset(strangers), tests.functions)
        minded = texts.find_minded(number)
        note_deselected(self._db, (scope, path, version, sets[number], run), only, circumstances, minded)


def _is_mended(path: RepoPath, collected: Collected) -> bool:
    """Whether a path that could not be collected has been since, is skipped as a whole, or is no more."""
    return path in collected.paths or collected.everything or not collected.is_there(path)
