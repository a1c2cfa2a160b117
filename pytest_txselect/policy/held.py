"""Who has a module in hand: as `module.name`, or as an object whose names can be read in ways that no text shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.project.tree import file_name, folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.surroundings import Place, Surroundings
    from pytest_txselect.source.mentions import Step

__all__ = ["ModuleHolders"]


class ModuleHolders:
    """Finds code that has modules in hand; remembers what each is called.

    Args:
        around: the project.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._called: dict[RepoPath, frozenset[str]] = {}

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
        """Functions of other files that mention a name beside its module, or may read every name of the module.

        Args:
            path: the module.
            name: the name.
            plain: whether it is enough to look at those that do more with it than to call it; see `follow.Edited`.
        """
        called = self.called(path)
        for each in self._candidates(path, name):
            mentions = self._around.mentions(each)
            if mentions is None:
                continue
            only_called = plain and not self._around.is_test(each)
            for qualname, found in mentions.functions.items():
                used = mentions.uncalled[qualname] if only_called else found
                beside = name in used and not called.isdisjoint(found)
                if beside or not called.isdisjoint(mentions.taken[qualname]):
                    yield each, qualname

    def steps(self, path: RepoPath, name: str) -> Iterator[tuple[RepoPath, Step]]:
        """What executes when other files are imported, and does the same."""
        called = self.called(path)
        for each in self._candidates(path, name):
            mentions = self._around.mentions(each)
            for step in mentions.steps if mentions else ():
                beside = name in step.mentions and not called.isdisjoint(step.mentions)
                if beside or not called.isdisjoint(step.taken):
                    yield each, step

    def _candidates(self, path: RepoPath, name: str) -> Iterator[RepoPath]:
        called = self.called(path)
        for each in sorted(self._around.reaching(path)):
            if each == path or not any(self._around.knows(each, word) for word in called):
                continue
            if self._around.knows(each, name) or self._around.may_hold(each, called):
                yield each
