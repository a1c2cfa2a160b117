"""One pass over a syntax tree, which keeps what this package asks about, with the functions around it.

Walking a tree in Python costs more than compiling the file, so that it is done once, and only for files
that need it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "LEAVES",
    "AnyFunction",
    "Walked",
    "children_of",
    "descend",
    "gather",
    "parts_of",
    "statements_in",
    "walk",
]

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


LEAVES: Final = frozenset(
    {ast.Constant, ast.Global, ast.MatchSingleton, ast.Name, ast.Nonlocal, ast.Pass, ast.alias}
)
"""Nodes that have none below them."""
OTHERS: Final = frozenset({
    "arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "level", "module", "op", "ops", "rest",
    "simple", "str", "type_comment", "type_ignores",
})  # fmt: skip
"""Parts of nodes that are texts, numbers, contexts or operators."""
GAPPED: Final = frozenset({"keys", "kw_defaults"})
"""Parts with gaps: `{**table}`, parameters without a default."""
PLAIN: Final = frozenset({str, type(None)})
BLOCKS: Final = ("body", "cases", "handlers", "orelse", "finalbody")
"""Parts of nodes that have statements, and handlers and cases, which have such parts; of `lambda` and `if else` no statements."""
PARTS: Final[dict[type, tuple[str, ...]]] = {}
"""What `_find_parts` found."""


ASKED: Final = frozenset(
    {ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Call, ast.Attribute, ast.Import, ast.ImportFrom}
    | {ast.Assign, ast.AnnAssign, ast.AugAssign, ast.If}
)
"""Nodes that something is asked about."""
UNASKED: Final = frozenset({ast.Constant, ast.Pass})
"""Nodes that nothing is asked about and that have nothing below them."""


def children_of(node: ast.AST) -> list[ast.AST]:
    """What is directly below a node, without contexts and operators; `ast.iter_child_nodes` is slower."""
    parts = PARTS.get(type(node))
    return gather(node, _find_parts(type(node)) if parts is None else parts)


def gather(node: ast.AST, parts: Iterable[str]) -> list[ast.AST]:
    """The nodes in some parts of a node, which have nothing but nodes, and gaps between them."""
    found: list[ast.AST] = []
    for name in parts:
        value = getattr(node, name, None)
        if type(value) is list:
            found += filter(None, value) if name in GAPPED else value
        elif type(value) not in PLAIN:
            found.append(value)  # type: ignore[arg-type] # no other part is left
    return found


def parts_of(kind: type) -> tuple[str, ...]:
    """The fields of a kind of node that have nodes, but for contexts and operators."""
    fields: tuple[str, ...] = () if kind in LEAVES else getattr(kind, "_fields", ())
    return tuple(each for each in fields if each not in OTHERS)


def _find_parts(kind: type) -> tuple[str, ...]:
    """The same, remembered."""
    found = PARTS[kind] = parts_of(kind)
    return found


def statements_in(node: ast.AST) -> list[ast.AST]:
    """The statements directly in a node, its handlers and cases; expressions have none."""
    return gather(node, BLOCKS)


def descend(node: ast.AST) -> list[ast.AST]:
    """A node and all below it but for contexts and operators, in the order of `ast.walk`, which is slower."""
    found = [node]
    for each in found:
        if type(each) not in LEAVES:
            found += children_of(each)
    return found


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
        pending += [(each, functions) for each in children_of(node) if type(each) not in UNASKED]
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
