"""Whom an edit inside a class touches: its methods, its class-level names, and the class as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from pytest_txselect.policy.familiar import is_abstract, is_silent, is_sought, is_special
from pytest_txselect.policy.having import Beside
from pytest_txselect.policy.hiding import has_own
from pytest_txselect.policy.plain import is_plain, may_expect
from pytest_txselect.policy.surroundings import MODULE
from pytest_txselect.policy.touched import Both
from pytest_txselect.source.edit import DefinitionChange
from pytest_txselect.source.mentions import StepKind
from pytest_txselect.source.uses import COMPUTING, LISTING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.having import Having
    from pytest_txselect.policy.project_code import ProjectCode
    from pytest_txselect.policy.surroundings import Place
    from pytest_txselect.policy.touched import Old
    from pytest_txselect.source.edit import DefinitionEdit
    from pytest_txselect.source.mentions import Step

__all__ = ["Follower", "Members"]
HINTS: Final = frozenset(
    {"__annotate__", "__annotations__", "get_annotations", "get_type_hints", "signature"}
)
"""What reads annotations."""


class Follower(Protocol):
    """Follows what is found here."""

    @property
    def rebinds(self) -> bool:
        """Whether what is followed means another object; otherwise, one that is the same and has something else."""

    def place(self, path: RepoPath, qualname: str, *, named: bool = False) -> None:
        """Some code is touched; `named`: it was found by the name of an attribute."""

    def both(self, both: Both) -> None:
        """Whoever uses two pieces of code is touched."""

    def name(self, path: RepoPath, name: str, *, plain: bool = False) -> None:
        """A module-level name means something else; `plain`: to whoever does more with it than to call it."""

    def step(self, path: RepoPath, step: Step) -> None:
        """A statement that executes at import is touched."""


class Members:
    """Follows edits inside classes.

    Args:
        code: the project's code.
        old: the version that evidence was taken from.
        follower: follows what is found.
        having: finds who may have a class.
        beside: what is followed beside; then whoever mentions a class-level name counts, be the class in sight or not.
    """

    def __init__(
        self, code: ProjectCode, old: Old, follower: Follower, having: Having, beside: Beside | None
    ) -> None:
        self._code = code
        self._old = old
        self._follower = follower
        self._having = having
        self._loose = beside is not None
        self._beside = beside or Beside()
        self._ancestries = code.ancestries
        self._seen: set[tuple[RepoPath, str]] = set()
        self._covered: set[Place] = set()

    def define(self, path: RepoPath, edit: DefinitionEdit, owner: str) -> None:
        """A method is defined differently: whoever executed it is found elsewhere.

        Where all who notice have executed it, or have it in hand without calling it, nobody else is looked for.
        """
        gone = edit.change is DefinitionChange.REMOVED
        coming = gone or edit.change is DefinitionChange.ADDED
        was, now = self._old.decorators.get(edit.function, ()), self._code.decorators(path, edit.function)
        if not coming and any(map(is_abstract, was)) != any(map(is_abstract, now)):
            self.change(path, owner)  # it decides whether there are instances at all
        plain = is_plain(edit, self._old, self._code, self._code.family(path, owner))
        if plain:
            places = [*self._code.having_method(path, owner, edit.name, gone=gone)]
        else:
            places = self._code.taking(edit.name)
            if coming and (not places or self._is_asked_for(path, owner, edit.name)):
                self.change(path, owner)
        if coming:
            places += self._code.computing(LISTING if plain else COMPUTING)
            places += self._code.mixing(path, owner)
            self._make(path, owner, edit.name)
        self._reach(path, owner, edit.name, places, gone=gone, plain=plain)

    def is_registered(self, path: RepoPath, edit: DefinitionEdit) -> bool:
        """Whether a decorator may tell others of a function or method; of a test it tells pytest alone."""
        if edit.name.startswith("test") and self._code.around.is_test(path):
            return False
        decorators = self._old.decorators.get(edit.function, frozenset())
        return not all(map(is_silent, decorators | self._code.decorators(path, edit.function)))

    def make(self, path: RepoPath, owner: str) -> None:
        """A class comes, goes, or is made in another way: whoever gets it notes that, for all that import its file."""
        found = [
            self._ancestries.gather(path, owner, facts)
            for facts in (self._code.class_facts(path, owner), self._old.classes.get(owner))
            if facts is not None
        ]
        if any(each.is_noted for each in found):
            self._follower.place(path, MODULE)
        elif any(each.inherits for each in found):
            asking = frozenset(self._code.taking("__subclasses__"))
            self._follower.both(Both(asking, frozenset({(path, MODULE)})))

    def redefine(self, path: RepoPath, owner: str, name: str) -> None:
        """Something in the defaults or decorators of a method means something else; see `define`."""
        family = self._code.family(path, owner)
        plain = self._code.is_plain_function(path, f"{owner}.{name}") and not (
            family.handed or family.collected
        )
        places = self._code.having_method(path, owner, name, gone=False) if plain else self._code.taking(name)
        self._reach(path, owner, name, places, plain=plain)

    def annotate(self, path: RepoPath, owner: str, name: str) -> None:
        """An annotation means something else: to whoever reads annotations, and to decorators from outside of the project.

        A function that is handed on may be read by others, as by what makes a command line of its parameters.
        """
        function = f"{owner}.{name}" if owner else name
        decorators = self._code.decorators(path, function)
        if decorators:
            told = [each for each in decorators if not is_silent(each)]
            if not all(self._ancestries.is_own(path, each) for each in told):
                self._follower.place(path, MODULE)
        elif (mentions := self._code.around.mentions(path)) and function in mentions.functions:
            if self._follower.rebinds:
                self.hand(path, owner, name)
        elif self._ancestries.find(path, owner).read:
            self.change(path, owner)
        self._follower.both(Both(self._code.naming(HINTS), frozenset({(path, MODULE)})))

    def hand(self, path: RepoPath, owner: str, name: str) -> None:
        """Annotations or overloads of a function mean something else: to whoever has it in hand without calling it."""
        if owner:
            self._reach(
                path, owner, name, self._code.having_method(path, owner, name, gone=False), plain=True
            )
        else:
            self._follower.name(path, name, plain=True)

    def bind(self, path: RepoPath, owner: str, name: str) -> None:
        """A class-level name means something else: whoever mentions it and touches the class."""
        if (path, f"{owner}:{name}") in self._seen:
            return
        self._seen.add((path, f"{owner}:{name}"))
        self._make(path, owner, name)
        if self._is_told(path, owner, name):
            self._follower.place(path, MODULE)
        family = self._code.family(path, owner, hidden=name)
        if family.is_read(name) or is_special(name) or self._may_come(owner, name):
            self.change(path, owner)
            return
        mentions = frozenset(self._code.taking(name, stored=f"{owner}.{name}" not in self._old.literals))
        if self._loose:
            for place in mentions:
                self._follower.place(*place)
        else:
            looking = mentions | self._having.keepers(name)
            self._follower.both(Both(looking, self._having.holders(path, owner, hidden=name)))
            others = self._code.computing().union(self._code.mixing(path, owner))
            self._follower.both(Both(others, self._having.holders(path, owner)))
        self._pass_on(path, owner, name)

    def change(self, path: RepoPath, owner: str) -> None:
        """A class is another one: whoever touches it."""
        if (path, owner) in self._seen:
            return
        self._seen.add((path, owner))
        if (path, owner) not in self._covered:
            hidden, passing = self._beside.hidden, bool(self._beside.passing)
            for place in self._code.touching(path, owner, hidden, passing=passing):
                self._follower.place(*place, named=True)
            if passing:
                self._covered |= self._code.subclasses(path, owner, hidden).own
        name = owner.rpartition(".")[2]
        for importer, step in self._code.steps_mentioning(path, {name}):
            if step.kind is not StepKind.CLASS or self._code.acts(
                importer, step
            ):  # else a subclass is touched as the class is
                self._follower.step(importer, step)

    def inherit(self, path: RepoPath, owner: str) -> None:
        """A base of a class is another one: whoever touches the class, unless it hides what is looked up."""
        mentions = self._code.around.mentions(path)
        hidden = self._beside.hidden
        if not (hidden and mentions and has_own(mentions, owner, hidden)):
            self.change(path, owner)

    def _may_come(self, owner: str, name: str) -> bool:
        """Whether a name may come or go of which an abstract class or a protocol asks whether it is there."""
        return f"{owner}.{name}" not in self._old.literals and self._code.around.may_declare(name)

    def _is_told(self, path: RepoPath, owner: str, name: str) -> bool:
        """Whether a value of the project may be told of its name and class (`__set_name__`), and tell others."""
        if f"{owner}.{name}" in self._old.literals or not self._code.has_named_values():
            return False
        steps = [each for each in self._code.steps(path) if each.owner == owner and name in each.binds]
        return not steps or any(each.uses or each.calls for each in steps)

    def _is_asked_for(self, path: RepoPath, owner: str, name: str) -> bool:
        """Whether code outside of the project, or a protocol, may ask a class for a method without naming it."""
        if self._code.around.may_declare(name):
            return True
        found = self._code.family(path, owner)
        asked = bool(found.outside) or found.handed or found.collected or is_special(name)
        return asked or (is_sought(name) and self._code.around.is_test(path))

    def _reach(
        self,
        path: RepoPath,
        owner: str,
        name: str,
        places: Iterable[Place],
        *,
        gone: bool = False,
        plain: bool = False,
    ) -> None:
        """Touch code that has a method in hand, and what executes at import and does.

        Whoever asks for it by a string calls it, unless it is gone.
        """
        if self._loose:
            for place in places:
                self._follower.place(*place)
        else:
            asking = frozenset(places) | self._having.keepers(name)
            self._follower.both(Both(asking, self._having.holders(path, owner)))
        for importer, step in self._code.steps_taking(path, name):
            inside = (importer, step.owner) == (path, owner)
            in_text = gone or not plain or may_expect(self._code.around, importer)
            if (inside or step.takes(name, in_text=in_text)) and (gone or self._code.acts(importer, step)):
                self._follower.place(importer, MODULE)

    def _make(self, path: RepoPath, owner: str, name: str) -> None:
        """Whoever gets the class while it is made may note what it has, for all that import its file."""
        found = self._code.family(path, owner)
        if found.handed or found.collected:
            self._follower.place(path, MODULE)
        elif found.made:
            readers = self._code.computing().union(self._code.taking(name))
            self._follower.both(Both(readers, frozenset({(path, MODULE)})))

    def _pass_on(self, path: RepoPath, owner: str, name: str) -> None:
        """What executes at import and mentions a class-level name."""
        for importer, step in self._code.steps_taking(path, name):
            if step.owner == owner and importer == path:
                if step.kind is StepKind.BIND and name not in step.binds:
                    for bound in step.binds:
                        self.bind(path, owner, bound)
            elif owner.rpartition(".")[2] in step.mentions:
                self._follower.step(importer, step)
