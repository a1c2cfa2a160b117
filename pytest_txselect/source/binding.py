"""Questions about single statements and expressions: what they bind, whether they may do more than that."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = [
    "find_bindings",
    "find_bound_names",
    "find_checking_names",
    "find_definition_expressions",
    "find_mentions",
    "has_call",
    "is_quiet",
    "is_script_test",
    "spell_dotted",
]

_QUIET: Final = (
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.Slice, ast.Starred),
    *(ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp),
    *(ast.expr_context, ast.cmpop, ast.boolop, ast.unaryop, ast.operator),
)
_CHECKING_MODULES: Final = frozenset({"typing", "typing_extensions"})


def find_bound_names(node: ast.stmt) -> tuple[str, ...] | None:
    """Find the names that a simple statement binds or unbinds, or None where it is not for binding names.

    Imports are not its business, nor is `:=`. A statement that also stores elsewhere, such as `a.b = c = 1`,
    is not for binding names.
    """
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            pass
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            targets = [target]
        case _:
            alias: object = getattr(node, "name", None)  # of PEP 695's `type X = ...`
            targets = [alias] if isinstance(alias, ast.Name) else []
    leaves = list(_find_leaves(targets))
    names = [leaf.id for leaf in leaves if isinstance(leaf, ast.Name)]
    return tuple(dict.fromkeys(names)) if names and len(names) == len(leaves) else None


def find_bindings(node: ast.stmt) -> tuple[tuple[str, ...] | None, bool]:
    """Find what `find_bound_names` does and what `:=` binds, and whether something is called."""
    names = find_bound_names(node)
    if names is None:
        return None, True
    calls = False
    for part in ast.walk(node):
        calls |= isinstance(part, (ast.Call, ast.Await))
        if isinstance(part, ast.NamedExpr):
            names = (*names, part.target.id)
    return tuple(dict.fromkeys(names)), calls


def find_checking_names(body: Sequence[ast.stmt]) -> frozenset[str]:
    """Find the spellings of `typing.TYPE_CHECKING` in a module: always false while the program runs."""
    spellings: set[str] = set()
    bound: list[str] = []
    for node in body:
        match node:
            case ast.Import(names=aliases):
                known = [alias for alias in aliases if alias.name in _CHECKING_MODULES]
                spellings |= {f"{alias.asname or alias.name}.TYPE_CHECKING" for alias in known}
            case ast.ImportFrom(module=module, names=aliases, level=0) if module in _CHECKING_MODULES:
                known = [alias for alias in aliases if alias.name == "TYPE_CHECKING"]
                spellings |= {alias.asname or alias.name for alias in known}
            case ast.Assign(targets=[ast.Name(id="TYPE_CHECKING")], value=ast.Constant(value=False)):
                spellings.add("TYPE_CHECKING")
            case _:
                bound += find_bound_names(node) or ()
    roots = set(bound)
    return frozenset(spelling for spelling in spellings if spelling.partition(".")[0] not in roots)


def find_definition_expressions(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    """Give what is evaluated when a function is defined, its decorators apart."""
    arguments = node.args
    yield from arguments.defaults
    yield from (default for default in arguments.kw_defaults if default is not None)
    extra = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    for parameter in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra):
        if parameter.annotation is not None:
            yield parameter.annotation
    if node.returns is not None:
        yield node.returns


def find_mentions(trees: Iterable[ast.AST]) -> frozenset[str]:
    """Find the plain names that expressions mention."""
    return frozenset(part.id for tree in trees for part in ast.walk(tree) if isinstance(part, ast.Name))


def has_call(tree: ast.AST) -> bool:
    """Say whether evaluating a tree calls something by the look of it."""
    return any(isinstance(part, (ast.Call, ast.Await)) for part in ast.walk(tree))


def is_quiet(tree: ast.AST) -> bool:
    """Say whether evaluating a tree only looks things up and compares them: no call, no binding, no code."""
    return all(isinstance(part, _QUIET) for part in ast.walk(tree))


def is_script_test(test: ast.expr) -> bool:
    """Say whether an expression is `__name__ == "__main__"`."""
    match test:
        case (
            ast.Compare(
                left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]
            )
            | ast.Compare(
                left=ast.Constant(value="__main__"), ops=[ast.Eq()], comparators=[ast.Name(id="__name__")]
            )
        ):
            return True
        case _:
            return False


def spell_dotted(tree: ast.AST) -> str | None:
    """Spell `a.b.c`, or give None for any other expression."""
    parts = []
    while isinstance(tree, ast.Attribute):
        parts.append(tree.attr)
        tree = tree.value
    if not isinstance(tree, ast.Name):
        return None
    return ".".join([tree.id, *reversed(parts)])


def _find_leaves(targets: Iterable[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        match target:
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                yield from _find_leaves(elements)
            case ast.Starred(value=value):
                yield from _find_leaves([value])
            case _:
                yield target
