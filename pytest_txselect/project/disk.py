"""The edge to the work tree: reads facts of its files, in parallel where that pays."""

from __future__ import annotations

import gc
import hashlib
import heapq
import json
import os
import subprocess
import sys
import threading
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from pytest_txselect.project.pytest_config import matches_file_pattern
from pytest_txselect.source.compiled import MAX_BYTES
from pytest_txselect.source.facts import load_facts
from pytest_txselect.source.worker import COMMAND, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pytest_txselect.model import RepoPath
    from pytest_txselect.project.pytest_config import PytestConfig
    from pytest_txselect.source.facts import Facts

__all__ = ["find_test_files", "hash_source", "read_source", "read_work_tree"]

WORTH_A_PROCESS: Final = 1_500_000
"""Bytes of source that take longer to read than a second interpreter takes to start."""
REST: Final = 0.35
"""What is left to do when all files are read, as a part of reading them all: the graph and the store."""


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
    top: Path, paths: Sequence[RepoPath], step: Callable[[int], None], processes: int | None = None
) -> dict[RepoPath, Facts]:
    """Facts of files of the work tree.

    Args:
        top: the repository's top.
        paths: which files.
        step: called with the number of files read since the last call.
        processes: how many to use, this one included; by default as many as there are cores.
    """
    places = [os.path.join(os.fspath(top), path) for path in paths]  # noqa: PTH118
    sizes = [_size(place) for place in places]
    limit = processes or _count_cores()
    shares = min(limit, 1 + sum(sizes) // WORTH_A_PROCESS)
    own, *others = _deal(sizes, shares)
    found: dict[int, Facts] = {}
    helpers = [_Helper(share, places) for share in others]
    collecting = gc.isenabled()
    gc.disable()  # facts hold no cycles, and the collector would look through all of them again and again
    try:
        for number in own:
            found[number] = read_file(places[number])[0]
            step(1)
        for helper in helpers:
            found |= helper.collect()
            step(len(helper.numbers))
        for number in range(len(paths)):
            if number not in found:  # a helper that died has left work behind
                found[number] = read_file(places[number])[0]
    finally:
        if collecting:
            gc.enable()
        for helper in helpers:
            helper.stop()
    return {path: found[number] for number, path in enumerate(paths)}


def _deal(sizes: Sequence[int], shares: int) -> list[list[int]]:
    """Deal files out, the largest first, so that all processes are busy to the end.

    The first share is this process's, which also starts the others, reads their answers, builds the graph
    and writes the store while they have nothing left to do.
    """
    room = [max(0.02, (1 - REST * (shares - 1)) / shares), *[1.0] * (shares - 1)]
    room[1:] = [(1 - room[0]) / max(1, shares - 1)] * (shares - 1)
    dealt: list[list[int]] = [[] for _ in range(shares)]
    filled = [(0.0, share) for share in range(shares)]
    for number in sorted(range(len(sizes)), key=sizes.__getitem__, reverse=True):
        load, share = heapq.heappop(filled)
        dealt[share].append(number)
        heapq.heappush(filled, (load + sizes[number] / room[share], share))
    return dealt


def _size(place: str) -> int:
    try:
        return os.stat(place).st_size  # noqa: PTH116
    except OSError:
        return 0


def _count_cores() -> int:
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Helper:
    """A worker process with its share of the files."""

    def __init__(self, numbers: Sequence[int], places: Sequence[str]) -> None:
        self.numbers = numbers
        self._lines: list[str] = []
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, with a fixed program
            [sys.executable, *COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="ascii",
        )
        self._thread = threading.Thread(
            target=self._talk, args=(json.dumps([places[number] for number in numbers]),), daemon=True
        )
        self._thread.start()

    def _talk(self, asked: str) -> None:
        out, _ = self._process.communicate(asked)
        self._lines = out.splitlines()

    def collect(self) -> dict[int, Facts]:
        """Wait for the answers; those of a worker that died are missing."""
        self._thread.join()
        found: dict[int, Facts] = {}
        for line in self._lines:
            try:
                number, plain = json.loads(line)
            except ValueError:  # the last line of a worker that was killed
                break
            found[self.numbers[number]] = load_facts(plain)
        return found

    def stop(self) -> None:
        """End the process, also when an exception is on its way."""
        if self._process.poll() is None:
            self._process.kill()
        self._thread.join()


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
