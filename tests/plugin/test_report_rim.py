"""Reports beside other plugins, on bad folders, on GitHub; and what a run without them costs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from ready import spawn
from recorded import QUIET, read_report, run_report

FAILS = "def test_fails(): assert 1 == 2\ndef test_passes(): pass\n"


@pytest.mark.parametrize("name", ["../../etc", "", "a/b", ".hidden", "..", "C:x", "x\ny", "n" * 300])
def test_bad_id(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, name: str):
    """An id that is no name of one folder is a usage error, before anything is written."""
    top = pytester.path
    monkeypatch.chdir(pytester.mkdir("one"))
    Path("test_it.py").write_text(FAILS)
    before = set(top.rglob("*"))
    result = spawn(pytester, *QUIET, "--txselect-report", f"--txselect-report-id={name}")
    if name == "":
        assert result.ret == 1  # as if it were not given
        return
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *is no name for a folder*report-id*"])
    new = {path.name for path in set(top.rglob("*")) - before}
    assert not new & {"results.jsonl", "report.html", "reports"}


def test_folder_is_a_file(pytester: pytest.Pytester):
    """A report folder that is a file is a usage error that names it; the file stays."""
    pytester.makepyfile(FAILS)
    (pytester.path / "reports").write_text("mine")
    result = spawn(pytester, *QUIET, "--txselect-report")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *reports/tests*report-folder*"])
    assert (pytester.path / "reports").read_text() == "mine"


def test_folder_leads_elsewhere(pytester: pytest.Pytester, tmp_path_factory: pytest.TempPathFactory):
    """A link out of the report folder is not followed, whether of the folder or of an artifact."""
    pytester.makepyfile(FAILS)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (pytester.path / "reports").mkdir()
    (pytester.path / "reports" / "tests").symlink_to(elsewhere)
    result = spawn(pytester, *QUIET, "--txselect-report")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert not list(elsewhere.iterdir())
    (pytester.path / "reports" / "tests").unlink()
    (pytester.path / "reports" / "tests").mkdir()
    (elsewhere / "precious").write_text("precious")
    (pytester.path / "reports" / "tests" / "junit.xml").symlink_to(elsewhere / "precious")
    result, _ = run_report(pytester)
    assert result.ret == 1
    assert (elsewhere / "precious").read_text() == "precious"
    assert not (pytester.path / "reports" / "tests" / "junit.xml").is_symlink()
    (pytester.path / "reports" / "tests" / "results.jsonl").unlink()
    (pytester.path / "reports" / "tests" / "results.jsonl").symlink_to(elsewhere / "precious")
    result = spawn(pytester, *QUIET, "--txselect-report")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert (elsewhere / "precious").read_text() == "precious"


def test_one_artifact_fails(pytester: pytest.Pytester):
    """An artifact that cannot be written leaves the others and the exit status alone, and is named."""
    pytester.makepyfile("def test_one(): pass")
    (pytester.path / "reports" / "tests" / "junit.xml").mkdir(parents=True)
    result, run = run_report(pytester)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["txselect: junit.xml was not written: *"])
    assert (pytester.path / "reports/tests/report.html").exists()
    assert run.complete


def test_two_runs_of_one_id(pytester: pytest.Pytester):
    """A run that begins while another writes to its id goes to a folder of its own; neither loses a line."""
    pytester.makepyfile(
        test_outer=f"""
        import subprocess, sys
        def test_inner():
            command = [sys.executable, "-m", "pytest", "inner.py", "--txselect-report"]
            subprocess.run([*command, *{QUIET!r}], check=True)
        """,
        inner="def test_one(): pass",
    )
    result, outer = run_report(pytester)
    assert result.ret == 0
    assert [test.name for test in outer.tests] == ["test_inner"]
    inner = read_report(pytester.path / "reports" / "tests-2")
    assert [test.name for test in inner.tests] == ["test_one"]


def test_old_artifacts_go(pytester: pytest.Pytester):
    """A run that is killed leaves no artifact of the run before beside its records."""
    pytester.makepyfile("def test_one(): pass")
    run_report(pytester)
    pytester.makepyfile("import os\ndef test_one(): os._exit(9)")
    run_report(pytester)
    left = sorted(path.name for path in (pytester.path / "reports" / "tests").iterdir())
    assert left == [".gitignore", "results.jsonl"]


def test_no_terminal(pytester: pytest.Pytester):
    """Without pytest's terminal the artifacts are the same."""
    pytester.makepyfile(FAILS)
    result, run = run_report(pytester, "-p", "no:terminal")
    assert result.ret == 1
    assert run.count_results() == {"passed": 1, "failed": 1}
    assert (pytester.path / "reports/tests/summary_short.txt").read_text().count("FAILED") == 1


@pytest.mark.parametrize("hook", ["pytest_terminal_summary", "pytest_sessionfinish"])
def test_others_break(pytester: pytest.Pytester, hook: str):
    """The report is whole whatever another plugin does to the end of the session."""
    pytester.makepyfile(FAILS)
    pytester.makeconftest(f"def {hook}(): raise RuntimeError('not ours')")
    _, run = run_report(pytester)
    assert run.count_results()["failed"] == 1
    assert run.streams[0].footer is not None
    assert (pytester.path / "reports/tests/junit.xml").exists()


def test_make_reports_of_a_conftest(pytester: pytest.Pytester):
    """A project that defines `--make-reports` itself, as transformers does, runs unharmed beside us."""
    pytester.makeconftest("""
        from pathlib import Path
        def pytest_addoption(parser):
            parser.addoption("--make-reports", action="store", default=False)
        def pytest_terminal_summary(terminalreporter):
            if name := terminalreporter.config.getoption("--make-reports"):
                tr = terminalreporter
                Path(f"reports/{name}").mkdir(parents=True, exist_ok=True)
                before = tr._tw
                with open(f"reports/{name}/stats.txt", "w") as file:
                    tr._tw = type(before)(file)
                    tr.summary_stats()
                tr._tw = before
    """)
    pytester.makepyfile(FAILS)
    result, run = run_report(pytester, "--make-reports", "theirs")
    assert result.ret == 1
    theirs = (pytester.path / "reports/theirs/stats.txt").read_text()
    assert "1 failed, 1 passed" in theirs
    assert "1 failed, 1 passed" in (pytester.path / "reports/tests/stats.txt").read_text()
    assert run.count_results() == {"failed": 1, "passed": 1}


def test_steps_of_a_ci_script(pytester: pytest.Pytester):
    """The steps that people have, pytest piped into a file, work with a report; the status is pytest's."""
    pytester.makepyfile(FAILS)
    script = (
        "set -o pipefail; "
        f"{sys.executable} -m pytest {' '.join(QUIET)} --txselect-report --txselect-report-id=tests_x "
        "| tee tests_output.txt"
    )
    result = pytester.run("bash", "-c", script)
    assert result.ret == 1
    assert "1 failed, 1 passed" in (pytester.path / "tests_output.txt").read_text()
    assert read_report(pytester.path / "reports" / "tests_x").count_results() == {"failed": 1, "passed": 1}


def test_annotations(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """On GitHub each reason is an annotation at the failing line; no message can give a command."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("CI", raising=False)  # pytest then prints a message's further lines in its own summary
    pytester.makepyfile("def test_one():\n    raise ValueError('100%\\r\\n::stop-commands::x')\n")
    result, _ = run_report(pytester)
    lines = [line for line in result.outlines if "::" in line and line.startswith("::")]
    assert lines == [
        (
            "::error file=test_annotations.py,line=2,title=failed%3A test_annotations.py%3A%3Atest_one::"
            "ValueError: 100%25"
        )
    ]


def test_plain_run_loads_nothing(pytester: pytest.Pytester):
    """A run without the option imports neither lxml nor anything of our reports."""
    pytester.makepyfile("""
        import sys
        def test_one():
            ours = [name for name in sys.modules if name.startswith("pytest_txselect.")]
            assert not [name for name in ours if ".report" in name], ours
            assert "lxml" not in sys.modules
            assert "sqlite3" not in sys.modules
    """)
    blocked = ("-p", "no:cov", "-p", "no:xdist")
    assert pytester.runpytest_subprocess(*QUIET, *blocked).ret == 0


def test_forked_child(pytester: pytest.Pytester):
    """A child that a test forks, and that comes back into pytest, writes no records."""
    if not hasattr(os, "fork"):
        pytest.skip("no fork")
    pytester.makepyfile("""
        import os
        def test_forks():
            child = os.fork()
            if child == 0:
                assert 0, "in the child"
            os.waitpid(child, 0)
        def test_next(): pass
    """)
    _, run = run_report(pytester, "-p", "no:xdist", "-W", "ignore::DeprecationWarning")
    assert run.count_results() == {"passed": 2}
    assert not run.damage


def test_unwritable_folder(pytester: pytest.Pytester):
    """A report folder that cannot be made is a usage error."""
    pytester.makepyfile(FAILS)
    base = Path("/proc/self/reports")
    if not base.parent.exists():
        pytest.skip("no /proc")
    result = spawn(pytester, *QUIET, "--txselect-report", f"--txselect-report-dir={base}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: cannot make the report folder*"])


@pytest.mark.parametrize("folder", ["", "."])
def test_no_folder_of_tests(pytester: pytest.Pytester, folder: str):
    """A report folder that is empty, or holds the tests, is a usage error; files with the names of artifacts stay."""
    pytester.makepyfile(**{"tests/test_one": "def test_one(): pass"})
    (pytester.path / "tests" / "errors.txt").write_text("mine")
    result = spawn(pytester, *QUIET, "--txselect-report", f"--txselect-report-dir={folder}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *--txselect-report-dir*report-folder*"])
    assert sorted(path.name for path in (pytester.path / "tests").glob("*.*")) == [
        "errors.txt",
        "test_one.py",
    ]


def test_folder_taken_away(pytester: pytest.Pytester):
    """A test that removes the report folder takes nothing away: all of it is there at the end."""
    pytester.makepyfile("""
        import shutil

        def test_before(): assert 0

        def test_removes(): shutil.rmtree("reports")

        def test_after(): assert 1 == 2
        """)
    result, run = run_report(pytester)
    assert result.ret == 1
    result.stdout.no_fnmatch_line("*not written*")
    assert [test.outcome for test in run.tests] == ["failed", "passed", "failed"]
    assert run.complete
    folder = pytester.path / "reports/tests"
    assert {"report.html", "junit.xml", "failures_long.txt", ".gitignore"} <= {
        path.name for path in folder.iterdir()
    }


def test_folder_replaced(pytester: pytest.Pytester):
    """Where the folder cannot be made again, one line says that the report is gone, and the run ends as it would."""
    pytester.makepyfile("""
        import pathlib, shutil

        def test_removes():
            shutil.rmtree("reports")
            pathlib.Path("reports").write_text("mine")
        """)
    result = spawn(pytester, *QUIET, "--txselect-report")
    assert result.ret == 0
    lines = [line for line in result.outlines if line.startswith("txselect: ")]
    assert len(lines) == 5
    assert "the folder of the report was removed: cannot make the report folder" in lines[3]
    assert (pytester.path / "reports").read_text() == "mine"


def test_replaced_functions(pytester: pytest.Pytester):
    """Tests that replace functions which writing a record needs, and fail meanwhile, are in the records."""
    pytester.makepyfile("""
        import json, os, time

        import pytest

        @pytest.mark.parametrize("module, name", [
            (os, "getpid"), (os, "write"), (json, "dumps"), (time, "time"), (time, "perf_counter"),
        ])
        def test_fails(monkeypatch, module, name):
            monkeypatch.setattr(module, name, lambda *_, **__: None)
            assert 0

        def test_for_good():
            time.time = os.getpid = os.write = json.dumps = lambda *_, **__: None

        def test_after(): assert 0
        """)
    result, run = run_report(pytester)
    result.assert_outcomes(passed=1, failed=6)
    assert [test.outcome for test in run.tests] == [*["failed"] * 5, "passed", "failed"]
    assert run.complete
