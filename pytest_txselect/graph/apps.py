"""What Django finds by its conventions: modules of installed applications, commands by their names, models by labels."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_txselect.model import EdgeKind, RepoPath
from pytest_txselect.project.tree import file_name, folder_of, join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.graph.graph import Out
    from pytest_txselect.graph.names import Names
    from pytest_txselect.project.resolve import Found
    from pytest_txselect.source.facts import FileFacts

__all__ = ["Applications"]

INSTALLING: Final = frozenset({"INSTALLED_APPS", "modify_settings", "override_settings"})
"""Names of what says which applications are installed."""
CALLING: Final = frozenset({"call_command", "execute_from_command_line"})
COMMANDS: Final = "/management/commands"
LOADED: Final = ("apps", "admin", "signals", "checks")
"""Modules of an application that are imported for whoever has it installed. Its models are imported by whoever uses them."""
SEARCHED: Final = ("migrations", "templatetags")
"""Packages of an application of which every module is."""
MODELS: Final = "models"


@dataclass(slots=True)
class Applications:
    """Finds them. Pure: one tree.

    Attributes:
        names: the project.
    """

    names: Names
    _commands: dict[str, list[RepoPath]] | None = field(default=None, repr=False)

    def loaded(self, path: RepoPath, facts: FileFacts, *, is_test: bool) -> Iterator[Out]:
        """Edges of a file that installs applications, and of one that calls commands."""
        if not facts.names.isdisjoint(INSTALLING):
            for text in sorted(facts.strings & self.names.resolver.tree.parents.keys()) + sorted(
                each for each in facts.strings if "." in each and each.replace(".", "").isidentifier()
            ):
                found = self.names.resolver.absolute(path, text, is_test=is_test)
                for folder in found.folders if found and not found.missing else ():
                    yield from self._modules_of(folder)
                above, _, _ = text.rpartition(".apps.")
                for folder in (
                    self.names.resolver.absolute(path, above, is_test=is_test).folders if above else ()
                ):
                    yield from self._modules_of(folder)
        if not facts.names.isdisjoint(CALLING):
            commands = self._find_commands()
            for name in sorted(facts.strings & commands.keys()):
                yield from ((each, EdgeKind.STRING, 0) for each in commands[name])

    def _modules_of(self, folder: str) -> Iterator[Out]:
        """What is imported of an application in a folder."""
        children = self.names.children(folder)
        found = [children[name] for name in LOADED if name in children]
        for name in SEARCHED:
            found += self.names.children(join(folder, name)).values()
        for each in found:
            yield each, EdgeKind.STRING, 0

    def models(self, found: Found, name: str) -> Iterator[Out]:
        """The models of an application, which `"shop.Item"` names by its label."""
        for folder in found.folders:
            children = self.names.children(folder)
            if MODELS in children and name not in children and name[:1].isupper():
                yield children[MODELS], EdgeKind.STRING, 0

    def _find_commands(self) -> dict[str, list[RepoPath]]:
        """The commands of all applications, by name."""
        if self._commands is None:
            found: defaultdict[str, list[RepoPath]] = defaultdict(list)
            for path in self.names.resolver.tree.python_files():
                if folder_of(path).endswith(COMMANDS):
                    found[file_name(path).removesuffix(".py")].append(path)
            self._commands = dict(found)
        return self._commands
