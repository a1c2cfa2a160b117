"""Which functions and classes of a file are handed on as values: whoever gets them can read their docstrings.

What is only called, raised, compared or annotated with is not handed on, nor what shares its name with a local variable.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.scopes import MODULE, Scopes, last_name, read_scopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["HandedOn", "read_handed_on"]

FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS: Final = (*FUNCTIONS, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class HandedOn:
    """Names that stand for values in a file.

    Attributes:
        names: names of the module, and of functions nested in functions.
        bodies: names that a class body uses, where they may be methods.
        attributes: attributes of any object.
        imported: attributes of what is imported, which may be the module itself.
        of_classes: attributes of classes of the file: what a property is before it gives its value.
    """

    names: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    of_classes: frozenset[str] = frozenset()

    def has(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, *, in_class: bool) -> bool:
        """Whether a definition may be handed on.

        Args:
            node: the definition.
            in_class: whether it stands in the body of a class.
        """
        if not in_class:
            return node.name in self.names or node.name in self.imported
        attributes = self.of_classes if _is_property(node) else self.attributes
        return node.name in attributes or node.name in self.bodies


def read_handed_on(tree: ast.Module) -> HandedOn:
    """Find what a file hands on."""
    scopes = read_scopes(tree)
    nodes = [node for node, _ in scopes.nodes]
    harmless = {id(part) for node in nodes for part in _find_harmless(node)}
    classes = {node.name for node in nodes if isinstance(node, ast.ClassDef)} | {"cls"}
    imported = {
        each.asname or each.name.partition(".")[0]
        for node in nodes
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for each in node.names
    }
    inside = {id(name) for node in nodes if isinstance(node, ast.ClassDef) for name in _find_names(node)}
    nested = {
        (scope, node.name)
        for node, scope in scopes.nodes
        if isinstance(node, DEFINITIONS) and scope != MODULE
    }
    names, bodies = set[str](), set[str]()
    attributes, of_modules, of_classes = set[str](), set[str](), set[str]()
    for node in nodes:
        if id(node) in harmless:
            continue
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                if id(node) in inside:
                    bodies.add(name)
                if _may_be_defined(scopes, node, nested):
                    names.add(name)
            case ast.Attribute(value=owner, attr=name, ctx=ast.Load()):
                attributes.add(name)
                if _find_root(owner) in imported:
                    of_modules.add(name)
                if last_name(owner) in classes:
                    of_classes.add(name)
            case _:
                pass
    found = (names, bodies, attributes, of_modules, of_classes)
    return HandedOn(*map(frozenset, found))


def _may_be_defined(scopes: Scopes, node: ast.Name, nested: set[tuple[int, str]]) -> bool:
    """Whether a name may mean a definition, and not only a variable of a function."""
    scope, name = scopes.key(node.id, scopes.inside.get(id(node), MODULE))
    return scope == MODULE or (scope, name) in nested


def _find_names(node: ast.ClassDef) -> Iterator[ast.Name]:
    """The names that a class body evaluates while it executes."""
    pending: list[ast.AST] = [*node.body]
    while pending:
        each = pending.pop()
        if isinstance(each, ast.Name):
            yield each
        elif isinstance(each, FUNCTIONS):
            pending += [*each.decorator_list, each.args]
        elif not isinstance(each, ast.Lambda):
            pending += ast.iter_child_nodes(each)


def _find_root(node: ast.expr) -> str:
    """The name that a chain of attributes begins with; empty for anything else."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_property(node: ast.AST) -> bool:
    """Whether a definition is one of a property, as its decorators are called: an attribute of an object is its value."""
    decorators = node.decorator_list if isinstance(node, FUNCTIONS) else []
    return any(last_name(each) in {"property", "cached_property"} for each in decorators)


def _find_harmless(node: ast.AST) -> Iterable[ast.AST]:  # noqa: PLR0911 - a table
    """Find the parts of a node which use a function or class in a way that leaves its docstring alone."""
    match node:
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kinds]):
            return (node.func, *ast.walk(kinds))
        case ast.Call(func=part) | ast.Attribute(value=part) | ast.Subscript(value=part):
            return (part,)
        case ast.arg(annotation=ast.AST() as part) | ast.AnnAssign(annotation=part):
            return ast.walk(part)
        case ast.FunctionDef(decorator_list=parts) | ast.AsyncFunctionDef(decorator_list=parts):
            return parts
        case ast.ClassDef(bases=bases, decorator_list=decorators):
            return (*bases, *decorators)
        case ast.ExceptHandler(type=ast.AST() as part) | ast.Raise(exc=ast.AST() as part):
            return (part, *(part.elts if isinstance(part, ast.Tuple) else ()))
        case ast.Compare(left=left, comparators=others):
            return (left, *others)
        case ast.UnaryOp(op=ast.Not(), operand=part) | ast.FormattedValue(value=part):
            return (part,)
        case ast.If(test=part) | ast.While(test=part) | ast.IfExp(test=part) | ast.Assert(test=part):
            return (part,)
        case _:
            return ()
