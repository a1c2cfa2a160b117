"""In the recording process: which children each test starts, and what they report.

A report that appears while a test runs belongs to that test, and to the fixtures in which it started
processes. A child that lives on when the test has ended serves others too: then what it does belongs to every
test, or, if it was started in fixtures only, to those who use them.

A Python process that was started and does not report (another environment, `-S`, an emptied environment)
leaves a gap, as does a program that is not Python, unless it is one that reads its operands only.
"""

from __future__ import annotations

import os
import shutil
import site
import sys
import tempfile
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.evidence.children import TOP, VARIABLE
from pytest_txselect.evidence.contexts import Context, ContextKind
from pytest_txselect.evidence.evidence import Gap
from pytest_txselect.evidence.files import DEPTH, is_reader
from pytest_txselect.evidence.programs import ProgramKind, asks_system, find_kind
from pytest_txselect.evidence.report import list_reports, parse_report
from pytest_txselect.evidence.system import System

if TYPE_CHECKING:
    from pytest_txselect.evidence.codes import CodeBook
    from pytest_txselect.evidence.contexts import ContextStack
    from pytest_txselect.evidence.files import FileWatch
    from pytest_txselect.evidence.opened import Handlers

__all__ = ["SpawnWatch", "is_hook_installed"]

HOOK_FILE: Final = "txselect_children.pth"
MOMENT: Final = 0.01
"""Seconds."""


class SpawnWatch:
    """Collects the reports of children.

    Args:
        book: numbers of pieces.
        files: what files this process used; those that a child was started with count.
        stack: the contexts in progress.
        session: the context of all tests.
    """

    def __init__(self, book: CodeBook, files: FileWatch, stack: ContextStack, session: Context) -> None:
        self._book: Final = book
        self._files: Final = files
        self._stack: Final = stack
        self._session: Final = session
        self._python: Final[dict[Context, int]] = {}
        self._forks: Final[dict[Context, int]] = {}
        self._seen: Final[set[str]] = set()
        self._alive: Final[dict[str, Context]] = {}
        self._kinds: Final[dict[str, ProgramKind]] = {}
        self._changed = 0
        self._before: str | None = None
        self._blind: Final = not is_hook_installed()
        self._ours = True
        self.folder = ""
        self.handlers: Final[Handlers] = {
            "subprocess.Popen": self._opened,
            "os.posix_spawn": self._spawned,
            "os.spawn": lambda args: self._started(args[1], args[2]),
            "os.system": lambda args: self._started("sh", [args[0]]),
            "pty.spawn": lambda args: self._started("", args[0]),
            "os.fork": self._forked,
            "os.forkpty": self._forked,
        }

    def start(self, top: str, store: str) -> None:
        """Let children report from now on."""
        self.folder = tempfile.mkdtemp(prefix="txselect-")
        with open(os.path.join(self.folder, TOP), "wb") as file:
            file.write(os.fsencode(top) + b"\0" + os.fsencode(store))
        self._before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = self.folder
        self._changed = os.stat(self.folder).st_mtime_ns

    def forget(self) -> None:
        """In a process that was forked: its children are none of ours to wait for."""
        self._python.clear()
        self._forks.clear()
        self._ours = False

    def stop(self) -> None:
        """Read what children that lived on have reported, and let none report any more."""
        if not self._ours:
            return
        self.end_window(self._session)
        for name, context in self._alive.items():
            self._read(name, context)
        if System.environ.get(VARIABLE) == self.folder:
            del System.environ[VARIABLE]
            if self._before is not None:
                System.environ[VARIABLE] = self._before
        shutil.rmtree(self.folder, ignore_errors=True)

    def _opened(self, args: tuple[Any, ...]) -> None:
        executable, words, folder = args[0], args[1], args[2]
        self._started(executable, words, folder)

    def _spawned(self, args: tuple[Any, ...]) -> None:
        frame = sys._getframe(2)  # noqa: SLF001 - the documented way to the caller's frame
        if frame.f_globals.get("__name__") != "subprocess":  # which has told already
            self._started(args[0], args[1])

    def _forked(self, _args: tuple[Any, ...]) -> None:
        context = self._stack.current
        self._forks[context] = self._forks.get(context, 0) + 1

    def _started(self, executable: object, words: object, folder: object = None) -> None:
        if is_reader(DEPTH + 1) or asks_system():
            return
        context = self._stack.current
        names = [decode(each) for each in words] if isinstance(words, list | tuple) else [decode(words)]
        program = decode(executable) or (names[0] if names else "")
        kind = self._find_kind(program)
        if kind is ProgramKind.PYTHON:
            self._python[context] = self._python.get(context, 0) + 1
        elif kind is ProgramKind.UNKNOWN:
            context.gaps |= Gap.PROGRAM
        top = decode(folder)
        for name in (program, *names):
            if name and not (
                kind is ProgramKind.PYTHON and name.endswith(".py")
            ):  # it tells itself what it executes
                self._files.use(System.join(top, name))

    def _find_kind(self, program: str) -> ProgramKind:
        if program not in self._kinds:
            self._kinds[program] = find_kind(program)
        return self._kinds[program]

    def end_window(self, test: Context) -> None:
        """A test has ended: give it what its children reported."""
        if self._blind and "multiprocessing.util" in sys.modules:
            test.gaps |= Gap.CHILD
        if not self._ours:
            return
        try:
            changed = System.stat(self.folder).st_mtime_ns
        except OSError:  # somebody has tidied up
            test.gaps |= Gap.CHILD
            return
        if changed == self._changed and not self._python and not self._forks:
            return
        self._changed = changed
        fresh = [each for each in list_reports(self.folder) if each[0] not in self._seen]
        owners = {*self._python, *self._forks}
        if len(fresh) > sum(self._python.values()) + sum(
            self._forks.values()
        ):  # nobody told who started them
            owners |= {test, *(each for each in self._stack.entered if each.kind is not ContextKind.TEST)}
        for name, pid, _ in fresh:
            self._seen.add(name)
            context = Context(ContextKind.CHILD, name)
            self._read(name, context)
            for owner in owners:
                owner.includes.add(context)
            if outlives(pid):
                self._alive[name] = context
                if any(owner.kind is not ContextKind.FIXTURE for owner in owners):
                    self._session.includes.add(context)
        mark_missing(self._python, sum(word == "new" for _, _, word in fresh), Gap.CHILD)
        mark_missing(self._forks, sum(word == "fork" for _, _, word in fresh), Gap.FORK)

    def _read(self, name: str, context: Context) -> None:
        try:
            with System.open_file(System.join(self.folder, name), "rb") as file:
                report = parse_report(file.read())
        except OSError:  # somebody has tidied up
            context.gaps |= Gap.CHILD
            return
        context.pieces.update(map(self._book.number, report.pieces))
        context.gaps |= report.gaps
        for path, stamp in report.stamps.items():
            self._files.keep_stamp(path, stamp)


def mark_missing(expected: dict[Context, int], reported: int, gap: Gap) -> None:
    """Mark the contexts that started processes, if fewer have reported; begin to count anew."""
    if sum(expected.values()) > reported:
        for context in expected:
            context.gaps |= gap
    expected.clear()


def is_hook_installed() -> bool:
    """Whether Python processes of this environment know of us: a `.pth` file counts in the site's folders only."""
    folders = [*site.getsitepackages(), site.getusersitepackages()]
    return any(os.path.exists(os.path.join(each, HOOK_FILE)) for each in folders)


def decode(word: object) -> str:
    """A word of a command as text; empty for what is none."""
    if isinstance(word, System.PathLike):
        word = word.__fspath__()
    return System.fsdecode(word) if isinstance(word, str | bytes) else ""


def outlives(pid: int) -> bool:
    """Whether a process goes on; one that was waited for may need a moment to disappear."""
    if is_alive(pid):
        System.sleep(MOMENT)
        return is_alive(pid)
    return False


def is_alive(pid: int) -> bool:
    """Whether a process of that number runs."""
    try:
        System.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    try:
        with System.open_file(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] not in {b"Z", b"X"}
    except (OSError, IndexError):
        return True
