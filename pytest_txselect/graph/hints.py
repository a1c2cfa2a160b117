"""Which files may read a data file: those whose strings name it, its folder, or a glob that fits it.

Hints are cheap and wide: how the parts of a path are put together is not looked at, so a folder's name counts
as the whole folder.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from string import digits
from typing import TYPE_CHECKING, Final

from pytest_txselect.graph.above import ABOVE, highest, lists_by_git, looks_around
from pytest_txselect.graph.looking import find_looks, mentions_place
from pytest_txselect.graph.middles import MIDDLE, find_parts, find_pieces, is_middle
from pytest_txselect.graph.wildcards import GLOB, glob_fits, says_nothing, to_path
from pytest_txselect.project.tree import ancestors, file_name, folder_of, join
from pytest_txselect.source.facts import ONLY_ASKED, FileFacts
from pytest_txselect.source.words import LISTING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pytest_txselect.model import RepoPath
    from pytest_txselect.project.tree import ProjectTree
    from pytest_txselect.source.facts import Facts

__all__ = ["ENDS", "LISTS", "OWN_FOLDER", "HintFinder", "Hints", "find_components"]

OWN_FOLDER: Final = "\x00own"
"""Stands among the words of a file that lists folders and mentions its own place."""
PLACED: Final = "\x00placed"
"""Stands among the words of a file that mentions its own place."""
LISTS: Final = "\x00lists"
"""Stands among the words of a file that lists folders."""
SOURCES: Final = "\x00sources"
"""Stands among the words of a file that lists folders and knows the ending of Python files."""
WIDE: Final = frozenset({LISTS, OWN_FOLDER, SOURCES, ABOVE})
ENDS: Final = "\x00ends"
"""Stands in front of a word that may end a file's name."""


def find_components(tree: ProjectTree) -> frozenset[str]:
    """Names of folders and of files that are not Python: only words that end in these can be hints."""
    names = {file_name(folder) for folder in tree.folders if folder}
    names.update(file_name(path) for path in tree.keys if not path.endswith(".py"))
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class HintFinder:
    """Finds the words of a file that may name data.

    Attributes:
        components: see `find_components`; of both ends of the comparison.
        endings: endings of files that are not Python.
        parts: what stands in the middle of their names.
    """

    components: frozenset[str]
    endings: frozenset[str] = field(init=False, repr=False)
    parts: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        endings = {"." + name.rpartition(".")[2] for name in self.components if "." in name}
        object.__setattr__(self, "endings", frozenset(endings))
        object.__setattr__(self, "parts", find_parts(self.components))

    def words(self, facts: Facts) -> tuple[str, ...]:
        """The words of one file that may name a data file or a folder, sorted."""
        if not isinstance(facts, FileFacts):
            return ()
        found: set[str] = set(facts.strings & self.components)
        found.update(facts.strings & self.endings)
        found.update(MIDDLE + each for each in facts.strings if is_middle(each, self.parts))
        resources = mentions_place(facts)
        texts = [each for each in facts.strings if "." in each or "/" in each or "\\" in each or "*" in each]
        for text in texts:
            if "/" in text or "\\" in text or "*" in text:
                found.update(self._of_path(text))
            elif self._is_ending(text):
                found.add(ENDS + text)
            elif resources and text.rpartition(".")[2] in self.components:
                found.add(text.replace(".", "/"))
        lists = not facts.names.isdisjoint(LISTING) or lists_by_git(facts)
        if lists:
            found.update(_find_marks(facts, resources=resources))
        if resources:
            found.add(OWN_FOLDER if lists else PLACED)
        found.update(find_looks(facts))
        if not lists and not resources:
            found = {each for each in found if not says_nothing(each)}
        return tuple(sorted(found))

    def _is_ending(self, text: str) -> bool:
        """Whether a text may be the end of a file's name that the run puts together: `"_config.json"`."""
        if "." + text.rpartition(".")[2] not in self.endings or " " in text or text in self.endings:
            return False
        return text not in self.components or text[0] in "_-."

    def _of_path(self, text: str) -> Iterator[str]:
        path = to_path(text)
        if not path.strip("."):
            return
        folder, _, name = path.rpartition("/")
        if GLOB.search(path) or name in self.components:
            yield path
        elif (
            file_name(folder) in self.components
        ):  # the known beginning of a computed path, or a file that is not there yet
            yield path


@dataclass(slots=True)
class Hints:
    """Finds who may read a path.

    Attributes:
        words: for each Python file, what `HintFinder` found.
    """

    words: Mapping[RepoPath, Iterable[str]]
    _index: dict[str, list[tuple[RepoPath, str]]] = field(default_factory=dict, repr=False)

    def _indexed(self) -> dict[str, list[tuple[RepoPath, str]]]:
        if not self._index:
            index: defaultdict[str, list[tuple[RepoPath, str]]] = defaultdict(list)
            for path, words in self.words.items():
                for word in words:
                    mark = next((each for each in (ENDS, MIDDLE) if word.startswith(each)), None)
                    if mark is not None:
                        index[mark].append((path, word.removeprefix(mark)))
                        continue
                    key = (
                        word.rstrip(digits)
                        if word[0] == "\x00"
                        else "*"
                        if GLOB.search(word)
                        else file_name(word)
                    )
                    index[key].append((path, word))
                    if key == file_name(word) and "/" in word:
                        index[file_name(folder_of(word)) + "/"].append((path, word))
            index["\x00"] = []
            self._index = dict(index)
        return self._index

    def readers(self, changed: RepoPath) -> dict[RepoPath, str]:
        """Files that may read a changed file that is not Python, each with the word that says so."""
        index = self._indexed()
        found: dict[RepoPath, str] = {}
        for path, word in index.get(file_name(changed), ()):
            if _is_suffix(word, changed) and (
                "." in file_name(word) or "/" in word or _is_beside(path, changed)
            ):
                found.setdefault(path, word)
        for path, word in index.get("*", ()):
            if glob_fits(word, path, changed):
                found.setdefault(path, word)
        for path, word in find_pieces(index.get(ENDS, ()), index.get(MIDDLE, ()), changed, self.is_placed):
            found.setdefault(path, word)
        for folder in ancestors(changed):
            for path, word in self.namers(folder, changed) if folder else ():
                found.setdefault(path, word)
        return found | self._placed(changed)

    def namers(self, folder: str, changed: RepoPath) -> Iterator[tuple[RepoPath, str]]:
        """Files that name a folder above a changed file, or the beginning of a path in it."""
        index = self._indexed()
        for path, word in index.get(file_name(folder), ()):
            if _is_suffix(word, folder) and ("/" in word or _is_beside(path, folder)):
                yield path, word
        for path, word in index.get(file_name(folder) + "/", ()):
            fits = changed[len(folder) + 1 :].startswith(file_name(word))
            if fits and _is_suffix(folder_of(word), folder):
                yield path, word

    def is_wide(self, reader: RepoPath, word: str, changed: RepoPath) -> bool:
        """Whether a word says no more than that a file lists folders, or knows a glob."""
        lists = not WIDE.isdisjoint(self.words.get(reader, ()))
        return "*" in word or (lists and not _is_suffix(word, changed))

    def says_exactly(self, reader: RepoPath, word: str, changed: RepoPath) -> bool:
        """Whether a word of a file says more than the name of a folder, which the file does not list."""
        lists = not {LISTS, OWN_FOLDER}.isdisjoint(self.words.get(reader, ()))
        return lists or file_name(word) == file_name(changed) or "*" in word

    def without(
        self,
        reader: RepoPath,
        globs: Collection[str],
        *,
        lists: bool,
        folders: Collection[str] | None = None,
        climbs: int | None = None,
    ) -> Hints | None:
        """The words of one file, without some; None where all of them stay.

        Args:
            reader: the file.
            globs: its globs that mean no files here.
            lists: whether its listings may find what is looked for.
            folders: its strings that may name what it lists, which is all that is asked about; None: any.
            climbs: how many folders above its own it may list at most; None: any.
        """
        words = {*self.words.get(reader, ())}
        kept = words.difference(globs, map(to_path, globs))
        if folders is not None:
            listed = {to_path(each) for each in folders}
            kept = {each for each in kept if each[0] == "\x00" or GLOB.search(each) or each in listed}
        if not lists:
            if OWN_FOLDER in kept:
                kept.add(PLACED)
            kept -= WIDE
        if climbs is not None and ABOVE in kept:
            kept = (kept - {ABOVE}) | {f"{ABOVE}{climbs}"}
        return None if kept == words else Hints({reader: tuple(sorted(kept))})

    def is_distant(self, reader: RepoPath, word: str) -> bool:
        """Whether a word is a glob without a folder, or no folder, in a file that does not mention its own place."""
        vague = word == ABOVE or ("/" not in word and GLOB.search(word) is not None)
        return vague and not self.is_placed(reader)

    def is_placed(self, reader: RepoPath) -> bool:
        """Whether a file mentions its own place."""
        return not {OWN_FOLDER, PLACED}.isdisjoint(self.words.get(reader, ()))

    def names_file(self, name: str) -> bool:
        """Whether any file has a word that ends in a name."""
        return name in self._indexed()

    def marked(self, mark: str) -> list[RepoPath]:
        """The files among whose words a mark stands."""
        return [path for path, _ in self._indexed().get(mark, ())]

    def lists(self, reader: RepoPath) -> bool:
        """Whether a file lists folders."""
        return LISTS in self.words.get(reader, ())

    def listers(self, changed: RepoPath) -> dict[RepoPath, str]:
        """Files that may find a changed Python file by listing its folder, or by a glob."""
        index = self._indexed()
        listing = {path for path, _ in index.get(SOURCES, ())}
        found = {
            path: word
            for path, word in index.get("*", ())
            if ".py" in word and glob_fits(word, path, changed)
        }
        for folder in ancestors(changed):
            for path, word in index.get(file_name(folder), ()) if folder else ():
                if path in listing and _is_suffix(word, folder) and ("/" in word or _is_beside(path, folder)):
                    found.setdefault(path, word)
        for path, word in index.get(ABOVE, ()):
            if changed.startswith(highest(path, word)):
                found.setdefault(path, ABOVE)
        return found

    def _placed(self, changed: RepoPath) -> dict[RepoPath, str]:
        """Files that mention their own place and list it, or know the ending of a file near it."""
        index = self._indexed()
        found = {
            path: "."
            for path, _ in index.get(OWN_FOLDER, ())
            if changed.startswith(join(folder_of(path), ""))
        }
        ending = "." + changed.rpartition(".")[2] if "." in file_name(changed) else ""
        knowing = {path for path, _ in index.get(ending, ())} if ending else set()
        for key in (OWN_FOLDER, PLACED):
            for path, _ in index.get(key, ()):
                near = changed.startswith(join(folder_of(path), "")) or folder_of(changed) in ancestors(path)
                if path in knowing and near:
                    found.setdefault(path, ending)
        return found


def _find_marks(facts: FileFacts, *, resources: bool) -> Iterator[str]:
    """What stands among the words of a file that lists folders."""
    yield LISTS
    if any(
        text in {".py", ONLY_ASKED} or (text.endswith(".py") and GLOB.search(text)) for text in facts.strings
    ):
        yield SOURCES
        if resources or looks_around(facts):
            yield ABOVE


def _is_suffix(word: str, path: str) -> bool:
    return path == word or path.endswith("/" + word)


def _is_beside(path: str, target: str) -> bool:
    """Whether a bare name can mean the target: it lies in a folder above the file that names it."""
    return folder_of(target) in set(ancestors(path))
