"""Files that only claim to be JUnit, are cut, or attack: our own error, or a faithful run."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.formats import FORMATS
from pytest_txselect.report.readers.junit.decode import decode_xml
from pytest_txselect.report.readers.junit.read import parse_seconds, read_junit
from pytest_txselect.report.readers.unreadable import UnreadableError

if TYPE_CHECKING:
    from pytest_txselect.report.run import Run

SUREFIRE: Final = (
    Path(__file__).with_name("junit_files").joinpath("TEST-com.acme.CartTest.xml").read_text(encoding="utf-8")
)


def read(text: str | bytes) -> Run:
    """Read a file."""
    return assemble(read_junit(text.encode() if isinstance(text, str) else text, "junit.xml"))


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


def test_cut_anywhere():
    """However a file is cut short, it is unreadable: never a run in which less failed."""
    data = SUREFIRE.rstrip().encode()
    for place in range(len(data)):
        with pytest.raises(UnreadableError):
            read(data[:place])
