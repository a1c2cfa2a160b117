"""Which identifiers each function of a file uses otherwise than to take an attribute of them.

A module that is used so (`getattr(module, name)`, `vars(module)`, `register(module)`) is out of sight: whoever has it may read
any name of it, in a way that no text shows.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["bare_names", "read_bare"]

SCOPES: Final = {
    ast.Lambda: "<lambda>",
    ast.GeneratorExp: "<genexpr>",
    ast.ListComp: "<listcomp>",
    ast.SetComp: "<setcomp>",
    ast.DictComp: "<dictcomp>",
}
"""Expressions that may have a code object of their own; from Python 3.12 on comprehensions have none."""
ALL: Final = frozenset({"__dict__", "__getattribute__"})
"""Attributes that give all the others."""


def bare_names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Identifiers, attributes included, of which some statements or expressions do not just take an attribute."""
    return frozenset(name for node in nodes for _, name in _walk(node, ""))


def read_bare(tree: ast.Module) -> dict[str, frozenset[str]]:
    """The bare identifiers of each function, by its qualified name; what is in a lambda is in its function too."""
    found: dict[str, set[str]] = {}
    for scope, name in _walk(tree, ""):
        found.setdefault(scope, set()).add(name)
        while scope.endswith(">"):  # a lambda or comprehension
            scope = scope.rpartition(".<locals>.")[0]  # noqa: PLW2901 - outwards
            found.setdefault(scope, set()).add(name)
    found.pop("", None)
    return {scope: frozenset(names) for scope, names in found.items()}


def _walk(root: ast.AST, scope: str) -> Iterator[tuple[str, str]]:
    """Pairs of a scope and a bare identifier in it; `scope` ends with a dot in a class body."""
    pending: list[tuple[ast.AST, str, bool]] = [(root, scope, True)]
    while pending:
        node, scope, bare = pending.pop()
        inner = scope
        if isinstance(node, ast.Name):
            if bare:
                yield scope.rstrip("."), node.id
            continue
        if isinstance(node, ast.Attribute):
            if bare:
                yield scope.rstrip("."), node.attr
            pending.append((node.value, scope, node.attr in ALL))
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner = _inside(scope, node.name)
            outside = [*node.decorator_list, node.args, *filter(None, [node.returns])]
            pending += [(each, scope, True) for each in outside]
            pending += [(each, inner, True) for each in node.body]
            continue
        if isinstance(node, ast.ClassDef):
            inner = f"{_inside(scope, node.name)}."
            outside = [*node.decorator_list, *node.bases, *node.keywords]
            pending += [(each, scope, True) for each in outside]
            pending += [(each, inner, True) for each in node.body]
            continue
        if type(node) in SCOPES:
            inner = _inside(scope, SCOPES[type(node)])
        pending += [(each, inner, True) for each in ast.iter_child_nodes(node)]


def _inside(scope: str, name: str) -> str:
    if not scope or scope.endswith("."):
        return f"{scope}{name}"
    return f"{scope}.<locals>.{name}"
