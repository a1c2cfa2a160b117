"""What `txselect dependents` and `dependencies` have in common: a walk over the graph, told in lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_txselect.cli.asking import add_examples, add_project_arguments
from pytest_txselect.engine.lines import LineFinder
from pytest_txselect.errors import UsageError
from pytest_txselect.wording import render_edge

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from pytest_txselect.cli.terminal import Terminal
    from pytest_txselect.engine.neighbours import Neighbours, Way
    from pytest_txselect.model import Edge

__all__ = ["add_walk_arguments", "list_edges", "parse_depth", "write_json", "write_ways"]


def add_walk_arguments(parser: argparse.ArgumentParser, examples: str) -> None:
    """Declare how far to go, and how to tell."""
    add_examples(parser, examples)
    parser.add_argument(
        "--depth",
        type=parse_depth,
        default=1,
        metavar="N",
        help="how many steps to follow, or `all` (default: 1, what is direct)",
    )
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="write JSON")
    shown.add_argument("--paths", action="store_true", help="write nothing but the files, one per line")
    add_project_arguments(parser)


def parse_depth(text: str) -> int | None:
    """Read a number of steps; None for `all`.

    Raises:
        UsageError: it is neither.
    """
    if text == "all":
        return None
    if not (text.isascii() and text.isdigit() and int(text[:9])):
        raise UsageError("invalid-depth", f"--depth {text}: give a number of steps from 1, or `all`")
    return int(text[:9])


def list_edges(ways: Iterable[Way], neighbours: Neighbours) -> Iterator[tuple[Way, Edge]]:
    """Each step of a walk with its edge, which has its line."""
    lines = LineFinder(neighbours.project, (neighbours.end,))
    for way in ways:
        yield way, lines.edge(way.edge)


def write_ways(found: Iterable[tuple[Way, Edge]], terminal: Terminal, *, paths: bool) -> None:
    """Write a walk, a line for each file, indented by how far it is."""
    for way, edge in found:
        if paths:
            terminal.write(terminal.style(way.path))
        else:
            terminal.write(terminal.style(f"{'    ' * min(way.depth, 8)}{render_edge(edge)}"))


def write_json(
    asked: dict[str, object], found: Iterable[tuple[Way, Edge]], totals: dict[str, int], terminal: Terminal
) -> None:
    """Write a walk for programs, piece by piece."""
    terminal.write(json.dumps({"schema": 1, **asked, **totals}, indent=1)[:-2] + ',\n "edges": [')
    before = ""
    for way, edge in found:
        entry = {
            "path": way.path,
            "depth": way.depth,
            "source": edge.source,
            "line": edge.line or None,
            "kind": edge.kind.name.lower(),
            "target": edge.target,
        }
        terminal.out.write(f"{before}  {json.dumps(entry)}")
        before = ",\n"
    terminal.write("\n ]\n}" if before else " ]\n}")
