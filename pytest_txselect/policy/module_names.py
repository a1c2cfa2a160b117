"""What is called like an attribute of a class, and is a name of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.surroundings import Surroundings
    from pytest_txselect.source.mentions import Mentions
    from pytest_txselect.source.uses import Used

__all__ = ["ModuleNames"]


class ModuleNames:
    """Tells modules apart from other objects, by the imports of each file; remembers its answers.

    Args:
        around: the project.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._foreign: dict[tuple[RepoPath, bool], frozenset[str]] = {}

    def may_be_own(
        self, path: RepoPath, mentions: Mentions, uses: Iterable[Used], names: set[str] | frozenset[str]
    ) -> bool:
        """Whether one of some uses may be of the project's attributes: not all are of modules outside of it."""
        uses = list(uses)
        bases = {each.base for each in uses if each.name in names}
        foreign = self.modules(path, mentions)
        inside = {each.name for each in uses if each.base in foreign} - {
            each.name for each in uses if each.base not in foreign
        }  # `pdb.Pdb` in `pdb.Pdb.set_trace`
        return not bases or not bases <= foreign | inside

    def modules(self, path: RepoPath, mentions: Mentions, *, own: bool = False) -> frozenset[str]:
        """What modules from outside of the project are called in a file, and nothing else; `own`: the project's too."""
        if (path, own) not in self._foreign:
            modules: set[str] = set()
            for each in mentions.imports:
                if each.name:
                    continue  # taken out of a module; it may be one, and need not
                files = self._around.means(path, each)
                if all(map(self._is_plain_module, files)) if own else not files:
                    modules.add(each.alias)
            bound = {name for step in mentions.steps for name in step.binds}
            self._foreign[path, own] = frozenset(modules - bound - mentions.bound)
        return self._foreign[path, own]

    def fetches_plainly(self, path: RepoPath, mentions: Mentions, name: str) -> bool:
        """Whether import statements take a name out of nothing but modules."""
        return all(
            all(map(self._is_plain_module, self._around.means(path, each)))
            for each in mentions.imports
            if each.name == name
        )

    def _is_plain_module(self, path: RepoPath) -> bool:
        """Whether a file does not put an object of a class in the place of its module, as lazy packages do."""
        return not (self._around.knows(path, "modules") or self._around.knows(path, "__class__"))
