"""Reads who mentions which name in a file, from its syntax tree and its compiled code."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pytest_txselect.source.asked import read_asked
from pytest_txselect.source.at_run_time import drop_annotations, drop_typing_only
from pytest_txselect.source.computed import ASKING, read_given
from pytest_txselect.source.functions import EVERYTHING, read_functions
from pytest_txselect.source.mentions import AskedFor, Imported, Mentions
from pytest_txselect.source.quiet import spell_called
from pytest_txselect.source.steps import find_mentions, read_body
from pytest_txselect.source.uses import UNNAMED, Use, read_uses
from pytest_txselect.source.walk import statements_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_txselect.source.functions import CodeFacts
    from pytest_txselect.source.steps import ClassFacts, Step
    from pytest_txselect.source.uses import Used

__all__ = ["read_mentions"]


def read_mentions(source: bytes) -> Mentions | None:
    """Read what a file mentions where; None where this version of Python cannot read it."""
    try:
        tree = ast.parse(source)
        code = compile(tree, "<source>", "exec", dont_inherit=True)
        imports = tuple(_read_imports(tree))  # those for type checkers too: they tell what a lazy package has
        if drop_typing_only(tree, code):
            code = compile(tree, "<source>", "exec", dont_inherit=True)
        drop_annotations(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    functions = read_functions(code)
    asks = any(not ASKING.isdisjoint(each.names) for each in functions.values())
    uses = _drop_local(read_uses(tree, read_given(tree) if asks else {}), functions)
    reading = {
        name
        for name, each in functions.items()
        if not EVERYTHING.isdisjoint(each.names) and not _has_other(uses.get(name, frozenset()))
    }
    found = {
        name: each.found | {used.name for used in uses[name] if used.base == UNNAMED}
        for name, each in functions.items()
    }
    asked = _read_asked(tree, found, reading)
    steps: list[Step] = []
    classes: dict[str, ClassFacts] = {}
    read_body(tree.body, "", steps, classes)
    definitions = list(_read_definitions(tree.body, ""))
    at_once = {
        name for name, each in functions.items() if not each.later and _is_one(name, each.number, definitions)
    }
    return Mentions(
        found,
        tuple(steps),
        imports,
        classes,
        frozenset(reading),
        uses,
        {name: frozenset(each.words) for name, each in functions.items()},
        {name: frozenset(each.dotted) for name, each in functions.items()},
        frozenset(name for each in functions.values() for name in each.bound),
        frozenset(at_once),
        asked,
        {name: frozenset(each) for name, each in definitions},
        {name: frozenset(each.parameters) for name, each in functions.items()},
        {name: frozenset(each.fetched) for name, each in functions.items() if each.fetched},
    )


def _drop_local(
    uses: Mapping[str, frozenset[Used]], functions: Mapping[str, CodeFacts]
) -> dict[str, frozenset[Used]]:
    """Leave out plain names that are a function's own, unless an import in it binds them."""
    found = dict(uses)
    for qualname, each in functions.items():
        own = uses.get(qualname, frozenset())
        local = each.local - {used.name for used in own if used.use is Use.IMPORTED}
        found[qualname] = frozenset(used for used in own if used.base or used.name not in local)
    return found


def _has_other(uses: frozenset[Used]) -> bool:
    """Whether what is called like a function that reads everything is an attribute of something else."""
    bases = {each.base for each in uses if each.name in EVERYTHING}
    return bool(bases) and bases.isdisjoint({"", "builtins", "__builtins__"})


def _is_one(name: str, codes: int, definitions: Iterable[tuple[str, tuple[str, ...]]]) -> bool:
    """Whether of all definitions of a function one without a decorator is left, the others being overloads."""
    own = [decorators for qualname, decorators in definitions if qualname == name]
    overloads = sum([each.rpartition(".")[2] for each in one] == ["overload"] for one in own)
    return () in own and codes - overloads == 1


def _read_definitions(body: Iterable[ast.stmt], front: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Qualified names of functions and methods, with their decorators."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield f"{front}{node.name}", tuple(map(spell_called, node.decorator_list))
        elif isinstance(node, ast.ClassDef):
            yield from _read_definitions(node.body, f"{front}{node.name}.")


def _read_asked(
    tree: ast.Module, functions: dict[str, frozenset[str]], reading_all: set[str]
) -> tuple[AskedFor, ...]:
    """Take out of the module's `__getattr__` what it mentions for some names only."""
    parts = read_asked(tree) if "__getattr__" in functions else None
    if parts is None:
        return ()
    branches, rest = parts
    found = find_mentions(rest)
    functions["__getattr__"] = found
    if EVERYTHING.isdisjoint(found):
        reading_all.discard("__getattr__")
    bodies = [(each.names, find_mentions(each.body)) for each in branches]
    return tuple(AskedFor(names, body, not EVERYTHING.isdisjoint(body)) for names, body in bodies)


def _read_imports(tree: ast.Module) -> Iterator[Imported]:
    pending: list[tuple[ast.AST, bool]] = [(tree, True)]
    while pending:
        node, toplevel = pending.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Imported(alias.name, "", alias.asname or alias.name.partition(".")[0], toplevel)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                yield Imported(module, alias.name, alias.asname or alias.name, toplevel)
        else:
            inside = toplevel and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            pending += [(child, inside) for child in statements_in(node)]
