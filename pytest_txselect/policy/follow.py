"""What an edit touches, symbol by symbol: the functions, classes and imports whose users may behave differently.

This is the column "with evidence" of the table of edits: names are followed from file to file, through the names that are bound
from them, and what cannot be followed falls back to the file as a whole.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, assert_never

from pytest_txselect.policy.held import ModuleHolders
from pytest_txselect.policy.plain import is_plain
from pytest_txselect.policy.project_code import ProjectCode
from pytest_txselect.policy.surroundings import MODULE
from pytest_txselect.policy.touched import Both, Touched
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
    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.surroundings import Surroundings
    from pytest_txselect.policy.touched import Old
    from pytest_txselect.source.edit import Edit, Edits
    from pytest_txselect.source.mentions import AskedFor, Mentions, Step

__all__ = ["follow"]

IMPORTING: Final = frozenset({"import_module", "__import__"})
"""What makes a module of a name."""


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
        self.code = ProjectCode(around, self._file)
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
                self.path,
                edit.name,
                gone=gone and edit.name in self.removed,
                plain=is_plain(self.path, edit, self.plain, self.code),
            )
        elif is_plain(self.path, edit, self.plain, self.code):
            self._method_used(self.path, edit.owner, edit.name, gone=gone)
        else:
            self._defined(self.path, edit.owner, edit.name, gone=gone)

    def _method_used(self, path: RepoPath, owner: str, name: str, *, gone: bool) -> None:
        """A method is defined differently: whoever executed it, and whoever has it in hand without calling it."""
        for place in self.code.having_method(path, owner, name):
            self._place(*place, named=True)
        for importer, step in self.code.steps_mentioning(path, {name}):
            if step.kind is StepKind.ACT or gone:
                self._place(importer, MODULE)

    def _defined(self, path: RepoPath, owner: str | None, name: str, *, gone: bool) -> None:
        if owner is None:
            self._name(path, name, gone=gone and name in self.removed)
            return
        mentioning = self.code.mentioning(path, {name})
        facts = self.code.class_facts(path, owner)
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
        for importer, step in self.code.steps_mentioning(path, {name}):
            if step.kind is StepKind.ACT or gone:
                self._place(importer, MODULE)

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
            if not only_called or mentions.has_in_hand(qualname, names):
                self._place(path, qualname)
        for step in mentions.steps:
            if not names.isdisjoint(step.mentions):
                self._step(path, step, plain=plain)
        for asked in mentions.asked:
            if not names.isdisjoint(asked.mentions):
                self._asked(path, asked)

    def _asked(self, path: RepoPath, asked: AskedFor) -> None:
        """The module's `__getattr__` gives something else for some names: to whoever asks for one of them."""
        asking = set(self.code.asking(path, asked.names))
        for name in asked.names:
            asking.update(self._holders.places(path, name))
            asking.update((other, MODULE) for other, _ in self._holders.steps(path, name))
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
        facts = self.code.class_facts(path, owner)
        whole = (
            facts is None
            or facts.whole
            or any(not self.around.is_project_class(base) for base in facts.bases)
        )
        dunder = name.startswith("__") and name.endswith("__")
        if whole or dunder:
            self._class(path, owner)
            return
        touches = self.code.touching(path, owner)
        mentions = frozenset(self.code.mentioning(path, {name}))
        reading = frozenset(place for place in touches if self.code.reads_all(place))
        self.touched.both.append((Both(mentions | reading, touches), self.describe))
        for importer, step in self.code.steps_mentioning(path, {name}):
            if step.owner == owner and importer == path:
                if step.kind is StepKind.BIND and name not in step.binds:
                    for bound in step.binds:
                        self._class_name(path, owner, bound)
            elif owner.rpartition(".")[2] in step.mentions:
                self._step(importer, step)

    def _class(self, path: RepoPath, owner: str) -> None:
        """A class is another one: whoever touches it."""
        if (path, owner) in self._classes:
            return
        self._classes.add((path, owner))
        for place in self.code.touching(path, owner):
            self._place(*place, named=True)
        name = owner.rpartition(".")[2]
        for importer, step in self.code.steps_mentioning(path, {name}):
            if step.kind is not StepKind.CLASS:  # a subclass is touched as the class is
                self._step(importer, step)
