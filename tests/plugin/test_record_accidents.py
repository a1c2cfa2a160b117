"""What tests do to a process that is watched: their outcomes stay, and what was not seen is marked."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from recorded_project import RecordedProject

from pytest_txselect.evidence.evidence import Gap
from pytest_txselect.evidence.spawned import is_hook_installed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("measured")

MONITORING = sys.version_info >= (3, 12)
CHILDREN = is_hook_installed()
HEAD = "import os, subprocess, sys, threading, time\nfrom pkg.a import hot, used\n\n"
FILES = {
    "pytest.ini": "[pytest]\n",
    "pkg/__init__.py": "",
    "pkg/a.py": (
        "def used():\n    return 1\n\n"
        "def hot(n):\n    return n\n\n"
        "def after():\n    return 2\n\n"
        "def forked():\n    return 3\n"
    ),
    "pkg/reloaded.py": "def again():\n    return 1\n",
    "pkg/tool.py": "from pkg.a import after\n\nif __name__ == '__main__':\n    print(after())\n",
    "data/one.txt": "1",
    "data/two.txt": "2",
    "one/helper.py": "def value():\n    return 1\n",
    "two/helper.py": "def value():\n    return 1\n",
}
BODIES = {
    "settrace": "sys.settrace(lambda *_: None)\nused()\nsys.settrace(None)",
    "setprofile": "sys.setprofile(lambda *_: None)\nused()\nsys.setprofile(None)",
    "cprofile": "import cProfile\ncProfile.Profile().runcall(used)",
    "after_profile": "used()",
    "chdir": "os.makedirs('sub', exist_ok=True)\nos.chdir('sub')\nused()\nopen('../data/one.txt').close()\nos.chdir('..')",
    "no_folder": "import tempfile\nhere = os.getcwd()\nos.chdir(tempfile.mkdtemp())\nos.rmdir(os.getcwd())\nused()\n"
    "try:\n    open('x')\nexcept OSError:\n    pass\nos.chdir(here)",
    "replaced_open": "import builtins\nreal, calls = builtins.open, []\nbuiltins.open = lambda *a, **k: calls.append(a)\n"
    "used()\nos.listdir('data')\nbuiltins.open = real\nassert calls == []",
    "sys_path": "sys.path.insert(0, 'one')\nimport helper\nassert helper.value() == 1\n"
    "sys.path.remove('one')\ndel sys.modules['helper']",
    "same_name": "sys.path.insert(0, 'two')\nimport helper\nassert helper.value() == 1\n"
    "sys.path.remove('two')\ndel sys.modules['helper']",
    "reload": "import importlib\nfrom pkg import reloaded\nreloaded.again()\nimportlib.reload(reloaded).again()",
    "generated": "from dataclasses import dataclass\nfrom collections import namedtuple\n"
    "@dataclass\nclass D:\n    x: int = used()\nassert D(2).x == 2\nassert namedtuple('N', 'a b')(1, 2).a == 1\n"
    "space = {}\nexec('def made():\\n    return 5', space)\nassert space['made']() == 5",
    "hot": "for n in range(20000):\n    hot(n)\nused()",
    "deep": "def dive(n):\n    return used() if n == 0 else dive(n - 1)\nassert dive(500) == 1",
    "recursion": "def dive():\n    dive()\ntry:\n    dive()\nexcept RecursionError:\n    used()",
    "left_thread": "threading.Thread(target=time.sleep, args=(0.3,), daemon=True).start()\nused()",
    "listed": "assert len(os.listdir('data')) == 2\nassert sum(1 for _ in os.scandir('data')) == 2",
    "globbed": "import glob\nassert len(glob.glob('data/*.txt')) == 2",
    "pathlike": "import pathlib\npathlib.Path('data/one.txt').read_text()\nopen(b'data/two.txt').close()",
    "absent": "try:\n    open('data/three.txt')\nexcept OSError:\n    pass",
    "written": "open('made.txt', 'w').write('x')\nopen('made.txt').read()\nos.remove('made.txt')",
    "linked": "import tempfile\nhere = tempfile.mkdtemp()\n"
    "os.symlink(os.path.abspath('data/one.txt'), here + '/x')\nopen(here + '/x').read()",
    "git": "subprocess.run(['git', '--version'], check=True, capture_output=True)",
    "library": "import ctypes.util\nctypes.util.find_library('c')",
    "database": "import pathlib, sqlite3\n"
    "os.chdir('data')\ntry:\n    sqlite3.connect('one.txt').close()\n    sqlite3.connect(pathlib.Path('two.txt')).close()\n"
    "finally:\n    os.chdir('..')",
    "measured": "import coverage\nmeasure = coverage.Coverage(data_file='measured')\n"
    "measure.start()\nmeasure.stop()\nmeasure.save()\nos.remove('measured')",
    "pager": "with open('data/one.txt') as page:\n"
    "    subprocess.run(['cat', 'two.txt'], cwd='data', stdin=page, check=True, capture_output=True)",
    "child_pytest": "code = 'import pytest; pytest.register_assert_rewrite(\"pytest_txselect\")'\n"
    "import tempfile\nhere = tempfile.mkdtemp()\n"
    "open(here + '/early.py', 'w').write(code)\nopen(here + '/test_x.py', 'w').write('def test_x(): pass')\n"
    "words = [sys.executable, '-m', 'pytest', '-p', 'early', '-W', 'error', here]\n"
    "subprocess.run(words, check=True, capture_output=True, env={**os.environ, 'PYTHONPATH': here})",
    "silent_child": "subprocess.run([sys.executable, '-S', '-c', ''], check=True)",
    "last": "pass",
}
EXPECTED = {
    "settrace": ({"used"}, Gap.NONE),
    "setprofile": ({"used"} if MONITORING else set(), Gap.NONE if MONITORING else Gap.WATCH),
    "cprofile": ({"used"} if MONITORING else set(), Gap.NONE if MONITORING else Gap.WATCH),
    "after_profile": ({"used"}, Gap.NONE),
    "chdir": ({"used", "data/one.txt"}, Gap.NONE),
    "no_folder": ({"used"}, Gap.NONE),
    "replaced_open": ({"used", "data"}, Gap.NONE),
    "sys_path": ({"value"}, Gap.NONE),
    "same_name": ({"value"}, Gap.NONE),
    "reload": ({"again"}, Gap.NONE),
    "generated": ({"used"}, Gap.NONE),
    "hot": ({"hot", "used"}, Gap.NONE),
    "deep": ({"used"}, Gap.NONE),
    "recursion": ({"used"}, Gap.NONE),
    "left_thread": ({"used"}, Gap.THREAD),
    "listed": ({"data"}, Gap.NONE),
    "globbed": ({"*.txt"}, Gap.NONE),
    "pathlike": ({"data/one.txt", "data/two.txt"}, Gap.NONE),
    "absent": ({"data/three.txt"}, Gap.NONE),
    "linked": ({"data/one.txt"}, Gap.NONE),
    "git": (set(), Gap.PROGRAM),
    "library": (set(), Gap.NONE),
    "database": ({"data/one.txt", "data/two.txt"}, Gap.NONE),
    "measured": (set(), Gap.NONE),
    "pager": ({"data/one.txt", "data/two.txt"}, Gap.NONE),
    "child_pytest": (set(), Gap.NONE if CHILDREN else Gap.CHILD),
    "silent_child": (set(), Gap.CHILD),
    "last": (set(), Gap.NONE),
}


def write_tests(bodies: dict[str, str]) -> str:
    """A test file, one test for each body."""
    tests = (
        f"def test_{name}():\n" + "".join(f"    {line}\n" for line in body.splitlines())
        for name, body in bodies.items()
    )
    return HEAD + "\n".join(tests)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> RecordedProject:
    """The project, recorded; it passes with and without us."""
    files = {**FILES, "tests/test_it.py": write_tests(BODIES)}
    project = RecordedProject(tmp_path_factory.mktemp("project")).write(files)
    plain = project.run(record=False)
    assert plain.returncode == 0, plain.stdout
    done = project.run()
    assert done.returncode == 0, done.stdout + done.stderr
    return project


@pytest.mark.parametrize("name", EXPECTED)
def test_accident(recorded: RecordedProject, name: str) -> None:
    """What could be seen is there, and what could not be is marked."""
    has, gap = EXPECTED[name]
    node = f"tests/test_it.py::test_{name}"
    assert recorded.names(node) >= has
    assert recorded.gaps(node) == gap


def test_own_product_is_no_evidence(recorded: RecordedProject) -> None:
    """A file that a test writes and reads is not something it depends on."""
    assert "made.txt" not in recorded.names("tests/test_it.py::test_written")
    assert "measured" not in recorded.names("tests/test_it.py::test_measured")


def test_same_name_is_two_files(recorded: RecordedProject) -> None:
    """Two modules of one name, equal to the byte, are told apart."""
    with_one = recorded.paths("tests/test_it.py::test_sys_path")
    assert "one/helper.py" in with_one
    assert "two/helper.py" not in with_one


@pytest.mark.skipif(not MONITORING, reason="Python 3.11 has no sys.monitoring")
def test_all_tools_in_use(tmp_path: Path) -> None:
    """A test gets every monitoring tool it asks for; what it executes then is marked, and the next is watched."""
    body = (
        "m = sys.monitoring\nfor tool in range(6):\n    m.use_tool_id(tool, 'mine')\nused()\n"
        "for tool in range(6):\n    assert m.get_tool(tool) == 'mine'\n    m.free_tool_id(tool)"
    )
    one = "sys.monitoring.use_tool_id(4, 'mine')\nused()\nsys.monitoring.free_tool_id(4)"
    files = {**FILES, "tests/test_it.py": write_tests({"all": body, "next": "used()", "one": one})}
    project = RecordedProject(tmp_path).write(files)
    assert project.run().returncode == 0
    assert project.gaps("tests/test_it.py::test_all") == Gap.WATCH
    for name in ("next", "one"):
        assert project.gaps(f"tests/test_it.py::test_{name}") == Gap.NONE
        assert "used" in project.names(f"tests/test_it.py::test_{name}")


@pytest.mark.skipif(not MONITORING, reason="Python 3.11 has no sys.monitoring")
def test_no_tool_left_at_start(tmp_path: Path) -> None:
    """When other tools have every place, the run says so, passes, and has outcomes without evidence."""
    conftest = "import sys\nfor tool in range(6):\n    sys.monitoring.use_tool_id(tool, 'x')\n"
    files = {**FILES, "block.py": conftest, "tests/test_it.py": write_tests({"a": "used()"})}
    project = RecordedProject(tmp_path).write(files)
    done = project.run("-p", "block")
    assert done.returncode == 0
    assert "[record-blocked]" in done.stdout
    assert project.outcomes() == {"tests/test_it.py::test_a": "passed"}


FORKED = {
    "fork": "pid = os.fork()\nif pid == 0:\n    from pkg.a import forked\n    forked()\n    os._exit(0)\nos.waitpid(pid, 0)",
    "killed": "pid = os.fork()\nif pid == 0:\n    from pkg.a import forked\n    forked()\n"
    "    os.kill(os.getpid(), 9)\nos.waitpid(pid, 0)",
    "multiprocessing": "import multiprocessing\nfrom pkg import a\nmp = multiprocessing.get_context('fork')\n"
    "process = mp.Process(target=a.forked)\nprocess.start()\nprocess.join()",
}
SPAWNED = {
    "module": "subprocess.run([sys.executable, '-m', 'pkg.tool'], check=True)",
    "script": "env = {**os.environ, 'PYTHONPATH': '.'}\nsubprocess.run([sys.executable, 'pkg/tool.py'], check=True, env=env)",
    "spawn": "import multiprocessing\nfrom pkg import a\nmp = multiprocessing.get_context('spawn')\n"
    "process = mp.Process(target=a.after)\nprocess.start()\nprocess.join()",
    "killed_child": "code = 'from pkg.a import after; after(); import os; os.kill(os.getpid(), 9)'\n"
    "subprocess.run([sys.executable, '-c', code])",
    "exec": 'code = \'import os, sys; os.execv(sys.executable, [sys.executable, "-m", "pkg.tool"])\'\n'
    "subprocess.run([sys.executable, '-c', code], check=True)",
    "grandchild": 'code = \'import subprocess, sys; subprocess.run([sys.executable, "-m", "pkg.tool"])\'\n'
    "subprocess.run([sys.executable, '-c', code], check=True)",
    "none": "pass",
}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process")
def test_forks(tmp_path: Path) -> None:
    """What a forked process executes belongs to the test, however it ends."""
    files = {**FILES, "tests/test_it.py": write_tests({**FORKED, "none": "pass"})}
    project = RecordedProject(tmp_path).write(files)
    assert project.run().returncode == 0
    for name in FORKED:
        assert "forked" in project.names(f"tests/test_it.py::test_{name}"), name
        assert project.gaps(f"tests/test_it.py::test_{name}") == Gap.NONE, name
    assert "forked" not in project.names("tests/test_it.py::test_none")


@pytest.mark.skipif(not CHILDREN, reason="the package is not installed here")
def test_children(tmp_path: Path) -> None:
    """What a child executes belongs to the test that started it, however it was started and ended."""
    project = RecordedProject(tmp_path).write({**FILES, "tests/test_it.py": write_tests(SPAWNED)})
    done = project.run()
    assert done.returncode == 0, done.stdout
    for name in SPAWNED:
        assert ("after" in project.names(f"tests/test_it.py::test_{name}")) == (name != "none"), name
        assert project.gaps(f"tests/test_it.py::test_{name}") == Gap.NONE, name
