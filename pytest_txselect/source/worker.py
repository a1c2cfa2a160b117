"""Reads facts of many files, in as many processes as there are cores.

A worker process is this interpreter in isolated mode, with nothing but this package on its way: no code,
`sitecustomize` or `PYTHONPATH` of the project can run in it. It is given paths on its standard input, a
JSON list on each line, and answers each path in turn: the size of its packed facts (four bytes, the highest
first), then these.
"""

from __future__ import annotations

import gc
import json
import os
import stat
import sys
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import MAX_BYTES, Unparsed, pack_facts

if TYPE_CHECKING:
    from pytest_txselect.source.facts import Facts

__all__ = ["COMMAND", "read_file", "serve"]

PACKAGE: Final = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120 - a worker starts without pathlib
COMMAND: Final = (
    "-I",
    "-S",
    "-c",
    "import sys; sys.path.append(sys.argv[1]); from pytest_txselect.source.worker import serve; serve()",
    PACKAGE,
)
"""What turns a Python interpreter into a worker."""


def read_file(place: str) -> Facts:
    """Facts of a file on disk.

    Args:
        place: an absolute path; undecodable bytes as surrogates.

    Returns:
        The facts; `Unparsed` with the cause where it is no regular file, too large, vanished, or not ours
        to read.
    """
    try:
        status = os.stat(place)  # noqa: PTH116 - a worker starts without pathlib
        if not stat.S_ISREG(status.st_mode):
            return Unparsed("is no regular file")
        if status.st_size > MAX_BYTES:
            return Unparsed(f"is larger than {MAX_BYTES // 1_000_000} MB")
        source = _read_whole(place, status.st_size)
    except OSError as error:
        return Unparsed(f"cannot be read: {error.strerror}")
    return read_facts(source)


def _read_whole(place: str, size: int) -> bytes:
    """The bytes of a file that had a size a moment ago; file objects of Python cost more than most files do."""
    file = os.open(place, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
    try:
        pieces = [os.read(file, size + 1)]
        while pieces[-1] and sum(map(len, pieces)) != size:  # it was cut short, or has grown since
            pieces.append(os.read(file, MAX_BYTES))
        return b"".join(pieces)
    finally:
        os.close(file)


def serve() -> None:
    """Be a worker."""
    gc.disable()
    answers = sys.stdout.buffer
    for line in sys.stdin:
        for place in json.loads(line):
            packed = pack_facts(read_file(place))
            answers.write(len(packed).to_bytes(4, "big") + packed)
        answers.flush()
