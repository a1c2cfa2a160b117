"""Edits that are likely to break something, seeded in the Python files and the data files of a project."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from random import Random

__all__ = ["KINDS", "Edit", "seed_edit"]

KINDS: Final = (
    *("body", "constant", "removal", "import", "body", "comment", "body", "import", "body", "removal"),
    *("data", "body", "constant", "body", "import", "body", "removal", "constant", "body", "comment"),
)
"""Twenty edits, of the kinds that people make, with what breaks most in the majority."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed file.

    Attributes:
        kind: one of `KINDS`.
        path: the file.
        line: where; 0 where no line is.
        content: all of its new content.
    """

    kind: str
    path: Path
    line: int
    content: bytes


def seed_edit(kind: str, sources: list[Path], data: list[Path], random: Random) -> Edit:
    """Find a file in which an edit of some kind can be made, and make it."""
    if kind == "data":
        return Edit(kind, random.choice(data), 0, b"")
    for path in random.sample(sources, len(sources)):
        text = path.read_text(encoding="utf-8")
        places = list(PLACES[kind](text))
        if places:
            line, new = random.choice(places)
            lines = text.splitlines()
            lines[line - 1] = new
            return Edit(kind, path, line, ("\n".join(lines) + "\n").encode())
    return seed_edit("body", sources, data, random)  # every project has a function


def _find_bodies(text: str) -> Iterator[tuple[int, str]]:
    """First statements of functions, each behind a `raise`."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.body[0].lineno > node.lineno:
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            start = min([first.lineno, *(each.lineno for each in getattr(first, "decorator_list", ()))])
            front = lines[start - 1][: first.col_offset]
            if not front.strip():
                yield start, f"{front}raise RuntimeError('seeded')\n{lines[start - 1]}"


def _find_constants(text: str) -> Iterator[tuple[int, str]]:
    """Names bound on a line of the module's own, bound to something else."""
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) if (
                node.lineno == node.end_lineno and name != "__all__"
            ):
                yield node.lineno, f"{name} = object()"


def _find_definitions(text: str) -> Iterator[tuple[int, str]]:
    """Definitions of the module's own, under another name."""
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, re.sub(r"\b(def|class) (\w+)", r"\1 \2_gone", lines[node.lineno - 1], count=1)


def _find_imports(text: str) -> Iterator[tuple[int, str]]:
    """Imports of the module's own on one line, gone."""
    for node in ast.parse(text).body:
        match node:
            case ast.Import() | ast.ImportFrom() if node.lineno == node.end_lineno:
                if getattr(node, "module", "") != "__future__":
                    yield node.lineno, "pass"


def _find_comments(text: str) -> Iterator[tuple[int, str]]:
    """The last line, behind a comment."""
    lines = text.splitlines()
    if lines:
        yield len(lines), f"{lines[-1]}\n# seeded"


PLACES: Final[dict[str, Callable[[str], Iterator[tuple[int, str]]]]] = {
    "body": _find_bodies,
    "constant": _find_constants,
    "removal": _find_definitions,
    "import": _find_imports,
    "comment": _find_comments,
}
