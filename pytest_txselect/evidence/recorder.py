"""Watches a process from start to finish and says what each test used."""

from __future__ import annotations

import os
import sys
from _thread import _count as count_threads
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.evidence.assemble import assemble
from pytest_txselect.evidence.children import ChildReporter, report_starts, watch_profile
from pytest_txselect.evidence.codes import CodeBook, identify
from pytest_txselect.evidence.contexts import Context, ContextKind, ContextStack
from pytest_txselect.evidence.deferred import find_deferred
from pytest_txselect.evidence.evidence import Gap, Piece, PieceKind
from pytest_txselect.evidence.files import FileWatch, stamp_file
from pytest_txselect.evidence.frames import FrameWatch
from pytest_txselect.evidence.imports import find_file, find_imports
from pytest_txselect.evidence.living import compile_file, find_living_code, read_source
from pytest_txselect.evidence.loose import LooseCode
from pytest_txselect.evidence.memo import find_aliases, find_memoised, mentions
from pytest_txselect.evidence.monitor import Monitor
from pytest_txselect.evidence.opened import listen, on_fork, unlisten
from pytest_txselect.evidence.report import Report
from pytest_txselect.evidence.spawned import SpawnWatch
from pytest_txselect.evidence.system import make_absolute
from pytest_txselect.evidence.watches import make_frames, make_watch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import CodeType

    from pytest_txselect.evidence.assemble import TestTrace
    from pytest_txselect.evidence.evidence import Recording
    from pytest_txselect.evidence.territory import Territory
    from pytest_txselect.model import RepoPath

__all__ = ["Recorder"]


class Recorder:
    """Everything noticed in this process so far.

    Args:
        territory: what belongs to the project.
        store: folder of what is remembered, which is no evidence.

    Attributes:
        book: numbers of pieces and code objects.
        session: the context of all that happens outside the others.
        stack: the contexts in progress.
        imports: the context of each module's import, by its file.
        files: files and folders used.
        edges: for each piece that imported a module while it ran, the contexts of these imports.
    """

    def __init__(self, territory: Territory, store: str = "") -> None:
        self.territory: Final = territory
        self._store: Final = store
        self.book: Final = CodeBook()
        self.monitor: Final = make_watch(self.book.numbers, self._lost)
        self.session: Final = Context(ContextKind.SESSION, "session")
        self.stack: Final = ContextStack(self.session, self.monitor.drain)
        self.imports: Final[dict[RepoPath, Context]] = {}
        self.edges: Final[dict[int, set[Context]]] = {}
        self.files: Final = FileWatch(territory, self.book.number, lambda: self.stack.current)
        self.frames: Final = make_frames(self.stack) if isinstance(self.monitor, Monitor) else None
        watching = (self.monitor, self.frames)
        self._places: Final = [each.place for each in watching if isinstance(each, Monitor | FrameWatch)]
        self.spawned: Final = SpawnWatch(self.book, self.files, self.stack, self.session)
        self.memos: Final[dict[int, Context]] = {}
        self._deferred: Final[dict[int, Context]] = {}
        self._threads = 0
        self._first = True
        self._blind = False
        self._loose: Final = LooseCode(territory, self.book, self._arm_loose, self.files.keep_stamp)
        watches = (self.files, self.spawned, self._loose)
        self._handlers: Final = {event: do for each in watches for event, do in each.handlers.items()}
        self._handlers["exec"] = self._executed
        self._handlers["sys.monitoring.register_callback"] = self._registered
        self._meddled = False

    def start(self) -> None:
        """Begin to watch. What modules executed that were imported before is not known, and marked."""
        self._adopt()
        self.spawned.start(self.territory.top, self._store)
        listen(self._handlers, self._failed)
        on_fork(self._forked)

    def stand_on(self, paths: Iterable[str]) -> None:
        """Take files as read by every test, or as looked for and not there."""
        for path in paths:
            name = self.territory.name(path) if self.territory.covers(path) else None
            if name is not None:
                self.session.pieces.add(self.book.number(Piece(PieceKind.OPENED, name)))
                self.files.keep_stamp(name, stamp_file(path))

    def stop(self) -> None:
        """Watch no more; what is known stays."""
        on_fork(self._forked, off=True)
        unlisten(self._handlers)
        self.stack.flush()
        self.spawned.stop()
        if self.frames is not None:
            self.frames.stop()
        self.monitor.stop()

    def enter_import(self, path: RepoPath) -> Context:
        """The context of a module's import."""
        context = self.imports.get(path)
        if context is None:
            context = self.imports[path] = Context(ContextKind.IMPORT, path)
        return context

    def _lost(self) -> None:
        self._blind = True
        self.stack.current.gaps |= Gap.WATCH

    def _failed(self, event: str) -> None:
        """Something could not be noticed: of one context, or that a module was executed, whose functions others may use."""
        if event == "exec":
            self.session.gaps |= Gap.WATCH
        else:
            self.stack.current.gaps |= Gap.PATH

    def _registered(self, _args: tuple[Any, ...]) -> None:
        """The audit event of a callback of `sys.monitoring`, which may take the place of ours."""
        if not any(place.registers for place in self._places):
            self._meddled = True

    def _share_memos(self, contexts: Iterable[Context]) -> None:
        """Without notice of their end, memoised functions get all of the contexts that executed them."""
        if self.frames is None:
            remembering = {**self._deferred, **self.memos}
            for context in contexts:
                for number in context.pieces & remembering.keys():
                    remembering[number].pieces |= context.pieces

    def begin_test(self) -> None:
        """A test is about to begin."""
        if self._first:
            self.spawned.end_window(self.session)
            self._first = False
        self.stack.entered.clear()
        self.files.forget_lines()
        if self.frames is not None:
            self.frames.rearm()
        self._blind = isinstance(self.monitor, Monitor) and not self.monitor.place.take()
        self._threads = count_threads()

    def end_test(self, context: Context) -> None:
        """A test has ended; its context is not in progress any more."""
        for place in self._places:
            self._blind |= not place.check(meddled=self._meddled)
        self._meddled = False
        if count_threads() > self._threads:
            context.gaps |= Gap.THREAD
        if self._blind:
            for each in (context, *self.stack.entered):
                each.gaps |= Gap.WATCH
        self._share_memos([context])
        self.spawned.end_window(context)

    def find_edges(self) -> dict[int, set[Context]]:
        """The shared contexts that a piece needs beside the import of its own file."""
        modules: dict[str, RepoPath] = {}
        names: dict[RepoPath, list[str]] = {}
        for name, module in list(sys.modules.items()):
            path = self.territory.name(find_file(module))
            if path is not None and path in self.imports:
                modules[name] = path
                names.setdefault(path, []).append(name)
        edges = {number: set(contexts) for number, contexts in self.edges.items()}
        pieces = list(self.book.pieces)
        roots = {name.partition(".")[0] for name in modules}
        named = self._name_memos()
        known = frozenset(named)
        for code in self.book.codes:
            number = self.book.numbers[identify(code)]
            importers = names.get(pieces[number].path, [])
            for path in find_imports(code, importers, modules, roots):
                edges.setdefault(number, set()).add(self.imports[path])
            for name in mentions(code, known) if known else ():
                edges.setdefault(number, set()).update(named[name])
        for number, memo in self.memos.items():
            edges.setdefault(number, set()).add(memo)
        return edges

    def _name_memos(self) -> dict[str, set[Context]]:
        """The memoised functions by each name under which the project may use them."""
        named: dict[str, set[Context]] = {}
        for memo in self.memos.values():
            for part in (
                memo.name.split(".")[-2:] if memo.name.endswith("__") else [memo.name.rpartition(".")[2]]
            ):
                named.setdefault(part, set()).add(memo)
        known = frozenset(named)
        for code in self.book.codes if known else ():
            for name, alias in find_aliases(code, known):
                named.setdefault(alias, set()).update(named[name])
        return named

    def _forked(self) -> None:
        """In a process that was forked: report what is used from now on."""
        reporter = ChildReporter(Report(self.spawned.folder, "fork"), self.book.pieces)
        if isinstance(self.monitor, Monitor):
            if self.monitor.place.tool is not None:
                report_starts(self.monitor.place.tool, self.book, reporter)
        else:
            watch_profile(self.book, reporter)
        self.files.current = lambda: reporter  # type: ignore[assignment,return-value]
        self.files.on_stamp = reporter.stamp
        self.spawned.forget()

    def assemble(self, tests: Mapping[str, TestTrace], collections: Iterable[TestTrace] = ()) -> Recording:
        """What was recorded of these tests, and of the collection of some files."""
        self._share_memos([self.session, *self.imports.values()])
        shared = [*self.imports.values(), *self.memos.values(), *self._deferred.values()]
        every, edges = frozenset({self.session}), self.find_edges()
        return assemble(self.book.pieces, tests, shared, every, edges, collections=collections)

    def _executed(self, args: tuple[Any, ...]) -> None:
        """The audit event of `exec`: the body of a module is about to run."""
        code = args[0]
        file = code.co_filename
        if code.co_name != "<module>":
            self._loose.meet(code)
            return
        if file[:1] == "<":  # generated code is nobody's
            return
        name = self.territory.name(make_absolute(file))
        if name is None:
            if self.territory.has_twin(file):
                self.session.gaps |= Gap.INSTALLED
            return
        self.files.keep_stamp(name, stamp_file(file))
        new = self.book.learn(code, name)
        self.monitor.arm(new)
        for each in find_memoised(new, read_source(file)):
            number = self.book.numbers[identify(each)]
            memo = self.memos.setdefault(number, Context(ContextKind.MEMO, each.co_qualname))
            if self.frames is not None:
                self.frames.watch_call(each, number, memo)
        context = self.enter_import(name)
        self._share_deferred(new, context)
        importer = self._find_importer()
        if importer is not None:
            self.edges.setdefault(importer, set()).add(context)
        self.stack.current.includes.add(context)
        if self.frames is not None:
            self.frames.watch_return(code)
        self.stack.enter(context, code)

    def _share_deferred(self, codes: Iterable[CodeType], context: Context) -> None:
        """Take what is made when somebody first asks for it as made by the import of its module.

        Args:
            codes: all code objects of the module.
            context: that of the import.
        """
        for each in find_deferred(codes):
            number = self.book.numbers[identify(each)]
            fresh = Context(ContextKind.MEMO, each.co_qualname)
            made = self.memos.get(number) or self._deferred.setdefault(number, fresh)
            context.includes.add(made)
            if self.frames is not None:
                self.frames.watch_call(each, number, made)

    def _arm_loose(self, codes: Iterable[CodeType]) -> None:
        """Notice functions from now on of which there may be others with the same text."""
        self.monitor.arm(codes)
        for code in codes:
            number = self.book.numbers[identify(code)]
            if self.frames is not None and number in self.memos:
                self.frames.watch_call(code, number, self.memos[number])

    def _find_importer(self) -> int | None:
        """The number of the nearest project function that is running."""
        frame = sys._getframe(2)  # noqa: SLF001 - the documented way to the caller's frame
        numbers = self.book.numbers
        while frame is not None:
            number = numbers.get(identify(frame.f_code))
            if number is not None:
                return number
            frame = frame.f_back  # type: ignore[assignment]
        return None

    def _adopt(self) -> None:
        """Arm what was imported before we came."""
        loose: dict[RepoPath, list[CodeType]] = {}
        for code in find_living_code():
            if self.territory.covers(code.co_filename):
                name = self.territory.name(code.co_filename)
                if name is not None:
                    loose.setdefault(name, []).append(code)
        for name, codes in loose.items():
            path = os.path.join(self.territory.top, name)
            self.files.stamps.setdefault(name, stamp_file(path))
            self.enter_import(name).gaps |= Gap.IMPORT
            self.monitor.arm(self.book.learn_loose(codes, compile_file(path), name))
