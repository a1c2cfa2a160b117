"""Annotations of GitHub Actions: what failed, shown beside the line of the change that failed it.

`::error file=F,line=L,title=T::M`, a workflow command; what is special in it is escaped as `%XX`, so that no
message can give a command of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.report.places import find_place
from pytest_txselect.report.records import Outcome
from pytest_txselect.report.summary import group_entries, list_entries
from pytest_txselect.report.texts import show_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.report.run import Run

__all__ = ["render_annotations"]

_MOST: Final = 10  # GitHub shows no more of a step
_IN_TEXT: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render_annotations(run: Run) -> Iterator[str]:
    """Render at most ten commands, the most frequent reason first; one for each reason."""
    failed = [entry for entry in list_entries(run) if entry.outcome in {Outcome.FAILED, Outcome.ERROR}]
    for group in group_entries(failed)[:_MOST]:
        file, line = find_place(run, group.first)
        times = f"x{group.count} " if group.count > 1 else ""
        title = show_line(f"{times}{group.first.outcome}: {group.first.node}").translate(_IN_PROPERTY)
        message = show_line(group.reason, 1000) or "no reason given"
        place = f"file={show_line(file, 1000).translate(_IN_PROPERTY)},line={max(line, 1)}," if file else ""
        yield f"::error {place}title={title}::{message.translate(_IN_TEXT)}"
