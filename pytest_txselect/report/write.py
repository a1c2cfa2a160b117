"""The report folder on disk: the only place of this package that writes.

Nothing is written outside the folder, whatever the report is called and whatever lies there. An artifact
appears whole or not at all. `results.jsonl` is the exception: it grows line by line, and each line is handed
to the operating system before the call returns, so that it survives the death of the process. A run holds a
lock on it while it writes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from os import getpid as _getpid
from os import write as _write
from typing import TYPE_CHECKING, Final

from pytest_txselect.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = [
    "ARTIFACT_NAMES",
    "RESULTS_NAME",
    "ResultsFile",
    "check_id",
    "make_folder",
    "open_results",
    "prepare_folder",
    "write_artifact",
]

RESULTS_NAME: Final = "results.jsonl"
ARTIFACT_NAMES: Final = (
    "durations.txt",
    "errors.txt",
    "failures_line.txt",
    "failures_long.txt",
    "failures_short.txt",
    "junit.xml",
    "passes.txt",
    "report.html",
    "report.md",
    "selection.json",
    "stats.txt",
    "summary_short.txt",
    "warnings.txt",
)
"""What a run may leave beside `results.jsonl`; an earlier run's are removed when another begins."""

_MOST_RUNS_AT_ONCE: Final = 100
_LONGEST_ID: Final = 200  # file systems allow names of 255 bytes; "-2" and a temporary name must fit
_CHUNK: Final = 1 << 16
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
_NO_LOCKS: Final = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}


def check_id(report_id: str) -> str:
    """Check that a report id is the name of one folder, and return it.

    Raises:
        UsageError: it is empty, too long, hidden, or would lead elsewhere.
    """
    bad = not report_id or report_id.startswith(".") or any(sign in report_id for sign in "/\\:\0\n\r")
    if bad or len(os.fsencode(report_id)) > _LONGEST_ID:
        raise UsageError(
            "report-id",
            f"--txselect-report-id={report_id!r} is no name for a folder: use letters, digits, `-`, `_`",
        )
    return report_id


def make_folder(base: Path, report_id: str) -> Path:
    """Make the folder of a report, if it is not there.

    Args:
        base: the folder of all reports; may be a symbolic link, since the user named it.
        report_id: the name of this one.

    Raises:
        UsageError: there is something else of that name, as a folder of tests, or the folder cannot be made.
    """
    folder = base / check_id(report_id)
    prepare_folder(folder)
    if folder.is_symlink():
        raise UsageError(
            "report-folder",
            f"{folder} leads elsewhere (a symbolic link): remove it, or choose another --txselect-report-id",
        )
    if next(folder.glob("*.py"), None) is not None:
        raise UsageError(
            "report-folder",
            f"{folder} has Python files, so it is not taken for reports: choose another --txselect-report-dir or "
            "--txselect-report-id",
        )
    return folder


def prepare_folder(folder: Path) -> None:
    """Make a folder that artifacts go to, if it is not there; a new one ignores itself in git.

    Otherwise the report of one run would be a change, of a kind nothing is known about, for the next selection.

    Raises:
        UsageError: there is something else of that name, or the folder cannot be made.
    """
    try:
        is_new = not os.path.lexists(folder)
        folder.mkdir(parents=True, exist_ok=True)
        if is_new:
            (folder / ".gitignore").write_text("*\n", encoding="ascii")
    except OSError as error:
        raise UsageError(
            "report-folder", f"cannot make the report folder {folder}: {error.strerror}"
        ) from None


class ResultsFile:
    """`results.jsonl` while a run writes it.

    A write that fails (the disk is full) is the last one: `failure` says what happened, and the run goes on.
    A process forked by a test writes nothing.

    What tests replace in `os` while they run (`mock.patch("os.getpid")`) is of no concern here.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.failure = ""
        self._descriptor = descriptor
        self._process = _getpid()

    def append(self, line: str) -> None:
        """Write a line.

        Args:
            line: ASCII, without its newline; or several at once, with a newline between them.
        """
        if self.failure or _getpid() != self._process:
            return
        data = f"{line}\n".encode("ascii")
        try:
            while (done := _write(self._descriptor, data)) < len(data):
                data = data[done:]
        except OSError as error:
            self.failure = f"{self.path.name} is incomplete: {error.strerror}"

    def close(self) -> None:
        """Give the file free."""
        if _getpid() == self._process:
            self._put_back()
            _lock(self._descriptor, free=True)
            os.close(self._descriptor)

    def _put_back(self) -> None:
        """Make the file again where a test took it away, with its folder: what it had is there until it is closed."""
        if os.path.lexists(self.path):
            return
        try:
            prepare_folder(self.path.parent)
            write_artifact(self.path.parent, self.path.name, self._read())
        except UsageError as error:
            self.failure = f"the folder of the report was removed: {error.message}"
        except OSError as error:
            self.failure = f"{self.path.name} was removed, and cannot be made again: {error.strerror}"

    def _read(self) -> Iterator[bytes]:
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        while chunk := os.read(self._descriptor, _CHUNK):
            yield chunk


def open_results(base: Path, report_id: str) -> tuple[Path, ResultsFile]:
    """Begin a report: its folder without artifacts of an earlier run, and its empty `results.jsonl`.

    While another run writes to that id, this one goes to `<id>-2` (or -3, and so on).

    Args:
        base: the folder of all reports.
        report_id: the name of this one.

    Returns:
        The folder that was taken, and the file.

    Raises:
        UsageError: the folder or the file cannot be written.
    """
    check_id(report_id)
    for number in range(1, _MOST_RUNS_AT_ONCE):
        folder = make_folder(base, report_id if number == 1 else f"{report_id}-{number}")
        path = folder / RESULTS_NAME
        try:
            descriptor = os.open(
                path, os.O_RDWR | os.O_CREAT | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0), 0o644
            )
        except OSError as error:
            raise UsageError("report-folder", f"cannot write {path}: {error.strerror}") from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise UsageError("report-folder", f"cannot write {path}: it is no ordinary file")
        if not _lock(descriptor):
            os.close(descriptor)
            continue
        try:
            os.ftruncate(descriptor, 0)
        except OSError as error:
            os.close(descriptor)
            raise UsageError("report-folder", f"cannot clear {folder}: {error.strerror}") from None
        for name in ARTIFACT_NAMES:
            with contextlib.suppress(
                OSError
            ):  # what cannot be removed cannot be replaced either: that will be said
                (folder / name).unlink()
        return folder, ResultsFile(path, descriptor)
    raise UsageError("report-folder", f"{_MOST_RUNS_AT_ONCE} runs are writing to {base / report_id} at once")


def _lock(descriptor: int, *, free: bool = False) -> bool:
    """Take or free the lock of a file; where the file system has no locks, there is none to wait for."""
    try:
        import fcntl  # noqa: PLC0415 - there is none on Windows
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_UN if free else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in _NO_LOCKS
    return True


def write_artifact(folder: Path, name: str, chunks: Iterable[bytes]) -> None:
    """Write a file into the folder, whole or not at all; what has that name is replaced, a link not followed.

    Args:
        folder: the report's folder.
        name: the file's name.
        chunks: its content; made while it is written, so that a large one is never in memory as a whole.

    Raises:
        OSError: it could not be written; nothing is left of it.
    """
    partial = folder / f".{name}.{os.getpid()}.part"
    partial.unlink(missing_ok=True)
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o644)
        with open(descriptor, "wb", buffering=1 << 16) as file:  # noqa: PTH123 - of a descriptor
            file.writelines(chunks)
        partial.replace(folder / name)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
