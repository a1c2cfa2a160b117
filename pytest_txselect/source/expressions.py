r"""What a string expression can be, as far as its text tells: known parts, and `*` for each unknown one.

The pattern language of `evaluate`: literal text; `*` for a part that only the run knows; a whole pattern of
`?` for a value that is a parameter of the enclosing function, so that its callers know it; `\x01` for
`__name__`, `\x02` for `__package__`, `\x04` for the topmost package of these; the name of a function of the file between
two `\x03` for any of the strings that it returns (`spell_out`).
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.facts import OWN_TOP
from pytest_txselect.source.walk import children_of, descend

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_txselect.source.walk import AnyFunction, Walked

__all__ = ["Scope", "evaluate", "forget_methods", "name_methods", "spell_out", "strings_in"]

DEEPEST: Final = 8
"""How many names are followed, one behind another."""

UNKNOWN: Final = "*"
PARAMETER: Final = "?"
OWN_NAMES: Final = {"__name__": "\x01", "__package__": "\x02"}
CHOICE: Final = "\x03"
OPEN: Final = "\x05"
"""Stands in front of the name of a method that another file may override."""
METHODS: Final = re.compile(f"{CHOICE}{OPEN}(\\w+){CHOICE}")
PLAIN: Final = frozenset({"cache", "cached_property", "classmethod", "lru_cache", "property", "staticmethod"})
"""Decorators of functions that still give what they return."""
MOST_RESULTS: Final = 20
"""Of more strings than these that a function may return none is known."""
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
        results: for functions of the file that return nothing but strings which stand there, these.
    """

    values: Mapping[str, ast.expr] = field(default_factory=dict)
    parameters: frozenset[str] = frozenset()
    modules: Mapping[str, str] = field(default_factory=dict)
    has_file: bool = False
    results: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

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
        return cls(_assigned(tree), frozenset(), modules, walked.has_file, _find_results(walked))

    def enter(self, function: AnyFunction) -> Scope:
        """The scope inside a function."""
        args = function.args
        named = [*args.posonlyargs, *args.args, *args.kwonlyargs, *filter(None, (args.vararg, args.kwarg))]
        parameters = frozenset(each.arg for each in named)
        local = {} if isinstance(function, ast.Lambda) else _assigned(function)
        values = {name: value for name, value in self.values.items() if name not in parameters} | local
        known = (self.parameters | parameters) - local.keys()
        return Scope(values, known, self.modules, self.has_file, self.results)

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
            pending += children_of(node)
    return {name: value for name, value in values.items() if name not in often}


def evaluate(node: ast.expr, scope: Scope, depth: int = 0) -> str:  # noqa: C901, PLR0911 - one for each kind of expression
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
        case ast.Call(func=function):
            return _evaluate_call(function, scope)
        case ast.Subscript(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="split" | "partition"),
                args=[ast.Constant(value="."), *_],
            ),
            slice=ast.Constant(value=0),
        ) if name in OWN_NAMES:
            return OWN_TOP
        case _:
            return UNKNOWN


def _evaluate_name(name: str, scope: Scope, depth: int) -> str:
    if name in OWN_NAMES:
        return OWN_NAMES[name]
    if name in scope.values:
        return evaluate(scope.values[name], scope, depth + 1)
    return PARAMETER if name in scope.parameters else UNKNOWN


def _evaluate_call(function: ast.expr, scope: Scope) -> str:
    """A function of the file, or a method: their results may be known.

    A method with a private name no subclass can override. One with a leading underscore is known as long as no file does so.
    """
    match function:
        case ast.Name(id=name) if (
            name not in scope.values and name not in scope.parameters and name not in scope.modules
        ):
            known = name in scope.results
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
            known = name in scope.results and name.startswith("_") and not name.endswith("__")
            if known and not name.startswith("__"):
                return f"{CHOICE}{OPEN}{name}{CHOICE}"
        case _:
            return UNKNOWN
    return f"{CHOICE}{name}{CHOICE}" if known else UNKNOWN


def spell_out(pattern: str, scope: Scope) -> list[str]:
    """A pattern as several, in which the results of functions stand for these."""
    front, _, rest = pattern.partition(CHOICE)
    name, _, rest = rest.partition(CHOICE)
    if not name:
        return [pattern]
    results = scope.results[name.removeprefix(OPEN)]
    return [front + result + each for result in results for each in spell_out(rest, scope)]


def name_methods(pattern: str) -> list[str]:
    """The methods in a pattern that another file may override."""
    return METHODS.findall(pattern)


def forget_methods(pattern: str) -> str:
    """A pattern in which nothing is known of what such methods return."""
    return METHODS.sub(UNKNOWN, pattern)


def _find_results(walked: Walked) -> dict[str, tuple[str, ...]]:
    """For each function that returns nothing but strings which stand there, these; of functions with one name, of all."""
    found: dict[str, tuple[str, ...] | None] = {}
    for function in walked.functions:
        before = found.get(function.name, ())
        texts = _find_returned(function)
        found[function.name] = None if before is None or texts is None else (*before, *texts)
    return {
        name: tuple(dict.fromkeys(texts))
        for name, texts in found.items()
        if texts and len(texts) <= MOST_RESULTS
    }


def _find_returned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str] | None:
    """The strings that a function returns; None where it may return anything else."""
    if isinstance(function, ast.AsyncFunctionDef):
        return None
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) not in PLAIN:
            return None
    found: list[str] = []
    pending: list[ast.AST] = [*function.body]
    while pending:
        node = pending.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                continue
            case ast.Yield() | ast.YieldFrom():
                return None
            case ast.Return(value=ast.Constant(value=str(text))):
                found.append(text)
            case ast.Return():
                return None
            case _:
                pending += children_of(node)
    return found or None


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
