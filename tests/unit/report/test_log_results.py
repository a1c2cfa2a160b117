"""What single lines of a log become: outcomes, phases, reasons, places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.readers.log.read import read_log
from pytest_txselect.report.readers.unreadable import UnreadableError
from pytest_txselect.report.summary import summarise

if TYPE_CHECKING:
    from pytest_txselect.report.run import Run

START: Final = "=== test session starts ===\n"
SUMMARY: Final = "=== short test summary info ===\n"


def read(text: str) -> Run:
    """Read a log."""
    return assemble(read_log(text.encode(), "log"))


def tell(run: Run) -> list[tuple[str, str, str, str]]:
    """Tell the results of a run: node id, outcome, phase, reason."""
    return [
        (result.test.id, str(result.outcome), result.phase.subtest or result.phase.when, result.phase.reason)
        for result in run.results
    ]


@pytest.mark.parametrize(
    ("line", "last", "told"),
    [
        ("FAILED t.py::a", "1 failed", ("t.py::a", "failed", "call", "")),
        ("ERROR t.py::a - OSError: x", "1 error", ("t.py::a", "error", "setup", "OSError: x")),
        ("XFAIL t.py::a - bug", "1 xfailed", ("t.py::a", "xfailed", "call", "bug")),
        ("XFAIL t.py::a\n  reason: bug", "1 xfailed", ("t.py::a", "xfailed", "call", "bug")),
        ("XFAIL at setup of t.py::a - bug", "1 xfailed", ("t.py::a", "xfailed", "call", "bug")),
        ("XPASS t.py::a[b c] fixed it", "1 xpassed", ("t.py::a[b c]", "xpassed", "call", "fixed it")),
        ("XPASS t.py::a[b c]", "1 xpassed", ("t.py::a[b c]", "xpassed", "call", "")),
        ("XPASS t.py::a fixed [1]", "1 xpassed", ("t.py::a", "xpassed", "call", "fixed [1]")),
        ("SKIPPED t.py::a - Skipped: no GPU", "1 skipped", ("t.py::a", "skipped", "call", "no GPU")),
        (
            "SKIPPED [1] t.py:3: no GPU",
            "1 skipped",
            ("t.py::(unnamed skipped 1)", "skipped", "call", "no GPU"),
        ),
        ("SKIPPED [1] t.py: a: b", "1 skipped", ("t.py::(unnamed skipped 1)", "skipped", "call", "a: b")),
        ("SKIPPED [1] t.py:3:", "1 skipped", ("t.py::(unnamed skipped 1)", "skipped", "call", "")),
        ("SKIPPED [1] what", "1 skipped", ("what::(unnamed skipped 1)", "skipped", "call", "")),
        ("SUBFAILED[m] (i=1) t.py::a - no", "1 failed", ("t.py::a", "failed", "[m] (i=1)", "no")),
        ("SUBFAILED(i=1) t.py::a - no", "1 failed", ("t.py::a", "failed", "(i=1)", "no")),
        ("SUBFAIL t.py::a - no", "1 failed", ("t.py::a", "failed", "(<subtest>)", "no")),
        ("[m] SUBFAIL t.py::a - no", "1 failed", ("t.py::a", "failed", "[m]", "no")),
        (
            "FAILED t.py::a - one\ntwo\n\nthree",
            "1 failed",
            ("t.py::a", "failed", "call", "one\ntwo\n\nthree"),
        ),
        ("RERUN t.py::a", "1 rerun", ("t.py::a", "rerun", "call", "")),
        (
            "nothing",
            "2 quarantined, 0 passed",
            ("(unknown file)::(unnamed quarantined 1)", "passed", "call", ""),
        ),
        ("nothing", "1 crashed, 0 passed", ("(unknown file)::(unnamed crashed 1)", "failed", "call", "")),
    ],
)
def test_summary_lines(line: str, last: str, told: tuple[str, str, str, str]):
    """Each kind of line of the short test summary, as versions and plugins write it."""
    run = read(f"{SUMMARY}{line}\n=== {last} in 0.10s ===\n")
    assert tell(run)[0] == told
    assert run.notes == ("its beginning is cut off",)


def test_collection_error_is_no_test():
    """A file that could not be collected is no test, and is there once, however often a log names it."""
    run = read(
        f"{START}collected 0 items / 2 errors\n{SUMMARY}ERROR t.py\nERROR t.py - x\n=== 2 errors in 0.10s ===\n"
    )
    assert run.tests == ()
    assert [problem.node for problem in run.collection] == ["t.py"]
    assert run.notes == ("its last line counts 2 errors of collecting t.py, which is one",)


def test_error_in_a_class_is_one_of_collection():
    """The headline tells that a class could not be collected."""
    run = read(
        f"{START}collected 0 items / 1 error\n=== ERRORS ===\n___ ERROR collecting t.py::TestX ___\nE   TypeError: no\n"
        f"{SUMMARY}ERROR t.py::TestX - TypeError: no\n=== 1 error in 0.10s ===\n"
    )
    assert [(problem.node, problem.reason) for problem in run.collection] == [
        ("t.py::TestX", "TypeError: no")
    ]
    assert run.tests == ()


def test_passed_and_torn_down():
    """The call of a test whose teardown broke passed, when the log does not name passes."""
    run = read(
        f"{START}collected 1 item\n\nt.py .E   [100%]\n\n=== ERRORS ===\n___ ERROR at teardown of a ___\nE   OSError: x\n"
        f"{SUMMARY}ERROR t.py::a - OSError: x\n=== 1 passed, 1 error in 0.10s ===\n"
    )
    assert tell(run) == [("t.py::a", "passed", "call", ""), ("t.py::a", "error", "teardown", "OSError: x")]


def test_torn_down_and_unnamed():
    """A result without a name may be that of the test whose teardown broke, which so is not said to have passed."""
    heads = "=== ERRORS ===\n___ ERROR at teardown of a ___\nE   x\n=== FAILURES ===\n___ a ___\nE   1\n___ b ___\nE   2\n"
    last = "=== 3 failed, 1 passed, 1 error in 1s ==="
    run = read(f"{START}collected 3 items\n\nt.py .FEFF   [100%]\n\n{heads}{last}\n")
    assert ("t.py::a", "passed", "call", "") not in tell(run)
    assert run.count_results() == {"failed": 3, "passed": 1, "error": 1}


def test_duplicates():
    """A node id that has two results of a test is two tests."""
    run = read(
        f"{SUMMARY}PASSED t.py::a\nPASSED t.py::a\nFAILED t.py::b\nFAILED t.py::b\n=== 2 failed, 2 passed in 1.00s ===\n"
    )
    assert run.count_results() == {"passed": 2, "failed": 2}
    assert run.count_tests() == {"passed": 2, "failed": 2}


def test_internal_error():
    """A breakdown of pytest is an error, and its text is there."""
    broke = "".join(f"INTERNALERROR> {line}\n" for line in ("Traceback", "  File x", "RuntimeError: broke"))
    run = read(f"{START}collected 8 items\n\nt.py ...\n{broke}\n=== 3 passed in 0.10s ===\n")
    assert [error.text for error in run.internal] == ["Traceback\n  File x\nRuntimeError: broke"]
    assert run.streams[0].footer is not None
    assert run.streams[0].footer.status == 3
    assert run.count_tests() == {"passed": 3, "not run": 5}
    [group] = summarise(run).errors
    assert group.reason == "RuntimeError: broke"


@pytest.mark.parametrize(
    ("stop", "status", "reason"),
    [
        ("!!! stopping after 1 failures !!!", 1, "stopping after 1 failures"),
        ("!!! KeyboardInterrupt !!!", 2, "KeyboardInterrupt"),
        ("!!! xdist.dsession.Interrupted: stopping after 1 failures !!!", 2, "stopping after 1 failures"),
        ("!!! _pytest.outcomes.Exit: enough !!!", 2, "_pytest.outcomes.Exit: enough"),
    ],
)
def test_stops(stop: str, status: int, reason: str):
    """A run that was stopped says why, and which tests did not run."""
    run = read(
        f"{START}collected 3 items\n\nt.py F\n{SUMMARY}FAILED t.py::a\n{stop}\n=== 1 failed in 0.10s ===\n"
    )
    footer = run.streams[0].footer
    assert footer is not None
    assert (footer.status, footer.stopped) == (status, reason)
    assert [test.not_run for test in run.tests][1:] == [f"not started: {reason}"] * 2


@pytest.mark.parametrize("loud", [True, False])
def test_exit(loud: bool):
    """`pytest.exit()` says why below the last line: the log is whole, and tells what did not run."""
    head, last = (f"{START}collected 3 items\n\n", "=== {} ===") if loud else ("", "{}")
    run = read(
        f"{head}t.py F\n{last.format('1 failed in 0.10s')}\n!!! _pytest.outcomes.Exit: no more !!!\nmake: error 7\n"
    )
    footer = run.streams[0].footer
    assert footer is not None
    assert (footer.status, footer.stopped) == (2, "_pytest.outcomes.Exit: no more")
    assert run.count_tests() == ({"failed": 1, "not run": 2} if loud else {"failed": 1})


def test_deselected_and_warnings():
    """What is no result is counted as the last line does, with what the log shows of it."""
    run = read(
        f"{START}collected 4 items / 3 deselected / 1 selected\n\nt.py .   [100%]\n\n=== warnings summary ===\nt.py::a\nt.py::b\n"
        "  /src/t.py:3: UserWarning: old\n    warn()\n\nt.py: 2 warnings\n  /src/t.py:9: new\n\n-- Docs: https://x\n"
        "=== 1 passed, 3 deselected, 5 warnings in 0.10s ===\n"
    )
    assert run.count_results() == {"passed": 1, "deselected": 3, "warnings": 5}
    assert [(each.message, each.category, each.test, each.line) for each in run.warnings] == [
        ("old", "UserWarning", "t.py::a", 3),
        ("old", "UserWarning", "t.py::b", 3),
        ("new", "", "t.py", 9),
        ("new", "", "t.py", 9),
        ("(not shown in the log)", "", "", 0),
    ]


def test_crashed_worker():
    """The test that a worker of xdist died in is named by the words of its block."""
    block = "=== FAILURES ===\n___ t.py ___\n[gw0] linux -- Python 3.11.7 /x\nworker 'gw0' crashed while running 't.py::a'\n"
    told = [("t.py::a", "failed", "call", "worker 'gw0' crashed while running 't.py::a'")]
    assert tell(read(f"{block}1 failed in 0.10s\n")) == told
    assert tell(read(f"{block}{SUMMARY}FAILED t.py::a - worker 'gw0' cra...\n1 failed in 0.10s\n")) == told


def test_native_traceback():
    """Of a traceback in Python's own style the last line is the message."""
    run = read(
        f'=== FAILURES ===\n___ a ___\nTraceback (most recent call last):\n  File "/src/t.py", line 3, in a\nValueError: x\n'
        f"{SUMMARY}FAILED t.py::a\n1 failed in 0.10s\n"
    )
    assert tell(run) == [("t.py::a", "failed", "call", "ValueError: x")]


def test_headlines_alone():
    """Without a summary the headlines name what failed, doctests and subtests too."""
    run = read(
        "=== ERRORS ===\n___ ERROR at setup of TestX.test_y[a.b] ___\nt.py:3: in f\nE   OSError: x\n"
        "=== FAILURES ===\n___ [doctest] pkg.mod.f ___\n003 >>> f()\n/src/pkg/mod.py:3: DocTestFailure\n"
        "___ test_s [m] (i=1) ___\nt.py:9: AssertionError\n"
        "2 failed, 1 error in 0.10s\n"
    )
    assert {(node, where) for node, _, where, _ in tell(run)} == {
        ("t.py::TestX::test_y[a.b]", "setup"),
        ("/src/pkg/mod.py::pkg.mod.f", "call"),
        ("t.py::test_s", "[m] (i=1)"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "....   [100%]\n4 passed in 0.10s\n=== 1 failed in 0.10s ===\n",
        f"{START}collected 1 item\n\nt.py .   [100%]\n\n=== 1 passed in 0.10s ===\n1 error in 0.10s\n",
        f"{START}collected 1 item\n\nt.py .   [100%]\n1 error in 0.10s\n",
    ],
)
def test_loud_and_quiet(text: str):
    """A last line of another kind than the run's is neither ignored nor believed."""
    with pytest.raises(UnreadableError, match="save each in a file of its own"):
        read(text)


def test_incomplete_summary():
    """A summary that lists fewer than the last line counts is told; what is missing has no name."""
    run = read(f"{SUMMARY}FAILED t.py::a\n2 failed in 0.10s\n")
    assert run.notes == ("its last line counts 2 failed, and only 1 of them can be named",)
    assert [test.id for test in run.tests] == ["t.py::a", "(unknown file)::(unnamed failed 1)"]


def test_long_summary():
    """A summary that lists more than the last line counts is told; the last line is believed."""
    run = read(f"{SUMMARY}FAILED t.py::a\nFAILED t.py::b\n1 failed in 0.10s\n")
    assert run.notes == ("its summary lists 2 failed, its last line counts 1: the last line is believed",)
    assert run.count_results() == {"failed": 1}
