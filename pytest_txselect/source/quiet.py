"""What calls in a statement may do more than give a value, and which classes make instances without doing more."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.walk import children_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "BUILT_IN",
    "DATACLASS",
    "TYPING_BASES",
    "UNKNOWN",
    "find_calls",
    "is_quiet",
    "spell",
    "spell_called",
]

PURE_CALLS: Final = frozenset(
    (  # noqa: SIM905 - read as words
        "ContextVar Counter Decimal Lock NewType OrderedDict ParamSpec RLock TypeVar attrgetter auto bool bytes compile "
        "defaultdict deque dict field float frozenset getLogger int itemgetter len list local max min namedtuple object "
        "partial range repr set sorted str sum timedelta tuple type"
    ).split()
)
"""Calls that do nothing beyond their value (`compile` is `re.compile`)."""
BUILT_IN: Final = frozenset(name for name, value in vars(builtins).items() if isinstance(value, type))
"""Classes of Python itself."""
TYPING_BASES: Final = frozenset({"ABC", "Generic", "Protocol"})
"""Bases from the standard library that do nothing to the classes made of them, whatever they are taken from."""
UNKNOWN: Final = "?"
"""In place of a dotted name, for an expression that is none."""
DATACLASS: Final = "dataclass"
LOUD: Final = frozenset({"__new__", "__post_init__", "__setattr__"})
"""Methods that execute when an instance is made or gets an attribute."""


def spell(node: ast.expr) -> str:
    """An expression as a dotted name, without what is in brackets behind it."""
    parts: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return UNKNOWN
    return ".".join([node.id, *reversed(parts)])


def spell_called(node: ast.expr) -> str:
    """A decorator as a dotted name, with `(...)` behind it where it has arguments."""
    if not isinstance(node, ast.Call):
        return spell(node)
    return f"{spell(node.func)}(...)" if node.args or node.keywords else spell(node.func)


def find_calls(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """What some expressions call that may do more than give a value, as dotted names."""
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call):
            name = spell(node.func)
            if name.rpartition(".")[2] not in PURE_CALLS:
                yield name
        elif isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
            yield UNKNOWN
        if isinstance(node, ast.Lambda):  # its body executes later, and is a function of its own
            pending += [*node.args.defaults, *(each for each in node.args.kw_defaults if each)]
        else:
            pending += children_of(node)


def is_quiet(node: ast.ClassDef) -> bool:
    """Whether making an instance of a class does nothing but to bind attributes, as far as its own body goes.

    Its bases may do more, and so may a decorator that is only called like that of `dataclasses`.
    """
    if node.keywords or any(
        spell(_called(each)).rpartition(".")[2] != DATACLASS for each in node.decorator_list
    ):
        return False
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.value, ast.Call) and _makes_more(each.value):
            return False
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if each.name in LOUD or any(spell(one).endswith(".setter") for one in each.decorator_list):
                return False
            if each.name == "__init__" and not _binds_only(each):
                return False
    return True


def _called(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _makes_more(field: ast.Call) -> bool:
    """Whether the default of a field is made by a call that may do more than give a value."""
    factories = (each.value for each in field.keywords if each.arg in {"default_factory", None})
    return any(spell(each).rpartition(".")[2] not in PURE_CALLS for each in factories)


def _binds_only(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a constructor only binds attributes of `self` and local names; it may fail."""
    failing = {
        id(one) for each in ast.walk(function) if isinstance(each, ast.Raise) for one in ast.walk(each)
    }
    for each in ast.walk(function):
        if isinstance(each, (ast.Global, ast.Nonlocal, ast.Delete, ast.With, ast.AsyncWith, ast.NamedExpr)):
            return False
        if isinstance(each, ast.Subscript | ast.Attribute) and isinstance(each.ctx, ast.Store):
            if not (isinstance(each, ast.Attribute) and spell(each).startswith("self.")):
                return False
        elif isinstance(each, ast.Call) and id(each) not in failing and not _is_harmless(each):
            return False
    return True


def _is_harmless(call: ast.Call) -> bool:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id in PURE_CALLS or function.id in {"super", "isinstance", "callable"}
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "__init__"
        and isinstance(function.value, ast.Call)
        and spell(function.value.func) == "super"
    )
