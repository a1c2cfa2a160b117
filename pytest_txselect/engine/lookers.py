"""Who looks into which folder of the repository, of whatever is in it: tests of style, copies of sample projects, linters."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.contents import read_content
from pytest_txselect.engine.remembered import Reading, Remembered
from pytest_txselect.graph.above import ABOVE
from pytest_txselect.graph.hints import OWN_FOLDER, PLACED
from pytest_txselect.graph.looking import AROUND, LOOKS, TAKES, says_place
from pytest_txselect.model import RepoPath
from pytest_txselect.project.tree import CONFTEST, ancestors, folder_of, join
from pytest_txselect.source.facts import FileFacts
from pytest_txselect.source.spots_packed import (
    ANYWHERE,
    GIVEN,
    HERE,
    OWN,
    TAKEN,
    Spots,
    pack_spots,
    unpack_spots,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.graph.hints import Hints
    from pytest_txselect.project.resolve import Found
    from pytest_txselect.source.spots_packed import Spot

__all__ = ["Lookers"]

FILE: Final = ".__file__"
DEEPEST: Final = 4
"""From so many files a place is taken, one behind another."""


def _read(source: bytes) -> Spots:
    from pytest_txselect.source.spots import read_spots  # noqa: PLC0415 - slow to import

    return read_spots(source)


class Lookers:
    """Finds who looks into the folder of a file.

    Args:
        project: the repository.
        ends: the graphs, that of the head first.
        hints: the words of the files, for each end.
        is_beside_tests: whether a file is in a folder that has tests, or below one.
    """

    def __init__(
        self,
        project: Project,
        ends: tuple[End, ...],
        hints: Sequence[Hints],
        is_beside_tests: Callable[[RepoPath], bool],
    ) -> None:
        self._is_beside_tests: Final = is_beside_tests
        self._project: Final = project
        self._ends: Final = ends
        self._hints: Final = hints
        self._read: Final[dict[tuple[int, RepoPath], Spots]] = {}
        self._alone: Final[list[set[RepoPath]]] = [set() for _ in ends]
        self._lookers: list[dict[RepoPath, dict[str, str] | None]] | None = None
        self._remembered: Remembered[Spots] | None = None

    def find(self, path: RepoPath, known: Container[RepoPath]) -> dict[RepoPath, str]:
        """Files that look into a folder above a path, each with that folder, or with what stands for somewhere above it.

        Args:
            path: what changed.
            known: files about which nothing more is to be known.
        """
        if self._lookers is None:
            self._lookers = [dict.fromkeys(self._find_lookers(at)) for at in range(len(self._ends))]
        found: dict[RepoPath, str] = {}
        for at, lookers in enumerate(self._lookers):
            for looker, folders in lookers.items():
                if looker in known or looker in found:
                    continue
                if folders is None:
                    folders = lookers[looker] = self._find_folders(at, looker)  # noqa: PLW2901 - when it is asked for
                word = next((folders[each] for each in ancestors(path) if each in folders), None)
                if word is not None:
                    found[looker] = word
        return found

    def remember(self) -> None:
        """Write what was read to the store."""
        if self._remembered is not None:
            self._remembered.remember()

    def _find_folders(self, at: int, looker: RepoPath) -> dict[str, str]:
        """The folders that a file looks into, each with what is said of it."""
        if not self._says_place(at, looker):
            return {}
        return {
            folder: ABOVE if spot.base == HERE else folder or "."
            for spot in sorted(self._spots(at, looker).listed)
            for folder in self._resolve(at, looker, spot)
            if folder or spot.base != HERE or not self._is_library(at, looker)
        }

    def _is_library(self, at: int, path: RepoPath) -> bool:
        """Whether a file is a package's, away from tests: its working directory is that of whoever uses the package."""
        init = RepoPath(join(folder_of(path), "__init__.py"))
        return init in self._ends[at].tree.keys and not self._is_beside_tests(path)

    def _says_place(self, at: int, looker: RepoPath) -> bool:
        """Whether what a file says needs more than a look at its text."""
        if LOOKS in self._hints[at].words[looker] or AROUND not in self._hints[at].words[looker]:
            return True
        return says_place(read_content(self._project, [self._ends[at]], looker) or b"")

    def _find_lookers(self, at: int) -> Iterator[RepoPath]:
        """Files that may look into a folder, and on which tests can depend."""
        hints = self._hints[at]
        for path in (*hints.marked(LOOKS), *hints.marked(AROUND)):
            if not self.is_alone(at, path):
                yield path
        yield from self._find_takers(at)

    def is_alone(self, at: int, path: RepoPath) -> bool:
        """Whether no test depends on a file at one end, as on a script that people run."""
        view, is_test, alone = self._ends[at].view, self._project.is_test, self._alone[at]
        if path in alone:
            return True
        seen = {path}
        pending = [path]
        while pending:
            each = pending.pop()
            if is_test(each):
                return False
            more = {edge.source for edge in view.edges_to(each)} - seen - alone
            seen |= more
            pending += more
        alone |= seen
        return True

    def _find_takers(self, at: int) -> Iterator[RepoPath]:
        """Files that list folders and may have a place from a file that knows one."""
        takers = {each for each in self._hints[at].marked(TAKES) if not self.is_alone(at, each)}
        if not takers:
            return
        end = self._ends[at]
        placed = {*self._hints[at].marked(OWN_FOLDER), *self._hints[at].marked(PLACED)}
        given: defaultdict[RepoPath, set[RepoPath]] = defaultdict(set)
        for path in placed:
            for edge in end.view.edges_to(path):
                if edge.source in takers:
                    given[edge.source].add(path)
        for path in sorted(takers):
            if (
                self._names_folder(at, path)
                or self._may_take(at, path, given[path])
                or self._may_be_given(at, path, placed)
            ):
                yield path

    def _may_take(self, at: int, path: RepoPath, placed: Iterable[RepoPath]) -> bool:
        """Whether a file mentions a name that is a place in one of some files, which it imports."""
        facts = self._ends[at].facts.get(path)
        return not isinstance(facts, FileFacts) or any(
            name in facts.names and any(spot.base in {OWN, ANYWHERE} for spot in spots)
            for each in placed
            for name, spots in self._spots(at, each).offered.items()
        )

    def _names_folder(self, at: int, path: RepoPath) -> bool:
        """Whether a file names a folder beside it, or beside one above it."""
        folders = self._ends[at].tree.folders
        words = [each for each in self._hints[at].words[path] if each[0] != "\x00"]
        return any(join(above, each) in folders for above in ancestors(path) for each in words)

    def _may_be_given(self, at: int, path: RepoPath, placed: set[RepoPath]) -> bool:
        """Whether a conftest above a file knows a place, and has something that the file asks for."""
        end = self._ends[at]
        facts = end.facts.get(path)
        conftests = (RepoPath(join(folder, CONFTEST)) for folder in ancestors(path))
        for conftest in conftests:
            fixtures = end.facts.get(conftest) if conftest in placed else None
            if isinstance(fixtures, FileFacts) and isinstance(facts, FileFacts):
                return not fixtures.bound.isdisjoint(facts.parameters)
        return False

    def _resolve(self, at: int, path: RepoPath, spot: Spot, depth: int = 0) -> Iterator[str]:
        """The folders that a place in a file can be."""
        if spot.base == OWN:
            yield from self._descend(at, path, spot)
        elif spot.base == HERE:
            for folder in ancestors(path) if spot.tail else (self._project.rootdir,):
                yield from self._descend(at, RepoPath(join(folder, "x")), spot.climb(0), up=spot.up + 1)
        elif spot.base == ANYWHERE:
            yield ""
        elif spot.base.startswith(GIVEN):
            conftests = [RepoPath(join(folder, CONFTEST)) for folder in ancestors(path)]
            given = [each for each in conftests if each in self._ends[at].facts]
            yield from self._take(at, given, spot.base.removeprefix(GIVEN), spot, depth)
        elif spot.base.endswith(FILE):
            for file in self._find_module(at, path, spot.base.removeprefix(TAKEN).removesuffix(FILE)):
                yield from self._descend(at, file, spot)
        else:
            module, _, name = spot.base.removeprefix(TAKEN).rpartition(".")
            files = [*self._find_module(at, path, module or "."), *self._find_named(at, path, module, name)]
            yield from self._take(at, files, name, spot, depth)

    def _take(self, at: int, files: Iterable[RepoPath], name: str, spot: Spot, depth: int) -> Iterator[str]:
        """What a name is in some files, and where it leads."""
        for file in dict.fromkeys(files):
            for offered in self._spots(at, file).offered.get(name, ()) if depth < DEEPEST else ():
                yield from self._resolve(at, file, offered.follow(spot), depth + 1)

    def _descend(self, at: int, path: RepoPath, spot: Spot, up: int | None = None) -> Iterator[str]:
        """The folder so many steps above a file, and what is below it."""
        steps = spot.up if up is None else up
        if not steps:
            return  # a file
        folder: str = path
        for _ in range(steps):
            folder = folder_of(folder)
        folder = join(folder, spot.tail) if spot.tail else folder
        folders = self._ends[at].tree.folders
        while spot.is_open and folder not in folders:
            folder = folder_of(folder)
        if folder in folders:
            yield folder

    def _find(self, at: int, path: RepoPath, dotted: str) -> Found:
        """What a dotted name means in a file."""
        resolver = self._ends[at].finder.names.resolver
        return resolver.spelled(path, dotted, is_test=self._project.is_test(path))

    def _find_module(self, at: int, path: RepoPath, dotted: str) -> Iterator[RepoPath]:
        """The file of a module, as a file of the project names it."""
        found = self._find(at, path, dotted)
        if not found.missing:
            yield from found.files
            yield from (RepoPath(join(each, "__init__.py")) for each in found.folders if not found.files)

    def _find_named(self, at: int, path: RepoPath, dotted: str, name: str) -> Iterator[RepoPath]:
        """The files behind a name of a module that has it from elsewhere."""
        for file in self._find_module(at, path, dotted):
            facts = self._ends[at].facts.get(file)
            for statement in facts.imports if isinstance(facts, FileFacts) else ():
                if name in statement.names:
                    yield from self._find_module(at, file, "." * statement.level + statement.module)
        targets = self._ends[at].finder.names.name(self._find(at, path, dotted), name)
        yield from (target for target, _ in targets if target in self._ends[at].facts)

    def _spots(self, at: int, path: RepoPath) -> Spots:
        """What a file says about places."""
        if (at, path) not in self._read:
            content = read_content(self._project, [self._ends[at]], path)
            self._read[at, path] = Spots() if content is None else self._look(path, content)
        return self._read[at, path]

    def _look(self, path: RepoPath, content: bytes) -> Spots:
        if self._remembered is None:
            reading = Reading("places", _read, pack_spots, unpack_spots)
            self._remembered = Remembered(self._project.sources.store, reading)
        return self._remembered.find((end.tree.keys.get(path) for end in self._ends), content) or Spots()
