"""Names of attributes that are computed, where the source shows every name that can come of it.

`hasattr(view, method)` in a loop over a constant tuple asks for those names and for no others; so does
`getattr(stream, attribute)` where `attribute` is a parameter, and all calls of the function say which. What follows is a
plain reading of Python's scopes (https://docs.python.org/3/reference/executionmodel.html#naming-and-binding): where
anything else may bind the variable, nothing is known.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from pytest_txselect.source.scopes import last_name, parameters_of
from pytest_txselect.source.walk import AnyFunction, children_of, descend, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["ASKING", "Given", "read_given"]

ASKING: Final = frozenset({"getattr", "hasattr", "getattr_static"})
"""Functions that take an object, and the name of an attribute."""
COPYING: Final = frozenset({"frozenset", "tuple"})
"""What makes a collection of another one that nobody can change."""
MOST_NAMES: Final = 100
Scopes: TypeAlias = tuple[AnyFunction, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """The names that a call asks an object for.

    Attributes:
        names: all that it can ask for.
        by_callers: whether that holds only as long as nobody calls the function from another file.
    """

    names: frozenset[str]
    by_callers: bool


def read_given(tree: ast.Module) -> dict[ast.AST, Given]:
    """Find calls that ask for attributes by a computed name of which all values are known.

    Returns:
        What each such call asks for; calls that name the attribute themselves are not among them.
    """
    calls = walk(tree).calls
    asking = [
        (call, scopes)
        for call, scopes in calls
        if scopes and last_name(call.func) in ASKING and len(call.args) > 1
        if isinstance(call.args[1], (ast.Name, ast.IfExp))
    ]
    reading = _Reading(tree, calls)
    return {call: given for call, scopes in asking if (given := reading.give(call.args[1], scopes))}


class _Unknown(Exception):  # noqa: N818 - no error: it ends a search
    """A value is not known."""


class _Reading:
    """Reads the values of expressions in one module."""

    def __init__(self, tree: ast.Module, calls: Sequence[tuple[ast.Call, Scopes]]) -> None:
        self._tree = tree
        self._calls = calls
        self._by_callers = False
        self._depth = 0

    def give(self, node: ast.expr, scopes: Scopes) -> Given | None:
        """All strings that an expression can be; None where they are not known."""
        self._by_callers = False
        self._depth = 0
        try:
            names = frozenset(self._values(node, scopes, callers=True))
        except _Unknown:
            return None
        return Given(names, self._by_callers) if len(names) <= MOST_NAMES else None

    def _values(self, node: ast.expr, scopes: Scopes, *, callers: bool) -> Iterator[str]:
        match node:
            case ast.Constant(value=str(text)):
                yield text
            case ast.IfExp(body=body, orelse=orelse):
                yield from self._values(body, scopes, callers=callers)
                yield from self._values(orelse, scopes, callers=callers)
            case ast.Name(id=name):
                for value, inner, each in self._bindings(name, scopes, callers=callers):
                    for expression in self._elements(value, inner) if each else (value,):
                        yield from self._values(expression, inner, callers=callers)
            case _:
                raise _Unknown

    def _elements(self, node: ast.expr, scopes: Scopes) -> Iterator[ast.expr]:
        """What an iteration yields, one expression after another."""
        match node:
            case ast.Tuple(elts=found) | ast.List(elts=found) | ast.Set(elts=found):
                yield from found
            case ast.Call(func=ast.Name(id=name), args=[only], keywords=[]) if name in COPYING:
                yield from self._elements(only, scopes)
            case ast.Name(id=name):
                for value, inner, each in self._bindings(name, scopes, callers=False):
                    if each or not _is_fixed(value):
                        raise _Unknown
                    yield from self._elements(value, inner)
            case _:
                raise _Unknown

    def _bindings(
        self, name: str, scopes: Scopes, *, callers: bool
    ) -> Iterator[tuple[ast.expr, Scopes, bool]]:
        """What a variable is bound to, with the scopes of that; True where it is each element of it in turn."""
        self._depth += 1
        if self._depth > MOST_NAMES:
            raise _Unknown
        function = scopes[-1] if scopes else None
        body = self._tree.body if function is None else _body_of(function)
        found = list(_find_bindings(name, body))
        parameter = function is not None and name in parameters_of(function)
        if any(_declares(name, node) for node in descend(function or self._tree)):
            raise _Unknown
        if parameter and not found and callers:
            yield from ((value, where, False) for value, where in self._arguments(name, scopes))
        elif parameter or (not found and not scopes):
            raise _Unknown
        elif found:
            yield from ((value, scopes, each) for value, each in found)
        else:
            yield from self._bindings(name, scopes[:-1], callers=False)

    def _arguments(self, name: str, scopes: Scopes) -> Iterator[tuple[ast.expr, Scopes]]:
        """What all callers of a function of the module give as one parameter; they may not hand on their own."""
        function = scopes[0]
        if len(scopes) > 1 or not isinstance(function, ast.FunctionDef) or function not in self._tree.body:
            raise _Unknown
        calls = [
            (call, where)
            for call, where in self._calls
            if isinstance(call.func, ast.Name) and call.func.id == function.name
        ]
        if function.decorator_list or self._count(function.name) != len(calls) + 1:
            raise _Unknown
        self._by_callers = True
        for call, where in calls:
            value = _find_argument(call, name, function.args)
            if isinstance(value, ast.Constant):
                yield value, where
            else:
                raise _Unknown

    def _count(self, name: str) -> int:
        """How often a name stands anywhere in the module, be it that of an attribute or in a string."""
        return sum(_stands_for(node, name) for node in descend(self._tree))


def _find_bindings(name: str, body: Iterable[ast.AST]) -> Iterator[tuple[ast.expr, bool]]:
    """The values that some statements bind a variable to, functions and classes in them left out.

    Raises:
        _Unknown: something else binds it.
    """
    pending = list(body)
    stored = known = 0
    while pending:
        node = pending.pop()
        match node:
            case ast.For(target=ast.Name(id=target), iter=value) if target == name:
                known += 1
                yield value, True
            case ast.comprehension(target=ast.Name(id=target), iter=value) if target == name:
                known += 1
                yield value, True
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                known += 1
                yield value, False
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                known += 1
                yield value, False
            case ast.Name(id=target, ctx=ast.Store() | ast.Del()) if target == name:
                stored += 1
            case _ if _bound_by(node) in {name, "*"}:
                raise _Unknown
            case _:
                pass
        pending += _executing(node)
    if stored != known:
        raise _Unknown


def _executing(node: ast.AST) -> Iterable[ast.AST]:
    """What is below a node, in the same scope."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return (*node.decorator_list, node.args)
        case ast.Lambda():
            return (node.args,)
        case ast.ClassDef():
            return (*node.decorator_list, *node.bases, *node.keywords)
        case _:
            return children_of(node)


def _bound_by(node: ast.AST) -> str | None:
    """The name that a node binds otherwise than by storing it in a variable."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.ExceptHandler(name=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
            return name
        case ast.MatchMapping(rest=name):
            return name
        case ast.alias(name=name, asname=asname):
            return asname or name.partition(".")[0]
        case _:
            return None


def _stands_for(node: ast.AST, name: str) -> bool:
    """Whether a node may stand for a function of the module: by its name, as an attribute, in a string, or rebound."""
    match node:
        case ast.Name(id=found) | ast.Attribute(attr=found):
            return found == name
        case ast.Constant(value=str(text)):
            return text.rpartition(".")[2] == name
        case _:
            return _bound_by(node) == name


def _declares(name: str, node: ast.AST) -> bool:
    return isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names


def _is_fixed(node: ast.expr) -> bool:
    """Whether nobody can change a collection."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in COPYING
    return isinstance(node, ast.Tuple)


def _body_of(function: AnyFunction) -> list[ast.AST]:
    return [function.body] if isinstance(function, ast.Lambda) else [*function.body]


def _find_argument(call: ast.Call, name: str, parameters: ast.arguments) -> ast.expr | None:
    """What a call gives as one parameter; None where that is not known."""
    if any(isinstance(each, ast.Starred) for each in call.args) or any(
        not each.arg for each in call.keywords
    ):
        return None
    positional = [each.arg for each in (*parameters.posonlyargs, *parameters.args)]
    place = positional.index(name) if name in positional else len(call.args)
    if place < len(call.args):
        return call.args[place]
    named = [each.value for each in call.keywords if each.arg == name]
    if named:
        return named[0]
    if name in positional:
        place -= len(positional)
        return parameters.defaults[place] if -place <= len(parameters.defaults) else None
    only = [each.arg for each in parameters.kwonlyargs]
    return parameters.kw_defaults[only.index(name)] if name in only else None
