"""Frozen values of what was recorded.

A *piece* is one thing that was used: a function that was executed, a file that was opened, a folder that was
listed. A *set* is the pieces used in one context (a test, a fixture, the import of a module) with the sets of
the contexts it relies on. A test's evidence is its own set and all that it includes, directly or not.

They are named tuples because there are many of them, and because their module is imported by every child
process.
"""

from __future__ import annotations

import enum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_txselect.model import RepoPath

__all__ = ["EvidenceSet", "FileVersion", "Gap", "Piece", "PieceKind", "RecordedTest", "Recording"]


class PieceKind(enum.IntEnum):
    """What was done with it. The numbers are stored: never reuse one."""

    FUNCTION = (
        1  # executed: a function, lambda, comprehension, class body, or a module's body (named `<module>`)
    )
    OPENED = 2  # opened for reading, or looked for and not there
    LISTED = 3  # a folder whose names were read


class Piece(NamedTuple):
    """One thing that was used.

    Attributes:
        kind: how.
        path: the file, or the folder that was listed ("" is the top).
        name: of a function its `co_qualname`; of a listing the pattern asked for, empty for every name in the
            folder.
        place: which of the functions of that name in that file, in the order of their first lines, from 0.
    """

    kind: PieceKind
    path: RepoPath
    name: str = ""
    place: int = 0


class Gap(enum.Flag):
    """What a context did that we could not watch. The numbers are stored: never reuse one.

    A set with a gap does not say all: whoever selects by it has to judge its test by the graph as well.
    """

    NONE = 0
    THREAD = 1  # it left a thread behind, which went on while other tests ran
    CHILD = 2  # it started a Python process that did not report
    PROGRAM = 4  # it started a program that is not Python: what that reads is not known
    FORK = 8  # it forked a process that did not report
    WATCH = 16  # our watch was off for a while: another tool took its place
    IMPORT = 32  # the module was imported before the watch began
    CRASH = 64  # the process ended before the context did
    PATH = 128  # a path that was opened could not be read
    INSTALLED = 256  # it used a copy of the project that is installed outside the repository


class EvidenceSet(NamedTuple):
    """The evidence of one context.

    Attributes:
        pieces: numbers of pieces, ascending.
        includes: numbers of sets, ascending, all below this one's own.
        gaps: what is missing.
    """

    pieces: tuple[int, ...]
    includes: tuple[int, ...]
    gaps: Gap = Gap.NONE


class FileVersion(NamedTuple):
    """A file as it was when it was used.

    Attributes:
        blob: what git calls this content (its blob hash, SHA-1); empty where the content is not known: the
            file is not there, is not a regular file, or changed while tests ran.
        text: the content of a Python file or a manifest, so that it can be compared with another version;
            empty for other files.
    """

    blob: str
    text: bytes = b""


class RecordedTest(NamedTuple):
    """One test of a run.

    Attributes:
        path: the file it is collected from.
        evidence: number of its set; None when its outcome is known and its evidence is not (a worker that
            crashed).
        outcome: "passed", "failed" or "skipped": the worst of its phases, an error being a failure.
        seconds: duration of setup, call and teardown together.
    """

    path: RepoPath
    evidence: int | None
    outcome: str = "failed"
    seconds: float = 0.0


class Recording(NamedTuple):
    """What one run recorded.

    Attributes:
        pieces: what was used, each once; sets refer to them by position.
        sets: the sets; tests and sets refer to them by position.
        tests: each test that ran, by node id.
        files: the version of every file that a piece speaks of.
        collections: of files the number of the set that has what was used while their tests were collected.
    """

    pieces: tuple[Piece, ...] = ()
    sets: tuple[EvidenceSet, ...] = ()
    tests: Mapping[str, RecordedTest] = MappingProxyType({})
    files: Mapping[RepoPath, FileVersion] = MappingProxyType({})
    collections: Mapping[RepoPath, int] = MappingProxyType({})
