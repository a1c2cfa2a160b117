"""Single lines of logs: where a node id ends, what progress says, what a last line is."""

from __future__ import annotations

import pytest

from pytest_txselect.report.readers.log.last_line import parse_last_line
from pytest_txselect.report.readers.log.progress import find_verbose
from pytest_txselect.report.readers.log.summary import split_message


@pytest.mark.parametrize(
    ("text", "names", "split"),
    [
        ("a.py::t - boom", (), ("a.py::t", "boom")),
        ("a.py::t - x - y[0]", (), ("a.py::t", "x - y[0]")),
        ("a.py::t[a - b] - x", (), ("a.py::t[a - b]", "x")),
        ("a.py::t[a] - x [1 - 2]", (), ("a.py::t[a]", "x [1 - 2]")),
        ("a.py::t[a] - b] - x", ("t[a] - b]",), ("a.py::t[a] - b]", "x")),
        ("a.py", (), ("a.py", "")),
        ("a.py - ImportError: x\nmore - of it", (), ("a.py", "ImportError: x\nmore - of it")),
        ("a.py::t[b - c]", (), ("a.py::t[b - c]", "")),
        (f"a/{'b' * 60}/c\n.py::t[x]\n - boom", ("t[x]",), (f"a/{'b' * 60}/c.py::t[x]", "boom")),
        ("a.py::t\nmore - of it", ("tmore",), ("a.py::t", "more - of it")),
        ("dir - x/a.py::t - y", ("dir - x/a.py::t",), ("dir - x/a.py::t", "y")),
    ],
)
def test_split_message(text: str, names: tuple[str, ...], split: tuple[str, str]):
    """A node id ends where a known one does, else where its brackets are closed."""
    assert split_message(text, frozenset(names)) == split


@pytest.mark.parametrize(
    ("line", "node", "word", "reason", "subtest"),
    [
        ("t.py::a PASSED   [ 50%]", "t.py::a", "passed", "", ""),
        ("t.py::a[x PASSED] FAILED [10/20]", "t.py::a[x PASSED]", "failed", "", ""),
        ("t.py::a SKIPPED (not FAILED (yet)) [  1%]", "t.py::a", "skipped", "not FAILED (yet)", ""),
        ("t.py::a <- base.py PASSED 1.20ms", "t.py::a", "passed", "", ""),
        ("t.py::a SUBPASSED[m] (i=1) [ 1%]", "t.py::a", "subtests passed", "", "[m] (i=1)"),
        ("t.py::a [m] (i=1) SUBFAIL [ 1%]", "t.py::a", "failed", "", "[m] (i=1)"),
        ("[gw0] [ 12%] PASSED t.py::a b ", "t.py::a b", "passed", "", ""),
        ("[gw12] SUBFAILED[m] (i=1) t.py::a", "t.py::a", "failed", "", "[m] (i=1)"),
        ("[gw1] [  5/10] ERROR t.py::a", "t.py::a", "error", "", ""),
    ],
)
def test_verbose_lines(line: str, node: str, word: str, reason: str, subtest: str):
    """Lines of verbose progress, of the test alone and with workers."""
    said = list(find_verbose([line]))
    assert [(each.node, each.word, each.reason, each.subtest) for each in said] == [
        (node, word, reason, subtest)
    ]


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("=== 1 failed, 2 passed in 0.12s ===", {"failed": 1, "passed": 2}),
        ("= 1 error, 1 warning in 75.00s (0:01:15) =", {"error": 1, "warnings": 1}),
        ("2 errors, 3 rerun, 4 subtests passed in 1.2s", {"error": 2, "rerun": 3, "subtests passed": 4}),
        ("no tests ran in 0.01s", {}),
        ("=== 1 passed, 2 quarantined in 0.1 seconds ===", {"passed": 1, "quarantined": 2}),
        ("=== 1 passed in 90000.00s (1 day, 1:00:00) ===", {"passed": 1}),
        ("5 items in 3.2s", None),
        ("=== 1 failed in 0.1s", None),
        ("1 failed in 0.1s ===", None),
        ("there was 1 failed in 0.1s", None),
        ("=== FAILURES ===", None),
        ("  1 passed in 0.10s", None),
    ],
)
def test_last_lines(line: str, counts: dict[str, int] | None):
    """Pytest's last line, loud and quiet, and what only looks like one."""
    last = parse_last_line(line)
    assert (None if last is None else dict(last.counts)) == counts
