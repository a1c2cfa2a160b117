"""A JUnit file to records."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.lines import BadLineError
from pytest_txselect.report.phase import Pass, Start
from pytest_txselect.report.readers.junit.decode import decode_xml
from pytest_txselect.report.readers.junit.naming import is_of_pytest, name_case, name_problem
from pytest_txselect.report.readers.junit.outcomes import Verdict, find_verdict
from pytest_txselect.report.readers.junit.stream import Case, Document, Part, parse_junit
from pytest_txselect.report.readers.unreadable import UnreadableError
from pytest_txselect.report.records import Collected, CollectProblem, Footer, Header, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_txselect.report.records import Record

__all__ = ["parse_seconds", "read_junit"]

_NUMBER: Final = re.compile(r"\d{1,12}(?:\.\d{1,12})?(?:[eE]-?\d{1,2})?")
_LONGEST_RUN: Final = 1e9


def read_junit(data: bytes, name: str) -> Iterator[Record | BadLineError]:
    """Read a JUnit file.

    Args:
        data: its content.
        name: id for its report.

    Raises:
        UnreadableError: it cannot be the results of a test run.
    """
    if not data.strip(b" \t\r\n\0"):
        raise UnreadableError("it is empty: the test run did not end, or wrote its results elsewhere")
    document = parse_junit(decode_xml(data))
    return _make_records(
        document, hashlib.sha256(name.encode("utf-8", "surrogatepass") + data).hexdigest()[:32], name
    )


def _make_records(document: Document, run: str, name: str) -> Iterator[Record | BadLineError]:
    starts = [moment for suite in document.suites if (moment := _parse_time(suite.attributes))]
    started = min(starts, default=_parse_time(document.root))
    yield Header(run=run, id=name, started=started, source="junit", notes=tuple(_compare(document)))
    yield from _find_losses(document)
    bad = False
    for suite in document.suites:
        for part in suite.parts:
            bad = True
            yield CollectProblem(suite.name or name, Outcome.ERROR, _find_reason(part), part.text)
    for case in _join_doubles(document.cases):
        verdict = find_verdict(case)
        bad = bad or verdict.bad
        yield from _make_case(case, verdict, started)
    seconds = parse_seconds(document.root) or sum(
        parse_seconds(suite.attributes) for suite in document.suites
    )
    yield Footer(started + seconds if started else 0.0, seconds, 1 if bad else 0 if document.cases else 5)


def _parse_time(attributes: Mapping[str, str]) -> float:
    try:
        moment = dt.datetime.fromisoformat(attributes.get("timestamp", "").strip())
        return max((moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp(), 0.0)
    except (ValueError, OverflowError):
        return 0.0


def parse_seconds(attributes: Mapping[str, str]) -> float:
    """Parse the attribute `time`: seconds, which Surefire groups by commas ("1,234.5"); 0 where it is no number."""
    text = attributes.get("time", "").strip().replace(",", "")
    seconds = float(text) if _NUMBER.fullmatch(text) else 0.0
    return seconds if seconds < _LONGEST_RUN else 0.0


def _compare(document: Document) -> Iterator[str]:
    """Compare how many test cases suites declare with how many they have."""
    for suite in document.suites:
        declared = _count(suite.attributes, "tests")
        if declared > suite.cases and not suite.nested and suite.name != "pytest":  # pytest counts some twice
            yield f"suite {suite.name or '?'} declares {declared} tests, {suite.cases} are there"


def _find_losses(document: Document) -> Iterator[BadLineError]:
    """Find suites that declare more failures than are there: some are lost."""
    for suite in document.suites:
        declared = _count(suite.attributes, "failures") + _count(suite.attributes, "errors")
        found = suite.bad + len(suite.parts)
        if declared > found and not suite.nested:
            yield BadLineError(
                f"suite {suite.name or '?'} declares {declared} failures and errors, {found} are there"
            )


def _count(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - digits


def _join_doubles(cases: Iterable[Case]) -> Iterator[Case]:
    """Join what pytest writes as two cases: a test that fails, and the error of its own teardown."""
    held: Case | None = None
    for case in cases:
        if held is not None and _is_teardown_of(case, held):
            held = Case(held.suite, held.attributes, held.parts + case.parts, held.properties)
            continue
        if held is not None:
            yield held
        held = case
    if held is not None:
        yield held


def _is_teardown_of(case: Case, held: Case) -> bool:
    same = all(case.attributes.get(key) == held.attributes.get(key) for key in ("classname", "name", "file"))
    first = case.parts[0] if case.parts else None
    return (
        same
        and first is not None
        and first.tag == "error"
        and first.attributes.get("message", "").startswith("failed on teardown")
        and any(part.tag in {"failure", "skipped"} for part in held.parts)
    )


def _find_reason(part: Part) -> str:
    return part.attributes.get("message", "") or next(iter(part.text.strip().splitlines()), "")


def _make_case(case: Case, verdict: Verdict, started: float) -> Iterator[Record]:
    if verdict.problem is not None:
        phase = verdict.problem
        yield CollectProblem(
            name_problem(case), phase.outcome, phase.reason, phase.traceback, phase.file, phase.line
        )
        return
    node = name_case(case)
    file, _, name = node.partition("::")
    seconds = parse_seconds(case.attributes)
    if verdict.not_run:
        yield Collected((node,))
        return
    begun = _parse_time(case.attributes) or started
    line = _count(case.attributes, "line")
    if "line" in case.attributes and is_of_pytest(case):
        line += 1  # pytest counts from 0
    yield Start(node, file, line, name.replace("::", ".") or node, begun)
    if not verdict.phases and not case.properties and not verdict.sections:
        yield Pass(node, begun, 0.0, seconds, 0.0)
        return
    yield from verdict.make_phases(node, begun, seconds, case.properties)
