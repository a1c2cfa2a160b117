"""The tests of a project as far as its source tells, with the classes and fixtures around them.

For counting only. pytest has the last word about what it collects; nothing is selected by what stands here.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_txselect.engine.classes import Classes, KnownClass
from pytest_txselect.model import RepoPath
from pytest_txselect.policy.marking import import_names
from pytest_txselect.project.tree import ancestors, folder_of, join
from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import FileFacts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pytest_txselect.source.outline import Function

__all__ = ["Suite", "TestGroup"]


class Suite:
    """The tests of a work tree.

    Args:
        classes: finds classes.
        wanted: names with dots by which a class may be asked for.
    """

    def __init__(self, classes: Classes, wanted: Iterable[str]) -> None:
        self.classes = classes
        self.project = classes.project
        self._imports: dict[RepoPath, frozenset[str]] = {}
        self._wanted = {name: classes.find_anywhere(name) for name in wanted}

    @cached_property
    def files(self) -> list[RepoPath]:
        """The test files."""
        return self.project.test_files(self.classes.tree.keys)

    def groups(self, path: RepoPath) -> Iterator[TestGroup]:
        """The tests of a file: those outside of classes, then those of each class that pytest collects."""
        yield TestGroup(self, path, None, "")
        outline = self.classes.outline(path)
        for name, inner in outline.body.classes.items():
            yield from self._class_groups(path, KnownClass(path, inner), name)
        for name in outline.imported.keys() - outline.body.classes.keys():
            found = self.classes.find(path, name) if self.names_class(name) else ""
            if isinstance(found, KnownClass):
                yield from self._class_groups(path, found, name)

    def _class_groups(self, path: RepoPath, found: KnownClass, name: str) -> Iterator[TestGroup]:
        group = TestGroup(self, path, found, name)
        if group.collected:
            yield group
            for last, inner in found.outline.classes.items():
                yield from self._class_groups(path, KnownClass(found.path, inner), f"{name}::{last}")

    def names_class(self, name: str) -> bool:
        """Whether pytest collects a class by its name."""
        return _fits(name, self.project.config.python_classes)

    def imports(self, path: RepoPath) -> frozenset[str]:
        """Modules that a file imports."""
        if path not in self._imports:
            facts = read_facts(self.classes.read(path))
            root = self.project.relative(self.classes.resolver.own_root(folder_of(path)))
            self._imports[path] = (
                import_names(self.project.relative(path), facts, "" if root.startswith("..") else root)
                if isinstance(facts, FileFacts)
                else frozenset()
            )
        return self._imports[path]

    def wanted_names(self, ancestry: Collection[KnownClass | str]) -> Iterator[str]:
        """Those of the wanted names by which a package re-exports a class of some ancestry from a module below it."""
        for name, found in self._wanted.items():
            front = f"{name.rpartition('.')[0]}."
            if isinstance(found, KnownClass) and any(found.is_same(each) for each in ancestry):
                yield from (name for each in self.classes.spell(found) if each.startswith(front))

    def fixtures(self, path: RepoPath) -> dict[str, Function]:
        """Fixtures of a file and of the conftests above it."""
        found: dict[str, Function] = {}
        for folder in reversed([*ancestors(path)]):
            conftest = RepoPath(join(folder, "conftest.py"))
            if conftest in self.classes.tree.keys:
                found |= self.classes.outline(conftest).body.fixtures
        return found | self.classes.outline(path).body.fixtures


class TestGroup:
    """The tests of one class, or of a file outside of its classes.

    Args:
        suite: all tests.
        path: the file that pytest collects them from.
        owner: the class, wherever it is defined; None outside of classes.
        name: by which the file knows it.
    """

    def __init__(self, suite: Suite, path: RepoPath, owner: KnownClass | None, name: str) -> None:
        self._suite = suite
        self._file = path
        self._name = name
        self._ancestry = suite.classes.ancestry(owner) if owner else []
        known = [each.outline for each in self._ancestry if isinstance(each, KnownClass)]
        self._bodies = known or [suite.classes.outline(path).body]
        self._is_case = any(isinstance(each, str) and each.endswith("TestCase") for each in self._ancestry)
        self.path = suite.project.relative(path)

    @property
    def collected(self) -> bool:
        """Whether pytest collects the class; a base from outside is taken for unittest's by its name."""
        barred = any(each.barred for each in self._bodies)
        return self._is_case or (self._suite.names_class(self._name.rpartition("::")[2]) and not barred)

    def bases(self) -> Collection[str]:
        """Every spelling of the class and of what it inherits."""
        spelled = {name for each in self._ancestry for name in self._suite.classes.spell(each)}
        return spelled | set(self._suite.wanted_names(self._ancestry))

    def imports(self) -> Collection[str]:
        """Modules that the file imports."""
        return self._suite.imports(self._file)

    def tests(self) -> Iterator[tuple[str, Collection[str]]]:
        """Name of each test, as after the `::` of its node id, with the fixtures that it uses."""
        functions: dict[str, Function] = {}
        known = self._suite.fixtures(self._file)
        for body in reversed(self._bodies):
            functions |= body.functions
            known |= body.fixtures
        config = self._suite.project.config
        around = {*config.usefixtures, *self._suite.classes.outline(self._file).body.asks}
        around.update(name for body in self._bodies for name in body.asks)
        around.update(each.name for each in known.values() if each.autouse)
        patterns = ("test",) if self._is_case else config.python_functions
        for name, function in functions.items():
            if _fits(name, patterns):
                full = f"{self._name}::{name}" if self._name else name
                yield full, _close(around | function.asks, known)


def _fits(name: str, patterns: Iterable[str]) -> bool:
    """Whether pytest collects a name: by its beginning, or by a pattern."""
    return any(
        name.startswith(each) or (re.search(r"[*?\[]", each) is not None and fnmatchcase(name, each))
        for each in patterns
    )


def _close(asked: Iterable[str], known: Mapping[str, Function]) -> frozenset[str]:
    """Fixtures, and those that these ask for."""
    found: set[str] = set()
    waiting = list(asked)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += known[name].asks if name in known else ()
    return frozenset(found)
