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
from pytest_txselect.report.readers.junit.stream import Case, Document, Part, Suite, parse_junit
from pytest_txselect.report.readers.unreadable import UnreadableError
from pytest_txselect.report.records import Collected, CollectProblem, Footer, Header, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_txselect.report.records import Record

__all__ = ["parse_seconds", "read_junit"]

_NUMBER: Final = re.compile(r"\d{1,12}(?:\.\d{1,12})?(?:[eE]-?\d{1,2})?")
_LONGEST_RUN: Final = 1e9
_WHOLE: Final = re.compile(r"([0-9]{1,9})(?:\.0*)?")
_FAILURES: Final = ("failures", "failure", "failed")
_ERRORS: Final = ("errors", "error")


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
    started = min(starts, default=0.0)
    yield Header(run=run, id=name, started=started, source="junit", notes=tuple(_compare(document)))
    yield from _find_losses(document)
    bad = False
    for suite in document.suites:
        for part in suite.parts:
            bad = True
            yield CollectProblem(suite.name or name, Outcome.ERROR, _find_reason(part), part.text)
    for case in _join_doubles(document.cases):
        verdict = find_verdict(case)
        if verdict.is_repeated and _count_bad(case.suite) == case.suite.bad_cases:
            verdict.join_failures()
        bad = bad or verdict.bad
        yield from _make_case(case, verdict, started)
    root = document.suites[0]
    seconds = parse_seconds(root.attributes) or sum(
        parse_seconds(suite.attributes) for suite in document.suites if suite.above is root
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
        if declared > suite.cases and suite.name != "pytest":  # pytest counts some twice
            yield f"suite {suite.name or '?'} declares {declared} tests, {suite.cases} are there"


def _find_losses(document: Document) -> Iterator[BadLineError]:
    """Find suites that declare more failures than are there: some are lost, wherever they are counted.

    Where nothing counts failures, a test that is declared and not there may be one.
    """
    lost = [line for suite in document.suites if (line := _find_loss(suite))]
    counted = any(suite.attributes.get(name) for suite in document.suites for name in (*_FAILURES, *_ERRORS))
    if not lost and not counted:
        lost = [f"{line}, and no failures are counted" for line in _compare(document)]
    for line in dict.fromkeys(lost):
        yield BadLineError(line)


def _find_loss(suite: Suite) -> str:
    """Say which failures of a suite are lost; empty when none are."""
    declared = _count_bad(suite)
    if declared is None:
        return f"suite {suite.name or '?'} declares failures by what is no number"
    if declared > suite.bad:
        return f"suite {suite.name or '?'} declares {declared} failures and errors, {suite.bad} are there"
    return ""


def _count_bad(suite: Suite) -> int | None:
    """Count the failures and errors that a suite declares; None where what it declares is no number."""
    declared = 0
    for names in (_FAILURES, _ERRORS):
        texts = [text for name in names if (text := suite.attributes.get(name, "").strip())]
        numbers = [_WHOLE.fullmatch(text.replace(",", "")) for text in texts]
        if not all(numbers):
            return None
        declared += max((int(number[1]) for number in numbers if number), default=0)
    return declared


def _count(attributes: Mapping[str, str], name: str) -> int:
    match = _WHOLE.fullmatch(attributes.get(name, "").strip().replace(",", ""))
    return int(match[1]) if match else 0


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
