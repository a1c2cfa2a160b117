"""What a module or class body executes: a flat list of items whose tokens two versions can be compared by.

A compound statement (`if`, `try`, `with`, a loop) is opened and closed by items of its own; what is inside
carries the way there in its token, so that a statement which moves to another branch is another statement.
Statements without effect, and what only a type checker sees, leave no item.
"""

from __future__ import annotations

import ast
import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.binding import (
    find_bindings,
    find_definition_expressions,
    find_mentions,
    has_call,
    is_quiet,
    is_script_test,
    spell_dotted,
)
from pytest_txselect.source.compound import take_apart
from pytest_txselect.source.fingerprint import digest, fingerprint
from pytest_txselect.source.overloads import find_replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_txselect.source.compound import Compound
    from pytest_txselect.source.fingerprint import FunctionNode

__all__ = ["Block", "Group", "Item", "ItemKind", "read_block"]

_READ_BY_PYTEST: Final = frozenset({"pytestmark", "__test__"})
# Names that Python or pytest look up in a module without anybody mentioning them.
_READ_UNMENTIONED: Final = frozenset(
    {
        *(
            "__all__",
            "__path__",
            "__class__",
            "__dict__",
            "__spec__",
            "__loader__",
            "__package__",
            "__name__",
        ),
        *("__file__", "__getattr__", "__dir__", "__builtins__", "__tracebackhide__"),
        *("pytest_plugins", "collect_ignore", "collect_ignore_glob", *_READ_BY_PYTEST),
    }
)


class ItemKind(enum.Enum):
    """What executing an item does."""

    DEFINITION = enum.auto()  # binds a function
    CLASS = enum.auto()  # binds a class
    BINDING = enum.auto()  # binds names
    EFFECT = enum.auto()  # anything else
    BOUNDARY = enum.auto()  # begins or ends a compound statement


@dataclass(slots=True, eq=False)
class Group:
    """An outermost compound statement, known while and after the block is read.

    Attributes:
        node: the statement.
        names: all names that are bound in it.
        binds_only: it does nothing but bind these names, so far as its syntax says.
        calls: something in it is called.
        handles: there is a `try` in it: what fails in one place decides whether another executes.
    """

    node: ast.stmt
    names: dict[str, None] = field(default_factory=dict)
    binds_only: bool = True
    calls: bool = False
    handles: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One thing that a block executes.

    Attributes:
        kind: what it does.
        token: equal for items that do the same under the same conditions; for a function or class it has the
            name only, since what they are is compared elsewhere.
        node: its statement.
        names: the names that it binds.
        calls: it calls something.
        movable: it is a function whose place among movable ones next to it does not matter...
        mentions: ...unless one of these names, evaluated when it is defined, is defined among them.
        script: it executes only in a run as a script.
        group: the outermost compound statement that it is in.
    """

    kind: ItemKind
    token: str
    node: ast.stmt
    names: tuple[str, ...] = ()
    calls: bool = False
    movable: bool = False
    mentions: frozenset[str] = frozenset()
    script: bool = False
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A module or class body.

    Attributes:
        items: what it executes, in order.
        functions: the functions defined in it by name, in order; several where a name is defined again.
        classes: likewise the classes.
        overloads: likewise definitions for type checkers, which the function behind them replaces; they are no items.
    """

    items: tuple[Item, ...]
    functions: dict[str, list[FunctionNode]]
    classes: dict[str, list[ast.ClassDef]]
    overloads: dict[str, list[FunctionNode]]

    def qualify(self, name: str, owner: str | None) -> str:
        """Give the qualified name of what is defined here; a class body may declare a name global."""
        declared = (item.node.names for item in self.items if isinstance(item.node, ast.Global))
        return name if owner is None or any(name in names for names in declared) else f"{owner}.{name}"


def read_block(
    body: Sequence[ast.stmt],
    checking: frozenset[str],
    overload: frozenset[str],
    *,
    is_class: bool = False,
    ordered: bool = False,
    spell: Callable[[ast.stmt], str] = fingerprint,
) -> Block:
    """Flatten a module or class body.

    Args:
        body: its statements.
        checking: spellings of `typing.TYPE_CHECKING` in the module.
        overload: spellings of `typing.overload` in it.
        is_class: it is the body of a class.
        ordered: the order of functions matters, since something reads the finished class as a whole.
        spell: gives the same text for simple statements that do the same.
    """
    reader = _BlockReader(checking, overload, spell, is_class=is_class, ordered=ordered)
    reader.read(body, "")
    return Block(tuple(reader.items), reader.functions, reader.classes, reader.overloads)


class _BlockReader:
    def __init__(
        self,
        checking: frozenset[str],
        overload: frozenset[str],
        spell: Callable[[ast.stmt], str],
        *,
        is_class: bool,
        ordered: bool,
    ) -> None:
        self.items: list[Item] = []
        self.functions: dict[str, list[FunctionNode]] = {}
        self.classes: dict[str, list[ast.ClassDef]] = {}
        self.overloads: dict[str, list[FunctionNode]] = {}
        self._checking = checking
        self._overload = overload
        self._spell = spell
        self._special = _READ_BY_PYTEST if is_class else _READ_UNMENTIONED
        self._ordered = ordered
        self._group: Group | None = None

    def read(self, body: Sequence[ast.stmt], way: str) -> None:
        """Read statements; `way` says which branches of which compound statements lead to them."""
        replaced = find_replaced(body, self._overload)
        for node in body:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef() if node in replaced:
                    self.overloads.setdefault(node.name, []).append(node)
                case ast.Pass() | ast.Expr(value=ast.Constant()):
                    pass
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self._read_function(node, way)
                case ast.ClassDef():
                    self._read_class(node, way)
                case ast.Import() | ast.ImportFrom():
                    self._read_import(node, way)
                case ast.If():
                    self._read_if(node, way)
                case ast.Try() | ast.TryStar() | ast.With() | ast.AsyncWith() | ast.Match():
                    self._read_compound(node, way)
                case ast.For() | ast.AsyncFor() | ast.While():
                    self._read_compound(node, way)
                case _:
                    self._read_simple(node, way)

    def _add(self, item: Item) -> None:
        self.items.append(item)
        group = self._group
        if group is not None:
            group.names.update(dict.fromkeys(item.names))
            group.calls |= item.calls
            group.binds_only &= item.kind is not ItemKind.EFFECT

    def _read_if(self, node: ast.If, way: str) -> None:
        match node.test:
            case test if spell_dotted(test) in self._checking:
                self.read(node.orelse, way)
            case ast.UnaryOp(op=ast.Not(), operand=test) if spell_dotted(test) in self._checking:
                self.read(node.body, way)
            case test if is_script_test(test) and not node.orelse and self._group is None:
                self._add(Item(ItemKind.EFFECT, f"{way} {fingerprint(node)}", node, script=True))
            case _:
                self._read_compound(node, way)

    def _read_function(self, node: FunctionNode, way: str) -> None:
        self.functions.setdefault(node.name, []).append(node)
        expressions = list(find_definition_expressions(node))
        self._read_bindings_in([*node.decorator_list, *expressions], node, way)
        item = Item(
            kind=ItemKind.DEFINITION,
            token=f"{way} def {node.name}",
            node=node,
            names=(node.name,),
            calls=bool(node.decorator_list) or any(has_call(each) for each in expressions),
            movable=not self._ordered
            and not node.decorator_list
            and all(is_quiet(each) for each in expressions),
            mentions=find_mentions(expressions),
            group=self._group,
        )
        self._add(item)

    def _read_class(self, node: ast.ClassDef, way: str) -> None:
        self.classes.setdefault(node.name, []).append(node)
        self._read_bindings_in([*node.decorator_list, *node.bases, *node.keywords], node, way)
        token = f"{way} class {node.name}"
        self._add(Item(ItemKind.CLASS, token, node, (node.name,), calls=True, group=self._group))

    def _read_bindings_in(self, parts: Sequence[ast.AST], node: ast.stmt, way: str) -> None:
        """Read `:=` in what is evaluated to define something: it binds a name of this block."""
        if any(isinstance(each, ast.NamedExpr) for part in parts for each in ast.walk(part)):
            self._add(Item(ItemKind.EFFECT, f"{way} {fingerprint(*parts)}", node, group=self._group))

    def _read_import(self, node: ast.Import | ast.ImportFrom, way: str) -> None:
        """Read an import name by name: how names are spread over statements does not matter."""
        source = (node.module, node.level) if isinstance(node, ast.ImportFrom) else ()
        for alias in node.names:
            name = alias.asname or (alias.name if source else alias.name.partition(".")[0])
            token = f"{way} import {source} {alias.name} {alias.asname or name}"
            if name == "*" or source == ("__future__", 0) or name in self._special:
                self._add(Item(ItemKind.EFFECT, token, node, group=self._group))
            else:
                self._add(Item(ItemKind.BINDING, token, node, (name,), group=self._group))

    def _read_simple(self, node: ast.stmt, way: str) -> None:
        if isinstance(node, ast.Global):  # in a class body: what is bound under these names is the module's
            self._special |= {*node.names}
        names, calls = find_bindings(node)
        token = f"{way} {self._spell(node)}"
        if names is None or not self._special.isdisjoint(names):
            self._add(Item(ItemKind.EFFECT, token, node, names or (), calls=True, group=self._group))
        else:
            self._add(Item(ItemKind.BINDING, token, node, names, calls=calls, group=self._group))

    def _read_compound(self, node: Compound, way: str) -> None:
        header, branches = take_apart(node)
        outermost = self._group is None
        group = self._group = self._group or Group(node)
        can_only_bind = isinstance(node, (ast.If, ast.Try, ast.TryStar))
        group.binds_only &= can_only_bind and all(is_quiet(part) for part in header)
        group.handles |= isinstance(node, (ast.Try, ast.TryStar))
        names = [handler.name or "" for handler in getattr(node, "handlers", [])]
        kinds = [type(node).__name__, *names, *(fingerprint(part) for part in header)]
        way = digest([way, str(len(header)), *kinds])
        self._add(Item(ItemKind.BOUNDARY, f"{way} begin", node, group=group))
        for label, body in branches:
            self.read(body, f"{way} {label}")
        self._add(Item(ItemKind.BOUNDARY, f"{way} end", node, group=group))
        if outermost:
            self._group = None
