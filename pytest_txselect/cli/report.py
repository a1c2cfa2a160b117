"""`txselect report`: what was skipped, what failed and what broke, from whatever a run has left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.cli.asking import add_examples
from pytest_txselect.cli.output import write_output
from pytest_txselect.cli.results import check_complete, read_results, tell_notes
from pytest_txselect.cli.terminal import open_terminal
from pytest_txselect.report.formats import FORMATS
from pytest_txselect.report.summary import summarise
from pytest_txselect.report.texts import render_counts, render_stats, render_summaries, show_line

if TYPE_CHECKING:
    import argparse

    from pytest_txselect.cli.results import Results
    from pytest_txselect.cli.terminal import Terminal
    from pytest_txselect.report.run import Run

__all__ = ["EXAMPLES", "add_arguments", "run"]

EXAMPLES: Final = """\
examples:
  what a saved log says, in three steps of a CI job
    pytest ... | tee tests_output.txt
    txselect report --file tests_output.txt --skip
    txselect report --file tests_output.txt --fail
    txselect report --file tests_output.txt --errors
  a page to look at, from the JUnit files of any tool
    txselect report --file build/test-results --html report.html
  the report folder of `pytest --txselect-report`, for a step summary
    txselect report --file reports --markdown "$GITHUB_STEP_SUMMARY"
  what would be posted to Slack
    txselect report --file reports --slack-dry-run

exit status:
  0 read; 1 there are failed tests (--fail) or errors (--errors);
  2 an input cannot be the results of a test run, or not of a whole one:
  never taken for "0 failed"
"""
_DEFAULT: Final = "reports"
_WRITTEN: Final = {"html": "report.html", "markdown": "report.md", "junit": "junit.xml"}
_WORDS: Final = ("skip", "fail", "errors")
_HEADINGS: Final = {"skip": "skipped", "fail": "failed", "errors": "errors"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_examples(parser, EXAMPLES)
    parser.add_argument(
        "--file",
        action="extend",
        nargs="+",
        metavar="PATH",
        help="a saved log of pytest, a JUnit file, a results.jsonl, a folder of them, or - for standard input; "
        f"may be given several times (default: {_DEFAULT})",
    )
    shown = parser.add_argument_group("what to show (all of it, and the totals, when none of these is given)")
    shown.add_argument("--skip", action="store_true", help="what was skipped, by reason")
    shown.add_argument(
        "--fail", action="store_true", help="what failed, by reason; exit status 1 if anything did"
    )
    shown.add_argument(
        "--errors",
        action="store_true",
        help="what broke outside of tests, by reason; exit status 1 if anything did",
    )
    written = parser.add_argument_group("what to write (- for standard output)")
    written.add_argument("--html", metavar="FILE", help="one page with everything, to open in a browser")
    written.add_argument("--markdown", metavar="FILE", help="a text for a step summary or a comment")
    written.add_argument("--junit", metavar="FILE", help="a JUnit file with all results")
    slack = parser.add_argument_group("Slack")
    slack.add_argument(
        "--slack",
        action="store_true",
        help="post a message with the totals and a thread for each job (pip install 'pytest-txselect[slack]'; the "
        "token comes from SLACK_API_TOKEN)",
    )
    slack.add_argument(
        "--slack-channel", metavar="NAME", help="where to post to (default: SLACK_CHANNEL of the environment)"
    )
    slack.add_argument(
        "--slack-dry-run", action="store_true", help="print the messages as JSON, post nothing"
    )


def run(args: argparse.Namespace) -> int:
    """Read, show, write."""
    terminal = open_terminal()
    results = read_results(args.file or [_DEFAULT], terminal)
    tell_notes(results, terminal)
    _write(args, results.run, terminal)
    if args.slack or args.slack_dry_run:
        from pytest_txselect.cli.slack import post  # noqa: PLC0415 - asked for by few

        post(results, args, terminal)
    asked = [word for word in _WORDS if getattr(args, word)]
    if asked or not _writes_anything(args):
        _show(results, asked or list(_WORDS), terminal, totals=not asked)
    summaries = summarise(results.run)
    bad = (args.fail and summaries.failed) or (args.errors and summaries.errors)
    return check_complete(results, terminal, found_bad=bool(bad), wanted=bool(args.fail or args.errors))


def _writes_anything(args: argparse.Namespace) -> bool:
    return bool(args.html or args.markdown or args.junit or args.slack or args.slack_dry_run)


def _write(args: argparse.Namespace, run: Run, terminal: Terminal) -> None:
    for option, name in _WRITTEN.items():
        place = getattr(args, option)
        if place is not None:
            write_output(place, FORMATS[name](run))
            if place != "-":
                terminal.notice(f"wrote {place}")


def _show(results: Results, asked: list[str], terminal: Terminal, *, totals: bool) -> None:
    """Show the summaries that were asked for."""
    wanted = {_HEADINGS[word] for word in asked}
    for word, (heading, lines) in zip(
        _HEADINGS.values(), render_summaries(summarise(results.run)), strict=True
    ):
        if word in wanted:
            terminal.write(terminal.style(heading, "bold"))
            for line in lines:
                terminal.write(line)
            if lines and len(wanted) > 1:
                terminal.write()
    if totals:
        if len(results.parts) > 1:
            for name, part in results.parts.items():
                terminal.write(f"{show_line(name)}: {render_stats(part)}")
        stats = (
            render_stats(results.run)
            if len(results.parts) == 1
            else render_counts(results.run.count_results())
        )
        terminal.write(terminal.style(f"total: {stats}", "bold"))
