"""Decorators that keep what they are given to themselves: they call it, wrap it or give it back, and hand it to nobody else."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_txselect.source.parsed import ParsedSource, parse_source
from pytest_txselect.source.standard import StandardNames

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Decorating", "find_keeping", "read_decorating"]

FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
WRAPPING: Final = frozenset({"asyncio", "functools", "inspect", "typing", "typing_extensions"})
"""Modules with functions that copy names, or ask what kind of function they are given."""
READING: Final = frozenset({"getdoc", "getcomments", "getsource", "getsourcelines"})
"""Those of their functions that do more."""


class Decorating(NamedTuple):
    """What the decorators of a file may be.

    Attributes:
        standard: what its names mean that are Python's.
        keeping: see `find_keeping`.
    """

    standard: StandardNames
    keeping: frozenset[str]


def read_decorating(source: bytes) -> Decorating:
    """Read a file; of one that Python refuses nothing is known."""
    parsed = parse_source(source)
    if not isinstance(parsed, ParsedSource):
        return Decorating(StandardNames(()), frozenset())
    standard = StandardNames(ast.walk(parsed.tree))
    return Decorating(standard, find_keeping(parsed.tree, standard))


def find_keeping(tree: ast.Module, standard: StandardNames) -> frozenset[str]:
    """Names of the functions of a module that do no more with their one argument.

    Args:
        tree: the module.
        standard: what its names mean.
    """
    functions: dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]] = {}
    others: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, FUNCTIONS):
            functions.setdefault(statement.name, []).append(statement)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            others.add(node.id)
    return frozenset(
        name
        for name, found in functions.items()
        if name not in others and all(_keeps(each, standard) for each in found)
    )


def _keeps(function: ast.FunctionDef | ast.AsyncFunctionDef, standard: StandardNames) -> bool:
    given = function.args
    if len(given.posonlyargs) + len(given.args) != 1 or given.vararg or given.kwonlyargs or given.kwarg:
        return False
    if function.decorator_list:
        return False
    (name,) = (each.arg for each in (*given.posonlyargs, *given.args))
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    settled = {id(part) for node in nodes for part in _find_kept(node, standard)}
    return all(
        id(node) in settled for node in nodes if isinstance(node, ast.Name) and node.id == name
    ) and not any(isinstance(node, (ast.Global, ast.Nonlocal)) for node in nodes)


def _find_kept(node: ast.AST, standard: StandardNames) -> Iterator[ast.AST]:
    """The parts of a node to which nothing happens that others notice."""
    match node:
        case ast.Call(func=function, args=given):
            yield function
            if _wraps(function, standard):
                yield from given
        case ast.Attribute(value=part, ctx=ast.Load()) | ast.Return(value=ast.AST() as part):
            yield part
        case _:
            pass


def _wraps(function: ast.expr, standard: StandardNames) -> bool:
    """Whether what is called only copies names, or asks what kind of function it is given."""
    module, _, name = standard.find(function).partition(".")
    return module in WRAPPING and name not in READING
