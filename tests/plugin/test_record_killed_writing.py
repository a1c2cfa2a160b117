"""Runs that are killed while they write the store: it is the one it was, or the one it should become."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest
from kept_evidence import Kept, find_store, held, read_kept, run_next
from small_project import QUIET, ran

if TYPE_CHECKING:
    from pathlib import Path

    from small_project import SmallProject

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limits of files here")

CONFTEST: Final = """\
import os, resource, signal

def pytest_sessionfinish():
    limit = os.environ.get("LIMIT")
    if limit:  # from now on the system kills us with the write that makes a file longer than this
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
"""
MANY: Final = 200
NEW: Final = {
    "pkg/many.py": "".join(f"def give_{number}():\n    return {number}\n\n" for number in range(MANY)),
    "tests/test_many.py": (
        "import pytest\nfrom pkg import many\n\n"
        f"@pytest.mark.parametrize('number', range({MANY}))\ndef test_it(number):\n"
        "    assert getattr(many, f'give_{number}')() == number\n"
    ),
}
DELAYS: Final = (0, 0.0005, 0.001, 0.002, 0.005, 0.01)
"""Seconds after the first write."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A project whose next recorded run makes a much larger store of its store.

    Attributes:
        project: it.
        sizes: of the file before and after such a run.
        states: what is known, and what `last` selects, before and after.
    """

    project: SmallProject
    saved: Path
    sizes: tuple[int, int]
    states: tuple[tuple[Kept, set[str]], tuple[Kept, set[str]]]

    def restore(self) -> None:
        """Go back to before."""
        shutil.rmtree(find_store(self.project).parent)
        shutil.copytree(self.saved, find_store(self.project).parent)

    def check(self) -> bool:
        """Whether it is the new state; nothing but the old and the new one is allowed."""
        state = read_kept(self.project), run_next(self.project)
        assert state in self.states
        return state == self.states[1]


def start(environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Begin a recorded run in the current folder."""
    words = [sys.executable, "-B", "-m", "pytest", *QUIET, "-p", "no:cacheprovider", "--txselect-record"]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, env={**os.environ, **(environment or {})})


@pytest.fixture
def crossing(project: SmallProject, tmp_path_factory: pytest.TempPathFactory) -> Crossing:
    """A small store, and hundreds of tests that are not in it."""
    project.commit({"conftest.py": CONFTEST})
    assert start().wait() == 0
    project.write(NEW)
    store = find_store(project)
    saved = tmp_path_factory.mktemp("saved") / "store"
    shutil.copytree(store.parent, saved)
    old, size = (read_kept(project), run_next(project)), store.stat().st_size
    assert start().wait() == 0
    new = (read_kept(project), run_next(project))
    assert (len(old[1]), len(new[1]), new[0].runs) == (MANY, 0, old[0].runs + 1)
    return Crossing(project, saved, (size, store.stat().st_size), (old, new))


def test_killed_by_its_own_write(crossing: Crossing) -> None:
    """Killed by the system in the middle of a write, of the journal or of the file itself, a run has not been."""
    small, large = crossing.sizes
    half_written = 0
    for limit in (600, small // 2, small, *range(small + 4096, large, (large - small) // 5)):
        crossing.restore()
        before = find_store(crossing.project).read_bytes()
        assert start({"LIMIT": str(limit)}).wait() == -signal.SIGXFSZ
        half_written += find_store(crossing.project).read_bytes() != before
        assert not crossing.check()
    assert half_written > 1  # there was something to take back
    crossing.restore()
    assert start({"LIMIT": str(10 * large)}).wait() == 0
    assert crossing.check()


def test_killed_before_its_last_step(crossing: Crossing) -> None:
    """A run that has written everything and waits for a reader, to make it true, has not been when it is killed."""
    crossing.restore()
    journal = find_store(crossing.project).with_name(find_store(crossing.project).name + "-journal")
    with held(find_store(crossing.project), "reader"):
        process = start()
        until = time.monotonic() + 60
        while not (journal.exists() and journal.stat().st_size):
            assert time.monotonic() < until
            time.sleep(0.01)
        process.kill()
        assert process.wait() == -signal.SIGKILL
        assert journal.exists()
    assert not crossing.check()


def test_killed_at_some_moment(crossing: Crossing) -> None:
    """Killed at whatever moment, a run has been or has not been, and the selection is that of the one or the other."""
    journal = find_store(crossing.project).with_name(find_store(crossing.project).name + "-journal")
    for delay in DELAYS:
        crossing.restore()
        process = start()
        while process.poll() is None and not journal.exists():
            time.sleep(0.0002)
        time.sleep(delay)
        process.kill()
        process.wait()
        crossing.check()


def test_killed_in_the_first_run(project: SmallProject) -> None:
    """A run that is killed while it makes the store leaves nothing that git, or the next selection, takes for a change."""
    project.commit({"conftest.py": CONFTEST})
    for limit in (10, 1000, 6000):
        assert start({"LIMIT": str(limit)}).wait() == -signal.SIGXFSZ
        assert project.git("status", "--porcelain") == ""
        assert read_kept(project).tests == {}
        assert ran(project.run()) == []
    assert start().wait() == 0
    assert len(read_kept(project).tests) == 3
