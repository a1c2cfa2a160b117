"""`junit.xml` in the family xunit1: Jenkins' junit-10 schema with `file`, `line`, `properties`, as of pytest.

One `testcase` for each test, whatever number of attempts and subtests it had: earlier attempts are
`flakyFailure` or `rerunFailure` elements in it, as Surefire has them. `line` counts from 0: that is what
pytest writes, and what readers of its files have learned to expect.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from pytest_txselect.report.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.report.records import CollectProblem, Phase
    from pytest_txselect.report.run import Run, Test

__all__ = ["render_junit"]

_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST_MESSAGE: Final = 500
_CHUNK: Final = 1 << 16
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


def split_address(nodeid: str) -> tuple[str, str]:
    """Split a node id into the class name and the name of a testcase: `a/b.py::C::t` is `a.b.C` and `t`."""
    path, bracket, parameters = nodeid.partition("[") if "::" in nodeid else (nodeid, "", "")
    names = [name for name in path.split("::") if name != "()"]
    names[0] = re.sub(r"\.py$", "", names[0].replace("/", "."))
    names[-1] += bracket + parameters
    return ".".join(names[:-1]), names[-1]


def render_junit(run: Run) -> Iterator[bytes]:
    """Render the file, piece by piece."""
    buffer = io.BytesIO()
    with etree.xmlfile(buffer, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("testsuites", name="pytest tests"), xml.element("testsuite", _suite_attributes(run)):
            for problem in run.collection:
                xml.write(_make_problem(problem))
            for test in _list_started(run):
                xml.write(_make_case(test))
                if buffer.tell() > _CHUNK:
                    yield buffer.getvalue()
                    buffer.seek(0)
                    buffer.truncate()
    yield buffer.getvalue()


def _list_started(run: Run) -> list[Test]:
    """List the tests that have a testcase: JUnit has no word for one that was not started."""
    return [test for test in run.tests if test.attempts or test.started]


def _suite_attributes(run: Run) -> dict[str, str]:
    counts: dict[str, int] = {"failure": 0, "error": 0, "skipped": 0}
    for problem in run.collection:
        counts["error" if problem.outcome is Outcome.ERROR else "skipped"] += 1
    started = _list_started(run)
    for test in started:
        for tag, _ in _list_troubles(test):
            counts[tag] += 1
    begun = min((stream.header.started for stream in run.streams), default=0.0)
    seconds = sum(stream.footer.duration for stream in run.streams if stream.footer)
    return {
        "name": "pytest",
        "errors": str(counts["error"]),
        "failures": str(counts["failure"]),
        "skipped": str(counts["skipped"]),
        "tests": str(len(run.collection) + len(started)),
        "time": f"{seconds:.3f}",
        "timestamp": dt.datetime.fromtimestamp(begun, dt.UTC).isoformat(),
    }


def _list_troubles(test: Test) -> Iterator[tuple[str, Phase | None]]:
    """List what an element below the testcase says: failures, errors and skips of its last attempt."""
    if test.not_run:
        yield "error", None
    last = len(test.attempts) - 1
    for result in test.results:
        if result.attempt == last and result.counted not in {Outcome.PASSED, "subtests passed", "-"}:
            yield _TAGS.get(result.outcome, "failure"), result.phase


_TAGS: Final = {
    Outcome.ERROR: "error",
    Outcome.SKIPPED: "skipped",
    Outcome.XFAILED: "skipped",
    Outcome.XPASSED: "skipped",
}


def _make_case(test: Test) -> etree._Element:
    classname, name = split_address(test.id)
    case = etree.Element("testcase", classname=show_illegal(classname), name=show_illegal(name))
    if test.file:
        case.set("file", show_illegal(test.file))
    if test.line:
        case.set("line", str(test.line - 1))
    case.set("time", f"{test.attempts[-1].duration if test.attempts else 0.0:.3f}")
    _add_properties(case, test)
    for tag, phase in _list_troubles(test):
        if phase is None:
            _add(case, tag, test.not_run, "", "not run")
        else:
            _add_trouble(case, tag, phase)
    _add_earlier(case, test)
    _add_output(case, test)
    return case


def _add(case: etree._Element, tag: str, message: str, text: str, kind: str = "") -> None:
    element = etree.SubElement(case, tag, message=shorten(message))
    if kind:
        element.set("type", kind)
    if text:
        element.text = show_illegal(text)


def _add_trouble(case: etree._Element, tag: str, phase: Phase) -> None:
    if phase.outcome is Outcome.XFAILED:
        _add(case, tag, phase.reason, "", "pytest.xfail")
    elif phase.outcome is Outcome.XPASSED:
        _add(case, tag, "xfail-marked test passes unexpectedly", phase.reason)
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


def _make_problem(problem: CollectProblem) -> etree._Element:
    classname, name = split_address(problem.node)
    case = etree.Element("testcase", classname=show_illegal(classname), name=show_illegal(name), time="0.000")
    if problem.outcome is Outcome.ERROR:
        _add(case, "error", "collection failure", problem.traceback or problem.reason)
    else:
        _add(case, "skipped", "collection skipped", f"{problem.file}:{problem.line}: {problem.reason}")
    return case
