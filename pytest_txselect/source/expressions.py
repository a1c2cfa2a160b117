r"""What a string expression can be, as far as its text tells: known parts, and `*` for each unknown one.

The pattern language of `evaluate`: literal text; `*` for a part that only the run knows; a whole pattern of
`?` for a value that is a parameter of the enclosing function, so that its callers know it; `\x01` for
`__name__`, `\x02` for `__package__`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.walk import descend

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_txselect.source.walk import AnyFunction, Walked

__all__ = ["Scope", "evaluate", "strings_in"]

DEEPEST: Final = 8
"""How many names are followed, one behind another."""

UNKNOWN: Final = "*"
PARAMETER: Final = "?"
OWN_NAMES: Final = {"__name__": "\x01", "__package__": "\x02"}
PERCENT: Final = re.compile(r"%(?:\(\w*\))?[-#0 +]*[\d*]*(?:\.[\d*]+)?[a-zA-Z]")
BRACES: Final = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Scope:
    """The names around an expression.

    Attributes:
        values: names bound once, by a plain assignment, to an expression.
        parameters: parameters of the enclosing functions.
        modules: names that imports bind, with the dotted name of what they may name (relative ones with
            leading dots).
        has_file: whether the module mentions its own `__file__`.
    """

    values: Mapping[str, ast.expr] = field(default_factory=dict)
    parameters: frozenset[str] = frozenset()
    modules: Mapping[str, str] = field(default_factory=dict)
    has_file: bool = False

    @classmethod
    def of_module(cls, tree: ast.Module, walked: Walked) -> Scope:
        """The scope of a module's own code; imports in functions are included."""
        modules: dict[str, str] = {}
        for node in walked.imports:
            front = (
                ""
                if isinstance(node, ast.Import)
                else "." * node.level + (f"{node.module}." if node.module else "")
            )
            for alias in node.names:
                if isinstance(node, ast.Import) and not alias.asname:
                    modules[alias.name.split(".")[0]] = alias.name.split(".")[0]
                else:
                    modules[alias.asname or alias.name] = front + alias.name
        return cls(_assigned(tree), frozenset(), modules, walked.has_file)

    def enter(self, function: AnyFunction) -> Scope:
        """The scope inside a function."""
        args = function.args
        named = [*args.posonlyargs, *args.args, *args.kwonlyargs, *filter(None, (args.vararg, args.kwarg))]
        parameters = frozenset(each.arg for each in named)
        local = {} if isinstance(function, ast.Lambda) else _assigned(function)
        values = {name: value for name, value in self.values.items() if name not in parameters} | local
        return Scope(values, (self.parameters | parameters) - local.keys(), self.modules, self.has_file)

    def module_of(self, node: ast.expr) -> str:
        """Dotted name of the module that an expression like `pkg.sub` names; empty where none is known."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name) and node.id in self.modules:
            return ".".join([self.modules[node.id], *reversed(parts)])
        return ""


def _assigned(scope: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, ast.expr]:
    """Names bound exactly once in a scope's own statements, by `name = expression`."""
    values: dict[str, ast.expr] = {}
    often: set[str] = set()
    pending: list[ast.AST] = list(scope.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            (often.add(name) if name in values else values.__setitem__(name, node.value))
            pending.append(node.value)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            often.add(node.id)
        else:
            pending += ast.iter_child_nodes(node)
    return {name: value for name, value in values.items() if name not in often}


def evaluate(node: ast.expr, scope: Scope, depth: int = 0) -> str:  # noqa: PLR0911 - one for each kind of expression
    """The pattern of strings that an expression can be (see the module's docstring)."""
    if depth > DEEPEST:
        return UNKNOWN
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return _evaluate_name(name, scope, depth)
        case ast.JoinedStr(values=values):
            return _join([evaluate(value, scope, depth + 1) for value in values])
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            return evaluate(value, scope, depth + 1)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _join([evaluate(left, scope, depth + 1), evaluate(right, scope, depth + 1)])
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod(), right=right):
            given = right.elts if isinstance(right, ast.Tuple) else [right]
            return _fill(PERCENT, text, given, scope, depth)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr=method), args=given):
            return _evaluate_method(text, method, given, scope, depth)
        case _:
            return UNKNOWN


def _evaluate_name(name: str, scope: Scope, depth: int) -> str:
    if name in OWN_NAMES:
        return OWN_NAMES[name]
    if name in scope.values:
        return evaluate(scope.values[name], scope, depth + 1)
    return PARAMETER if name in scope.parameters else UNKNOWN


def _evaluate_method(text: str, method: str, given: list[ast.expr], scope: Scope, depth: int) -> str:
    """`"{}.{}".format(a, b)` and `".".join([a, b])`."""
    if method == "format":
        return _fill(BRACES, text, given, scope, depth)
    if method == "join" and len(given) == 1 and isinstance(given[0], (ast.List, ast.Tuple)):
        return text.join(_part(each, scope, depth) for each in given[0].elts)
    return UNKNOWN


def _fill(places: re.Pattern[str], text: str, given: list[ast.expr], scope: Scope, depth: int) -> str:
    """Put arguments where a format has places, if each plain place has one; else all are unknown."""
    found = places.findall(text)
    plain = all(each in {"%s", "{}"} for each in found) and len(found) == len(given)
    parts = iter([_part(each, scope, depth) for each in given] if plain else [UNKNOWN] * len(found))
    return places.sub(lambda _: next(parts), text)


def _part(node: ast.expr, scope: Scope, depth: int) -> str:
    """What an expression adds to other text, where a lone parameter is just unknown."""
    part = evaluate(node, scope, depth + 1)
    return UNKNOWN if part == PARAMETER else part


def _join(parts: list[str]) -> str:
    """One pattern after another; a lone parameter stays one, beside other text it is just unknown."""
    known = [part for part in parts if part]
    if len(known) == 1:
        return known[0]
    return "".join(UNKNOWN if part == PARAMETER else part for part in known)


def strings_in(node: ast.AST) -> list[str]:
    """Every string constant below a node, in no particular order but always the same."""
    return [
        each.value for each in descend(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
