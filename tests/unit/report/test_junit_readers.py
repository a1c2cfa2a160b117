"""JUnit files of several producers, and files that only claim to be some."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from sample_runs import build_varied

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.formats import FORMATS
from pytest_txselect.report.junit import render_junit
from pytest_txselect.report.readers.junit.decode import decode_xml
from pytest_txselect.report.readers.junit.read import parse_seconds, read_junit
from pytest_txselect.report.readers.unreadable import UnreadableError

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


BOMB: Final = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + ']><testsuite name="&i;"/>'
)
EXTERNAL: Final = (
    '<!DOCTYPE testsuite [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    '<testsuite name="s"><testcase name="&x;"/></testsuite>'
)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it is empty"),
        (BOMB.encode(), "document type"),
        (EXTERNAL.encode(), "document type"),
        (b"<!-- x --><?y z?>" + EXTERNAL.encode("utf-16-le")[0:0] + EXTERNAL.encode(), "document type"),
        (EXTERNAL.encode("utf-16"), "document type"),
        (b'<!DOCTYPE html PUBLIC "-//W3C//DTD" "http://127.0.0.1:9/x.dtd"><html/>', "document type"),
        (b'<testsuite name="s"><testcase name="&x;"/></testsuite>', "no whole XML file"),
        (b"<html><body/></html>", "its root is <html>"),
        (b"<project/>", "its root is <project>"),
        (b"<testsuite>" * 70 + b"</testsuite>" * 70, "nested more than 64 deep"),
        (b"<testsuite>" + b"<a>" * 1_000_000, "nested more than 64 deep"),
        (SUREFIRE.encode()[:-20], "no whole XML file"),
        (SUREFIRE.encode()[:700], "no whole XML file"),
        (b"<testsuite", "no whole XML file"),
        (b"<testsuite/><testsuite/>", "no whole XML file"),
        (b'<?xml version="1.0" encoding="rot13"?><testsuite/>', "the encoding rot13"),
        (b'<?xml version="1.0" encoding="unicode_escape"?><testsuite/>', "the encoding unicode_escape"),
        (b'<?xml version="1.0" encoding="nonsense"?><testsuite/>', "the encoding nonsense"),
    ],
)
def test_refused(data: bytes, why: str):
    """What is no whole JUnit file, or wants more than one needs, is an error that says why, quickly."""
    begun = time.process_time()
    with pytest.raises(UnreadableError, match=why):
        read(data)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ('<?xml version="1.0" encoding="utf-8"?><testsuite><testcase name="é"/></testsuite>'.encode(), "é"),
        (
            '<?xml version="1.0" encoding="utf-8"?><testsuite><testcase name="é"/></testsuite>'.encode(
                "latin-1"
            ),
            "\\xe9",
        ),
        (
            '<?xml version="1.0" encoding="ISO-8859-1"?><testsuite><testcase name="é"/></testsuite>'.encode(
                "latin-1"
            ),
            "é",
        ),
        (
            '<?xml version="1.0" encoding="utf-16"?><testsuite><testcase name="é"/></testsuite>'.encode(
                "utf-16"
            ),
            "é",
        ),
        ('<?xml version="1.0"?><testsuite><testcase name="é"/></testsuite>'.encode("utf-16-be"), "é"),
        ('<?xml version="1.0" encoding="utf-16"?><testsuite><testcase name="é"/></testsuite>'.encode(), "é"),
        ("\ufeff\n<testsuite><testcase name='é'/></testsuite>".encode(), "é"),
        (b"<testsuite><testcase name='a\x1b[31m\x00'/></testsuite>", "a#x1B[31m#x00"),
        (b"<testsuite><testcase name='a&#27;&#x1b;&#xD800;&#x41;'/></testsuite>", "a#x1B#x1B#xD800A"),
        (b"<testsuite><testcase name='&lt;b&gt;&amp;&quot;'/></testsuite>", '<b>&"'),
        (b"<x:testsuite xmlns:x='urn:x'><x:testcase name='a'/></x:testsuite>", "a"),
    ],
)
def test_characters(data: bytes, name: str):
    """Encodings are read as declared; what they or XML cannot hold is visible, nothing is lost."""
    assert [test.id for test in read(data).tests] == [name]


def test_large_output():
    """Long output is no reason to refuse a file; beyond some millions of characters it is cut, and says so."""
    text = f"<testsuite><testcase name='a'><failure>{'x' * 12_000_000}</failure></testcase></testsuite>"
    [result] = read(text).results
    assert 3_900_000 < len(result.phase.traceback) < 4_100_000
    assert result.phase.traceback.endswith("is in the file that was read]")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1.5", 1.5),
        ("1,234.5", 1234.5),
        ("", 0),
        ("nan", 0),
        ("inf", 0),
        ("1e999", 0),
        ("-1", 0),
        ("2E-05", 2e-05),
        ("9" * 50, 0),
    ],
)
def test_seconds(text: str, seconds: float):
    """Times are numbers, or 0."""
    assert parse_seconds({"time": text}) == seconds


@given(st.binary(max_size=300))
@example(b"<testsuite")
@example(b"\xff\xfe<")
def test_garbage(data: bytes):
    """Garbage is our own error, never a run in which nothing failed."""
    with pytest.raises(UnreadableError):
        read(data)


PIECES: Final = [
    "<testsuites>", "</testsuites>", "<testsuite name='s' tests='2' failures='1'>", "</testsuite>", "<testcase name='a'>",
    "<testcase classname='a.b' name='c' file='x.py' line='3' time='1'/>", "</testcase>", "<failure message='m'>", "</failure>",
    "<failure/>", "<error message='collection failure'>E  x</error>", "<error type='not run' message='x'/>", "<skipped/>",
    "<system-out>", "</system-out>", "text", "&amp;", "&#0;", "<![CDATA[<!DOCTYPE]]>", "<properties><property/></properties>",
    "<rerunFailure type='t'><stackTrace>s</stackTrace></rerunFailure>", "<!-- c -->", "\x00", "<testsuite timestamp='9999-99'/>",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_pieces(pieces: list[str]):
    """Pieces in any order: our own error, or a run of which every format can be made."""
    try:
        run = read("<testsuite name='root'>" + "".join(pieces) + "</testsuite>")
    except UnreadableError:
        return
    assert run.complete == (not run.damage)
    for render in FORMATS.values():
        b"".join(render(run))


@given(st.text(), st.text())
def test_any_text(name: str, text: str):
    """Whatever our own file says, it is read back as it was, but for what XML cannot hold."""
    case = etree.Element("testcase", name="t")
    clean = decode_xml(("<a>" + name).encode("utf-8", "backslashreplace"))[3:]
    case.set("name", clean)
    failure = etree.SubElement(case, "failure")
    failure.text = decode_xml(("<a>" + text).encode("utf-8", "backslashreplace"))[3:]
    run = read(b"<testsuite name='s'>" + etree.tostring(case, encoding="utf-8") + b"</testsuite>")
    [result] = run.results
    assert result.test.id == f"s::{clean}"
    assert result.outcome == "failed"
