"""The lines that a terminal shows: the three summaries, and pytest's own last line."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.plain import cut, make_visible, strip_colours

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_txselect.report.run import Run
    from pytest_txselect.report.summary import Group, Summaries

__all__ = ["render_counts", "render_duration", "render_stats", "render_summaries", "show_line"]

_ORDER: Final = ("failed", "passed", "skipped", "deselected", "xfailed", "xpassed", "warnings", "error")
_SUBTEST_ORDER: Final = ("subtests passed", "subtests failed", "subtests skipped")
_MINUTE: Final = 60


def show_line(text: str, length: int = 200) -> str:
    """Make one harmless line of at most `length` characters of a text."""
    return cut(make_visible(strip_colours(text)), length)


def render_duration(seconds: float) -> str:
    """Render seconds as pytest does in its last line: `1.23s`, `75.00s (0:01:15)`."""
    if seconds < _MINUTE:
        return f"{seconds:.2f}s"
    return f"{seconds:.2f}s ({dt.timedelta(seconds=int(seconds))})"


def render_counts(counts: Mapping[str, int]) -> str:
    """Render counts in the words and the order of pytest's last line: `1 failed, 2 passed, 3 warnings`."""
    known = [*_ORDER, *(word for word in _SUBTEST_ORDER if word in counts)]
    words = [*known, *(word for word in counts if word not in known)]
    parts = [f"{counts[word]} {_pluralise(word, counts[word])}" for word in words if counts.get(word)]
    return ", ".join(parts) or "no tests ran"


def _pluralise(word: str, count: int) -> str:
    if word == "error":
        return "error" if count == 1 else "errors"
    if word == "warnings" and count == 1:
        return "warning"
    return word


def render_stats(run: Run) -> str:
    """Render pytest's own last line, without its separators: the counts, and how long it took.

    With xdist pytest does not learn from its workers what was deselected, so its last line does not say it.
    """
    counts = run.count_results()
    if any(stream.header.workers for stream in run.streams):
        del counts["deselected"]
    durations = [stream.footer.duration for stream in run.streams if stream.footer]
    took = f" in {render_duration(sum(durations))}" if durations else ""
    return render_counts(counts) + took


def render_summaries(summaries: Summaries, most: int = 50) -> Iterator[tuple[str, list[str]]]:
    """Render the three summaries for a terminal.

    Args:
        summaries: what to render.
        most: how many reasons each of them lists; the others are counted.

    Yields:
        For each of the three its heading, and its lines.
    """
    for word, groups in (
        ("skipped", summaries.skipped),
        ("failed", summaries.failed),
        ("errors", summaries.errors),
    ):
        total = sum(group.count for group in groups)
        heading = f"{total} {word}"
        if len(groups) > 1:
            heading += f", for {len(groups)} reasons"
        lines = _render_groups(groups[:most])
        if len(groups) > most:
            rest = sum(group.count for group in groups[most:])
            lines.append(f"... and {rest} more, for {len(groups) - most} reasons that are less frequent")
        yield heading, lines


def _render_groups(groups: tuple[Group, ...]) -> list[str]:
    if not groups:
        return []
    width = len(f"x{groups[0].count}")
    lines = []
    for group in groups:
        entry = group.first
        reason = show_line(group.reason) or "(no reason given)"
        where = "" if entry.where in {"call", "collection"} else f" at {entry.where}"
        lines.append(f"{f'x{group.count}':>{width}}  {reason}  [{show_line(entry.node)}{show_line(where)}]")
    return lines
