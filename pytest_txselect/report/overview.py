"""The part of `report.html` that is there before any script runs: verdict and causes."""

from __future__ import annotations

import datetime as dt
import heapq
import html
import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.details import cut_middle
from pytest_txselect.report.plain import make_visible, strip_colours
from pytest_txselect.report.records import Outcome
from pytest_txselect.report.rows import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.report.rows import Rows
    from pytest_txselect.report.run import Run, Test
    from pytest_txselect.report.summary import Group, Summaries

__all__ = ["find_verdict", "render_header", "render_overview", "show"]

_MOST_CAUSES: Final = 25
_MOST_ROWS: Final = 12
_MOST_NOTES: Final = 8
_LONGEST_TRACE: Final = 6_000
_SIGNS: Final = {Outcome.FAILED: "✗", Outcome.NOT_RUN: "?", Outcome.PASSED: "✓", Outcome.SKIPPED: "○"}
_NO_RESULTS: Final = frozenset({Outcome.NOT_RUN, Outcome.NOT_SELECTED})
_ABOUT_SUBTESTS: Final = re.compile(r"contains \d+ failed subtests?")
_SECOND: Final = 1.0
_MINUTE: Final = 60.0


def show(text: str) -> str:
    """Escape text of a test for HTML: nothing in it is markup, nothing in it is invisible."""
    return html.escape(make_visible(strip_colours(text), line=False))


def show_seconds(seconds: float) -> str:
    """Show a duration for a person."""
    if seconds < _SECOND:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"


def _say(count: int, word: str) -> str:
    return f"{count:,} {word}"


def _say_reasons(total: int, word: str, reasons: int) -> str:
    return f"{total:,} {word}".strip() + (f", {reasons:,} reasons" if reasons > 1 else "")


def find_verdict(run: Run, rows: Rows) -> tuple[Outcome, str]:
    """Find the outcome of the run as a whole, and the words for it."""
    counts = rows.counts
    bad = [_say(counts[Outcome.FAILED], "failed")] if counts[Outcome.FAILED] else []
    if counts[Outcome.ERROR]:
        bad.append(_say(counts[Outcome.ERROR], "error" if counts[Outcome.ERROR] == 1 else "errors"))
    if run.internal:
        bad.append("pytest itself broke")
    if bad:
        return Outcome.FAILED, ", ".join(bad) + ("" if run.complete else " before the run broke off")
    if not run.complete:
        return Outcome.NOT_RUN, "The run broke off"
    if counts[Outcome.NOT_RUN]:
        return Outcome.NOT_RUN, f"{_say(counts[Outcome.NOT_RUN], 'tests')} not run"
    if counts[Outcome.PASSED]:
        return Outcome.PASSED, f"{_say(counts[Outcome.PASSED], 'passed')}, none failed"
    return Outcome.SKIPPED, "No test ran" if not run.tests else "No test passed, none failed"


def render_header(run: Run, rows: Rows) -> Iterator[str]:
    """Render what stands above the tabs: verdict, facts, bar, filters, notices."""
    outcome, words = find_verdict(run, rows)
    yield f'<header class="wide"><div class="verdict o-{outcome.replace(" ", "-")}">'
    yield f'<div class="glyph" aria-hidden="true">{_SIGNS[outcome]}</div>'
    yield f"<div><h1><b>{html.escape(words)}</b></h1>"
    yield f'<p class="facts">{"".join(f"<span>{fact}</span>" for fact in _list_facts(run))}</p></div>'
    yield '<button class="plain theme" id="theme" title="Dark or light">◐<span> Theme</span></button></div>'
    shown = [outcome for outcome in OUTCOMES if rows.counts[outcome]]
    yield '<div class="stack" aria-hidden="true">'
    for outcome in shown:
        if outcome is not Outcome.NOT_SELECTED:
            yield f'<i class="o-{outcome.replace(" ", "-")}" style="flex:{rows.counts[outcome]} 0 0"></i>'
    yield '</div><div class="chips" role="group" aria-label="Show only">'
    for outcome in shown:
        yield (
            f'<button class="chip o-{outcome.replace(" ", "-")}" data-outcome="{outcome}"'
            f' aria-pressed="false"><b>{rows.counts[outcome]:,}</b> {outcome}</button>'
        )
    yield f"</div>{''.join(_render_notices(run, rows))}</header>"


def _list_facts(run: Run) -> Iterator[str]:
    yield f"{len(run.tests):,} tests"
    seconds = sum(stream.footer.duration for stream in run.streams if stream.footer)
    if seconds:
        yield show_seconds(seconds)
    header = run.streams[0].header if run.streams else None
    if header is None:
        return
    if header.started:
        yield dt.datetime.fromtimestamp(header.started, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    if header.commit:
        yield f"<code>{show(header.commit[:10])}</code>"
    versions = dict(header.versions)
    if "python" in versions:
        yield f"Python {show(versions['python'])}"
    if header.workers:
        yield f"{header.workers} workers"
    ids = dict.fromkeys(stream.header.id for stream in run.streams)
    if list(ids) != ["tests"]:
        yield show(", ".join(ids))


def _notice(kind: str, head: str, *more: str) -> str:
    lines = "".join(f"<p>{line}</p>" for line in more if line)
    return f'<div class="notice {kind}"><p><b>{head}</b></p>{lines}</div>'


def _render_doubts(run: Run) -> Iterator[str]:
    if run.notes:
        more = len(run.notes) - _MOST_NOTES
        lines = [show(note) for note in run.notes[:_MOST_NOTES]] + (
            [f"and {more:,} more"] if more > 0 else []
        )
        yield _notice("o-not-run", "Some of this is doubtful", *lines)


def _render_notices(run: Run, rows: Rows) -> Iterator[str]:
    for error in run.internal:
        last = (error.text.strip().splitlines() or [""])[-1]
        yield _notice("o-failed", "pytest itself broke", f"<code>{show(last)}</code>")
    if not run.complete:
        running = "".join(
            f"<li><code>{show(test.id)}</code>{_name_phase(test)}</li>" for test in run.running[:8]
        )
        lost = rows.counts[Outcome.NOT_RUN]
        yield _notice(
            "o-not-run",
            "The run broke off: it was killed, or its machine was.",
            f"It was running<ul>{running}</ul>" if running else "",
            f"{lost:,} of {len(run.tests):,} tests have no result." if lost else "",
            *(f"Unreadable: {show(damage)}" for damage in run.damage[:3]),
        )
    elif rows.counts[Outcome.NOT_RUN]:
        reason = next(test.not_run for test in run.tests if test.not_run)
        yield _notice(
            "o-not-run",
            f"{rows.counts[Outcome.NOT_RUN]:,} of {len(run.tests):,} tests were not run",
            show(reason),
        )
    yield from _render_doubts(run)
    crashed = [event for event in run.workers if event.event == "down" and event.error]
    if crashed:
        names = ", ".join(f"{show(event.worker)} ({show(event.error)})" for event in crashed[:5])
        yield _notice("o-failed", f"{len(crashed)} of the workers died", names)
    for selection in run.selections:
        if selection.headline:
            left = (
                f"{len(selection.left_out):,} files left out: {show(selection.reason)}"
                if selection.left_out
                else ""
            )
            yield _notice("", show(selection.headline), left)


def _name_phase(test: Test) -> str:
    return "" if test.running == "unknown" else f" ({show(test.running)})"


def render_overview(run: Run, rows: Rows, summaries: Summaries) -> Iterator[str]:
    """Render the first tab: causes with their tracebacks, then skips, slow tests, flaky ones."""
    causes = [(Outcome.FAILED, group) for group in summaries.failed]
    causes += [(Outcome.ERROR, group) for group in summaries.errors]
    if causes:
        total = sum(group.count for _, group in causes)
        yield f"<h2>What went wrong <small>{_say_reasons(total, 'results', len(causes))}</small></h2>"
        causes.sort(key=_rank_cause)
        for number, (outcome, group) in enumerate(causes[:_MOST_CAUSES]):
            yield from _render_cause(rows, outcome, group, is_open=number == 0)
        if len(causes) > _MOST_CAUSES:
            more = len(causes) - _MOST_CAUSES
            yield f'<p class="soft">{more:,} more reasons are under Tests, grouped by reason.</p>'
    elif not run.internal:
        yield f'<p class="empty">{_say_none_failed(run, rows)}</p>'
    yield '<div class="cards">'
    yield from _render_skips(rows, summaries.skipped)
    yield from _render_slowest(run, rows)
    yield from _render_flaky(run)
    yield "</div>"


def _say_none_failed(run: Run, rows: Rows) -> str:
    """Say that no failure is there, as far as that says something."""
    if not run.complete:
        return "No failure is known, but not all of the run is."
    ran = sum(count for outcome, count in rows.counts.items() if outcome not in _NO_RESULTS)
    return "Nothing failed." if ran else "No test ran, so nothing could fail."


def _rank_cause(cause: tuple[Outcome, Group]) -> tuple[int, int]:
    """Rank causes: a broken collection hides tests, so it is first; what points to another cause is last."""
    group = cause[1]
    if group.first.where == "collection":
        return 0, -group.count
    return 2 if _ABOUT_SUBTESTS.fullmatch(group.reason) else 1, -group.count


def _render_cause(rows: Rows, outcome: Outcome, group: Group, *, is_open: bool) -> Iterator[str]:
    entry = group.first
    row = rows.find_first(outcome, group.reason)
    where = {"call": "failed", "collection": "error while collecting"}.get(entry.where, "")
    where = where or (f"error at {entry.where}" if outcome is Outcome.ERROR else f"failed {entry.where}")
    more = f" and {group.count - 1:,} more" if group.count > 1 else ""
    yield f'<details class="cause o-{outcome}"{" open" if is_open else ""}><summary>'
    yield f'<span class="times">&times;{group.count:,}</span>'
    yield f'<span class="reason">{show(group.reason) or "no reason given"}</span>'
    yield f'<span class="kind">{show(where)}</span>'
    yield f'<span class="where">{show(entry.node)}<span class="soft">{more}</span></span></summary>'
    yield '<div class="inside">'
    detail = rows.rows[row].detail if row >= 0 else -1
    trace = rows.details.made[detail].get("trace", "") if detail >= 0 else ""
    if trace:
        yield f'<pre class="trace" tabindex="0">{html.escape(cut_middle(trace, _LONGEST_TRACE))}</pre>'
    yield '<div class="actions">'
    if row >= 0:
        yield f'<button class="plain" data-row="{row}">Open</button>'
        if group.count > 1:
            number = rows.rows[row].group
            yield f'<button class="plain" data-group="{number}">Show all {group.count:,}</button>'
    yield "</div></div></details>"


def _render_skips(rows: Rows, groups: tuple[Group, ...]) -> Iterator[str]:
    if not groups:
        return
    total = sum(group.count for group in groups)
    yield f"<section><h2>Skipped <small>{_say_reasons(total, '', len(groups))}</small></h2><table>"
    for group in groups[:_MOST_ROWS]:
        row = rows.find_first(Outcome.SKIPPED, group.reason)
        number = rows.rows[row].group if row >= 0 else -1
        attribute = f'data-group="{number}"' if number >= 0 else f'data-row="{row}"'
        reason = show(group.reason) or "no reason given"
        yield f'<tr><td class="num">&times;{group.count:,}</td>'
        yield f'<td><button class="link" {attribute}>{reason}</button></td></tr>'
    yield "</table></section>"


def _render_slowest(run: Run, rows: Rows) -> Iterator[str]:
    longest = heapq.nlargest(_MOST_ROWS, ((row.ms, -number) for number, row in enumerate(rows.rows)))
    slow = [-number for ms, number in longest if ms > 0]
    if not slow or len(run.tests) <= 1:
        return
    files = list(rows.files)
    yield "<section><h2>Slowest</h2><table>"
    for number in slow:
        row = rows.rows[number]
        node = "::".join(filter(None, (files[row.file], row.name)))
        yield f'<tr><td class="num">{show_seconds(row.ms / 1000)}</td>'
        label = f"<code>{html.escape(node)}</code>"
        yield f'<td><button class="link" data-row="{number}">{label}</button></td></tr>'
    yield "</table></section>"


def _render_flaky(run: Run) -> Iterator[str]:
    flaky = [test for test in run.not_plain if test.flaky]
    if not flaky:
        return
    yield f"<section><h2>Passed only when repeated <small>{len(flaky):,}</small></h2><table>"
    for test in flaky[:_MOST_ROWS]:
        attempts = f"{len(test.attempts)} attempts"
        yield f'<tr><td class="num">{attempts}</td><td><code>{show(test.id)}</code></td></tr>'
    yield "</table></section>"
