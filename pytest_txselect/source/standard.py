"""Which names of a file are those of Python and its standard library, as far as the file's imports tell."""

from __future__ import annotations

import ast
import builtins
import sys
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.quiet import UNKNOWN, spell

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["StandardNames"]

TOPS: Final = sys.stdlib_module_names | {"attr", "attrs", "builtins", "pytest", "typing_extensions"}
"""Packages that are known; of others those whose decorators only mark what they are given, or add methods to it."""


class StandardNames:
    """Tells what a dotted name of a file means where every import that binds it says the same.

    Args:
        nodes: all nodes of the file, or of several versions of it.
    """

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        self._origins: defaultdict[str, set[str]] = defaultdict(set)
        self._bound: set[str] = set()
        for node in nodes:
            match node:
                case ast.Import(names=names):
                    for each in names:
                        self._origins[each.asname or each.name.partition(".")[0]].add(
                            each.name if each.asname else each.name.partition(".")[0]
                        )
                case ast.ImportFrom(module=module, names=names, level=level):
                    for each in names:
                        origin = "" if level else f"{module}.{each.name}"
                        self._origins[each.asname or each.name].add(origin)
                case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                    self._bound.add(name)
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    self._bound.add(name)
                case _:
                    pass

    def find(self, node: ast.expr) -> str:
        """The whole dotted name of an expression: `functools.wraps`; empty where it is, or may be, anything else.

        What is in brackets behind a name is left out: `Generic[T]` is `typing.Generic`.
        """
        return self.find_spelled(spell(node))

    def find_spelled(self, dotted: str) -> str:
        """As `find`, of a name that is spelled out already."""
        first, dot, rest = dotted.partition(".")
        if dotted == UNKNOWN or first in self._bound:
            return ""
        origins = self._origins.get(first)
        if origins is None:
            return f"builtins.{dotted}" if hasattr(builtins, first) and "*" not in self._origins else ""
        if len(origins) != 1:
            return ""
        (origin,) = origins
        return f"{origin}{dot}{rest}" if origin.partition(".")[0] in TOPS else ""
