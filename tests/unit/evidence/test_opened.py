"""The one audit hook of the process: who listens is told, and nothing that goes wrong gets out."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from pytest_txselect.evidence import opened
from pytest_txselect.evidence.opened import listen, on_fork, unlisten

EVENT = "pytest_txselect.of_this_test"


def test_listeners() -> None:
    """Each listener is told, until it listens no more."""
    told: list[tuple[str, tuple[Any, ...]]] = []
    one = {EVENT: lambda args: told.append(("one", args))}
    two = {EVENT: lambda args: told.append(("two", args))}
    listen(one, lambda: None)
    listen(two, lambda: None)
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
    listen(one, lambda: broken.append("one"))
    listen(two, lambda: broken.append("two"))
    try:
        tell(EVENT, 1)
    finally:
        unlisten(one)
        unlisten(two)
    assert broken == ["one"]
    assert told == [(1,)]


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
