"""When modules' bodies and memoised functions begin and end, told as `sys.monitoring` tells it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from pytest_txselect.evidence.contexts import Context, ContextKind, ContextStack
from pytest_txselect.evidence.evidence import Gap
from pytest_txselect.evidence.frames import PATIENCE, FrameWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 has no sys.monitoring")


class Watched:
    """A watch at work, and the contexts that were on top when functions told of themselves."""

    def __init__(self) -> None:
        self.test = Context(ContextKind.TEST, "test")
        self.stack = ContextStack(self.test, lambda _into: None)
        self.frames = FrameWatch(self.stack)
        self.memo = Context(ContextKind.MEMO, "memo")
        self.seen: list[str] = []
        assert self.frames.place.take()

    def make(self) -> Callable[[bool], int]:
        """A function that tells of itself, and may raise."""
        space: dict[str, object] = {"tell": self.tell}
        exec("def memo(raises=False):\n    tell()\n    return 1 // (not raises)\n", space)  # noqa: S102 - of the test
        return space["memo"]  # type: ignore[return-value]

    def tell(self) -> None:
        """Note whose it is what happens now."""
        self.seen.append(self.stack.current.name)


@pytest.fixture
def watched() -> Iterator[Watched]:
    """A watch at work."""
    made = Watched()
    yield made
    made.frames.stop()


def test_memoised_function(watched: Watched) -> None:
    """What it does is its own, and who calls it includes that."""
    memo = watched.make()
    watched.frames.watch_call(memo.__code__, 7, watched.memo)
    assert memo(False) == 1
    watched.tell()
    assert watched.seen == ["memo", "test"]
    assert watched.test.includes == {watched.memo}
    assert watched.memo.pieces == {7}


def test_function_that_raises(watched: Watched) -> None:
    """Its context ends with it, as if it had returned."""
    memo = watched.make()
    watched.frames.watch_call(memo.__code__, 7, watched.memo)
    with pytest.raises(ZeroDivisionError):
        memo(True)
    watched.tell()
    assert watched.seen == ["memo", "test"]
    assert not watched.test.pieces


def test_call_within_another_raises(watched: Watched) -> None:
    """The call around it, of the same function, goes on."""
    space: dict[str, Any] = {"tell": watched.tell}
    exec(  # noqa: S102 - of the test
        "def memo(depth):\n    if not depth:\n        raise ValueError\n    try:\n        memo(depth - 1)\n"
        "    except ValueError:\n        pass\n    tell()\n",
        space,
    )
    watched.frames.watch_call(space["memo"].__code__, 7, watched.memo)
    with pytest.raises(ValueError, match=r"^$"):
        space["memo"](0)
    for _ in range(PATIENCE):
        space["memo"](1)
        watched.tell()
    assert watched.seen == ["memo", "test"] * (PATIENCE - 1) + ["test"] * 2


@pytest.mark.parametrize("between", [False, True], ids=["itself", "by another"])
def test_function_that_calls_itself_often(watched: Watched, between: bool) -> None:
    """Its context ends with the outermost call, however many there were within it."""
    space: dict[str, Any] = {"tell": watched.tell, "BETWEEN": between}
    exec(  # noqa: S102 - of the test
        "def memo(often):\n    for each in range(often):\n        other() if BETWEEN else memo(0)\n    tell()\n"
        "def other():\n    memo(0)\n",
        space,
    )
    watched.frames.watch_call(space["memo"].__code__, 7, watched.memo)
    watched.frames.watch_call(space["other"].__code__, 8, Context(ContextKind.MEMO, "other"))
    space["memo"](2 * PATIENCE)
    watched.tell()
    assert watched.seen[-2:] == ["memo", "test"]


def test_function_that_is_called_often(watched: Watched) -> None:
    """After some calls it is not looked at any more, and belongs to the caller; in the next test it is again."""
    memo = watched.make()
    watched.frames.watch_call(memo.__code__, 7, watched.memo)
    for _ in range(PATIENCE + 10):
        memo(False)
    assert watched.seen == ["memo"] * PATIENCE + ["test"] * 10
    watched.frames.rearm()
    memo(False)
    assert watched.seen[-1] == "memo"


def test_module(watched: Watched) -> None:
    """The body of a module has a context until it returns; its second run has one as well."""
    code = compile("tell()", "module.py", "exec")
    watched.frames.watch_return(code)
    for _ in range(2):
        watched.stack.enter(Context(ContextKind.IMPORT, "module"), code)
        exec(code, {"tell": watched.tell})  # noqa: S102 - a module of the test
        watched.tell()
    assert watched.seen == ["module", "test"] * 2


def test_place_that_somebody_wants(watched: Watched) -> None:
    """Who asks for our identifier gets it, and the watch goes on under another one."""
    memo = watched.make()
    watched.frames.watch_call(memo.__code__, 7, watched.memo)
    tool = watched.frames.place.tool
    assert tool is not None
    sys.monitoring.use_tool_id(tool, "somebody")
    try:
        memo(False)
        assert watched.seen == ["memo"]
        assert watched.frames.place.check()
    finally:
        sys.monitoring.free_tool_id(tool)


def test_callbacks_that_are_taken_away(watched: Watched) -> None:
    """It is noticed once, and mended."""
    memo = watched.make()
    watched.frames.watch_call(memo.__code__, 7, watched.memo)
    tool = watched.frames.place.tool
    assert tool is not None
    sys.monitoring.register_callback(tool, sys.monitoring.events.PY_START, None)
    assert not watched.frames.is_whole(tool)
    assert watched.frames.is_whole(tool)
    memo(False)
    assert watched.seen == ["memo"]


def test_no_place_is_left(watched: Watched) -> None:
    """Where others have every identifier, contexts end without a word, and a gap is known of."""
    free = [tool for tool in range(6) if sys.monitoring.get_tool(tool) is None]
    mine = watched.frames.place.tool
    assert mine is not None
    for tool in (*free, mine):
        sys.monitoring.use_tool_id(tool, "somebody")
    try:
        assert watched.frames.place.tool is None
        assert watched.test.gaps == Gap.WATCH
    finally:
        for tool in (*free, mine):
            sys.monitoring.free_tool_id(tool)


def test_callbacks_as_they_are_called(watched: Watched) -> None:
    """A function that nobody gave a context is left alone; one that has one begins and ends it."""
    memo, other = watched.make(), watched.make()
    watched.frames.watch_call(memo.__code__, 7, watched.memo)
    for name, code, expected in (("_started", other.__code__, "test"), ("_started", memo.__code__, "memo")):
        getattr(watched.frames, name)(code, 0)
        assert watched.stack.current.name == expected
    watched.frames._returned(memo.__code__, 0, None)
    assert watched.stack.current.name == "test"
    for _ in range(PATIENCE):
        watched.frames._started(memo.__code__, 0)
    assert watched.test.includes == {watched.memo}


def test_no_frame_is_left(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that there was no room to look at is done all the same, and what it remembers is in doubt."""
    memo = watched.make()
    watched.frames.watch_call(memo.__code__, 7, watched.memo)

    def dive(*_arguments: object) -> None:
        raise RecursionError

    with monkeypatch.context() as patch:
        patch.setattr(ContextStack, "enter", dive)
        patch.setattr(ContextStack, "returned", dive)
        assert memo(False) == 1
    assert watched.seen == ["test"]
    watched.frames.rearm()
    assert watched.memo.gaps == Gap.WATCH


def test_others_may_raise(watched: Watched) -> None:
    """Frames that are left by an exception are looked at only while a memoised function or a module is executed."""
    seen: list[bool] = []
    tool = watched.frames.place.tool
    assert tool is not None
    unwind = sys.monitoring.events.PY_UNWIND

    def look() -> None:
        found = sys.monitoring.register_callback(tool, unwind, None)
        sys.monitoring.register_callback(tool, unwind, found)
        seen.append(found is not None)

    space: dict[str, Any] = {"look": look}
    exec("def memo():\n    look()\n", space)  # noqa: S102 - of the test
    watched.frames.watch_call(space["memo"].__code__, 7, watched.memo)
    look()
    space["memo"]()
    look()
    assert seen == [False, True, False]
    assert watched.frames.is_whole(tool)
