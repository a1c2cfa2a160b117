"""Notes what starts without a frame of Python: a test that recurses to the limit finds it where it is without us.

The callback of an event is called with two arguments. The getter of a property is as well, and calls a function with the first
of them alone: so `append` of a `deque` notes code objects, in C. A callback written in Python would need a frame of its own, and
where none is left, the test would get a `RecursionError` for it.

A `deque` has a limit, beyond which it drops what is oldest. The oldest is a mark of ours, whose end puts a function written in
Python in the place of `append`, in C again. So a loop of a million calls does not fill the memory.
"""

from __future__ import annotations

import weakref
from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

__all__ = ["LIMIT", "Mark", "Starts"]

LIMIT: Final = 8192
"""Starts that are noted before somebody has to look at them."""


class Mark:
    """The oldest note of a page."""

    __slots__ = ("__weakref__",)


class Page:
    """A place for notes, which is written on once.

    Args:
        full: called in C, with something of no interest, when there is no room left.
    """

    __slots__ = ("_guard", "notes")

    def __init__(self, full: Callable[[Any], object]) -> None:
        mark = Mark()
        self.notes: Final[deque[CodeType | Mark]] = deque((mark,), LIMIT)
        self._guard: Final = weakref.ref(mark, full)


class Starts:
    """The code objects that have started.

    Args:
        full: called with a code object that starts, instead of noting it, when there are many; until `take` is.

    Attributes:
        callback: of the events.
        taken: what was noted before `take` was called last, marks among it; its caller empties it from the front.
    """

    def __init__(self, full: Callable[[CodeType], None]) -> None:
        getter: Any = property()
        self._note: Final[Callable[[Callable[[CodeType], object]], None]] = (
            getter.__init__
        )  # also of one that is there
        self._where: Final[Callable[[], Any]] = partial(getattr, getter, "fget")
        self._full: Final = partial(self._note, full)
        self._pages: Final[list[Page]] = []
        self.callback: Final[Callable[[CodeType, int], object]] = getter.__get__
        self.taken: Final[list[CodeType | Mark]] = []
        self.take()

    def __bool__(self) -> bool:
        return len(self._pages) != 1 or len(self._pages[0].notes) > 1 or bool(self.taken)

    def take(self) -> None:
        """Move what was noted up to now to `taken`.

        Other threads may do the same meanwhile, and a signal may raise at any moment. Something may be there twice then, but
        nothing is lost: a page on which nobody writes any more is read, and only then forgotten.
        """
        page = Page(self._full)
        self._pages.append(page)
        self._note(page.notes.append)
        if page not in self._pages:  # somebody took it for one that was written on before
            self._pages.append(page)
        for each in self._pages[:]:
            if getattr(self._where(), "__self__", None) is not each.notes:
                self.taken.extend(each.notes)
                with suppress(ValueError):  # another thread was faster
                    self._pages.remove(each)
