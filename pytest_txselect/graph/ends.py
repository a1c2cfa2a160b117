"""Edges of strings that are the end of a dotted name: what stands in front of it is another name, or the file's own package."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.model import EdgeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_txselect.graph.graph import Out
    from pytest_txselect.graph.names import Names
    from pytest_txselect.model import RepoPath
    from pytest_txselect.source.facts import FileFacts

__all__ = ["DOTTED", "NO_MODULE", "EndEdges"]

DOTTED: Final = re.compile(r"[^\W\d]\w*(\.\w+)*\.?(:[\w./-]*)?\Z")
"""`a.b`, `a.b:name` and `a.b:folder/file.txt`, which names a file of a package."""
END: Final = re.compile(r"(?:\.[^\W\d]\w*)+\Z")
RELATIVE: Final = re.compile(r"(\.+)([^\W\d]\w*(?:\.[^\W\d]\w*)*)(:[\w./-]*)?\Z")
PLACE: Final = re.compile(r"\A\{[\w.!]*\}")
"""What stands in a format for the beginning of a name."""
NO_MODULE: Final = frozenset({
    "bin", "cfg", "conf", "csv", "css", "dat", "db", "gz", "html", "ini", "ipynb", "jpg", "js",
    "json", "lock", "log", "md", "npy", "npz", "pdf", "png", "po", "py", "pyc", "pyi", "rst", "sh",
    "so", "sql", "svg", "tar", "tmp", "toml", "tsv", "txt", "xml", "yaml", "yml", "zip",
})  # fmt: skip
"""Words behind the last dot that make a string a file's name and no module's."""


@dataclass(frozen=True, slots=True)
class EndEdges:
    """Finds what ends of names name. Pure: one tree, one set of facts.

    Attributes:
        names: the project.
        dotted: the edges of a full dotted name in a file: its path, the name, whether it is a test file.
    """

    names: Names
    dotted: Callable[[RepoPath, str, bool], Iterator[Out]]

    def of_file(self, path: RepoPath, facts: FileFacts, *, is_test: bool) -> Iterator[Out]:
        """Edges of all such strings of a file."""
        some = [each for each in facts.strings if each[0] in ".{"]
        if some:
            yield from self._put_behind(path, facts, some, is_test=is_test)
            for text in some:
                yield from self._relative(path, text)

    def _put_behind(
        self, path: RepoPath, facts: FileFacts, some: list[str], *, is_test: bool
    ) -> Iterator[Out]:
        """`f"{PACKAGE}.a.x"`: an end of a dotted name, behind each package that the file names or imports."""
        bare = [PLACE.sub("", each) for each in some]
        ends = [each for each in bare if each[:1] == "." and END.match(each) and each[1:] not in NO_MODULE]
        if not ends:
            return
        known = self.names.resolver.tree.parents
        packages = {each for each in facts.strings if each.partition(".")[0] in known and DOTTED.match(each)}
        if "__name__" in facts.names:
            packages.update(each.module for each in facts.imports if each.level == 0)
        for package in sorted(packages):
            found = self.names.resolver.absolute(path, package, is_test=is_test)
            for folder in found.folders if not found.missing else ():
                children = self.names.children(folder)
                for end in ends:
                    if end[1:].partition(".")[0] in children:
                        yield from self.dotted(path, package + end, is_test)

    def _relative(self, path: RepoPath, text: str) -> Iterator[Out]:
        """`config.add_view(".views.home")`: a name relative to the package of the file, whoever looks it up.

        An ending as `.json` is none, though the package may have such a module: that takes a name behind it.
        """
        match = RELATIVE.match(text)
        if match is None:
            return
        dots, name, _ = match.groups()
        parts = name.split(".")
        if len(parts) == 1 and name in NO_MODULE:
            return
        for length in range(len(parts), 0, -1):
            found = self.names.resolver.relative(path, ".".join(parts[:length]), len(dots))
            if found and not found.missing:
                yield from ((file, EdgeKind.STRING, 0) for file in found.files if file != path)
                for target, _ in self.names.name(found, parts[length], asked=False) if parts[length:] else ():
                    yield target, EdgeKind.STRING, 0
                return
