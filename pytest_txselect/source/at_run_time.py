"""The tree of a module as it executes: without what only type checkers see.

That is what stands below `if TYPE_CHECKING:`, and annotations of what a function binds: Python does not evaluate those of
local names, nor any with `from __future__ import annotations`, and keeps neither.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pytest_txselect.source.binding import spell_dotted
from pytest_txselect.source.typing_only import FLAG, find_flags
from pytest_txselect.source.walk import statements_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

    from pytest_txselect.source.typing_only import Flags

__all__ = ["drop_annotations", "drop_typing_only"]


def drop_typing_only(tree: ast.Module, code: CodeType) -> bool:
    """Take what only type checkers see out of the module's body and its classes' bodies; whether there was any.

    Args:
        tree: a module; it is changed.
        code: what it compiles to, which tells whether the flag is surely false; see `find_flags`.
    """
    if FLAG not in code.co_names:
        return False
    flags = find_flags(code)
    found = False
    for body in list(_find_bodies(tree)):
        kept: list[ast.stmt] = []
        for node in body:
            replaced = _find_branch(node, flags)
            found |= replaced is not None
            kept += [node] if replaced is None else replaced
        body[:] = kept or [ast.copy_location(ast.Pass(), body[0])] if body else []
    return found


def drop_annotations(tree: ast.Module) -> None:
    """Empty the annotations in functions that nobody evaluates; a class body keeps its own, wherever it is.

    Args:
        tree: a module; it is changed.
    """
    postponed = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(each.name == "annotations" for each in node.names)
        for node in tree.body
    )
    pending: list[tuple[ast.AST, bool]] = [(tree, False)]
    while pending:
        node, inside = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            inside = not isinstance(node, ast.ClassDef)
        elif isinstance(node, ast.AnnAssign) and inside and (node.simple or postponed):
            node.annotation = ast.copy_location(ast.Constant(None), node.annotation)
        pending += [(each, inside) for each in statements_in(node)]


def _find_bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Lists of statements that execute with the module, inner ones first; those of functions are left out."""
    pending: list[ast.AST] = [tree]
    found: list[list[ast.stmt]] = []
    while pending:
        node = pending.pop()
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                found.append(value)
                pending += [
                    each for each in value if not isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
                ]
            elif isinstance(value, list):
                pending += [each for each in value if isinstance(each, (ast.excepthandler, ast.match_case))]
    return reversed(found)


def _find_branch(node: ast.stmt, flags: Flags) -> list[ast.stmt] | None:
    """What executes instead of a statement that asks for the flag; None for any other statement."""
    if not isinstance(node, ast.If):
        return None
    if isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not):
        return node.body if _is_flag(node.test.operand, flags) else None
    return node.orelse if _is_flag(node.test, flags) else None


def _is_flag(test: ast.expr, flags: Flags) -> bool:
    """Whether an expression is the flag, surely false."""
    module, _, name = (spell_dotted(test) or "").rpartition(".")
    return name == FLAG and (module in flags.modules if module else flags.own)
