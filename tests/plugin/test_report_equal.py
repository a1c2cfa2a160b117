"""Every figure of a report is what pytest itself says: its last line, its `-rA` lines, its own JUnit file."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest
from recorded import BROKEN_FILE, QUIET, SKIPPED_FILE, SUITE, count_cases, name_cases, read_report

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.readers.log.read import read_log

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_txselect.report.run import Run

SHOWN: Final = {
    "every kind": ("-rA", "--continue-on-collection-errors"),
    "thousands": ("-rap", "--tb=line"),  # as many lines, without what takes pytest most of its time
}
WORD: Final = re.compile(r"(PASSED|XFAIL|XPASS|ERROR|FAILED|SUBFAILED\S*(?: \(.*?\))?) (\S.*?)(?: - .*)?$")
LAST: Final = re.compile(r"(\d+) ([a-z ]+?)(?=,| in )")
MANY: Final = """
import pytest

@pytest.fixture
def sometimes(request):
    if request.node.callspec.params["i"] % 97 == 0:
        raise OSError("no disk")
    yield
    if request.node.callspec.params["i"] % 89 == 0:
        raise OSError("disk gone")

@pytest.mark.parametrize("i", range({count}))
def test_much(sometimes, i, subtests):
    if i % 13 == 0:
        pytest.skip(f"every 13th, {{i % 3}}")
    if i % 17 == 0:
        pytest.xfail("every 17th")
    with subtests.test(i=i):
        assert i % 41
    assert i % 31, "every 31st"
"""


MARKED: Final = """
import pytest

pytestmark = pytest.mark.skip(reason="all of it")

def test_one():
    pass

def test_two():
    pass

@pytest.mark.skip(reason="mine")
def test_own():
    pass

@pytest.mark.skipif(True, reason="really")
class TestClass:
    def test_three(self):
        pass
"""


def read_last_line(result: pytest.RunResult) -> dict[str, int]:
    """Read the counts of pytest's last line."""
    return read_counts(
        next(line for line in reversed(result.outlines) if " in " in line and LAST.search(line))
    )


def read_counts(line: str) -> dict[str, int]:
    """Read the counts of a line like pytest's last one, in the plural where it has one."""
    words = {"error": "errors", "warning": "warnings"}
    return {words.get(word, word): int(count) for count, word in LAST.findall(line)}


def read_words(lines: Iterable[str]) -> Counter[str]:
    """Read the words and node ids of lines as of `-rA`; a folded skip as often as it says."""
    found: Counter[str] = Counter()
    for line in lines:
        if match := WORD.match(line):
            found[f"{match[1]} {match[2]}"] += 1
        elif match := re.match(r"SKIPPED \[(\d+)\]", line):
            found["SKIPPED"] += int(match[1])
    return found


def read_skips(lines: Iterable[str]) -> list[str]:
    """Read the lines about skips, with their places and how many they stand for."""
    return sorted(line for line in lines if line.startswith("SKIPPED ["))


def name_results(run: Run, word: str) -> Counter[str]:
    """Name what counts under a word."""
    found = Counter(result.test.id for result in run.results if result.counted == word)
    found.update(problem.node for problem in run.collection if problem.outcome == word)
    return found


def check_figures(folder: Path, said: dict[str, int]) -> None:
    """Check every figure of the artifacts that are for people."""
    assert read_counts((folder / "stats.txt").read_text(encoding="utf-8")) == said
    assert read_counts((folder / "report.md").read_text(encoding="utf-8").partition("\n")[0]) == said
    page = (folder / "report.html").read_text(encoding="utf-8")
    text = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert text is not None
    data = json.loads(text[1])
    rows = Counter(data["outcomes"][number] for number in data["rows"]["outcome"])
    words = {"errors": "error"}
    assert rows == {
        words.get(word, word): count
        for word, count in said.items()
        if not word.startswith(("warning", "subtests"))
    }
    shown = {
        word: int(count.replace(",", ""))
        for count, word in re.findall(r"<b>([\d,]+)</b> ([a-z]+)</button>", page)
    }
    assert shown == rows


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("suite", ["every kind", "thousands"])
def test_figures(pytester: pytest.Pytester, suite: str, workers: int):
    """Counts and node ids are those of a plain run and of pytest's own JUnit file, without and with xdist."""
    if suite == "thousands":
        if not hasattr(pytest, "Subtests"):
            pytest.skip("subtests came with pytest 9")
        pytester.makepyfile(**{f"test_m{n}": MANY.format(count=500) for n in range(5)})
    else:
        pytester.makepyfile(
            test_suite=SUITE, test_broken=BROKEN_FILE, test_whole=SKIPPED_FILE, test_marked=MARKED
        )
    more = ["-n", str(workers)] if workers else ["-p", "no:xdist"]
    plain = pytester.runpytest_subprocess(
        *QUIET, *more, *SHOWN[suite], "--junitxml=own.xml", "-o", "junit_family=xunit1", "-p", "no:txselect"
    )
    ours = pytester.runpytest_subprocess(*QUIET, *more, *SHOWN[suite], "--txselect-report")
    folder = pytester.path / "reports" / "tests"
    run = read_report(folder)
    said = read_last_line(plain)
    assert ours.ret == plain.ret
    assert read_last_line(ours) == said
    counted = {
        "errors" if word == "error" else str(word): count for word, count in run.count_results().items()
    }
    assert counted == said
    check_figures(folder, said)
    saved = assemble(read_log("\n".join(plain.outlines).encode(), "saved"))
    assert saved.count_results() == run.count_results()
    for word in ("failed", "error", "passed", "xfailed", "xpassed"):
        assert name_results(saved, word) == name_results(run, word)
    wanted = read_words(plain.outlines)
    assert read_words(ours.outlines) == wanted
    short = (folder / "summary_short.txt").read_text().splitlines()
    assert read_words(short) == wanted
    assert read_skips(short) == read_skips(plain.outlines)
    own, junit = pytester.path / "own.xml", folder / "junit.xml"
    assert name_cases(junit) == name_cases(own)
    figures = count_cases(junit)
    assert {name: figures[name] for name in ("errors", "failures", "skipped")} == {
        name: count for name, count in count_cases(own).items() if name != "tests"
    }
