"""Module-level `__getattr__`: what it reads only when it is asked for one of some names.

Python asks such a function for `__path__` at each `from module import name`, so nearly every test executes it, but few
of them go further than its first conditions.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

__all__ = ["Asked", "read_asked"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A branch of a module's `__getattr__`.

    Attributes:
        names: the names of which one has to be asked for.
        body: what executes then.
    """

    names: frozenset[str]
    body: tuple[ast.stmt, ...]


def read_asked(tree: ast.Module) -> tuple[list[Asked], list[ast.stmt]] | None:
    """Split a module's `__getattr__` into branches, and what executes whatever is asked for.

    Returns:
        The branches, and the rest with the conditions; None where there is no such function, or more than one, or it
        does more with its parameter than to read it.
    """
    found = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "__getattr__"
    ]
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node in found]
    if len(functions) != 1 or len([node for node in found if node not in _methods(tree)]) != 1:
        return None
    function = functions[0]
    arguments = function.args.posonlyargs + function.args.args
    if len(arguments) != 1 or function.decorator_list:
        return None
    name = arguments[0].arg
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            return None
        if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return None
    branches: list[Asked] = []
    rest: list[ast.stmt] = []
    _split(function.body, name, branches, rest)
    return branches, rest


def _methods(tree: ast.Module) -> list[ast.stmt]:
    return [each for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for each in node.body]


def _split(body: list[ast.stmt], name: str, branches: list[Asked], rest: list[ast.stmt]) -> None:
    for node in body:
        names = _names_asked(node.test, name) if isinstance(node, ast.If) else None
        if names is None or not isinstance(node, ast.If):
            rest.append(node)
        else:
            branches.append(Asked(names, tuple(node.body)))
            _split(node.orelse, name, branches, rest)


def _names_asked(test: ast.expr, name: str) -> frozenset[str] | None:
    """The names for which a condition holds; None where it may hold for others, or for one of Python's own."""
    if not (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == name
        and len(test.ops) == 1
    ):
        return None
    right = test.comparators[0]
    if isinstance(test.ops[0], ast.Eq):
        values = [right]
    elif isinstance(test.ops[0], ast.In) and isinstance(right, (ast.Set, ast.Tuple, ast.List)):
        values = right.elts
    else:
        return None
    names = {each.value for each in values if isinstance(each, ast.Constant)}
    texts = {each for each in names if isinstance(each, str) and not each.startswith("__")}
    return frozenset(texts) if len(texts) == len(values) else None
