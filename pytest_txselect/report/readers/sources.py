"""From a path to records: finds out what a file is, and which files of a folder have results [edge].

A folder with a `results.jsonl` is read from that; the other artifacts beside it say the same again.
"""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.merge import render_records
from pytest_txselect.report.readers.log.read import read_log
from pytest_txselect.report.readers.results import read_results
from pytest_txselect.report.readers.unreadable import UnreadableError
from pytest_txselect.report.write import ARTIFACT_NAMES, RESULTS_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.report.lines import BadLineError
    from pytest_txselect.report.records import Record

__all__ = ["Source", "find_sources", "read_lines", "read_source"]

_ENDINGS: Final = (".jsonl", ".xml", ".txt", ".log", ".out")
_LARGEST: Final = 1 << 30
_BEGIN: Final = 4096


@dataclass(frozen=True, slots=True)
class Source:
    """A file with results.

    Attributes:
        path: where it is; `-` for standard input.
        asked: the user named this very file; else it was found in a folder, and may be something else.
    """

    path: str
    asked: bool = True


def find_sources(path: str) -> list[Source]:
    """Find the files with results at a path: itself, or those below it when it is a folder.

    Raises:
        UnreadableError: there is nothing of that name, or the folder has no file that could be one.
    """
    if path == "-":
        return [Source(path)]
    try:
        kind = os.stat(path).st_mode  # noqa: PTH116 - names from outside stay as they are
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableError(f"cannot be read: {reason}").at(path) from None
    if not stat.S_ISDIR(kind):
        return [Source(path)]
    found = [Source(name, asked=False) for name in _walk(path)]
    if not found:
        raise UnreadableError(
            "no results in this folder: no results.jsonl, no JUnit file (.xml) and no log (.txt, .log)"
        ).at(path)
    return found


def _walk(top: str) -> Iterator[str]:
    """List the files below a folder that may have results, in order; links are not followed."""
    for folder, folders, names in os.walk(top):
        folders.sort()
        derived = frozenset(ARTIFACT_NAMES) if RESULTS_NAME in names else frozenset()
        for name in sorted(names):
            path = os.path.join(folder, name)  # noqa: PTH118 - names from outside stay as they are
            if name.endswith(_ENDINGS) and name not in derived and stat.S_ISREG(os.lstat(path).st_mode):
                yield path


def read_source(source: Source) -> list[Record | BadLineError]:
    """Read the records of a file, whatever it is.

    Raises:
        UnreadableError: it cannot be the results of a test run; the message has its path.
    """
    try:
        return _read(_read_bytes(source.path), source.path)
    except UnreadableError as error:
        raise error.at(source.path, asked=source.asked) from None


def read_lines(source: Source) -> list[bytes]:
    """Read a file as the lines of a `results.jsonl`: those of one as they are, anything else as its records.

    Raises:
        UnreadableError: as `read_source`.
    """
    try:
        data = _read_bytes(source.path)
        records = _read(data, source.path)
    except UnreadableError as error:
        raise error.at(source.path, asked=source.asked) from None
    return data.split(b"\n") if _is_records(data, source.path) else list(render_records(records))


def _read_bytes(path: str) -> bytes:
    try:
        if path == "-":
            data = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableError(f"cannot be read: {reason}") from None
    if len(data) > _LARGEST:
        raise UnreadableError(f"it is larger than {_LARGEST >> 20:,} MB")
    return data


def _is_records(data: bytes, path: str) -> bool:
    return path.endswith(".jsonl") or data[:_BEGIN].lstrip().startswith(b'{"record"')


def _read(data: bytes, path: str) -> list[Record | BadLineError]:
    begin = data[:_BEGIN].lstrip(b"\xef\xbb\xbf \t\r\n")
    if _is_records(data, path):
        if not data.strip():
            raise UnreadableError("it is empty: the test run did not begin")
        return read_results(data)
    if path.endswith(".xml") or begin.replace(b"\0", b"").lstrip(b"\xff\xfe").startswith(
        (b"<?xml", b"<testsuite")
    ):
        from pytest_txselect.report.readers.junit.read import read_junit  # noqa: PLC0415 - lxml

        return list(read_junit(data, path))
    return list(read_log(data, path))
