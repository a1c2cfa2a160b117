"""The edge to the work tree: reads facts of its files, in parallel where that pays."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import threading
from collections import deque
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, cast

from pytest_txselect.project.pytest_config import matches_file_pattern
from pytest_txselect.source.facts import MAX_BYTES, pack_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import IO

    from pytest_txselect.model import RepoPath
    from pytest_txselect.project.pytest_config import PytestConfig
    from pytest_txselect.source.facts import Facts

__all__ = [
    "count_cores",
    "deal",
    "find_test_files",
    "hash_source",
    "measure_file",
    "read_source",
    "read_work_tree",
]

WORTH_A_PROCESS: Final = 1_500_000
"""Bytes of source that take longer to read than a second interpreter takes to start."""
CHUNK: Final = 250_000
"""Bytes of source that are read at one go."""
FILE_COST: Final = 500
"""What any file costs, as if it had so many bytes more."""
AHEAD: Final = 1
"""How many chunks a worker has waiting."""


def hash_source(source: bytes) -> str:
    """Content key of bytes that git has not hashed."""
    return "w" + hashlib.blake2b(source, digest_size=20).hexdigest()


def read_source(top: Path, path: RepoPath) -> bytes | None:
    """The bytes of a file of the work tree; None where it cannot be read, or is too large to be source."""
    place = os.path.join(os.fspath(top), path)  # noqa: PTH118 - surrogates in the name survive
    try:
        with open(place, "rb", opener=_open_plainly) as file:
            return file.read(MAX_BYTES + 1)
    except OSError:
        return None


def _open_plainly(place: str, flags: int) -> int:
    """Do not hang on a pipe that took a file's place."""
    return os.open(place, flags | getattr(os, "O_NONBLOCK", 0))


def read_work_tree(
    top: Path,
    paths: Sequence[RepoPath],
    keep: Callable[[RepoPath, bytes, Facts | None], None],
    step: Callable[[int], None],
    processes: int | None = None,
) -> None:
    """Read facts of files of the work tree.

    Args:
        top: the repository's top.
        paths: which files.
        keep: called with each path, its packed facts, and these unpacked where that costs nothing.
        step: called with the number of files read since the last call.
        processes: how many to use, this one included; by default as many as there are cores.
    """
    from pytest_txselect.source.worker import read_file  # noqa: PLC0415 - most plans read nothing

    places = [os.path.join(os.fspath(top), path) for path in paths]  # noqa: PTH118
    sizes = [measure_file(place) for place in places]
    chunks = deal(sizes)
    limit = min(processes or count_cores(), 1 + sum(sizes) // WORTH_A_PROCESS)
    left = set(range(len(paths)))
    helpers = [_Helper(chunks, places) for _ in range(1, limit)]
    try:
        while chunk := _take(chunks):
            for number in chunk:
                facts = read_file(places[number])
                keep(paths[number], pack_facts(facts), facts)
                step(1)
            left -= {*chunk}
        for helper in helpers:
            found = helper.collect()
            for number, packed in found.items():
                keep(paths[number], packed, None)
            left -= found.keys()
            step(len(found))
        for number in left:  # a helper that died has left work behind
            facts = read_file(places[number])
            keep(paths[number], pack_facts(facts), facts)
    finally:
        for helper in helpers:
            helper.stop()


def deal(sizes: Sequence[int], most: int | None = None) -> deque[list[int]]:
    """Put files into chunks, the largest files first, so that all are busy to the end.

    Args:
        sizes: bytes of each file.
        most: how many chunks there may be.

    Returns:
        Places in `sizes`.
    """
    chunks: deque[list[int]] = deque()
    chunk = max(CHUNK, (sum(sizes) + FILE_COST * len(sizes)) // most + 1) if most else CHUNK
    room = 0
    for number in sorted(range(len(sizes)), key=sizes.__getitem__, reverse=True):
        if room <= 0:
            chunks.append([])
            room = chunk
        chunks[-1].append(number)
        room -= sizes[number] + FILE_COST
    return chunks


def _take(chunks: deque[list[int]]) -> list[int]:
    """The next chunk; empty when none is left."""
    try:
        return chunks.popleft()
    except IndexError:
        return []


def measure_file(place: str) -> int:
    """How many bytes a file has; 0 where that cannot be told."""
    try:
        return os.stat(place).st_size  # noqa: PTH116
    except OSError:
        return 0


def count_cores() -> int:
    """How many processes can run at the same time."""
    if not hasattr(os, "process_cpu_count"):  # before Python 3.13
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return os.process_cpu_count() or 1


class _Helper:
    """A worker process, and the thread that gives it chunks of files to read, one ahead of the answers."""

    def __init__(self, chunks: deque[list[int]], places: Sequence[str]) -> None:
        from pytest_txselect.source.worker import COMMAND  # noqa: PLC0415 - most plans read nothing

        self._found: dict[int, bytes] = {}
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, with a fixed program
            [sys.executable, *COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._thread = threading.Thread(target=self._talk, args=(chunks, places), daemon=True)
        self._thread.start()

    def _talk(self, chunks: deque[list[int]], places: Sequence[str]) -> None:
        asked: deque[list[int]] = deque()
        with contextlib.suppress(OSError, EOFError):  # it died
            while True:
                while len(asked) <= AHEAD and (chunk := _take(chunks)):
                    asked.append(chunk)
                    self._ask([places[number] for number in chunk])
                if not asked:
                    return
                for number in asked.popleft():
                    self._found[number] = self._read(int.from_bytes(self._read(4), "big"))

    def _ask(self, places: list[str]) -> None:
        stream = cast("IO[bytes]", self._process.stdin)
        stream.write(json.dumps(places).encode("ascii") + b"\n")
        stream.flush()

    def _read(self, size: int) -> bytes:
        answer = cast("IO[bytes]", self._process.stdout).read(size)
        if len(answer) < size:
            raise EOFError
        return answer

    def collect(self) -> dict[int, bytes]:
        """Wait for the answers; those of a worker that died are missing."""
        self._thread.join()
        return self._found

    def stop(self) -> None:
        """End the process, also when an exception is on its way."""
        self._process.kill()
        self._thread.join()
        with contextlib.suppress(OSError):  # what a dead worker was not given
            self._process.communicate()


def find_test_files(config: PytestConfig) -> Iterator[str]:
    """Look for test files below the rootdir where no repository lists them.

    Args:
        config: what pytest's configuration says.

    Returns:
        Paths relative to the rootdir, by pytest's rules for names, in order.
    """
    tops = [os.path.join(config.rootdir, place) for place in config.testpaths]  # noqa: PTH118
    for top in [each for each in tops if os.path.isdir(each)] or [os.fspath(config.rootdir)]:  # noqa: PTH112
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(
                name for name in folders if not any(fnmatchcase(name, each) for each in config.norecursedirs)
            )
            for name in sorted(names):
                path = os.path.relpath(os.path.join(folder, name), config.rootdir).replace(os.sep, "/")  # noqa: PTH118
                if name.endswith(".py") and any(
                    matches_file_pattern(path, each) for each in config.python_files
                ):
                    yield path
