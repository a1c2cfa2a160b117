"""Who has a module in hand: as `module.name`, or as an object whose names can be read in ways that no text shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.model import RepoPath
from pytest_txselect.policy.plain import may_expect
from pytest_txselect.project.tree import file_name, folder_of
from pytest_txselect.source.mentions import Imported
from pytest_txselect.source.uses import Use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_txselect.policy.surroundings import Place, Surroundings
    from pytest_txselect.source.mentions import Mentions
    from pytest_txselect.source.steps import Step
    from pytest_txselect.source.uses import Used

__all__ = ["ModuleHolders"]

TAKING: Final = frozenset({Use.TAKEN, Use.STORED, Use.MIXED})
"""Uses of a module after which anybody may have it, or something else is there in its place."""


class ModuleHolders:
    """Finds code that has modules in hand; remembers what each is called.

    Args:
        around: the project.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._called: dict[RepoPath, frozenset[str]] = {}
        self._local: dict[tuple[RepoPath, RepoPath], _Held] = {}
        self._by_word: dict[RepoPath, dict[str, set[str]]] = {}

    def called(self, path: RepoPath) -> frozenset[str]:
        """What a module is called in the files that depend on it: its own name, and what importers make of it."""
        if path not in self._called:
            own = file_name(path).removesuffix(".py")
            if own == "__init__":
                own = file_name(folder_of(path))
            names = {own}
            for importer in self._around.importers(path):
                names |= self._around.aliases(importer, own)
            self._called[path] = frozenset(names)
        return self._called[path]

    def places(self, path: RepoPath, name: str, *, plain: bool = False) -> Iterator[Place]:
        """Functions of other files that take a name of a module, or may read every name of it.

        Args:
            path: the module.
            name: the name.
            plain: whether it is enough to look at those that do more with it than to call it; see `plain.is_plain`.
        """
        for each, mentions in self._candidates(path, name):
            only_called = plain and not may_expect(self._around, each)
            held = self._held(path, each, mentions)
            for qualname in self._speaking(each, mentions, {name, *held.called, *held.local}):
                uses = mentions.uses.get(qualname, frozenset())
                if held.has(name, uses, mentions.dotted.get(qualname, frozenset()), only_called=only_called):
                    yield each, qualname

    def _speaking(self, path: RepoPath, mentions: Mentions, words: set[str]) -> Iterable[str]:
        """Functions of a file that use one of some identifiers, or have it in a string; `_Held.has` is false for all others."""
        if path not in self._by_word:
            by_word: dict[str, set[str]] = {}
            for qualname in mentions.functions:
                found = {used.name for used in mentions.uses.get(qualname, ())}
                for word in found.union(*mentions.dotted.get(qualname, ())):
                    by_word.setdefault(word, set()).add(qualname)
            self._by_word[path] = by_word
        by_word = self._by_word[path]
        found = set().union(*(by_word[word] for word in words if word in by_word))
        return [qualname for qualname in mentions.functions if qualname in found]

    def steps(self, path: RepoPath, name: str) -> Iterator[tuple[RepoPath, Step]]:
        """What executes when other files are imported, and does the same."""
        for each, mentions in self._candidates(path, name):
            held = self._held(path, each, mentions)
            for step in mentions.steps:
                if held.has(name, step.uses, step.dotted):
                    yield each, step

    def _candidates(self, path: RepoPath, name: str) -> Iterator[tuple[RepoPath, Mentions]]:
        called = self.called(path)
        for each in sorted(self._around.reaching(path)):
            if each == path or not any(self._around.knows(each, word) for word in called):
                continue
            if self._around.knows(each, name) or self._around.may_hold(each, called):
                mentions = self._around.mentions(each)
                if mentions is not None:
                    yield each, mentions

    def _held(self, path: RepoPath, user: RepoPath, mentions: Mentions) -> _Held:
        """What a module is called in one file."""
        key = (path, user)
        if key not in self._local:
            called = self.called(path)
            local: set[str] = set()
            for each in mentions.imports:
                if each.name == "*":
                    local |= called
                elif path in self._around.means(user, each) and not self._is_member(path, user, each):
                    local.add(each.alias)
            package = RepoPath(f"{folder_of(path)}/__init__.py") if folder_of(path) else None
            parents = self.called(package) if package is not None and package != path else frozenset()
            self._local[key] = _Held(called, frozenset(local), parents)
        return self._local[key]

    def _is_member(self, path: RepoPath, user: RepoPath, imported: Imported) -> bool:
        """Whether an import statement takes a name out of a module, not the module."""
        if not imported.name:  # `import a.b` binds `a`, `import a.b as c` the module
            first, _, rest = imported.module.partition(".")
            return bool(rest) and imported.alias == first and not path.endswith("/__init__.py")
        whole = Imported(imported.module, "", imported.alias, imported.toplevel)
        return path in self._around.means(user, whole)


@dataclass(frozen=True, slots=True)
class _Held:
    """What a module is called in a file.

    Attributes:
        called: as an attribute of its package.
        local: as a plain name.
        parents: what its package is called.
    """

    called: frozenset[str]
    local: frozenset[str]
    parents: frozenset[str]

    def has(
        self,
        name: str,
        uses: frozenset[Used],
        dotted: frozenset[tuple[str, ...]],
        *,
        only_called: bool = False,
    ) -> bool:
        """Whether code takes a name of the module, or has the module itself in hand."""
        if any(
            parts[-1] in self.called or (name in parts and not self.called.isdisjoint(parts))
            for parts in dotted
        ):
            return True
        for used in uses:
            if used.name == name and (used.base in self.local or used.base in self.called):
                if not only_called or used.use not in {Use.CALLED, Use.RAISED}:
                    return True
            elif used.use in TAKING and (
                used.name in self.local
                if not used.base
                else used.name in self.called and used.base in self.parents
            ):
                return True
        return False
