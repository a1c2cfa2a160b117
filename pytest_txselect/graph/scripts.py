"""Edges to scripts that strings name, whole or in part."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from fnmatch import translate
from typing import TYPE_CHECKING, Final

from pytest_txselect.graph.names import Names, below
from pytest_txselect.model import EdgeKind, RepoPath
from pytest_txselect.project.tree import ancestors, file_name, folder_of, join
from pytest_txselect.source.facts import ENDS_NAME, FileFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

    from pytest_txselect.graph.graph import Out

__all__ = ["ScriptEdges"]

COMMON: Final = frozenset({"__init__.py", "conftest.py", "setup.py", "__main__.py"})
"""File names that say too little to be looked for everywhere."""
OWN_PLACE: Final = frozenset({"__file__", "__path__"})


@dataclass(slots=True)
class ScriptEdges:
    """Finds scripts. Pure: one tree.

    Attributes:
        names: the project.
        is_test: whether pytest collects a path.
    """

    names: Names
    is_test: Callable[[str], bool]
    _by_name: dict[str, list[RepoPath]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        by_name: defaultdict[str, list[RepoPath]] = defaultdict(list)
        for path in self.names.resolver.tree.python_files():
            by_name[file_name(path)].append(path)
        self._by_name = dict(by_name)

    def of_text(self, path: RepoPath, facts: FileFacts, text: str) -> Iterator[Out]:
        """Edges to the script of a literal path or file name."""
        script = text.partition("::")[0].replace("\\", "/").removeprefix("./").lstrip("/")
        while script.startswith("../"):
            script = script[3:]
        keys = self.names.resolver.tree.keys
        found = [
            RepoPath(join(folder, script))
            for folder in ancestors(path)
            if RepoPath(join(folder, script)) in keys
        ]
        name = file_name(script)
        if not found and not ("/" not in script and name in COMMON):
            found = [
                each for each in self._by_name.get(name, ()) if each == script or each.endswith("/" + script)
            ]
        for each in found:
            if each != path:
                yield each, EdgeKind.SCRIPT, 0
        if (
            not found
            and "/" not in script
            and (not script[:1].isalnum() or ENDS_NAME + script in facts.strings)
        ):
            yield from self._script_ending(path, facts, script)

    def _script_ending(self, path: RepoPath, facts: FileFacts, ending: str) -> Iterator[Out]:
        """`name + "_plug.py"` is any script with that ending; `name + ".py"`: in folders named."""
        if ending == ".py":
            made = facts.made
            for folder in (
                self.listed(path, facts, made.words if made else None) if not made or not made.whole else ()
            ):
                yield below(folder), EdgeKind.SCRIPT, 0
            for glob in made.globs if made else ():
                yield from self._fitting_scripts(path, glob)
            return
        for name, paths in self._by_name.items():
            for each in paths if name.endswith(ending) else ():
                if each != path:
                    yield each, EdgeKind.SCRIPT, 0

    def _fitting_scripts(self, path: RepoPath, glob: str) -> Iterator[Out]:
        """Scripts that a glob fits, without tests: as in a folder that is named."""
        matches = re.compile("(?:.*/)?" + translate(glob)).match
        for each in self.names.resolver.tree.python_files():
            if each != path and matches(each) and not self.is_test(each):
                yield each, EdgeKind.SCRIPT, 0

    def listed(
        self, path: RepoPath, facts: FileFacts, words: AbstractSet[str] | None = None
    ) -> Iterator[str]:
        """Folders that a file which lists folders may mean: its own, and those that its strings name.

        Args:
            path: the file.
            facts: what it says.
            words: those of its strings that may name a folder; None: any.
        """
        folders = self.names.resolver.tree.folders
        if not facts.names.isdisjoint(OWN_PLACE):
            yield folder_of(path)
        for text in sorted(facts.strings if words is None else words):
            name = text.strip("./")
            for above in ancestors(path) if name else ():
                if join(above, name) in folders:
                    yield join(above, name)
