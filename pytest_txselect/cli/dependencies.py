"""`txselect dependencies`: what a test or a file uses, without any change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_txselect.cli.asking import make_request
from pytest_txselect.cli.neighbourhood import add_walk_arguments, list_edges, write_json, write_ways
from pytest_txselect.cli.terminal import open_terminal
from pytest_txselect.engine.ask import open_graph
from pytest_txselect.engine.contents import read_content
from pytest_txselect.engine.neighbours import Neighbours
from pytest_txselect.engine.targets import check_symbol, find_target
from pytest_txselect.wording import count

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLES", "add_arguments", "run"]

EXAMPLES: Final = """\
examples:
  what does this test file use directly?
    txselect dependencies tests/test_api.py
  everything whose change would run it
    txselect dependencies tests/test_api.py --depth all --paths
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("target", metavar="TEST", help="a test file, a test in it, or any other file")
    add_walk_arguments(parser, EXAMPLES)


def run(args: argparse.Namespace) -> int:
    """Find and write it."""
    terminal = open_terminal()
    with open_graph(make_request(args, terminal)) as (project, end):
        target = find_target(args.target, project, end.tree.keys, Path.cwd())
        if target.symbol:
            check_symbol(target, read_content(project, (end,), target.path) or b"")
        neighbours = Neighbours(project, end)
        every = list(neighbours.walk_uses(target.path))
        near = [way for way in every if args.depth is None or way.depth <= args.depth]
        found = list_edges(near, neighbours)
        direct = sum(1 for way in every if way.depth == 1)
        if args.json:
            write_json({"path": target.path}, found, {"direct": direct, "total": len(every)}, terminal)
            return 0
        if not args.paths:
            terminal.write(terminal.style(f"{target.path} uses", "bold"))
        write_ways(found, terminal, paths=args.paths)
        terminal.notice(f"{target.path} uses {count(direct, 'file')} directly, {len(every):,} in all")
        if target.symbol:
            terminal.notice(f"without recorded evidence {target.name} is taken to use what its file uses")
    return 0
