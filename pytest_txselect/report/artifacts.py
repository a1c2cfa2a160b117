"""The nine text files, in the words and the shape of pytest's own screen sections.

Each function renders one file from a run and yields its lines, without line ends. The width is 80, whatever
the terminal had, and nothing is shortened: these files are read by programs.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.records import Outcome, WarningSeen
from pytest_txselect.report.texts import render_stats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_txselect.report.records import CollectProblem, Phase
    from pytest_txselect.report.run import Result, Run

__all__ = ["TEXTS"]

_WIDTH: Final = 80
_SHORTEST: Final = 0.05
_MANY_PLACES: Final = 10
_FRAME_END: Final = re.compile(r"^(?:_ ){12,}.*$", re.MULTILINE)
_DOCS: Final = "-- Docs: https://docs.pytest.org/en/stable/how-to/capture-warnings.html"


def separate(sign: str, title: str) -> str:
    """Render a line of signs with a title in its middle, as pytest draws it."""
    count = max((_WIDTH - len(title) - 2) // (2 * len(sign)), 1)
    line = f"{sign * count} {title} {sign * count}"
    return line + sign if len(line) + len(sign) <= _WIDTH else line


def render_durations(run: Run) -> Iterator[str]:
    """Render `durations.txt`: phases of 0.05 s and more, longest first."""
    long, count = [], 0
    for test in run.tests:
        for attempt in test.attempts:
            done = attempt.passed
            if done is not None and done.setup + done.call + done.teardown < _SHORTEST:
                count += 3
                continue
            phases = [phase for phase in attempt.phases if not phase.subtest]
            count += len(phases)
            long += [phase for phase in phases if phase.duration >= _SHORTEST]
    long.sort(key=lambda phase: -phase.duration)
    yield "slowest durations"
    for phase in long:
        yield f"{phase.duration:02.2f}s {phase.when:<8} {phase.test}"
    if omitted := count - len(long):
        yield f"{omitted} durations < {_SHORTEST} secs were omitted"


def find_headline(result: Result) -> str:
    """Find the headline under which pytest shows a result."""
    name = result.test.name
    return f"{name} {result.phase.subtest}" if result.phase.subtest else name


def show_sections(sections: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Show captured output, each section below its title."""
    for title, text in sections:
        yield separate("-", title)
        yield text.removesuffix("\n")


def _own_sections(result: Result) -> Iterator[tuple[str, str]]:
    """List the output of a result: what was captured in its attempt, the teardown's too."""
    if result.phase.subtest:
        yield from result.phase.sections
        return
    for phase in result.test.attempts[result.attempt].phases:
        if not phase.subtest:
            yield from phase.sections


def render_failures_long(run: Run) -> Iterator[str]:
    """Render `failures_long.txt`: full tracebacks and captured output."""
    yield from _render_failures(run, "FAILURES", _show_long)


def render_failures_short(run: Run) -> Iterator[str]:
    """Render `failures_short.txt`: the last frame of each traceback, no output."""
    yield from _render_failures(
        run, "FAILURES SHORT STACK", lambda result: iter([keep_last_frame(result.phase)])
    )


def _show_long(result: Result) -> Iterator[str]:
    yield result.phase.traceback
    yield from show_sections(_own_sections(result))


def _render_failures(run: Run, title: str, show: Callable[[Result], Iterator[str]]) -> Iterator[str]:
    failed = [result for result in run.remarkable if result.counted == Outcome.FAILED]
    if failed:
        yield separate("=", title)
    for result in failed:
        yield separate("_", find_headline(result))
        yield from show(result)


def keep_last_frame(phase: Phase) -> str:
    """Keep the last frame of a traceback: pytest draws a line of `_ _ _` between frames."""
    return _FRAME_END.split(phase.traceback)[-1].strip("\n")


def render_failures_line(run: Run) -> Iterator[str]:
    """Render `failures_line.txt`: a line for each failure, `file:line: message`."""
    failed = [result for result in run.remarkable if result.counted == Outcome.FAILED]
    if failed:
        yield separate("=", "FAILURES")
    for result in failed:
        place = f"{result.phase.file}:{result.phase.line}: " if result.phase.file else ""
        yield place + _take_message(result.phase.reason)


def _take_message(reason: str) -> str:
    return reason.split("\n", 1)[0]


def render_errors(run: Run) -> Iterator[str]:
    """Render `errors.txt`: what broke in collection, setup and teardown, with output."""
    problems = [problem for problem in run.collection if problem.outcome is Outcome.ERROR]
    broken = [result for result in run.remarkable if result.counted == Outcome.ERROR]
    if problems or broken or run.internal:
        yield separate("=", "ERRORS")
    for error in run.internal:
        yield separate("_", "INTERNAL ERROR of pytest")
        yield error.text
    for problem in problems:
        yield separate("_", f"ERROR collecting {problem.node}")
        yield problem.traceback
        yield from show_sections(problem.sections)
    for result in broken:
        yield separate("_", f"ERROR at {result.phase.when} of {find_headline(result)}")
        yield result.phase.traceback
        yield from show_sections(_own_sections(result))


def render_passes(run: Run) -> Iterator[str]:
    """Render `passes.txt`: the captured output of tests that passed and wrote something."""
    begun = False
    for result in run.remarkable:
        if result.counted == Outcome.PASSED:
            sections = list(_own_sections(result))
            if not sections:
                continue
            if not begun:
                yield separate("=", "PASSES")
                begun = True
            yield separate("_", find_headline(result))
            yield from show_sections(sections)


def render_warnings(run: Run) -> Iterator[str]:
    """Render `warnings.txt`: warnings grouped by place and message, with the tests that caused them."""
    groups: dict[str, list[WarningSeen]] = {}
    for warning in run.warnings:
        text = f"{warning.file}:{warning.line}: {warning.category}: {warning.message}"
        groups.setdefault(text, []).append(warning)
    if not groups:
        return
    yield separate("=", "warnings summary")
    for text, warnings in groups.items():
        places = [warning.test for warning in warnings if warning.test]
        yield from places if len(places) < _MANY_PLACES else _count_by_file(places)
        yield "\n".join(f"  {line}" for line in text.splitlines())
        yield ""
    yield _DOCS


def _count_by_file(places: list[str]) -> Iterator[str]:
    counts: dict[str, int] = {}
    for place in places:
        file = place.split("::", 1)[0]
        counts[file] = counts.get(file, 0) + 1
    for file, count in counts.items():
        yield f"{file}: {count} warning{'s' if count > 1 else ''}"


def render_summary_short(run: Run) -> Iterator[str]:
    """Render `summary_short.txt`: a line for each result, as `pytest -rA` prints them."""
    passed: list[str] = []
    by_word: dict[str, list[Result]] = {}
    for test in run.tests:
        if test.plain:
            passed.append(f"PASSED {test.id}")
            continue
        for result in test.results:
            if result.counted == Outcome.PASSED:
                passed.append(_render_word(result, "PASSED"))
            by_word.setdefault(result.counted, []).append(result)
    lines = [
        *passed,
        *_render_skips(run, by_word.get(Outcome.SKIPPED, ())),
        *(_render_word(result, "XFAIL") for result in by_word.get(Outcome.XFAILED, ())),
        *(_render_word(result, "XPASS") for result in by_word.get(Outcome.XPASSED, ())),
        *(_render_problem(problem) for problem in run.collection if problem.outcome is Outcome.ERROR),
        *(_render_word(result, "ERROR") for result in by_word.get(Outcome.ERROR, ())),
        *(_render_word(result, "FAILED") for result in by_word.get(Outcome.FAILED, ())),
    ]
    if lines:
        yield separate("=", "short test summary info")
        yield from lines


def _render_problem(problem: CollectProblem) -> str:
    return f"ERROR {problem.node}{_dash(_take_message(problem.reason))}"


def _render_word(result: Result, word: str) -> str:
    subtest = result.phase.subtest
    label = f"SUB{word}{subtest}" if subtest else word
    return f"{label} {result.test.id}{_dash(_take_message(result.phase.reason))}"


def _dash(text: str) -> str:
    return f" - {text}" if text else ""


def _render_skips(run: Run, results: Iterable[Result]) -> Iterator[str]:
    """Render skips folded by place and reason, as pytest does: `SKIPPED [37] tests/x.py:3: needs a GPU`."""
    start = run.streams[0].header.invocation + "/" if run.streams else "/"
    counts: Counter[tuple[str, str]] = Counter()
    for problem in run.collection:
        if problem.outcome is Outcome.SKIPPED:
            counts[f"{problem.file.removeprefix(start)}:{problem.line}", problem.reason] += 1
    for result in results:
        phase, file = result.phase, result.phase.file.removeprefix(start)
        counts[file if phase.whole or not phase.line else f"{file}:{phase.line}", phase.reason] += 1
    for (place, reason), count in counts.items():
        yield f"SKIPPED [{count}] {place}: {reason}"


def render_stats_line(run: Run) -> Iterator[str]:
    """Render `stats.txt`: pytest's own last line."""
    yield separate("=", render_stats(run))


TEXTS: Final[dict[str, Callable[[Run], Iterator[str]]]] = {
    "durations.txt": render_durations,
    "errors.txt": render_errors,
    "failures_line.txt": render_failures_line,
    "failures_long.txt": render_failures_long,
    "failures_short.txt": render_failures_short,
    "passes.txt": render_passes,
    "stats.txt": render_stats_line,
    "summary_short.txt": render_summary_short,
    "warnings.txt": render_warnings,
}
"""Each file's name, and what renders it."""
