"""Reasons, folded and counted."""

from __future__ import annotations

import pytest
from sample_runs import build, build_varied, give_failure, give_skip

from pytest_txselect.report.records import InternalError
from pytest_txselect.report.summary import fold_reason, summarise
from pytest_txselect.report.texts import render_counts, render_duration, render_summaries, show_line


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("at 0x7f3a90", "at 0x10"),
        ("assert 1 == 2", "assert 30 == -4.5e6"),
        ("AssertionError: assert 5 < 4", "assert 8 < 4"),
        (
            "no file '/tmp/pytest-of-me/pytest-3/test_a0/x.txt'",
            "no file '/tmp/pytest-of-you/pytest-99/test_b1/x.txt'",
        ),
        ("in /private/var/folders/zz/T/tmpab12/log", "in /private/var/folders/yy/T/tmpcd34/log"),
        ("job 3f2504e0-4f89-41d3-9a0c-0305e82c3301", "job 00000000-0000-0000-0000-000000000000"),
        ("commit a1b2c3d4e5f6", "commit 0f9e8d7c6b5a"),
        ("took 1.5 s", "took 20 s"),
    ],
)
def test_folds(one: str, other: str):
    """Reasons that differ by what differs between repetitions are one."""
    assert fold_reason(one) == fold_reason(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("No module named 'a'", "No module named 'b'"),
        ("needs sha256", "needs sha512"),
        ("KeyError: 'x'", "ValueError: 'x'"),
        ("int8 is not int16", "int8 is not int32"),
        ("deadbeef", "cafebabe"),
        ("a defaced facade", "a defaced arcade"),
    ],
)
def test_does_not_fold(one: str, other: str):
    """Reasons that say something different stay apart."""
    assert fold_reason(one) != fold_reason(other)


def test_three_summaries():
    """Skips, failures and errors are grouped by reason, the most frequent first, with the first of each."""
    found = list(render_summaries(summarise(build_varied())))
    assert found == [
        (
            "4 skipped, for 2 reasons",
            ["x3  needs a GPU  [tests/s.py::test_gpu[0] at setup]", "x1  needs Windows  [tests/win.py]"],
        ),
        (
            "3 failed, for 2 reasons",
            [
                "x2  ValueError: bad 0x7f01 in 3 of 4  [tests/x.py::test_b[1]]",
                "x1  assert 1 == 2  [tests/x.py::test_a]",
            ],
        ),
        (
            "2 errors, for 2 reasons",
            ["x1  ImportError: no x  [tests/bad.py]", "x1  OSError: gone  [tests/x.py::test_td at teardown]"],
        ),
    ]


def test_two_hundred_are_one():
    """Two hundred parameters that fail alike are one line with `x200`."""
    run = build(*(give_failure(f"x.py::t[{n}]", f"assert {n} == 0\n  +  where") for n in range(200)))
    (_, _), (heading, lines), (_, _) = render_summaries(summarise(run))
    assert (heading, lines) == ("200 failed", ["x200  assert 0 == 0  [x.py::t[0]]"])


def test_many_reasons_are_counted():
    """Of very many reasons the most frequent are listed, and the others counted."""
    run = build(
        *(give_skip(f"x.py::t{n}", f"reason {chr(97 + n % 26)}{chr(97 + n // 26)}") for n in range(60))
    )
    (heading, lines), *_ = render_summaries(summarise(run), most=10)
    assert heading == "60 skipped, for 60 reasons"
    assert lines[10:] == ["... and 50 more, for 50 reasons that are less frequent"]


def test_no_reason_and_internal():
    """A skip without a reason says so; a breakdown of pytest itself is an error."""
    run = build(give_skip("x.py::t", ""), InternalError("Traceback\nRuntimeError: gone"))
    skipped, _, errors = render_summaries(summarise(run))
    assert skipped[1] == ["x1  (no reason given)  [x.py::t at setup]"]
    assert errors[1] == ["x1  RuntimeError: gone  [pytest itself at internal error]"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("a\tb\rc\x00", "a\\tb\\rc\\x00"),
        ("\u202eevil", "\\u202eevil"),
        ("\udcff", "\\udcff"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_harmless_lines(text: str, shown: str):
    """What a terminal would obey is removed or made visible; a line has an end."""
    assert show_line(text) == shown


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ({}, "no tests ran"),
        ({"passed": 1}, "1 passed"),
        ({"error": 1, "warnings": 1, "failed": 2}, "2 failed, 1 warning, 1 error"),
        ({"error": 2, "warnings": 3, "passed": 1, "subtests passed": 4, "rerun": 5},
         "1 passed, 3 warnings, 2 errors, 4 subtests passed, 5 rerun"),
    ],
)  # fmt: skip
def test_counts(counts: dict[str, int], line: str):
    """Counts are worded and ordered as in pytest's last line."""
    assert render_counts(counts) == line


def test_duration():
    """Durations are worded as in pytest's last line."""
    assert [render_duration(seconds) for seconds in (0.123, 59.99, 75.0)] == [
        "0.12s",
        "59.99s",
        "75.00s (0:01:15)",
    ]
