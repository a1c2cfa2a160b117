"""Tests that run for an hour, or as if: what they do a million times, what interrupts them, what is tidied up meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

import pytest
from kept_evidence import find_store, read_kept, run_next
from recorded_project import RecordedProject
from small_project import QUIET, SmallProject, ran

from pytest_txselect.evidence.evidence import Gap
from pytest_txselect.store.durations import read_durations
from pytest_txselect.store.names import read_scope

if TYPE_CHECKING:
    from pathlib import Path

LONG: Final = """\
import cProfile, gc, os, resource, sqlite3, threading, time
import pytest
from pkg import many

def spend():
    for _ in range(60):
        many.often()
    assert sum(many.produce()) == 3
    open("data.txt").close()
    os.makedirs(f"made/{next(many.numbers)}")
    thread = threading.Thread(target=many.in_thread)
    thread.start()
    thread.join()
    try:
        many.fail()
    except ValueError:
        pass

def measure():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def test_long():
    many.numbers = iter(range(10 ** 9))
    for _ in range(500):
        spend()
    before = measure()
    for _ in range(5_000):
        spend()
    assert measure() - before < 8_000
    assert sum(isinstance(each, cProfile.Profile) for each in gc.get_objects()) < 300  # one for each thread, on Python 3.11
    store = sqlite3.connect(".txselect/evidence.sqlite", timeout=0)
    store.execute("BEGIN EXCLUSIVE")  # nobody holds it while tests run
    store.close()
    many.at_last()

def test_after():
    many.often()
"""
WAITS: Final = """\
from pkg import many

def test_waits():
    many.wait()
    many.often()
"""
MANY: Final = """\
import time

numbers = None

def often():
    return 1

def produce():
    yield often()
    yield 2

def in_thread():
    return often()

def fail():
    raise ValueError

def at_last():
    return 3

def wait():
    time.sleep(1.5)
"""


def test_long_run_of_everything(tmp_path: Path) -> None:
    """Calls, files, folders, threads and exceptions without end take no memory and no lock."""
    files = {"pytest.ini": "[pytest]\n", "pkg/__init__.py": "", "pkg/many.py": MANY, "data.txt": "1"}
    project = RecordedProject(tmp_path).write({**files, "tests/test_long.py": "def test_long(): pass\n"})
    assert project.run().returncode == 0
    project.write({"tests/test_long.py": LONG})
    done = project.run()
    assert done.returncode == 0, done.stdout + done.stderr
    long, after = (f"tests/test_long.py::test_{name}" for name in ("long", "after"))
    assert project.names(long) >= {"often", "produce", "in_thread", "fail", "at_last", "data.txt"}
    assert project.gaps(long) == Gap.NONE
    assert "often" in project.names(after)
    assert "at_last" not in project.names(after)


def test_watchdog_that_barks(tmp_path: Path) -> None:
    """A test of which a watchdog shows where it is (`faulthandler_timeout`) goes on, and is recorded."""
    files = {
        "pytest.ini": "[pytest]\n",
        "pkg/__init__.py": "",
        "pkg/many.py": MANY,
        "tests/test_it.py": WAITS,
    }
    project = RecordedProject(tmp_path).write(files)
    done = project.run("-o", "faulthandler_timeout=1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Timeout" in done.stderr
    assert "in wait" in done.stderr
    assert project.names("tests/test_it.py::test_waits") >= {"wait", "often"}


INTERRUPTED: Final = """\
import signal
import pytest
from pkg import many

class Late(BaseException):
    pass

def stop(*_):
    raise Late

def test_watchdog():
    ran = []
    signal.signal(signal.SIGALRM, stop)
    for number in range(200):
        function = getattr(many, f"give_{number}")
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.0005 + number * 0.00001)
            while True:
                function(ran)
                many.often()
        except Late:
            pass
        signal.setitimer(signal.ITIMER_REAL, 0)
    with open("ran.txt", "w") as file:
        file.write("\\n".join(sorted(set(ran))))

def test_after():
    for number in range(200):
        getattr(many, f"give_{number}")([])
    many.often()
"""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
def test_watchdog_that_raises(tmp_path: Path) -> None:
    """What a timer's exception interrupts, at whatever moment, is known as far as it came, and so is what comes after."""
    many = "def often():\n    pass\n\n" + "".join(
        f"def give_{number}(ran):\n    ran.append('give_{number}')\n\n" for number in range(200)
    )
    files = {
        "pytest.ini": "[pytest]\n",
        "pkg/__init__.py": "",
        "pkg/many.py": many,
        "tests/test_it.py": INTERRUPTED,
    }
    project = RecordedProject(tmp_path).write(files)
    done = project.run()
    assert done.returncode == 0, done.stdout
    names = set((tmp_path / "ran.txt").read_text(encoding="utf-8").split())
    assert len(names) > 100  # on a busy machine the time of some is over before it begins
    for test in ("watchdog", "after"):
        assert project.names(f"tests/test_it.py::test_{test}") >= {*names, "often"}


HANGS: Final = """\
import time
from pkg.a import give

def test_hangs():
    give()
    open("here", "w").close()
    while True:
        give()
"""
STOPS: Final = {"kill": "SIGKILL", "cancel": "SIGTERM"}


@pytest.fixture
def edited(project: SmallProject) -> SmallProject:
    """The small project, recorded; then a function changed."""
    project.spawn("--txselect-record", ref=None).assert_outcomes(passed=3)
    project.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    return project


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "xdist"])
@pytest.mark.parametrize("name", STOPS)
def test_stopped_in_the_middle(edited: SmallProject, name: str, workers: tuple[str, ...]) -> None:
    """A run that is stopped in its longest test leaves the old evidence, and the next one runs more than after a whole one."""
    before = read_kept(edited)
    edited.write({"tests/test_z.py": HANGS})
    words = [sys.executable, "-m", "pytest", *QUIET, "-p", "no:cacheprovider", "--txselect-record", *workers]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, start_new_session=True)
    until = time.monotonic() + 60
    while not (edited.pytester.path / "here").exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    os.killpg(process.pid, getattr(signal, STOPS[name]))
    assert process.wait() == -getattr(signal, STOPS[name])
    edited.write({"tests/test_z.py": HANGS.replace("while True", "for _ in range(9)")})
    assert read_kept(edited) == before
    after_stop = run_next(edited)
    edited.spawn("--txselect-record", ref=None)
    assert after_stop == {
        "tests/test_a.py::test_one",
        "tests/test_a.py::test_two",
        "tests/test_z.py::test_hangs",
    }
    assert run_next(edited) == set()


HOURS: Final = """\
import pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call" and item.name == "test_one":
        report.duration += 3600.5
    if call.when == "call" and item.name == "test_b":
        report.duration += 40 * 86_400
    return report
"""


def test_hours_in_the_store(project: SmallProject) -> None:
    """Durations of an hour and of forty days are kept as they are, and shards are cut by them."""
    project.commit({"conftest.py": HOURS})
    project.spawn("--txselect-record", ref=None)
    seconds = read_durations(find_store(project).parent, read_scope())
    assert seconds["tests/test_a.py::test_one"] == pytest.approx(3600.5, abs=1)
    assert seconds["tests/test_b.py::test_b"] == pytest.approx(40 * 86_400, abs=1)
    shards = [
        ran(project.run("--txselect-shard", f"{number}/2", "--txselect-split", "test", ref=None))
        for number in (1, 2)
    ]
    assert sorted(map(len, shards)) == [1, 2]
    assert ["tests/test_b.py::test_b"] in shards
