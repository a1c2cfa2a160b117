"""JUnit files of several producers, and files that only claim to be some."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from lxml import etree
from sample_runs import build_varied

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.formats import FORMATS
from pytest_txselect.report.junit import render_junit
from pytest_txselect.report.readers.junit.read import read_junit

if TYPE_CHECKING:
    from pytest_txselect.report.run import Run

FILES: Final = Path(__file__).with_name("junit_files")
PYTEST: Final = (FILES / "pytest.xml").read_text(encoding="utf-8")
PLACE: Final = 'file="tests/test_a.py" line="5"'

XMLRUNNER: Final = (FILES / "unittest-xml-reporting.xml").read_text(encoding="utf-8")

SUREFIRE: Final = (FILES / "TEST-com.acme.CartTest.xml").read_text(encoding="utf-8")

JEST: Final = (FILES / "jest-junit.xml").read_text(encoding="utf-8")


def read(text: str | bytes, name: str = "junit.xml") -> Run:
    """Read a file."""
    return assemble(read_junit(text.encode() if isinstance(text, str) else text, name))


def tell(run: Run) -> dict[str, list[str]]:
    """Tell the results of a run: what happened in which phase, by node id."""
    told: dict[str, list[str]] = {
        problem.node: [f"{problem.outcome} collect {problem.reason}"] for problem in run.collection
    }
    for result in run.results:
        told.setdefault(result.test.id, []).append(
            f"{result.outcome} {result.phase.when} {result.phase.reason}".strip()
        )
    return told


@pytest.mark.parametrize("place", [PLACE, ""], ids=["xunit1", "xunit2"])
def test_pytest(place: str):
    """Both families of pytest: phases, collection, and a test that failed twice is one test."""
    run = read(PYTEST.replace(PLACE, place))
    assert tell(run) == {
        "tests/test_bad.py": ["error collect ModuleNotFoundError: No module named 'nothing'"],
        "tests/test_win.py": ["skipped collect no Windows"],
        "tests/test_a.py::test_ok[a.b]": ["passed call"],
        "tests/test_a.py::TestX::TestY::test_bad": [
            "failed call assert 1 == 2",
            "error teardown OSError: gone",
        ],
        "tests/test_a.py::test_setup": ['error setup OSError: no "x"'],
        "tests/test_a.py::test_td": ["passed call", "error teardown OSError: gone"],
        "tests/test_a.py::test_skip": ["skipped call no GPU"],
        "tests/test_a.py::test_xf": ["xfailed call bug 7"],
    }
    bad = next(test for test in run.tests if test.name.endswith("test_bad"))
    call = next(phase for phase in bad.attempts[0].phases if phase.when == "call")
    assert (call.file, call.line, call.sections[0][1]) == (
        "tests/test_a.py",
        7,
        "--- Captured Out ---\nsaid & done",
    )
    assert (bad.line, bad.attempts[0].phases[-1].properties) == (6 if place else 0, (("k", "v"),))
    assert run.streams[0].footer.duration == 1.25
    assert run.streams[0].header.started == pytest.approx(1767323045.0)
    assert run.complete


def test_unittest_xml_reporting():
    """Files of unittest-xml-reporting: lines from 1, expected failures, no time."""
    run = read(XMLRUNNER)
    assert tell(run) == {
        "tests/test_u.py::TestX::test_ok": ["passed call"],
        "tests/test_u.py::TestX::test_bad": ["failed call 1 != 2 : not <&>"],
        "tests/test_u.py::TestX::test_sub [m] (i=1)": ["failed call 1 == 1"],
        "tests/test_u.py::TestX::test_err": ["error call v"],
        "tests/test_u.py::TestX::test_skip": ["skipped call why"],
        "tests/test_u.py::TestX::test_xf": ["xfailed call expected failure"],
    }
    bad = next(result.phase for result in run.results if "not <&>" in result.phase.reason)
    assert (bad.file, bad.line, run.tests[1].line) == ("/src/tests/test_u.py", 4, 4)
    assert run.streams[0].header.started == 0


def test_surefire():
    """Files of Surefire: attempts before the last one, traces of Java, numbers with commas."""
    run = read(SUREFIRE)
    assert tell(run) == {
        "com.acme.CartTest::adds": ["passed call"],
        "com.acme.CartTest::fails": ["rerun call first", "failed call expected:<1> but was:<2>"],
        "com.acme.CartTest::breaks": ["error call java.lang.NullPointerException"],
        "com.acme.CartTest::ignored": ["skipped call later"],
        "com.acme.CartTest::flaky": ["rerun call timeout", "passed call"],
        "com.acme.CartTest::flakyError": ["rerun call io", "passed call"],
    }
    assert [test.name for test in run.tests if test.flaky] == ["flaky", "flakyError"]
    failed = next(result.phase for result in run.results if result.outcome == "failed")
    assert (failed.file, failed.line) == ("CartTest.java", 42)
    assert run.streams[0].footer.duration == 1234.5
    again = run.tests[1].attempts[0].phases[-1]
    assert (again.traceback, again.outcome) == ("trace one", "rerun")


def test_jest():
    """Files of jest-junit: suites instead of classes, failures without a message, tests left out."""
    run = read(JEST)
    assert tell(run) == {
        "cart::cart adds": ["passed call"],
        "src/cart.test.js::cart totals::sums up": ["failed call Error: expect(received).toBe(expected)"],
        "cart::cart later": ["skipped call"],
        "x::y": ["skipped call"],
    }
    failed = next(result.phase for result in run.results if result.outcome == "failed")
    assert (failed.file, failed.line) == ("src/cart.test.js", 10)
    assert run.streams[0].footer.duration == 2.5


def test_own_file():
    """Our own file is read back: the same counts, as far as JUnit can tell them, and the same tests."""
    first = build_varied()
    again = read(b"".join(render_junit(first)))
    wanted, found = first.count_results(), again.count_results()
    for word in ("passed", "failed", "error", "skipped", "xfailed", "rerun"):
        assert found[word] == wanted[word], word
    assert [test.id for test in again.tests] == [test.id for test in first.tests]
    assert [test.id for test in again.tests if test.flaky] == ["tests/x.py::test_flaky"]


@pytest.mark.parametrize(
    "text",
    [PYTEST, XMLRUNNER, SUREFIRE, JEST],
    ids=["pytest", "unittest", "surefire", "jest"],
)
def test_every_format(text: str):
    """Every artifact can be made of every producer's file, and says how many failed."""
    run = read(text)
    for name, render in FORMATS.items():
        assert b"".join(render(run)) or name in {"errors.txt", "warnings.txt", "passes.txt", "selection.json"}
    root = etree.fromstring(b"".join(FORMATS["junit.xml"](run)))
    assert int(root[0].get("failures")) == run.count_results()["failed"]


def test_same_name_twice():
    """Cases of one name are as many tests, whatever happened to each."""
    case = '<testcase classname="c" name="n">'
    text = f'<testsuite name="s">{case}</testcase>{case}<failure/></testcase></testsuite>'
    assert read(text).count_results() == {"passed": 1, "failed": 1}


def test_several_failures():
    """Several failures of one case count each."""
    failures = '<failure message="1"/><failure message="2"/>'
    text = f'<testsuite name="s"><testcase classname="c" name="n">{failures}</testcase></testsuite>'
    assert read(text).count_results() == {"failed": 2}


def test_failures_that_are_not_there():
    """A suite that declares more failures than it has cases for has lost some: that is damage."""
    case = '<testcase name="a"><failure/></testcase>'
    run = read(f'<testsuite name="s" failures="2" errors="1" tests="9">{case}</testsuite>')
    assert run.damage == ("suite s declares 3 failures and errors, 1 are there",)
    assert run.notes == ("suite s declares 9 tests, 1 are there",)
    assert not run.complete


def test_suite_that_broke():
    """An error of a suite itself is one of what could not be collected; nested suites count once."""
    run = read(
        '<testsuites><testsuite name="outer" errors="1" tests="1"><testsuite name="inner" errors="1" tests="1">'
        '<error message="no module">trace</error><testcase name="a"/></testsuite></testsuite></testsuites>'
    )
    assert tell(run) == {"inner": ["error collect no module"], "inner::a": ["passed call"]}
    assert run.complete
