"""The results that a command is to work on: read from everything named, doubts said aloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.readers.sources import find_sources, read_source
from pytest_txselect.report.readers.unreadable import UnreadableError
from pytest_txselect.report.records import Header, Outcome
from pytest_txselect.report.shards import find_missing_shards

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pytest_txselect.cli.terminal import Terminal
    from pytest_txselect.report.lines import BadLineError
    from pytest_txselect.report.readers.sources import Source
    from pytest_txselect.report.records import Record
    from pytest_txselect.report.run import Run

__all__ = [
    "Results",
    "check_complete",
    "find_broken",
    "find_unexplained",
    "read_all",
    "read_results",
    "tell_notes",
]

T = TypeVar("T")
_MOST_TOLD: Final = 20
_BAD: Final = frozenset({Outcome.FAILED, Outcome.ERROR})
_NOT_ALL: Final = frozenset({2, 3, 4})
"""Statuses of a run that was interrupted, in which pytest broke, or which it refused."""
_FINE: Final = frozenset({0, 5})
"""Statuses of a run in which nothing failed, and of one in which nothing ran."""


@dataclass(frozen=True, slots=True)
class Results:
    """What was read.

    Attributes:
        run: all of it as one run.
        parts: the same by report (`Header.report`): for each job, log and JUnit file a run of its own.
        unreadable: files that cannot be read as results.
    """

    run: Run
    parts: Mapping[str, Run]
    unreadable: tuple[UnreadableError, ...] = ()


def read_results(paths: Sequence[str], terminal: Terminal) -> Results:
    """Read everything at the paths.

    A file that was found in a folder and cannot be read is told and counts as unreadable too, unless it is some
    other text or XML file.

    Raises:
        UnreadableError: nothing could be read.
    """
    files, unreadable = read_all(paths, read_source, terminal)
    items = [item for file in files for item in file]
    parts = _split(items)
    whole = next(iter(parts.values())) if len(parts) == 1 else assemble(items)
    return Results(whole, parts, unreadable)


def read_all(
    paths: Sequence[str], read: Callable[[Source], list[T]], terminal: Terminal
) -> tuple[list[list[T]], tuple[UnreadableError, ...]]:
    """Read every file at the paths, and say which other files were left out.

    Args:
        paths: files, and folders of them.
        read: reads one; raises an `UnreadableError` where it cannot.
        terminal: for progress, and for what is left out.

    Returns:
        What was read, file by file, and the errors of those that are no results.

    Raises:
        UnreadableError: nothing could be read.
    """
    files: list[list[T]] = []
    unreadable: list[UnreadableError] = []
    for path in paths:
        try:
            sources = find_sources(path)
        except UnreadableError as error:
            unreadable.append(error)
            continue
        with terminal.track("reading", len(sources)) as progress:
            for source in sources:
                try:
                    files.append(read(source))
                except UnreadableError as error:
                    unreadable.append(error)
                progress.advance()
    wrong = tuple(error for error in unreadable if not error.other)
    if not any(files):
        raise (wrong or unreadable)[0]
    for other in unreadable:
        if other.other:
            terminal.notice(f"left out: {other}")
    return files, wrong


def _split(items: Iterable[Record | BadLineError]) -> dict[str, Run]:
    """Put the streams of each report together."""
    parts: dict[str, list[Record | BadLineError]] = {}
    at_hand: list[Record | BadLineError] = []
    for item in items:
        if isinstance(item, Header):
            early, at_hand = at_hand if not parts else [], parts.setdefault(item.report, [])
            at_hand += early  # what came before the first header is damage, told with it
        at_hand.append(item)
    return {name: assemble(part) for name, part in parts.items()}


def tell_notes(results: Results, terminal: Terminal) -> None:
    """Say what is doubtful about the results."""
    lines = [f"unreadable: {line}" for line in results.run.damage] + list(results.run.notes)
    not_run = [test for test in results.run.tests if test.not_run]
    if not_run:
        lines.append(
            f"{len(not_run):,} of {len(results.run.tests):,} tests were not run ({not_run[0].not_run})"
        )
    for line in lines[:_MOST_TOLD]:
        terminal.notice(f"in doubt: {line}")
    if len(lines) > _MOST_TOLD:
        terminal.notice(f"in doubt: and {len(lines) - _MOST_TOLD} more")


def find_broken(run: Run) -> list[str]:
    """Find the reports of which a run broke off, and no later one came to its end with a result for every test."""
    lost = {test.report for test in run.tests if test.not_run}
    ended = [stream.header for stream in run.streams if stream.footer]
    broken = []
    for stream in run.streams:
        header = stream.header
        if stream.footer is None and (not _is_repeated(header, ended) or header.report in lost):
            broken.append(header.report)
    return list(dict.fromkeys(broken))


def find_unexplained(run: Run) -> list[str]:
    """Find runs that ended as one does in which not all ran that was to run, though nothing that failed is here.

    Interrupts do that, pytest's refusal to run, and records that are lost. A status of 1 alone does not: plugins end a run
    with it, as one that wants more coverage.
    """
    outcomes = [*(problem.outcome for problem in run.collection), *(result.outcome for result in run.results)]
    if not _BAD.isdisjoint(outcomes):
        return []
    left = {test.report for test in run.tests if test.not_run}
    ended = [(stream.header, stream.footer.status) for stream in run.streams if stream.footer]
    whole = [header for header, status in ended if status not in _NOT_ALL]
    return [
        f"{header.report}: its run ended with status {status}, and not all ran"
        for header, status in ended
        if (status in _NOT_ALL and not _is_repeated(header, whole))
        or (status not in _FINE and header.report in left)
    ]


def _is_repeated(header: Header, ended: Iterable[Header]) -> bool:
    """Tell whether one of some streams is another attempt of the same tests that began no earlier."""
    return any(
        each.report == header.report and each.shard == header.shard and each.started >= header.started
        for each in ended
    )


def check_complete(results: Results, terminal: Terminal, *, found_bad: bool, wanted: bool) -> int:
    """Find the exit status: results that are not complete are never "0 failed".

    Args:
        results: what was read.
        terminal: for what is missing.
        found_bad: whether what was asked for (failures, errors) is there.
        wanted: whether it was asked for at all.
    """
    for error in results.unreadable:
        terminal.notice(f"error: {error}")
    missing = ["part of what a run wrote is lost"] if results.run.damage else []
    missing += [f"{name}: its run broke off" for name in find_broken(results.run)]
    missing += ["pytest itself broke, so tests may not have run"] if results.run.internal else []
    missing += [line for part in results.parts.values() for line in find_unexplained(part)]
    missing += find_missing_shards(stream.header for stream in results.run.streams)
    if wanted and not found_bad:
        for line in missing:
            terminal.notice(f"error: {UnreadableError(f'{line}, so nobody knows that nothing failed')}")
    if results.unreadable or (wanted and not found_bad and missing):
        return UnreadableError.exit_code
    return 1 if found_bad else 0
