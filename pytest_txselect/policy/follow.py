"""What an edit touches, symbol by symbol: the functions, classes and imports whose users may behave differently.

This is the column "with evidence" of the table of edits: names are followed from file to file, through the names that are bound
from them, and what cannot be followed falls back to the file as a whole.
"""

from __future__ import annotations

import builtins
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, assert_never

from pytest_txselect.policy.held import ModuleHolders
from pytest_txselect.policy.surroundings import MODULE
from pytest_txselect.source.edit import (
    BodyEdit,
    ClassChange,
    ClassEdit,
    ClassNameEdit,
    DefinitionChange,
    DefinitionEdit,
    DocstringEdit,
    FileEdit,
    NameEdit,
    StatementEdit,
)
from pytest_txselect.source.mentions import StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.surroundings import Place, Surroundings
    from pytest_txselect.source.edit import Edit, Edits
    from pytest_txselect.source.mentions import AskedFor, ClassFacts, Mentions, Step

__all__ = ["Both", "Old", "Touched", "follow"]

IMPORTING: Final = frozenset({"import_module", "__import__"})
"""What makes a module of a name."""
PLAIN_CHANGES: Final = frozenset(
    {DefinitionChange.REMOVED, DefinitionChange.SIGNATURE, DefinitionChange.DEFAULTS}
)
CONSTRUCTING: Final = frozenset({"__init__", "__new__", "__call__"})
"""Methods that are called by the name of their class, or of one of its instances."""
OF_OBJECT: Final = frozenset(
    (  # noqa: SIM905 - read as words
        "__init__ __repr__ __str__ __format__ __dir__ __reduce__ __reduce_ex__ __sizeof__ "
        "__setattr__ __delattr__ __getattribute__ __getattr__"
    ).split()
)
"""Special methods that every object has, so that nobody asks whether they are there; and one that is asked itself."""
BUILT_IN: Final = frozenset(name for name, value in vars(builtins).items() if isinstance(value, type))
"""Classes that neither look at signatures nor ask for methods by name, beyond the special ones."""


@dataclass(frozen=True, slots=True)
class Both:
    """Tests that used one of `mentions` and one of `touches`."""

    mentions: frozenset[Place]
    touches: frozenset[Place]


@dataclass(slots=True)
class Touched:
    """Whom edits touch; a test that used any of it, by its evidence, may behave differently.

    Attributes:
        places: code that was executed.
        named: those of `places` that were found by an attribute's name alone: they count for tests that used the edited
            file too. All others count for whoever executed them, because a module that was loaded before can be
            had without any trace (`importlib.import_module`, a lazy package).
        both: see `Both`.
        files: files of which every dependent counts, as the graph has it: nothing better is known.
        imports: files whose import may break, so that at least one test that imports each must run.
        why: for each place and file, the edit behind it, for a person.
    """

    places: dict[Place, str] = field(default_factory=dict)
    named: set[Place] = field(default_factory=set)
    both: list[tuple[Both, str]] = field(default_factory=list)
    files: dict[RepoPath, str] = field(default_factory=dict)
    imports: dict[RepoPath, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Old:
    """What matters of the version that evidence was taken from.

    Attributes:
        removed: names that it binds at module level and the new one does not.
        plain: see `Mentions.plain`; of both versions, or of the old one where the new one has no such function.
    """

    removed: frozenset[str]
    plain: frozenset[str]


def follow(path: RepoPath, edits: Edits, around: Surroundings, *, old: Old, describe: str) -> Touched:
    """Find whom the edits of one file touch.

    Args:
        path: the file.
        edits: how it differs from the version that evidence was taken from.
        around: the project.
        old: the version that evidence was taken from.
        describe: the edits in words.
    """
    following = _Following(path, around, old, describe)
    for edit in edits.edits:
        following.edit(edit)
    following.run()
    return following.touched


class _Following:
    """Follows the edits of one file."""

    def __init__(self, path: RepoPath, around: Surroundings, old: Old, describe: str) -> None:
        self.path = path
        self.around = around
        self.removed = old.removed
        self.plain = old.plain
        self.describe = describe
        self.touched = Touched()
        self._holders = ModuleHolders(around)
        self._names: deque[tuple[RepoPath, str, bool, bool]] = deque()
        self._seen: set[tuple[RepoPath, str, bool, bool]] = set()
        self._classes: set[tuple[RepoPath, str]] = set()
        self._definitions: set[tuple[RepoPath, str]] = set()

    def edit(self, edit: Edit) -> None:  # noqa: C901, PLR0912 - an arm for each kind of edit
        """Begin with one edit."""
        match edit:
            case DocstringEdit():
                pass  # judged before: whoever may read it is reached by the graph
            case BodyEdit(function=function, code=code):
                self._place(self.path, code)
                self._place(self.path, function)
            case DefinitionEdit():
                self._definition(edit)
            case NameEdit(name=name, calls=calls):
                self.touched.imports[self.path] = self.describe
                self._name(self.path, name, gone=name in self.removed)
                if calls:
                    self._place(self.path, name)
            case ClassNameEdit(owner=owner, name=name):
                self.touched.imports[self.path] = self.describe
                self._class_name(self.path, owner, name)
            case ClassEdit(owner=owner, change=change):
                self.touched.imports[self.path] = self.describe
                if change in {ClassChange.ADDED, ClassChange.REMOVED} and "." not in owner:
                    self._name(self.path, owner, gone=owner in self.removed)
                if change is not ClassChange.ADDED:
                    self._class(self.path, owner)
            case StatementEdit(script=script):
                if not script:
                    self._file(self.path)
                else:
                    self._place(self.path, MODULE)
            case FileEdit():
                self._file(self.path)
            case _:
                assert_never(edit)

    def run(self) -> None:
        """Follow names until there are no more."""
        while self._names:
            path, name, gone, plain = self._names.popleft()
            self._follow_name(path, name, gone=gone, plain=plain)

    def _place(self, path: RepoPath, qualname: str, *, named: bool = False) -> None:
        """Some code is touched; `named`: it was found by the name of an attribute."""
        place = (path, qualname)
        if named and place not in self.touched.places:
            self.touched.named.add(place)
        elif not named:
            self.touched.named.discard(place)
        self.touched.places.setdefault(place, self.describe)

    def _file(self, path: RepoPath) -> None:
        self.touched.files.setdefault(path, self.describe)

    def _name(self, path: RepoPath, name: str, *, gone: bool = False, plain: bool = False) -> None:
        key = (path, name, gone, plain)
        if key not in self._seen:
            self._seen.add(key)
            self._names.append(key)

    def _definition(self, edit: DefinitionEdit) -> None:
        """A function is defined differently: whoever executed it, or mentions its name."""
        if edit.change is not DefinitionChange.ADDED:
            self._place(self.path, edit.function)
        if edit.change in {
            DefinitionChange.DECORATORS,
            DefinitionChange.DEFAULTS,
            DefinitionChange.SIGNATURE,
        }:
            self.touched.imports[self.path] = self.describe
        gone = edit.change is DefinitionChange.REMOVED
        if edit.owner is None:
            self._name(
                self.path, edit.name, gone=gone and edit.name in self.removed, plain=self._is_plain(edit)
            )
        elif self._is_plain(edit):
            self._method_used(self.path, edit.owner, edit.name, gone=gone)
        else:
            self._defined(self.path, edit.owner, edit.name, gone=gone)

    def _is_plain(self, edit: DefinitionEdit) -> bool:
        """Whether whoever called the function executed it, so that other calls of it need not be looked for.

        Calls that failed, because they did not fit the parameters, are found in test code only: elsewhere they are mistakes.
        """
        if edit.change not in PLAIN_CHANGES or edit.function not in self.plain:
            return False
        return edit.owner is None or self._is_plain_method(edit, edit.owner)

    def _is_plain_method(self, edit: DefinitionEdit, owner: str) -> bool:
        facts = self._class_facts(self.path, owner)
        if facts is None or facts.whole:
            return False
        outside = {base for base in facts.bases if not self.around.is_project_class(base)}
        if not outside <= BUILT_IN or edit.change is not DefinitionChange.REMOVED:
            return outside <= BUILT_IN
        if edit.name.startswith("__") and edit.name.endswith("__"):
            return edit.name in OF_OBJECT
        return not self.around.may_declare(edit.name)

    def _method_used(self, path: RepoPath, owner: str, name: str, *, gone: bool) -> None:
        """A method is defined differently: whoever executed it, and whoever has it in hand without calling it."""
        for each, qualname in self._mentioning(path, {name}):
            mentions = self.around.mentions(each)
            if self.around.is_test(each) or (mentions and name in mentions.uncalled[qualname]):
                self._place(each, qualname, named=True)
        if name in CONSTRUCTING:
            classes = self._class_names(path, owner)
            for each, qualname in self._mentioning(path, classes):
                mentions = self.around.mentions(each)
                taken = mentions.taken[qualname] if mentions else frozenset()
                if self.around.is_test(each) or not classes.isdisjoint(taken):
                    self._place(each, qualname, named=True)
        for importer, step in self._steps_mentioning(path, {name}):
            if step.kind is StepKind.ACT or gone:
                self._place(importer, MODULE)

    def _defined(self, path: RepoPath, owner: str | None, name: str, *, gone: bool) -> None:
        if owner is None:
            self._name(path, name, gone=gone and name in self.removed)
            return
        mentioning = self._mentioning(path, {name})
        facts = self._class_facts(path, owner)
        outside = (
            facts is None
            or facts.whole
            or any(not self.around.is_project_class(base) for base in facts.bases)
        )
        dunder = name.startswith("__") and name.endswith("__")
        if not mentioning or dunder or outside:
            self._class(path, owner)
        for place in mentioning:
            self._place(*place, named=True)
        for importer, step in self._steps_mentioning(path, {name}):
            if step.kind is StepKind.ACT or gone:
                self._place(importer, MODULE)

    def _class_facts(self, path: RepoPath, owner: str) -> ClassFacts | None:
        found = self.around.mentions(path)
        return found.classes.get(owner) if found else None

    def _mentioning(self, path: RepoPath, names: set[str]) -> list[Place]:
        """Functions anywhere in reach of a file that mention one of some attributes."""
        found: list[Place] = []
        for each in sorted(self.around.reaching(path)):
            if any(self.around.knows(each, name) for name in names):
                mentions = self.around.mentions(each)
                if mentions is None:
                    self._file(each)
                else:
                    found += [(each, qualname) for qualname in mentions.mentioning(names)]
        return found

    def _steps_mentioning(self, path: RepoPath, names: set[str]) -> Iterable[tuple[RepoPath, Step]]:
        for each in sorted(self.around.reaching(path)):
            if any(self.around.knows(each, name) for name in names):
                mentions = self.around.mentions(each)
                for step in mentions.steps if mentions else ():
                    if not names.isdisjoint(step.mentions):
                        yield each, step

    def _follow_name(self, path: RepoPath, name: str, *, gone: bool, plain: bool) -> None:
        """A module-level name means something else: in its own file, and where it is imported from there."""
        mentions = self.around.mentions(path)
        if mentions is None:
            self._file(path)
            return
        self._inside(path, mentions, {name}, plain=plain)
        for qualname in mentions.reading_all:
            self._place(path, qualname)
        for asked in mentions.asked:
            if asked.reads_all:
                self._asked(path, asked)
        for place in self._holders.places(path, name, plain=plain):
            self._place(*place)
        for other, step in self._holders.steps(path, name):
            self._step(other, step)
            if gone and name in step.mentions:
                self._place(other, MODULE)
        words = {name, *self._holders.called(path)}
        for importer in self.around.importers(path):
            known = importer != path and any(self.around.knows(importer, word) for word in words)
            if known or self._takes_all(importer, path):
                self._from(importer, path, name, gone=gone, plain=plain)

    def _takes_all(self, importer: RepoPath, path: RepoPath) -> bool:
        found = self.around.mentions(importer)
        return found is not None and any(
            each.name == "*" and path in self.around.means(importer, each) for each in found.imports
        )

    def _inside(self, path: RepoPath, mentions: Mentions, names: set[str], *, plain: bool = False) -> None:
        """Functions of a file that mention a name, and what its import-time code makes of it."""
        only_called = plain and not self.around.is_test(path)
        for qualname in mentions.mentioning(names):
            if not only_called or not names.isdisjoint(mentions.uncalled[qualname]):
                self._place(path, qualname)
        for step in mentions.steps:
            if not names.isdisjoint(step.mentions):
                self._step(path, step, plain=plain)
        for asked in mentions.asked:
            if not names.isdisjoint(asked.mentions):
                self._asked(path, asked)

    def _asked(self, path: RepoPath, asked: AskedFor) -> None:
        """The module's `__getattr__` gives something else for some names: to whoever asks for one of them."""
        asking: set[Place] = set(self._mentioning(path, set(asked.names)))
        for name in asked.names:
            asking.update(self._holders.places(path, name))
            asking.update((other, MODULE) for other, _ in self._holders.steps(path, name))
        for importer in self.around.importers(path):
            found = self.around.mentions(importer)
            asking |= {
                (importer, MODULE)
                for each in (found.imports if found else ())
                if each.toplevel
                and each.name in {*asked.names, "*"}
                and path in self.around.means(importer, each)
            }
        asking.update((other, MODULE) for other, _ in self._steps_mentioning(path, set(asked.names)))
        self.touched.both.append((Both(frozenset(asking), frozenset({(path, "__getattr__")})), self.describe))

    def _step(self, path: RepoPath, step: Step, *, plain: bool = False) -> None:  # noqa: C901, PLR0912 - an arm for each kind of step
        match step.kind:
            case StepKind.BIND:
                for bound in step.binds:
                    if step.owner:
                        self._class_name(path, step.owner, bound)
                    else:
                        self._name(path, bound, plain=plain)
            case StepKind.DEFINE:
                for bound in step.binds:
                    if (path, f"{step.owner}.{bound}") not in self._definitions:
                        self._definitions.add((path, f"{step.owner}.{bound}"))
                        self._place(path, f"{step.owner}.{bound}" if step.owner else bound)
                        self._defined(path, step.owner or None, bound, gone=False)
            case StepKind.CLASS:
                for bound in step.binds:
                    self._class(path, f"{step.owner}.{bound}" if step.owner else bound)
            case StepKind.ACT:
                self._place(path, MODULE)
                for bound in step.binds:
                    if not step.owner:
                        self._name(path, bound)
            case _:
                assert_never(step.kind)

    def _from(self, importer: RepoPath, path: RepoPath, name: str, *, gone: bool, plain: bool) -> None:
        """A file that imports another one, of which a name means something else."""
        mentions = self.around.mentions(importer)
        if mentions is None:
            self._file(importer)
            return
        linked = False
        for each in mentions.imports:
            if path not in self.around.means(importer, each):
                continue
            linked = True
            if each.name in {name, "*"}:
                alias = name if each.name == "*" else each.alias
                if each.toplevel:
                    self._name(importer, alias, gone=gone, plain=plain)
                    if gone and each.name == name:
                        self._place(importer, MODULE)
                else:
                    self._inside(importer, mentions, {alias, name}, plain=plain)
        if not linked:  # imported in a way that is no statement: by a string, a computed name, a lazy table
            self._inside(importer, mentions, {name, *IMPORTING, *self._holders.called(path)})
            self._name(importer, name, gone=gone)

    def _class_name(self, path: RepoPath, owner: str, name: str) -> None:
        """A class-level name means something else: whoever mentions it and touches the class."""
        key = (path, f"{owner}:{name}")
        if key in self._classes:
            return
        self._classes.add(key)
        facts = self._class_facts(path, owner)
        whole = (
            facts is None
            or facts.whole
            or any(not self.around.is_project_class(base) for base in facts.bases)
        )
        dunder = name.startswith("__") and name.endswith("__")
        if whole or dunder:
            self._class(path, owner)
            return
        touches = self._touching(path, owner)
        mentions = frozenset(self._mentioning(path, {name}))
        reading = frozenset(place for place in touches if self._reads_all(place))
        self.touched.both.append((Both(mentions | reading, touches), self.describe))
        for importer, step in self._steps_mentioning(path, {name}):
            if step.owner == owner and importer == path:
                if step.kind is StepKind.BIND and name not in step.binds:
                    for bound in step.binds:
                        self._class_name(path, owner, bound)
            elif owner.rpartition(".")[2] in step.mentions:
                self._step(importer, step)

    def _reads_all(self, place: Place) -> bool:
        found = self.around.mentions(place[0])
        if found is None:
            return True
        names = found.functions.get(place[1], frozenset())
        return place[1] in found.reading_all or not names.isdisjoint(
            {"getattr", "__dict__", "__getattribute__", "hasattr", "dir"}
        )

    def _class(self, path: RepoPath, owner: str) -> None:
        """A class is another one: whoever touches it."""
        if (path, owner) in self._classes:
            return
        self._classes.add((path, owner))
        for place in self._touching(path, owner):
            self._place(*place, named=True)
        name = owner.rpartition(".")[2]
        for importer, step in self._steps_mentioning(path, {name}):
            if step.kind is not StepKind.CLASS:  # a subclass is touched as the class is
                self._step(importer, step)

    def _touching(self, path: RepoPath, owner: str) -> frozenset[Place]:
        """Functions of a class or of a subclass of it, and functions that mention one of them by name."""
        own, names = self._subclasses(path, owner)
        places = set(self._mentioning(path, names))
        for each, qualname in own:
            found = self.around.mentions(each)
            front = f"{qualname}."
            places |= {(each, name) for name in (found.functions if found else ()) if name.startswith(front)}
        return frozenset(places)

    def _class_names(self, path: RepoPath, owner: str) -> set[str]:
        return self._subclasses(path, owner)[1]

    def _subclasses(self, path: RepoPath, owner: str) -> tuple[set[tuple[RepoPath, str]], set[str]]:
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
