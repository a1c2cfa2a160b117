"""Overloads: definitions that only type checkers read, since the function behind them takes their name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.binding import find_definition_expressions, is_quiet, spell_dotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_txselect.source.parsed import ParsedSource

__all__ = ["find_overload_names", "find_replaced"]

SOURCES: Final = frozenset({"typing", "typing_extensions"})
NAME: Final = "overload"
FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


def find_overload_names(source: ParsedSource) -> frozenset[str]:
    """Find the spellings of `typing.overload` in a module, where nothing else there has such a name."""
    if not any(NAME.encode() in line for line in source.lines):
        return frozenset()
    tree = source.tree
    spellings: set[str] = set()
    others: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and node in tree.body:
            known = [each for each in node.names if each.name in SOURCES]
            spellings.update(f"{each.asname or each.name}.{NAME}" for each in known)
            others.update(_bind([each for each in node.names if each not in known]))
        elif isinstance(node, ast.ImportFrom) and node in tree.body:
            sure = node.module in SOURCES and node.level == 0
            known = [each for each in node.names if sure and each.name == NAME]
            spellings.update(each.asname or each.name for each in known)
            others.update(_bind([each for each in node.names if each not in known]))
        else:
            others.update(_find_bound(node))
    return frozenset(each for each in spellings if each.partition(".")[0] not in others)


def _find_bound(node: ast.AST) -> Iterator[str]:
    """Names that a node binds, wherever it is."""
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from _bind(node.names)


def _bind(aliases: Sequence[ast.alias]) -> Iterator[str]:
    for each in aliases:
        yield each.asname or each.name.partition(".")[0]


def find_replaced(body: Sequence[ast.stmt], overload: frozenset[str]) -> list[ast.stmt]:
    """Those functions of a block that nobody can call: the decorator is `overload` alone, and a function follows.

    What they evaluate does nothing but to look things up; else they are definitions like all others.

    Args:
        body: the block.
        overload: see `find_overload_names`.
    """
    found: list[ast.stmt] = []
    real: set[str] = set()
    for node in reversed(body):
        if not isinstance(node, FUNCTIONS):
            continue
        decorators = [spell_dotted(each) for each in node.decorator_list]
        if len(decorators) != 1 or decorators[0] not in overload:
            real.add(node.name)
        elif node.name in real and all(map(is_quiet, find_definition_expressions(node))):
            found.append(node)
    return found
