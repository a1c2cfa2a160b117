"""The classes of a project as far as its source tells: where a name leads to, and what a class inherits.

For counting only; nothing is selected by what stands here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pytest_txselect.model import RepoPath
from pytest_txselect.policy.marking import spell_class
from pytest_txselect.project.disk import read_source
from pytest_txselect.project.resolve import NOTHING, Found, Resolver, find_layout
from pytest_txselect.project.tree import ProjectTree, join
from pytest_txselect.source.outline import ClassOutline, Imported, read_outline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from pytest_txselect.engine.project import Project
    from pytest_txselect.source.outline import Outline

__all__ = ["Classes", "KnownClass"]

MOST_STEPS: Final = 20
"""How many files a name is followed through."""
DEFINITION: Final = re.compile(rb"(?m)^\s*class\s+(\w+)")


@dataclass(frozen=True, slots=True)
class KnownClass:
    """A class of the project, and the file that defines it."""

    path: RepoPath
    outline: ClassOutline

    def is_same(self, other: KnownClass | str) -> bool:
        """Whether another one is the same class."""
        return isinstance(other, KnownClass) and (self.path, self.outline.name) == (
            other.path,
            other.outline.name,
        )


class Classes:
    """Finds classes in a work tree, reading each file once, and only those that a name leads to.

    Args:
        project: the repository.
        keys: every file of it.
    """

    def __init__(self, project: Project, keys: Mapping[RepoPath, str]) -> None:
        self.project = project
        self.tree = ProjectTree(keys)
        layout = find_layout(
            self.tree,
            project.rootdir,
            project.pythonpath,
            project.is_test,
            own_root_first=project.own_root_first,
        )
        self.resolver = Resolver(self.tree, layout)
        self._outlines: dict[RepoPath, Outline] = {}

    def read(self, path: RepoPath) -> bytes:
        """The bytes of a file; none where it cannot be read."""
        return read_source(self.project.git.repository.top, path) or b""

    def outline(self, path: RepoPath) -> Outline:
        """The outline of a file."""
        if path not in self._outlines:
            self._outlines[path] = read_outline(self.read(path))
        return self._outlines[path]

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of all classes that any Python file seems to define, and of bases in the files read so far."""
        waiting = [outline.body for outline in self._outlines.values()]
        found: set[str] = set()
        while waiting:
            each = waiting.pop()
            found.update(base.rpartition(".")[2] for base in each.bases)
            waiting += each.classes.values()
        for path in self.tree.python_files():
            found.update(name.decode("utf-8", "replace") for name in DEFINITION.findall(self.read(path)))
        return frozenset(found)

    def ancestry(self, start: KnownClass) -> list[KnownClass | str]:
        """A class and all that it inherits, nearest first; dotted names for what is not of the project."""
        found: list[KnownClass | str] = []
        waiting = [start]
        while waiting:
            each = waiting.pop(0)
            if any(each.is_same(other) for other in found):
                continue
            found.append(each)
            for base in each.outline.bases:
                answer = self.find(each.path, base)
                if isinstance(answer, KnownClass):
                    waiting.append(answer)
                else:
                    found.append(answer)
        return found

    def find(self, path: RepoPath, dotted: str, steps: int = MOST_STEPS) -> KnownClass | str:
        """What a name means in a file: a class of the project, or else its dotted name in full."""
        outline = self.outline(path)
        first, *rest = dotted.split(".")
        if first in outline.body.classes:
            found: ClassOutline | None = outline.body.classes[first]
            for part in rest:
                found = found.classes.get(part) if found else None
            return KnownClass(path, found) if found else dotted
        source = outline.imported.get(first)
        if source is not None:
            return self._follow(path, source, [*filter(None, [source.name]), *rest], steps)
        answers = (self._follow(path, star, [first, *rest], steps) for star in outline.stars)
        return next((each for each in answers if isinstance(each, KnownClass)), dotted)

    def find_anywhere(self, dotted: str) -> KnownClass | str:
        """What a name in full means, as seen from the rootdir."""
        here = RepoPath(join(self.project.rootdir, "conftest.py"))
        return self._follow(here, Imported("", 0, ""), dotted.split("."), MOST_STEPS)

    def _follow(
        self, path: RepoPath, source: Imported, names: Collection[str], steps: int
    ) -> KnownClass | str:
        """What names mean that a file takes from a module, which may only hand them on."""
        parts = [*filter(None, source.module.split(".")), *names]
        for length in range(len(parts) - 1, -1, -1) if steps else ():
            module = self._locate(path, ".".join(parts[:length]), source.level)
            if module.missing or not module.files:
                continue
            for file in module.files:
                answer = self.find(file, ".".join(parts[length:]), steps - 1) if file.endswith(".py") else ""
                if isinstance(answer, KnownClass):
                    return answer
            break
        return ".".join(parts)

    def _locate(self, path: RepoPath, module: str, level: int) -> Found:
        if level:
            return self.resolver.relative(path, module, level)
        return self.resolver.absolute(path, module, is_test=self.project.is_test(path)) if module else NOTHING

    def spell(self, found: KnownClass | str) -> Iterator[str]:
        """Every spelling of a class."""
        if isinstance(found, str):
            return spell_class(found)
        module = self.project.relative(found.path).removesuffix(".py").removesuffix("/__init__")
        return spell_class(f"{module.replace('/', '.').lstrip('.')}.{found.outline.name}")
