"""Files that no import leads to: whose samples, snapshots and generators they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.model import EdgeKind, RepoPath
from pytest_txselect.project.tree import ancestors, file_name, folder_of, join
from pytest_txselect.source.facts import FileFacts
from pytest_txselect.source.words import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.engine.reading import DataReaders
    from pytest_txselect.graph.reach import Reach

__all__ = ["Strays"]

TEST: Final = "test"
READING: Final = frozenset({EdgeKind.DATA, EdgeKind.DECLARED, EdgeKind.SCRIPT})
"""How a file may depend on another one without importing it."""


class Strays:
    """Finds whom stray files may concern.

    Args:
        project: the repository.
        ends: the graphs, that of the head first.
        reading: finds who names what.
    """

    def __init__(self, project: Project, ends: tuple[End, ...], reading: DataReaders) -> None:
        self._project: Final = project
        self._ends: Final = ends
        self._reading: Final = reading
        self._folders: frozenset[str] | None = None
        self._tests: dict[str, list[RepoPath]] | None = None

    def is_alone(self, path: RepoPath) -> bool:
        """Whether nothing leads to a Python file, but that others are in its package."""
        return not any(
            edge.kind is not EdgeKind.PACKAGE for end in self._ends for edge in end.view.edges_to(path)
        )

    def find_namers(self, reach: Reach) -> Iterator[tuple[RepoPath, RepoPath]]:
        """Stray Python files that are reached, each with a file that names a folder in which it is, or that owns it.

        Samples that tests check, or copies of projects: folders that have no tests, and no package that is imported.
        """
        for path in [each for each in reach.ways if each.endswith(".py")]:
            if self._project.is_test(path) or not self.is_alone(path):
                continue
            namers = {**dict.fromkeys(self.find_owners(path)), **self._find_folder_namers(path)}
            yield from ((path, each) for each in namers if each not in reach)

    def find_text_readers(self, path: RepoPath) -> list[RepoPath]:
        """Who may read a Python file as data, down to its comments; nobody where it is imported."""
        edges = [
            edge
            for end in self._ends
            for edge in end.view.edges_to(path)
            if edge.kind is not EdgeKind.PACKAGE
        ]
        if any(edge.kind not in READING for edge in edges):
            return []
        found = {*(edge.source for edge in edges), *self.find_owners(path), *self._find_folder_namers(path)}
        return sorted(found.union(self._reading.certain_listers(path)) - {path})

    def _find_folder_namers(self, path: RepoPath) -> dict[RepoPath, str]:
        folders: list[str] = []
        for folder in ancestors(path):
            if not folder or folder in self._test_folders() or self._is_imported(folder):
                break
            folders.append(folder)
        return self._reading.namers(path, folders)

    def _is_imported(self, folder: str) -> bool:
        """Whether a folder is a package of which others know."""
        init = RepoPath(join(folder, "__init__.py"))
        return any(
            edge.kind is not EdgeKind.PACKAGE and not edge.source.startswith(f"{folder}/")
            for end in self._ends
            for edge in end.view.edges_to(init)
        )

    def _test_folders(self) -> frozenset[str]:
        if self._folders is None:
            self._folders = frozenset(
                folder_of(each) for several in self._by_stem().values() for each in several
            )
        return self._folders

    def find_owners(self, path: str) -> list[RepoPath]:
        """Test files after which, or after a test of which, a file or a folder that it is in is named, below their folder.

        `__snapshots__/test_a.ambr`, `test_a/x.csv`, `cassettes/test_one.yaml`, `test_a.test_one.approved.txt`, `snap_test_a.py`.
        """
        parts = [[*_find_test_names(part)] for part in path.split("/")]
        if not any(parts):
            return []
        above = {*ancestors(path)}
        tests = self._by_stem()
        for names in parts:  # the outermost folder first
            found = [
                each
                for name in names
                for each in tests.get(name, ())
                if folder_of(each) in above and each != path
            ]
            if found:
                return list(dict.fromkeys(found))
        nearest = next((folder for folder in ancestors(path) if folder in self._test_folders()), None)
        last = frozenset(parts[-1])
        near = (each for several in tests.values() for each in several if folder_of(each) == nearest)
        return [each for each in near if self._defines(each, last)]

    def _defines(self, path: RepoPath, names: frozenset[str]) -> bool:
        facts = self._ends[0].facts.get(path)
        return isinstance(facts, FileFacts) and not names.isdisjoint(facts.names | facts.bound)

    def _by_stem(self) -> dict[str, list[RepoPath]]:
        """The test files of the head, by their names without ending."""
        if self._tests is None:
            self._tests = {}
            for path in self._ends[0].facts:
                if self._project.is_test(path) and file_name(path) != "conftest.py":
                    self._tests.setdefault(file_name(path).removesuffix(".py"), []).append(path)
        return self._tests

    def find_waiting(self) -> list[RepoPath]:
        """Files that import modules which are not there: a script that nobody imports may generate them."""
        return sorted({path for end in self._ends for path, places in end.missing.items() if places})


def _find_test_names(part: str) -> Iterator[str]:
    """What a part of a path may be called after: `snap_test_a.py` after `test_a`."""
    for word in NAME.findall(part):
        at = word.find(TEST)
        if at >= 0:
            yield word[at:]
            yield word
