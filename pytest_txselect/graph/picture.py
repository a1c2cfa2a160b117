"""The graph as a picture: one self-contained page to explore, or text for Graphviz."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_txselect.graph.graph import KINDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pytest_txselect.model import Edge, RepoPath

__all__ = ["Picture", "make_picture", "render_dot", "render_html"]

TEMPLATE: Final = Path(__file__).with_name("picture.html")
MARKS: Final = ("<!--title-->", "<!--data-->")
"""Where the page has its title and its data; what comes from outside stands nowhere else."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn.

    Attributes:
        title: name of the project.
        paths: the files, sorted.
        tests: numbers of the test files among them.
        edges: (source, target, number of the kind in `KINDS`, line), by source; 0 for no line.
        around: number of the file to begin with; None for the whole.
    """

    title: str
    paths: tuple[str, ...]
    tests: tuple[int, ...]
    edges: tuple[tuple[int, int, int, int], ...]
    around: int | None = None


def make_picture(
    title: str,
    edges: Iterable[Edge],
    files: Iterable[RepoPath] = (),
    tests: Collection[str] = (),
    around: RepoPath | None = None,
) -> Picture:
    """Put a picture together.

    Args:
        title: name of the project.
        edges: between single files.
        files: to be shown even where no edge leads.
        tests: the test files.
        around: the file to begin with.
    """
    kept = list(edges)
    ends = {end for edge in kept for end in (edge.source, edge.target)}
    paths = sorted({*ends, *files, *(() if around is None else (around,))})
    numbers = {path: number for number, path in enumerate(paths)}
    rows = {
        (numbers[edge.source], numbers[edge.target], KINDS.index(edge.kind), edge.line)
        for edge in kept
        if edge.source != edge.target
    }
    return Picture(
        title,
        tuple(paths),
        tuple(number for path, number in numbers.items() if path in tests),
        tuple(sorted(rows)),
        None if around is None else numbers[around],
    )


def render_html(picture: Picture) -> Iterator[str]:
    """Render the page, piece by piece.

    Names from outside reach the page only as JSON in which no tag can end, and as an escaped title.
    """
    page = TEMPLATE.read_text(encoding="utf-8")
    head, rest = page.split(MARKS[0])
    middle, tail = rest.split(MARKS[1])
    title = picture.title if picture.title.isprintable() else repr(picture.title)[1:-1]
    yield head + html.escape(title) + middle
    rows: dict[int, list[int]] = {}
    for source, *rest_of_edge in picture.edges:
        rows.setdefault(source, []).extend(rest_of_edge)
    parts: dict[str, object] = {
        "title": picture.title,
        "kinds": [kind.value for kind in KINDS],
        "around": picture.around,
        "tests": picture.tests,
        "paths": picture.paths,
        "edges": [rows.get(number, []) for number in range(len(picture.paths))],
    }
    for number, (key, value) in enumerate(parts.items()):
        text = json.dumps(value, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e")
        yield f'{"," if number else "{"}"{key}":{text}'
    yield "}" + tail


def render_dot(picture: Picture) -> Iterator[str]:
    """Render for Graphviz, line by line: tests as boxes, several reasons as one arrow."""
    yield f"digraph {_quote(picture.title)} {{\n"
    yield "  rankdir=LR;\n  node [shape=ellipse, fontsize=10];\n"
    tests = set(picture.tests)
    for number, path in enumerate(picture.paths):
        marks = [", shape=box"] if number in tests else []
        marks += [", style=bold"] if number == picture.around else []
        yield f"  n{number} [label={_quote(path)}{''.join(marks)}];\n"
    tips: dict[tuple[int, int], list[str]] = {}
    for source, target, kind, line in picture.edges:
        tips.setdefault((source, target), []).append(KINDS[kind].value + (f" (line {line})" if line else ""))
    for (source, target), texts in tips.items():
        yield f"  n{source} -> n{target} [tooltip={_quote('; '.join(texts))}];\n"
    yield "}\n"


def _quote(text: str) -> str:
    """A string of Graphviz's language; control characters and backslashes are shown, not obeyed."""
    shown = text if text.isprintable() else repr(text)[1:-1]
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'
