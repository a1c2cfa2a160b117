"""`txselect graph`: the dependency graph as a picture that a person can explore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_txselect.cli.asking import add_examples, add_project_arguments, make_request
from pytest_txselect.cli.neighbourhood import parse_depth
from pytest_txselect.cli.output import write_output
from pytest_txselect.cli.terminal import open_terminal
from pytest_txselect.engine.ask import open_graph
from pytest_txselect.engine.neighbours import Neighbours
from pytest_txselect.engine.targets import find_target
from pytest_txselect.graph.picture import make_picture, render_dot, render_html
from pytest_txselect.wording import count

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_txselect.graph.picture import Picture
    from pytest_txselect.model import Edge, RepoPath

__all__ = ["EXAMPLES", "add_arguments", "run"]

EXAMPLES: Final = """\
examples:
  a page to explore, in one file
    txselect graph --html ../graph.html
  what is around one file, at most 2 steps away
    txselect graph --around src/pkg/api.py --html ../api.html
  for Graphviz
    txselect graph --around src/pkg/api.py --dot - | dot -Tsvg > ../api.svg
"""
NEAR: Final = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_examples(parser, EXAMPLES)
    parser.add_argument("--html", metavar="FILE", help="write a page to explore (- for standard output)")
    parser.add_argument(
        "--dot", metavar="FILE", help="write for Graphviz (- for standard output, which is the default)"
    )
    parser.add_argument("--around", metavar="FILE", help="only what is around this file")
    parser.add_argument(
        "--depth",
        type=parse_depth,
        default=NEAR,
        metavar="N",
        help=f"steps around it, or `all` (default: {NEAR})",
    )
    add_project_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Draw."""
    terminal = open_terminal()
    with open_graph(make_request(args, terminal)) as (project, end):
        neighbours = Neighbours(project, end)
        title = Path(project.git.repository.top).name
        if args.around is None:
            files = [path for path in end.tree.keys if path.endswith(".py")]
            edges = (edge for path in end.facts for edge in neighbours.uses(path))
            picture = make_picture(title, edges, files, neighbours.tests)
        else:
            around = find_target(args.around, project, end.tree.keys, Path.cwd()).path
            picture = make_picture(
                title, find_around(neighbours, around, args.depth), (), neighbours.tests, around
            )
    if args.html is not None:
        write_output(args.html, map(_encode, render_html(picture)))
    if args.dot is not None or args.html is None:
        write_output(args.dot or "-", map(_encode, render_dot(picture)))
    terminal.notice(_describe(picture))
    return 0


def find_around(neighbours: Neighbours, path: RepoPath, depth: int | None) -> Iterator[Edge]:
    """The edges between a file, those that use it and those that it uses, up to some steps away."""
    near = {path}
    near.update(way.path for way in neighbours.walk_users(path, depth))
    near.update(way.path for way in neighbours.walk_uses(path, depth))
    for each in sorted(near):
        yield from (edge for edge in neighbours.uses(each) if edge.target in near)


def _encode(piece: str) -> bytes:
    return piece.encode("utf-8", "surrogateescape")  # names that are no text are the bytes that they are


def _describe(picture: Picture) -> str:
    tests = count(len(picture.tests), "test file")
    return f"{count(len(picture.paths), 'file')}, {tests} among them, {len(picture.edges):,} dependencies"
