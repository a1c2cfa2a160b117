"""One pass over a syntax tree, which keeps what this package asks about, with the functions around it.

Walking a tree in Python costs more than compiling the file, so that it is done once, and only for files
that need it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["AnyFunction", "Walked", "descend", "walk"]

AnyFunction: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(slots=True)
class Walked:
    """What a tree holds, in no particular order but always the same.

    Attributes:
        calls: every call, with the functions around it from the outside in.
        imports: every import statement.
        assignments: every assignment.
        ifs: every `if` statement.
        functions: every function that has a name.
        taken: names X in `X.__dict__`, and `X.__all__`.
        has_file: whether the name `__file__` is mentioned.
    """

    calls: list[tuple[ast.Call, tuple[AnyFunction, ...]]] = field(default_factory=list)
    imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)
    assignments: list[ast.Assign | ast.AnnAssign | ast.AugAssign] = field(default_factory=list)
    ifs: list[ast.If] = field(default_factory=list)
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=list)
    taken: list[ast.expr] = field(default_factory=list)
    has_file: bool = False


PLAIN: Final = frozenset({str, int, type(None), ast.Load, ast.Store, ast.Del})
LEAVES: Final = frozenset({ast.Constant, ast.Load, ast.Store, ast.Del, ast.Pass})
"""Nodes that nothing is asked about and that have nothing below them."""


ASKED: Final = frozenset(
    {ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Call, ast.Attribute, ast.Import, ast.ImportFrom}
    | {ast.Assign, ast.AnnAssign, ast.AugAssign, ast.If}
)
"""Nodes that something is asked about."""
BARREN: Final = LEAVES | {ast.Name, ast.alias}
"""Nodes that have none of interest below them."""


def descend(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it but for contexts and operators, in the order of `ast.walk`, which is slower."""
    found = [node]
    for each in found:
        yield each
        if type(each) in BARREN:
            continue
        for name in each._fields:
            value = getattr(each, name, None)
            if type(value) is list:
                found += [one for one in value if isinstance(one, ast.AST)]
            elif type(value) not in PLAIN and isinstance(value, ast.AST):
                found.append(value)


def walk(tree: ast.Module) -> Walked:
    """Walk a module's tree, without recursion (files nest deeply)."""
    found = Walked()
    pending: list[tuple[ast.AST, tuple[AnyFunction, ...]]] = [(tree, ())]
    while pending:
        node, functions = pending.pop()
        kind = type(node)
        if kind is ast.Name:
            found.has_file = found.has_file or node.id == "__file__"  # type: ignore[attr-defined] # its kind was looked at
            continue
        if kind in ASKED:
            _keep(found, node, functions)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                functions = (*functions, node)
        for name in node._fields:
            value = getattr(node, name, None)
            if type(value) is list:
                for each in value:
                    if type(each) not in LEAVES and isinstance(each, ast.AST):
                        pending.append((each, functions))  # noqa: PERF401 - short lists, which are built in place faster
            elif type(value) not in PLAIN and type(value) not in LEAVES and isinstance(value, ast.AST):
                pending.append((value, functions))
    return found


def _keep(found: Walked, node: ast.AST, functions: tuple[AnyFunction, ...]) -> None:
    """Keep a node that a question is about."""
    if isinstance(node, ast.Call):
        found.calls.append((node, functions))
    elif isinstance(node, ast.Attribute):
        if node.attr == "__dict__":
            found.taken.append(node.value)
        elif node.attr == "__all__":
            found.taken.append(node)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        found.imports.append(node)
    elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        found.assignments.append(node)
    elif isinstance(node, ast.If):
        found.ifs.append(node)
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        found.functions.append(node)
