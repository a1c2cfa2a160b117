"""`report.md`: the run for a step summary or a comment, where 65,535 bytes are the limit.

The parts come in the order of their importance, and the limit cuts from the end: the last line says what it
cut.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_txselect.report.plain import encode, make_visible, strip_colours
from pytest_txselect.report.records import Outcome
from pytest_txselect.report.summary import summarise
from pytest_txselect.report.texts import render_stats, show_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.report.run import Run
    from pytest_txselect.report.summary import Group

__all__ = ["render_markdown"]

_LIMIT: Final = 65_535
_RESERVE: Final = 600  # for the line that says what was cut
_SPECIAL: Final = re.compile(r"[\\`*_{}\[\]()#|<>&@~$]|:(?=//)")
_FENCE: Final = re.compile(r"`{3,}")
_MOST_TRACEBACK: Final = 6_000
_SLOWEST: Final = 10
_MOST_NOTES: Final = 8


class _Part(NamedTuple):
    """A part of the report.

    Attributes:
        name: what it is of, for the line that says what was cut ("reasons of failures").
        head: what comes before its items.
        items: what can be cut, from the last on.
    """

    name: str
    head: str
    items: tuple[str, ...]


def render_markdown(run: Run, limit: int = _LIMIT) -> str:
    """Render the report.

    Args:
        run: of which run.
        limit: how many bytes of UTF-8 it may have; not below 2,000.
    """
    lines = [_render_title(run)]
    left = limit - _RESERVE - _measure(lines[0])
    cut: list[str] = []
    for part in _list_parts(run):
        taken = []
        left -= _measure(part.head)
        for item in part.items:
            left -= _measure(item)
            if left < 0:
                break
            taken.append(item)
        if taken:
            lines += [part.head, *taken]
        if missing := len(part.items) - len(taken):
            left = -1
            cut.append(f"{missing:,} {part.name}")
    if cut:
        lines.append(
            f"\n_Cut to stay below {limit:,} bytes: {', '.join(cut)}. The other artifacts have them._\n"
        )
    return "\n".join(lines)


def _measure(text: str) -> int:
    return len(encode(text)) + 1


def escape(text: str) -> str:
    """Escape one line of text: nothing in it is markup, a mention, or the end of a table's cell."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match.group())};", text)


def _render_title(run: Run) -> str:
    counts = run.count_results()
    bad = counts["failed"] + counts["error"]
    sign = "❌" if bad else "✅" if run.complete else "⚠️"
    lines = [f"## {sign} {escape(render_stats(run))}", ""]
    if not run.complete:
        running = ", ".join(f"`{show_line(test.id)}`".replace("``", "` `") for test in run.running[:5])
        lines.append(f"**The run broke off.** {'It was running ' + running + '.' if running else ''}")
    not_run = run.count_tests()[Outcome.NOT_RUN]
    if not_run:
        reason = next(test.not_run for test in run.tests if test.not_run)
        lines.append(
            f"**{not_run:,} of {len(run.tests):,} tests were not run** ({escape(show_line(reason))})."
        )
    lines += [escape(show_line(selection.headline)) for selection in run.selections if selection.headline]
    lines += [f"Unreadable: {escape(show_line(damage))}" for damage in run.damage[:3]]
    lines += [f"Doubtful: {escape(show_line(note))}" for note in run.notes[:_MOST_NOTES]]
    return "\n".join(lines)


def _list_parts(run: Run) -> Iterator[_Part]:
    summaries = summarise(run)
    yield _render_groups("Failed", "reasons of failures", summaries.failed)
    yield _render_groups("Errors", "reasons of errors", summaries.errors)
    yield _Part("tracebacks", "", tuple(_render_tracebacks((*summaries.failed, *summaries.errors))))
    yield _render_flaky(run)
    yield _render_groups("Skipped", "reasons of skips", summaries.skipped)
    yield _render_slowest(run)
    yield _render_warnings(run)


def _render_groups(title: str, name: str, groups: tuple[Group, ...]) -> _Part:
    total = sum(group.count for group in groups)
    head = f"\n### {title}: {total:,}\n\n| | reason | first |\n|--:|---|---|" if groups else ""
    return _Part(name, head, tuple(_render_row(group) for group in groups))


def _render_row(group: Group) -> str:
    reason = escape(show_line(group.reason, 300)) or "_no reason given_"
    where = (
        "" if group.first.where in {"call", "collection"} else f" ({escape(show_line(group.first.where))})"
    )
    return f"| x{group.count} | {reason} | <code>{escape(show_line(group.first.node, 300))}</code>{where} |"


def _render_tracebacks(groups: tuple[Group, ...]) -> Iterator[str]:
    for group in groups:
        text = make_visible(strip_colours(group.first.traceback), line=False)
        if not text.strip():
            continue
        if len(text) > _MOST_TRACEBACK:
            text = f"[... {len(text) - _MOST_TRACEBACK:,} characters]\n{text[-_MOST_TRACEBACK:]}"
        fence = "`" * max([3, *(len(run) + 1 for run in _FENCE.findall(text))])
        summary = f"<summary>{escape(show_line(group.first.node, 300))}</summary>"
        yield f"\n<details>{summary}\n\n{fence}\n{text}\n{fence}\n\n</details>"


def _render_flaky(run: Run) -> _Part:
    flaky = [test for test in run.not_plain if test.flaky]
    head = f"\n### Passed only when repeated: {len(flaky):,}\n" if flaky else ""
    rows = (
        f"- <code>{escape(show_line(test.id, 300))}</code>, {len(test.attempts)} attempts" for test in flaky
    )
    return _Part("flaky tests", head, tuple(rows))


def _render_slowest(run: Run) -> _Part:
    slow = [(seconds, test) for test in run.tests if (seconds := test.duration) >= 1]
    tests = [test for _, test in sorted(slow, key=lambda each: -each[0])[:_SLOWEST]]
    head = "\n### Slowest\n\n| seconds | test |\n|--:|---|" if tests else ""
    rows = (f"| {test.duration:.1f} | <code>{escape(show_line(test.id, 300))}</code> |" for test in tests)
    return _Part("slowest tests", head, tuple(rows))


def _render_warnings(run: Run) -> _Part:
    counts: dict[str, int] = {}
    for warning in run.warnings:
        text = f"{warning.category}: {warning.message}"
        counts[text] = counts.get(text, 0) + 1
    head = f"\n### Warnings: {len(run.warnings):,}\n\n| | warning |\n|--:|---|" if counts else ""
    most = sorted(counts.items(), key=lambda item: -item[1])
    rows = (f"| x{count} | {escape(show_line(text, 300))} |" for text, count in most)
    return _Part("warnings", head, tuple(rows))
