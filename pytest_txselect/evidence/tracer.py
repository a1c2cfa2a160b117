"""Notices which functions are executed, on Python 3.11, by the profiler of the standard library.

`cProfile` is written in C, keeps code objects, and leaves `sys.settrace` to debuggers and coverage.py. A
test that profiles something itself takes its place: the context is marked, and the watch goes on with the next.

Nothing tells here when a module's body or a memoised function ends. Such contexts end when the next one
begins, and what was seen until then belongs to both; a memoised function has the evidence of every test that
executed it.
"""

from __future__ import annotations

import sys
import threading
from cProfile import Profile
from typing import TYPE_CHECKING, Final

from pytest_txselect.evidence.codes import identify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType, FrameType

__all__ = ["Tracer"]

MANY: Final = 200
"""Threads, those that have ended included, above which it is worth looking which of them have."""


class Tracer:
    """Collects the numbers of the functions that were executed; stands in for `Monitor`.

    Args:
        numbers: number of each code object by its identity (`CodeBook.numbers`).
        lost: called when another profiler has taken our place.
    """

    def __init__(self, numbers: dict[int, int], lost: Callable[[], None]) -> None:
        self._numbers: Final = numbers
        self._profiles: Final[dict[int, Profile]] = {}  # by thread
        self._extra: Final[set[int]] = set()
        self._thread: Final = threading.get_ident()
        self._lost: Final = lost
        self._main = self._begin()
        threading.setprofile(self._begin_thread)

    def _begin(self) -> Profile:
        profile, thread = Profile(subcalls=False, builtins=False), threading.get_ident()
        ended = [
            thread
        ]  # identifiers are used again: another thread had it, which has ended, or we begin anew
        if len(self._profiles) > MANY:
            alive = sys._current_frames().keys()  # noqa: SLF001 - every thread that there is
            ended += [each for each in list(self._profiles) if each not in alive]
        for each in ended:
            old = self._profiles.get(each)
            if old is not None:
                self._extra.update(self._read(old))
                self._profiles.pop(each, None)
        self._profiles[thread] = profile
        profile.enable()
        return profile

    def _begin_thread(self, frame: FrameType, _event: str, _argument: object) -> None:
        """The first call in a new thread: watch what follows."""
        number = self._numbers.get(identify(frame.f_code))
        if number is not None:
            self._extra.add(number)
        self._begin()

    def _read(self, profile: Profile) -> set[int]:
        """The numbers of what was executed under a profile."""
        found = (self._numbers.get(identify(entry.code)) for entry in profile.getstats())
        return {number for number in found if number is not None}

    def arm(self, codes: Iterable[CodeType]) -> None:
        """Notice these from now on: whatever is in the book is."""

    def drain(self, into: set[int]) -> None:
        """Add the numbers of what was executed since the last call, and begin anew.

        Args:
            into: the functions of the context that ends.
        """
        find, profiles = (
            self._numbers.get,
            list(self._profiles.values()),
        )  # other threads may add and remove some
        for profile in profiles:
            into |= self._read(profile)
        found = set()
        for top in sys._current_frames().values():  # noqa: SLF001 - calls that have not returned
            frame: FrameType | None = top
            while frame is not None:
                found.add(find(identify(frame.f_code)))
                frame = frame.f_back
        into.update(number for number in found if number is not None)
        into |= self._extra
        self._extra.clear()
        for profile in profiles:
            profile.clear()
        if threading.get_ident() == self._thread and not self._is_ours():
            self._lost()
            self._main.disable()  # else its end would switch the next one off
            self._main = self._begin()

    def stop(self) -> None:
        """Notice nothing any more."""
        threading.setprofile(None)
        if self._is_ours():
            self._main.disable()

    def _is_ours(self) -> bool:
        current: object = sys.getprofile()  # a profiler written in C is its own function
        return current is self._main
