"""Files that no import leads to: whose samples, snapshots and generators they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.graph.reach import is_group
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
    from pytest_txselect.model import Edge

__all__ = ["Strays"]

TEST: Final = "test"
READING: Final = frozenset({EdgeKind.DATA, EdgeKind.DECLARED, EdgeKind.SCRIPT})
"""How a file may depend on another one without importing it."""

CHANCE: Final = frozenset({EdgeKind.FOLDER, EdgeKind.STRING})
"""How it may do so without a word that means the file: all modules below a folder are listed somewhere, or one is called so."""


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
        self._unlisted: Final[dict[RepoPath, bool]] = {}
        self._tests: dict[str, list[RepoPath]] | None = None

    def find_edges(self, path: RepoPath) -> Iterator[Edge]:
        """Edges to a Python file, but those that it has since a file which does not parse might import anything."""
        for end in self._ends:
            for edge in end.view.edges_to(path):
                if not (is_group(edge.source) and self._is_unlisted(edge.source)):
                    yield edge

    def _find_kinds(self, path: RepoPath) -> set[EdgeKind] | None:
        """How others name a Python file that nobody imports; None where somebody does.

        Of one beside tests, what names it by chance does not count.
        """
        kinds: set[EdgeKind] = set()
        for edge in self.find_edges(path):
            if edge.kind in READING:
                kinds.add(edge.kind)
            elif edge.kind is not EdgeKind.PACKAGE and not (
                edge.kind in CHANCE and self._reading.is_beside_tests(path)
            ):
                return None  # most files: at the first of their many edges
        return kinds

    def _is_unlisted(self, group: RepoPath) -> bool:
        """Whether nobody imports the modules of a group, but a file that does not parse might."""
        if group not in self._unlisted:
            kinds = {edge.kind for end in self._ends for edge in end.view.edges_to(group)}
            self._unlisted[group] = kinds <= {EdgeKind.UNPARSED}
        return self._unlisted[group]

    def find_namers(self, reach: Reach) -> Iterator[tuple[RepoPath, RepoPath]]:
        """Stray Python files that are reached, each with a file that names a folder in which it is, or that owns it.

        Samples that tests check, or copies of projects: folders that have no tests, and no package that is imported. Such a file
        may also be named by itself, if only by code that looks for that name in any folder it is given: `"pre_gen_project.py"`.
        """
        for path in [each for each in reach.ways if each.endswith(".py") and not self._project.is_test(each)]:
            kinds = self._find_kinds(path)
            if kinds is None:
                continue
            namers = self._find_folder_namers(path)
            if kinds and not self._reading.is_beside_tests(path):
                # a script: a mere word is seldom its folder
                namers = {namer: word for namer, word in namers.items() if "/" in word}
            for each in {**dict.fromkeys(self.find_owners(path)), **namers}:
                if each not in reach:
                    yield path, each

    def find_text_readers(self, path: RepoPath) -> list[RepoPath]:
        """Who may read a Python file as data, down to its comments; nobody where it is imported."""
        if self._find_kinds(path) is None:
            return []
        sources = {edge.source for edge in self.find_edges(path) if edge.kind in READING}
        found = {*sources, *self.find_owners(path), *self._find_folder_namers(path)}
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
            for edge in self.find_edges(init)
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
