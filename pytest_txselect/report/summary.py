"""Which reasons, how often: two hundred parameters that fail alike are one line."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_txselect.report.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_txselect.report.run import Result, Run

__all__ = ["Entry", "Group", "Summaries", "fold_reason", "group_entries", "list_entries", "summarise"]

_FOLDS: Final = (  # compiled when there is a reason to fold: most runs have none
    (r"^AssertionError: (?=assert )", ""),  # pytest leaves it out or in
    (r"\b0x[0-9a-fA-F]+\b", "0x*"),
    (
        r"(?:[A-Za-z]:)?[/\\](?:private[/\\])?(?:te?mp|var[/\\]folders|var[/\\]tmp)[/\\][^\s'\"`:,;)\]>]+",
        "<tmp>",
    ),
    (r"[^\s'\"`(\[<]*[/\\]pytest-of-[^\s'\"`:,;)\]>]+", "<tmp>"),
    (r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b", "<id>"),
    (r"\b(?=[a-fA-F]*\d)(?=\d*[a-fA-F])[0-9a-fA-F]{7,64}\b", "<id>"),
    (r"(?<![\w.])[-+]?\d[\d_]*(?:\.\d+)*(?:[eE][-+]?\d+)?(?!\w)", "#"),
)
_LONGEST: Final = 1000
_KINDS: Final = {
    Outcome.SKIPPED: Outcome.SKIPPED,
    Outcome.FAILED: Outcome.FAILED,
    Outcome.ERROR: Outcome.ERROR,
}


class Entry(NamedTuple):
    """Something that was skipped, failed, or was an error.

    Attributes:
        outcome: which of the three.
        node: node id of the test, or of what could not be collected.
        reason: its first line.
        where: what it happened in: setup, call, teardown, collection; the description of a subtest.
        file: where it happened, as pytest shows it.
        line: likewise.
        traceback: as pytest shows it.
        result: the result of the test; None where it is not of a test.
    """

    outcome: Outcome
    node: str
    reason: str
    where: str
    file: str
    line: int
    traceback: str = ""
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that say the same but for numbers, addresses, temporary paths and ids.

    Attributes:
        reason: that of the first entry, as it was; empty where none was given.
        entries: all of them, in order.
    """

    reason: str
    entries: tuple[Entry, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.entries)

    @property
    def first(self) -> Entry:
        """The first one."""
        return self.entries[0]


class Summaries(NamedTuple):
    """The three summaries, each most frequent first.

    Attributes:
        skipped: what was skipped.
        failed: what failed.
        errors: what broke in setup, teardown or collection.
    """

    skipped: tuple[Group, ...]
    failed: tuple[Group, ...]
    errors: tuple[Group, ...]


@functools.cache
def _compile_folds() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in _FOLDS)


@functools.lru_cache(maxsize=4096)
def fold_reason(reason: str) -> str:
    """Fold what differs between repetitions of one reason: addresses, temporary paths, ids, numbers.

    Args:
        reason: one line.
    """
    for pattern, replacement in _compile_folds():
        reason = pattern.sub(replacement, reason)
    return reason


def take_first_line(reason: str) -> str:
    """Take the first line that says something, at most 1,000 characters of it."""
    for line in reason.splitlines():
        if text := line.strip():
            return text[:_LONGEST]
    return ""


def list_entries(run: Run) -> Iterator[Entry]:
    """List what was skipped, failed or was an error, in order: collection first, then test by test."""
    for problem in run.collection:
        reason = take_first_line(problem.reason)
        yield Entry(
            problem.outcome, problem.node, reason, "collection", problem.file, problem.line, problem.traceback
        )
    for error in run.internal:
        lines = error.text.strip().splitlines() or [""]
        yield Entry(
            Outcome.ERROR, "pytest itself", take_first_line(lines[-1]), "internal error", "", 0, error.text
        )
    for result in run.remarkable:
        if result.outcome in _KINDS and result.counted != "-":
            phase = result.phase
            reason, where = take_first_line(phase.reason), phase.subtest or phase.when
            yield Entry(
                result.outcome, result.test.id, reason, where, phase.file, phase.line, phase.traceback, result
            )


def group_entries(entries: Iterable[Entry]) -> tuple[Group, ...]:
    """Group entries by folded reason, most frequent first; those equally frequent in order of their first."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(fold_reason(entry.reason), []).append(entry)
    made = [Group(entries[0].reason, tuple(entries)) for entries in groups.values()]
    return tuple(sorted(made, key=lambda group: -group.count))


def summarise(run: Run) -> Summaries:
    """Make the three summaries."""
    entries: dict[Outcome, list[Entry]] = {Outcome.SKIPPED: [], Outcome.FAILED: [], Outcome.ERROR: []}
    for entry in list_entries(run):
        entries[entry.outcome].append(entry)
    return Summaries(
        skipped=group_entries(entries[Outcome.SKIPPED]),
        failed=group_entries(entries[Outcome.FAILED]),
        errors=group_entries(entries[Outcome.ERROR]),
    )
