"""Runs of pytest in processes of their own that need not import pytest: that is more than half of what a start takes.

A start of `python -m pytest` is the same in each of more than a thousand runs up to where pytest has been imported. There a
process (`forking.py`) waits, whose forks go on: they read their options and plugins, us among them, as any other. Not every run
may begin so: see `may_fork`.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["READY", "Ready", "spawn"]

HOW_PYTHON_STARTS: Final = ("PYTHON", "LC_", "LANG", "LD_", "TZ", "COVERAGE_", "TXSELECT_CHILD")
"""What variables begin with that are read before pytest is: such a process cannot take others later."""
LATER: Final = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
"""Those that `forking.py` sees to."""
SEEDS: Final = 2
"""As many processes wait in turn, since forks of one share the seed of their hashes, on which nothing that lasts may depend."""


def how_python_starts(environment: Mapping[str, str]) -> dict[str, str]:
    """The part of an environment that Python reads at its start."""
    return {
        name: text
        for name, text in environment.items()
        if name.startswith(HOW_PYTHON_STARTS) and name not in LATER
    }


class Waiting:
    """A process that forks."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.begun_with = how_python_starts(environment)
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("forking.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={name: text for name, text in environment.items() if name != "PYTHONPATH"},
        )

    def run(self, request: tuple[object, ...], timeout: float) -> int | None:
        """Run pytest in a fork and return its status; nothing if it took longer, and was killed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{request!r}\n".encode("ascii", "backslashreplace"))
        child = int(self.process.stdout.readline())
        in_time = select.select([self.process.stdout], [], [], timeout)[0]
        if not in_time:
            os.kill(child, signal.SIGKILL)
        status = int(self.process.stdout.readline())
        return status if in_time else None

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()


@dataclass
class Ready:
    """Processes that fork, started when they are first asked for."""

    waiting: list[Waiting] = field(default_factory=list)

    def run(
        self, arguments: list[str], folder: Path, environment: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run `python -m pytest` with these arguments, and return what it wrote.

        Raises:
            subprocess.TimeoutExpired: it took longer, and was killed.
        """
        command = [sys.executable, "-m", "pytest", *arguments]
        if not may_fork(environment):
            return start(command, folder, environment, timeout)
        with tempfile.TemporaryDirectory() as place:
            files = [Path(place, "written"), Path(place, "complained")]
            for file in files:
                file.touch()
            waiting = self._take(environment)
            try:
                status = waiting.run((arguments, str(folder), dict(environment), *map(str, files)), timeout)
            except BaseException:
                waiting.close()
                raise
            self.waiting.append(waiting)
            written, complained = (file.read_text(encoding="utf-8") for file in files)
        if status is None:
            raise subprocess.TimeoutExpired(command, timeout, written, complained)
        return subprocess.CompletedProcess(command, status, written, complained)

    def close(self) -> None:
        """End those that wait."""
        while self.waiting:
            self.waiting.pop().close()

    def _take(self, environment: Mapping[str, str]) -> Waiting:
        """Take the one that has waited longest; its forks run one after the other, so nobody else may have it now."""
        begun_with = how_python_starts(environment)
        fit = [each for each in self.waiting if each.begun_with == begun_with]
        if len(fit) < SEEDS:
            return Waiting(environment)
        self.waiting.remove(fit[0])
        return fit[0]


def may_fork(environment: Mapping[str, str]) -> bool:
    """Whether a process in this environment may begin as a fork.

    It may not where we record what the processes of a test do, which begins before pytest does; and on systems whose libraries
    do not stand it. Coverage begins anew in a fork of a process that it measures.
    """
    return sys.platform == "linux" and "TXSELECT_CHILD" not in environment


def start(
    command: list[str], folder: Path, environment: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run a command in a process that is started for it."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )


READY: Final = Ready()
"""Those of this process; the conftest ends them."""


def spawn(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest in a process of its own, as `pytester.runpytest_subprocess` does."""
    begun = time.perf_counter()
    base = tempfile.mkdtemp(prefix="runpytest-", dir=pytester.path)
    folder = Path.cwd()
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    done = READY.run(
        [f"--basetemp={base}", *arguments], folder, {**os.environ, "PYTHONPATH": path}, timeout=300
    )
    print("running:", *done.args, "in:", folder)  # noqa: T201 - shown where a test fails, as the next two
    print(done.stdout)  # noqa: T201
    print(done.stderr, file=sys.stderr)  # noqa: T201
    lines = (done.stdout.splitlines(), done.stderr.splitlines())
    return pytest.RunResult(done.returncode, *lines, time.perf_counter() - begun)
