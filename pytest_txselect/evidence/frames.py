"""Notices when the body of a module, or a memoised function, begins and ends.

This is a second tool beside `Monitor`, because it has to do more at the start of a function than note it, and
it is armed only on the few code objects whose end matters.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from pytest_txselect.evidence.codes import identify
from pytest_txselect.evidence.monitor import take_tool

if TYPE_CHECKING:
    from types import CodeType

    from pytest_txselect.evidence.contexts import Context, ContextStack

__all__ = ["FrameWatch"]

PATIENCE: Final = 50
"""Calls of one memoised function that are looked at in one test."""


class FrameWatch:
    """Begins and ends the contexts that last as long as a piece of code.

    Args:
        stack: where they begin and end.
    """

    def __init__(self, stack: ContextStack) -> None:
        self._stack: Final = stack
        self._contexts: Final[dict[int, Context]] = {}
        self._armed: Final[list[CodeType]] = []
        self._asleep: Final[list[CodeType]] = []
        self._calls: Final[dict[Context, int]] = {}
        self._tool = take_tool("pytest-txselect frames")
        if self._tool is not None:
            events = sys.monitoring.events
            sys.monitoring.register_callback(self._tool, events.PY_START, self._started)
            sys.monitoring.register_callback(self._tool, events.PY_RETURN, self._returned)

    def _started(self, code: CodeType, _offset: int) -> None:
        context = self._contexts.get(identify(code))
        if context is None:
            return
        self._stack.current.includes.add(context)
        calls = self._calls[context] = self._calls.get(context, 0) + 1
        if calls > PATIENCE:  # what it remembers, it remembers by now
            self._asleep.append(code)
            self._arm(code, 0)
            return
        self._stack.enter(context, code)

    def _returned(self, code: CodeType, _offset: int, _value: object) -> None:
        self._stack.returned(code)

    def _arm(self, code: CodeType, events: int) -> None:
        if self._tool is not None:
            sys.monitoring.set_local_events(self._tool, code, events)

    def rearm(self) -> None:
        """A new test begins: look at the calls of every memoised function again."""
        self._calls.clear()
        for code in self._asleep:
            self._arm(code, sys.monitoring.events.PY_START | sys.monitoring.events.PY_RETURN)
        self._asleep.clear()

    def watch_return(self, code: CodeType) -> None:
        """Notice the end of a module's body."""
        if self._tool is not None:
            sys.monitoring.set_local_events(self._tool, code, sys.monitoring.events.PY_RETURN)
            self._armed.append(code)

    def watch_call(self, code: CodeType, context: Context) -> None:
        """Give what a function executes to a context of its own."""
        if self._tool is not None:
            self._contexts[identify(code)] = context
            events = sys.monitoring.events
            sys.monitoring.set_local_events(self._tool, code, events.PY_START | events.PY_RETURN)
            self._armed.append(code)

    def stop(self) -> None:
        """Notice nothing any more."""
        if self._tool is None:
            return
        events = sys.monitoring.events
        for code in self._armed:
            sys.monitoring.set_local_events(self._tool, code, 0)
        for event in (events.PY_START, events.PY_RETURN):
            sys.monitoring.register_callback(self._tool, event, None)
        sys.monitoring.free_tool_id(self._tool)
        self._tool = None
