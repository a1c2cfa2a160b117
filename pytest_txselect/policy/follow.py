"""What an edit touches, symbol by symbol: the functions, classes and imports whose users may behave differently.

This is the column "with evidence" of the table of edits: names are followed from file to file, through the names that are bound
from them, and what cannot be followed falls back to the file as a whole.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, assert_never

from pytest_txselect.policy.having import Beside, Having
from pytest_txselect.policy.held import ModuleHolders
from pytest_txselect.policy.living import find_methods
from pytest_txselect.policy.loading import find_loading
from pytest_txselect.policy.members import Members
from pytest_txselect.policy.names import Name, Names
from pytest_txselect.policy.plain import is_plain, may_expect
from pytest_txselect.policy.project_code import ProjectCode
from pytest_txselect.policy.raised import only_raises
from pytest_txselect.policy.requests import find_asking
from pytest_txselect.policy.suite import COMING, Suite
from pytest_txselect.policy.surroundings import MODULE
from pytest_txselect.policy.touched import Both, Old, Touched
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
from pytest_txselect.source.mentions import IMPORTING, StepKind

if TYPE_CHECKING:
    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.surroundings import Surroundings
    from pytest_txselect.source.edit import Edit, Edits
    from pytest_txselect.source.mentions import AskedFor, Mentions, Step

__all__ = ["follow"]


def follow(path: RepoPath, edits: Edits, around: Surroundings, *, old: Old | None, describe: str) -> Touched:
    """Find whom the edits of one file touch.

    Args:
        path: the file.
        edits: how it differs from the version that evidence was taken from.
        around: the project.
        old: the version that evidence was taken from; None where only bodies of functions differ.
        describe: the edits in words.
    """
    unreadable: set[RepoPath] = set()
    following = _Following(path, old or Old(), describe, ProjectCode(path, around, unreadable.add))
    for edit in edits.edits:
        following.edit(edit)
    if old is not None:
        following.load()
    following.run()
    following.touched.files.update((each, describe) for each in sorted(unreadable))
    return following.touched


class _Following:
    """Follows the edits of one file; `rebinds`: whether what is followed now means another object, see `Name`.

    Args:
        path: the file.
        old: the version that evidence was taken from.
        describe: the edits in words.
        code: the project's code.
        beside: of what is followed beside; None where it is the edits. See `Members`.
    """

    def __init__(
        self, path: RepoPath, old: Old, describe: str, code: ProjectCode, beside: Beside | None = None
    ) -> None:
        self.path = path
        self.around = code.around
        self.old = old
        self.describe = describe
        self.touched = Touched()
        self.code = code
        self._holders = ModuleHolders(self.around)
        begin = partial(_Following, path, old, describe, code)
        self.members = Members(code, old, self, Having(code, begin, self.file), beside)
        self._suite = Suite(code, old, self)
        self._names = Names()
        self.rebinds = False
        self._passing = set(beside.passing if beside else ())
        self._definitions: set[tuple[RepoPath, str]] = set()

    def edit(self, edit: Edit) -> None:  # noqa: C901, PLR0912 - an arm for each kind of edit
        """Begin with one edit."""
        self.rebinds = isinstance(edit, (NameEdit, ClassEdit))
        match edit:
            case DocstringEdit():
                pass  # judged before: whoever may read it is reached by the graph
            case BodyEdit(function=function, code=code):
                self.place(self.path, code)
                self._function(function)
            case DefinitionEdit(change=DefinitionChange.OVERLOADS, owner=owner, name=name):
                self.touched.imports[self.path] = self.describe
                self.members.hand(self.path, owner or "", name)
            case DefinitionEdit():
                self._definition(edit)
            case NameEdit(name=name, calls=calls):
                self.touched.imports[self.path] = self.describe
                self._suite.name(self.path, name)
                self.name(self.path, name, gone=name in self.old.removed)
                if calls:
                    self.place(self.path, name)
            case ClassNameEdit(owner=owner, name=name):
                self.touched.imports[self.path] = self.describe
                self.members.bind(self.path, owner, name)
            case ClassEdit(owner=owner, change=change):
                self.touched.imports[self.path] = self.describe
                if change in {ClassChange.ADDED, ClassChange.REMOVED} and "." not in owner:
                    self.name(self.path, owner, gone=owner in self.old.removed)
                self.members.make(self.path, owner)
                if change is not ClassChange.ADDED:
                    self.members.change(self.path, owner)
            case StatementEdit(script=True):
                self.place(self.path, MODULE)
            case StatementEdit() | FileEdit():
                self.file(self.path)
            case _:
                assert_never(edit)

    def load(self) -> None:
        """Follow what imports no longer load, or for the first time, and whether the file can be imported at all."""
        if self.old.lost:
            self.place(self.path, MODULE)
        for place in find_loading(self.path, self.old, self.code):
            self.place(*place)

    def run(self) -> None:
        """Follow names until there are no more."""
        while each := self._names.take():
            self.rebinds = each.rebinds
            self._follow_name(each.path, each.name, gone=each.gone, plain=each.plain)

    def place(self, path: RepoPath, qualname: str, *, named: bool = False) -> None:
        """Some code is touched; `named`: it was found by the name of an attribute."""
        self.touched.add((path, qualname), self.describe, named=named)

    def both(self, both: Both) -> None:
        """Whoever uses two pieces of code is touched."""
        self.touched.both.append((both, self.describe))

    def file(self, path: RepoPath) -> None:
        """Whoever reaches a file by the graph is touched."""
        self.touched.files.setdefault(path, self.describe)

    def name(self, path: RepoPath, name: str, *, gone: bool = False, plain: bool = False) -> None:
        """A module-level name means something else."""
        self._names.add(Name(path, name, gone, plain, self.rebinds))

    def _function(self, qualname: str) -> None:
        for each in (qualname, *find_methods(qualname, self.around.mentions(self.path))):
            self.place(self.path, each)

    def _definition(self, edit: DefinitionEdit) -> None:
        """A function is defined differently: whoever executed it, or mentions its name."""
        if edit.change not in COMING:
            self.touched.imports[self.path] = self.describe
        if edit.change is not DefinitionChange.ADDED:
            self._function(edit.function)
        if self.members.is_registered(self.path, edit):
            self.place(self.path, MODULE)
        self._suite.define(self.path, edit)
        if edit.owner is not None:
            self.members.define(self.path, edit, edit.owner)
            return
        gone = edit.change is DefinitionChange.REMOVED and edit.name in self.old.removed
        self.name(self.path, edit.name, gone=gone, plain=is_plain(edit, self.old, self.code, None))

    def _follow_name(self, path: RepoPath, name: str, *, gone: bool, plain: bool) -> None:
        """A module-level name means something else: in its own file, and where it is imported from there."""
        mentions = self.around.mentions(path)
        if mentions is None:
            self.file(path)
            return
        self._inside(path, mentions, {name}, gone=gone, plain=plain)
        for qualname in mentions.reading_all:
            self.place(path, qualname)
        for asked in mentions.asked:
            if asked.reads_all:
                self._asked(path, asked)
        self._follow_holders(path, name, gone=gone, plain=plain)
        words = {name, *self._holders.called(path)}
        for importer in self.around.importers(path):
            known = importer != path and any(self.around.knows(importer, word) for word in words)
            if known or self.code.takes_all(importer, path, name):
                self._from(importer, path, name, gone=gone, plain=plain)

    def _follow_holders(self, path: RepoPath, name: str, *, gone: bool, plain: bool) -> None:
        """A module-level name means something else: to whoever takes it as an attribute of the module."""
        for user, qualname in self._holders.places(path, name, plain=plain):
            passing = (path, name) in self._passing
            if not (passing and only_raises(self.around.mentions(user), qualname, {name})):
                self.place(user, qualname)
        for other, step in self._holders.steps(path, name):
            self.step(other, step)
            if gone and name in step.mentions:
                self.place(other, MODULE)

    def _inside(
        self, path: RepoPath, mentions: Mentions, names: set[str], *, gone: bool = True, plain: bool = False
    ) -> None:
        """Functions of a file that mention a name, and what its import-time code makes of it."""
        passing = any((path, name) in self._passing for name in names)
        only_called = plain and not may_expect(self.around, path)
        for qualname in mentions.mentioning(names):
            if not (gone or mentions.names_plainly(qualname, names)):
                continue
            if passing and only_raises(mentions, qualname, names):
                continue
            if not only_called or mentions.has_in_hand(qualname, names, in_text=gone):
                self.place(path, qualname)
        for step in mentions.steps:
            if not names.isdisjoint(step.mentions) and (gone or step.names_plainly(names)):
                self.step(path, step, plain=plain)
        for asked in mentions.asked:
            if not names.isdisjoint(asked.mentions):
                self._asked(path, asked)

    def _asked(self, path: RepoPath, asked: AskedFor) -> None:
        """The module's `__getattr__` gives something else for some names: to whoever asks for one of them."""
        asking = find_asking(self.around, self._holders, path, asked.names)
        self.both(Both(frozenset(asking), frozenset({(path, "__getattr__")})))

    def step(self, path: RepoPath, step: Step, *, plain: bool = False) -> None:
        """A statement that executes at import is touched."""
        self.touched.made.add(path)
        if self.code.acts(path, step):
            self.place(path, MODULE)
            for bound in step.binds if not step.owner else ():
                self.name(path, bound)
            return
        for bound in step.binds:
            self._bind(path, step, bound, plain=plain)

    def _bind(self, path: RepoPath, step: Step, name: str, *, plain: bool) -> None:
        """A statement that does nothing but to bind a name is touched."""
        match step.kind:
            case StepKind.DEFINE:
                self._redefine(path, step.owner, name)
            case StepKind.ANNOTATE:
                self.members.annotate(path, step.owner, name)
            case StepKind.CLASS:
                self.members.inherit(path, f"{step.owner}.{name}" if step.owner else name)
            case StepKind.BIND | StepKind.ACT if step.owner:
                self.members.bind(path, step.owner, name)
            case StepKind.BIND | StepKind.ACT:
                self.name(path, name, plain=plain)
            case _:
                assert_never(step.kind)

    def _redefine(self, path: RepoPath, owner: str, name: str) -> None:
        """Something in the defaults or decorators of a function means something else."""
        qualname = f"{owner}.{name}" if owner else name
        if (path, qualname) in self._definitions:
            return
        self._definitions.add((path, qualname))
        self.place(path, qualname)
        if owner:
            self.members.redefine(path, owner, name)
        else:
            self.name(path, name, plain=self.code.is_plain_function(path, qualname))

    def _from(self, importer: RepoPath, path: RepoPath, name: str, *, gone: bool, plain: bool) -> None:
        """A file that imports another one, of which a name means something else."""
        mentions = self.around.mentions(importer)
        if mentions is None:
            self.file(importer)
            return
        linking = [each for each in mentions.imports if path in self.around.means(importer, each)]
        for each in linking:
            if each.name == name or (each.name == "*" and self.code.shows(path, name)):
                alias = name if each.name == "*" else each.alias
                if (path, name) in self._passing:
                    self._passing.add((importer, alias))
                if each.toplevel:
                    self.name(importer, alias, gone=gone, plain=plain)
                    if gone and each.name == name:
                        self.place(importer, MODULE)
                else:
                    self._inside(importer, mentions, {alias, name}, gone=gone, plain=plain)
        called = self._holders.called(path)
        if not (linking or mentions.only_chains(called)):  # by a string, a computed name, a lazy table
            self._inside(importer, mentions, {name, *IMPORTING, *called})
            self.name(importer, name, gone=gone)
