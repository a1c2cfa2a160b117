"""Our places among the tools of `sys.monitoring`: six identifiers, which we share with debuggers and profilers.

A test may want an identifier that is ours. It gets it: while a place is held, `sys.monitoring.use_tool_id` makes
room first. We go on under another identifier, or, when every one is in use, not before the next test; then what
was executed meanwhile is not known, which the owner of the place is told.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

__all__ = ["SILENT", "Owner", "Place"]

CANDIDATES: Final = (5, 4, 3, 0, 2, 1)
"""Tool identifiers: first the two that nobody uses (5 is kept for an optimizer that there is none of). 3 is nobody's either,
but hypothesis traces a failing test with it, and warns where it is taken, which hides the failure under `-W error`."""

SILENT: Final = sys.version_info >= (3, 14)
"""Whether callbacks can be taken away without an audit event, by `clear_tool_id`."""

_held: Final[list[Place]] = []
_original: Final[list[Callable[..., Any]]] = []


class Owner(Protocol):
    """Who watches from a place."""

    def arrive(self, tool: int) -> None:
        """Watch under this identifier from now on."""

    def depart(self, tool: int) -> None:
        """Leave no event and no callback under this identifier."""

    def lose(self) -> None:
        """There is no place now: what is executed will not be noticed."""

    def is_whole(self, tool: int) -> bool:
        """Whether the callbacks under this identifier are ours still; they are again afterwards."""


class Place:
    """An identifier, or the lack of one.

    Args:
        name: what `sys.monitoring.get_tool` shall say.
        owner: who watches from there.
        events: that are watched everywhere, not in some code objects alone.

    Attributes:
        tool: the identifier; None while there is none.
        registers: whether a callback of ours is being registered right now.
    """

    def __init__(self, name: str, owner: Owner, events: int = 0) -> None:
        self.tool: int | None = None
        self.registers = False
        self._name: Final = name
        self._owner: Final = owner
        self._events: Final = events

    def take(self) -> bool:
        """Take a free identifier, unless there is one already; says whether there is one now."""
        if self.tool is None:
            self._take(-1)
        return self.tool is not None

    def _take(self, other_than: int) -> None:
        for tool in CANDIDATES:
            if tool != other_than and sys.monitoring.get_tool(tool) is None:
                use = _original[0] if _original else sys.monitoring.use_tool_id
                use(tool, self._name)
                self.tool = tool
                hold(self)
                sys.monitoring.set_events(tool, self._events)
                self._owner.arrive(tool)
                return

    def check(self, *, meddled: bool = True) -> bool:
        """Whether nobody has taken away what was ours; who has lost it has no identifier afterwards.

        Args:
            meddled: whether somebody may have registered a callback.
        """
        tool = self.tool
        if tool is None or (
            sys.monitoring.get_tool(tool) == self._name
            and sys.monitoring.get_events(tool) == self._events
            and (not (meddled or SILENT) or self._owner.is_whole(tool))
        ):
            return True
        self._release()
        return False

    def set_events(self, code: CodeType, events: int) -> None:
        """Set the events of a code object, if there is an identifier, and if it was not taken away."""
        if self.tool is None:
            return
        if sys.monitoring.get_tool(self.tool) == self._name:
            sys.monitoring.set_local_events(self.tool, code, events)
        else:
            self._release()
            self._owner.lose()

    def set_callback(self, event: int, callback: Callable[..., object] | None) -> None:
        """Have something called at an event, or nothing, unless the identifier was taken away."""
        if self.tool is not None and sys.monitoring.get_tool(self.tool) == self._name:
            self.registers = True
            try:
                sys.monitoring.register_callback(self.tool, event, callback)
            finally:
                self.registers = False

    def _make_room(self) -> None:
        tool = self._release()
        if tool is not None:
            self._take(tool)
        if self.tool is None:
            self._owner.lose()

    def _release(self) -> int | None:
        tool, self.tool = self.tool, None
        if tool is None:
            return None
        holder = sys.monitoring.get_tool(tool)
        if holder is None:  # somebody has freed it, which leaves its events behind
            (_original[0] if _original else sys.monitoring.use_tool_id)(tool, self._name)
        if holder in {None, self._name}:
            self._owner.depart(tool)
            sys.monitoring.set_events(tool, 0)
            sys.monitoring.free_tool_id(tool)
        return tool

    def give_back(self) -> None:
        """Watch no more."""
        self._release()
        _held[:] = [each for each in _held if each is not self]
        if not _held and _original:
            sys.monitoring.use_tool_id = _original.pop()


def hold(place: Place) -> None:
    """Make room from now on when somebody wants the identifier of this place."""
    if place not in _held:
        _held.append(place)
    if not _original:
        _original.append(sys.monitoring.use_tool_id)
        sys.monitoring.use_tool_id = _use_tool_id


def _use_tool_id(tool_id: int, name: str, /) -> None:
    """What `sys.monitoring.use_tool_id` does, after we have made room."""
    for place in _held:
        if place.tool == tool_id:
            place._make_room()  # noqa: SLF001 - of this module
    _original[0](tool_id, name)
