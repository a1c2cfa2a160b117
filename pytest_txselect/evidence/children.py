"""In a child process: report what is used, from the first line of Python code on.

Started by `txselect_children.pth`, which is installed beside the package: a line that Python executes at
start, and which does nothing unless a recording process has set `TXSELECT_CHILD`. It is the only way that
reaches every Python process of the environment, however it was started (subprocess, multiprocessing,
os.exec), without a change of its arguments, of `PYTHONPATH`, or of what `sitecustomize` does.

Each function is noticed once, since there is one context only: the event is switched off where it happened.
"""

from __future__ import annotations

import os
import sys
from types import CodeType
from typing import TYPE_CHECKING

from pytest_txselect.evidence.codes import CodeBook, identify
from pytest_txselect.evidence.evidence import Gap, Piece
from pytest_txselect.evidence.files import FileWatch, stamp_file
from pytest_txselect.evidence.loose import LooseCode
from pytest_txselect.evidence.monitor import arm_code, find_events
from pytest_txselect.evidence.opened import listen, on_fork
from pytest_txselect.evidence.places import Place
from pytest_txselect.evidence.report import Report
from pytest_txselect.evidence.system import make_absolute
from pytest_txselect.evidence.territory import Territory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_txselect.evidence.files import Stamp
    from pytest_txselect.model import RepoPath

__all__ = ["VARIABLE", "ChildReporter", "start"]

VARIABLE = "TXSELECT_CHILD"
"""Environment variable: the folder of reports."""

TOP = "top"
"""File in that folder: the top of the repository, a zero byte, and the store's folder."""

_begun: set[tuple[int, str]] = set()


class ChildReporter:
    """Reports what this process uses. It stands in for a context, which has pieces and gaps.

    Args:
        report: where to.
        pieces: the pieces known, with their numbers; those of the parent in a process that was forked.

    Attributes:
        seen: numbers of the pieces reported.
        late: numbers of pieces that are to be reported still: a test that dives deep leaves no frame for it.
    """

    def __init__(self, report: Report, pieces: dict[Piece, int]) -> None:
        self._report = report
        self._pieces = pieces
        self._names: dict[int, Piece] = {number: piece for piece, number in pieces.items()}
        self.seen: set[int] = set()
        self.late: set[int] = set()
        self._stamps: set[str] = set()

    @property
    def pieces(self) -> ChildReporter:
        """The place to add pieces to."""
        return self

    def add(self, number: int) -> None:
        """Report a piece, once."""
        if number in self.seen:
            return
        piece = self._names.get(number)
        if piece is None:
            self._names = {each: piece for piece, each in self._pieces.items()}
            piece = self._names[number]
        self._report.piece(piece)
        self.seen.add(number)

    def add_late(self) -> None:
        """Report what there was no room for before, when it was to be reported."""
        for number in self.late.copy():
            self.add(number)
            self.late.discard(number)

    def stamp(self, path: RepoPath, stamp: Stamp) -> None:
        """Report the stamp of a file, once."""
        if path not in self._stamps:
            self._report.stamp(path, stamp)
            self._stamps.add(path)

    def renew(self, report: Report) -> None:
        """Report to another file, because this process was forked."""
        self._report = report
        self.seen.clear()
        self._stamps.clear()

    def missed(self, _event: str = "") -> None:
        """Something could not be noticed."""
        self._report.gap(Gap.CHILD)


def start() -> None:
    """Begin to report, if an ancestor of this process records. Never raises, and prints nothing.

    Where a process has begun already nothing happens: in a virtual environment Python may execute the file that calls us twice.
    """
    folder = os.environ.get(VARIABLE, "")
    if (os.getpid(), folder) in _begun:
        return
    _begun.add((os.getpid(), folder))
    try:
        with open(os.path.join(folder, TOP), "rb") as file:
            top, store = (os.fsdecode(line) for line in file.read().split(b"\0"))
        _start(folder, Territory(top, store))
    except (OSError, ValueError):  # the recording has ended
        return


def _start(folder: str, territory: Territory) -> None:
    report = Report(folder, "new")
    book = CodeBook()
    reporter = ChildReporter(report, book.pieces)
    files = FileWatch(territory, book.number, lambda: reporter)  # type: ignore[arg-type,return-value]
    arm = watch_calls(book, reporter)
    if arm is None:
        report.gap(Gap.WATCH)
        return

    loose = LooseCode(territory, book, arm, reporter.stamp)

    def executed(args: tuple[object, ...]) -> None:
        code = args[0]
        if not isinstance(code, CodeType):
            return
        if code.co_name != "<module>":
            loose.meet(code)
            return
        path = territory.name(make_absolute(code.co_filename)) if code.co_filename[:1] != "<" else None
        if path is not None:
            reporter.stamp(path, stamp_file(code.co_filename))
            arm(book.learn(code, path))

    files.on_stamp = reporter.stamp
    on_fork(lambda: reporter.renew(Report(folder, "fork")))
    listen({**files.handlers, **loose.handlers, "exec": executed}, reporter.missed)


def watch_calls(book: CodeBook, reporter: ChildReporter) -> Callable[[Iterable[CodeType]], None] | None:
    """Report functions when they start; gives the function that arms code, or None where there is no way."""
    if sys.version_info < (3, 12):
        return watch_profile(book, reporter)
    watch = StartReporter(book, reporter)
    return watch.arm if watch.place.take() else None


class StartReporter:
    """Reports each function the first time that it starts or goes on."""

    def __init__(self, book: CodeBook, reporter: ChildReporter) -> None:
        self.place = Place("pytest-txselect child", self)
        self._book = book
        self._reporter = reporter
        self._armed: list[CodeType] = []

    def arrive(self, tool: int) -> None:
        """Watch under this identifier."""
        report_starts(tool, self._book, self._reporter)
        for code in self._armed:
            arm_code(tool, code)

    def depart(self, tool: int) -> None:
        """Leave no event and no callback under this identifier."""
        for code in self._armed:
            sys.monitoring.set_local_events(tool, code, 0)
        for event in (sys.monitoring.events.PY_START, sys.monitoring.events.PY_RESUME):
            sys.monitoring.register_callback(tool, event, None)

    def lose(self) -> None:
        """There is no place now."""
        self._reporter.missed()

    def is_whole(self, tool: int) -> bool:
        """Whether our callbacks are there still: nobody asks in a child, which does not know when a test ends."""
        return sys.monitoring.get_tool(tool) is not None

    def arm(self, codes: Iterable[CodeType]) -> None:
        """Notice these from now on."""
        for code in codes:
            self._armed.append(code)
            self.place.set_events(code, find_events(code))


def report_starts(tool: int, book: CodeBook, reporter: ChildReporter) -> None:
    """Let a tool report each function the first time that it starts or goes on."""
    numbers, late, add_late, disable = book.numbers, reporter.late, reporter.add_late, sys.monitoring.DISABLE

    def started(code: CodeType, _offset: int) -> object:
        late.add(numbers[identify(code)])
        try:
            add_late()
        except RecursionError:
            return None
        return disable

    events = sys.monitoring.events
    sys.monitoring.register_callback(tool, events.PY_START, started)
    sys.monitoring.register_callback(tool, events.PY_RESUME, started)


def watch_profile(book: CodeBook, reporter: ChildReporter) -> Callable[[Iterable[CodeType]], None]:
    """The same on Python 3.11, where every call is looked at."""
    import atexit  # noqa: PLC0415 - the process need not have these otherwise
    import threading  # noqa: PLC0415

    numbers, late, add_late, thread = book.numbers, reporter.late, reporter.add_late, threading.get_ident()

    def called(frame: object, event: str, _argument: object) -> None:
        if event == "call":
            number = numbers.get(identify(frame.f_code))  # type: ignore[attr-defined]
            if number is not None and number not in reporter.seen:
                late.add(number)
                try:
                    add_late()
                except RecursionError:
                    return

    def check(_codes: object = None) -> None:
        """Another profiler has come, or Python has dropped ours, because a dive had left no frame for it."""
        if threading.get_ident() == thread and sys.getprofile() is not called:
            reporter.missed()

    sys.setprofile(called)
    threading.setprofile(called)
    atexit.register(check)
    return check
