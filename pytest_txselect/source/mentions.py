"""Who mentions which name in a file: its functions, and what executes while it is imported.

This is how the effect of a name that is bound differently is followed: into the functions that mention it, and through the
names that are bound from it, from file to file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.steps import ClassFacts, Step, StepKind
from pytest_txselect.source.uses import SUPER, Use, mean_plainly, reads_docs
from pytest_txselect.source.words import DOC_READERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_txselect.source.uses import Used

__all__ = [
    "ALL",
    "IMPORTING",
    "AskedFor",
    "ClassFacts",
    "Imported",
    "Mentions",
    "Step",
    "StepKind",
]


HARMLESS: Final = frozenset({Use.CALLED, Use.IMPORTED, Use.RAISED})
"""Uses of a function that show nothing of it but what it does."""
ALL: Final = "__all__"
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

    def shows(self, name: str) -> bool:
        """Whether a star may take a name out of the module."""
        steps = [step for step in self.steps if ALL in step.binds | step.mentions]
        others = [*self.functions.values(), {each.alias for each in self.imports}]
        if name == ALL or len(steps) > 1 or any(ALL in each for each in others):
            return True
        if not steps:
            return not name.startswith("_")
        (step,) = steps
        literal = step.kind is StepKind.BIND and not step.uses and not step.calls
        return name in step.words or not literal

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
