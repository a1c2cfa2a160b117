"""Which names of a file are the same: each with the function that it is local to."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pytest_txselect.source.walk import LEAVES, AnyFunction, gather, parts_of

__all__ = [
    "ATTRIBUTE",
    "MODULE",
    "RESULT",
    "AnyFunction",
    "Key",
    "Scopes",
    "last_name",
    "parameters_of",
    "read_scopes",
]

Key: TypeAlias = tuple[int, str]
"""A name: of the function with that number, of the module, of any object, or that of what a function gives."""
NOTHING: Final[list[ast.AST]] = []
NAMING: Final = frozenset(
    {ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Name, ast.Global, ast.Nonlocal}
    | {ast.MatchAs, ast.MatchStar, ast.MatchMapping}
)
"""Nodes that have names of their own."""
UNREAD: Final = frozenset({"annotation", "returns"})
"""Parts of nodes that have nothing to do with values."""
PARTS: Final[dict[type, tuple[str, ...]]] = {}
"""What `_find_parts` found."""
MODULE: Final = 0
ATTRIBUTE: Final = -1
RESULT: Final = -2


@dataclass(frozen=True, slots=True)
class Scopes:
    """The names of a file.

    Attributes:
        nodes: every node, from the outside in, with the number of the function that it is in.
        numbers: the number of each function, by the `id` of its node.
        functions: each of these, by number.
        local: names that are local to a function, by its number.
        parents: the function around each function.
        inside: the function around each name, by the `id` of its node.
        children: what is directly below each node, by its `id`; no annotations.
    """

    nodes: list[tuple[ast.AST, int]] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    functions: dict[int, AnyFunction] = field(default_factory=dict)
    local: dict[int, set[str]] = field(default_factory=dict)
    parents: dict[int, int] = field(default_factory=dict)
    inside: dict[int, int] = field(default_factory=dict)
    children: dict[int, list[ast.AST]] = field(default_factory=dict)

    def descend(self, node: ast.AST) -> list[ast.AST]:
        """What is directly below a node, without annotations."""
        kind = type(node)
        if kind in LEAVES:
            return NOTHING
        found = self.children.get(id(node))
        if found is None:
            found = self.children[id(node)] = gather(node, PARTS.get(kind) or _find_parts(kind))
        return found

    def key(self, name: str, scope: int) -> Key:
        """Which name is meant by an identifier in a function: a local one, one of those around it, or the module's."""
        while scope != MODULE and name not in self.local[scope]:
            scope = self.parents[scope]
        return scope, name

    def key_of(self, node: ast.AST) -> Key | None:
        """The name that an expression is; None for any other expression."""
        if isinstance(node, ast.Name):
            return self.key(node.id, self.inside.get(id(node), MODULE))
        return (ATTRIBUTE, node.attr) if isinstance(node, ast.Attribute) else None


def _find_parts(kind: type) -> tuple[str, ...]:
    """The fields of a kind of node that have nodes which have to do with values; remembered."""
    found = PARTS[kind] = tuple(each for each in parts_of(kind) if each not in UNREAD)
    return found


def read_scopes(tree: ast.Module) -> Scopes:
    """Number the functions of a file, and find their names."""
    found = Scopes()
    found.local[MODULE] = set()
    pending = found.nodes
    pending.append((tree, MODULE))
    shared: dict[int, set[str]] = {}
    for node, scope in pending:
        if type(node) not in NAMING:  # nearly all
            pending += [(each, scope) for each in found.descend(node)]
            continue
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                number = len(found.functions) + 1
                found.numbers[id(node)] = number
                found.functions[number] = node
                found.parents[number] = scope
                found.local[number] = {*parameters_of(node)}
                if not isinstance(node, ast.Lambda):
                    found.local[scope].add(node.name)
                body = node.body if isinstance(node.body, list) else [node.body]
                inner = {id(each) for each in body}
                pending += [(each, number if id(each) in inner else scope) for each in found.descend(node)]
                continue
            case ast.Name(id=name, ctx=context):
                found.inside[id(node)] = scope
                if isinstance(context, ast.Store):
                    found.local[scope].add(name)
                continue
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                shared.setdefault(scope, set()).update(names)
            case (
                ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name))
            ):
                found.local[scope].add(name)
            case _:
                pass
        pending += [(each, scope) for each in found.descend(node)]
    for number, common in shared.items():
        found.local[number] -= common
    return found


def parameters_of(function: AnyFunction) -> list[str]:
    """Names of all parameters, positional ones first."""
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    return [each.arg for each in named]


def last_name(node: ast.AST) -> str:
    """The name of a name, the last one of an attribute; else empty."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
