"""The project's code around an edit: who mentions an attribute, and who touches a class."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from pytest_txselect.policy.ancestry import Ancestries, Ancestry
from pytest_txselect.policy.hiding import looking_past
from pytest_txselect.policy.meaning import Meanings
from pytest_txselect.policy.module_names import ModuleNames
from pytest_txselect.policy.plain import may_expect
from pytest_txselect.policy.raised import only_raises
from pytest_txselect.policy.subclasses import find_subclasses
from pytest_txselect.policy.surroundings import OPENED, TESTS_OF
from pytest_txselect.source.mentions import Mentions
from pytest_txselect.source.steps import StepKind
from pytest_txselect.source.uses import COMPUTING, Use, computes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.subclasses import Subclasses
    from pytest_txselect.policy.surroundings import Place, Surroundings
    from pytest_txselect.source.steps import ClassFacts, Step
    from pytest_txselect.source.uses import Used

__all__ = ["ProjectCode"]

CONSTRUCTING: Final = frozenset({"__init__", "__new__", "__call__"})
"""Methods that are called by the name of their class, or of one of its instances."""


class ProjectCode:
    """Answers from what the files of a project mention.

    Args:
        path: the edited file; what is found by the name of an attribute counts for tests that used it.
        around: the project.
        unreadable: called with a file that cannot be read, so that nothing is known of what it mentions.
    """

    def __init__(self, path: RepoPath, around: Surroundings, unreadable: Callable[[RepoPath], None]) -> None:
        self._path = path
        self.around = around
        self._unreadable = unreadable
        self.ancestries = Ancestries(around)
        self._names = ModuleNames(around)
        self._meanings = Meanings(around)
        self._private: dict[Place, bool] = {}
        self._subclasses: dict[tuple[Place, str], Subclasses] = {}
        self._reach: dict[RepoPath, Sequence[RepoPath]] = {}
        self._computing: dict[frozenset[str], frozenset[Place]] = {}

    def taking(self, name: str, *, of_modules: bool = False, stored: bool = True) -> list[Place]:
        """Functions that tests used and that take an attribute of a name, wherever they are: an object gets everywhere.

        Args:
            name: the name of the attribute.
            of_modules: whether attributes of the project's modules count; otherwise, those of classes and instances only.
            stored: whether it counts to bind one: that is no business of the class, unless it may have a descriptor there.
        """
        found: list[Place] = []
        for each, mentions in self.reading(self.around.used(self._path), {name}):
            foreign = self._names.modules(each, mentions, own=not of_modules)
            for qualname in mentions.mentioning({name}):
                uses = [
                    used
                    for used in mentions.uses.get(qualname, ())
                    if used.name != name or (used.base and (stored or used.use is not Use.STORED))
                ]
                has = any(
                    used.name == name and used.base not in foreign for used in uses
                ) and self._names.may_be_own(each, mentions, uses, {name})
                fetched = name in mentions.fetched.get(qualname, ()) and (
                    of_modules or not self._names.fetches_plainly(each, mentions, name)
                )
                if has or fetched or name in mentions.words[qualname]:
                    found.append((each, qualname))
        return [*found, *((each, OPENED) for each in self.around.texts({name}))]

    def mentioning(self, path: RepoPath, names: set[str]) -> list[Place]:
        """Functions that tests used, in reach of a file, and that mention one of some names of it."""
        return [
            (each, qualname)
            for each, mentions in self.reading(self.in_reach(path), names)
            for qualname in mentions.mentioning(names)
            if not names.isdisjoint(mentions.words[qualname])
            or self._names.may_be_own(each, mentions, mentions.uses.get(qualname, frozenset()), names)
        ]

    def naming(self, names: frozenset[str]) -> frozenset[Place]:
        """Functions that tests used and that name one of these in any way, wherever they are."""
        return frozenset(
            (each, qualname)
            for each, mentions in self.reading(self.around.used(self._path), names)
            for qualname in mentions.mentioning(names)
        )

    def mixing(self, path: RepoPath, owner: str) -> list[Place]:
        """Functions that make a class of a class and of something else, which may read what the class has."""
        names = self.subclasses(path, owner).names
        return [
            (each, qualname)
            for each, qualname in self.mentioning(path, names)
            if any(
                used.use is Use.MIXED and used.name in names
                for used in self._mentions(each).uses.get(qualname, ())
            )
        ]

    def family(self, path: RepoPath, owner: str, hidden: str = "") -> Ancestry:
        """Where a class and its subclasses come from: what a subclass inherits beside it may read what the class has."""
        found = self.ancestries.find(path, owner)
        for each in self.subclasses(path, owner, hidden).own:
            found |= self.ancestries.find(*each)
        return found

    def class_facts(self, path: RepoPath, owner: str) -> ClassFacts | None:
        """What a class statement says at the head; None where there is none."""
        return self._mentions(path).classes.get(owner)

    def decorators(self, path: RepoPath, function: str) -> frozenset[str]:
        """The decorators of a function at the head, as dotted names."""
        return self._mentions(path).decorators.get(function, frozenset())

    def is_plain_function(self, path: RepoPath, function: str) -> bool:
        """Whether a function or method of the head has no decorator, and executes when it is called, at once."""
        return function in self._mentions(path).plain

    def computing(self, ways: frozenset[str] = COMPUTING) -> frozenset[Place]:
        """Functions that tests used and that may read attributes whose names no text shows, in some ways."""
        if ways not in self._computing:
            self._computing[ways] = frozenset(
                (each, qualname)
                for each, mentions in self.reading(self.around.used(self._path), ways)
                for qualname in mentions.functions
                if computes(self._known_uses(each, qualname, mentions), mentions.bound, ways)
            )
        return self._computing[ways]

    def _known_uses(self, path: RepoPath, qualname: str, mentions: Mentions) -> Iterable[Used]:
        """What a function uses, without what it asks for by names that its callers give, if all of them are known."""
        uses = mentions.uses.get(qualname, frozenset())
        handed = {each for each in uses if each.use is Use.HANDED}
        if handed and (path, qualname) not in self._private:
            others = [each for each in self.around.used() if each != path]
            self._private[path, qualname] = not any(self.around.knows(each, qualname) for each in others)
        return uses - handed if handed and self._private[path, qualname] else uses

    def in_reach(self, path: RepoPath) -> Sequence[RepoPath]:
        """Files that tests used and that depend on a file, directly or not; and itself."""
        if path not in self._reach:
            reaching = self.around.reaching(path)
            self._reach[path] = [each for each in self.around.used() if each in reaching]
        return self._reach[path]

    def reading(
        self, paths: Iterable[RepoPath], names: AbstractSet[str]
    ) -> Iterator[tuple[RepoPath, Mentions]]:
        """Those files that know one of some names, with what they mention."""
        for each in paths:
            if any(self.around.knows(each, name) for name in names):
                mentions = self.around.mentions(each)
                if mentions is None:
                    self._unreadable(each)
                else:
                    yield each, mentions

    def acts(self, path: RepoPath, step: Step) -> bool:
        """Whether a statement that executes at import may do more than to define what it does."""
        return step.kind is StepKind.ACT or not all(
            self.ancestries.is_quiet(path, call) for call in step.calls
        )

    def steps_mentioning(self, path: RepoPath, names: set[str]) -> Iterable[tuple[RepoPath, Step]]:
        """What executes when files in reach of one are imported, and mentions one of some names."""
        for each, mentions in self.reading(self.in_reach(path), names):
            for step in mentions.steps:
                own = not names.isdisjoint(step.words) or self._names.may_be_own(
                    each, mentions, step.uses, names
                )
                if own and not names.isdisjoint(step.mentions):
                    yield each, step

    def steps_taking(self, path: RepoPath, name: str) -> Iterable[tuple[RepoPath, Step]]:
        """What executes when files in reach of one are imported, and may take an attribute of a class or an instance."""
        for each, step in self.steps_mentioning(path, {name}):
            modules = self._names.modules(each, self._mentions(each), own=True)
            bases = {used.base for used in step.uses if used.name == name}
            if name in step.words or not bases or not bases <= modules:
                yield each, step

    def steps(self, path: RepoPath) -> Sequence[Step]:
        """What executes when a file is imported."""
        return self._mentions(path).steps

    def has_named_values(self) -> bool:
        """Whether a class of the project, of which tests used the file, is told where its instances are bound."""
        return any(self.around.knows(each, "__set_name__") for each in self.around.used())

    def steps_keeping(self, name: str) -> Iterator[tuple[RepoPath, Step]]:
        """What executes when files are imported, and makes something of a name's text that may ask for it later."""
        for each, mentions in self.reading(self.around.used(self._path), {name}):
            for step in mentions.steps:
                calls = any(used.use in {Use.CALLED, Use.NAMED} for used in step.uses)
                if name in step.words and calls and not self.acts(each, step):
                    yield each, step

    def touching(
        self, path: RepoPath, owner: str, hidden: str = "", *, passing: bool = False
    ) -> frozenset[Place]:
        """Functions of a class or of a subclass of it, and functions that mention one of them by name.

        Args:
            path: the file of the class.
            owner: its qualified name.
            hidden: a name that is looked up, see `subclasses`; who looks past a subclass that has such a name counts.
            passing: whether those do not count that only raise or catch one of the classes; see `Beside`.
        """
        found = self.subclasses(path, owner, hidden)
        own, names, hiding = found
        places = set(looking_past(self.around, hiding, hidden))
        for each, qualname in self.mentioning(path, names):
            passed = passing and only_raises(self._mentions(each), qualname, names)
            if not passed and self._may_mean(each, qualname, found):
                places.add((each, qualname))
        for each, qualname in own:
            front = f"{qualname}."
            places |= {(each, name) for name in self._mentions(each).functions if name.startswith(front)}
            if self.around.is_test(each):
                places.add((each, f"{qualname}{TESTS_OF}"))
        return frozenset(places).union((each, OPENED) for each in self.around.texts(names))

    def having_method(self, path: RepoPath, owner: str, name: str, *, gone: bool) -> Iterator[Place]:
        """Functions that may notice that a method is another one, or gone, and do not execute it.

        They use it otherwise than to call it; who asks for it by a string calls it too, unless it is gone. Or they
        are of tests, and may expect that a call fails: see `may_expect`.
        """
        for each, qualname in self.taking(name):
            if qualname == OPENED:  # a template, which is no code of ours, and calls what it names
                noticing = gone
            else:
                noticing = may_expect(self.around, each) or self._mentions(each).has_in_hand(
                    qualname, {name}, in_text=gone, attributes=True
                )
            if noticing:
                yield each, qualname
        if name in CONSTRUCTING:
            classes = self.subclasses(path, owner).names
            for each, qualname in self.mentioning(path, classes):
                if may_expect(self.around, each) or self._mentions(each).passes_on(qualname, classes):
                    yield each, qualname

    def _mentions(self, path: RepoPath) -> Mentions:
        return self.around.mentions(path) or Mentions()

    def takes_all(self, importer: RepoPath, path: RepoPath, name: str) -> bool:
        """Whether a file imports all names of another one, and a name is among them."""
        imports = self._mentions(importer).imports
        stars = (each for each in imports if each.name == "*")
        return self.shows(path, name) and any(path in self.around.means(importer, each) for each in stars)

    def shows(self, path: RepoPath, name: str) -> bool:
        """Whether a star may take a name out of a module."""
        return self._mentions(path).shows(name)

    def subclasses(self, path: RepoPath, owner: str, hidden: str = "") -> Subclasses:
        """A class with its subclasses; where a name is looked up, without those that have one of their own."""
        key = ((path, owner), hidden)
        if key not in self._subclasses:
            files = partial(self.reading, self.in_reach(path))
            self._subclasses[key] = find_subclasses((path, owner), hidden, files, self._meanings)
        return self._subclasses[key]

    def _may_mean(self, path: RepoPath, qualname: str, found: Subclasses) -> bool:
        """Whether a function that mentions names of some classes may mean one of them, and not what is only called so."""
        mentions = self._mentions(path)
        uses = [each for each in mentions.uses.get(qualname, ()) if each.name in found.names]
        if not uses or not found.names.isdisjoint(mentions.words[qualname]):
            return True
        return any(each.base or self._meanings.may_be(path, each.name, found.own) for each in uses)
