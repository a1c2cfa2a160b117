"""The one audit hook of the process: who listens is told, and nothing that goes wrong gets out."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from pytest_txselect.evidence import opened
from pytest_txselect.evidence.opened import listen, on_fork, tell_failures, unlisten

EVENT = "pytest_txselect.of_this_test"


def test_listeners() -> None:
    """Each listener is told, until it listens no more."""
    told: list[tuple[str, tuple[Any, ...]]] = []
    one = {EVENT: lambda args: told.append(("one", args))}
    two = {EVENT: lambda args: told.append(("two", args))}
    listen(one, lambda _event: None)
    listen(two, lambda _event: None)
    sys.audit(EVENT, 1)
    unlisten(one)
    sys.audit(EVENT, 2)
    sys.audit(f"{EVENT}.other", 3)
    unlisten(two)
    sys.audit(EVENT, 4)
    assert told == [("one", (1,)), ("two", (1,)), ("two", (2,))]


@pytest.mark.parametrize(
    "tell", [sys.audit, lambda event, *args: opened._hook(event, args)], ids=["event", "call"]
)
def test_listener_that_breaks(tell: Any) -> None:
    """What a listener raises does not reach who made the event; that listener is told, and the others go on."""
    broken: list[str] = []
    told: list[object] = []

    def fail(_args: tuple[Any, ...]) -> None:
        raise ZeroDivisionError

    one, two = {EVENT: fail}, {EVENT: told.append}
    listen(one, lambda event: broken.append(f"one {event}"))
    listen(two, lambda event: broken.append(f"two {event}"))
    try:
        tell(EVENT, 1)
    finally:
        unlisten(one)
        unlisten(two)
    assert broken == [f"one {EVENT}"]
    assert told == [(1,)]


def test_listener_that_cannot_be_told() -> None:
    """Where no frame is left to tell a listener in, it is told later; nothing gets out meanwhile."""
    broken: list[str] = []
    left = [RecursionError(), RecursionError()]

    def fail(_args: tuple[Any, ...]) -> None:
        raise RecursionError

    def tell(event: str) -> None:
        if left:
            raise left.pop()
        broken.append(event)

    handlers = {EVENT: fail}
    listen(handlers, tell)
    try:
        sys.audit(EVENT)
        assert broken == []
        with pytest.raises(RecursionError):
            tell_failures()
        tell_failures()
        assert broken == [EVENT]
        sys.audit(EVENT)
        assert broken == [EVENT] * 2
    finally:
        unlisten(handlers)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process")
def test_forks() -> None:
    """What is to be done in a forked process is done there, until it is no more."""
    reading, writing = os.pipe()

    def act() -> None:
        os.write(writing, b"x")

    for off in (False, False, True):
        on_fork(act, off=off)
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == b"xx"
