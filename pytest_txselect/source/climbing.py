"""How far above its own folder a file may look: by the `.parent` and `dirname` that it has."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.words import ELSEWHERE, GIT_LISTING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["find_climb"]

CUTTING: Final = frozenset({"parts", "partition", "rpartition", "rsplit", "split"})
"""Attributes with which a path is cut by hand."""
HERE: Final = frozenset({"", ".", "./"})
REPEATING: Final = (ast.While, ast.For, ast.AsyncFor)


def find_climb(nodes: Collection[ast.AST], listed: Collection[str] | None) -> int | None:
    """Find how many folders above its own a file may begin to list.

    Every step up in the file is counted, whether or not it leads to a listing, so this may be too many and never too few.

    Args:
        nodes: the nodes of its tree.
        listed: the strings that may name what is listed; None where any may.

    Returns:
        The number; None where it may begin anywhere.
    """
    if listed is None or not HERE.isdisjoint(listed):
        return None
    if not any(isinstance(node, ast.Name) and node.id == "__file__" for node in nodes):
        return None
    given = {node.arg for node in nodes if isinstance(node, ast.arg)}
    repeated = {id(inner) for node in nodes if isinstance(node, REPEATING) for inner in ast.walk(node)}
    settled = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    settled |= {id(node.value) for node in nodes if isinstance(node, ast.Subscript)}
    steps = 0
    for node in nodes:
        step = _find_step(node, given, settled)
        if step is None or (step and id(node) in repeated):
            return None
        steps += step
    return max(steps - 1, 0)


def _find_step(node: ast.AST, given: Collection[str], settled: Collection[int]) -> int | None:  # noqa: C901, PLR0911 - a table
    """How many folders one node goes up; None where that is not known."""
    match node:
        case ast.Attribute(attr="__file__" | "__path__"):
            return None  # the place of another module
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) if name in ELSEWHERE:
            return None
        case ast.alias(name="dirname", asname=str()):
            return None
        case ast.Attribute(attr=name, value=value) if name in CUTTING:
            return None if "__file__" in _names(ast.walk(value)) else 0
        case ast.Subscript(value=ast.Attribute(attr="parents"), slice=ast.Constant(value=int() as number)):
            return number + 1 if number >= 0 else None
        case ast.Subscript(value=ast.Attribute(attr="parents")):
            return None
        case ast.Attribute(attr="parents"):
            return 0 if id(node) in settled else None
        case ast.Attribute(attr="parent", value=ast.Name(id=name)) if name in given:
            return None  # whoever calls may go up several times
        case ast.Attribute(attr="parent"):
            return 1
        case ast.Name(id="dirname") | ast.Attribute(attr="dirname"):
            return 1 if id(node) in settled else None
        case ast.Constant(value=str() as text):
            return None if ".." in text.replace("\\", "/").split("/") or GIT_LISTING in text else 0
        case _:
            return 0


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    return {node.id for node in nodes if isinstance(node, ast.Name)}
