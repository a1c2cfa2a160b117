"""Tracebacks and output for `report.html`: worth the most, and taking the most room.

They share a limit, in the order of their importance, and say where they were cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.report.plain import make_visible, strip_colours
from pytest_txselect.report.run import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_txselect.report.records import CollectProblem, Phase

__all__ = ["Details", "clean", "cut_middle"]

_ROOM: Final = 7_000_000  # characters of all tracebacks and output
_LONGEST_TRACE: Final = 40_000
_LONGEST_OUTPUT: Final = 20_000
_LONGEST_MESSAGE: Final = 4_000
_ONE_LINE: Final = 300
_CUT: Final = "Traceback and output are left out here to keep this page small; the text files have them."


def clean(text: str) -> str:
    """Make text of a test fit to be shown: colours removed, control characters visible, lines kept."""
    return text if text.isprintable() else make_visible(strip_colours(text), line=False)


def cut_middle(text: str, longest: int) -> str:
    """Cut a long text in its middle: the beginning says what ran, the end what happened."""
    if len(text) <= longest:
        return text
    head = longest // 4
    return f"{text[:head]}\n[... {len(text) - longest:,} characters cut ...]\n{text[head - longest :]}"


class Details:
    """What rows have to tell beyond a line.

    Attributes:
        made: the details, as the page's script reads them; a row has the number of its own.
    """

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []
        self._wanted: list[tuple[int, Result | CollectProblem]] = []

    def want(self, row: int, subject: Result | CollectProblem) -> None:
        """Note that the row of this number has details."""
        self._wanted.append((row, subject))

    def make(self, rank: Callable[[int], int]) -> dict[int, int]:
        """Make the details, those of lowest rank first, in full while there is room.

        Returns:
            The number of its detail for the number of each row that has one.
        """
        room, numbers = _ROOM, {}
        for row, subject in sorted(self._wanted, key=lambda wanted: rank(wanted[0])):
            detail = _describe_result(subject) if isinstance(subject, Result) else _describe_problem(subject)
            size = len(detail.get("trace", "")) + sum(len(text) for _, text in detail.get("sections", ()))
            if size > room:
                detail = {key: value for key, value in detail.items() if key not in {"trace", "sections"}}
                detail["cut"] = _CUT
            else:
                room -= size
            numbers[row] = len(self.made)
            self.made.append(detail)
        return numbers


def _describe_problem(problem: CollectProblem) -> dict[str, Any]:
    return _describe(problem.reason, problem.traceback, problem.file, problem.line, problem.sections)


def _describe_result(result: Result) -> dict[str, Any]:
    phase, attempt = result.phase, result.test.attempts[result.attempt]
    sections = phase.sections if phase.subtest else tuple(_list_sections(attempt.phases))
    detail = _describe(phase.reason, phase.traceback, phase.file, phase.line, sections)
    phases = [[each.when, round(each.duration * 1000, 1)] for each in attempt.phases if not each.subtest]
    if len(phases) > 1 and not phase.subtest:
        detail["phases"] = phases
    if attempt.phases[-1].properties:
        detail["properties"] = [[clean(name), clean(value)] for name, value in attempt.phases[-1].properties]
    return detail


def _list_sections(phases: tuple[Phase, ...]) -> Iterator[tuple[str, str]]:
    for phase in phases:
        if not phase.subtest:
            yield from phase.sections


def _describe(
    reason: str, trace: str, file: str, line: int, sections: tuple[tuple[str, str], ...]
) -> dict[str, Any]:
    detail: dict[str, Any] = {}
    if "\n" in reason.strip() or len(reason) > _ONE_LINE:
        detail["message"] = cut_middle(clean(reason.strip()), _LONGEST_MESSAGE)
    if trace:
        detail["trace"] = cut_middle(clean(trace), _LONGEST_TRACE)
    if file:
        detail["place"] = f"{clean(file)}:{line}"
    if sections:
        detail["sections"] = [
            [clean(title), cut_middle(clean(text), _LONGEST_OUTPUT)] for title, text in sections
        ]
    return detail
