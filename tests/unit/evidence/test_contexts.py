"""The stack of contexts: whose it is what was noticed."""

from __future__ import annotations

import threading

import pytest

from pytest_txselect.evidence.contexts import Context, ContextKind, ContextStack
from pytest_txselect.evidence.evidence import Gap


class Watched:
    """A stack, and a list of what will be noticed next."""

    def __init__(self) -> None:
        self.bottom = Context(ContextKind.SESSION, "session")
        self.noticed: list[int] = []
        self.stack = ContextStack(self.bottom, self.drain)

    def drain(self, into: set[int]) -> None:
        """Hand over what was noticed."""
        into.update(self.noticed)
        self.noticed.clear()


@pytest.fixture
def watched() -> Watched:
    """A stack with nothing in progress."""
    return Watched()


def make(name: str) -> Context:
    """A context of some kind."""
    return Context(ContextKind.FIXTURE, name)


def test_each_context_gets_its_own(watched: Watched) -> None:
    """What is noticed belongs to the context on top at that time."""
    outer, inner = make("outer"), make("inner")
    watched.noticed.append(0)
    first = watched.stack.enter(outer)
    watched.noticed.append(1)
    second = watched.stack.enter(inner)
    watched.noticed.append(2)
    watched.stack.leave(second)
    watched.noticed.append(3)
    watched.stack.leave(first)
    assert (watched.bottom.pieces, outer.pieces, inner.pieces) == ({0}, {1, 3}, {2})


def test_leaving_twice_is_harmless(watched: Watched) -> None:
    """A context that has ended does not end another one."""
    outer = watched.stack.enter(make("outer"))
    inner = watched.stack.enter(make("inner"))
    watched.stack.leave(inner)
    watched.stack.leave(inner)
    watched.stack.leave(outer)
    assert watched.stack.current is watched.bottom


def test_code_that_raised_gives_to_both(watched: Watched) -> None:
    """When the code of a context ended without a word, the context below gets what it saw as well."""
    module, test = make("module"), make("test")
    entry = watched.stack.enter(test)
    watched.stack.enter(module, compile("", "gone.py", "exec"))
    watched.noticed.append(1)
    watched.stack.leave(entry)
    assert (test.pieces, module.pieces) == ({1}, {1})


def test_code_that_still_runs_stays(watched: Watched) -> None:
    """A context whose code is running is not ended by the next one."""
    module = make("module")
    entries = []

    def body() -> None:
        watched.stack.enter(module, body.__code__)
        watched.noticed.append(1)
        entries.append(watched.stack.enter(make("inner")))
        watched.stack.leave(entries[0])
        watched.noticed.append(2)

    body()
    watched.stack.returned(body.__code__)
    assert module.pieces == {1, 2}
    assert watched.bottom.pieces == set()


def test_code_that_returned_elsewhere_is_ignored(watched: Watched) -> None:
    """A return of code that began nothing changes nothing."""
    watched.stack.enter(make("test"))
    watched.stack.returned(compile("", "other.py", "exec"))
    assert watched.stack.current.name == "test"


def test_threads_make_it_everybody_s(watched: Watched) -> None:
    """While another thread runs, nobody knows who did what during an import: importer and module get it all."""
    module = make("module")
    go, done = threading.Event(), threading.Event()

    def wait() -> None:
        done.set()
        go.wait(10)

    thread = threading.Thread(target=wait)
    thread.start()
    done.wait(10)
    code = compile("", "m.py", "exec")
    watched.stack.enter(module, code)
    watched.noticed.append(1)
    watched.stack.returned(code)
    go.set()
    thread.join()
    assert (module.pieces, watched.bottom.pieces) == ({1}, {1})


def test_absorbing(watched: Watched) -> None:
    """A context takes over pieces, what is included, and gaps; itself it leaves alone."""
    one, two = make("one"), make("two")
    one.pieces.add(1)
    one.includes.add(watched.bottom)
    one.gaps = Gap.THREAD
    two.absorb(one)
    two.absorb(two)
    assert (two.pieces, two.includes, two.gaps) == ({1}, {watched.bottom}, Gap.THREAD)
