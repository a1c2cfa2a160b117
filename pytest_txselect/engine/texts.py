"""Texts that name code of the project, and who reads them: configuration, scripts of a shell, documents with code."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.contents import read_content
from pytest_txselect.engine.examples import find_edge
from pytest_txselect.engine.remembered import Reading, Remembered, is_named
from pytest_txselect.model import Edge, EdgeKind, RepoPath
from pytest_txselect.policy.builtin import DOCUMENTATION, DOCUMENTS, GROUND, LOCKS, MANIFESTS
from pytest_txselect.project.tree import file_name
from pytest_txselect.source.facts import FileFacts, pack_facts, unpack_facts
from pytest_txselect.source.text_names import TextKind, find_kind, read_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.engine.reading import DataReaders
    from pytest_txselect.graph.reach import Reach
    from pytest_txselect.source.facts import Facts

__all__ = ["NamingTexts"]

KNOWN: Final = frozenset({*GROUND, *LOCKS, *MANIFESTS})
"""Texts of which it is known what they mean; their entry points are followed by `project/entry_points.py`."""
ABOUT: Final = DOCUMENTS
"""Texts about the project, which are of interest at its top only: most folders have one of the name."""
REQUIREMENTS: Final = re.compile(r"(?:requirements|constraints).*\.txt\Z")
SHEBANG: Final = b"#!"
PYTHON: Final = b"python"


class NamingTexts:
    """Finds texts that name what is reached.

    Args:
        project: the repository.
        ends: the graphs, that of the head first.
        reading: finds who may read what.
        find_readers: gives the files that may read a path; `exactly`: without those that only name a folder above it.
    """

    def __init__(
        self,
        project: Project,
        ends: tuple[End, ...],
        reading: DataReaders,
        find_readers: Callable[..., Mapping[RepoPath, str]],
    ) -> None:
        self._project: Final = project
        self._ends: Final = ends
        self._reading: Final = reading
        self._find_readers: Final = find_readers
        self._remembered: Final[dict[TextKind, Remembered[Facts]]] = {}
        self._done: Final[set[RepoPath]] = set()

    def find_reached(self, reach: Reach) -> Iterator[Edge]:
        """Edges to what is reached from texts that name it, and from those who read these; each text is told once."""
        for path, several in self._facts.items():
            if path in self._done:
                continue
            if path in reach:
                edge = None
            else:
                found = (find_edge(end, path, facts, reach) for end, facts in several)
                edge = next((each for each in found if each is not None), None)
                if edge is None:
                    continue
            self._done.add(path)
            readers = [each for each in self._readers(path) if each not in reach]
            if edge is not None and self._is_imported(path):
                yield edge
                continue
            if readers and edge is not None:
                yield edge
            yield from (Edge(each, path, EdgeKind.DATA) for each in readers)

    def _readers(self, path: RepoPath) -> Iterator[RepoPath]:
        """Who may read a text; of a document that nobody names, those who list where it is."""
        name = file_name(path)
        listed = find_kind(name) is TextKind.CODE and not self._reading.is_named(name)
        for reader, word in self._find_readers(path, exactly=listed).items():
            if not listed or word == path or self._reading.leads_to(reader, word, path):
                yield reader

    def _is_imported(self, path: RepoPath) -> bool:
        """Whether it is the source of a module that is built from it."""
        return any(True for end in self._ends for _ in end.view.edges_to(path))

    def remember(self) -> None:
        """Write what was read to the store."""
        for each in self._remembered.values():
            each.remember()

    @cached_property
    def _facts(self) -> dict[RepoPath, list[tuple[End, Facts]]]:
        """What each text names, at the ends that have it."""
        found: dict[RepoPath, list[tuple[End, Facts]]] = {}
        seen: dict[tuple[RepoPath, str], Facts] = {}
        for end in self._ends:
            for path, key in end.tree.keys.items():
                kind = self._find_kind(path)
                if kind is None or key.startswith("l"):
                    continue
                if (path, key) not in seen:
                    seen[path, key] = self._read(end, path, key, kind)
                facts = seen[path, key]
                if not isinstance(facts, FileFacts) or facts != FileFacts():
                    found.setdefault(path, []).append((end, facts))
        return found

    def _find_kind(self, path: RepoPath) -> TextKind | None:
        """What is looked for in a file; None for what nobody can read for the names in it."""
        name = file_name(path)
        kind = None if name.endswith(".py") or name in KNOWN else find_kind(name)
        if kind is None or (name.startswith(ABOUT) and "/" in path) or REQUIREMENTS.search(name):
            return None
        if kind is TextKind.CONFIGURATION:
            # of folders of documentation, as of those that begin with a dot, it is for other tools
            return None if path[0] == "." or path.startswith(DOCUMENTATION) else kind
        return (
            kind
            if self._reading.is_named(name) or self._is_imported(path) or self._reading.is_listed(path)
            else None
        )

    def _read(self, end: End, path: RepoPath, key: str, kind: TextKind) -> Facts:
        if kind not in self._remembered:
            reading = Reading(f"names in {kind.name.lower()}", _make_read(kind), pack_facts, unpack_facts)
            self._remembered[kind] = Remembered(self._project.sources.store, reading)
        found = self._remembered[kind].recall(key)
        if found is None:
            source = read_content(self._project, [end], path) or b""
            found = self._remembered[kind].look(key if is_named(key, source) else "", source)
        return found or FileFacts()


def _make_read(kind: TextKind) -> Callable[[bytes], Facts]:
    def read(source: bytes) -> Facts:
        if source.startswith(SHEBANG) and PYTHON in source.partition(b"\n")[0]:
            from pytest_txselect.source.compiled import read_facts  # noqa: PLC0415 - of scripts without an ending

            return read_facts(source)
        return read_names(source, kind)

    return read
