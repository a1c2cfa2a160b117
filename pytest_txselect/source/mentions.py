"""Who mentions which name in a file: its functions, and what executes while it is imported.

This is how the effect of a name that is bound differently is followed: into the functions that mention it, and through the
names that are bound from it, from file to file.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.asked import read_asked
from pytest_txselect.source.computed import ASKING, read_given
from pytest_txselect.source.functions import EVERYTHING, read_functions
from pytest_txselect.source.quiet import spell_called
from pytest_txselect.source.steps import ClassFacts, Step, StepKind, find_mentions, read_body
from pytest_txselect.source.uses import SUPER, UNNAMED, Use, mean_plainly, read_uses, reads_docs
from pytest_txselect.source.words import DOC_READERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_txselect.source.functions import CodeFacts
    from pytest_txselect.source.uses import Used

__all__ = ["IMPORTING", "AskedFor", "ClassFacts", "Imported", "Mentions", "Step", "StepKind", "read_mentions"]


HARMLESS: Final = frozenset({Use.CALLED, Use.IMPORTED})
"""Uses of a function that show nothing of it but what it does."""
IMPORTING: Final = frozenset({"import_module", "__import__"})
"""What makes a module of a name."""
HANDING: Final = frozenset({Use.TAKEN, Use.MIXED})
"""Uses of a class after which others may have it."""


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
        decorators: those of functions and methods, as dotted names, with `(...)` behind those that have arguments.
        parameters: those of each function.
        fetched: names that import statements in each function take out of modules.
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
    decorators: Mapping[str, frozenset[str]] = field(default_factory=dict)
    parameters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    fetched: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def at_import(self) -> frozenset[Imported]:
        """What its imports bind when the file is imported."""
        return frozenset(each for each in self.imports if each.toplevel)

    @property
    def literals(self) -> frozenset[str]:
        """Class-level names, each behind its class, that are bound to nothing but literals."""
        bound: dict[str, bool] = {}
        for step in self.steps:
            if step.owner and step.kind is not StepKind.ANNOTATE:
                plain = step.kind is StepKind.BIND and not step.uses and not step.calls
                for name in step.binds:
                    key = f"{step.owner}.{name}"
                    bound[key] = plain and bound.get(key, True)
        return frozenset(name for name, plain in bound.items() if plain)

    @property
    def overriding(self) -> frozenset[str]:
        """Methods that call the same method of `super()`, so that a base has it too."""
        return frozenset(
            qualname
            for qualname, uses in self.uses.items()
            if any(each.base == SUPER and each.name == qualname.rpartition(".")[2] for each in uses)
        )

    def reading_docs(self) -> Iterator[str]:
        """Qualified names of the functions that may read docstrings; `<module>` where a statement may, at import."""
        aliases = frozenset(
            each.alias
            for each in self.imports
            if each.name in DOC_READERS or each.module.partition(".")[0] == "pydoc"
        )
        for qualname, uses in self.uses.items():
            if reads_docs(uses, aliases) or not DOC_READERS.isdisjoint(self.words.get(qualname, ())):
                yield qualname
        if any(
            reads_docs(step.uses, aliases) or not DOC_READERS.isdisjoint(step.words) for step in self.steps
        ):
            yield "<module>"

    def mentioning(self, names: Iterable[str]) -> Iterator[str]:
        """Qualified names of the functions that mention one of some names."""
        wanted = frozenset(names)
        return (qualname for qualname, found in self.functions.items() if not wanted.isdisjoint(found))

    def names_plainly(self, qualname: str, names: set[str]) -> bool:
        """Whether a function may mean one of some names of its module: not only attributes are called like it."""
        if not names.isdisjoint(self.words[qualname]):
            return True
        return mean_plainly(self.uses.get(qualname, frozenset()), names)

    def has_in_hand(self, qualname: str, names: set[str], *, in_text: bool, attributes: bool = False) -> bool:
        """Whether a function uses something otherwise than to call it.

        Args:
            qualname: the function.
            names: what it is called.
            in_text: whether a string counts that has one of the names.
            attributes: whether these are names of attributes; otherwise, of the module.
        """
        if in_text and not names.isdisjoint(self.words[qualname]):
            return True
        return any(
            each.name in names and bool(each.base) is attributes and each.use not in HARMLESS
            for each in self.uses.get(qualname, ())
        )

    def only_chains(self, called: frozenset[str]) -> bool:
        """Whether all that the file has of a module is an attribute of its package: `package.module.name`.

        Args:
            called: what the module is called.
        """
        found = [*self.functions.values(), *(step.mentions for step in self.steps)]
        words = [*self.words.values(), *(step.words for step in self.steps)]
        if not all(map(IMPORTING.isdisjoint, found)) or not all(map(called.isdisjoint, words)):
            return False
        uses = [*self.uses.values(), *(step.uses for step in self.steps)]
        return any(used.name in called and used.base for each in uses for used in each)

    def passes_on(self, qualname: str, names: set[str]) -> bool:
        """Whether a function hands one of some classes to others, or has one in a string."""
        if not names.isdisjoint(self.words[qualname]):
            return True
        return any(each.name in names and each.use in HANDING for each in self.uses.get(qualname, ()))


def read_mentions(source: bytes) -> Mentions | None:
    """Read what a file mentions where; None where this version of Python cannot read it."""
    try:
        tree = ast.parse(source)
        code = compile(tree, "<source>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    functions = read_functions(code)
    imports = tuple(_read_imports(tree))
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
        elif not isinstance(node, ast.expr):
            inside = toplevel and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            pending += [(child, inside) for child in ast.iter_child_nodes(node)]
