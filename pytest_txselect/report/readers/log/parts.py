"""The parts of a run's log: progress, the sections between, the short test summary; warnings and durations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.readers.log.grammar import RULE
from pytest_txselect.report.records import WarningSeen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Parts", "find_durations", "find_warnings", "list_parts"]

_SUMMARY: Final = "short test summary info"
_MOST_TRIED: Final = 20
_WARNINGS: Final = frozenset({"warnings summary", "warnings summary (final)"})
_DURATION: Final = re.compile(r"(?P<seconds>\d{1,9}\.\d+)s (?P<when>call|setup|teardown) +(?P<node>\S.*)")
_PLACE: Final = re.compile(r"  (?P<file>\S.*?):(?P<line>\d{1,9}): (?:(?P<category>[\w.]+): )?(?P<message>.*)")
_COUNTED: Final = re.compile(r"(?P<file>\S.*): (?P<count>\d{1,7}) warnings?")


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a run's log.

    Attributes:
        head: pytest's heading and the progress.
        middle: tracebacks, warnings, and what plugins show.
        summary: what follows the heading of the short test summary.
    """

    head: Sequence[str]
    middle: Sequence[str]
    summary: Sequence[str]


def list_parts(lines: Sequence[str]) -> Iterator[Parts]:
    """List the ways in which the lines of a run may be split, the likeliest first.

    The short test summary is the last heading of that name, unless a test has printed one; the last way is to
    have none.
    """
    headings = [(index, title) for index, title in _list_headings(lines) if title != "test session starts"]
    first = headings[0][0] if headings else len(lines)
    for begin in reversed([index for index, title in headings if title == _SUMMARY][-_MOST_TRIED:]):
        end = next((index for index, title in headings if index > begin and title in _WARNINGS), len(lines))
        yield Parts(lines[: min(first, begin)], lines[first:begin], list(_until_stop(lines[begin + 1 : end])))
    yield Parts(lines[:first], lines[first:], ())


def _list_headings(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    for index, line in enumerate(lines):
        rule = RULE.fullmatch(line.rstrip()) if line.startswith("=") else None
        if rule:
            yield index, rule["title"]


def _until_stop(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith("!!!") and RULE.fullmatch(line.rstrip()):
            return
        yield line


def find_durations(lines: Sequence[str]) -> dict[tuple[str, str], float]:
    """Find what --durations shows: seconds by node id and phase."""
    return {
        (match["node"], match["when"]): float(match["seconds"])
        for line in lines
        if line[:1].isdigit() and (match := _DURATION.fullmatch(line))
    }


def find_warnings(lines: Sequence[str]) -> list[WarningSeen]:
    """Find the warnings that the last section of that name shows, each as often as it says."""
    sections = [index for index, title in _list_headings(lines) if title in _WARNINGS]
    found: list[WarningSeen] = []
    places: list[tuple[str, int]] = []
    message: WarningSeen | None = None
    for line in lines[sections[-1] + 1 :] if sections else ():
        match = _PLACE.fullmatch(line)
        if match and message is None:
            file, number, text = match["file"], int(match["line"]), match["message"]
            message = WarningSeen(text, match["category"] or "", file, number)
            found += _repeat(message, places or [("", 1)])
        elif not line.strip():
            places, message = [], None
        elif line.startswith(("=", "-- Docs")):
            break
        elif not line.startswith(" "):
            counted = _COUNTED.fullmatch(line)
            places.append((counted["file"], int(counted["count"])) if counted else (line.strip(), 1))
            message = None
    return found


def _repeat(message: WarningSeen, places: Sequence[tuple[str, int]]) -> Iterator[WarningSeen]:
    for test, count in places:
        one = WarningSeen(message.message, message.category, message.file, message.line, "runtest", test)
        yield from [one] * count
