"""Identifiers of `sys.monitoring` that are shared with others, who may take them, free them, or want all of them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.evidence.places import SILENT, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 has no sys.monitoring")


def function() -> None:
    """Something to watch."""


CODE: CodeType = function.__code__


class Watcher:
    """Notes what happens to its place, and the calls that it notices."""

    def __init__(self) -> None:
        self.place = Place("of the test", self)
        self.said: list[str] = []
        self.calls = 0
        self.whole = True

    def arrive(self, tool: int) -> None:
        """Watch from here."""
        self.said.append("arrive")
        sys.monitoring.register_callback(tool, sys.monitoring.events.PY_START, self.started)
        sys.monitoring.set_local_events(tool, CODE, sys.monitoring.events.PY_START)

    def started(self, _code: CodeType, _offset: int) -> None:
        """A function started."""
        self.calls += 1

    def depart(self, tool: int) -> None:
        """Leave."""
        self.said.append("depart")
        sys.monitoring.set_local_events(tool, CODE, 0)
        sys.monitoring.register_callback(tool, sys.monitoring.events.PY_START, None)

    def lose(self) -> None:
        """There is no place."""
        self.said.append("lose")

    def is_whole(self, tool: int) -> bool:
        """Whether nobody has meddled."""
        del tool
        return self.whole


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    """A watcher in its place."""
    made = Watcher()
    assert made.place.take()
    yield made
    made.place.give_back()


def take_all() -> list[int]:
    """Somebody wants every identifier that there is."""
    for tool in range(6):
        sys.monitoring.use_tool_id(tool, "somebody")
    return list(range(6))


def test_place_that_is_wanted(watcher: Watcher) -> None:
    """It moves, and goes on."""
    mine = watcher.place.tool
    assert mine is not None
    sys.monitoring.use_tool_id(mine, "somebody")
    function()
    assert watcher.said == ["arrive", "depart", "arrive"]
    assert watcher.calls == 1
    sys.monitoring.free_tool_id(mine)
    assert watcher.place.take()
    assert watcher.said == ["arrive", "depart", "arrive"]


def test_every_place_is_wanted(watcher: Watcher) -> None:
    """It has none, says so, and takes one when there is one again."""
    taken = take_all()
    try:
        assert watcher.place.tool is None
        assert watcher.said[-1] == "lose"
        assert not watcher.place.take()
        watcher.place.set_events(CODE, 0)
        assert watcher.place.check()  # nothing is there that could be taken away
        function()
    finally:
        for tool in taken:
            sys.monitoring.free_tool_id(tool)
    assert watcher.calls == 0
    assert watcher.place.take()
    function()
    assert watcher.calls == 1


@pytest.mark.parametrize("by", ["check", "set_events"])
def test_place_that_is_freed(watcher: Watcher, by: str) -> None:
    """Somebody frees what is not theirs: that is noticed, what was left is cleared, and another place is taken."""
    mine = watcher.place.tool
    assert mine is not None
    sys.monitoring.free_tool_id(mine)
    if by == "check":
        assert not watcher.place.check()
    else:
        watcher.place.set_events(CODE, sys.monitoring.events.PY_START)
        assert watcher.said[-1] == "lose"
    assert sys.monitoring.get_tool(mine) is None
    assert watcher.place.tool is None
    assert watcher.place.take()
    function()
    assert watcher.calls == 1


def test_place_that_is_freed_and_taken(watcher: Watcher) -> None:
    """Somebody frees it and takes it: it stays theirs, and the watch goes on elsewhere."""
    mine = watcher.place.tool
    assert mine is not None
    sys.monitoring.free_tool_id(mine)
    sys.monitoring.use_tool_id(mine, "somebody")
    try:
        assert watcher.place.check()
        assert watcher.place.tool != mine
        assert sys.monitoring.get_tool(mine) == "somebody"
        function()
        assert watcher.calls == 1
    finally:
        sys.monitoring.free_tool_id(mine)


def test_events_that_are_others(watcher: Watcher) -> None:
    """An identifier under which others watch what we do not is left."""
    assert watcher.place.check()
    tool = watcher.place.tool
    assert tool is not None
    sys.monitoring.set_events(tool, sys.monitoring.events.LINE)
    assert not watcher.place.check(meddled=False)
    assert sys.monitoring.get_events(tool) == 0


def test_callbacks_that_are_others(watcher: Watcher) -> None:
    """An identifier under which others have put their callbacks is left; that is looked for where somebody registered some."""
    if not SILENT:
        watcher.whole = False
        assert watcher.place.check(meddled=False)
    watcher.whole = False
    assert not watcher.place.check()
    assert watcher.said == ["arrive", "depart"]


def test_two_places() -> None:
    """Each has an identifier, and who gives the last one back leaves `sys.monitoring` as it was.

    Where this very run is recorded, one more place is held all the while.
    """
    before = sys.monitoring.use_tool_id
    one, two = Watcher(), Watcher()
    assert one.place.take()
    assert two.place.take()
    assert one.place.tool != two.place.tool
    assert sys.monitoring.use_tool_id.__module__ == Place.__module__
    one.place.give_back()
    two.place.give_back()
    assert sys.monitoring.use_tool_id is before
