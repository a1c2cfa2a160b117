"""`txselect audit`: past commits once more, without running a test."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import replace
from statistics import mean, median
from typing import TYPE_CHECKING, Final

from pytest_txselect.cli.asking import add_examples, add_mode_argument, add_project_arguments, make_request
from pytest_txselect.cli.terminal import open_terminal
from pytest_txselect.engine.replay import list_commits, replay
from pytest_txselect.errors import GitError, UsageError
from pytest_txselect.selection_json import plain_reason
from pytest_txselect.wording import count, render_short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_txselect.cli.terminal import Terminal
    from pytest_txselect.engine.replay import Replayed

__all__ = ["EXAMPLES", "add_arguments", "run"]

EXAMPLES: Final = """\
examples:
  how much would the last commits of this branch have run?
    txselect audit --since HEAD~20
  all those since a release, for a program
    txselect audit --since v1.0 --limit 500 --json

Nothing runs, and your checkout is not touched: commits are looked at in a temporary repository.
What a selection would have missed is found by `pytest --txselect-audit --impacted-by=REF`.
"""
SHOWN_REASONS: Final = 2
HEADINGS: Final = ("commit", "changed", "test files", "tests", "why")
"""A number of tests that ends with a plus sign is of files whose tests are known by evidence; others run too."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_examples(parser, EXAMPLES)
    parser.add_argument(
        "--since", metavar="REF", required=True, help="the commits after this revision, up to HEAD"
    )
    parser.add_argument(
        "--limit",
        metavar="N",
        type=_parse_limit,
        default=50,
        help="at most the newest N (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="write the same for programs, with all reasons")
    add_mode_argument(parser)
    add_project_arguments(parser)


def _parse_limit(text: str) -> int:
    """A number of commits.

    Raises:
        ArgumentTypeError: it is none.
    """
    if not text.isascii() or not text.isdigit() or not int(text[:9]):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of commits")
    return int(text[:9])


def run(args: argparse.Namespace) -> int:
    """Replay, and write what would have run."""
    terminal = open_terminal()
    request = make_request(args, terminal)
    try:
        commits = list_commits(request, args.since, args.limit)
    except GitError as error:
        raise UsageError(error.slug, error.message) from error
    found: list[Replayed] = []
    with terminal.track("replaying commits", len(commits)) as progress:
        for each in replay(request, commits) if commits else ():
            found.append(each)
            progress.advance()
    if args.json:
        terminal.write(json.dumps(_describe(args.since, found), indent=1))
    else:
        for number, line in enumerate(_render_table(found)):
            terminal.write(terminal.style(line, *(() if number else ("bold",))))
    _tell_summary(args.since, found, terminal)
    return 0


def _render_table(found: Sequence[Replayed]) -> Iterator[str]:
    rows = [HEADINGS, *(_render_row(each) for each in found)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS))]
    for row in rows if found else ():
        cells = [row[0].ljust(widths[0]), *(row[at].rjust(widths[at]) for at in (1, 2, 3)), row[4]]
        yield "  ".join(cells).rstrip()


def _render_row(replayed: Replayed) -> tuple[str, ...]:
    files = "all" if replayed.everything else f"{replayed.files:,} of {replayed.total:,}"
    more = "+" if replayed.counted < replayed.files else ""
    tests = f"{replayed.tests:,}{more}" if replayed.counted else ""
    return replayed.past.commit[:7], f"{replayed.changed:,}", files, tests, _render_why(replayed)


def _render_why(replayed: Replayed) -> str:
    if replayed.everything:
        return render_short(replayed.reasons[0][0])
    causes: Counter[str] = Counter()
    for reason, number in replayed.reasons:
        causes[render_short(replace(reason, detail=""))] += number
    parts = [f"{number:,} x {cause}" for cause, number in causes.most_common(SHOWN_REASONS)]
    more = len(causes) - SHOWN_REASONS
    return "; ".join([*parts, *([f"and {count(more, 'more reason')}"] if more > 0 else [])])


def _tell_summary(since: str, found: Sequence[Replayed], terminal: Terminal) -> None:
    if not found:
        terminal.notice(f"no commits between {since} and HEAD")
        return
    shares = [_share(each) for each in found]
    everything = sum(each.everything for each in found)
    nothing = sum(not each.files and not each.everything for each in found)
    terminal.notice(
        f"{count(len(found), 'commit')}: {mean(shares):.1%} of the test files on average, {median(shares):.1%} in the "
        f"median; everything for {everything:,}, nothing for {nothing:,}"
    )


def _share(replayed: Replayed) -> float:
    """The share of test files that would have run."""
    if replayed.everything:
        return 1.0
    return replayed.files / replayed.total if replayed.total else 0.0


def _describe(since: str, found: Sequence[Replayed]) -> dict[str, object]:
    """The same for programs."""
    return {
        "schema": 1,
        "since": since,
        "commits": [
            {
                "commit": each.past.commit,
                "parent": each.past.parent,
                "subject": each.past.subject,
                "changed": each.changed,
                "everything": each.everything,
                "files": each.files,
                "total": each.total,
                "tests": each.tests if each.counted == each.files and not each.everything else None,
                "doubts": each.doubts,
                "reasons": [{**plain_reason(reason), "files": number} for reason, number in each.reasons],
            }
            for each in found
        ],
    }
