"""Logs of pytest 7, 8 and 9 (`logs/make_logs.py`), held against what pytest itself counted in those runs."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.readers.log.read import read_log
from pytest_txselect.report.readers.unreadable import UnreadableError

if TYPE_CHECKING:
    from pytest_txselect.report.run import Run

LOGS: Final = Path(__file__).with_name("logs")
TRUTH: Final[dict[str, dict[str, list[str]]]] = json.loads((LOGS / "truth.json").read_text(encoding="utf-8"))
NAMELESS: Final = {"tb-no-q", "no-summary"}
VERBOSE: Final = {"v", "vv-ci", "vvv-rA", "rA", "color", "xdist-v", "s-v", "count"}


def read(name: str) -> Run:
    """Read a log of the folder."""
    return assemble(read_log((LOGS / f"{name}.txt").read_bytes(), name))


def name_results(run: Run) -> dict[str, Counter[str]]:
    """Name the results of a run by the word under which they count, those with a name."""
    found: dict[str, Counter[str]] = {}
    for problem in run.collection:
        found.setdefault(problem.outcome, Counter())[problem.node] += 1
    for result in run.results:
        if "(unnamed" not in result.test.id:
            found.setdefault(result.counted, Counter())[result.test.id] += 1
    return found


def test_every_log_has_its_truth():
    """No log is forgotten."""
    assert {path.stem for path in LOGS.glob("*.txt")} == set(TRUTH)
    assert {name[0] for name in TRUTH} == {"7", "8", "9"}


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_counts(name: str):
    """As many results of each kind as pytest counted, nothing damaged."""
    run = read(name)
    assert run.count_results() == {word: len(ids) for word, ids in TRUTH[name].items()}
    assert run.complete


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_names(name: str):
    """Failures and errors have the node ids that pytest gave them, wherever the log has them."""
    run, truth = read(name), TRUTH[name]
    named = name_results(run)
    mode = name.partition("-")[2]
    words = ["failed", "error"] if mode not in NAMELESS else []
    words += ["passed", "xfailed", "xpassed"] if mode in VERBOSE else []
    for word in words:
        wanted, found = Counter(truth.get(word, ())), named.get(word, Counter())
        if word == "passed" or "rN" in name:  # then the file of a result without a traceback is not known
            found = Counter({node.split("::")[-1]: count for node, count in found.items()})
            wanted = Counter({node.split("::")[-1]: count for node, count in wanted.items()})
        assert found == wanted, word
    assert bool(run.notes) == (mode == "no-summary")


@pytest.mark.parametrize("name", ["7-rA", "8-default", "9-default", "9-xdist", "9-color", "9-vv-ci"])
def test_causes(name: str):
    """Messages, tracebacks, output and phases come from the sections, as far as the log has them."""
    results = {
        (result.test.id.partition("::")[2], result.outcome): result.phase
        for result in read(name).results
        if result.outcome in {"failed", "error"}
    }
    failed = results["test_fail", "failed"]
    assert failed.reason == "assert 1 == 2"
    assert "tests/test_kinds.py:" in failed.traceback
    assert (failed.file, failed.line > 0) == ("tests/test_kinds.py", True)
    assert (
        dict(failed.sections)["Captured stdout call"].splitlines()[1]
        == "FAILED tests/fake.py::test_fake - boom"
    )
    assert results["test_message", "failed"].reason.startswith("ValueError: bad - value: [x]")
    assert results["test_chain", "failed"].reason == "KeyError: 'k'"
    assert results["test_both", "failed"].reason.startswith("AssertionError: call too")
    assert (results["test_both", "error"].when, results["test_both", "error"].reason) == (
        "teardown",
        "OSError: disk gone",
    )
    assert results["test_setup_error", "error"].when == "setup"
    deep = results["TestC::TestD::test_deep", "failed"]
    assert deep.reason.startswith("AssertionError: deep - down")


def test_skips():
    """Skips that are folded by reason are as many as they say, and named where progress names them."""
    run = read("9-xdist-v")
    skips = [
        (test.id, result.phase.reason)
        for test in run.tests
        for result in test.results
        if test.outcome == "skipped"
    ]
    many = "needs a GPU, really: one with much memory and a long text to be cut"
    assert sorted(skips) == sorted(
        [
            *((f"tests/test_kinds.py::test_many_skips[{i}]", many) for i in range(3)),
            ("tests/test_kinds.py::TestU::test_us", "u skip"),
            ("tests/test_kinds.py::test_marked", "marked"),
            ("tests/test_whole.py::(unnamed skipped 1)", "not on this machine"),
        ]
    )


def test_repeated():
    """A test that failed and then passed is flaky."""
    assert [test.id for test in read("9-v").tests if test.flaky] == ["tests/test_kinds.py::test_flaky"]


def test_subtests():
    """Subtests are results of their test, under their description."""
    found = {
        (result.test.name, result.phase.subtest)
        for result in read("9-rA").results
        if result.phase.subtest and result.outcome == "failed"
    }
    assert found == {("test_subs", "[m - x] (i=2)"), ("TestU.test_sub", "[msg] (i=1)")}


def test_stopped():
    """After `-x` the tests that did not run are told as such."""
    run = read("9-x")
    assert run.count_tests()["not run"] == 6
    assert run.streams[0].footer.stopped.startswith("stopping after 1 failures")
    assert {test.not_run.partition(":")[0] for test in run.tests if test.not_run} == {"not started"}


def test_facts():
    """Versions, rootdir, workers and times come from the heading and the last line."""
    header = read("9-xdist").streams[0].header
    assert dict(header.versions)["pytest"].startswith("9.")
    assert (header.rootdir, header.workers, header.source) == ("/src/shop", 2, "log")
    assert read("9-xdist").streams[0].footer.duration > 0


def test_durations_and_warnings():
    """What --durations and the warnings summary show is there."""
    run = read("9-vvv-rA")
    assert [(each.category, each.message, each.test) for each in run.warnings] == [
        ("DeprecationWarning", "old thing", "tests/test_kinds.py::test_warn")
    ]
    shown = (LOGS / "9-vvv-rA.txt").read_text(encoding="utf-8")
    longest = re.search(r"slowest durations =+\n(\d+\.\d+)s", shown)
    assert max(test.duration for test in run.tests) == pytest.approx(float(longest[1]), abs=0.02)


@pytest.mark.parametrize("name", ["9-default", "8-v", "7-rA", "9-xdist-v"])
def test_cut_anywhere(name: str):
    """However a log is cut short, it is unreadable: never a run in which less failed."""
    data = (LOGS / f"{name}.txt").read_bytes()
    end = data.rstrip().rfind(b"\n") + 1
    for place in range(1, end, max(end // 150, 1)):
        with pytest.raises(UnreadableError):
            read_log(data[:place], name)


@given(st.sampled_from(sorted(TRUTH)), st.lists(st.tuples(st.floats(0, 1), st.integers(1, 40)), max_size=4))
def test_lines_that_got_lost(name: str, holes: list[tuple[float, int]]):
    """A log that lost lines, but not its last one, is unreadable, or counts what pytest counted."""
    lines = (LOGS / f"{name}.txt").read_text(encoding="utf-8").rstrip().split("\n")
    last = lines.pop()
    for place, length in holes:
        begin = int(place * len(lines))
        del lines[begin : begin + length]
    try:
        run = assemble(read_log("\n".join([*lines, last]).encode(), name))
    except UnreadableError:
        return
    counts = run.count_results()
    for word in ("failed", "error", "passed"):
        assert counts[word] == len(TRUTH[name].get(word, ()))
