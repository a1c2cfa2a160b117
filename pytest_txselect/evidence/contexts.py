"""Whose evidence it is: contexts, and the stack of those that are in progress.

Whatever is executed belongs to the context on top. A test begins one, a fixture that is set up for several
tests another on top of it, a module that is imported another, and so on. Contexts of the last kind, which
belong to a piece of code that runs, may end without a word (an exception, a thread that goes its own way).
Then what they saw is given to the context below them as well: more than it needs, never less.
"""

from __future__ import annotations

import enum
import sys
from _thread import _count as count_threads
from _thread import get_ident
from typing import TYPE_CHECKING, Final

from pytest_txselect.evidence.evidence import Gap

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType

__all__ = ["Context", "ContextKind", "ContextStack", "Entry"]


class ContextKind(enum.Enum):
    """What a context stands for, and so whose evidence it is."""

    SESSION = "the session"  # every test's
    COLLECT = "the collection"  # that of every test collected there
    NODE = "the set-up and tear-down"  # that of every test below a package, module or class
    FIXTURE = "the fixture"  # that of every test that uses it
    IMPORT = "the import"  # that of every test that imports the module
    MEMO = "the memoised function"  # that of every test that calls it
    CHILD = "the child process"  # that of every test that started it, or ran while it did
    TEST = "the test"


class Context:
    """What is known of a context so far.

    Args:
        kind: what it is.
        name: node id of a test or node, name of a fixture, path of a module, and so on: for people.

    Attributes:
        pieces: numbers of the pieces used.
        includes: contexts it relies on.
        gaps: what could not be watched.
    """

    __slots__ = ("gaps", "includes", "kind", "name", "pieces")

    def __init__(self, kind: ContextKind, name: str) -> None:
        self.kind: Final = kind
        self.name: Final = name
        self.pieces: set[int] = set()
        self.includes: set[Context] = set()
        self.gaps = Gap.NONE

    def absorb(self, other: Context) -> None:
        """Take over all that another context knows."""
        if other is not self:
            self.pieces |= other.pieces
            self.includes |= other.includes
            self.gaps |= other.gaps


class Entry:
    """A context in progress.

    Args:
        context: it.
        code: the code that it lasts as long as; None where `leave` ends it.
        thread: the thread that began it.

    Attributes:
        inner: calls of the same code in progress that began right in it.
    """

    __slots__ = ("code", "context", "inner", "thread")

    def __init__(self, context: Context, code: CodeType | None, thread: int) -> None:
        self.context: Final = context
        self.code: Final = code
        self.thread: Final = thread
        self.inner = 0


class ContextStack:
    """The contexts in progress.

    Args:
        bottom: the context of all that happens outside the others.
        drain: empties what was noticed since the last call into a set of piece numbers.

    Attributes:
        current: the context on top.
        entered: those that have begun since somebody emptied this set.
        heed: called with True when a context that lasts as long as some code comes to the top, with False when another does.
    """

    __slots__ = ("_drain", "_entries", "_heeded", "_threads", "current", "entered", "heed")

    def __init__(self, bottom: Context, drain: Callable[[set[int]], None]) -> None:
        self.current = bottom
        self.entered: Final[set[Context]] = set()
        self.heed: Callable[[bool], object] = bool
        self._heeded = False
        self._drain: Final = drain
        self._threads: Final = (
            count_threads()
        )  # those of pytest and its workers execute nothing of the project
        self._entries: Final = [Entry(bottom, None, get_ident())]

    def enter(self, context: Context, code: CodeType | None = None) -> Entry:
        """Begin a context, which lasts until `leave`, or as long as a piece of code runs."""
        self._drain(self.current.pieces)
        if self._entries[-1].code is not None:
            self._settle()
        entry = Entry(context, code, get_ident())
        self._entries.append(entry)
        self.entered.add(context)
        self._look()
        return entry

    def _look(self) -> None:
        """See what is on top now."""
        top = self._entries[-1]
        self.current = top.context
        if self._heeded is (top.code is None):
            self.heed(not self._heeded)
            self._heeded = not self._heeded

    def enter_again(self, code: CodeType) -> bool:
        """Take a call for a part of the context on top, where that lasts as long as another call of the same code."""
        top = self._entries[-1]
        if top.code is not code or top.thread != get_ident():
            return False
        top.inner += 1
        return True

    def lasts(self, code: CodeType) -> bool:
        """Whether a context is in progress that lasts as long as a piece of code."""
        return any(entry.code is code for entry in self._entries)

    def leave(self, entry: Entry) -> None:
        """End a context and whatever is left above it. Nothing happens when it has ended before."""
        self._drain(self.current.pieces)
        if entry in self._entries:
            while self._entries[-1] is not entry:
                self._drop()
            self._entries.pop()
            self._look()

    def flush(self) -> None:
        """Give the context on top what was noticed up to now."""
        self._drain(self.current.pieces)

    def returned(self, code: CodeType) -> None:
        """A piece of code that a context lasts as long as has returned."""
        self._drain(self.current.pieces)
        thread = get_ident()
        at = len(self._entries) - 1
        while at and (self._entries[at].code is not code or self._entries[at].thread != thread):
            if self._entries[at].code is None:
                return  # it began in a context that has ended
            at -= 1
        if not at:
            return
        while len(self._entries) > at + 1 and self._entries[-1].thread == thread:
            self._drop()
        if self._entries[at].inner:
            self._entries[at].inner -= 1
            return
        context = self._entries[at].context
        for above in self._entries[at + 1 :]:  # other threads were at work: nobody knows who did what
            context.absorb(above.context)
        if count_threads() > self._threads:
            self._entries[at - 1].context.absorb(context)
        del self._entries[at]  # last, since a test that recursed to the limit may leave no frame for the rest
        self._look()

    def _drop(self) -> None:
        """End the topmost context; when its code really ended is not known."""
        entry = self._entries[-1]
        if entry.code is not None:
            self._entries[-2].context.absorb(entry.context)
        self._entries.pop()
        self._look()

    def _settle(self) -> None:
        """End the contexts on top whose code does not run any more, because it raised."""
        thread = get_ident()
        while (code := self._entries[-1].code) is not None and self._entries[-1].thread == thread:
            frame: FrameType | None = sys._getframe()  # noqa: SLF001 - the documented way to the caller's frames
            while frame is not None and frame.f_code is not code:
                frame = frame.f_back
            if frame is not None:
                return
            self._drop()
