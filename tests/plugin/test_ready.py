"""A fork that goes on as `python -m pytest` is, for what runs in it, what a process is that was started for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import coverage
import pytest
from ready import READY, may_fork, start
from small_project import PLAIN

if TYPE_CHECKING:
    from pathlib import Path

LOOKS = """
import json, os, sys, threading

SEEN = sorted(set(sys.modules))
WRITES = 4  # the place of `dont_write_bytecode`, which says how the waiting process began

def test_looks(request):
    main = sys.modules["__main__"]
    print(json.dumps({
        "modules": SEEN,
        "arguments": [sys.argv, sys.orig_argv, request.config.invocation_params.args],
        "main": [main.__name__, main.__spec__.name, main.__file__, main.__package__],
        "path": sys.path,
        "environment": sorted(os.environ.items()),
        "folder": [os.getcwd(), str(request.config.rootpath)],
        "plugins": sorted(name for name, _ in request.config.pluginmanager.list_name_plugin() if not name.isdigit()),
        "flags": [[flag for place, flag in enumerate(sys.flags) if place != WRITES], sys.dont_write_bytecode],
        "encodings": [sys.stdout.encoding, sys.getfilesystemencoding()],
        "input": [sys.__stdin__.fileno(), os.read(0, 10).decode(), os.isatty(1)],
        "threads": [thread.name for thread in threading.enumerate()],
        "descriptors": sorted(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else [],
        "signals": [str(__import__("signal").getsignal(number)) for number in (2, 13, 15)],
    }))
    print("complained", file=sys.stderr)
"""
PYTEST = [sys.executable, "-m", "pytest"]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="nothing forks elsewhere")


@pytest.fixture
def environment() -> dict[str, str]:
    """An environment in which a process may begin as a fork."""
    return {
        name: text
        for name, text in os.environ.items()
        if may_fork({name: text}) and name not in {"PYTEST_CURRENT_TEST", "PYTEST_ADDOPTS"}
    }


@pytest.mark.parametrize("bytecode", ["", "1"])
def test_alike(tmp_path: Path, environment: dict[str, str], bytecode: str) -> None:
    """Modules, arguments, paths, variables, plugins, flags, descriptors and signals are the same."""
    (tmp_path / "test_it.py").write_text(LOOKS)
    path = os.pathsep.join([str(tmp_path), "nowhere", *filter(None, sys.path)])
    environment |= {"PYTHONDONTWRITEBYTECODE": bytecode, "PYTHONPATH": path, "MINE": "\udce9'\"\\\n"}
    words = ["-q", "-s", *PLAIN]
    started = start([*PYTEST, *words], tmp_path, environment, timeout=60)
    forked = READY.run(words, tmp_path, environment, timeout=60)
    assert started.returncode == 0, started.stdout
    assert started.args == forked.args
    assert json.loads(started.stdout.splitlines()[0]) == json.loads(forked.stdout.splitlines()[0])
    assert started.stderr == forked.stderr == "complained\n"


def test_seeds(tmp_path: Path, environment: dict[str, str]) -> None:
    """One fork and the next have different hashes, as any two processes."""
    (tmp_path / "test_it.py").write_text("def test_it(): print(hash('x'))")
    runs = [READY.run(["-q", "-s", *PLAIN], tmp_path, environment, timeout=60).stdout for _ in range(2)]
    assert _without_time(runs[0]) != _without_time(runs[1])


@pytest.mark.parametrize(
    ("body", "status"),
    [("pass", 0), ("assert 0", 1), ("os._exit(7)", 7), ("os.kill(os.getpid(), 9)", -signal.SIGKILL)],
)
def test_status(tmp_path: Path, environment: dict[str, str], body: str, status: int) -> None:
    """How a fork ended is told as of any process; the next one begins all the same."""
    (tmp_path / "test_it.py").write_text(f"import os\n\ndef test_it(): {body}\n")
    for _ in range(3):
        assert READY.run(["-q", *PLAIN], tmp_path, environment, timeout=60).returncode == status


def test_too_long(tmp_path: Path, environment: dict[str, str]) -> None:
    """A fork that takes too long is killed, and the next one begins all the same."""
    (tmp_path / "test_it.py").write_text("import time\n\ndef test_it(): time.sleep(300)\n")
    begun = time.monotonic()
    for _ in range(2):
        with pytest.raises(subprocess.TimeoutExpired):
            READY.run(["-q", *PLAIN], tmp_path, environment, timeout=1)
    assert time.monotonic() - begun < 100
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n")
    assert READY.run(["-q", *PLAIN], tmp_path, environment, timeout=60).returncode == 0


def test_recorded(environment: dict[str, str]) -> None:
    """What is recorded from its start on is started."""
    assert may_fork(environment)
    assert not may_fork({**environment, "TXSELECT_CHILD": "x"})


def test_measured(tmp_path: Path, environment: dict[str, str]) -> None:
    """Coverage measures, in each fork and at an exit of any kind, what that one executes."""
    (tmp_path / "it.py").write_text("def used():\n    return 1\n\ndef unused():\n    return 2\n")
    (tmp_path / "test_it.py").write_text(
        "import os\nfrom it import used\n\ndef test_it(): used(); os._exit(7) if 'HARD' in os.environ else None\n"
    )
    settings = tmp_path / "settings"
    place = tmp_path / "data"
    settings.write_text(
        "[run]\nparallel = true\npatch = fork, _exit\ncore = ctrace\n"
        f"source = {tmp_path}\ndata_file = {place}\n"
    )
    environment |= {"COVERAGE_PROCESS_START": str(settings)}
    for more in ({}, {}, {"HARD": "1"}):
        READY.run(["-q", *PLAIN], tmp_path, environment | more, timeout=60)
    found = []
    for file in tmp_path.glob("data.*"):
        data = coverage.CoverageData(str(file))
        data.read()
        found.append(sorted(data.lines(str(tmp_path / "it.py")) or []))
    assert [lines for lines in found if lines] == [[1, 2, 4]] * 3


def test_how_python_starts(tmp_path: Path, environment: dict[str, str]) -> None:
    """A fork has the hashes, the encodings and whatever else is settled before pytest is imported that its variables ask for."""
    (tmp_path / "test_it.py").write_text("import sys\n\ndef test_it(): print(hash('x'), sys.flags.utf8_mode)")
    for asked in ({"PYTHONHASHSEED": "1", "PYTHONUTF8": "1"}, {"PYTHONHASHSEED": "2", "PYTHONUTF8": "0"}):
        words = ["-q", "-s", *PLAIN]
        started = start([*PYTEST, *words], tmp_path, environment | asked, timeout=60)
        forked = READY.run(words, tmp_path, environment | asked, timeout=60)
        assert _without_time(started.stdout) == _without_time(forked.stdout)


def _without_time(text: str) -> str:
    return text.rpartition(" in ")[0]
