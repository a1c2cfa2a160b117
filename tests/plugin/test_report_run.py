"""What a run leaves behind when it goes well, badly, or is killed."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from ready import spawn
from recorded import BROKEN_FILE, QUIET, count_cases, read_report, run_report

from pytest_txselect.report.records import Outcome
from pytest_txselect.report.write import ARTIFACT_NAMES

if TYPE_CHECKING:
    from pytest_txselect.report.run import Run, Test

pytestmark = pytest.mark.usefixtures("measured")


def find(run: Run, name: str) -> Test:
    """Find the one test of a name."""
    (test,) = [test for test in run.tests if test.name == name]
    return test


def test_all_artifacts(pytester: pytest.Pytester):
    """A run leaves the nine text files, JUnit, Markdown, HTML the records, and what hides them from git."""
    pytester.makepyfile("def test_one(): pass")
    result, run = run_report(pytester)
    assert result.ret == 0
    assert run.complete
    left = {path.name for path in (pytester.path / "reports" / "tests").iterdir()}
    assert left == {*ARTIFACT_NAMES, "results.jsonl", ".gitignore"} - {"selection.json"}
    result.stdout.fnmatch_lines(["txselect: 0 skipped", "txselect: 0 failed", "txselect: 0 errors"])


def test_killed(pytester: pytest.Pytester):
    """After `kill -9` in a call the records say what passed, what was running, and what had not started."""
    pytester.makepyfile("""
        import os, signal, pytest
        def test_before(): print("said")
        def test_kills(): os.kill(os.getpid(), signal.SIGKILL)
        def test_after(): pass
    """)
    result, run = run_report(pytester)
    assert result.ret == -9
    assert not run.complete
    assert [test.outcome for test in run.tests] == [Outcome.PASSED, Outcome.NOT_RUN, Outcome.NOT_RUN]
    assert [test.name for test in run.running] == ["test_kills"]
    assert find(run, "test_after").not_run == "not started when the run broke off"
    assert find(run, "test_before").attempts[0].phases[1].sections == (("Captured stdout call", "said\n"),)


def test_killed_in_teardown(pytester: pytest.Pytester):
    """Of a test that was killed in its teardown, the result of its call is kept."""
    pytester.makepyfile("""
        import os, signal, time, pytest
        @pytest.fixture
        def deadly():
            yield
            os.kill(os.getpid(), signal.SIGKILL)
        def test_fails(deadly): assert 0, "first"
    """)
    _, run = run_report(pytester)
    (test,) = run.tests
    assert (test.outcome, test.running) == (Outcome.FAILED, "teardown")
    assert test.attempts[0].phases[1].reason.startswith("AssertionError: first")


def test_worker_dies(pytester: pytest.Pytester):
    """A worker that dies costs one result, which names it; all others are there."""
    pytester.makepyfile("""
        import os, pytest
        @pytest.mark.parametrize("i", range(20))
        def test_many(i):
            if i == 7:
                os._exit(3)
    """)
    result, run = run_report(pytester, "-n", "2")
    assert result.ret == 1
    counts = run.count_tests()
    assert (counts[Outcome.PASSED], counts[Outcome.FAILED]) == (19, 1)
    failed = find(run, "test_many[7]")
    assert "crashed while running" in failed.attempts[-1].phases[-1].reason
    assert any(event.event == "down" and event.error for event in run.workers)
    assert not run.running


def test_collection_error_once(pytester: pytest.Pytester):
    """A file that cannot be imported is one error, though each worker tried."""
    pytester.makepyfile(test_broken=BROKEN_FILE, test_fine="def test_one(): pass")
    result, run = run_report(pytester, "-n", "2", "--continue-on-collection-errors")
    assert [problem.node for problem in run.collection] == ["test_broken.py"]
    assert run.collection[0].reason == "ModuleNotFoundError: No module named 'not_there'"
    result.stdout.fnmatch_lines(["*txselect: 1 errors*", "x1  ModuleNotFoundError: *test_broken.py*"])


def test_reruns(pytester: pytest.Pytester):
    """Attempts are kept apart; what failed and then passed is flaky, and one testcase in the JUnit file."""
    pytester.makepyfile("""
        tries = []
        def test_flaky():
            tries.append(1)
            assert len(tries) == 3, f"try {len(tries)}"
        def test_hopeless(): assert 0
    """)
    _, run = run_report(pytester, "--reruns", "2")
    flaky, hopeless = run.tests
    assert (flaky.outcome, flaky.flaky, len(flaky.attempts)) == (Outcome.PASSED, True, 3)
    assert (hopeless.outcome, hopeless.flaky, len(hopeless.attempts)) == (Outcome.FAILED, False, 3)
    assert run.count_results() == {"passed": 1, "failed": 1, "rerun": 4}
    junit = pytester.path / "reports/tests/junit.xml"
    assert count_cases(junit) == {"errors": 0, "failures": 1, "skipped": 0, "tests": 2}
    assert junit.read_text().count("<flakyFailure") == 2


@pytest.mark.parametrize("more", [(), ("-n", "2")])
def test_stops_early(pytester: pytest.Pytester, more: tuple[str, ...]):
    """Tests that `-x` kept from running are "not run", with the reason; neither passed nor skipped."""
    pytester.makepyfile("""
        import pytest, time
        @pytest.mark.parametrize("i", range(30))
        def test_many(i):
            time.sleep(0.02)
            assert i != 1
    """)
    _, run = run_report(pytester, "-x", *more)
    counts = run.count_tests()
    assert counts[Outcome.FAILED] == 1
    assert counts[Outcome.NOT_RUN] > 10
    assert sum(counts.values()) == 30
    assert "stopping after 1 failures" in run.tests[-1].not_run


def test_interrupted(pytester: pytest.Pytester):
    """Ctrl-C in a test: it was interrupted, and the report is written."""
    pytester.makepyfile("def test_one(): raise KeyboardInterrupt\ndef test_two(): pass")
    result, run = run_report(pytester)
    assert result.ret == 2
    assert run.streams[0].footer is not None
    assert run.streams[0].footer.status == 2
    assert find(run, "test_one").not_run == "interrupted: KeyboardInterrupt"
    assert (pytester.path / "reports/tests/report.html").exists()


@pytest.mark.parametrize("more", [(), ("-n", "2")])
def test_deselected(pytester: pytest.Pytester, more: tuple[str, ...]):
    """What `-k` left out is not selected, with the reason, also when workers did it."""
    pytester.makepyfile("def test_one(): pass\ndef test_two(): pass")
    _, run = run_report(pytester, "-k", "one", *more)
    assert dict(run.deselected) == {"test_deselected.py::test_two": "-k one"}
    assert run.count_tests() == {Outcome.PASSED: 1, Outcome.NOT_SELECTED: 1}


def test_dist_each(pytester: pytest.Pytester):
    """Under `--dist each` a test counts for each worker, as pytest counts it."""
    pytester.makepyfile("def test_one(): pass\ndef test_two(): assert 0")
    _, run = run_report(pytester, "-n", "2", "--dist", "each")
    assert run.count_results() == {"passed": 2, "failed": 2}
    assert {test.worker for test in run.tests} == {"gw0", "gw1"}
    assert {test.line for test in run.tests} == {1, 2}


def test_duplicates(pytester: pytest.Pytester):
    """A test that pytest runs twice in a run counts twice, and is no second attempt."""
    pytester.makepyfile(test_it="def test_one(): pass")
    _, run = run_report(pytester, "--keep-duplicates", "test_it.py", "test_it.py")
    assert run.count_results() == {"passed": 2}
    assert [len(test.attempts) for test in run.tests] == [1, 1]


def test_output_by_phase(pytester: pytest.Pytester):
    """Captured output is with the phase that wrote it, once."""
    pytester.makepyfile("""
        import pytest
        @pytest.fixture
        def talks():
            print("up")
            yield
            print("down")
        def test_one(talks, record_property):
            record_property("speed", 3)
            print("call")
    """)
    _, run = run_report(pytester)
    phases = run.tests[0].attempts[0].phases
    assert [phase.sections for phase in phases] == [
        (("Captured stdout setup", "up\n"),),
        (("Captured stdout call", "call\n"),),
        (("Captured stdout teardown", "down\n"),),
    ]
    assert phases[2].properties == (("speed", "3"),)
    passes = (pytester.path / "reports/tests/passes.txt").read_text()
    assert [passes.count(word) for word in ("up\n", "call\n", "down\n")] == [1, 1, 1]


def test_name_that_is_not_utf8(pytester: pytest.Pytester):
    """A file whose name is not UTF-8 is recorded and rendered; artifacts stay UTF-8."""
    name = b"test_\xff.py".decode("utf-8", "surrogateescape")
    try:
        (pytester.path / name).write_text("def test_one(): assert 0\n")
    except OSError:
        pytest.skip("the file system takes no such name")
    _, run = run_report(pytester, "--import-mode=importlib", "-p", "no:terminal")
    assert [test.id for test in run.tests] == [f"{name}::test_one"]
    for artifact in ARTIFACT_NAMES:
        if artifact != "selection.json":
            (pytester.path / "reports/tests" / artifact).read_text("utf-8")


def test_header(pytester: pytest.Pytester):
    """The header says what ran, where, and of which commit."""
    pytester.makepyfile("def test_one(): pass")
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=b", "commit", "-qmx"],
    ):
        pytester.run("git", *command)
    commit = pytester.run("git", "rev-parse", "HEAD").outlines[0]
    (pytester.path / "sub").mkdir()
    _, run = run_report(pytester, "-n", "2", "--rootdir", ".")
    header = run.streams[0].header
    assert (header.commit, header.prefix, header.workers) == (commit, "", 2)
    assert dict(header.versions)["pytest"] == pytest.__version__
    assert header.command[-4:] == ("-n", "2", "--rootdir", ".")
    assert dict(header.versions)["python"] == ".".join(map(str, sys.version_info[:3]))


def test_selection(pytester: pytest.Pytester):
    """When a selection was made, records say why a test ran, and what was left out and why."""
    pytester.makeconftest("""
        from pytest_txselect.plugin.stash import SELECTION_KEY, SelectionNote
        def pytest_configure(config):
            config.stash[SELECTION_KEY] = SelectionNote(
                headline="1 of 3 tests can be affected", document='{"schema": 1}', left_out=("test_c.py",),
                why=lambda test: "reads a.txt", why_not=lambda test: "cannot be affected")
        def pytest_collection_modifyitems(config, items):
            config.hook.pytest_deselected(items=[items.pop()])
    """)
    pytester.makepyfile(test_a="def test_one(): pass", test_b="def test_two(): pass")
    result, run = run_report(pytester)
    assert run.tests[0].why == "reads a.txt"
    assert dict(run.deselected) == {"test_b.py::test_two": "cannot be affected"}
    assert run.selections[0].left_out == ("test_c.py",)
    folder = pytester.path / "reports" / "tests"
    assert json.loads((folder / "selection.json").read_text()) == {"schema": 1}
    assert "1 of 3 tests can be affected" in (folder / "report.html").read_text()
    assert result.ret == 0


@pytest.mark.parametrize("option", ["--collect-only", "--fixtures"])
def test_no_run_no_report(pytester: pytest.Pytester, option: str):
    """Where no test is to run, nothing is written."""
    pytester.makepyfile("def test_one(): pass")
    spawn(pytester, *QUIET, "--txselect-report", option)
    assert not (pytester.path / "reports").exists()


def test_in_process(pytester: pytest.Pytester):
    """The plugin leaves nothing behind in the process that ran it: a second run is like the first."""
    pytester.makepyfile("def test_one(): print('x')\ndef test_two(): assert 0")
    counts = []
    for _ in range(2):
        pytester.runpytest_inprocess(*QUIET, "-p", "no:xdist", "--txselect-report")
        counts.append(read_report(pytester.path / "reports" / "tests").count_results())
    assert counts == [{"passed": 1, "failed": 1}] * 2
