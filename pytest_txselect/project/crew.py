"""The edge to copies of this process, which share long work with it.

A copy begins with everything that was read so far, which no other process of its own would have; but copying a
process that has other threads, or that somebody else may still want something of, is unsafe. So only a command
of ours is copied, and only where that is usual (Linux; not macOS, whose libraries may have threads that nobody
sees).

All members of a crew go through the same work. Pieces of it are handed out one by one (`Crew.take`); what each
has found out goes to all others (`Crew.exchange`); in the end copies hand over what they have, and are no more
(`Crew.deliver`). Who dies on the way leaves pieces undone: the others see what they were not given.

A member's findings lie in a file in memory, one exchange behind another: the size of the table of contents
(eight bytes), this table (number of the piece and size, four bytes each), then the findings. Pipes only say when
to look.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

__all__ = ["MOST_PIECES", "Crew", "can_copy", "run_crew"]

T = TypeVar("T")

MOST_PIECES: Final = 250
"""A piece's number is one byte."""
THREADS: Final = "/proc/self/task"
HEAD: Final = 8


@dataclass(frozen=True, slots=True)
class _Link:
    """A copy, seen from the first member: its process, and the ends of its pipes."""

    process: int
    listen: int
    tell: int


@dataclass(slots=True)
class Crew:
    """One member of a crew.

    Attributes:
        number: 0 for the process that asked, from 1 for its copies.
        size: how many members began.
    """

    number: int
    size: int
    _pieces: Iterator[int]
    _files: tuple[int, ...] = ()
    _links: list[_Link] = field(default_factory=list, repr=False)
    _boss: _Link | None = None
    _read: dict[int, int] = field(default_factory=dict, repr=False)

    def take(self) -> Iterator[int]:
        """Pieces of the work that no other member has taken, lowest numbers first, as long as there are any."""
        return self._pieces

    def exchange(self, mine: Mapping[int, bytes]) -> dict[int, bytes]:
        """Give what this member found, by number, to all others, and wait for theirs; those of the dead are missing."""
        self._write(mine)
        if self._boss is not None:
            os.write(self._boss.tell, b".")
            alive = os.read(self._boss.listen, MOST_PIECES)
            if not alive:
                raise EOFError("the process that asked is no more")
        else:
            alive = bytes(
                [0, *(number for number, link in enumerate(self._links, 1) if os.read(link.listen, 1))]
            )
            for link in self._links:
                with contextlib.suppress(BrokenPipeError):
                    os.write(link.tell, alive)
        return self._read_all(number for number in alive if number != self.number)

    def deliver(self, mine: Mapping[int, bytes]) -> dict[int, bytes]:
        """Wait for what all copies found, by number. In a copy: hand this over and end."""
        if self._boss is not None:
            self._write(mine)
            os.write(self._boss.tell, b".")
            os._exit(0)
        return self._read_all(number for number, link in enumerate(self._links, 1) if os.read(link.listen, 1))

    def _write(self, mine: Mapping[int, bytes]) -> None:
        if not self._files:
            return
        table = array(
            "I", [each for number, found in mine.items() for each in (number, len(found))]
        ).tobytes()
        file = self._files[self.number]
        data = b"".join([len(table).to_bytes(HEAD, "big"), table, *mine.values()])
        while data:
            data = data[os.write(file, data) :]

    def _read_all(self, members: Iterable[int]) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for number in members:
            file, at = self._files[number], self._read.get(number, 0)
            data = os.pread(file, os.fstat(file).st_size - at, at)
            table = array("I")
            body = HEAD + int.from_bytes(data[:HEAD], "big")
            table.frombytes(data[HEAD:body])
            for key, size in zip(table[::2], table[1::2], strict=True):
                found[key] = data[body : body + size]
                body += size
            self._read[number] = at + body
        return found


def can_copy() -> bool:
    """Whether this process may be copied: on Linux, without other threads."""
    if not hasattr(os, "memfd_create") or not hasattr(os, "fork"):
        return False
    try:
        return len(os.listdir(THREADS)) == 1  # noqa: PTH208 - a system's table, no folder
    except OSError:
        return False


def run_crew(size: int, pieces: int, work: Callable[[Crew], T]) -> T:
    """Do work in this process and, at the same time, in copies of it.

    Args:
        size: how many processes to use, this one included; copies that the system refuses are done without.
        pieces: how many pieces of work `Crew.take` hands out; at most `MOST_PIECES` to more than one member.
        work: what to do; in copies it has to end with `Crew.deliver`, and whatever else it does there, exceptions
            included, has no effect.

    Returns:
        What `work` returned in this process.
    """
    if size < 2:  # noqa: PLR2004 - this process alone
        return work(Crew(0, 1, iter(range(pieces))))
    tickets, write = os.pipe()
    os.write(write, bytes(range(pieces)))
    os.close(write)
    files = tuple(os.memfd_create(f"txselect-{number}") for number in range(size))
    links: list[_Link] = []

    def join(number: int, boss: _Link | None = None) -> T:
        return work(Crew(number, size, _draw(tickets), files, links if boss is None else [], boss))

    try:
        with contextlib.suppress(BlockingIOError, MemoryError):  # as many as the system lets us have
            while len(links) < size - 1:
                links.append(_copy(1 + len(links), links, join))
        return join(0)
    finally:
        for link in links:
            with contextlib.suppress(ProcessLookupError):
                os.kill(link.process, signal.SIGKILL)
            os.waitpid(link.process, 0)
        for end in (tickets, *files, *(end for link in links for end in (link.listen, link.tell))):
            os.close(end)


def _draw(tickets: int) -> Iterator[int]:
    """Numbers of pieces; each byte in the pipe is one, and whoever reads it has it."""
    while ticket := os.read(tickets, 1):
        yield ticket[0]


def _copy(number: int, others: Sequence[_Link], join: Callable[[int, _Link], object]) -> _Link:
    """Make a copy of this process that joins the work and ends with it."""
    down, up = os.pipe(), os.pipe()
    try:
        process = os.fork()
    except BaseException:
        for end in (*down, *up):
            os.close(end)
        raise
    if process == 0:
        try:
            gc.disable()  # which would only make pages our own
            for end in (down[1], up[0], *(end for link in others for end in (link.listen, link.tell))):
                os.close(end)  # so that whoever waits for a process notices its end
            join(number, _Link(0, down[0], up[1]))
        finally:
            os._exit(1)
    os.close(down[0])
    os.close(up[1])
    return _Link(process, up[0], down[1])
