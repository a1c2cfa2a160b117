"""Which project files a context reads, and which folders it lists.

A file that is opened to be written, and was not there before, is the suite's own product, as is a folder that
it makes: what is read from them later is no evidence. Neither is what Python reads to import a module, or
pytest to collect, rewrite and report: the code of a module is watched while it runs.
"""

from __future__ import annotations

import hashlib
import linecache
import os
import stat
import sys
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.evidence.evidence import Piece, PieceKind
from pytest_txselect.evidence.system import System, has_kind, is_there

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from pytest_txselect.evidence.contexts import Context
    from pytest_txselect.evidence.opened import Handlers
    from pytest_txselect.evidence.territory import Territory
    from pytest_txselect.model import RepoPath

__all__ = ["ABSENT", "DEPTH", "FileWatch", "Stamp", "is_reader", "stamp_file"]

Stamp = tuple[int, int, int]
"""Time of modification in nanoseconds, size and file number: another content has another stamp."""

ABSENT: Final[Stamp] = (0, -1, 0)
"""The stamp of a file that is not there."""

UNREADABLE: Final[Stamp] = (0, -2, 0)
"""The stamp of what is not a regular file."""

STANDARD: Final = os.path.dirname(os.__file__) + os.sep
PACKAGES: Final = os.path.join(STANDARD, "site-packages") + os.sep
READERS: Final = (
    "_pytest",
    "pytest",
    "pluggy",
    "coverage",
    "pytest_cov",
    "xdist",
    "execnet",
    "hypothesis",  # looks for constants in every file of the project, to try these too, and keeps examples
    "pytest_txselect",
    "__channelexec__",
)
SHOWERS: Final = tuple(
    os.path.join(STANDARD, name) for name in ("traceback.py", "warnings.py", "_py_warnings.py")
)
"""What reads sources only to show the lines that were executed, which are known to be."""
IMPORTERS: Final = ("<frozen importlib", os.path.join(STANDARD, "importlib", "metadata"))
MAGIC: Final = frozenset("*?[")
DEPTH: Final = 3
"""Frames from `is_reader` to who made the event: itself, the handler, the hook."""

SQLITE_URI: Final = "file:"
WRITING: Final = frozenset("wax+")
CREATES: Final = os.O_CREAT | os.O_TRUNC


def stamp_file(path: str) -> Stamp:
    """The stamp of a file as it is now."""
    try:
        found = System.stat(path)
    except (OSError, ValueError):
        return ABSENT
    return (found.st_mtime_ns, found.st_size, found.st_ino) if stat.S_ISREG(found.st_mode) else UNREADABLE


def digest_file(path: str) -> str:
    """What tells a regular file's content from others; empty where it cannot be read."""
    try:
        if not has_kind(path, stat.S_IFREG):
            return ""
        with System.open_file(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


class FileWatch:
    """Turns audit events into pieces of the current context.

    Args:
        territory: what belongs to the project.
        number: gives the number of a piece (`CodeBook.number`).
        current: gives the context in progress.

    Attributes:
        stamps: each file seen, with its stamp when it was first seen.
        on_stamp: told of each new one.
        handlers: what to do with which audit event.
    """

    def __init__(
        self, territory: Territory, number: Callable[[Piece], int], current: Callable[[], Context]
    ) -> None:
        self.stamps: Final[dict[RepoPath, Stamp]] = {}
        self._territory: Final = territory
        self._number: Final = number
        self.current = current
        self.on_stamp: Callable[[RepoPath, Stamp], None] | None = None
        self._made: Final[set[str]] = set()
        self._own: Final[set[str]] = set()
        self._contents: Final[dict[RepoPath, str]] = {}
        self._lines = 0
        self.handlers: Final[Handlers] = {
            "open": self._opened,
            "os.listdir": self._listed,
            "os.scandir": self._listed,
            "glob.glob": self._globbed,
            "os.mkdir": self._made_folder,
            **dict.fromkeys(("os.remove", "os.rename", "os.truncate", "os.utime"), self._changed),
            "os.symlink": self._linked,
            "os.link": self._linked,
            "sqlite3.connect": self._connected,
            "ctypes.dlopen": self._connected,
        }

    def _find(self, raw: object) -> str | None:
        """The absolute path of something below the top; None for anything else."""
        if isinstance(raw, bytes):
            path = System.fsdecode(raw)
        elif isinstance(raw, str):
            path = raw
        else:
            return None  # a descriptor: it was opened before
        if not path.startswith(System.SEP) and not System.isabs(path):
            try:
                path = System.join(System.getcwd(), path)
            except OSError:  # the current folder is gone, and all below it
                return None
        if ".." in path:
            path = System.normpath(path)
        return path if self._territory.covers(path) else None

    def _opened(self, args: tuple[Any, ...]) -> None:
        path = self._find(args[0])
        if path is None:
            return
        name = self._territory.name(path)
        if name is None or is_reader():
            return
        mode, flags = args[1], args[2]
        if not WRITING.isdisjoint(mode) if isinstance(mode, str) else flags & (os.O_WRONLY | os.O_RDWR):
            self._keep_content(name, path)
        fresh = mode[:1] in ("w", "x") if isinstance(mode, str) else bool(flags & CREATES)
        if fresh and not is_there(path):
            self._own.add(path)
        if path in self._own or self._is_made(path):
            return
        writes = fresh and "+" not in mode if isinstance(mode, str) else bool(flags & os.O_WRONLY)
        if not writes:
            self._add(Piece(PieceKind.OPENED, name), path)

    def _listed(self, args: tuple[Any, ...]) -> None:
        raw = args[0]
        path = self._find("." if raw is None else raw)
        if path is None:
            return
        path = System.normpath(path)
        name = self._territory.name(path)
        if name is None or self._is_made(path) or is_reader():
            return
        self._add(Piece(PieceKind.LISTED, name), None)

    def _globbed(self, args: tuple[Any, ...]) -> None:
        raw = args[0]
        pattern = System.fsdecode(raw) if isinstance(raw, str | bytes | System.PathLike) else ""
        start = next((at for at, each in enumerate(pattern) if each in MAGIC), len(pattern))
        folder, fixed, _ = pattern[:start].rpartition("/")
        path = self._find((folder or "/") if fixed else ".")
        name = self._territory.name(System.normpath(path)) if path is not None else None
        if path is None or name is None or self._is_made(path) or is_reader():
            return
        self._add(Piece(PieceKind.LISTED, name, pattern[len(folder) + len(fixed) :]), None)

    def _changed(self, args: tuple[Any, ...]) -> None:
        """A file is touched, cut, taken away, or gets another's place."""
        for raw in args[:2]:
            path = self._find(raw)
            name = self._territory.name(path) if path is not None else None
            if path is not None and name is not None:
                self._keep_content(name, path)

    def _keep_content(self, name: RepoPath, path: str) -> None:
        """Remember what a file contains that was used and is about to change, if it has not changed before."""
        if name in self.stamps and name not in self._contents and stamp_file(path) == self.stamps[name]:
            self._contents[name] = digest_file(path)

    def settle(self) -> None:
        """Take files that were only touched, or that have their content back, for those that they were when first seen."""
        for name, content in self._contents.items():
            path = System.join(self._territory.top, name)
            stamp = stamp_file(path)
            if stamp != self.stamps[name] and content and digest_file(path) == content:
                self.stamps[name] = stamp

    def _made_folder(self, args: tuple[Any, ...]) -> None:
        path = self._find(args[0])
        if path is not None and not is_there(path):
            self._made.add(System.normpath(path))

    def _linked(self, args: tuple[Any, ...]) -> None:
        """What a link made by a test points to is read under another name: take it as read now."""
        target = System.fsdecode(args[0])
        path = self._find(System.join(System.dirname(System.fsdecode(args[1])), target))
        self._use(path)

    def _connected(self, args: tuple[Any, ...]) -> None:
        if is_reader():  # coverage.py keeps what it measures in a database
            return
        raw = args[0]
        if not isinstance(raw, str | bytes | System.PathLike):
            return
        name = System.fsdecode(raw)
        if name.startswith(SQLITE_URI):
            name = name.removeprefix(SQLITE_URI).partition("?")[0]
        if System.SEP in name or has_kind(
            name, stat.S_IFREG
        ):  # else it is in memory, or a library of the system
            self._use(self._find(name))

    def _use(self, path: str | None) -> None:
        name = self._territory.name(path) if path is not None else None
        if path is None or name is None or path in self._own or self._is_made(path):
            return
        if has_kind(path, stat.S_IFDIR):
            self._add(Piece(PieceKind.LISTED, name, "**"), None)
        else:
            self._add(Piece(PieceKind.OPENED, name), path)

    def use(self, path: str) -> None:
        """Take a file or folder as read, if it is there, because a program was started with its name."""
        found = self._find(path)
        if found is not None and is_there(found):
            self._use(found)

    def _is_made(self, path: str) -> bool:
        if not self._made:
            return False
        while path not in self._made and self._territory.covers(path):  # there may be many of them
            path = System.dirname(path)
        return path in self._made

    def _add(self, piece: Piece, path: str | None) -> None:
        self.current().pieces.add(self._number(piece))
        if path is not None and piece.path not in self.stamps:
            self.keep_stamp(piece.path, stamp_file(path))

    def forget_lines(self) -> None:
        """Let Python read sources again of which somebody wants lines: whoever was first may have been another test."""
        cache = linecache.cache
        if len(cache) == self._lines:
            return
        for path in [each for each in cache if self._territory.covers(each)]:
            _, *rest = cache[path]
            if rest and rest[0] is not None:  # it has a time of modification: it comes from a file
                del cache[path]
        self._lines = len(cache)

    def keep_stamp(self, path: RepoPath, stamp: Stamp) -> None:
        """Remember how a file looked; the first look counts."""
        if self.stamps.setdefault(path, stamp) is stamp and self.on_stamp is not None:
            self.on_stamp(path, stamp)


def is_reader(depth: int = DEPTH) -> bool:
    """Whether who asks for a file is Python's import system, pytest, a tool that runs tests, or who prints a traceback."""
    try:
        frame: FrameType | None = sys._getframe(depth)  # noqa: SLF001 - the documented way to the caller's frame
    except ValueError:  # the interpreter itself, at its start
        return True
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(IMPORTERS) or name in SHOWERS:
            return True
        if not name.startswith(("<frozen", STANDARD)) or name.startswith(PACKAGES):
            module = frame.f_globals.get("__name__")
            if not isinstance(module, str) or module == "_pytest.pytester":  # which acts for a test
                return False
            return module.partition(".")[0] in READERS
        frame = frame.f_back
    return False
