"""Files of which the project's own conftests and plugins make tests, beside modules: YAML, documents with code in them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.contents import read_content
from pytest_txselect.graph.hints import ENDS
from pytest_txselect.graph.wildcards import GLOB, glob_fits
from pytest_txselect.model import EdgeKind, RepoPath
from pytest_txselect.project.tree import CONFTEST, file_name, front_of, join
from pytest_txselect.source.facts import FileFacts
from pytest_txselect.source.parsed import UnparsedSource, parse_source
from pytest_txselect.source.text_names import TextKind, find_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project

__all__ = ["Collectors", "find_collecting"]

COLLECTS: Final = "pytest_collect_file"


@dataclass(frozen=True, slots=True)
class _Collector:
    """A file with the hook.

    Attributes:
        path: the file.
        front: what all paths begin with that pytest asks it about.
        words: names, endings and globs that it knows, or a file that it imports; empty where it may take any document.
    """

    path: RepoPath
    front: str
    words: frozenset[str]

    def takes(self, path: RepoPath) -> bool:
        """Whether it may make tests of a file."""
        if not path.startswith(self.front):
            return False
        if not self.words:
            return find_kind(file_name(path)) is TextKind.CODE
        return any(_fits(word, self.path, path) for word in self.words)


class Collectors:
    """Tells which files tests are made of.

    Args:
        project: the repository.
        ends: the graphs, that of the head first.
    """

    def __init__(self, project: Project, ends: Sequence[End]) -> None:
        self._project: Final = project
        self._ends: Final = ends

    def may_take(self, path: RepoPath) -> bool:
        """Whether something in the project may make tests of a file that is no module."""
        return not path.endswith(".py") and any(each.takes(path) for each in self._known)

    def surely_take(self, path: RepoPath) -> bool:
        """Whether a hook itself has the ending of such a file, or a glob for it: nothing else has to be behind the file."""
        return any(
            each.takes(path) and any(_fits(word, each.path, path) for word in self._hook_words(each.path))
            for each in self._known
        )

    def _hook_words(self, path: RepoPath) -> frozenset[str]:
        """Endings and globs in the statements that make the hook of a file."""
        source = parse_source(read_content(self._project, self._ends, path) or b"")
        if isinstance(source, UnparsedSource):
            return frozenset()
        texts = {
            each.value
            for statement in source.tree.body
            if COLLECTS in _bound_by(statement)
            for each in ast.walk(statement)
            if isinstance(each, ast.Constant) and isinstance(each.value, str)
        }
        return frozenset(text for text in texts if text[:1] == "." or GLOB.search(text))

    @cached_property
    def _known(self) -> tuple[_Collector, ...]:
        return tuple(_read(end, path) for end in self._ends for path in find_collecting(self._project, end))


def find_collecting(project: Project, end: End) -> Iterator[RepoPath]:
    """Conftests and plugins of the project that collect files which are no modules, as far as these can be read."""
    for path in _find_plugins(project, end):
        facts = end.facts.get(path)
        if not isinstance(facts, FileFacts) or COLLECTS in facts.bound:
            yield path


def _bound_by(statement: ast.stmt) -> set[str]:
    """Names that a function's definition or a plain assignment binds."""
    match statement:
        case ast.FunctionDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {each.id for each in targets if isinstance(each, ast.Name)}
        case _:
            return set()


def _find_plugins(project: Project, end: End) -> Iterator[RepoPath]:
    yield from (path for path in end.facts if file_name(path) == CONFTEST)
    here = RepoPath(join(project.rootdir, "pytest.ini"))
    for name in (*project.everywhere, *project.own_plugins):
        for path, _, _ in end.finder.strings.module(here, name, 0, is_test=False):
            if path in end.facts:
                yield path


def _read(end: End, path: RepoPath) -> _Collector:
    imported = (edge.target for edge in end.view.edges_from(path) if edge.kind is EdgeKind.IMPORT)
    words = {word for each in (path, *imported) for word in end.words.get(each, ()) if _tells_files(word)}
    return _Collector(path, front_of(path), frozenset(words))


def _tells_files(word: str) -> bool:
    """Whether a word is about names of files, and neither a folder nor a mark."""
    return word.startswith(ENDS) or (
        word[0] != "\x00" and ("." in file_name(word) or bool(GLOB.search(word)))
    )


def _fits(word: str, collector: RepoPath, path: RepoPath) -> bool:
    if GLOB.search(word):
        return glob_fits(word, collector, path)
    ending = word.removeprefix(ENDS)
    return path.endswith(ending) if ending != word or word[0] == "." else f"/{path}".endswith(f"/{word}")
