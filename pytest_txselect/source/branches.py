"""What a module's `__getattr__` imports for single names: `if name == "Alpha": from .a import Alpha`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_txselect.source.expressions import strings_in
from pytest_txselect.source.walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Branch", "find_branches"]


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of `__getattr__` that is executed for some names only.

    Attributes:
        names: these.
        texts: what may name the modules that it imports.
        imports: lines of the import statements that `texts` tells of.
        calls: the strings among these that calls are given, each with the line of the call.
    """

    names: tuple[str, ...]
    texts: tuple[str, ...]
    imports: frozenset[int]
    calls: frozenset[tuple[int, str]]


def find_branches(tree: ast.Module, getter: ast.FunctionDef) -> Iterator[Branch]:
    """The branches of a module's `__getattr__` whose names are known.

    Args:
        tree: the module, where names of tuples and the like are bound.
        getter: its `__getattr__`.
    """
    if not getter.args.args:
        return
    name = getter.args.args[0].arg
    if _is_asked_otherwise(tree, getter, name):
        return
    groups = _find_groups(tree)
    pending: list[ast.stmt] = [*getter.body]
    while pending:
        statement = pending.pop(0)
        match statement:
            case ast.If(test=test, body=body, orelse=rest):
                names = _find_compared(test, name, groups)
                if names:
                    yield _read(names, body)
                pending[:0] = rest
            case ast.Match(subject=ast.Name(id=subject), cases=cases) if subject == name:
                for case in cases:
                    names = _find_matched(case.pattern)
                    if names:
                        yield _read(names, case.body)
            case ast.Try(body=body) | ast.With(body=body):
                pending[:0] = body


def _is_asked_otherwise(tree: ast.Module, getter: ast.FunctionDef, name: str) -> bool:
    """Whether the module asks itself, perhaps when it is imported, or the name is another by the time it is compared."""
    names = (each for each in descend(tree) if isinstance(each, ast.Name) and each.id == getter.name)
    bound = (each for each in descend(getter) if isinstance(each, ast.Name) and each.id == name)
    return any(True for _ in names) or any(isinstance(each.ctx, ast.Store) for each in bound)


def _find_groups(tree: ast.Module) -> Mapping[str, tuple[str, ...]]:
    """Names that a module binds once, to a display of nothing but strings."""
    groups: dict[str, tuple[str, ...]] = {}
    bound: dict[str, int] = {}
    for statement in tree.body:
        for each in descend(statement):
            if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load):
                bound[each.id] = bound.get(each.id, 0) + 1
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            texts = _read_display(statement.value)
            if isinstance(target, ast.Name) and texts:
                groups[target.id] = texts
    return {name: texts for name, texts in groups.items() if bound.get(name) == 1}


def _read_display(node: ast.expr) -> tuple[str, ...]:
    """The strings of a tuple, list, set or frozenset that holds nothing else."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"frozenset", "set", "tuple"}
    ):
        return _read_display(node.args[0]) if len(node.args) == 1 else ()
    if not isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return ()
    texts = [
        each.value for each in node.elts if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    return tuple(texts) if len(texts) == len(node.elts) else ()


def _find_compared(test: ast.expr, name: str, groups: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The names for which a test can be true; none where that is not known."""
    match test:
        case ast.BoolOp(op=ast.Or(), values=values):
            each = [_find_compared(value, name, groups) for value in values]
            return tuple(text for texts in each for text in texts) if all(each) else ()
        case ast.BoolOp(op=ast.And(), values=values):
            return next((texts for value in values if (texts := _find_compared(value, name, groups))), ())
        case (
            ast.Compare(left=ast.Name(id=left), ops=[ast.Eq()], comparators=[ast.Constant(value=str(text))])
            | ast.Compare(left=ast.Constant(value=str(text)), ops=[ast.Eq()], comparators=[ast.Name(id=left)])
        ) if left == name:
            return (text,)
        case ast.Compare(left=ast.Name(id=left), ops=[ast.In()], comparators=[group]) if left == name:
            return groups.get(group.id, ()) if isinstance(group, ast.Name) else _read_display(group)
    return ()


def _find_matched(pattern: ast.pattern) -> tuple[str, ...]:
    """The names that a pattern matches; none where that is not known."""
    match pattern:
        case ast.MatchValue(value=ast.Constant(value=str(text))):
            return (text,)
        case ast.MatchOr(patterns=patterns):
            each = [_find_matched(one) for one in patterns]
            return tuple(text for texts in each for text in texts) if all(each) else ()
        case ast.MatchAs(pattern=inner) if inner is not None:
            return _find_matched(inner)
    return ()


def _read(names: tuple[str, ...], body: Iterable[ast.stmt]) -> Branch:
    texts: dict[str, None] = {}
    imports: set[int] = set()
    calls: set[tuple[int, str]] = set()
    for node in (each for statement in body for each in descend(statement)):
        match node:
            case ast.ImportFrom(module=module, level=level, names=taken) if level or "." in (module or ""):
                front = "." * level + (module or "")
                texts[front] = None
                texts |= dict.fromkeys(
                    text for each in taken for text in (each.name, _behind(front, each.name))
                )
                imports.add(node.lineno)
            case ast.Import(names=taken) if all("." in each.name for each in taken):
                texts |= dict.fromkeys(each.name for each in taken)
                imports.add(node.lineno)
            case ast.Call(args=given):
                calls.update((node.lineno, text) for each in given for text in strings_in(each))
    texts |= dict.fromkeys(text for _, text in sorted(calls))
    return Branch(names, tuple(texts), frozenset(imports), frozenset(calls))


def _behind(front: str, name: str) -> str:
    return front + name if front.endswith(".") else f"{front}.{name}"
