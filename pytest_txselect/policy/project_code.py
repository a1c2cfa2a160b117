"""The project's code around an edit: who mentions an attribute, and who touches a class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.policy.surroundings import MODULE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.surroundings import Place, Surroundings
    from pytest_txselect.source.mentions import Mentions
    from pytest_txselect.source.steps import ClassFacts, Step
    from pytest_txselect.source.uses import Used

__all__ = ["ProjectCode"]

CONSTRUCTING: Final = frozenset({"__init__", "__new__", "__call__"})
"""Methods that are called by the name of their class, or of one of its instances."""


class ProjectCode:
    """Answers from what the files of a project mention.

    Args:
        around: the project.
        unreadable: called with a file that cannot be read, so that nothing is known of what it mentions.
    """

    def __init__(self, around: Surroundings, unreadable: Callable[[RepoPath], None]) -> None:
        self.around = around
        self._unreadable = unreadable
        self._foreign: dict[RepoPath, frozenset[str]] = {}

    def class_facts(self, path: RepoPath, owner: str) -> ClassFacts | None:
        """What a class statement says; None where there is none at the head."""
        found = self.around.mentions(path)
        return found.classes.get(owner) if found else None

    def mentioning(self, path: RepoPath, names: set[str]) -> list[Place]:
        """Functions anywhere in reach of a file that mention one of some attributes."""
        found: list[Place] = []
        for each in sorted(self.around.reaching(path)):
            if any(self.around.knows(each, name) for name in names):
                mentions = self.around.mentions(each)
                if mentions is None:
                    self._unreadable(each)
                else:
                    found += [
                        (each, qualname)
                        for qualname in mentions.mentioning(names)
                        if not names.isdisjoint(mentions.words[qualname])
                        or self._is_own(each, mentions, mentions.uses.get(qualname, frozenset()), names)
                    ]
        return found

    def _is_own(
        self, path: RepoPath, mentions: Mentions, uses: Iterable[Used], names: set[str] | frozenset[str]
    ) -> bool:
        """Whether one of some uses may be of the project's attributes: not all are of modules outside of it."""
        bases = {each.base for each in uses if each.name in names}
        if path not in self._foreign:
            modules = {
                each.alias for each in mentions.imports if not each.name and not self.around.means(path, each)
            }
            bound = {name for step in mentions.steps for name in step.binds}
            self._foreign[path] = frozenset(modules - bound - mentions.bound)
        return not bases or not bases <= self._foreign[path]

    def steps_mentioning(self, path: RepoPath, names: set[str]) -> Iterable[tuple[RepoPath, Step]]:
        """What executes when files in reach of one are imported, and mentions one of some attributes."""
        for each in sorted(self.around.reaching(path)):
            if any(self.around.knows(each, name) for name in names):
                mentions = self.around.mentions(each)
                if mentions is None:
                    continue
                for step in mentions.steps:
                    own = not names.isdisjoint(step.words) or self._is_own(each, mentions, step.uses, names)
                    if own and not names.isdisjoint(step.mentions):
                        yield each, step

    def reads_all(self, place: Place) -> bool:
        """Whether a function may read attributes by computed names."""
        found = self.around.mentions(place[0])
        if found is None:
            return True
        names = found.functions.get(place[1], frozenset())
        return place[1] in found.reading_all or not names.isdisjoint(
            {"getattr", "__dict__", "__getattribute__", "hasattr", "dir"}
        )

    def touching(self, path: RepoPath, owner: str) -> frozenset[Place]:
        """Functions of a class or of a subclass of it, and functions that mention one of them by name."""
        own, names = self.subclasses(path, owner)
        places = set(self.mentioning(path, names))
        for each, qualname in own:
            found = self.around.mentions(each)
            front = f"{qualname}."
            places |= {(each, name) for name in (found.functions if found else ()) if name.startswith(front)}
        return frozenset(places)

    def having_method(self, path: RepoPath, owner: str, name: str) -> Iterable[Place]:
        """Functions that use a method otherwise than to call it, and those of tests that mention it in any way."""
        for each, qualname in self.mentioning(path, {name}):
            mentions = self.around.mentions(each)
            if self.around.is_test(each) or (mentions and mentions.has_in_hand(qualname, {name})):
                yield each, qualname
        if name in CONSTRUCTING:
            classes = self.subclasses(path, owner)[1]
            for each, qualname in self.mentioning(path, classes):
                mentions = self.around.mentions(each)
                if self.around.is_test(each) or (mentions and mentions.passes_on(qualname, classes)):
                    yield each, qualname

    def asking(self, path: RepoPath, names: frozenset[str]) -> Iterable[Place]:
        """Code in reach of a module that may ask it for one of some names."""
        yield from self.mentioning(path, set(names))
        yield from ((other, MODULE) for other, _ in self.steps_mentioning(path, set(names)))
        for importer in self.around.importers(path):
            found = self.around.mentions(importer)
            for each in found.imports if found else ():
                if each.toplevel and each.name in {*names, "*"} and path in self.around.means(importer, each):
                    yield importer, MODULE

    def subclasses(self, path: RepoPath, owner: str) -> tuple[set[tuple[RepoPath, str]], set[str]]:
        """A class with its subclasses, and what they are called."""
        names = {owner.rpartition(".")[2]}
        own: set[tuple[RepoPath, str]] = {(path, owner)}
        reaching = sorted(self.around.reaching(path))
        grown = True
        while grown:
            grown = False
            for each in reaching:
                found = (
                    self.around.mentions(each)
                    if any(self.around.knows(each, name) for name in names)
                    else None
                )
                for qualname, facts in found.classes.items() if found else ():
                    if (each, qualname) not in own and not facts.bases.isdisjoint(names):
                        own.add((each, qualname))
                        names.add(qualname.rpartition(".")[2])
                        grown = True
        return own, names
