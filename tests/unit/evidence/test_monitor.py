"""What notices functions on Python 3.12 and later: long lists, and signals that raise while one is emptied."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.evidence.codes import identify
from pytest_txselect.evidence.monitor import Monitor
from pytest_txselect.evidence.starts import LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 has no sys.monitoring")


class LateError(BaseException):
    """What a watchdog raises."""


class Numbers(dict[int, int]):
    """Numbers of code objects; to look for one may be interrupted, as by a signal."""

    left = -1
    """How often one can be looked for before that."""

    def __getitem__(self, key: int) -> int:
        """Find a number."""
        self.left -= 1
        if self.left == 0:
            raise LateError
        return super().__getitem__(key)


def make_functions(count: int) -> list[Callable[[], None]]:
    """Functions of which each has code of its own."""
    space: dict[str, Callable[[], None]] = {}
    exec("\n".join(f"def f{number}(): pass" for number in range(count)), space)  # noqa: S102 - a module of the test
    return [space[f"f{number}"] for number in range(count)]


FUNCTIONS = make_functions(LIMIT + 100)


@pytest.fixture
def numbers() -> Numbers:
    """A number for each of the functions."""
    return Numbers({identify(each.__code__): number for number, each in enumerate(FUNCTIONS)})


@pytest.fixture
def monitor(numbers: Numbers) -> Iterator[Monitor]:
    """A monitor at work."""
    made = Monitor(numbers, lambda: pytest.fail("it has lost its place"))
    assert made.place.take()
    made.arm([each.__code__ for each in FUNCTIONS])
    yield made
    made.stop()


def call_all() -> int:
    """Call each function, whatever happens; how many were interrupted."""
    late = 0
    for each in FUNCTIONS:
        try:
            each()
        except LateError:
            late += 1
    return late


def drain(monitor: Monitor) -> set[int]:
    """What was noticed."""
    found: set[int] = set()
    monitor.drain(found)
    return found


def test_list_that_grows_long(monitor: Monitor) -> None:
    """Within a context functions are noticed once the list was emptied, and in the next one again."""
    for _ in range(3):
        for each in FUNCTIONS:
            each()
        assert drain(monitor) == set(range(len(FUNCTIONS)))
    assert drain(monitor) == set()


def test_loop_is_left_alone(monitor: Monitor, numbers: Numbers) -> None:
    """A function that is called over and over is not looked at any more in this context, and is in the next."""
    hot = FUNCTIONS[0]
    for _ in range(LIMIT + 1):
        hot()
    numbers.left = 1  # would be late now
    for _ in range(10 * LIMIT):
        hot()
    numbers.left = -1
    assert drain(monitor) == {0}
    hot()
    assert drain(monitor) == {0}


@pytest.mark.parametrize("left", [1, 2, LIMIT // 2, LIMIT])
def test_interrupted_while_a_list_is_emptied(monitor: Monitor, numbers: Numbers, left: int) -> None:
    """A signal that raises in the middle takes nothing away."""
    numbers.left = left
    assert call_all() == 1
    assert drain(monitor) == set(range(len(FUNCTIONS)))


class Waking(Monitor):
    """A monitor that a signal interrupts while it arms functions anew."""

    late = False

    def _wake(self, code: object) -> None:
        if self.late:
            raise LateError
        super()._wake(code)  # type: ignore[arg-type]


def test_interrupted_while_functions_are_armed_anew(numbers: Numbers) -> None:
    """Those that sleep still are armed the next time."""
    monitor = Waking(numbers, lambda: None)
    assert monitor.place.take()
    monitor.arm([each.__code__ for each in FUNCTIONS])
    call_all()
    monitor.late = True
    with pytest.raises(LateError):
        drain(monitor)
    monitor.late = False
    drain(monitor)
    call_all()
    assert drain(monitor) == set(range(len(FUNCTIONS)))
    monitor.stop()


def test_callback_as_it_is_called(monitor: Monitor) -> None:
    """The callback itself notes what it is told of, however often."""
    tool = monitor.place.tool
    assert tool is not None
    started = sys.monitoring.register_callback(tool, sys.monitoring.events.PY_START, None)
    assert started is not None
    for each in FUNCTIONS:
        started(each.__code__, 0)
    assert drain(monitor) == set(range(len(FUNCTIONS)))
    assert not monitor.is_whole(tool)
    assert monitor.is_whole(tool)


def test_callback_that_is_interrupted(monitor: Monitor, numbers: Numbers) -> None:
    """What a signal interrupts in the callback itself is noted all the same."""
    tool = monitor.place.tool
    assert tool is not None
    started = sys.monitoring.register_callback(tool, sys.monitoring.events.PY_START, None)
    assert started is not None
    numbers.left = LIMIT // 2
    late = 0
    for each in FUNCTIONS:
        try:
            started(each.__code__, 0)
        except LateError:
            late += 1
    assert late == 1
    assert drain(monitor) == set(range(len(FUNCTIONS)))
