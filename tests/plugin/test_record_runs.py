"""What a run leaves in the store: whole and partial runs, failures, killed runs, edits while tests run."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from recorded_project import RecordedProject

from pytest_txselect.evidence.evidence import Gap
from pytest_txselect.evidence.versions import name_blob
from pytest_txselect.store.names import EVIDENCE_FILE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("measured")

FILES = {
    "pytest.ini": "[pytest]\n",
    "pkg/__init__.py": "",
    "pkg/a.py": "def used():\n    return 1\n\n\ndef other():\n    return 2\n",
    "tests/test_a.py": (
        "import pathlib\nfrom pkg.a import other, used\n\n"
        "def test_one():\n    assert used() == 1\n\n"
        "def test_two():\n    assert other() == 2\n"
    ),
    "tests/test_b.py": "def test_b():\n    pass\n",
}
ONE, TWO, B = "tests/test_a.py::test_one", "tests/test_a.py::test_two", "tests/test_b.py::test_b"


@pytest.fixture
def project(tmp_path: Path) -> RecordedProject:
    """A project with three tests, not recorded yet."""
    return RecordedProject(tmp_path).write(FILES)


def store(project: RecordedProject) -> Path:
    """The file of evidence."""
    return project.root / ".txselect" / EVIDENCE_FILE


def test_off_is_off(project: RecordedProject) -> None:
    """Without the option nothing is written."""
    assert project.run(record=False).returncode == 0
    assert not (project.root / ".txselect").exists()


def test_collect_only_writes_nothing(project: RecordedProject) -> None:
    """Nothing ran, so nothing is known."""
    assert project.run("--collect-only").returncode == 0
    assert not store(project).exists()


@pytest.mark.parametrize("arguments", [("-k", "one"), (ONE,), ("-x", "tests/test_a.py"), ("--lf",)], ids=repr)
def test_partial_run_takes_nothing_away(project: RecordedProject, arguments: tuple[str, ...]) -> None:
    """Tests that were not asked for stay, with their evidence."""
    project.run()
    before = {node: project.names(node) for node in (ONE, TWO, B)}
    project.run(*arguments)
    assert {node: project.names(node) for node in (ONE, TWO, B)} == before


def test_complete_run_forgets(project: RecordedProject) -> None:
    """A test that is gone is forgotten by a run of everything, and by no other."""
    project.run()
    project.write({"tests/test_a.py": FILES["tests/test_a.py"].replace("test_two", "test_new")})
    (project.root / "tests/test_b.py").unlink()
    project.run("tests/test_a.py")
    assert set(project.outcomes()) == {ONE, TWO, B, "tests/test_a.py::test_new"}
    project.run()
    assert set(project.outcomes()) == {ONE, "tests/test_a.py::test_new"}


def test_broken_file_forgets_nothing(project: RecordedProject) -> None:
    """A file that cannot be collected may have its tests still."""
    project.run()
    project.write({"tests/test_b.py": "raise ValueError\n"})
    project.run("--continue-on-collection-errors")
    assert set(project.outcomes()) == {ONE, TWO, B}


def test_failure_stays_until_it_passes(project: RecordedProject) -> None:
    """A failure is remembered when the test is skipped or not run, and forgotten when it passes."""
    project.write({"pkg/a.py": FILES["pkg/a.py"].replace("return 1", "return 0")}).run()
    assert project.outcomes()[ONE] == "failed"
    project.run("-k", "two")
    assert project.outcomes()[ONE] == "failed"
    skipping = FILES["tests/test_a.py"].replace("assert used", "import pytest; pytest.skip(); assert used")
    project.write({"tests/test_a.py": skipping}).run()
    assert project.outcomes()[ONE] == "failed"
    project.write(FILES).run()
    assert project.outcomes()[ONE] == "passed"


@pytest.mark.parametrize("phase", ["setup", "teardown"])
def test_error_is_a_failure(project: RecordedProject, phase: str) -> None:
    """A fixture that fails makes its test failed, with evidence."""
    lines = ["raise ValueError", "yield"] if phase == "setup" else ["yield", "raise ValueError"]
    body = "".join(f"    {line}\n" for line in lines)
    fixture = f"import pytest\nfrom pkg.a import used\n\n@pytest.fixture(autouse=True)\ndef bad():\n    used()\n{body}"
    project.write({"tests/conftest.py": fixture}).run()
    assert set(project.outcomes().values()) == {"failed"}
    assert "used" in project.names(B)


def test_run_of_xdist_is_the_same(project: RecordedProject) -> None:
    """Workers see what one process sees."""
    project.run()
    alone = {node: project.names(node) for node in (ONE, TWO, B)}
    store(project).unlink()
    project.run("-n", "2")
    assert {node: project.names(node) for node in (ONE, TWO, B)} == alone


def test_same_run_adds_nothing(project: RecordedProject) -> None:
    """A run that saw what is known does not make the store grow."""

    def count() -> tuple[object, ...]:
        with closing(sqlite3.connect(store(project))) as db:
            queries = ("SELECT count(*) FROM piece", "SELECT count(*) FROM evidence")
            return tuple(db.execute(query).fetchone() for query in queries)

    project.run()
    before = count()
    project.run()
    assert count() == before


def test_versions_are_those_that_ran(project: RecordedProject) -> None:
    """The store knows the content of every file that was used, and the text of Python files."""
    project.run()
    evidence = project.open()
    text = (project.root / "pkg/a.py").read_bytes()
    assert evidence.read_versions()["pkg/a.py"] == [name_blob(text)]  # type: ignore[index]
    assert evidence.read_text("pkg/a.py", name_blob(text)) == text  # type: ignore[arg-type]
    evidence.close()


def test_edit_during_the_run_is_noticed(project: RecordedProject) -> None:
    """Of a file that changes while tests run nobody knows which version they used: none is claimed."""
    edit = "\n\ndef test_edit():\n    path = pathlib.Path('pkg/a.py')\n    path.write_text(path.read_text() + '# x')\n"
    project.write({"tests/test_a.py": FILES["tests/test_a.py"] + edit}).run()
    evidence = project.open()
    assert evidence.read_versions()["pkg/a.py"] == [""]  # type: ignore[index]
    evidence.close()


def test_file_that_a_test_touches_and_restores(project: RecordedProject) -> None:
    """Tests that touch a file of the repository, or change it and put it back, know which one it was."""
    edit = (
        "\n\ndef test_edit():\n    path = pathlib.Path('pkg/a.py')\n    text = path.read_text()\n    path.touch()\n"
        "    path.write_text('')\n    path.write_text(text)\n"
    )
    project.write({"tests/test_a.py": FILES["tests/test_a.py"] + edit}).run()
    evidence = project.open()
    text = (project.root / "pkg/a.py").read_bytes()
    assert evidence.read_versions()["pkg/a.py"] == [name_blob(text)]  # type: ignore[index]
    evidence.close()


def test_commit_during_the_run_is_noticed(project: RecordedProject) -> None:
    """A file that is replaced while tests run, as git does it, is noticed too."""
    edit = (
        "\n\ndef test_edit():\n    new = pathlib.Path('pkg/new')\n    new.write_text('def used(): return 1')\n"
        "    new.replace('pkg/a.py')\n"
    )
    project.write({"tests/test_a.py": FILES["tests/test_a.py"] + edit}).run()
    evidence = project.open()
    assert evidence.read_versions()["pkg/a.py"] == [""]  # type: ignore[index]
    evidence.close()


@pytest.mark.parametrize("arguments", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_killed_run_leaves_the_old_state(project: RecordedProject, arguments: tuple[str, ...]) -> None:
    """A run that is killed changes nothing; a worker that is killed takes only its own evidence with it."""
    project.run()
    before = project.names(TWO)
    kill = "\n\ndef test_kill():\n    import os\n    os.kill(os.getpid(), 9)\n"
    project.write({"tests/test_b.py": FILES["tests/test_b.py"] + kill})
    project.run("-p", "no:faulthandler", *arguments)
    assert project.names(TWO) == before
    outcomes = project.outcomes()
    assert outcomes[TWO] == "passed"
    assert outcomes.get("tests/test_b.py::test_kill") == ("failed" if arguments else None)


def test_exit_of_a_forked_test_writes_nothing(project: RecordedProject) -> None:
    """A process that a test forked and let go may reach the end of the session: it is not the one that writes."""
    fork = "\n\ndef test_fork():\n    import os, time\n    if os.fork():\n        os.wait()\n"
    project.write({"tests/test_a.py": FILES["tests/test_a.py"] + fork, "tests/test_b.py": ""})
    project.run("-W", "ignore")
    with closing(sqlite3.connect(store(project))) as db:
        assert db.execute("SELECT count(*) FROM run").fetchone() == (1,)


def test_unusable_store(project: RecordedProject) -> None:
    """A store that cannot be used is set aside and said, and the outcome of the suite stays."""
    project.run()
    holder = sqlite3.connect(store(project))
    holder.execute("PRAGMA user_version = 99")
    holder.commit()
    holder.close()
    done = project.run()
    assert done.returncode == 0
    assert "set aside" in done.stdout
    assert len(list(store(project).parent.glob(f"{EVIDENCE_FILE}*.aside"))) == 1
    assert set(project.outcomes()) == {ONE, TWO, B}


def test_installed_copy(project: RecordedProject) -> None:
    """Tests that run against an installed copy of the project show nothing of its source: all of them are marked."""
    copy = project.root / "env/site-packages/pkg"
    copy.mkdir(parents=True)
    for name in ("__init__.py", "a.py"):
        (copy / name).write_text(FILES[f"pkg/{name}"])
    done = project.run(env={"PYTHONPATH": os.pathsep.join([str(copy.parent), *sys.path])}, isolated=True)
    assert done.returncode == 0, done.stdout
    assert project.gaps(ONE) == Gap.INSTALLED


def test_two_recordings_at_once(project: RecordedProject) -> None:
    """Both arrive."""
    command = [sys.executable, "-m", "pytest", "-q", "--txselect-record", "-p", "no:cacheprovider"]
    runs = [
        subprocess.Popen([*command, path], cwd=project.root, stdout=subprocess.DEVNULL)
        for path in ("tests/test_a.py", "tests/test_b.py")
    ]
    assert [run.wait(60) for run in runs] == [0, 0]
    assert set(project.outcomes()) == {ONE, TWO, B}


def test_pytest_inside_pytest(project: RecordedProject) -> None:
    """A test that runs pytest, in this process or another, with or without recording, does not disturb ours."""
    inner = (
        "pytest_plugins = ['pytester']\nfrom pkg.a import other, used\n\n"
        "def test_in(pytester):\n    used()\n    pytester.makepyfile('def test_x(): pass')\n"
        "    pytester.runpytest_inprocess('--txselect-record').assert_outcomes(passed=1)\n    other()\n\n"
        "def test_sub(pytester):\n    pytester.makepyfile('def test_x(): pass')\n"
        "    pytester.runpytest_subprocess('--txselect-record').assert_outcomes(passed=1)\n    used()\n"
    )
    project.write({"tests/test_b.py": "", "tests/test_a.py": "", "tests/test_c.py": "", "test_top.py": inner})
    done = project.run("-p", "pytester")
    assert done.returncode == 0, done.stdout
    assert {"used", "other"} <= project.names("test_top.py::test_in")
    assert "used" in project.names("test_top.py::test_sub")


def test_silently_removed_test_is_not_forgotten(project: RecordedProject) -> None:
    """A plugin that takes tests out of the collection without a word makes no test vanish, and no file known as a whole."""
    project.run()
    silent = "def pytest_collection_modifyitems(items):\n    items[:] = [each for each in items if 'two' not in each.name]\n"
    project.write({"conftest.py": silent})
    assert project.run().returncode == 0
    assert set(project.outcomes()) == {ONE, TWO, B}
    store(project).unlink()
    project.run()
    with closing(project.open()) as evidence:
        assert set(evidence.read_whole()) == {"tests/test_b.py"}
