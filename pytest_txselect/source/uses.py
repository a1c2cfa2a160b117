"""How each function of a file uses the identifiers that it mentions: calls them, takes an attribute of them, or else.

A module that is neither called nor asked for an attribute (`getattr(module, name)`, `vars(module)`, `register(module)`) is out
of sight: whoever has it may read any name of it, in a way that no text shows. A function that is only ever called has
no effect where it was not executed.
"""

from __future__ import annotations

import ast
import enum
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_txselect.source.scopes import last_name
from pytest_txselect.source.walk import UNASKED, children_of
from pytest_txselect.source.words import DOC_READERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_txselect.source.computed import Given

__all__ = [
    "COMPUTING",
    "LISTING",
    "SUPER",
    "UNNAMED",
    "Use",
    "Used",
    "computes",
    "find_uses",
    "mean_plainly",
    "read_uses",
    "reads_docs",
]

SCOPES: Final = {
    ast.Lambda: "<lambda>",
    ast.GeneratorExp: "<genexpr>",
    ast.ListComp: "<listcomp>",
    ast.SetComp: "<setcomp>",
    ast.DictComp: "<dictcomp>",
}
"""Expressions that may have a code object of their own; from Python 3.12 on comprehensions have none."""
CHECKS: Final = frozenset({"isinstance", "issubclass"})
OF_DICTIONARY: Final = frozenset({"get", "pop", "setdefault"})
ALL: Final = frozenset({"__dict__", "__getattribute__"})
"""Attributes that give all the others."""
ASKING: Final = {"getattr": 1, "hasattr": 1, "getattr_static": 1, "attrgetter": 0, "methodcaller": 0}
"""Functions that ask an object for an attribute, with the place of its name among their arguments."""
BUILT_IN: Final = frozenset({"dir", "eval", "exec", "vars"})
LISTING: Final = frozenset({"getmembers", "getmembers_static", "hasattr", *BUILT_IN, *ALL})
"""What may tell which attributes there are, by names that no text shows."""
COMPUTING: Final = LISTING.union(ASKING)
"""What may read attributes whose names no text shows."""
SUPER: Final = "super()"
UNNAMED: Final = "?"
"""In place of the identifier of what has an attribute."""


class Use(enum.Enum):
    """What is done with the value of an identifier."""

    CALLED = enum.auto()
    CHECKED = enum.auto()  # whether something is an instance of it
    ASKED = enum.auto()  # for an attribute
    IMPORTED = enum.auto()  # within a function
    NAMED = (
        enum.auto()
    )  # called, to ask for an attribute that stands there, or for one of some that are known
    HANDED = enum.auto()  # the same, as long as the function is not called from another file
    MIXED = enum.auto()  # a base of a class in a function, beside another base, a keyword or a decorator
    STORED = enum.auto()  # an attribute that is bound, and not read
    TAKEN = enum.auto()  # anything else
    RAISED = enum.auto()  # called, or not, to be raised at once
    CAUGHT = enum.auto()  # by an `except`


class Used(NamedTuple):
    """A use of an identifier.

    Attributes:
        name: the identifier, of a name or an attribute.
        base: of an attribute, the identifier of what has it, `super()`, or `?` for anything else; empty for a name.
        use: what is done with it.
    """

    name: str
    base: str
    use: Use


def computes(
    uses: Iterable[Used], bound: frozenset[str] = frozenset(), ways: frozenset[str] = COMPUTING
) -> bool:
    """Whether some of these uses may read names of a class in a way that no text shows.

    Args:
        uses: the uses.
        bound: names that functions of the file bind; what a parameter is called `dir` for is not the function.
        ways: functions and attributes that do that.
    """
    for name, base, use in uses:
        if name not in ways or use is Use.NAMED or (name in ALL and base == "self"):
            continue  # an instance's own dictionary has none of its class
        if name not in BUILT_IN or base or use is Use.CALLED or name not in bound:
            return True
    return False


def reads_docs(uses: Iterable[Used], aliases: frozenset[str]) -> bool:
    """Whether some uses may read docstrings; `help` does only as a function of Python.

    Args:
        uses: the uses.
        aliases: what else the functions that read docstrings are called.
    """
    return any(
        each.name in DOC_READERS
        or each.name in aliases
        or (each.name == "help" and not each.base and each.use is Use.CALLED)
        for each in uses
    )


def mean_plainly(uses: frozenset[Used], names: set[str]) -> bool:
    """Whether one of some names is more than the name of an attribute of something; so too where only an import has it."""
    bases = [each.base for each in uses if each.name in names]
    return not bases or not all(bases)


def find_uses(nodes: Iterable[ast.AST]) -> frozenset[Used]:
    """What some statements or expressions use, the functions in them included."""
    return frozenset(used for node in nodes for _, used in _walk(node, {}))


def read_uses(tree: ast.Module, given: Mapping[ast.AST, Given]) -> dict[str, frozenset[Used]]:
    """What each function uses, by its qualified name; what is in a lambda is in its function too.

    Args:
        tree: a module.
        given: see `read_given`.
    """
    found: dict[str, set[Used]] = {}
    for start, used in _walk(tree, given):
        scope = start
        found.setdefault(scope, set()).add(used)
        while scope.endswith(">"):  # a lambda or comprehension
            scope = scope.rpartition(".<locals>.")[0]
            found.setdefault(scope, set()).add(used)
    return {scope: frozenset(each) for scope, each in found.items() if scope}


def _walk(root: ast.AST, given: Mapping[ast.AST, Given]) -> Iterator[tuple[str, Used]]:
    """Each use of an identifier with its scope, which is empty for the module's own code.

    Args:
        root: where to begin.
        given: calls that ask for computed names, where these are known.
    """
    pending: list[tuple[ast.AST, str, Use]] = [(root, "", Use.TAKEN)]
    while pending:
        node, scope, use = pending.pop()
        if type(node) in UNASKED:
            continue
        if isinstance(node, ast.Name):
            yield scope.rstrip("."), Used(node.id, "", use)
        elif isinstance(node, ast.Attribute):
            own = Use.STORED if isinstance(node.ctx, ast.Store) else use
            yield scope.rstrip("."), Used(node.attr, _identify(node.value), own)
            asked = Use.TAKEN if node.attr in ALL else Use.ASKED
            pending.append(
                (node.value, scope, use if use is Use.NAMED and _is_dictionary(node.value) else asked)
            )
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            pending += _definition(node, scope)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for each in node.names:
                name = each.asname or each.name.partition(".")[0]
                yield scope.rstrip("."), Used(name, "", Use.IMPORTED)
        elif node in given:
            yield from ((scope.rstrip("."), Used(name, UNNAMED, Use.ASKED)) for name in given[node].names)
            pending += _asking(node, scope, Use.HANDED if given[node].by_callers else Use.NAMED)
        elif isinstance(node, ast.expr):
            pending += _expression(node, scope, use)
        else:
            pending += _statement(node, scope)


def _definition(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: str
) -> Iterator[tuple[ast.AST, str, Use]]:
    inner = _inside(scope, node.name)
    outside: list[ast.AST] = [*node.decorator_list]
    if isinstance(node, ast.ClassDef):
        inner = f"{inner}."
        outside += node.keywords
        mixed = len(node.bases) > 1 or bool(outside)
        for base in node.bases:
            each, *brackets = [base.value, base.slice] if isinstance(base, ast.Subscript) else [base]
            yield each, scope, Use.MIXED if mixed else Use.TAKEN
            outside += brackets
    else:
        outside += [node.args, *filter(None, [node.returns])]
    yield from ((each, scope, Use.TAKEN) for each in outside)
    yield from ((each, inner, Use.TAKEN) for each in node.body)


def _asking(call: ast.AST, scope: str, use: Use) -> Iterator[tuple[ast.AST, str, Use]]:
    """A call that asks for attributes."""
    first = True
    for each in children_of(call):
        yield each, scope, use if first else Use.TAKEN
        first = False


def _expression(node: ast.expr, scope: str, use: Use) -> Iterator[tuple[ast.AST, str, Use]]:
    if isinstance(node, ast.Call):
        checks = isinstance(node.func, ast.Name) and node.func.id in CHECKS
        called = Use.RAISED if use is Use.RAISED else Use.CALLED
        yield node.func, scope, Use.NAMED if _asks_by_name(node) else called
        yield from ((each, scope, Use.TAKEN) for each in (*node.args[:1], *node.keywords))
        yield from ((each, scope, Use.CHECKED if checks else Use.TAKEN) for each in node.args[1:])
        return
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        yield node.value, scope, Use.NAMED if _is_dictionary(node.value) else Use.TAKEN
        return
    if isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant):
        holds = all(isinstance(each, (ast.In, ast.NotIn)) for each in node.ops) and len(node.ops) == 1
        for each in node.comparators:
            yield each, scope, Use.NAMED if holds and _is_dictionary(each) else Use.TAKEN
        return
    inside = use if use in {Use.CHECKED, Use.CAUGHT} and isinstance(node, ast.Tuple) else Use.TAKEN
    inner = _inside(scope, SCOPES[type(node)]) if type(node) in SCOPES else scope
    yield from [(each, inner, inside) for each in children_of(node)]


def _asks_by_name(node: ast.Call) -> bool:
    """Whether a call asks for an attribute whose name stands there."""
    name = _identify(node.func)
    if name in ASKING:
        place = ASKING[name]
        arguments = node.args[place : place + 1] if place else node.args
    elif isinstance(node.func, ast.Attribute) and name in OF_DICTIONARY and _is_dictionary(node.func.value):
        arguments = node.args[:1]
    else:
        return False
    return bool(arguments) and all(isinstance(each, ast.Constant) for each in arguments)


def _is_dictionary(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ALL


def _statement(node: ast.AST, scope: str) -> Iterator[tuple[ast.AST, str, Use]]:
    for each in children_of(node):
        if isinstance(node, ast.AugAssign) and isinstance(each, ast.Attribute):  # its target is read too
            yield ast.Attribute(each.value, each.attr, ast.Load()), scope, Use.TAKEN
        elif isinstance(node, ast.ExceptHandler) and each is node.type:
            yield each, scope, Use.CAUGHT
        elif isinstance(node, ast.Raise) and each is node.exc:
            yield each, scope, Use.RAISED
        else:
            yield each, scope, Use.TAKEN


def _identify(node: ast.expr) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
        return SUPER
    return last_name(node) or UNNAMED


def _inside(scope: str, name: str) -> str:
    if not scope or scope.endswith("."):
        return f"{scope}{name}"
    return f"{scope}.<locals>.{name}"
