"""Notices audit events, by one hook for the whole process.

They tell of files opened, folders listed, code executed and processes started.

An audit hook cannot be taken away again, so there is one, whose table of handlers is empty when nobody
listens. What an audit hook raises would be raised where the event happened, in the middle of a test: nothing
gets out of this one.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Handlers", "listen", "on_fork", "tell_failures", "unlisten"]

Handlers: TypeAlias = "Mapping[str, Callable[[tuple[Any, ...]], None]]"

_table: Final[dict[str, tuple[Callable[[tuple[Any, ...]], None], ...]]] = {}
_listeners: Final[list[tuple[Handlers, Callable[[str], None]]]] = []
_failed: Final[list[tuple[str, object]]] = []
_installed: Final[list[bool]] = []
_at_fork: Final[list[Callable[[], None]]] = []
_fork_installed: Final[list[bool]] = []


def _hook(event: str, args: tuple[Any, ...], _table: dict[str, Any] = _table) -> None:
    if event in _table:
        for handler in _table[event]:
            try:
                handler(args)
            except Exception:  # noqa: BLE001 - the edge to the interpreter: see above
                _failed.append((event, handler))
        if _failed:
            try:
                tell_failures()
            except RecursionError:  # a test has left no frame for it: it is told later
                return


def tell_failures() -> None:
    """Tell who listens of their handlers that raised."""
    while _failed:
        event, handler = _failed[0]
        for handlers, broken in _listeners:
            if handlers.get(event) is handler:
                broken(event)
        del _failed[0]


def listen(handlers: Handlers, broken: Callable[[str], None]) -> None:
    """Call these handlers from now on.

    Args:
        handlers: for each audit event of interest what to do with its arguments.
        broken: called with the event when a handler raised: something was not noticed.
    """
    _listeners.append((handlers, broken))
    _rebuild()
    if not _installed:
        _installed.append(True)
        sys.addaudithook(_hook)


def on_fork(action: Callable[[], None], *, off: bool = False) -> None:
    """Do this in every process that is forked from this one from now on, or do it no more."""
    _at_fork[:] = [each for each in _at_fork if each != action] + ([] if off else [action])
    if not _fork_installed:
        _fork_installed.append(True)
        os.register_at_fork(after_in_child=_after_fork)


def _after_fork() -> None:
    for action in _at_fork:
        action()


def unlisten(handlers: Handlers) -> None:
    """Do not call these handlers any more."""
    tell_failures()
    _listeners[:] = [each for each in _listeners if each[0] is not handlers]
    _rebuild()


def _rebuild() -> None:
    table: dict[str, tuple[Callable[[tuple[Any, ...]], None], ...]] = {}
    for handlers, _ in _listeners:
        for event, handler in handlers.items():
            table[event] = (*table.get(event, ()), handler)
    _table.clear()
    _table.update(table)
