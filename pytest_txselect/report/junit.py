"""`junit.xml` in the family xunit1: Jenkins' junit-10 schema with `file`, `line`, `properties`, as of pytest.

One `testcase` for each test, whatever number of attempts and subtests it had: earlier attempts are
`flakyFailure` or `rerunFailure` elements in it, as Surefire has them. `line` counts from 0: that is what
pytest writes, and what readers of its files have learned to expect.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.records import Outcome
from pytest_txselect.report.testcase import list_troubles, split_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_txselect.report.run import Run, Test

__all__ = ["render_junit"]

_SIMPLE: Final = re.compile(r"[A-Za-z0-9_./:\[\]=,+ -]+").fullmatch


def render_junit(run: Run) -> Iterator[bytes]:
    """Render the file, piece by piece."""
    tests = [test for test in run.tests if test.plain or _has_begun(test)]  # there is no word for others
    attributes = " ".join(f'{name}="{value}"' for name, value in _list_attributes(run, tests))
    yield b'<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="pytest tests">'
    yield f"<testsuite {attributes}>\n".encode("ascii")
    simple = _render_simple(tests)
    if run.collection or not all(simple):
        from pytest_txselect.report.junit_case import render_case, render_problem  # noqa: PLC0415 - lxml

        yield from map(render_problem, run.collection)
        for test, element in zip(tests, simple, strict=True):
            yield element.encode("ascii") or render_case(test)
    else:
        yield "".join(simple).encode("ascii")
    yield b"</testsuite></testsuites>\n"


def _has_begun(test: Test) -> bool:
    return bool(test.attempts or test.running or test.started)


def _render_simple(tests: Iterable[Test]) -> list[str]:
    """Render the testcases of tests that passed and whose names need no escapes: most of most runs, and fast.

    Returns:
        The elements; an empty text where there is more to tell, or lxml has to escape something.
    """
    elements = []
    classes: dict[str, str] = {}  # by what comes before the name
    files: dict[str, str] = {}
    times: dict[int, str] = {}
    for node, _, file, line, _, _, attempts, _, _, _, _, plain in tests:
        place = files.get(file)
        if place is None:
            place = files[file] = f' file="{file}"' if _SIMPLE(file) else ""
        if not plain or not place:
            elements.append("")
            continue
        head, _, name = node.rpartition("::")
        classname = classes.get(head) if name.isidentifier() and name.isascii() else None
        if classname is None:
            if not _SIMPLE(node):
                elements.append("")
                continue
            classname, name = split_address(node)
            if head and "[" not in node and name != "()":
                classes[head] = classname
        if line:
            place = f'{place} line="{line - 1}"'
        done = attempts[0].passed
        seconds = attempts[0].duration if done is None else done[2] + done[3] + done[4]
        time = times.get(ms := int(seconds * 1000 + 0.5)) or times.setdefault(ms, f"{ms / 1000:.3f}")
        elements.append(f'<testcase classname="{classname}" name="{name}"{place} time="{time}"/>')
    return elements


def _list_attributes(run: Run, tests: list[Test]) -> Iterator[tuple[str, str]]:
    """List the attributes of the testsuite; none of the values has to be escaped."""
    counts = Counter("error" if problem.outcome is Outcome.ERROR else "skipped" for problem in run.collection)
    for test in run.not_plain:
        if _has_begun(test):
            counts.update(tag for tag, _ in list_troubles(test))
    begun = min((stream.header.started for stream in run.streams if stream.header.started), default=0.0)
    seconds = sum(stream.footer.duration for stream in run.streams if stream.footer)
    yield "name", "pytest"
    yield "errors", str(counts["error"])
    yield "failures", str(counts["failure"])
    yield "skipped", str(counts["skipped"])
    yield "tests", str(len(run.collection) + len(tests))
    yield "time", f"{seconds:.3f}"
    if begun:  # a log does not say it
        yield "timestamp", dt.datetime.fromtimestamp(begun, dt.UTC).isoformat()
