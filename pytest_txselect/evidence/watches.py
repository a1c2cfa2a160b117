"""What notices functions, and the end of some of them, on this version of Python."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pytest_txselect.evidence.frames import FrameWatch
from pytest_txselect.evidence.monitor import Monitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_txselect.evidence.contexts import ContextStack
    from pytest_txselect.evidence.tracer import Tracer

__all__ = ["WatchError", "make_frames", "make_watch"]


class WatchError(Exception):
    """Nothing can be watched in this process; the message says why."""


def make_watch(numbers: dict[int, int], lost: Callable[[], None]) -> Monitor | Tracer:
    """What notices functions on this version of Python.

    Args:
        numbers: the number of each code object by its identity.
        lost: called when something was not noticed.

    Raises:
        WatchError: other tools have taken every place.
    """
    if sys.version_info < (3, 12):
        if sys.getprofile() is not None:
            raise WatchError("another profiler is at work")
        from pytest_txselect.evidence.tracer import Tracer  # noqa: PLC0415 - others need no profiler

        return Tracer(numbers, lost)
    monitor = Monitor(numbers, lost)
    if not monitor.place.take():
        raise WatchError("every identifier of sys.monitoring is in use")
    return monitor


def make_frames(stack: ContextStack) -> FrameWatch | None:
    """What notices the end of modules and memoised functions; None when there is no place for it."""
    frames = FrameWatch(stack)
    return frames if frames.place.take() else None
