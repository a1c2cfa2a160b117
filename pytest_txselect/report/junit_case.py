"""A testcase of `junit.xml` that has something to tell, built by lxml, which knows what has to be escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from pytest_txselect.report.records import Outcome
from pytest_txselect.report.testcase import list_troubles, split_address

if TYPE_CHECKING:
    from pytest_txselect.report.records import CollectProblem, Phase
    from pytest_txselect.report.run import Test

__all__ = ["render_case", "render_problem"]

_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST_MESSAGE: Final = 500
_OUTPUTS: Final = {
    "Captured stdout": "system-out",
    "Captured log": "system-out",
    "Captured stderr": "system-err",
}


def show_illegal(text: str) -> str:
    """Replace what XML cannot hold by what pytest writes for it (`#x1B`)."""
    return _ILLEGAL.sub(lambda match: f"#x{ord(match.group()):02X}", text)


def shorten(message: str) -> str:
    """Shorten a message for an attribute: 500 characters; the element's text has it all."""
    return show_illegal(message if len(message) <= _MOST_MESSAGE else message[: _MOST_MESSAGE - 3] + "...")


def render_case(test: Test) -> bytes:
    """Render the testcase of a test."""
    classname, name = split_address(test.id)
    case = etree.Element("testcase", classname=show_illegal(classname), name=show_illegal(name))
    if test.file:
        case.set("file", show_illegal(test.file))
    if test.line:
        case.set("line", str(test.line - 1))
    case.set("time", f"{test.attempts[-1].duration if test.attempts else 0.0:.3f}")
    _add_properties(case, test)
    for tag, phase in list_troubles(test):
        if phase is None:
            _add(case, tag, test.not_run, "", "not run")
        else:
            _add_trouble(case, tag, phase)
    _add_earlier(case, test)
    _add_output(case, test)
    return etree.tostring(case, encoding="utf-8")


def _add(case: etree._Element, tag: str, message: str, text: str, kind: str = "") -> None:
    element = etree.SubElement(case, tag, message=shorten(message))
    if kind:
        element.set("type", kind)
    if text:
        element.text = show_illegal(text)


def _add_trouble(case: etree._Element, tag: str, phase: Phase) -> None:
    if phase.outcome is Outcome.XFAILED:
        _add(case, tag, phase.reason, "", "pytest.xfail")
    elif tag == "skipped":
        _add(case, tag, phase.reason, f"{phase.file}:{phase.line}: {phase.reason}", "pytest.skip")
    elif tag == "error":
        _add(case, tag, f'failed on {phase.when} with "{phase.reason}"', phase.traceback)
    else:
        prefix = f"{phase.subtest}: " if phase.subtest else ""
        _add(case, tag, prefix + phase.reason, phase.traceback)


def _add_earlier(case: etree._Element, test: Test) -> None:
    """Add the attempts that were followed by another."""
    kind = "flaky" if test.flaky else "rerun"
    for attempt in test.attempts[:-1]:
        for phase in attempt.phases:
            if phase.outcome in {Outcome.RERUN, Outcome.FAILED, Outcome.ERROR} and not phase.subtest:
                tag = f"{kind}Error" if phase.when in {"setup", "teardown"} else f"{kind}Failure"
                _add(case, tag, phase.reason, "", "rerun")
                etree.SubElement(case[-1], "stackTrace").text = show_illegal(phase.traceback)


def _add_properties(case: etree._Element, test: Test) -> None:
    pairs = test.attempts[-1].phases[-1].properties if test.attempts else ()
    if pairs:
        properties = etree.SubElement(case, "properties")
        for name, value in pairs:
            etree.SubElement(properties, "property", name=show_illegal(name), value=show_illegal(value))


def _add_output(case: etree._Element, test: Test) -> None:
    """Add captured output of a test that did not pass; `passes.txt` has that of the others."""
    if not test.attempts or test.outcome is Outcome.PASSED:
        return
    texts: dict[str, list[str]] = {}
    for phase in test.attempts[-1].phases:
        for title, text in phase.sections:
            tag = next((tag for start, tag in _OUTPUTS.items() if title.startswith(start)), "system-out")
            texts.setdefault(tag, []).append(f"{title.center(80, '-')}\n{text}")
    for tag, parts in texts.items():
        etree.SubElement(case, tag).text = show_illegal("\n".join(parts))


def render_problem(problem: CollectProblem) -> bytes:
    """Render the testcase that stands for what could not be collected."""
    classname, name = split_address(problem.node)
    case = etree.Element("testcase", classname=show_illegal(classname), name=show_illegal(name), time="0.000")
    if problem.outcome is Outcome.ERROR:
        _add(case, "error", "collection failure", problem.traceback or problem.reason)
    else:
        _add(case, "skipped", "collection skipped", f"{problem.file}:{problem.line}: {problem.reason}")
    return etree.tostring(case, encoding="utf-8")
