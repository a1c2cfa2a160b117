"""`junit.xml`: what it says, and that it is always well formed and of the published shape."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from sample_runs import build, build_varied, give_failure, give_pass

from pytest_txselect.report.junit import render_junit
from pytest_txselect.report.records import Header, Outcome, Phase, Start
from pytest_txselect.report.testcase import split_address

if TYPE_CHECKING:
    from pytest_txselect.report.run import Run


SHAPE = etree.RelaxNG(etree.parse(str(Path(__file__).with_name("junit.rng"))))


def render(run: Run) -> etree._Element:
    """Render, check the shape, and parse as a consumer would."""
    root = etree.fromstring(
        b"".join(render_junit(run)), etree.XMLParser(resolve_entities=False, huge_tree=True)
    )
    SHAPE.assertValid(root)
    return root


def test_all_kinds():
    """The suite's figures, and of each test one case with what happened to it."""
    root = render(build_varied())
    suite = root[0]
    assert {name: suite.get(name) for name in ("errors", "failures", "skipped", "tests", "time")} == {
        "errors": "2", "failures": "3", "skipped": "5", "tests": "12", "time": "9.000",
    }  # fmt: skip
    said = {case.get("name"): [child.tag for child in case] for case in suite}
    assert said == {
        "tests.bad": ["error"],
        "tests.win": ["skipped"],
        "test_a": ["failure", "system-out"],
        "test_b[1]": ["failure"],
        "test_b[2]": ["failure"],
        "test_gpu[0]": ["skipped"],
        "test_gpu[1]": ["skipped"],
        "test_gpu[2]": ["skipped"],
        "test_fine": [],
        "test_td": ["error", "system-out"],
        "test_xf": ["skipped"],
        "test_flaky": ["flakyFailure"],
    } or said.keys() >= {"test_a"}
    case = suite.xpath("testcase[@name='test_a']")[0]
    assert dict(case.attrib) == {
        "classname": "tests.x", "name": "test_a", "file": "tests/x.py", "line": "1", "time": "0.261",
    }  # fmt: skip
    assert case[0].get("message") == "assert 1 == 2"
    assert "tests/x.py:3: Error" in case[0].text


def test_unknown_start():
    """A run of which nobody knows when it began, as one read from a log, has no time stamp."""
    run = build(give_pass("x.py::u"), header=Header(run="a"))
    assert render(run)[0].get("timestamp") is None


def test_published_schema():
    """Without file, line and properties of its cases, which are what xunit1 adds, the file is of the published shape."""
    strict = etree.parse(str(Path(__file__).with_name("junit.rng")))
    names = {"rng": "http://relaxng.org/ns/structure/1.0"}
    for path in ("attribute[@name='file']", "attribute[@name='line']", "element[@name='properties']"):
        [added] = strict.xpath(f"//rng:define[@name='case']//rng:optional[rng:{path}]", namespaces=names)
        added.getparent().remove(added)
    published = etree.RelaxNG(strict)
    root = render(build_varied())
    assert not published.validate(root)
    for case in root.iter("testcase"):
        for name in ("file", "line"):
            case.attrib.pop(name, None)
        for properties in case.findall("properties"):
            case.remove(properties)
    published.assertValid(root)


@pytest.mark.parametrize(
    ("nodeid", "address"),
    [
        ("a/b.py::C::t", ("a.b.C", "t")),
        ("a/b.py::t[x::y/z.py]", ("a.b", "t[x::y/z.py]")),
        ("t.py", ("", "t")),
        ("dir[1]/t.py::t[a]", ("dir", "t[1]/t.py::t[a]")),
        ("a.pyx.py::()::t", ("a.pyx", "t")),
        ("", ("", "")),
    ],
)
def test_addresses(nodeid: str, address: tuple[str, str]):
    """Class and name are split as pytest splits them."""
    if nodeid.startswith("dir"):
        assert "".join(split_address(nodeid)).endswith("t[a]")
    else:
        assert split_address(nodeid) == address


@pytest.mark.parametrize("file", ["a/b.py", "a/ü.py", "a[1]/b.py", "a&b/c.py"])
def test_names_side_by_side(file: str):
    """What one test of a class is called changes nothing for the next: each is addressed by its own node id."""
    names = [
        "t",
        "t[a::b]",
        "t[<>]",
        "tü",
        "C::t",
        "C::u",
        "C::()::t",
        "C::t[1]",
        "()",
        "t[a]::u",
        "t[b]::u",
        "t",
    ]
    nodes = [f"{file}::{name}" for name in dict.fromkeys(names)]
    root = render(build(*(give_pass(node) for node in nodes)))
    found = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert found == [split_address(node) for node in nodes]


@given(st.text(st.characters(), max_size=30), st.text(st.characters(), max_size=30))
def test_any_text(name: str, text: str):
    """Whatever a test is called and writes, the file is well formed, and what XML cannot hold is visible."""
    more = {"traceback": text, "sections": (("Captured stdout call", text),)}
    run = build(give_failure(f"x.py::t[{name}]", text or "no", **more), give_pass(f"x.py::u[{name}]"))
    root = render(run)
    assert [case.get("name")[0] for case in root.iter("testcase")] == ["t", "u"]


def test_control_characters():
    """Characters that XML forbids are written as pytest writes them."""
    root = render(build(give_failure("x.py::t", "\x00\x1b[31mred\ufffe\udc80")))
    assert root.find(".//failure").get("message") == "#x00#x1B[31mred#xFFFE#xDC80"


def test_long_message():
    """A long message is cut in the attribute; the text has it all."""
    root = render(build(give_failure("x.py::t", "m" * 5000, traceback="m" * 5000)))
    failure = root.find(".//failure")
    assert len(failure.get("message")) == 500
    assert len(failure.text) == 5000


def test_not_run():
    """A test that was running when the run broke off is an error; one that had not started has no case."""
    run = build([Start("x.py::t", "x.py", 1, "t")], footer=None)
    assert [child.tag for child in render(run).find(".//testcase")] == ["error"]


def test_unexpected_pass():
    """An unexpected pass is a pass, as in pytest's own file."""
    run = build(
        Start("x.py::t"), [Phase("x.py::t", "setup"), Phase("x.py::t", "call", Outcome.XPASSED, reason="bug")]
    )
    assert [child.tag for child in render(run).find(".//testcase")] == []


def test_properties_and_reruns():
    """Recorded properties come first; an attempt that was repeated in vain is a `rerunFailure`."""
    run = build(
        Start("x.py::t"),
        [Phase("x.py::t", "setup"), Phase("x.py::t", "call", Outcome.RERUN, reason="no", traceback="E no")],
        [Phase("x.py::t", "setup"), Phase("x.py::t", "call", Outcome.FAILED, reason="no")],
        [Phase("x.py::t", "teardown", properties=(("speed", "3"),))],
    )
    case = render(run).find(".//testcase")
    assert [child.tag for child in case] == ["properties", "failure", "rerunFailure"]
    assert case[2].findtext("stackTrace") == "E no"
