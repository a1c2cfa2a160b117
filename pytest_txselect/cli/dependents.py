"""`txselect dependents`: who uses a file, without any change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_txselect.cli.asking import make_request
from pytest_txselect.cli.neighbourhood import (
    add_walk_arguments,
    list_edges,
    write_json,
    write_ways,
)
from pytest_txselect.cli.terminal import open_terminal
from pytest_txselect.engine.ask import open_graph
from pytest_txselect.engine.contents import read_content
from pytest_txselect.engine.neighbours import Neighbours
from pytest_txselect.engine.targets import check_symbol, find_target
from pytest_txselect.wording import count

if TYPE_CHECKING:
    import argparse

    from pytest_txselect.cli.terminal import Terminal
    from pytest_txselect.engine.targets import Target

__all__ = ["EXAMPLES", "add_arguments", "run"]

EXAMPLES: Final = """\
examples:
  who uses this file directly?
    txselect dependents src/pkg/api.py
  which tests would an edit of it run?
    txselect dependents src/pkg/api.py --tests
  which of its users mention a function?
    txselect dependents src/pkg/api.py::get
  who reads this data file, however far away?
    txselect dependents tests/data/cases.json --depth all
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("target", metavar="FILE[::SYMBOL]", help="a file, or a function or class in it")
    parser.add_argument("--tests", action="store_true", help="the test files among them, however far away")
    add_walk_arguments(parser, EXAMPLES)


def run(args: argparse.Namespace) -> int:
    """Find and write them."""
    terminal = open_terminal()
    with open_graph(make_request(args, terminal)) as (project, end):
        target = find_target(args.target, project, end.tree.keys, Path.cwd())
        line = check_symbol(target, read_content(project, (end,), target.path) or b"") if target.symbol else 0
        neighbours = Neighbours(project, end)
        _write(args, target, line, neighbours, terminal)
    return 0


def _write(
    args: argparse.Namespace,
    target: Target,
    line: int,
    neighbours: Neighbours,
    terminal: Terminal,
) -> None:
    every = list(neighbours.walk_users(target.path))
    tests = [way for way in every if way.path in neighbours.tests]
    direct = [way for way in every if way.depth == 1]
    using = [way for way in direct if not target.symbol or neighbours.mentions(way.path, target.name)]
    near = [
        *using,
        *(way for way in every if way.depth > 1 and (args.depth is None or way.depth <= args.depth)),
    ]
    found = list_edges(tests if args.tests else near, neighbours)
    title = f"{target.path}::{target.symbol}" if target.symbol else target.path
    if args.json:
        asked: dict[str, object] = {"path": target.path, "symbol": target.symbol or None}
        totals = {"direct": len(direct), "using": len(using), "total": len(every), "tests": len(tests)}
        write_json(asked, found, totals, terminal)
        return
    if not args.paths and not args.tests:
        terminal.write(terminal.style(f"{title}{f' (line {line})' if line else ''} is used by", "bold"))
    write_ways(found, terminal, paths=args.paths or args.tests)
    terminal.notice(
        f"{count(len(direct), 'file')} {'uses' if len(direct) == 1 else 'use'} {target.path} directly, "
        f"{len(every):,} in all, {count(len(tests), 'test file')} among them"
    )
    if target.symbol:
        terminal.notice(_tell_symbol(target, len(using), neighbours))


def _tell_symbol(target: Target, using: int, neighbours: Neighbours) -> str:
    if target.path in neighbours.tests and neighbours.project.is_test_function(None, target.name):
        return f"an edit of the body of {target.name} alone runs nothing but this test"
    mention = "mentions" if using == 1 else "mention"
    return (
        f"{using:,} of them {mention} {target.name}; without recorded evidence an edit of it runs every test "
        f"that reaches {target.path}"
    )
