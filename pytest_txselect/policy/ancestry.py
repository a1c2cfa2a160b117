"""Where a class comes from, and who reads its body while it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.policy.familiar import (
    ABSTRACT,
    ABSTRACT_MODULES,
    CALLED,
    FIELDS,
    INERT,
    PASSIVE,
    QUIET,
    TEST_CASES,
    UNITTEST,
    is_asked_of_tests,
)
from pytest_txselect.source.quiet import DATACLASS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.surroundings import Place, Surroundings
    from pytest_txselect.source.mentions import Imported, Mentions
    from pytest_txselect.source.steps import ClassFacts

__all__ = ["Ancestries", "Ancestry"]

HOOK: Final = "__init_subclass__"
DATACLASSES: Final = frozenset({"dataclasses"})
MAKING: Final = ("__new__", "__init__", "__prepare__")
"""Methods of a metaclass that execute when it makes a class."""


@dataclass(frozen=True, slots=True)
class Ancestry:
    """Where a class comes from, as far as the source tells.

    Attributes:
        outside: last names of those of its bases, and of their bases, that are no classes of the project.
        read: whether its values are read as a whole while it is made, or by code outside of the project that is not known.
        tested: whether it is one of `unittest`, which reads values by names that are known.
        handed: whether code that is not known gets it while it is made.
        made: whether code of the project gets it while it is made: a decorator, or the hook of a base.
        collected: whether a metaclass does, which may list its names.
        inherits: whether it has bases that do something.
    """

    outside: frozenset[str] = frozenset()
    read: bool = False
    tested: bool = False
    handed: bool = False
    made: bool = False
    collected: bool = False
    inherits: bool = False

    def __or__(self, other: Ancestry) -> Ancestry:
        """What is true of one of two classes."""
        return Ancestry(
            self.outside | other.outside,
            read=self.read or other.read,
            tested=self.tested or other.tested,
            handed=self.handed or other.handed,
            made=self.made or other.made,
            collected=self.collected or other.collected,
            inherits=self.inherits or other.inherits,
        )

    def is_read(self, name: str) -> bool:
        """Whether code outside of the project may read a value of a class by its name."""
        return self.read or (self.tested and is_asked_of_tests(name))

    @property
    def is_noted(self) -> bool:
        """Whether somebody may note that the class is there: code that gets it, or a base that is not known."""
        return self.handed or self.made or self.collected or not self.outside <= QUIET


class Ancestries:
    """Finds out about classes; remembers its answers.

    Args:
        around: the project.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._known: dict[Place, Ancestry] = {}
        self._quiet: dict[Place, bool] = {}

    def find(self, path: RepoPath, owner: str) -> Ancestry:
        """Where a class comes from; of one that is not there at the head the worst is assumed.

        Args:
            path: its file.
            owner: its qualified name.
        """
        if (path, owner) not in self._known:
            facts = self._facts((path, owner))
            worst = Ancestry(frozenset({"?"}), read=True, handed=True, made=True, collected=True)
            self._known[path, owner] = worst if facts is None else self.gather(path, owner, facts)
        return self._known[path, owner]

    def is_quiet(self, path: RepoPath, dotted: str) -> bool:
        """Whether a call only makes an instance of a class of the project, of which nobody else takes notice."""
        if (path, dotted) not in self._quiet:
            found = self._resolve((path, ""), dotted)
            chains = [self._ancestors(place, facts) for place, facts in found.items()]
            self._quiet[path, dotted] = bool(chains) and all(
                not outside and all(self._makes_quietly(*each) for each in ancestors.items())
                for ancestors, outside in chains
            )
        return self._quiet[path, dotted]

    def _makes_quietly(self, place: Place, facts: ClassFacts) -> bool:
        """Whether making an instance does nothing but to bind attributes, as far as a class itself goes."""
        return facts.quiet and all(
            self._is_from(place[0], each.removesuffix(CALLED), frozenset({DATACLASS}), DATACLASSES)
            for each in facts.decorators
        )

    def gather(self, path: RepoPath, owner: str, facts: ClassFacts) -> Ancestry:
        """Where a class comes from, by what its statement says."""
        ancestors, outside = self._ancestors((path, owner), facts)
        decorators = [each for each in facts.decorators if _last(each.removesuffix(CALLED)) not in INERT]
        strange = [each for each in decorators if not self.is_own(path, each)]
        metaclasses = [(place, each.metaclass) for place, each in ancestors.items() if each.metaclass]
        collecting = [self._collects(*each) for each in metaclasses]
        keywords = any(each.keywords for each in ancestors.values())
        hooked = any(
            place != (path, owner) and f"{place[1]}.{HOOK}" in self._functions(place[0])
            for place in ancestors
        )
        foreign = {
            (place[0], base)
            for place, each in ancestors.items()
            for base in each.bases
            if _last(base) in outside
        }
        tests = {each for each in foreign if self._is_from(*each, TEST_CASES, UNITTEST)}
        active = {each for each in foreign - tests if not self._is_passive(*each)}
        return Ancestry(
            outside,
            read=bool(active or decorators or metaclasses or keywords),
            tested=bool(tests),
            handed=any(_last(each.removesuffix(CALLED)) not in FIELDS for each in strange),
            made=hooked or len(strange) < len(decorators),
            collected=any(collecting),
            inherits=bool(facts.bases),
        )

    def _ancestors(self, start: Place, facts: ClassFacts) -> tuple[dict[Place, ClassFacts], frozenset[str]]:
        """A class with all that it inherits in the project, and the last names of what is outside of it."""
        outside: set[str] = set()
        ancestors: dict[Place, ClassFacts] = {}
        waiting = {start: facts}
        while waiting:
            place, each = waiting.popitem()
            ancestors[place] = each
            for base in each.bases:
                found = self._resolve(place, base)
                if not found or self._may_be_foreign(place[0], base):
                    outside.add(_last(base))
                waiting.update((one, its) for one, its in found.items() if one not in ancestors)
        return ancestors, frozenset(outside)

    def _may_be_foreign(self, path: RepoPath, dotted: str) -> bool:
        """Whether a name may come from outside of the project, as where an import that fails has a substitute."""
        mentions = self._around.mentions(path)
        first = dotted.partition(".")[0]
        return mentions is None or any(
            each.alias == first and not self._around.means(path, each) for each in mentions.imports
        )

    def _is_passive(self, path: RepoPath, dotted: str) -> bool:
        """Whether a base is a class of Python that asks those made of it for no name but special ones."""
        mentions = self._around.mentions(path)
        if mentions is None:
            return False
        bound = {each.alias for each in mentions.imports}.union(*(step.binds for step in mentions.steps))
        return dotted in PASSIVE - bound or self._is_from(path, dotted, ABSTRACT, ABSTRACT_MODULES)

    def _is_from(self, path: RepoPath, dotted: str, names: frozenset[str], modules: frozenset[str]) -> bool:
        """Whether a base is one of some classes of some modules, by all imports of the file that it may come from."""
        mentions = self._around.mentions(path)
        first = dotted.partition(".")[0]
        found = [
            _spell_whole(dotted, each)
            for each in (mentions.imports if mentions else ())
            if each.alias == first
        ]
        parts = [each.rpartition(".") for each in found]
        return bool(parts) and all(module in modules and name in names for module, _, name in parts)

    def _collects(self, place: Place, metaclass: str) -> bool:
        """Whether a metaclass of the project does something of its own when it makes a class."""
        return any(
            f"{owner}.{name}" in self._functions(path)
            for start, facts in self._resolve(place, metaclass).items()
            for path, owner in self._ancestors(start, facts)[0]
            for name in MAKING
        )

    def _facts(self, place: Place) -> ClassFacts | None:
        mentions = self._around.mentions(place[0])
        return mentions.classes.get(place[1]) if mentions else None

    def _functions(self, path: RepoPath) -> frozenset[str]:
        mentions = self._around.mentions(path)
        return frozenset(mentions.functions) if mentions else frozenset()

    def _resolve(self, place: Place, base: str) -> dict[Place, ClassFacts]:
        """The classes of the project that a base may be."""
        path, owner = place
        return {
            each: facts
            for each in self._find(path, base, owner.rpartition(".")[0])
            if each != place and (facts := self._facts(each)) is not None
        }

    def find_functions(self, path: RepoPath, dotted: str) -> list[Place]:
        """The functions of the project that a name may be; none where it may be anything else."""
        found: list[Place] = []
        for file, name in self._find(path, dotted, ""):
            mentions = self._around.mentions(file)
            if mentions is None or name in mentions.classes or self._may_be_foreign(file, name):
                return []
            if name in mentions.functions:
                found.append((file, name))
        return found

    def is_own(self, path: RepoPath, dotted: str) -> bool:
        """Whether a decorator, as a dotted name, is a function or class of the project."""
        dotted = dotted.removesuffix(CALLED)
        return any(
            qualname in mentions.functions or qualname in mentions.classes
            for file, qualname in self._find(path, dotted, "")
            if (mentions := self._around.mentions(file)) is not None
        )

    def _find(self, path: RepoPath, dotted: str, scope: str) -> Iterator[Place]:
        """Where in the project a name may lead to, through the imports of each file on the way.

        Args:
            path: a file.
            dotted: a name in it.
            scope: qualified name of the class whose body it stands in; empty for the module's.
        """
        seen: set[Place] = set()
        waiting = [(path, dotted)]
        if scope:
            waiting.append((path, f"{scope}.{dotted}"))
        while waiting:
            file, name = waiting.pop()
            if (file, name) in seen:
                continue
            seen.add((file, name))
            mentions = self._around.mentions(file)
            if mentions is None:
                continue
            yield file, name
            waiting += self._imported(file, name, mentions)

    def _imported(self, path: RepoPath, name: str, mentions: Mentions) -> Iterator[Place]:
        """What a name is in the files that one imports it from."""
        first, _, rest = name.partition(".")
        last = _last(name)
        for each in mentions.imports:
            if each.name == "*":
                wanted = {name}
            elif each.alias != first:
                continue
            elif each.name:  # a name of a module, or a module of a package
                wanted = {".".join(filter(None, [each.name, rest])), *filter(None, [rest])}
            else:
                wanted = {rest, last}
            for file in self._around.means(path, each):
                yield from ((file, one) for one in wanted if one)


def _spell_whole(dotted: str, imported: Imported) -> str:
    """A dotted name as it would be without the `as` and `from` of the import that its first part comes from."""
    first, _, rest = dotted.partition(".")
    start = f"{imported.module}.{imported.name}" if imported.name else imported.module
    if not imported.name and imported.module.partition(".")[0] == first:
        start = first  # `import a.b` binds `a`
    return ".".join(filter(None, [start, rest]))


def _last(dotted: str) -> str:
    return dotted.rpartition(".")[2]
