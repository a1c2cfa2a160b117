"""The nine text files, from one run that has one of everything."""

from __future__ import annotations

import json

import pytest
from sample_runs import build, build_varied, give_failure, give_pass

from pytest_txselect.report.artifacts import TEXTS, separate
from pytest_txselect.report.formats import FORMATS
from pytest_txselect.report.records import InternalError, Outcome, Phase, SelectionMade, Start, WarningSeen

WANTED = {
    "durations.txt": """\
slowest durations
2.00s call     tests/x.py::test_td
0.25s call     tests/x.py::test_a
0.25s call     tests/x.py::test_b[1]
0.25s call     tests/x.py::test_b[2]
0.10s setup    tests/x.py::test_td
24 durations < 0.05 secs were omitted
""",
    "errors.txt": """\
==================================== ERRORS ====================================
________________________ ERROR collecting tests/bad.py _________________________
E   ImportError: no x
_________________________ ERROR at teardown of test_td _________________________
E   OSError: gone
----------------------------- Captured stdout call -----------------------------
loud
""",
    "failures_line.txt": """\
=================================== FAILURES ===================================
/src/sub/tests/x.py:3: assert 1 == 2
/src/sub/tests/x.py:3: ValueError: bad 0x7f01 in 3 of 4
/src/sub/tests/x.py:3: ValueError: bad 0x7f02 in 4 of 4
""",
    "passes.txt": """\
==================================== PASSES ====================================
___________________________________ test_td ____________________________________
----------------------------- Captured stdout call -----------------------------
loud
""",
    "stats.txt": """\
= 3 failed, 3 passed, 4 skipped, 1 deselected, 1 xfailed, 2 warnings, 2 errors, 1 rerun in 9.00s =
""",
    "summary_short.txt": """\
=========================== short test summary info ============================
PASSED tests/x.py::test_fine
PASSED tests/x.py::test_td
PASSED tests/x.py::test_flaky
SKIPPED [1] tests/win.py:2: needs Windows
SKIPPED [3] tests/s.py: needs a GPU
XFAIL tests/x.py::test_xf - bug 7
ERROR tests/bad.py - ImportError: no x
ERROR tests/x.py::test_td - OSError: gone
FAILED tests/x.py::test_a - assert 1 == 2
FAILED tests/x.py::test_b[1] - ValueError: bad 0x7f01 in 3 of 4
FAILED tests/x.py::test_b[2] - ValueError: bad 0x7f02 in 4 of 4
""",
    "warnings.txt": """\
=============================== warnings summary ===============================
tests/x.py::test_a
tests/x.py::test_fine
  /src/sub/y.py:4: DeprecationWarning: old

-- Docs: https://docs.pytest.org/en/stable/how-to/capture-warnings.html
""",
}


@pytest.mark.parametrize("name", WANTED)
def test_text(name: str):
    """Each file has the words and the shape of pytest's own section."""
    assert b"".join(FORMATS[name](build_varied())).decode() == WANTED[name]


def test_long_and_short():
    """The long file has traceback and output, the short one the last frame alone."""
    trace = (
        "def test_a():\n>   f()\n\nx.py:1: \n"
        + "_ " * 40
        + "\n\n    def f():\n>       assert 0\nE       assert 0"
    )
    run = build(
        give_failure("x.py::test_a", "assert 0", traceback=trace, sections=(("Captured stderr call", "oh"),))
    )
    long, short = ("\n".join(TEXTS[name](run)) for name in ("failures_long.txt", "failures_short.txt"))
    assert trace in long
    assert long.endswith(f"{separate('-', 'Captured stderr call')}\noh")
    assert short.splitlines()[2:] == ["    def f():", ">       assert 0", "E       assert 0"]


def test_nothing_to_say():
    """Where all is well the files are empty, but for the durations, the last line and the passed tests."""
    run = build(give_pass("x.py::t"))
    said = {name for name in TEXTS if "".join(TEXTS[name](run))}
    assert said == {"durations.txt", "stats.txt", "summary_short.txt"}


def test_internal_error():
    """A breakdown of pytest is among the errors."""
    assert "RuntimeError: gone" in "\n".join(TEXTS["errors.txt"](build(InternalError("RuntimeError: gone"))))


def test_surrogates():
    """Names that are not UTF-8 are written as escapes."""
    run = build(give_failure("x\udcff.py::t", "no"))
    assert b"FAILED x\\udcff.py::t" in b"".join(FORMATS["summary_short.txt"](run))


@pytest.mark.parametrize(
    ("documents", "content"),
    [([], None), (['{"a":1}'], {"a": 1}), (['{"a":1}', '{"b":2}'], [{"a": 1}, {"b": 2}])],
)
def test_selection(documents: list[str], content: object):
    """`selection.json` is the document of the selection, or the list of those that were merged."""
    run = build(*(SelectionMade(document=document) for document in documents))
    text = b"".join(FORMATS["selection.json"](run))
    assert (json.loads(text) if text else None) == content


@pytest.mark.parametrize("title", ["x", "xx", "x" * 77, "x" * 200])
def test_separator(title: str):
    """A separator is as wide as the screen, or as wide as its title needs."""
    line = separate("=", title)
    assert title in line
    assert len(line) in {79, 80} or len(title) > 70


def test_subtests_and_many_places():
    """A failed subtest has its own headline and word; a warning of many tests is counted by file."""
    sub = Phase(
        "x.py::t",
        "call",
        Outcome.FAILED,
        reason="no",
        subtest="(i=1)",
        sections=(("Captured stdout call", "s"),),
    )
    warnings = [WarningSeen("old", "W", "y.py", 1, test=f"x.py::t[{n}]") for n in range(12)]
    warnings.append(WarningSeen("older", "W", "y.py", 2))
    run = build(
        Start("x.py::t", "x.py", 1, "t"),
        Phase("x.py::t", "setup"),
        sub,
        Phase("x.py::t", "teardown"),
        warnings,
    )
    assert "SUBFAILED(i=1) x.py::t - no" in list(TEXTS["summary_short.txt"](run))
    assert separate("_", "t (i=1)") in list(TEXTS["failures_long.txt"](run))
    assert list(TEXTS["failures_long.txt"](run))[-1] == "s"
    assert list(TEXTS["warnings.txt"](run))[1:3] == ["x.py: 12 warnings", "  y.py:1: W: old"]
