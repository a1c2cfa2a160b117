"""Notices which functions are executed, on Python 3.12 and later, by `sys.monitoring`.

Only the project's own code objects are armed (local events), so everything else runs at full speed. A
function that starts is appended to a list; when another context begins, the list is emptied into the context
that ends. A list that grows long within one context is emptied at once, and the functions in it, which are
known by then, are disarmed until the next context: a loop of a million calls costs what a thousand cost.

Generators and coroutines are noticed each time they are resumed: they may outlive the context that they began
in.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from pytest_txselect.evidence.codes import identify
from pytest_txselect.evidence.places import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType

__all__ = ["LIMIT", "Monitor", "arm_code", "find_events"]

LIMIT: Final = 2048
"""Calls after which a list is emptied although the context goes on."""

RESUMABLE: Final = 0x20 | 0x80 | 0x200
"""Flags of generators, coroutines and asynchronous generators."""


class Monitor:
    """Collects the numbers of the functions that were executed.

    Args:
        numbers: number of each code object by its identity (`CodeBook.numbers`); of those that are armed.
        lost: called when something will not be noticed.

    Attributes:
        place: where we watch from.
    """

    def __init__(self, numbers: dict[int, int], lost: Callable[[], None]) -> None:
        self.place: Final = Place("pytest-txselect", self)
        self._numbers: Final = numbers
        self._lost: Final = lost
        self._armed: Final[list[CodeType]] = []
        self._asleep: Final[list[CodeType]] = []
        self._started: Final[list[CodeType]] = []
        self._known: Final[set[int]] = set()
        self._callback: Callable[..., None] | None = None

    def arrive(self, tool: int) -> None:
        """Watch under this identifier."""
        events = sys.monitoring.events
        started, shorten = self._started, self._shorten

        def start(
            code: CodeType,
            _offset: int,
            started: list[CodeType] = started,
            add: Callable[[CodeType], None] = started.append,
        ) -> None:
            add(code)
            if len(started) > LIMIT:
                shorten()

        self._callback = start
        sys.monitoring.register_callback(tool, events.PY_START, start)
        sys.monitoring.register_callback(tool, events.PY_RESUME, start)
        for code in self._armed:
            arm_code(tool, code)

    def is_whole(self, tool: int) -> bool:
        """Whether our callbacks are there still; they are again afterwards."""
        events = (sys.monitoring.events.PY_START, sys.monitoring.events.PY_RESUME)
        old = [sys.monitoring.register_callback(tool, event, self._callback) for event in events]
        return all(each is self._callback for each in old)

    def depart(self, tool: int) -> None:
        """Leave no event and no callback under this identifier."""
        events = sys.monitoring.events
        for code in self._armed:
            sys.monitoring.set_local_events(tool, code, 0)
        for event in (events.PY_START, events.PY_RESUME):
            sys.monitoring.register_callback(tool, event, None)

    def lose(self) -> None:
        """There is no place now."""
        self._lost()

    def arm(self, codes: Iterable[CodeType]) -> None:
        """Notice these from now on; the book knows them already."""
        for code in codes:
            self._wake(code)
            self._armed.append(code)

    def _wake(self, code: CodeType) -> None:
        self.place.set_events(code, find_events(code))

    def _shorten(self) -> None:
        """Empty the list within a context, and disarm what was in it. A signal may raise at any moment: nothing is lost."""
        chunk = self._started[:]
        del self._started[: len(chunk)]
        try:
            fresh = {identify(code): code for code in chunk}
            self._known.update(map(self._numbers.__getitem__, fresh))
            self._asleep.extend(fresh.values())
            for code in fresh.values():
                self.place.set_events(code, 0)
        except BaseException:
            self._started.extend(chunk)
            raise

    def drain(self, into: set[int]) -> None:
        """Add the numbers of what was executed since the last call, and begin anew.

        Args:
            into: the functions of the context that ends.
        """
        started = self._started
        count = len(started)
        if count:  # other threads may append meanwhile
            into.update(map(self._numbers.__getitem__, set(map(identify, started[:count]))))
            del started[:count]
        if self._asleep:
            into |= self._known
            self._known.clear()
            sleepers = self._asleep[:]
            del self._asleep[: len(sleepers)]
            try:
                for code in sleepers:
                    self._wake(code)
            except BaseException:  # of a signal, as above: they are woken the next time
                self._asleep.extend(sleepers)
                raise

    def stop(self) -> None:
        """Notice nothing any more, and give the tool identifier back."""
        self.place.give_back()


def arm_code(tool: int, code: CodeType) -> None:
    """Let a tool notice when a function starts, and when it goes on."""
    sys.monitoring.set_local_events(tool, code, find_events(code))


def find_events(code: CodeType) -> int:
    """The events that tell when a function starts, and when it goes on."""
    events = sys.monitoring.events
    return events.PY_START | events.PY_RESUME if code.co_flags & RESUMABLE else events.PY_START
