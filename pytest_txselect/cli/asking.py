"""What the commands that look at a project have in common: arguments, and the request these make."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_txselect.config import load_settings
from pytest_txselect.config.settings import OnDoubt
from pytest_txselect.engine.request import Request
from pytest_txselect.engine.select import select
from pytest_txselect.errors import UsageError
from pytest_txselect.project.pytest_config import find_pytest_config
from pytest_txselect.wording import render_doubts, render_evidence

if TYPE_CHECKING:
    from pytest_txselect.cli.terminal import Progress, Terminal
    from pytest_txselect.engine.plan import Plan

__all__ = [
    "add_examples",
    "add_mode_argument",
    "add_project_arguments",
    "add_ref_arguments",
    "make_plan",
    "make_request",
    "tell_plan",
]


class TerminalProgress:
    """Shows long work as a bar on a terminal.

    Args:
        terminal: where.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._bar: Progress | None = None

    def begin(self, what: str, total: int) -> None:
        """Begin a bar."""
        self._bar = self._terminal.track(what, total)

    def step(self, number: int) -> None:
        """Move it."""
        if self._bar is not None:
            self._bar.advance(number)

    def end(self) -> None:
        """Wipe it."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None

    def say(self, line: str) -> None:
        """Write a notice."""
        self._terminal.notice(line)


def add_examples(parser: argparse.ArgumentParser, examples: str) -> None:
    """Let the help end with examples, as they are laid out."""
    parser.epilog = examples
    parser.formatter_class = argparse.RawDescriptionHelpFormatter


def add_project_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where the project and its store are."""
    parser.add_argument(
        "--rootdir", metavar="DIR", default=".", help="start from here instead of the current folder"
    )
    parser.add_argument(
        "--store", metavar="PATH", help="where what is remembered lives (default: .txselect in the rootdir)"
    )


def add_ref_arguments(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Declare the change to look at, and where the project is."""
    parser.add_argument(
        "--impacted-by",
        metavar="REF",
        required=required,
        help="what to compare with: a revision, A..B, A...B, auto, or last (what each test was when it last passed)"
        + ("" if required else "; by default nothing, so that every test is selected"),
    )
    parser.add_argument(
        "--deepen", action="store_true", help="in a shallow clone, fetch the base's missing history first"
    )
    add_mode_argument(parser)
    add_project_arguments(parser)


def add_mode_argument(parser: argparse.ArgumentParser) -> None:
    """Declare by what a selection is made."""
    parser.add_argument(
        "--mode",
        choices=["auto", "static", "recorded"],
        default="auto",
        help="auto: recorded evidence where it holds, the source elsewhere (default); static: the source; "
        "recorded: evidence only, an error where there is none",
    )


def make_request(args: argparse.Namespace, terminal: Terminal) -> Request:
    """Read what is around: pytest's configuration, ours, the environment."""
    found = find_pytest_config(Path(args.rootdir), environ=os.environ)
    loaded = load_settings(found.rootdir)
    for notice in loaded.notices:
        terminal.notice(notice)
    return Request(
        ref=getattr(args, "impacted_by", "HEAD"),
        pytest=found,
        settings=loaded.settings,
        store=Path(args.store).absolute() if args.store else found.rootdir / ".txselect",
        environment=dict(os.environ),
        mode=getattr(args, "mode", "static"),
        deepen=getattr(args, "deepen", False),
        alone=True,
        progress=TerminalProgress(terminal),
    )


def make_plan(request: Request) -> Plan:
    """Select.

    Raises:
        UsageError: the REF is wrong, or there is a doubt and `on_doubt` is `error`.
    """
    plan = select(request)
    doubts = plan.selection.doubts
    if doubts and request.settings.on_doubt is OnDoubt.ERROR:
        *others, last = doubts
        lines = [f"in doubt: {doubt.message} [{doubt.slug}]" for doubt in others]
        raise UsageError(last.slug, "\n".join([*lines, f"in doubt: {last.message}"]))
    return plan


def tell_plan(plan: Plan, headline: str, terminal: Terminal) -> None:
    """Say in notices what was selected, in one line, what is known from recorded runs, and what is in doubt."""
    for line in (headline, *render_evidence(plan), *render_doubts(plan)):
        terminal.notice(line)
