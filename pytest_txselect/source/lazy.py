"""How a lazy package finds names: PEP 562's `__getattr__`, `_import_structure`, `lazy_loader`.

All of these keep tables of strings. Which string of a table names a module can be told only with the
project's files at hand (`graph/names.py`), so a table is kept here as it is written.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.branches import find_branches
from pytest_txselect.source.expressions import strings_in
from pytest_txselect.source.facts import LazyTable
from pytest_txselect.source.walk import children_of, descend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_txselect.source.facts import Computed, Import
    from pytest_txselect.source.walk import Walked

__all__ = ["Answered", "find_answered", "find_lazy_table", "typing_only_lines"]

ANY_OWN: Final = "*?.\x01\x02"
"""Of a pattern (`expressions.evaluate`) nothing is known that has nothing else."""
MODULE: Final = re.compile(r"\.*\w+(\.\w+)*\Z|\.+\Z")
HARMLESS: Final = frozenset(
    {
        "AttributeError",
        "ImportError",
        "str",
        "repr",
        "warn",
        "isinstance",
        "startswith",
        "endswith",
        "DeprecationWarning",
    }
)
"""Calls that can be given the name without importing by it."""
COMPOUND: Final = (
    *(
        ast.If,
        ast.For,
        ast.AsyncFor,
        ast.While,
        ast.With,
        ast.AsyncWith,
        ast.Try,
        ast.TryStar,
        ast.ExceptHandler,
    ),
    *(ast.Match, ast.match_case),
)
"""What has statements inside that are executed when the module is."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a module's own `__getattr__` imports, which is said by its table for each name.

    Attributes:
        imports: lines of statements.
        calls: lines with what is imported there by its name.
        span: all lines of the function.
    """

    imports: frozenset[int] = frozenset()
    calls: frozenset[tuple[int, str]] = frozenset()
    span: range = range(0)

    def tells_import(self, each: Import) -> bool:
        """Whether the table tells of an import statement."""
        return each.line in self.imports

    def tells_call(self, each: Computed) -> bool:
        """Whether the table tells of an import by name: a name of its own, or any."""
        known = each.pattern.strip(ANY_OWN)
        return (each.line, each.pattern) in self.calls if known else each.line in self.span


def find_answered(tree: ast.Module, walked: Walked, lazy: LazyTable | None) -> Answered:
    """What the table of a lazy module tells of, so that it need not be taken for imports of the module itself."""
    getter = _find_hook(list(_executed(tree)), walked)[1] if lazy else None
    if lazy is None or getter is None:
        return Answered()
    branches = list(find_branches(tree, getter))
    span = range(getter.lineno, (getter.end_lineno or getter.lineno) + 1) if lazy.names else range(0)
    return Answered(
        frozenset(line for each in branches for line in each.imports),
        frozenset(call for each in branches for call in each.calls),
        span,
    )


def find_lazy_table(tree: ast.Module, walked: Walked) -> LazyTable | None:
    """The table of a module that finds names lazily; None for any other module."""
    executed = list(_executed(tree))
    line, getter = _find_hook(executed, walked)
    if not line:
        return None
    pairs: dict[tuple[str, tuple[str, ...]], None] = {}
    modules: dict[str, None] = {}
    for statement in executed:
        for pair in _pairs(statement):
            pairs[pair] = None
        for text in strings_in(statement):
            if MODULE.match(text):
                modules[text] = None
    hidden = typing_only_lines(walked)
    for node in walked.imports:
        if isinstance(node, ast.ImportFrom) and node.lineno in hidden:
            module = "." * node.level + (node.module or "")
            modules[module] = None
            for alias in node.names:
                pairs[alias.asname or alias.name, (module, alias.name)] = None
    for branch in find_branches(tree, getter) if getter else ():
        pairs |= dict.fromkeys((name, branch.texts) for name in branch.names)
    known = tuple(dict.fromkeys(strings_in(getter))) if getter else ()
    return LazyTable(tuple(pairs), tuple(modules), known, _is_closed(getter), line, getter is None)


def typing_only_lines(walked: Walked) -> frozenset[int]:
    """Lines of module-level imports below an `if` that mentions TYPE_CHECKING, in a lazy package.

    `if TYPE_CHECKING or SLOW_IMPORT:` lists eagerly what the `else` branch finds lazily: it is the table
    over again.
    """
    return frozenset(
        line
        for node in walked.ifs
        if any(_identifier(each) == "TYPE_CHECKING" for each in descend(node.test))
        and not (isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not))
        for statement in node.body
        for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    )  # fmt: skip


def _identifier(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _executed(tree: ast.Module) -> Iterator[ast.stmt]:
    """The module's simple statements, those inside `if`, `try` and `with` included, and its `__getattr__`."""
    pending: list[ast.AST] = list(reversed(tree.body))
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if node.name == "__getattr__":
                yield node
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)):
            yield node
        elif isinstance(node, COMPOUND):
            pending += reversed(children_of(node))


def _find_hook(executed: Iterable[ast.stmt], walked: Walked) -> tuple[int, ast.FunctionDef | None]:
    """Line where the module becomes lazy (0: it does not), and its own `__getattr__` where it defines one."""
    for node in walked.imports:
        if any((alias.asname or alias.name) == "__getattr__" for alias in node.names):
            return node.lineno, None
    for statement in executed:
        match statement:
            case ast.FunctionDef():
                return statement.lineno, statement
            case ast.Assign(targets=targets):
                for target in targets:
                    if any(_identifier(each) == "__getattr__" for each in descend(target)) or _is_own_entry(
                        target
                    ):
                        return statement.lineno, None
    return 0, None


def _is_own_entry(target: ast.AST) -> bool:
    """Whether an assignment's target is `sys.modules[__name__]`, or its `__class__`."""
    if isinstance(target, ast.Attribute):
        target = target.value
    return (
        isinstance(target, ast.Subscript)
        and _identifier(target.value) == "modules"
        and _identifier(target.slice) == "__name__"
    )


def _pairs(statement: ast.stmt) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Strings that a statement puts beside a string key."""
    for node in descend(statement):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, tuple(strings_in(value))
        elif isinstance(node, ast.Subscript):
            place = node.slice
            if isinstance(place, ast.Constant) and isinstance(place.value, str):
                yield place.value, tuple(text for text in strings_in(statement) if text != place.value)
        elif isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) == len(("name", "names")):
            first, second = node.elts
            several = isinstance(second, (ast.Tuple, ast.List, ast.Set))
            if several and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value, tuple(strings_in(second))


def _is_closed(getter: ast.FunctionDef | None) -> bool:
    """Whether `__getattr__` never hands its name to a call that could import by it."""
    if getter is None or not getter.args.args:
        return False
    name = getter.args.args[0].arg
    for node in descend(getter):
        if isinstance(node, ast.Call) and _identifier(node.func) not in HARMLESS:
            given = [*node.args, *(keyword.value for keyword in node.keywords), node.func]
            if any(_identifier(each) == name for part in given for each in descend(part)):
                return False
    return True
