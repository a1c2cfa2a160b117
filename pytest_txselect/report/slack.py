"""A run as messages for Slack: the totals, and for each job what failed there, as replies to it.

Text of tests stands in inline code, where Slack gives no character a meaning but `&`, `<`, `>` (escaped) and
the backtick (replaced). A message has at most 50 blocks, and a block at most 3,000 characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.report.summary import summarise
from pytest_txselect.report.texts import render_counts, render_duration, render_stats, show_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_txselect.report.run import Run
    from pytest_txselect.report.summary import Group

__all__ = ["MOST_BLOCKS", "MOST_CHARACTERS", "Message", "escape", "render_messages"]

MOST_BLOCKS: Final = 50
MOST_CHARACTERS: Final = 3000
_MOST_HEADER: Final = 150
_MOST_CODE: Final = 1200  # two of these fit into a block
_MOST_REASONS: Final = 40
_MOST_JOBS: Final = 100
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True, slots=True)
class Message:
    """A message.

    Attributes:
        text: what notifications show.
        blocks: its content, as Slack's API takes it.
        thread: the job that it is about; empty for the first message, to which the others reply.
    """

    text: str
    blocks: tuple[Mapping[str, Any], ...]
    thread: str = ""


def escape(text: str) -> str:
    """Escape text for Slack: nothing in it is a link, a mention or a command."""
    return show_line(text, MOST_CHARACTERS).translate(_ESCAPES)


def _code(text: str, length: int) -> str:
    """Show text of a test as inline code, in which nothing is formatted."""
    shown = show_line(text, length).replace("`", "'").translate(_ESCAPES)
    if len(shown) > _MOST_CODE:  # escapes take up to five characters
        shown = show_line(text, _MOST_CODE // 5).replace("`", "'").translate(_ESCAPES)
    return f"`{shown}`" if shown.strip() else "`?`"


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def render_messages(run: Run, parts: Mapping[str, Run]) -> list[Message]:
    """Render the messages.

    Args:
        run: everything.
        parts: the same by job.
    """
    bad = {name: part for name, part in parts.items() if _is_bad(part)}
    messages = [_render_totals(run, parts)]
    messages += [_render_job(name, part) for name, part in list(bad.items())[:_MOST_JOBS]]
    return messages


def _is_bad(run: Run) -> bool:
    summaries = summarise(run)
    return bool(summaries.failed or summaries.errors) or not run.complete


def _find_sign(run: Run) -> str:
    counts = run.count_results()
    if counts["failed"] + counts["error"] or run.internal:
        return ":x:"
    return ":white_check_mark:" if run.complete and not run.notes else ":warning:"


def _render_totals(run: Run, parts: Mapping[str, Run]) -> Message:
    counts = render_counts(run.count_results())
    title = show_line(f"{counts}", _MOST_HEADER - 25)
    blocks: list[dict[str, Any]] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": f"{_find_sign(run)} {title}", "emoji": True},
        }
    ]
    lines = [
        f"{_find_sign(part)} {_code(name, 200)} {escape(render_stats(part))}" for name, part in parts.items()
    ]
    blocks += _fill(lines if len(parts) > 1 else [], MOST_BLOCKS - 3)
    notes = [*run.notes, *(f"unreadable: {line}" for line in run.damage)]
    if not run.complete:
        notes.insert(0, "a run broke off: its last tests have no result")
    if notes:
        blocks += _fill([f":warning: {escape(note)[:500]}" for note in notes], 1)
    facts = "  ".join(_list_facts(run))
    if facts:
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": facts}]})
    return Message(escape(counts), tuple(blocks))


def _list_facts(run: Run) -> Iterator[str]:
    seconds = sum(stream.footer.duration for stream in run.streams if stream.footer)
    if seconds:
        yield f"took {render_duration(seconds)}"
    commits = {stream.header.commit[:10] for stream in run.streams if stream.header.commit}
    if len(commits) == 1:
        yield f"at {_code(commits.pop(), 20)}"


def _render_job(name: str, run: Run) -> Message:
    summaries = summarise(run)
    lines = [*_render_groups(summaries.failed, "failed"), *_render_groups(summaries.errors, "errors")]
    if not run.complete:
        lines.insert(0, ":warning: the run broke off: its last tests have no result")
    head = f"{_find_sign(run)} *{_code(name, 200)}* {escape(render_stats(run))}"
    blocks = [_section(head), *_fill(lines, MOST_BLOCKS - 1)]
    return Message(f"{escape(name)}: {escape(render_stats(run))}", tuple(blocks), name)


def _render_groups(groups: Sequence[Group], word: str) -> Iterator[str]:
    if groups:
        yield f"*{sum(group.count for group in groups):,} {word}*"
    for group in groups[:_MOST_REASONS]:
        reason = _code(group.reason or "no reason given", 400)
        yield f"• x{group.count} {reason} first in {_code(group.first.node, 400)}"
    if len(groups) > _MOST_REASONS:
        rest = sum(group.count for group in groups[_MOST_REASONS:])
        yield f"… and {rest:,} more, for {len(groups) - _MOST_REASONS:,} reasons that are less frequent"


def _fill(lines: Sequence[str], most: int) -> list[dict[str, Any]]:
    """Fill sections with lines, as many as fit into one; say how many lines did not fit at all."""
    texts: list[str] = []
    for number, line in enumerate(lines):
        if texts and len(texts[-1]) + 1 + len(line) <= MOST_CHARACTERS - _ROOM:
            texts[-1] += f"\n{line}"
        elif len(texts) < most:
            texts.append(line)
        else:
            texts[-1] += f"\n… and {len(lines) - number:,} lines more"
            break
    return [_section(text) for text in texts]


_ROOM: Final = 60  # for the words that say what did not fit
