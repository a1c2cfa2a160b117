"""What the names of a file are given, wherever and in any order.

Attributes are told apart by nothing but their spelling, and so are functions.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.scopes import (
    ATTRIBUTE,
    MODULE,
    RESULT,
    AnyFunction,
    Key,
    last_name,
    parameters_of,
    read_scopes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ANY", "DYNAMIC", "GivenNames", "text_of"]

DYNAMIC: Final = frozenset({"eval", "exec", "globals", "locals", "vars"})
"""Names of what gives values to names that nobody sees."""
ANY: Final = (ATTRIBUTE, "__dict__")
"""Stands for the attributes of which it is not known how they are called."""
FILLING: Final = frozenset(
    {"add", "append", "appendleft", "extend", "insert", "push", "put", "setdefault", "update"}
)
"""Methods that put something into what they belong to; others may, but only what is asked of it then can be it."""
MAKING: Final = frozenset({"_replace", "evolve", "replace", "set_defaults"})
"""Functions, beside those with a capital letter, that make objects whose attributes are their arguments."""
FIRST: Final = frozenset({"cls", "self"})
BINDING: Final = frozenset(
    {
        ast.Assign,
        ast.AnnAssign,
        ast.AugAssign,
        ast.NamedExpr,
        ast.For,
        ast.AsyncFor,
        ast.comprehension,
        ast.withitem,
    }
    | {ast.Match, ast.Return, ast.Yield, ast.YieldFrom}
)
DEFINING: Final = frozenset(
    {ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Assign, ast.ClassDef, ast.Import}
)
CALLING: Final = frozenset({ast.Call, ast.FunctionDef, ast.AsyncFunctionDef})
NAMED: Final = frozenset({ast.Lambda, ast.Name, ast.Attribute})
"""Nodes that each step looks at: to ask for their kind is faster than to match every node against all patterns."""


class GivenNames:
    """What each name of a file is given.

    Args:
        tree: the file.

    Attributes:
        nodes: every node.
        certain: False where names may be given values that this does not see.
        scopes: which names are the same.
        values: what each name is given.
        kept: what methods of other files are given, for what they belong to.
        functions: the functions of the file, by their names.
        fields: names that the bodies of classes bind, by the names of the classes.
        loose: parameters of functions that are values: who calls them is not followed.
        offered: what other files may take from this one, and hand back.
        modules: names of modules.
        called: the `id` of each expression of a function that is called there, or handed over to be called.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.certain = True
        self.scopes: Final = read_scopes(tree)
        self.nodes: Final = [node for node, _ in self.scopes.nodes]
        self.values: Final[defaultdict[Key, list[ast.expr]]] = defaultdict(list)
        self.kept: Final[defaultdict[Key, list[ast.expr]]] = defaultdict(list)
        self.functions: Final[defaultdict[str, list[AnyFunction]]] = defaultdict(list)
        self.fields: Final[defaultdict[str, list[str]]] = defaultdict(list)
        self.loose: Final[set[Key]] = set()
        self.offered: Final[list[ast.expr]] = []
        self.modules: Final[set[str]] = set()
        for node, scope in self.scopes.nodes:
            if type(node) in BINDING:
                self._bind_statement(node, scope)
            if type(node) in DEFINING:
                self._define(node)
            elif type(node) is ast.Name and node.id in DYNAMIC:
                self.certain = False
        self.called: Final = {
            id(each) for node in self.nodes if type(node) in CALLING for each in _find_called(node)
        }
        self._outside: Final = self.modules | FIRST
        for node in self.nodes:
            if isinstance(node, ast.Call):
                self._bind_call(node)
        self._loosen()

    def _bind_statement(self, node: ast.AST, scope: int) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target, value)
            case (
                ast.AnnAssign(target=target, value=ast.expr() as value)
                | ast.AugAssign(target=target, value=value)
                | ast.NamedExpr(target=target, value=value)
                | ast.For(target=target, iter=value)
                | ast.AsyncFor(target=target, iter=value)
                | ast.comprehension(target=target, iter=value)
                | ast.withitem(context_expr=value, optional_vars=ast.expr() as target)
            ):
                self._bind(target, value)
            case ast.Match(subject=subject, cases=cases):
                for each in (each for case in cases for each in ast.walk(case.pattern)):
                    for name in (getattr(each, "name", None), getattr(each, "rest", None)):
                        if isinstance(name, str):
                            self.values[self.scopes.key(name, scope)].append(subject)
            case (
                ast.Return(value=ast.expr() as value)
                | ast.Yield(value=ast.expr() as value)
                | ast.YieldFrom(value=value)
            ):
                function = self.scopes.functions.get(scope)
                name = "" if function is None or isinstance(function, ast.Lambda) else function.name
                self.values[RESULT, name].append(value)
                self.offered.append(value)
            case _:
                pass
        if (
            scope == MODULE
            and isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
            and node.value is not None
        ):
            self.offered.append(node.value)  # other files may take it from this one, and hand it back

    def _define(self, node: ast.AST) -> None:
        """Note functions with their defaults, classes with their fields, modules, and what nobody can follow."""
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                self.functions[name].append(node)
                self._default(node)
                for decorator in node.decorator_list:
                    for key in self._keys(node) if isinstance(decorator, ast.Call) else ():
                        self.values[key].append(decorator)
            case ast.Lambda():
                self._default(node)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as function):
                self.functions[name].append(function)
            case ast.ClassDef(name=name, body=body):
                fields = [pair for each in body for pair in _find_fields(each)]
                self.fields[name] += [field for field, _ in fields]
                for field, value in fields:
                    self.values[ATTRIBUTE, field] += value
            case ast.Import(names=names):
                self.modules.update(each.asname or each.name.partition(".")[0] for each in names)
            case _:
                pass

    def _keys(self, function: AnyFunction) -> list[Key]:
        number = self.scopes.numbers[id(function)]
        return [(number, name) for name in parameters_of(function)]

    def _default(self, function: AnyFunction) -> None:
        given, number = function.args, self.scopes.numbers[id(function)]
        places = [*given.posonlyargs, *given.args]
        for place, value in zip(reversed(places), reversed(given.defaults), strict=False):
            self.values[number, place.arg].append(value)
        for place, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
            if default is not None:
                self.values[number, place.arg].append(default)

    def _bind(self, target: ast.expr, value: ast.expr, into: dict[Key, list[ast.expr]] | None = None) -> None:
        """Note a value of whatever a target names, among those of names or in another table."""
        match target:
            case ast.Name() | ast.Attribute() if key := self.scopes.key_of(target):
                (self.values if into is None else into)[key].append(value)
            case ast.Subscript(value=base, slice=index):
                self._bind(base, value, into)
                self._bind(base, index, into)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    self._bind(part, value, into)
            case ast.Starred(value=part):
                self._bind(part, value, into)
            case _:
                pass

    def _bind_call(self, call: ast.Call) -> None:
        """Hand arguments to the parameters of functions of this file, and to what a method may keep them in."""
        given = [*call.args, *(each.value for each in call.keywords)]
        name = last_name(call.func)
        if name == "setattr" and len(call.args) == len(("object", "name", "value")):
            attribute = "".join(text_of(call.args[1])) or ANY[1]
            self.values[ATTRIBUTE, attribute].append(call.args[2])
        if isinstance(call.func, ast.Attribute) and _root(call.func) not in self._outside:
            for value in given:
                self._bind(call.func.value, value, into=self.values if name in FILLING else self.kept)
        self._hand_over(given)
        made = name in self.fields or name in FIRST
        for field in self.fields.get(name, ()):
            self.values[ATTRIBUTE, field] += call.args
        functions = self.functions.get("__init__" if made else name, ())
        for function in functions:
            self._bind_arguments(function, call)
        makes = made or name[:1].isupper() or name in MAKING
        for each in call.keywords if makes else ():
            if each.arg:
                self.values[ATTRIBUTE, each.arg].append(each.value)

    def _hand_over(self, given: list[ast.expr]) -> None:
        """Functions that are called where they are given to, with what is beside them."""
        for value in given:
            self.called.add(id(value))
            handed = [value] if isinstance(value, ast.Lambda) else self.functions.get(last_name(value), ())
            for function in handed:
                for key in self._keys(function):
                    self.values[key] += [each for each in given if each is not value]

    def _bind_arguments(self, function: AnyFunction, call: ast.Call) -> None:
        keys = self._keys(function)
        spread = any(isinstance(each, ast.Starred) for each in call.args) or any(
            not each.arg for each in call.keywords
        )
        for place, value in enumerate(call.args):  # a method has one parameter more
            for key in keys if spread else keys[place : place + 2] or keys[-1:]:
                self.values[key].append(value)
        for each in call.keywords:
            for key in keys if spread else [key for key in keys if key[1] == each.arg] or keys[-1:]:
                self.values[key].append(each.value)

    def _loosen(self) -> None:
        """Find functions that are values: who calls them is not followed."""
        for node in self.nodes:
            if (
                type(node) not in NAMED
                or (type(node) is not ast.Lambda and last_name(node) not in self.functions)
                or id(node) in self.called
                or (isinstance(node, ast.Attribute) and _root(node) not in FIRST)
            ):
                continue
            functions = [node] if isinstance(node, ast.Lambda) else self.functions.get(last_name(node), ())
            if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
                for function in functions:
                    self.loose.update(key for key in self._keys(function) if key[1] not in FIRST)


def _find_fields(node: ast.stmt) -> Iterator[tuple[str, list[ast.expr]]]:
    """What a statement in a class body binds, with the values."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((each.id, [value]) for each in targets if isinstance(each, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            yield name, [value] if value is not None else []
        case _:
            pass


def _find_called(node: ast.AST) -> tuple[ast.expr, ...]:
    """Expressions of functions that a node calls."""
    match node:
        case ast.Call(func=function):
            return (function,)
        case ast.FunctionDef(decorator_list=decorators) | ast.AsyncFunctionDef(decorator_list=decorators):
            return tuple(decorators)
        case _:
            return ()


def _root(node: ast.AST) -> str:
    """The name that a chain of attributes begins with; else empty."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return last_name(node)


def text_of(node: ast.expr) -> Iterator[str]:
    """The text of a constant, if it is one."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Constant(value=bytes(text)):
            yield text.decode("latin-1")
        case _:
            pass
