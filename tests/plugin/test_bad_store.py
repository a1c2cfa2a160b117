"""A store that cannot be used, is shared, or was left in the middle: the selection is right all the same."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

import pytest
from small_project import QUIET, SmallProject, ran, said

from pytest_txselect.config import Settings
from pytest_txselect.engine.request import Request, Silent
from pytest_txselect.engine.select import select
from pytest_txselect.model import RunSome
from pytest_txselect.plugin.prune import plan_or_widen
from pytest_txselect.project.pytest_config import find_pytest_config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_txselect.engine.plan import Plan

A: Final = ["tests/test_a.py::test_one", "tests/test_a.py::test_two"]
FILES: Final = sorted(["tests/test_a.py"])


@pytest.fixture
def changed(project: SmallProject) -> SmallProject:
    """The small project with an edit, and with a store of an earlier run."""
    project.write({"pkg/a.py": "def give():\n    return 1 + 1\n"})
    project.run()
    project.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    return project


def find_store(project: SmallProject) -> Path:
    """The file of facts."""
    (store,) = project.pytester.path.joinpath(".txselect").glob("facts-*.sqlite")
    return store


def assert_right(result: pytest.RunResult) -> None:
    """The right tests ran, and nothing blew up."""
    assert (ran(result), result.ret) == (A, 0)
    assert not any("Traceback" in line for line in result.outlines + result.errlines)


def assert_doubtful(result: pytest.RunResult) -> None:
    """The right tests ran, and what was wrong with the store was said."""
    assert_right(result)
    assert sum(line.endswith("[store-unusable]") for line in said(result)) == 1


def test_folder(changed: SmallProject) -> None:
    """The folder ignores itself in git, and says what it is."""
    folder = changed.pytester.path / ".txselect"
    assert {"README.md", ".gitignore", "CACHEDIR.TAG"} < {each.name for each in folder.iterdir()}
    assert ".txselect" not in changed.git("status", "--porcelain", "--untracked-files=all")


@pytest.mark.parametrize(
    "content",
    [b"no database at all", b"SQLite format 3\0" + b"\xff" * 5000, b"\0" * 4096],
    ids=["text", "header", "zeros"],
)
def test_corrupt(changed: SmallProject, content: bytes) -> None:
    """A corrupt file is set aside, not deleted, and said; the next run is quiet again."""
    store = find_store(changed)
    store.write_bytes(content)
    assert_doubtful(changed.run())
    (aside,) = store.parent.glob("*.bad")
    assert aside.read_bytes() == content
    result = changed.run()
    assert_right(result)
    assert len(said(result)) == 1


def test_cut_off(changed: SmallProject) -> None:
    """A file of which the end is missing is noticed where it is read, or not needed."""
    store = find_store(changed)
    store.write_bytes(store.read_bytes()[: store.stat().st_size // 2])
    assert_right(changed.run())
    assert_right(changed.run())


def test_damaged_rows(changed: SmallProject) -> None:
    """Rows that are not ours are not believed."""
    with sqlite3.connect(find_store(changed)) as connection:
        connection.execute("UPDATE facts SET body = x'00ff'")
        connection.execute("UPDATE graphs SET parts = x'00ff'")
    connection.close()
    assert_right(changed.run())


@pytest.mark.parametrize("version", [0, 2, 99])
def test_other_version(changed: SmallProject, version: int) -> None:
    """A file of another schema is set aside and said."""
    store = find_store(changed)
    connection = sqlite3.connect(store)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    assert_doubtful(changed.run())
    assert len(list(store.parent.glob("*.bad"))) == 1


def test_locked(changed: SmallProject) -> None:
    """A file that another process keeps locked is done without."""
    connection = sqlite3.connect(find_store(changed), isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        assert_doubtful(changed.run())
    finally:
        connection.close()
    result = changed.run()
    assert_right(result)
    assert len(said(result)) == 1


def test_read_only(changed: SmallProject) -> None:
    """A file and a folder that may not be written (unless by root) are read, or done without."""
    store = find_store(changed)
    store.chmod(0o444)
    store.parent.chmod(0o555)
    try:
        assert_right(changed.run())
    finally:
        store.parent.chmod(0o755)


def test_no_place(changed: SmallProject) -> None:
    """A folder that nobody can make, root included, is done without."""
    assert_doubtful(changed.run("--txselect-store=/proc/no/such"))


@pytest.mark.parametrize("name", ["file", "folder/of/folders"])
def test_other_place(changed: SmallProject, name: str) -> None:
    """A place below the rootdir works, or is a file and then done without."""
    changed.write({".git/info/exclude": "/file\n/folder\n", "file": ""})
    result = changed.run(f"--txselect-store={name}")
    assert_right(result)
    assert len(said(result)) == (2 if name == "file" else 1)


LIMITED: Final = """\
import resource, sys
import pytest
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
sys.exit(pytest.main(sys.argv[1:]))
"""


@pytest.mark.parametrize("limit", [100, 6000, 20000])
@pytest.mark.parametrize("cold", [True, False])
def test_full_disk(changed: SmallProject, *, limit: int, cold: bool) -> None:
    """Where files cannot grow, nothing is remembered, and all else is as ever."""
    store = find_store(changed)
    if cold:
        store.unlink()
    changed.write({f"pkg/m{number}.py": f"x = {number}\n" * 50 for number in range(40)})
    done = subprocess.run(
        [
            *(sys.executable, "-B", "-c", LIMITED.format(limit=limit), *QUIET, "-rA", "-s"),
            *("-p", "no:cacheprovider", "--impacted-by=HEAD"),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("PASSED")] == [
        f"PASSED {a}" for a in A
    ]
    assert done.returncode == 0
    assert_right(changed.run())


def test_no_room_at_all(changed: SmallProject) -> None:
    """Where not even a temporary file can be written, nothing is remembered, which is told, and all else is as ever."""
    command = [sys.executable, "-B", "-c", LIMITED.format(limit=0), *QUIET, "-s", "--impacted-by=HEAD"]
    done = subprocess.run([*command, "-p", "no:cacheprovider"], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stdout + done.stderr
    header, doubt = (line for line in done.stdout.splitlines() if line.startswith("txselect: "))
    assert header.endswith("; 1 of 2 test files can be affected")
    assert doubt.startswith("txselect: in doubt: ")
    assert "; nothing is remembered this time" in doubt
    assert "2 passed" in done.stdout


@pytest.mark.parametrize("cold", [True, False])
def test_several_at_once(changed: SmallProject, *, cold: bool) -> None:
    """Processes that plan at the same time find the same, and nothing to complain about."""
    if cold:
        find_store(changed).unlink()
    changed.write({f"pkg/m{number}.py": f"x = {number}\n" for number in range(40)})
    command = [sys.executable, "-m", "pytest", *QUIET, "-rA", "-p", "no:cacheprovider", "--impacted-by=HEAD"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for process in running:
        out, _ = process.communicate()
        lines = out.splitlines()
        assert [line for line in lines if line.startswith("PASSED")] == [f"PASSED {test}" for test in A]
        assert len([line for line in lines if line.startswith("txselect: ")]) == 1
        assert process.returncode == 0


SLOW_GIT: Final = """\
#!/bin/sh
case "$*" in *{word}*) echo here > {mark}; exec sleep 60;; esac
exec {git} "$@"
"""


def wait_for(mark: Path) -> None:
    """Wait until a file is there."""
    until = time.monotonic() + 30
    while not mark.exists():
        assert time.monotonic() < until
        time.sleep(0.01)


def interrupt(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Press Ctrl-C as a person would: again where nothing happens, since Python drops one that hits a finalizer."""
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        try:
            return process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    return process.communicate()


@pytest.fixture
def listens() -> Iterator[None]:
    """Processes that are started notice Ctrl-C, even where these tests run in the background of a shell that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listens")
@pytest.mark.parametrize("word", ["rev-parse", "ls-files", "cat-file"])
def test_interrupt_while_git_works(
    changed: SmallProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """Ctrl-C while git is asked: pytest's own status, no traceback, and the next run is right."""
    real = subprocess.run(["/bin/sh", "-c", "command -v git"], capture_output=True, text=True, check=True)
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    mark = tmp_path / "mark"
    slow.write_text(SLOW_GIT.format(word=word, mark=mark, git=real.stdout.strip()))
    slow.chmod(0o755)
    command = [sys.executable, "-m", "pytest", *QUIET, "--impacted-by=HEAD"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PATH": f"{slow.parent}:{os.environ['PATH']}"},
    ) as process:
        wait_for(mark)
        out, err = interrupt(process)
    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert "Traceback" not in out + err
    assert_right(changed.run())


class Watching(Silent):
    """Does something each time a file is read."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act

    def begin(self, what: str, total: int) -> None:
        """Reading begins."""
        del what, total
        self._act()

    def step(self, number: int) -> None:
        """A file was read."""
        del number
        self._act()


def make_plan(project: SmallProject, act: Callable[[], None] = lambda: None) -> Plan:
    """A plan, made in this process."""
    top = project.pytester.path
    environment = dict(os.environ)
    return select(
        Request(
            "HEAD",
            find_pytest_config(top),
            Settings(),
            top / ".txselect",
            environment,
            progress=Watching(act),
        )
    )


def list_chosen(plan: Plan) -> list[str]:
    """The test files that run."""
    assert isinstance(plan.selection, RunSome)
    return sorted(path for path in plan.selection.files if path.startswith("tests/"))


def test_interrupt_while_reading(project: SmallProject) -> None:
    """Ctrl-C at any step of reading leaves a store that the next run can use, and no lock."""
    project.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    for steps in range(4):
        left = [steps]

        def interrupt(left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            make_plan(project, interrupt)
    plan = make_plan(project)
    assert list_chosen(plan) == FILES
    assert plan.selection.doubts == ()


def test_files_that_vanish(project: SmallProject) -> None:
    """Files that are there when git lists them and gone when they are read run whoever reaches them."""
    project.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})

    def vanish() -> None:
        for name in ("a.py", "b.py"):
            project.pytester.path.joinpath("pkg", name).unlink(missing_ok=True)

    chosen = list_chosen(make_plan(project, vanish))
    assert set(FILES) <= set(chosen)


def test_mistake_of_ours(project: SmallProject) -> None:
    """An exception that nobody expected runs everything, with what is needed to report it."""
    project.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})

    def fail() -> None:
        raise ZeroDivisionError("of our\nown")

    plan = plan_or_widen(lambda: make_plan(project, fail))
    (doubt,) = plan.selection.doubts
    assert doubt.slug == "internal-error"
    assert doubt.message.startswith("a mistake of ours, ZeroDivisionError: of our own (test_bad_store.py:")
    assert not isinstance(plan.selection, RunSome)
