"""Where the strings come from that an expression can be made of, as far as one file tells.

A name can be whatever it is given anywhere, in any order; attributes are told apart by nothing but their spelling, and so are
functions. That is wide, and quick; what it leaves out are strings that never meet the expression.
"""

from __future__ import annotations

import ast
import enum
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.given import ANY, GivenNames, text_of
from pytest_txselect.source.scopes import ATTRIBUTE, MODULE, RESULT, Key, last_name, parameters_of
from pytest_txselect.source.walk import LEAVES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Flow"]

VALUES: Final = frozenset({"get", "pop", "setdefault", "values"})
"""Methods of a table that give what it holds, and not its keys."""
FORMATS: Final = re.compile(r"%[-\d.]*[sra]")
NO_TEXT: Final = frozenset({
    "__import__", "bool", "callable", "endswith", "float", "getLogger", "hasattr", "id", "import_module", "importorskip", "int",
    "isdir", "isfile", "isinstance", "issubclass", "len", "range", "startswith", "super", "type",
})  # fmt: skip
"""Functions whose results have none of the strings that they are given."""
PASSING: Final = frozenset({
    "Path", "PurePath", "abspath", "chain", "dict", "enumerate", "expanduser", "format", "frozenset", "fspath", "iter", "join",
    "joinpath", "list", "map", "next", "normpath", "realpath", "relpath", "repr", "reversed", "set", "sorted", "str", "tuple",
    "zip",
})  # fmt: skip
"""Functions whose results have the strings that they are given."""


NAMED: Final = frozenset({ast.Name, ast.Attribute})


class Way(enum.IntEnum):
    """How a value is part of another (a number, since Python hashes no other members fast)."""

    PLAIN = enum.auto()
    HELD = enum.auto()  # in a table from which something is taken
    OFFERED = enum.auto()  # other files may take it from this one, and hand it back


class Flow:
    """What each name of a file may be made of.

    Args:
        tree: the file.

    Attributes:
        nodes: every node.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._names: Final = GivenNames(tree)
        self.nodes: Final = self._names.nodes

    def find_bearers(self, begins: Callable[[ast.AST], bool]) -> frozenset[Key]:
        """The names that may be made of a value, as far as this file tells.

        Args:
            begins: whether a constant is such a value.
        """
        holders: defaultdict[int, set[Key]] = defaultdict(set)
        users: defaultdict[Key, set[int]] = defaultdict(set)
        pending: list[int] = []
        for key, values in self._names.values.items():
            for value in values:
                if id(value) not in holders:
                    nodes = self._passed(value)
                    if any(type(node) is ast.Constant and begins(node) for node in nodes):
                        pending.append(id(value))
                    for node in nodes:
                        for each in self._meant(node) if type(node) in NAMED else ():
                            users[each].add(id(value))
                holders[id(value)].add(key)
        found: set[Key] = set()
        while pending:
            more = holders[pending.pop()] - found
            found |= more
            pending += [each for key in more for each in users[key]]
        return frozenset(found)

    def _passed(self, value: ast.expr) -> list[ast.AST]:
        """A value and all below it, without arguments that a function keeps to itself."""
        found: list[ast.AST] = [value]
        for node in found:
            if isinstance(node, ast.Call) and last_name(node.func) not in PASSING:
                found.append(node.func)
            else:
                found += self._names.scopes.descend(node)
        return found

    def find_bearing(self, begins: Callable[[ast.AST], bool]) -> frozenset[int]:
        """The `id` of each expression that has such a value, or a name that may be made of it."""
        bearers = self.find_bearers(begins)
        found: set[int] = set()
        for node in reversed(self.nodes):
            kind = type(node)
            if kind is ast.Constant:
                bears = begins(node)
            elif kind in NAMED and not bearers.isdisjoint(self._meant(node)):
                bears = True
            else:
                bears = kind is not ast.Name and not found.isdisjoint(
                    map(id, self._names.scopes.descend(node))
                )
            if bears:
                found.add(id(node))
        return frozenset(found)

    def _meant(self, node: ast.AST) -> tuple[Key, ...]:
        """The name that an expression is, and that of the results of a function which is called so."""
        if type(node) not in NAMED:
            return ()
        key = self._names.scopes.key_of(node)
        return () if key is None else (key, (RESULT, key[1])) if key[1] in self._names.functions else (key,)

    def find_strings(self, expressions: Iterable[ast.expr]) -> frozenset[str] | None:
        """The strings that some expressions can be made of; None where that is not certain.

        A parameter can be what other files have from this one, but no key of a table: who takes a table looks up.
        """
        found: set[str] = set()
        seen: set[tuple[int, Way]] = set()
        offered: set[Key] = set()
        named: set[tuple[Key, Way]] = set()
        pending = [(each, Way.PLAIN) for each in expressions]
        while pending and self._names.certain:
            node, way = pending.pop()
            if (id(node), way) in seen:
                continue
            seen.add((id(node), way))
            found.update(text_of(node) if type(node) is ast.Constant else _find_parts(node))
            for key in self._meant(node):
                if (key, way) in named:
                    continue
                named.add((key, way))
                if key in self._names.loose and (ANY, way) not in named:
                    named.add((ANY, way))
                    pending += [(each, way) for each in self._find_indirect()]
                pending += [(each, way) for each in self._names.values.get(key, ())]
                if way is not Way.OFFERED:
                    pending += [(each, way) for each in self._names.kept.get(key, ())]
                if key[0] == ATTRIBUTE:
                    pending += [(each, way) for each in self._names.values.get(ANY, ())]
                if key == ANY:
                    pending += [(each, way) for each in self._find_any()]
                if (
                    key[0] > MODULE
                    and not offered
                    and key[1] in parameters_of(self._names.scopes.functions[key[0]])
                ):
                    offered.add(key)
                    pending += [(each, Way.OFFERED) for each in self._names.offered]
            pending += () if type(node) in LEAVES else self._below(node, way)
        return frozenset(found) if self._names.certain else None

    def _below(self, node: ast.expr, way: Way) -> Iterator[tuple[ast.expr, Way]]:
        """The expressions that may be part of what an expression gives, each with the way it is there."""
        deeper = way if way is Way.OFFERED else Way.HELD
        match node:
            case ast.Compare():
                return
            case ast.Dict(values=parts) if way is not Way.PLAIN:
                yield from ((part, way) for part in parts)
            case ast.IfExp(body=body, orelse=other):
                yield from ((body, way), (other, way))
            case ast.Subscript(value=value):
                yield value, deeper
            case ast.Attribute(value=value) | ast.Lambda(body=value) | ast.Starred(value=value):
                yield value, way
            case ast.Call():
                yield from self._below_call(node, way, deeper)
            case ast.ListComp(elt=element) | ast.SetComp(elt=element) | ast.GeneratorExp(elt=element):
                yield element, way
            case ast.DictComp(key=key, value=value):
                yield from ((key, way), (value, way))
            case _:
                yield from (
                    (each, way) for each in self._names.scopes.descend(node) if isinstance(each, ast.expr)
                )

    def _below_call(self, call: ast.Call, way: Way, deeper: Way) -> Iterator[tuple[ast.expr, Way]]:
        """What the result of a call may be made of: its arguments, unless it goes away and only perhaps comes back."""
        name = last_name(call.func)
        given = [*call.args, *(each.value for each in call.keywords)]
        if name in NO_TEXT:
            return
        if name in VALUES and isinstance(call.func, ast.Attribute):
            yield call.func.value, deeper
            yield from ((each, way) for each in given[1:])
            return
        if name == "getattr":
            constant = "".join(text_of(call.args[1])) if len(call.args) > 1 else ""
            some = (
                self._names.values.get((ATTRIBUTE, constant), ())
                if constant
                else ()
                if way is Way.OFFERED
                else self._find_any()
            )
            yield from ((each, way) for each in (*given, *some))
            return
        if way is not Way.OFFERED or isinstance(call.func, ast.Attribute) or name in self._names.functions:
            yield call.func, way
        if way is not Way.OFFERED or name in PASSING or name in self._names.functions:
            yield from ((each, way) for each in given)

    def _find_indirect(self) -> Iterator[ast.expr]:
        """Arguments of calls of something that is not called by the name of a function."""
        for node in self.nodes:
            if not isinstance(node, ast.Call) or last_name(node.func) in self._names.functions:
                continue
            key = self._names.scopes.key_of(node.func)
            if key is None or key in self._names.values or key[0] > MODULE:
                yield from node.args
                yield from (each.value for each in node.keywords)

    def _find_any(self) -> Iterator[ast.expr]:
        """What attributes can be of which it is not known how they are called."""
        for key, values in self._names.values.items():
            if key[0] == ATTRIBUTE:
                yield from values


def _find_parts(node: ast.expr) -> Iterator[str]:
    """Strings that only their parts are there of: a sum, and what is around the places of a format."""
    match node:
        case ast.BinOp(op=ast.Add()):
            parts: list[str] = []
            while isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant):
                parts = ["".join((*text_of(node.right), *parts))]
                yield parts[0]
                node = node.left
            yield "".join((*text_of(node), *parts))
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str(text))):
            yield from FORMATS.split(text)
        case _:
            pass
