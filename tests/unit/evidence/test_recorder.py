"""A recorder in this process: what its hooks do when they are told of modules, forks and other tools."""

from __future__ import annotations

import os
import sys
import weakref
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.evidence.contexts import Context, ContextKind
from pytest_txselect.evidence.evidence import Gap, PieceKind
from pytest_txselect.evidence.recorder import Recorder
from pytest_txselect.evidence.report import list_reports, parse_report
from pytest_txselect.evidence.territory import Territory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="Python 3.11 has one profiler, which coverage of it wants"
)
TEXT = """\
CACHE = {}

def used():
    return remember("x")

def remember(name):
    if name not in CACHE:
        CACHE[name] = made()
    return CACHE[name]

def made():
    return 1

def other():
    return 2
"""


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    """A recorder at work on a folder with a module and its installed copy."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "a.py").write_text(TEXT, encoding="utf-8")
    made = Recorder(Territory(str(tmp_path / "project")))
    made.start()
    yield made
    made.stop()


def names(recorder: Recorder, context: Context) -> set[str]:
    """The functions of a context."""
    pieces = list(recorder.book.pieces)
    return {pieces[each].name for each in context.pieces if pieces[each].kind is PieceKind.FUNCTION}


def load(recorder: Recorder) -> dict[str, object]:
    """Execute the module as an import would."""
    place = os.path.join(recorder.territory.top, "a.py")  # noqa: PTH118 - as Python has it
    space: dict[str, object] = {}
    exec(compile(TEXT, place, "exec"), space)  # noqa: S102 - a module of the test
    return space


def test_test_after_test(recorder: Recorder) -> None:
    """Each test has what it executed; what a function remembers belongs to whoever calls it."""
    space = load(recorder)
    contexts = []
    for function in ("used", "used", "other"):
        context = Context(ContextKind.TEST, function)
        recorder.begin_test()
        entry = recorder.stack.enter(context)
        space[function]()  # type: ignore[operator]
        recorder.stack.leave(entry)
        recorder.end_test(context)
        contexts.append(context)
    first, second, third = contexts
    assert names(recorder, first) == names(recorder, second) == {"used", "remember"}
    (memo,) = (each for each in first.includes if each.kind is ContextKind.MEMO)
    assert memo in second.includes
    assert names(recorder, memo) >= {"made"}
    assert names(recorder, third) == {"other"}
    assert first.gaps == second.gaps == third.gaps == Gap.NONE


def test_modules_as_the_hook_tells(recorder: Recorder) -> None:
    """The body of a module has a context; generated code is nobody's; an installed twin is known of."""
    place = os.path.join(recorder.territory.top, "a.py")  # noqa: PTH118 - as Python has it
    recorder._executed((compile("x = 1", "<generated>", "exec"),))
    recorder._executed((compile("x = 1", "/elsewhere/a.py", "exec"),))
    assert recorder.imports == {}
    assert recorder.session.gaps == Gap.NONE
    recorder._executed((compile(TEXT, place, "exec"),))
    assert recorder.stack.current is recorder.imports["a.py"]  # type: ignore[index]
    assert recorder.stack.current in recorder.session.includes
    recorder._executed((compile(TEXT, "/env/site-packages/a.py", "exec"),))
    assert recorder.session.gaps == Gap.INSTALLED


def test_other_tools(recorder: Recorder) -> None:
    """A test in which others take every place is marked, with what began in it; the next one is watched again."""
    space = load(recorder)
    context = Context(ContextKind.TEST, "rude")
    recorder.begin_test()
    entry = recorder.stack.enter(context)
    taken = range(6)
    for tool in taken:
        sys.monitoring.use_tool_id(tool, "somebody")
    space["other"]()  # type: ignore[operator]
    for tool in taken:
        sys.monitoring.free_tool_id(tool)
    recorder.stack.leave(entry)
    recorder.end_test(context)
    assert context.gaps == Gap.WATCH
    after = Context(ContextKind.TEST, "after")
    recorder.begin_test()
    entry = recorder.stack.enter(after)
    space["other"]()  # type: ignore[operator]
    recorder.stack.leave(entry)
    recorder.end_test(after)
    assert (names(recorder, after), after.gaps) == ({"other"}, Gap.NONE)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process")
def test_forked_process(recorder: Recorder) -> None:
    """A process that was forked reports what it executes, and its parent reads that when the test ends."""
    space = load(recorder)
    context = Context(ContextKind.TEST, "forks")
    recorder.begin_test()
    entry = recorder.stack.enter(context)
    pid = os.fork()
    if pid == 0:
        space["other"]()  # type: ignore[operator]
        os._exit(0)
    os.waitpid(pid, 0)
    reports = list_reports(recorder.spawned.folder)
    recorder.stack.leave(entry)
    recorder.end_test(context)
    assert [word for _, _, word in reports] == ["fork"]
    folder = recorder.spawned.folder
    with open(os.path.join(folder, reports[0][0]), "rb") as file:  # noqa: PTH118, PTH123 - as the recorder has it
        assert [each.name for each in parse_report(file.read()).pieces] == ["other"]
    (child,) = (each for each in context.includes if each.kind is ContextKind.CHILD)
    assert names(recorder, child) == {"other"}
    assert context.gaps == Gap.NONE


def test_files_that_all_stand_on(recorder: Recorder, tmp_path: Path) -> None:
    """Files of the project count as read by every test, there or not; others do not."""
    top = recorder.territory.top
    recorder.stand_on([f"{top}/a.py", f"{top}/gone.toml", str(tmp_path / "elsewhere.ini")])
    pieces = list(recorder.book.pieces)
    assert {pieces[each].path for each in recorder.session.pieces} == {"a.py", "gone.toml"}


class Reluctant:
    """What does not tell its file."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)


@pytest.mark.parametrize("kind", ["gone", "reluctant"])
def test_what_is_no_module(recorder: Recorder, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A proxy of a module that is gone, or an object that raises when it is asked, is among the modules and does no harm."""
    held = ModuleType("held")
    monkeypatch.setitem(sys.modules, "held_by_a_test", weakref.proxy(held) if kind == "gone" else Reluctant())
    del held
    assert recorder.find_edges() == {}
