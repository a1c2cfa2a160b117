"""`txselect plan`: the selection without running pytest.

Standard output has what would run, one per line, as pytest's command line takes it: test files, and
single tests of files of which only some run. What is said about it goes to standard error.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_txselect.cli.asking import add_examples, add_ref_arguments, make_plan, make_request, tell_plan
from pytest_txselect.cli.output import make_folder
from pytest_txselect.cli.terminal import open_terminal
from pytest_txselect.engine.bystanders import find_bystanders
from pytest_txselect.engine.nodes import list_nodes
from pytest_txselect.jobs.lists import escape_line
from pytest_txselect.project.disk import find_test_files
from pytest_txselect.selection_json import write_selection_json
from pytest_txselect.store.document import write_document
from pytest_txselect.wording import find_lines, render_explanation, render_headline

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_txselect.cli.terminal import Terminal
    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.engine.request import Request
    from pytest_txselect.model import RepoPath

__all__ = ["EXAMPLES", "add_arguments", "run"]

EXAMPLES: Final = """\
examples:
  what would run on my branch?
    txselect plan --impacted-by origin/main
  and why, with every step from a test to the change?
    txselect plan --impacted-by origin/main --reasons
  lists for other tools of the CI system
    txselect plan --impacted-by auto --out reports/plan
"""

SHOWN: Final = 3
"""Files that a notice names."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_examples(parser, EXAMPLES)
    add_ref_arguments(parser)
    parser.add_argument(
        "--out", metavar="DIR", help="write test_list.txt and selection.json there, and list nothing"
    )
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="write selection.json to standard output")
    shown.add_argument(
        "--reasons", action="store_true", help="write each file with its chain of reasons, then counts"
    )


def run(args: argparse.Namespace) -> int:
    """Select, and write what was selected."""
    terminal = open_terminal()
    request = make_request(args, terminal)
    plan = make_plan(request)
    headline = render_headline(plan)
    tell_plan(plan, headline, terminal)
    _tell_bystanders(sorted(find_bystanders(plan)), terminal)
    if args.out is not None:
        _write_files(Path(args.out), plan, headline, request)
    if args.json:
        for piece in write_selection_json(plan, headline, find_lines(plan)):
            terminal.out.write(piece)
    elif args.reasons:
        for line in render_explanation(plan):
            terminal.write(terminal.style(line, *(() if line.startswith(" ") else ("bold",))))
    elif args.out is None:
        for line in _list_lines(plan, request):
            terminal.write(line)
    return 0


def _tell_bystanders(paths: list[RepoPath], terminal: Terminal) -> None:
    """Say which changed files are no part of the list, though a plugin of pytest might collect them."""
    if paths:
        names = ", ".join(paths[:SHOWN]) + (f" and {len(paths) - SHOWN:,} more" if len(paths) > SHOWN else "")
        terminal.notice(
            f"{names}: changed, and not listed, since nothing in the project makes tests of such files"
        )


def _write_files(out: Path, plan: Plan, headline: str, request: Request) -> None:
    make_folder(out)
    write_document(out / "test_list.txt", (f"{line}\n" for line in _list_lines(plan, request)))
    write_document(out / "selection.json", write_selection_json(plan, headline, find_lines(plan)))


def _list_lines(plan: Plan, request: Request) -> Iterator[str]:
    """What runs, a line each, with nothing in it that ends a line or looks like an option."""
    nodes = list_nodes(plan) if plan.project is not None else find_test_files(request.pytest)
    yield from map(escape_line, nodes)
