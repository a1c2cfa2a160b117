"""What a child process tells of itself: a file to which it appends a line at once for each thing it uses.

So what is known survives `kill -9`, `os._exit` and `os.exec`. The file is opened for each line, because a
child may close all of its descriptors, or use their numbers for something else. A line is fields between
tabs:

    b                         the beginning; where it is missing, somebody has tidied up
    f  path  name  place      it executed a function
    o  path                   it opened a file
    l  path  pattern          it listed a folder
    s  path  time  size  number   the stamp of a file that it used
    g  gap                    something could not be watched

A line that does not end was cut off by a kill. The name of the file is the number of the process, a word
(`fork` for a process that went on from its parent's state, else `new`) and a number that makes it unique.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

from pytest_txselect.evidence.evidence import Gap, Piece, PieceKind
from pytest_txselect.evidence.system import System

if TYPE_CHECKING:
    from pytest_txselect.model import RepoPath

__all__ = ["Report", "ReportLines", "list_reports", "parse_report"]

ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
LETTERS = {PieceKind.FUNCTION: "f", PieceKind.OPENED: "o", PieceKind.LISTED: "l"}
KINDS = {letter: kind for kind, letter in LETTERS.items()}
Stamp = tuple[int, int, int]


class Report:
    """The file of this process.

    Args:
        folder: where reports are collected.
        word: "new" or "fork".
    """

    __slots__ = ("_path",)

    def __init__(self, folder: str, word: str) -> None:
        self._path = System.join(folder, f"{System.getpid()}-{word}-{System.monotonic_ns()}")
        self._append("b\n")

    def piece(self, piece: Piece) -> None:
        """It used this."""
        self._append(f"{LETTERS[piece.kind]}\t{escape(piece.path)}\t{escape(piece.name)}\t{piece.place}\n")

    def stamp(self, path: str, stamp: Stamp) -> None:
        """A file that it used looked like this."""
        self._append("\t".join(["s", escape(path), *map(str, stamp)]) + "\n")

    def gap(self, gap: Gap) -> None:
        """Something could not be watched."""
        self._append(f"g\t{gap.value}\n")

    def _append(self, line: str) -> None:
        try:
            file = System.open_descriptor(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                System.write(file, line.encode("utf-8", "surrogatepass"))
            finally:
                System.close(file)
        except OSError:  # no room, or nobody collects any more
            return


def escape(text: str) -> str:
    """A field without tabs and line ends."""
    return "".join(ESCAPES.get(each, each) for each in text)


def unescape(text: str) -> str:
    """What `escape` was given."""
    parts = text.split("\\\\")
    for sign, word in ESCAPES.items():
        if sign != "\\":
            parts = [part.replace(word, sign) for part in parts]
    return "\\".join(parts)


class ReportLines:
    """What a report says."""

    __slots__ = ("gaps", "pieces", "stamps")

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.stamps: dict[RepoPath, Stamp] = {}
        self.gaps = Gap.NONE


def parse_report(data: bytes) -> ReportLines:
    """Read a report. A line that cannot be read makes a gap, as do a first one that is gone and a last one that is cut off."""
    found = ReportLines()
    *lines, rest = data.decode("utf-8", "surrogatepass").split("\n")
    if rest or lines[:1] != ["b"]:
        found.gaps |= Gap.CHILD
    for line in lines:
        letter, *fields = line.split("\t")
        try:
            if letter in KINDS:
                path, name, place = fields
                found.pieces.append(
                    Piece(KINDS[letter], cast("RepoPath", unescape(path)), unescape(name), int(place))
                )
            elif letter == "b":
                continue
            elif letter == "s":
                path, moment, size, number = fields
                found.stamps.setdefault(
                    cast("RepoPath", unescape(path)), (int(moment), int(size), int(number))
                )
            else:
                found.gaps |= Gap(int(fields[0]))
        except (ValueError, IndexError):
            found.gaps |= Gap.CHILD
    return found


def list_reports(folder: str) -> list[tuple[str, int, str]]:
    """The reports in a folder: name, number of the process, word."""
    found = []
    for name in System.listdir(folder):
        pid, _, rest = name.partition("-")
        word = rest.partition("-")[0]
        if pid.isdecimal() and word in {"new", "fork"}:
            found.append((name, int(pid), word))
    return found
