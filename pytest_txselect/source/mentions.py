"""Who mentions which name in a file: its functions, and what executes while it is imported.

This is how the effect of a name that is bound differently is followed: into the functions that mention it, and through the
names that are bound from it, from file to file.
"""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from dataclasses import dataclass, field
from types import CodeType
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.asked import read_asked
from pytest_txselect.source.steps import (
    ClassFacts,
    Step,
    StepKind,
    find_dotted,
    find_mentions,
    find_words,
    read_body,
)
from pytest_txselect.source.uses import Use, read_uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_txselect.source.uses import Used

__all__ = ["AskedFor", "ClassFacts", "Imported", "Mentions", "Step", "StepKind", "read_mentions"]

EVERYTHING: Final = frozenset({"eval", "exec", "globals", "locals", "vars"})
"""What reads names that the source does not show."""
LATER: Final = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
"""Flags of what does not execute yet when it is called."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A name that an import statement binds, at any depth.

    Attributes:
        module: dotted name with leading dots; of what `import` names for a plain import.
        name: the name that is taken; empty for a module; `*` for all.
        alias: what it is called here.
        toplevel: whether it executes when the file is imported.
    """

    module: str
    name: str
    alias: str
    toplevel: bool


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What the module's `__getattr__` mentions only where it is asked for one of some names.

    Attributes:
        names: the names.
        mentions: identifiers, and words of strings.
        reads_all: whether it reads names that the source does not show.
    """

    names: frozenset[str]
    mentions: frozenset[str]
    reads_all: bool


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a file mentions where.

    Attributes:
        functions: for each code object by its qualified name, the identifiers that it mentions, those in its strings included.
        steps: what executes at import.
        imports: what its imports bind.
        classes: its classes by qualified name.
        reading_all: qualified names of code that reads names which the source does not show.
        uses: what each function does with identifiers.
        words: words of the strings of each function.
        dotted: for each function, the parts of each of its strings that is a dotted name.
        bound: names that functions bind, parameters included.
        plain: functions that have no decorator and execute when they are called, at once.
        asked: what `__getattr__` of the module mentions for some names only; it is not in `functions`.
    """

    functions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    imports: tuple[Imported, ...] = ()
    classes: Mapping[str, ClassFacts] = field(default_factory=dict)
    reading_all: frozenset[str] = frozenset()
    uses: Mapping[str, frozenset[Used]] = field(default_factory=dict)
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    dotted: Mapping[str, frozenset[tuple[str, ...]]] = field(default_factory=dict)
    bound: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()
    asked: tuple[AskedFor, ...] = ()

    def mentioning(self, names: Iterable[str]) -> Iterator[str]:
        """Qualified names of the functions that mention one of some names."""
        wanted = frozenset(names)
        return (qualname for qualname, found in self.functions.items() if not wanted.isdisjoint(found))

    def has_in_hand(self, qualname: str, names: set[str]) -> bool:
        """Whether a function uses one of some names otherwise than to call it, or has one in a string."""
        if not names.isdisjoint(self.words[qualname]):
            return True
        uses = self.uses.get(qualname, ())
        return any(each.name in names and each.use is not Use.CALLED for each in uses)

    def passes_on(self, qualname: str, names: set[str]) -> bool:
        """Whether a function hands one of some classes to others, or has one in a string."""
        if not names.isdisjoint(self.words[qualname]):
            return True
        return any(each.name in names and each.use is Use.TAKEN for each in self.uses.get(qualname, ()))


def read_mentions(source: bytes) -> Mentions | None:
    """Read what a file mentions where; None where this version of Python cannot read it."""
    try:
        tree = ast.parse(source)
        code = compile(tree, "<source>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    functions: dict[str, set[str]] = {}
    reading_all: set[str] = set()
    words: dict[str, set[str]] = {}
    dotted: dict[str, frozenset[tuple[str, ...]]] = {}
    at_once = _read_code(code, functions, reading_all, words, dotted)
    asked = _read_asked(tree, functions, reading_all)
    steps: list[Step] = []
    classes: dict[str, ClassFacts] = {}
    read_body(tree.body, "", steps, classes)
    return Mentions(
        {name: frozenset(found) for name, found in functions.items()},
        tuple(steps),
        tuple(_read_imports(tree)),
        classes,
        frozenset(reading_all),
        read_uses(tree),
        {name: frozenset(found) for name, found in words.items()},
        dotted,
        frozenset(_find_bound(code)),
        at_once & frozenset(_undecorated(tree.body, "")),
        asked,
    )


def _find_bound(code: CodeType) -> Iterator[str]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from (*each.co_varnames, *each.co_cellvars)
            yield from _find_bound(each)


def _undecorated(body: Iterable[ast.stmt], front: str) -> Iterator[str]:
    """Qualified names of functions and methods without a decorator."""
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.decorator_list:
            yield f"{front}{node.name}"
        elif isinstance(node, ast.ClassDef):
            yield from _undecorated(node.body, f"{front}{node.name}.")


def _read_asked(
    tree: ast.Module, functions: dict[str, set[str]], reading_all: set[str]
) -> tuple[AskedFor, ...]:
    """Take out of the module's `__getattr__` what it mentions for some names only."""
    parts = read_asked(tree) if "__getattr__" in functions else None
    if parts is None:
        return ()
    branches, rest = parts
    found = find_mentions(rest)
    functions["__getattr__"] = set(found)
    if EVERYTHING.isdisjoint(found):
        reading_all.discard("__getattr__")
    bodies = [(each.names, find_mentions(each.body)) for each in branches]
    return tuple(AskedFor(names, body, not EVERYTHING.isdisjoint(body)) for names, body in bodies)


def _read_code(
    module: CodeType,
    functions: dict[str, set[str]],
    reading_all: set[str],
    words: dict[str, set[str]],
    dotted: dict[str, frozenset[tuple[str, ...]]],
) -> frozenset[str]:
    """Read what functions mention.

    Returns:
        Those that execute when they are called, and of which there is one.
    """
    seen: Counter[str] = Counter()
    later: set[str] = set()
    pending = [each for each in module.co_consts if isinstance(each, CodeType)]
    while pending:
        code = pending.pop()
        pending += [each for each in code.co_consts if isinstance(each, CodeType)]
        if not code.co_flags & 0x2:  # a class body executes at import: `read_body` looks at it
            continue
        found = functions.setdefault(code.co_qualname, set())
        found.update(code.co_names)
        seen[code.co_qualname] += 1
        if code.co_flags & LATER:
            later.add(code.co_qualname)
        own = words.setdefault(code.co_qualname, set())
        for constant in code.co_consts:
            own.update(find_words(constant))
        found |= own
        dotted[code.co_qualname] = dotted.get(code.co_qualname, frozenset()).union(
            find_dotted(code.co_consts)
        )
        if not EVERYTHING.isdisjoint(code.co_names):
            reading_all.add(code.co_qualname)
    return frozenset(name for name, count in seen.items() if count == 1) - later


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
        elif not isinstance(node, ast.expr):
            inside = toplevel and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            pending += [(child, inside) for child in ast.iter_child_nodes(node)]
