"""Who may read a changed file: by words first, which are cheap and wide, then by what the calls of these files say."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.contents import read_content
from pytest_txselect.engine.handing import PlaceGivers
from pytest_txselect.engine.listings import Listings
from pytest_txselect.engine.lookers import Lookers
from pytest_txselect.graph.above import ABOVE, lists_by_git
from pytest_txselect.graph.hints import LISTS, Hints
from pytest_txselect.graph.listed import ListedTexts
from pytest_txselect.graph.reach import find_reach
from pytest_txselect.graph.wildcards import GLOB
from pytest_txselect.model import RepoPath
from pytest_txselect.project.tree import CONFTEST, ancestors, folder_of, join
from pytest_txselect.source.facts import FileFacts
from pytest_txselect.source.words import LISTING, PLACES

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator

    from pytest_txselect.engine.examples import ExampleFiles
    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project

__all__ = ["DataReaders"]

AUTOUSE: Final = "autouse"
CWD: Final = "cwd"
ASKED: Final = re.compile(rb"\bcwd\b(?!\s*=[^=])")
"""Where `cwd` is not the name of a parameter that is given."""


class DataReaders:
    """Finds the files that may read a changed one, at either end.

    Args:
        project: the repository.
        ends: the graphs, that of the head first.
        examples: texts with examples.
    """

    def __init__(self, project: Project, ends: tuple[End, ...], examples: ExampleFiles) -> None:
        self._project: Final = project
        self._ends: Final = ends
        self._examples: Final = examples
        self._hints: Final = [Hints(end.words) for end in ends]
        self._listings: Final = Listings(project, ends)
        self._givers: Final = PlaceGivers(project, ends)
        self._lookers: Final = Lookers(project, ends, self._hints, self.is_beside_tests)
        self._passing: Final[dict[RepoPath, bool]] = {}
        self._test_folders: Collection[str] | None = None

    def readers(self, path: RepoPath, *, exactly: bool) -> dict[RepoPath, str]:
        """Files that may read a changed file that is not Python, each with the word that says so.

        Args:
            path: the changed file.
            exactly: leave out those that only name a folder above it, but for tests that know where that is: they mention their
                own place, or name the folder by a path.
        """
        found: dict[RepoPath, str] = {}
        for at, hints in enumerate((*self._hints, self._examples.hints)):
            for reader, word in hints.readers(path).items():
                refined = self._refine(at, reader, word, path)
                if refined is not None:
                    word = refined.readers(path).get(reader, "")  # noqa: PLW2901 - the same question, asked again
                if word and (
                    not exactly
                    or (refined or hints).says_exactly(reader, word, path)
                    or (self.is_beside_tests(reader) and ("/" in word or hints.is_placed(reader)))
                ):
                    found.setdefault(reader, word)
        return self._bring_near(found) if exactly else found

    def listers(self, path: RepoPath) -> dict[RepoPath, str]:
        """Files that may find a changed Python file by listing its folder, or by a glob."""
        found: dict[RepoPath, str] = {}
        for at, hints in enumerate((*self._hints, self._examples.hints)):
            for reader, word in hints.listers(path).items():
                if at < len(self._ends) and self._lookers.is_alone(at, reader):
                    continue
                refined = self._refine(at, reader, word, path)
                if refined is not None:
                    word = refined.listers(path).get(reader, "")  # noqa: PLW2901 - the same question, asked again
                if word:
                    found.setdefault(reader, word)
        return self._leave_vague(path, found)

    def namers(self, path: RepoPath, folders: Iterable[str]) -> dict[RepoPath, str]:
        """Files that name one of some folders above a changed file, or the beginning of a path in it."""
        found: dict[RepoPath, str] = {}
        for folder in folders:
            for hints in self._hints:
                for namer, word in hints.namers(folder, path):
                    found.setdefault(namer, word)
        return found

    def is_named(self, name: str) -> bool:
        """Whether a Python file may name a file of some name, at either end."""
        return any(each.names_file(name) for each in self._hints)

    def is_listed(self, path: RepoPath) -> bool:
        """Whether a test or a helper of tests may find a text by listing folders."""
        return any(each.may_have(path) for each in self._near_lists)

    @cached_property
    def _near_lists(self) -> list[ListedTexts]:
        """What files beside tests may list, at either end."""
        near = (
            {path: hints.words[path] for path in hints.marked(LISTS) if self.is_beside_tests(path)}
            for hints in self._hints
        )
        return [ListedTexts(words) for words in near if words]

    def leads_to(self, reader: RepoPath, word: str, path: RepoPath) -> bool:
        """Whether a reader of a text may know where that is: a glob alone fits texts in any folder that a test makes."""
        if "/" in word or not (GLOB.search(word) or word[0] == ".") or self._knows_place(reader):
            return True
        if reader in self.namers(path, filter(None, ancestors(path))):
            return True
        return any(self._knows_place(each) and self.is_beside_tests(each) for each in self._sources(reader))

    def _sources(self, reader: RepoPath) -> Iterator[RepoPath]:
        """Files beside tests from which a reader has names, by importing them or as fixtures."""
        for imported, end in zip(self._imported, self._ends, strict=True):
            yield from imported.get(reader, ())
            asking = end.facts.get(reader)
            asked = asking.parameters if isinstance(asking, FileFacts) else frozenset()
            for folder in ancestors(reader):
                conftest = RepoPath(join(folder, CONFTEST))
                giving = end.facts.get(conftest)
                if isinstance(giving, FileFacts) and (
                    not giving.bound.isdisjoint(asked) or AUTOUSE in giving.names | giving.strings
                ):
                    yield conftest

    @cached_property
    def _imported(self) -> list[dict[RepoPath, list[RepoPath]]]:
        """The helpers that each file imports, at each end: a graph tells who leads to a file much faster than where it leads."""
        found: list[dict[RepoPath, list[RepoPath]]] = []
        for end in self._ends:
            imported: dict[RepoPath, list[RepoPath]] = {}
            for path in filter(self._is_helper, end.facts):
                for edge in end.view.edges_to(path):
                    imported.setdefault(edge.source, []).append(path)
            found.append(imported)
        return found

    def certain_listers(self, path: RepoPath) -> dict[RepoPath, str]:
        """Those of them that say which folder they list, or what they look for."""
        return {reader: word for reader, word in self.listers(path).items() if word != ABOVE}

    def lookers(self, path: RepoPath, known: Container[RepoPath]) -> dict[RepoPath, str]:
        """Files, beside those that are known, that look into a folder which a changed Python file is in, of whatever is there."""
        return self._leave_vague(path, self._lookers.find(path, known))

    def is_beside_tests(self, path: RepoPath) -> bool:
        """Whether a file is in a folder that has tests, or below one."""
        if self._test_folders is None:
            tests = (each for end in self._ends for each in end.facts if self._project.is_test(each))
            self._test_folders = frozenset(map(folder_of, tests))
        folder = folder_of(path)
        return folder in self._test_folders or any(
            each in self._test_folders for each in ancestors(path) if each
        )

    def _leave_vague(self, path: RepoPath, found: dict[RepoPath, str]) -> dict[RepoPath, str]:
        """Without readers that say too little for where they are."""
        if self._project.is_test(path):
            return self._bring_near(found)
        vague = {reader: word for reader, word in found.items() if word == ABOVE}
        exact = {reader: word for reader, word in found.items() if reader not in vague}
        return exact | self._bring_near(vague)

    def _bring_near(self, found: dict[RepoPath, str]) -> dict[RepoPath, str]:
        """Readers of a text about the project, or of a test, which code of the project does not know by a glob alone.

        A table of globs in code that lies away from all tests, and does not list by them (`PATTERNS = ("*.md",)`), means the
        files of whoever uses that code. These are the repository's own where a test, or a helper of tests, says where to look.
        """
        distant = {reader: word for reader, word in found.items() if self._is_distant(reader, word)}
        if not distant:
            return found
        near = {reader: word for reader, word in found.items() if reader not in distant}
        tabled = any(
            word != ABOVE for word in distant.values()
        )  # whoever lists folders may do so by these globs
        for path in find_reach([end.view for end in self._ends], distant).ways:
            if self._is_helper(path) and (
                self._gives_place(path) or self._passes_place(path) or (tabled and self._lists(path))
            ):
                near.setdefault(path, next(iter(distant.values())))
        return near

    def _is_distant(self, reader: RepoPath, word: str) -> bool:
        if not reader.endswith(".py") or self.is_beside_tests(reader):
            return False
        for at, (hints, end) in enumerate(zip(self._hints, self._ends, strict=True)):
            if reader not in end.facts:
                continue
            if not hints.is_distant(reader, word):
                return False
            if hints.lists(reader):
                folders = self._listings.find(at, reader, globs=False, folders=True).folders
                if folders is None or word in folders:
                    return False
        return True

    def _is_helper(self, path: RepoPath) -> bool:
        """Whether a path is that of a test, or of a Python file beside tests; no node that stands for several files is."""
        return path.endswith(".py") and self.is_beside_tests(path)

    def _knows_place(self, path: RepoPath) -> bool:
        """Whether a file mentions its own place in the repository, or asks for another one."""
        return self._is_placed(path) or self._asks_place(path)

    def _is_placed(self, path: RepoPath) -> bool:
        """Whether a file mentions its own place in the repository."""
        return any(each.is_placed(path) for each in self._hints)

    def _gives_place(self, path: RepoPath) -> bool:
        """Whether a file may hand a place in the repository to whom it calls."""
        return self._asks_place(path) or (self._is_placed(path) and self._givers.gives(path))

    def _passes_place(self, path: RepoPath) -> bool:
        """Whether a file may hand on a place that it has from another file beside tests, however far away that is."""
        if path in self._passing:
            return self._passing[path]
        seen = {path}
        pending = [path]
        for taker in pending:
            for source in self._sources(taker) if taker not in self._passing else ():
                if not self._is_helper(source):
                    continue
                taken = self._is_placed(source) and self._givers.is_taken(source, taker)
                if taken or self._passing.get(source) or self._gives_place(source):
                    self._passing[path] = True
                    return True
                if source not in seen:
                    seen.add(source)
                    pending.append(source)
        self._passing.update(dict.fromkeys(seen, False))
        return False

    def _lists(self, path: RepoPath) -> bool:
        """Whether a file that knows a place in the repository may list folders."""
        if not self._knows_place(path):
            return False
        found = [end.facts[path] for end in self._ends if path in end.facts]
        return any(
            not isinstance(each, FileFacts) or not each.names.isdisjoint(LISTING) or lists_by_git(each)
            for each in found
        )

    def _asks_place(self, path: RepoPath) -> bool:
        """Whether a file asks for a place that is not its own."""
        found = [end.facts[path] for end in self._ends if path in end.facts]
        names: set[str] = set()
        for facts in found:
            if not isinstance(facts, FileFacts):
                return True
            names |= facts.names & PLACES
        if names == {CWD}:  # most often an option of what starts a process: `run(..., cwd=tmp_path)`
            return any(ASKED.search(read_content(self._project, [end], path) or b"") for end in self._ends)
        return bool(names)

    def remember(self) -> None:
        """Write what was read to the store."""
        self._listings.remember()
        self._lookers.remember()
        self._givers.remember()

    def _refine(self, at: int, reader: RepoPath, word: str, path: RepoPath) -> Hints | None:
        """What the words of a file say once its calls are looked at; None where these change nothing."""
        hints = self._hints[at] if at < len(self._hints) else None
        if hints is None or not hints.is_wide(reader, word, path):
            return None
        source = path.endswith(".py")
        globs = not source and any("*" in each for each in hints.words[reader])
        listing = self._listings.find(at, reader, globs=globs, folders=source)
        return hints.without(
            reader,
            listing.downloads,
            lists=listing.may_find(path),
            folders=listing.folders,
            climbs=listing.climbs if source else None,
        )
