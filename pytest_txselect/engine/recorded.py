"""Recorded evidence beside the tree at the head: what was used, in which version, by whom."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_txselect.evidence.evidence import PieceKind
from pytest_txselect.evidence.versions import GONE, name_blob, read_listing
from pytest_txselect.model import RepoPath
from pytest_txselect.project.disk import read_source
from pytest_txselect.project.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pytest_txselect.engine.project import Project
    from pytest_txselect.store.deselected import DeselectedPart
    from pytest_txselect.store.recorded import KnownTest, RecordedEvidence, StoredPiece

__all__ = ["Evidence", "Version"]


@dataclass(frozen=True, slots=True)
class Version:
    """A file or folder as it was when it was used."""

    path: RepoPath
    blob: str


class Evidence:
    """Recorded evidence beside the tree at the head.

    Args:
        store: what was recorded.
        project: the repository, with its work tree as the head.
        keys: git's names for the contents of files at the head; "w" where git has none.

    Attributes:
        tests: the tests that are known, by node id.
        parts: what was deselected of files, by the name that stands for it beside node ids.
        collected: both.
    """

    def __init__(self, store: RecordedEvidence, project: Project, keys: Mapping[RepoPath, str]) -> None:
        self.store = store
        self.project = project
        self.keys = keys
        self._top = os.fspath(project.git.repository.top)
        self.tests = store.read_tests()
        self.versions = {
            path: [Version(path, blob) for blob in blobs] for path, blobs in store.read_versions().items()
        }
        self.whole = {
            path: [Version(path, blob) for blob in blobs] for path, blobs in store.read_whole().items()
        }
        self.broken = frozenset(store.read_broken())
        self.parts = store.read_deselected()
        self.collected: Mapping[str, KnownTest | DeselectedPart] = {**self.tests, **self.parts}
        self._blobs: dict[RepoPath, str] = {}
        self._found: dict[RepoPath, list[StoredPiece]] = {}
        self._beside: dict[RepoPath, Collection[RepoPath]] = {}
        self._users: dict[tuple[int, ...], frozenset[str]] = {}
        self._runs: dict[RepoPath, dict[int, set[str]]] = {}
        self._of_run: dict[int, set[str]] = {}
        for node, test in self.collected.items():
            self._of_run.setdefault(test.run, set()).add(node)

    def close(self) -> None:
        """Close what was recorded."""
        self.store.close()

    def _blob(self, path: RepoPath) -> str:
        """Git's name for what a path holds now; of a folder, that of its listing."""
        found = self._blobs.get(path)
        if found is None:
            key = self.keys.get(path, "w")
            if key[0] not in "wl":
                found = key
            elif os.path.isdir(os.path.join(self._top, path)):  # noqa: PTH112, PTH118 - surrogates survive
                found = read_listing(self._top, path).blob
            else:
                source = read_source(self.project.git.repository.top, path)
                found = GONE if source is None else name_blob(source)
            self._blobs[path] = found
        return found

    def holds(self, version: Version) -> bool:
        """Whether a version is what its path holds now."""
        return bool(version.blob) and version.blob == self._blob(version.path)

    def knows_all(self, path: RepoPath) -> bool:
        """Whether every test is known that a file has now."""
        return any(map(self.holds, self.whole.get(path, ())))

    def pieces(self, version: Version, name: str | None = None) -> list[int]:
        """Functions that were executed of a version: all, or those of a qualified name."""
        if version.path not in self._found:
            self._found[version.path] = self.store.find_pieces(version.path)
        return [
            each.number
            for each in self._found[version.path]
            if each.blob == version.blob
            and each.piece.kind is PieceKind.FUNCTION
            and (name is None or each.piece.name == name)
        ]

    def others(self, version: Version) -> list[int]:
        """That a version was opened, or listed."""
        self.pieces(version)
        found = self._found[version.path]
        return [
            each.number
            for each in found
            if each.blob == version.blob and each.piece.kind is not PieceKind.FUNCTION
        ]

    def using(self, pieces: Iterable[int]) -> frozenset[str]:
        """Node ids of the tests, and names of parts, that used one of some pieces, directly or by what they include."""
        wanted = tuple(sorted(set(pieces)))
        if wanted not in self._users:
            self._users[wanted] = frozenset(self.store.find_tests(wanted)) if wanted else frozenset()
        return self._users[wanted]

    def strangers(self, version: Version) -> frozenset[str]:
        """Tests that certainly did not run with a file in a version: in their run somebody used another one of it.

        So what that version was says nothing about them. Of a run in which nobody used the file nothing is certain:
        code may have had a module in hand that was loaded for a test of which newer evidence is known.
        """
        if version.path not in self._runs:
            found: dict[int, set[str]] = {}
            for each in self.versions.get(version.path, ()):
                for node in self.using([*self.pieces(each), *self.others(each)]):
                    found.setdefault(self.collected[node].run, set()).add(each.blob)
            self._runs[version.path] = found
        runs = [run for run, blobs in self._runs[version.path].items() if version.blob not in blobs]
        return frozenset().union(*(self._of_run[run] for run in runs))

    def beside(self, path: RepoPath) -> Collection[RepoPath]:
        """Files and folders that tests used which used a file, in any version."""
        if path not in self._beside:
            numbers = [number for version in self.versions.get(path, ()) for number in self.pieces(version)]
            found = self.store.find_paths(numbers)
            self._beside[path] = self.versions if found is None else found
        return self._beside[path]

    def openers(self, path: RepoPath) -> frozenset[RepoPath]:
        """Test files of tests that opened a path, or listed its folder, when it was another one than now."""
        pieces: list[int] = []
        for place in (path, RepoPath(folder_of(path))):
            for version in self.versions.get(place, ()):
                if not self.holds(version):
                    pieces += self.others(version)
        return frozenset(self.collected[node].path for node in self.using(pieces) if node in self.collected)
