"""Notes of what starts: nothing is lost, whatever happens while they are taken."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.evidence.starts import LIMIT, Mark, Starts

if TYPE_CHECKING:
    from types import CodeType

CODES = [compile("", f"{number}.py", "exec") for number in range(2 * LIMIT)]


def names(codes: list[CodeType | Mark]) -> list[str]:
    """The files of some code objects; a mark has none."""
    return [each.co_filename for each in codes if not isinstance(each, Mark)]


def refuse(code: CodeType) -> None:
    """What is called when there are many notes."""
    pytest.fail(f"{code} comes too early")


def test_each_once() -> None:
    """What was noted is there once, in its order; what is noted later, the next time."""
    starts = Starts(refuse)
    assert not starts
    for at in (0, 10):
        for code in CODES[at : at + 10]:
            starts.callback(code, 0)
        assert starts
        starts.take()
        assert names(starts.taken) == [f"{number}.py" for number in range(at, at + 10)]
        starts.taken.clear()
        assert not starts


def test_many() -> None:
    """At the limit whoever is to be called is called once for each, until he takes the notes."""
    called: list[CodeType] = []
    starts = Starts(called.append)
    for code in CODES[: LIMIT + 5]:
        starts.callback(code, 0)
    assert called == CODES[LIMIT : LIMIT + 5]
    starts.take()
    starts.callback(CODES[0], 0)
    assert (len(called), names(starts.taken)) == (5, [f"{number}.py" for number in range(LIMIT)])
    assert starts


def test_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal that raises between any two steps loses nothing."""
    import sys  # noqa: PLC0415 - a debugger's place is used here alone

    expected = [f"{number}.py" for number in range(20)]
    for stop_at in range(60):
        starts = Starts(refuse)
        for code in CODES[:10]:
            starts.callback(code, 0)
        left = [stop_at]

        def trace(_frame: object, _event: str, _argument: object, left: list[int] = left) -> object:
            left[0] -= 1
            if left[0] == -1:
                raise KeyboardInterrupt
            return trace

        before = sys.gettrace()
        sys.settrace(trace)  # type: ignore[arg-type]
        try:
            starts.take()
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(before)
        for code in CODES[10:20]:
            starts.callback(code, 0)
        starts.take()
        assert sorted({*names(starts.taken)}) == sorted(expected), stop_at
        if left[0] >= 0:
            return
    pytest.fail("more steps than expected")


def test_threads() -> None:
    """Several threads that note and take at once lose nothing."""
    starts = Starts(refuse)
    begin = threading.Barrier(4)

    def work(first: int) -> None:
        begin.wait()
        for code in CODES[first::4]:
            starts.callback(code, 0)
            starts.take()

    threads = [threading.Thread(target=work, args=(first,)) for first in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    starts.take()
    assert {*names(starts.taken)} == {code.co_filename for code in CODES}
