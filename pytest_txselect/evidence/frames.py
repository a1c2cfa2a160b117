"""Notices when the body of a module, or a memoised function, begins and ends.

This is a second tool beside `Monitor`, because it has to do more at the start of a function than note it, and
it is armed only on the few code objects whose end matters.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from pytest_txselect.evidence.codes import identify
from pytest_txselect.evidence.evidence import Gap
from pytest_txselect.evidence.places import Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

    from pytest_txselect.evidence.contexts import Context, ContextStack

__all__ = ["FrameWatch"]

PATIENCE: Final = 50
"""Calls of one memoised function that are looked at in one test, those within another one of it apart: its end must be seen."""


class FrameWatch:
    """Begins and ends the contexts that last as long as a piece of code.

    Args:
        stack: where they begin and end.
    """

    def __init__(self, stack: ContextStack) -> None:
        self._stack: Final = stack
        self._contexts: Final[dict[int, tuple[Context, int]]] = {}
        self._armed: Final[list[CodeType]] = []
        self._asleep: Final[list[CodeType]] = []
        self._awake: Final[set[int]] = set()
        self._calls: Final[dict[Context, int]] = {}
        self._late: Final[list[Context]] = []
        self._heeding = False
        stack.heed = self._heed
        # there is no local event for a frame that is left by an exception before Python 3.15
        self.place: Final = Place("pytest-txselect frames", self, sys.monitoring.events.PY_UNWIND)

    def arrive(self, tool: int) -> None:
        """Watch under this identifier."""
        self._register(tool)
        for code in self._armed:
            self._watch(code)

    def depart(self, tool: int) -> None:
        """Leave no event and no callback under this identifier."""
        for code in self._armed:
            sys.monitoring.set_local_events(tool, code, 0)
        for event in self._callbacks():
            sys.monitoring.register_callback(tool, event, None)

    def is_whole(self, tool: int) -> bool:
        """Whether our callbacks are there still; they are again afterwards."""
        return self._register(tool) == [*self._callbacks().values()]

    def _callbacks(self) -> dict[int, Callable[..., object] | None]:
        """What is called at which event."""
        events = sys.monitoring.events
        return {
            events.PY_START: self._started,
            events.PY_RETURN: self._returned,
            events.PY_UNWIND: self._unwound if self._heeding else None,
        }

    def _heed(self, heeding: bool) -> None:  # noqa: FBT001 - a callback
        """Have a look at frames that are left by an exception, or no more: only where one of ours may be among them.

        Else a test that raises where no frame is left would see a `RecursionError` of ours.
        """
        self._heeding = heeding
        self.place.set_callback(sys.monitoring.events.PY_UNWIND, self._unwound if heeding else None)

    def _register(self, tool: int) -> list[object]:
        """Have our callbacks called; gives those that were registered before."""
        return [sys.monitoring.register_callback(tool, *each) for each in self._callbacks().items()]

    def lose(self) -> None:
        """There is no place now: contexts end without a word, which their stack allows for."""
        self._stack.current.gaps |= Gap.WATCH

    def _started(self, code: CodeType, _offset: int) -> None:
        found = self._contexts.get(identify(code))
        if found is None:
            return
        try:
            self._start(code, *found)
        except (
            RecursionError
        ):  # there is no room for our frames: whose it is what this call remembers is not known
            self._late.append(found[0])

    def _start(self, code: CodeType, context: Context, number: int) -> None:
        if self._stack.enter_again(code):
            return
        self._stack.current.includes.add(context)
        context.pieces.add(number)  # the monitor may have noted its start before, for whoever called it
        calls = self._calls[context] = self._calls.get(context, 0) + 1
        if calls > PATIENCE and not self._stack.lasts(code):  # what it remembers, it remembers by now
            self._asleep.append(code)
            self._awake.discard(identify(code))
            self.place.set_events(code, 0)
            return
        self._stack.enter(context, code)

    def _returned(self, code: CodeType, _offset: int, _value: object) -> None:
        try:
            self._stack.returned(code)
        except RecursionError:  # as above: it ends without a word, which the stack allows for
            return

    def _unwound(self, code: CodeType, _offset: int, _raised: BaseException) -> None:
        """Some frame, of whoever, is left by an exception."""
        if identify(code) in self._awake:
            self._returned(code, 0, None)

    def _watch(self, code: CodeType) -> None:
        events = sys.monitoring.events
        both = identify(code) in self._contexts
        self._awake.add(identify(code))
        self.place.set_events(code, events.PY_START | events.PY_RETURN if both else events.PY_RETURN)

    def rearm(self) -> None:
        """A new test begins: look at the calls of every memoised function again."""
        self._calls.clear()
        self.place.take()
        self._tell()
        for code in self._asleep:
            self._watch(code)
        self._asleep.clear()

    def watch_return(self, code: CodeType) -> None:
        """Notice the end of a module's body."""
        self._armed.append(code)
        self._watch(code)

    def watch_call(self, code: CodeType, number: int, context: Context) -> None:
        """Give what a function executes, and the function itself, to a context of its own.

        Args:
            code: the function.
            number: of its piece.
            context: the context.
        """
        self._contexts[identify(code)] = context, number
        self._armed.append(code)
        self._watch(code)

    def _tell(self) -> None:
        """What is remembered by whom was not seen in some calls: whoever uses it is in doubt."""
        for context in self._late:
            context.gaps |= Gap.WATCH
        self._late.clear()

    def stop(self) -> None:
        """Notice nothing any more."""
        self._tell()
        self.place.give_back()
