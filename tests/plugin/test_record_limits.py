"""Tests that go to the limit of recursion: they see the same, recorded and not."""

from __future__ import annotations

import json
import sys
from typing import Final

import pytest
from recorded_project import RecordedProject

from pytest_txselect.evidence.evidence import Gap

MONITORING: Final = sys.version_info >= (3, 12)
DEEP: Final = """\
import functools
import sys


def dive():
    dive()


def ping(number):
    return pong(number)


def pong(number):
    return ping(number)


def down(left, last):
    return last() if left == 0 else down(left - 1, last)


def value():
    return 1


def fail():
    raise KeyError


def numbers():
    yield 1
    yield 2


def resume():
    return next(started)


@functools.cache
def remembered(left):
    return down(left, value)


@functools.cache
def remembered_failure(left):
    return down(left, fail)
"""
TESTS: Final = '''\
import json, os, pathlib, subprocess, sys
import pytest
from pkg import deep

HERE = pathlib.Path(os.environ["SEEN"])
CHILD = """
import sys, traceback
from pkg import deep
try:
    deep.dive()
except RecursionError as error:
    print([(each.name, each.lineno) for each in traceback.extract_tb(error.__traceback__)[-3:]])
for left in range(sys.getrecursionlimit(), 0, -1):
    try:
        deep.down(left, deep.value)
    except RecursionError:
        continue
    break
"""


def note(name, seen):
    (HERE / name).write_text(json.dumps(seen))


def depth():
    frame, count = sys._getframe(1), 0
    while frame is not None:
        frame, count = frame.f_back, count + 1
    return count


def ends(error):
    """Where the last frames of a traceback are, and the number of frames in all."""
    found, step = [], error.__traceback__
    while step is not None:
        found.append((step.tb_frame.f_code.co_name, step.tb_lineno))
        step = step.tb_next
    return found[-3:], type(error).__name__


def furthest(last, expected, down=deep.down):
    """How many frames are left where a function at the end of the dive did what it does."""
    limit = sys.getrecursionlimit() - depth()
    for left in range(limit + 3, limit - 60, -1):
        try:
            found = down(left, last)
        except expected:
            found = 1
        except RecursionError:
            continue
        if found == 1:
            return limit - left
    raise AssertionError


@pytest.mark.parametrize("name", ["dive", "ping", "pong"])
def test_traceback(name):
    with pytest.raises(RecursionError) as raised:
        deep.dive() if name == "dive" else getattr(deep, name)(1)
    seen = ends(raised.value)
    note(name, seen if name == "dive" else seen[1])


@pytest.mark.parametrize("name", ["value", "fail"])
def test_furthest(name):
    note("furthest_" + name, furthest(getattr(deep, name), KeyError))


def test_furthest_of_a_generator():
    def down(left, last):
        deep.started = deep.numbers()
        next(deep.started)
        return deep.down(left, last) - 1

    note("furthest_resume", furthest(deep.resume, KeyError, down))


@pytest.mark.parametrize("name", ["remembered", "remembered_failure"])
def test_furthest_of_what_is_remembered(name):
    function = getattr(deep, name)
    note("furthest_" + name, furthest(None, KeyError, lambda left, _: function(left)))


def test_often():
    seen = []
    for _ in range(12):
        with pytest.raises(RecursionError) as raised:
            deep.dive()
        seen.append(ends(raised.value))
    note("often", seen)


def test_child():
    words = [sys.executable, "-c", CHILD]
    note("child", subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def test_after():
    assert deep.value() == 1
'''


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> RecordedProject:
    """A project whose functions call themselves."""
    files = {"pkg/__init__.py": "", "pkg/deep.py": DEEP, "tests/test_deep.py": TESTS}
    return RecordedProject(tmp_path_factory.mktemp("project")).write(files)


@pytest.fixture(scope="module")
def seen(
    project: RecordedProject, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, int], dict[str, int]]:
    """What the tests saw: without us, and recorded."""
    both = []
    for record in (False, True):
        place = tmp_path_factory.mktemp("seen")
        done = project.run(record=record, env={"SEEN": str(place)})
        assert done.returncode == 0, done.stdout + done.stderr
        both.append({each.name: json.loads(each.read_text(encoding="utf-8")) for each in place.iterdir()})
    return both[0], both[1]


NAMES: Final = (
    "dive",
    "ping",
    "pong",
    "furthest_value",
    "furthest_fail",
    "furthest_resume",
    "furthest_remembered",
    "often",
    pytest.param(
        "child", marks=pytest.mark.skipif(not MONITORING, reason="the profiler of Python 3.11 needs a frame")
    ),
)


@pytest.mark.parametrize("name", NAMES)
def test_same_at_the_limit(seen: tuple[dict[str, int], dict[str, int]], name: str) -> None:
    """How deep a test can go, and what ends the traceback when it goes deeper, does not tell that it is recorded."""
    plain, recorded = seen
    assert recorded[name] == plain[name]


def test_one_frame_less(seen: tuple[dict[str, int], dict[str, int]]) -> None:
    """Within a memoised function, whose end has to be noticed, an exception needs one frame more than without us."""
    plain, recorded = seen
    name = "furthest_remembered_failure"
    assert recorded[name] in {plain[name], plain[name] + 1}


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("traceback[dive]", {"dive"}),
        ("traceback[ping]", {"ping", "pong"}),
        ("furthest[value]", {"down", "value"}),
        ("furthest[fail]", {"down", "fail"}),
        ("furthest_of_a_generator", {"down", "numbers", "resume"}),
        ("furthest_of_what_is_remembered[remembered]", {"down", "remembered", "value"}),
        ("often", {"dive"}),
        ("child", {"dive", "down", "value"}),
        ("after", {"value"}),
    ],
)
def test_evidence(project: RecordedProject, name: str, used: set[str]) -> None:
    """What was executed is known, however little room there was to note it."""
    node = f"tests/test_deep.py::test_{name}"
    assert project.names(node) >= used
    if MONITORING:
        assert project.gaps(node) == Gap.NONE
