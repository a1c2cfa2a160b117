"""The options that users type (`docs/configuration.md`); their names are fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

__all__ = ["add_options"]


def add_options(parser: pytest.Parser) -> None:
    """Declare the options. None of them consumes a following positional argument."""
    group = parser.getgroup("txselect", "run only the tests that a change can affect")
    group.addoption(
        "--impacted-by",
        metavar="REF",
        default=None,
        help="run only tests that the change since REF can affect: a revision, A..B, A...B, auto (what CI says), or "
        "last (since each test last passed)",
    )
    group.addoption(
        "--txselect-mode",
        choices=["auto", "static", "recorded"],
        default="auto",
        help="auto: recorded evidence where it holds, the source elsewhere (default); static: the source; "
        "recorded: evidence only, an error where there is none",
    )
    group.addoption(
        "--txselect-explain",
        action="store_true",
        default=False,
        help="after the header, every selected file with its chain of reasons, and counts by reason",
    )
    group.addoption(
        "--txselect-audit",
        action="store_true",
        default=False,
        help="run everything, and report beside it what --impacted-by would have left out, and whether it would "
        "have missed a failure",
    )
    group.addoption(
        "--txselect-on-doubt",
        choices=["run", "error"],
        default=None,
        help="what to do where it cannot be told whom a change affects: run more tests (default), or stop "
        "with an error",
    )
    group.addoption(
        "--txselect-deepen",
        action="store_true",
        default=False,
        help="in a shallow clone, fetch the missing history of the base first",
    )
    group.addoption(
        "--txselect-store",
        metavar="PATH",
        default=None,
        help="where what is remembered lives (default: .txselect in the rootdir)",
    )
    group.addoption(
        "--txselect-record",
        action="store_true",
        default=None,
        help="remember what each test of this run executes, reads and starts, how long it takes and how it ends; "
        "the default where --impacted-by selects, on Python 3.12 and later",
    )
    group.addoption(
        "--no-txselect-record",
        action="store_false",
        dest="txselect_record",
        help="record nothing",
    )
    group.addoption(
        "--txselect-report",
        action="store_true",
        default=False,
        help="write the report of this run (tracebacks, JUnit, HTML, records) and show three summaries",
    )
    group.addoption(
        "--txselect-report-id",
        metavar="NAME",
        default=None,
        help="folder of this report below the report folder (default: tests, or the job's name)",
    )
    group.addoption(
        "--txselect-report-dir",
        metavar="DIR",
        default="reports",
        help="the report folder (default: reports)",
    )
    _add_jobs(group)


def _add_jobs(group: pytest.OptionGroup) -> None:
    """Declare the options that give a machine its part."""
    group.addoption(
        "--txselect-job",
        metavar="NAME",
        default=None,
        help="only the tests of a configured job: its files, its marker expression, its environment",
    )
    group.addoption(
        "--txselect-shard",
        metavar="I/N",
        default=None,
        help="only this machine's share of what is selected, cut by the durations of past runs",
    )
    group.addoption(
        "--txselect-split",
        choices=["file", "class", "test"],
        default=None,
        help="what stays together in a shard (default: as the job says, else file)",
    )
    group.addoption(
        "--txselect-durations",
        metavar="PATH",
        action="append",
        default=[],
        help="durations for the shards: pytest-split's .test_durations, a JUnit file, or a folder of them; may be repeated "
        "(default: the prepared ones, else those of the store and of .test_durations in the rootdir)",
    )
    group.addoption(
        "--txselect-prepared",
        metavar="DIR",
        default=None,
        help="apply the selection and the durations that `txselect jobs --out DIR` wrote, instead of making them here",
    )
