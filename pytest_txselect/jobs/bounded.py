"""A limit for the time that a user's regular expression may take: some take longer than the universe has.

Python's matcher looks for signals every few thousand steps, so a timer of the process's own CPU time can stop it. The limit
does not depend on how busy the machine is, and costs a microsecond.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["TimeIsUpError", "stop_after"]


class TimeIsUpError(Exception):
    """The limit was reached."""


@contextmanager
def stop_after(seconds: float) -> Iterator[None]:
    """Stop what runs in a `with` block once it has used so much CPU time.

    Outside of the main thread, where Python runs no signal handlers, there is no limit.

    Raises:
        TimeIsUpError: inside of the block.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before if before is not None else signal.SIG_DFL)


def _give_up(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise TimeIsUpError
