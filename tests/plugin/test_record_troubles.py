"""Recorded runs with a store in trouble, or with an end that nobody wanted: outcomes stay, nothing is half there."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from recorded_project import RecordedProject

from pytest_txselect.evidence.evidence import Gap
from pytest_txselect.store.names import EVIDENCE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = {
    "pytest.ini": "[pytest]\n",
    "pkg/__init__.py": "",
    "pkg/a.py": "def used():\n    return 1\n\n\ndef other():\n    return 2\n",
    "tests/test_a.py": (
        "from pkg.a import other, used\n\n"
        "def test_one():\n    assert used() == 1\n\n"
        "def test_two():\n    assert other() == 2\n"
    ),
    "tests/test_b.py": "def test_b():\n    assert 0\n",
}
ONE, TWO, B = "tests/test_a.py::test_one", "tests/test_a.py::test_two", "tests/test_b.py::test_b"
MORE = "\n\ndef test_more():\n    pass\n"
FAILED = 1


@pytest.fixture
def project(tmp_path: Path) -> RecordedProject:
    """A project with three tests, one of which fails; recorded."""
    made = RecordedProject(tmp_path).write(FILES)
    assert made.run().returncode == FAILED
    return made


def store(project: RecordedProject) -> Path:
    """The file of evidence."""
    return project.root / ".txselect" / EVIDENCE_FILE


def passed(output: str) -> int:
    """How many tests passed, by the summary."""
    return sum(line.startswith("PASSED ") for line in output.splitlines())


def test_corrupt(project: RecordedProject) -> None:
    """A store that is no database is set aside and said; the suite ends as it would."""
    store(project).write_bytes(b"no database at all" * 200)
    done = project.run()
    assert (done.returncode, passed(done.stdout)) == (FAILED, 2)
    assert "set aside" in done.stdout
    assert set(project.outcomes()) == {ONE, TWO, B}


def test_damaged_pages(project: RecordedProject) -> None:
    """A store that is damaged inside changes no outcome, whether it can be written or not."""
    data = bytearray(store(project).read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    store(project).write_bytes(data)
    done = project.run()
    assert (done.returncode, passed(done.stdout)) == (FAILED, 2)
    assert "[store-unusable]" in done.stdout or "set aside" in done.stdout


def test_locked_for_a_moment(project: RecordedProject) -> None:
    """A run waits for another one that writes, and then adds its own."""
    project.write({"tests/test_a.py": FILES["tests/test_a.py"] + MORE})
    holder = sqlite3.connect(store(project), isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN EXCLUSIVE")

    def let_go() -> None:
        time.sleep(3)
        holder.execute("ROLLBACK")

    thread = threading.Thread(target=let_go)
    thread.start()
    done = project.run()
    thread.join()
    holder.close()
    assert (done.returncode, passed(done.stdout)) == (FAILED, 3)
    assert "tests/test_a.py::test_more" in project.outcomes()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no limits of resources here")
def test_full_disk(project: RecordedProject) -> None:
    """Where no file can grow the run is not remembered, which is said, and what was known stays."""
    limit = (
        "\n\ndef test_full():\n    import resource\n    resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))\n"
    )
    project.write({"tests/test_c.py": limit})
    done = project.run(started=True)  # a fork writes to files, which could not grow either
    assert (done.returncode, passed(done.stdout)) == (FAILED, 3)
    assert "[store-unusable]" in done.stdout
    assert set(project.outcomes()) == {ONE, TWO, B}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that can be written again when it is removed."""
    made = Path(tempfile.mkdtemp())
    yield made
    made.chmod(0o755)
    for each in made.rglob("*"):
        if each.is_dir():
            each.chmod(0o755)
    shutil.rmtree(made)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no users here")
@pytest.mark.parametrize("fresh", [True, False], ids=["new", "known"])
def test_read_only(open_folder: Path, *, fresh: bool) -> None:
    """In a checkout that cannot be written the suite ends as it would, and the run is not remembered."""
    project = RecordedProject(open_folder).write(FILES)
    if not fresh:
        project.run()
    before = store(project).read_bytes() if not fresh else b""
    for each in [*open_folder.rglob("*"), open_folder]:
        each.chmod(0o555 if each.is_dir() else 0o444)
    # root writes everywhere, unless it gives that up
    obey = ["setpriv", "--inh-caps=-all", "--bounding-set=-all", "--"] if os.geteuid() == 0 else []
    if obey and shutil.which("setpriv") is None:
        pytest.skip("root writes everywhere")
    done = subprocess.run(
        [*obey, sys.executable, "-m", "pytest", "-q", "-rA", "--txselect-record", "-p", "no:cacheprovider"],
        cwd=open_folder,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join([str(open_folder), *filter(None, sys.path)]),
        },
    )
    assert (done.returncode, passed(done.stdout)) == (FAILED, 2), done.stdout + done.stderr
    assert "[store-unusable]" in done.stdout
    assert (store(project).read_bytes() if not fresh else b"") == before


def test_other_python(project: RecordedProject) -> None:
    """Evidence of another Python is neither used nor touched."""
    with closing(sqlite3.connect(store(project))) as db:
        db.execute("UPDATE scope SET python = 'cpython-399'")
        db.commit()
    project.write({"tests/test_b.py": "def test_b():\n    pass\n"})
    assert project.run().returncode == 0
    assert project.outcomes() == {ONE: "passed", TWO: "passed", B: "passed"}
    with closing(sqlite3.connect(store(project))) as db:
        rows = db.execute(
            "SELECT python = 'cpython-399', max(outcome), count(*) FROM test JOIN scope ON scope.id = scope GROUP BY 1"
        ).fetchall()
    assert rows == [(0, 1, 3), (1, 3, 3)]


EXITS = {
    "exit": "import os\n    os._exit(3)",
    "abort": "import os\n    os.abort()",
    "kill": "import os\n    os.kill(os.getpid(), 9)",
}


@pytest.mark.parametrize("name", EXITS)
def test_process_that_ends_at_once(project: RecordedProject, name: str) -> None:
    """What ends the process leaves the old state, and the next run is recorded as ever."""
    before = {node: project.names(node) for node in (ONE, TWO)}
    project.write({"tests/test_b.py": f"def test_b():\n    {EXITS[name]}\n"})
    project.run("-p", "no:faulthandler")
    assert {node: project.names(node) for node in (ONE, TWO)} == before
    assert project.outcomes()[B] == "failed"
    project.write({"tests/test_b.py": "def test_b():\n    pass\n"})
    assert project.run().returncode == 0
    assert project.outcomes()[B] == "passed"


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no groups of processes here")
def test_killed_controller(project: RecordedProject) -> None:
    """With xdist, a controller that is killed leaves the old state, whatever its workers still do."""
    pytest.importorskip("xdist")
    before = {node: project.names(node) for node in (ONE, TWO)}
    kill = "import os, time\n\n\ndef test_kill():\n    os.kill(os.getppid(), 9)\n    time.sleep(0.5)\n"
    project.write({"tests/test_c.py": kill})
    done = project.run("-n", "2")
    assert done.returncode == -signal.SIGKILL
    assert {node: project.names(node) for node in (ONE, TWO)} == before
    assert set(project.outcomes()) == {ONE, TWO, B}
    assert project.run("--deselect=tests/test_c.py::test_kill", "-n", "2").returncode == FAILED


@pytest.mark.parametrize("when", ["test", "collection"])
def test_interrupted(project: RecordedProject, when: str) -> None:
    """Ctrl-C keeps what was seen, and forgets no test that did not run."""
    body = (
        "raise KeyboardInterrupt\n"
        if when == "collection"
        else "def test_b():\n    raise KeyboardInterrupt\n"
    )
    project.write({"tests/test_b.py": body})
    assert project.run().returncode == 2
    assert set(project.outcomes()) >= {ONE, TWO, B}
    assert "used" in project.names(ONE)


def test_exit_by_a_test(project: RecordedProject) -> None:
    """`pytest.exit` is the same."""
    project.write({"tests/test_b.py": "import pytest\n\n\ndef test_b():\n    pytest.exit('enough', 7)\n"})
    assert project.run().returncode == 7
    assert set(project.outcomes()) == {ONE, TWO, B}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 has no sys.monitoring")
def test_tool_that_is_taken_away(tmp_path: Path) -> None:
    """A test that frees every monitoring tool, ours too, passes; what it executes then is marked."""
    body = (
        "import sys\nfrom pkg.a import other, used\n\n"
        "def test_rude():\n    m = sys.monitoring\n"
        "    for tool in range(6):\n        if m.get_tool(tool):\n            m.free_tool_id(tool)\n    used()\n\n"
        "def test_after():\n    other()\n"
    )
    project = RecordedProject(tmp_path).write({**FILES, "tests/test_a.py": body, "tests/test_b.py": ""})
    done = project.run()
    assert done.returncode == 0, done.stdout
    assert project.gaps("tests/test_a.py::test_rude") == Gap.WATCH
    after = project.names("tests/test_a.py::test_after")
    assert "other" in after or project.gaps("tests/test_a.py::test_after") == Gap.WATCH


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 has no sys.monitoring")
def test_events_that_are_set_back(tmp_path: Path) -> None:
    """A test that takes our events or callbacks away is noticed in the same way."""
    body = (
        "import sys\nfrom pkg.a import other, used\n\n"
        "def test_rude():\n    m = sys.monitoring\n"
        "    for tool in range(6):\n        if m.get_tool(tool):\n"
        "            for event in (m.events.PY_START, m.events.PY_RESUME):\n"
        "                m.register_callback(tool, event, None)\n"
        "    used()\n\n"
        "def test_after():\n    other()\n"
    )
    project = RecordedProject(tmp_path).write({**FILES, "tests/test_a.py": body, "tests/test_b.py": ""})
    done = project.run()
    assert done.returncode == 0, done.stdout
    for name, function in (("rude", "used"), ("after", "other")):
        node = f"tests/test_a.py::test_{name}"
        assert function in project.names(node) or project.gaps(node) & Gap.WATCH, name


def test_attrs(tmp_path: Path) -> None:
    """Methods that attrs generates belong to no file; what they call does."""
    pytest.importorskip("attrs")
    body = (
        "import attrs\nfrom pkg.a import other, used\n\n\n"
        "@attrs.define\nclass A:\n    x: int = attrs.field(factory=used, converter=lambda x: x + other())\n\n\n"
        "def test_made():\n    assert A().x == 3\n    assert A() == A()\n"
    )
    project = RecordedProject(tmp_path).write({**FILES, "tests/test_a.py": body, "tests/test_b.py": ""})
    assert project.run().returncode == 0
    assert project.names("tests/test_a.py::test_made") >= {"used", "other", "A.<lambda>"}
    assert project.gaps("tests/test_a.py::test_made") == Gap.NONE


def test_many_calls_take_no_memory(tmp_path: Path) -> None:
    """A test that goes on and on is recorded in the memory of a short one."""
    body = (
        "import resource\nfrom pkg.a import other, used\n\n"
        "def test_long():\n    used()\n    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "    for _ in range(1_500_000):\n        used()\n"
        "    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8_000\n    other()\n"
    )
    project = RecordedProject(tmp_path).write({**FILES, "tests/test_a.py": body, "tests/test_b.py": ""})
    done = project.run()
    assert done.returncode == 0, done.stdout
    assert project.names("tests/test_a.py::test_long") >= {"used", "other"}
