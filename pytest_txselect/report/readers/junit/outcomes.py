"""What the elements of a test case mean: how it ended, and what was tried before."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.phase import Phase
from pytest_txselect.report.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_txselect.report.readers.junit.stream import Case, Part

__all__ = ["Verdict", "find_verdict"]

_XFAIL: Final = frozenset({"pytest.xfail", "XFAIL"})  # the latter is of unittest-xml-reporting
_OUTPUT: Final = {"system-out": "Captured stdout call", "system-err": "Captured stderr call"}
_EARLIER: Final = frozenset({"rerunFailure", "rerunError", "flakyFailure", "flakyError"})
_LONGEST: Final = 20_000  # characters of a reason; the traceback has it all
_LEFT_OUT: Final = frozenset({"notrun", "skipped", "disabled", "ignored", "pending", "suppressed"})
_FAILURES: Final = frozenset({Outcome.FAILED, Outcome.ERROR})
_FAILED: Final = frozenset(
    {"fail", "failed", "failure", "timeout", "timedout", "timed-out", "timed_out", "ko"}
)
_BROKEN: Final = frozenset({"error", "errored", "broken", "crash", "crashed", "aborted", "interrupted"})
_FAILED_ON: Final = re.compile(r'failed on (setup|teardown|call) with "(.*)"', re.DOTALL)
_PLACE: Final = re.compile(r"(?P<file>\S.*?):(?P<line>\d{1,9}): (?P<reason>.*)", re.DOTALL)
_TUPLE: Final = re.compile(
    r"\(['\"](?P<file>.*?)['\"], (?P<line>\d{1,9}), ['\"](?P<reason>.*)['\"]\)\s*", re.DOTALL
)
_FRAME: Final = re.compile(r"^(\S[^\n]*?):(\d{1,9}): ", re.MULTILINE)  # pytest
_PYTHON: Final = re.compile(r'^ *File "([^"\n]+)", line (\d{1,9})', re.MULTILINE)
_OTHERS: Final = re.compile(r"[(]([^()\s:]+\.\w+):(\d{1,9})(?::\d+)?[)]")  # Java, JavaScript: innermost first


@dataclass(slots=True)
class Verdict:
    """How a test case ended.

    Attributes:
        phases: what did not simply pass, in order, without node id and times.
        sections: captured output.
        problem: it is no test, but what could not be collected, or skipped itself while it was.
        not_run: it was to run and did not.
    """

    phases: list[Phase] = field(default_factory=list)
    sections: tuple[tuple[str, str], ...] = ()
    problem: Phase | None = None
    not_run: bool = False

    @property
    def bad(self) -> bool:
        """Whether something failed or broke."""
        found = [*self.phases, self.problem] if self.problem else self.phases
        return any(phase.outcome in _FAILURES for phase in found)

    @property
    def is_repeated(self) -> bool:
        """Whether it failed more than once in its call, as a case of googletest with several expectations."""
        return len([phase for phase in self._list_calls() if phase.outcome in _FAILURES]) > 1

    def join_failures(self) -> None:
        """Make one failure of those of the call, as whoever wrote the file counts them."""
        first, *others = (phase for phase in self._list_calls() if phase.outcome in _FAILURES)
        texts = [f"{phase.reason}\n{phase.traceback}".strip("\n") for phase in others]
        joined = first._replace(traceback="\n\n".join([first.traceback, *texts]))
        self.phases = [
            joined if phase is first else phase
            for phase in self.phases
            if not any(phase is other for other in others)
        ]

    def _list_calls(self) -> list[Phase]:
        return [phase for phase in self.phases if phase.when == "call" and phase.outcome is not Outcome.RERUN]

    def make_phases(
        self, node: str, begun: float, seconds: float, properties: tuple[tuple[str, str], ...]
    ) -> Iterator[Phase]:
        """Make the phases of all attempts; the time is that of the call of the last one."""
        blank = Phase(node, start=begun)
        for phase in self.phases:
            if phase.outcome is Outcome.RERUN:
                yield blank._replace(when="setup")
                yield phase._replace(test=node, start=begun)
        setup = self._find("setup")
        yield (setup or blank)._replace(
            test=node, start=begun, when="setup", duration=seconds if setup else 0.0
        )
        calls = self._list_calls()
        if not setup:
            for number, phase in enumerate(calls[1:], 2):
                yield phase._replace(test=node, start=begun, subtest=f"({number})")
            first = calls[0] if calls else blank
            yield first._replace(test=node, start=begun, duration=seconds, sections=self.sections)
        teardown = self._find("teardown") or blank
        yield teardown._replace(test=node, start=begun, when="teardown", properties=properties)

    def _find(self, when: str) -> Phase | None:
        return next((phase for phase in self.phases if phase.when == when), None)


def find_verdict(case: Case) -> Verdict:
    """Find out how a test case ended."""
    verdict = Verdict()
    verdict.sections = tuple(
        (_OUTPUT[part.tag], part.text) for part in case.parts if part.tag in _OUTPUT and part.text.strip()
    )
    for part in case.parts:
        if part.tag in _EARLIER:
            verdict.phases.append(_make_phase(part, "call", Outcome.RERUN))
        elif part.tag == "failure":
            verdict.phases.append(_make_phase(part, "call", Outcome.FAILED))
        elif part.tag == "skipped":
            _take_skip(verdict, part)
        elif part.tag == "error":
            _take_error(verdict, part)
    _take_status(verdict, case, [part.tag for part in case.parts])
    return verdict


def _take_skip(verdict: Verdict, part: Part) -> None:
    kind = part.attributes.get("type", "")
    phase = _make_phase(part, "call", Outcome.XFAILED if kind in _XFAIL else Outcome.SKIPPED)
    if phase.outcome is Outcome.SKIPPED:
        phase = phase._replace(traceback="")
        if place := _PLACE.match(part.text) or _TUPLE.match(part.text):
            phase = phase._replace(file=place["file"], line=int(place["line"]))
            if phase.reason == "collection skipped":
                verdict.problem = phase._replace(reason=place["reason"].removeprefix("Skipped: "))
                return
    verdict.phases.append(phase)


def _take_error(verdict: Verdict, part: Part) -> None:
    message = part.attributes.get("message", "")
    if message == "collection failure":
        phase = _make_phase(part, "call", Outcome.ERROR)
        verdict.problem = phase._replace(reason=_find_last_error(part.text))
    elif part.attributes.get("type") == "not run":
        verdict.not_run = True
    elif match := _FAILED_ON.fullmatch(message):
        verdict.phases.append(_make_phase(part, match[1], Outcome.ERROR)._replace(reason=match[2]))
    else:
        verdict.phases.append(_make_phase(part, "call", Outcome.ERROR))


def _take_status(verdict: Verdict, case: Case, tags: Sequence[str]) -> None:
    """Take the attributes in which some producers say that a test was left out, or failed, and nothing else."""
    said = {case.attributes.get("status", "").lower(), case.attributes.get("result", "").lower()}
    if {"failure", "error", "skipped"} & set(tags):
        return
    if said & _FAILED:
        verdict.phases.append(Phase(outcome=Outcome.FAILED, reason=f"it is {min(said & _FAILED)}"))
    elif said & _BROKEN:
        verdict.phases.append(Phase(outcome=Outcome.ERROR, reason=f"it is {min(said & _BROKEN)}"))
    elif said & _LEFT_OUT:
        verdict.phases.append(Phase(outcome=Outcome.SKIPPED, reason=""))


def _make_phase(part: Part, when: str, outcome: Outcome) -> Phase:
    trace = (part.trace or part.text).strip("\n")
    reason = part.attributes.get("message", "") or next(iter(trace.strip().splitlines()), "")
    file, line = _find_place(trace) if outcome is not Outcome.SKIPPED else ("", 0)
    return Phase(when=when, outcome=outcome, reason=reason[:_LONGEST], traceback=trace, file=file, line=line)


def _find_place(trace: str) -> tuple[str, int]:
    for pattern in (_FRAME, _PYTHON):
        places = pattern.findall(trace)
        if places:
            return places[-1][0], int(places[-1][1])
    first = _OTHERS.search(trace)
    return (first[1], int(first[2])) if first else ("", 0)


def _find_last_error(text: str) -> str:
    """Find the message in a traceback of pytest: its last line that begins with `E`."""
    lines = [line for line in text.splitlines() if line.strip()]
    marked = [line[1:].strip() for line in lines if line.startswith("E  ")]
    return (marked or [line.strip() for line in lines] or [""])[-1]
