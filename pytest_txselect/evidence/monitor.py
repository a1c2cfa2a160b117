"""Notices which functions are executed, on Python 3.12 and later, by `sys.monitoring`.

Only the project's own code objects are armed (local events), so everything else runs at full speed. A
function that starts is noted; when another context begins, the notes go to the context that ends. When they
become many within one context, the functions in them, which are known by then, are disarmed until the next
context: a loop of a million calls costs what some thousand cost.

Generators and coroutines are noticed each time they are resumed: they may outlive the context that they began
in.
"""

from __future__ import annotations

import sys
from types import CodeType
from typing import TYPE_CHECKING, Final, cast

from pytest_txselect.evidence.codes import identify
from pytest_txselect.evidence.places import Place
from pytest_txselect.evidence.starts import Starts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["RESUMABLE", "Monitor", "arm_code", "find_events"]

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
        self._starts: Final = Starts(self._overflow)
        self._known: Final[set[int]] = set()

    def arrive(self, tool: int) -> None:
        """Watch under this identifier."""
        for event in _events():
            sys.monitoring.register_callback(tool, event, self._starts.callback)
        for code in self._armed:
            arm_code(tool, code)

    def is_whole(self, tool: int) -> bool:
        """Whether our callbacks are there still; they are again afterwards."""
        callback = self._starts.callback
        old = [sys.monitoring.register_callback(tool, event, callback) for event in _events()]
        return all(each is callback for each in old)

    def depart(self, tool: int) -> None:
        """Leave no event and no callback under this identifier."""
        for code in self._armed:
            sys.monitoring.set_local_events(tool, code, 0)
        for event in _events():
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

    def _overflow(self, code: CodeType) -> None:
        """A function starts, and there are many notes: come to know it, and the others, and disarm them."""
        self._starts.taken.append(code)
        try:
            self._starts.take()
            self._disarm()
        except (
            RecursionError
        ):  # there is no room for our frames now: the next start comes here again, or `drain` finds it
            return

    def _disarm(self) -> None:
        """Let functions be that have started within this context. A signal may raise at any moment: nothing is lost."""
        taken = self._starts.taken
        count = len(taken)
        fresh = {identify(each): each for each in taken[:count] if isinstance(each, CodeType)}
        self._known.update(map(self._numbers.__getitem__, fresh))
        self._asleep.extend(fresh.values())
        del taken[:count]
        for code in fresh.values():
            self.place.set_events(code, 0)

    def drain(self, into: set[int]) -> None:
        """Add the numbers of what was executed since the last call, and begin anew.

        Args:
            into: the functions of the context that ends.
        """
        if self._starts:
            self._starts.take()
            taken = self._starts.taken
            count = len(taken)
            fresh = set(map(self._numbers.get, set(map(identify, taken[:count]))))
            fresh.discard(None)  # of marks
            into |= cast("set[int]", fresh)
            del taken[:count]
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


def _events() -> tuple[int, int]:
    """The events that tell that a function starts, or goes on."""
    return sys.monitoring.events.PY_START, sys.monitoring.events.PY_RESUME


def arm_code(tool: int, code: CodeType) -> None:
    """Let a tool notice when a function starts, and when it goes on."""
    sys.monitoring.set_local_events(tool, code, find_events(code))


def find_events(code: CodeType) -> int:
    """The events that tell when a function starts, and when it goes on."""
    events = sys.monitoring.events
    return events.PY_START | events.PY_RESUME if code.co_flags & RESUMABLE else events.PY_START
