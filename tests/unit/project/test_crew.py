"""Copies of this process: all work is done once, everybody gets everything, and nobody is waited for who died."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.project.crew import MOST_PIECES, can_copy, run_crew

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_txselect.project.crew import Crew

ALONE = "import sys; from pytest_txselect.project.crew import can_copy; sys.exit(not can_copy())"
copying = pytest.mark.skipif(
    subprocess.run([sys.executable, "-c", ALONE], check=False).returncode != 0,
    reason="this system's processes are not copied",
)
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # other plugins may have threads


def answer(crew: Crew, pieces: int, die: Callable[[Crew], None] = lambda _: None) -> dict[int, bytes]:
    """Work of two steps: the second needs what the others found in the first."""
    mine = {number: b"%d" % number for number in crew.take()}
    die(crew)
    every = {**mine, **crew.exchange(mine)}
    for number in range(pieces):  # of a copy that died
        every.setdefault(number, b"%d" % number)
    total = sum(map(int, every.values()))
    own = {crew.number: b"%d" % total}
    return {**own, **crew.deliver(own)}


@copying
@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("pieces", [0, 1, 40, MOST_PIECES])
def test_everybody_knows_everything(size: int, pieces: int) -> None:
    """Every piece is done by one member, and known to all."""
    found = run_crew(size, pieces, lambda crew: answer(crew, pieces))
    assert found == dict.fromkeys(range(size), b"%d" % sum(range(pieces)))


def test_one_member_is_no_copy() -> None:
    """Alone, the work is done by this process, with as many pieces as there are."""
    found = run_crew(
        1, 1000, lambda crew: (os.getpid(), [*crew.take()], crew.exchange({1: b""}), crew.deliver({}))
    )
    assert found == (os.getpid(), [*range(1000)], {}, {})


@copying
@pytest.mark.parametrize("how", [signal.SIGKILL, None])
def test_copies_that_die(how: int | None) -> None:
    """Whether it was killed or raised: the others go on without it."""

    def die(crew: Crew) -> None:
        if crew.number == 2:
            if how is None:
                raise ValueError(crew.number)
            os.kill(os.getpid(), how)

    found = run_crew(4, 40, lambda crew: answer(crew, 40, die))
    assert found == dict.fromkeys([0, 1, 3], b"%d" % sum(range(40)))


@copying
def test_copies_that_die_late() -> None:
    """What a copy had to hand over is missing, and nothing else."""

    def work(crew: Crew) -> dict[int, bytes]:
        crew.exchange({})
        if crew.number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return crew.deliver({crew.number: b"here"})

    assert run_crew(3, 0, work) == {2: b"here"}


@copying
def test_an_exception_ends_all_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this process raises, no copy and no descriptor is left."""
    before = len([*Path("/proc/self/fd").iterdir()])
    copies: list[int] = []
    fork = os.fork

    def copy() -> int:
        copies.append(fork())
        return copies[-1]

    monkeypatch.setattr(os, "fork", copy)

    def work(crew: Crew) -> None:
        if crew.number == 0:
            raise KeyboardInterrupt
        signal.pause()

    with pytest.raises(KeyboardInterrupt):
        run_crew(3, 5, work)
    assert len(copies) == 2
    for each in copies:
        with pytest.raises(ChildProcessError):
            os.waitpid(each, os.WNOHANG)
    assert len([*Path("/proc/self/fd").iterdir()]) == before


@copying
def test_long_findings() -> None:
    """What does not fit a pipe arrives."""
    big = os.urandom(3_000_000)

    def work(crew: Crew) -> bool:
        others = crew.exchange({crew.number: big, 7: b""})
        return [*others.values()] == [big, b""] and crew.deliver({1: big[::-1]}) == {1: big[::-1]}

    assert run_crew(2, 0, work)


@copying
def test_a_copy_whose_maker_died_ends() -> None:
    """It notices when it wants to exchange something."""
    code = (
        "import os, signal, sys, time\n"
        "from pytest_txselect.project.crew import run_crew\n"
        "def work(crew):\n"
        "    if crew.number == 0:\n"
        "        sys.stdin.readline(); os.kill(os.getpid(), signal.SIGKILL)\n"
        "    print(os.getpid(), flush=True)\n"
        "    crew.exchange({})\n"
        "    print('went on', flush=True)\n"
        "run_crew(2, 0, work)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        process.stdin.write(b"\n")
        process.stdin.close()
        assert process.stdout.read() == b""  # it ends when the copy has


def test_processes_with_threads_are_not_copied() -> None:
    """A lock that another thread holds would stay held in the copy."""
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert not can_copy()
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("name", ["memfd_create", "fork"])
def test_systems_without_copies(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no such call, everything is done by this process."""
    monkeypatch.delattr(os, name)
    assert not can_copy()


def test_systems_without_a_table_of_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where threads cannot be counted, nothing is copied."""
    monkeypatch.setattr("pytest_txselect.project.crew.THREADS", str(tmp_path / "none"))
    assert not can_copy()


@copying
def test_copies_that_the_system_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as there can be do the work."""
    fork = os.fork
    made = []

    def refuse() -> int:
        if made:
            raise BlockingIOError
        made.append(1)
        return fork()

    monkeypatch.setattr(os, "fork", refuse)
    assert run_crew(4, 40, lambda crew: answer(crew, 40)) == dict.fromkeys([0, 1], b"%d" % sum(range(40)))
