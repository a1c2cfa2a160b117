"""The sources at both ends of the comparison: bytes and facts of files, read when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar, overload

from pytest_txselect.model import ChangeKind, RepoPath
from pytest_txselect.project.disk import read_source, read_work_tree
from pytest_txselect.source.facts import Unparsed, holds_table, is_lasting, pack_facts, unpack_facts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.changes.git import Git
    from pytest_txselect.engine.request import Progress
    from pytest_txselect.model import Change
    from pytest_txselect.source.facts import Facts
    from pytest_txselect.store.facts import FactStore

__all__ = ["EndFacts", "Sources"]

T = TypeVar("T")

MOST_UNPACKED: Final = 4_000
"""Facts of so many files are kept unpacked."""


@dataclass(slots=True)
class Sources:
    """Finds bytes and facts of files, by content key: in memory, in the store, in the work tree, in git.

    Facts are kept packed, which takes little memory; those last asked for are kept unpacked as well.

    Attributes:
        git: the repository.
        store: what is remembered.
        progress: who watches.
        from_disk: whether the head of the comparison is the work tree.
        alone: whether nobody else wants anything of this process, so that it may be copied.
        known: unpacked facts by content key.
    """

    git: Git
    store: FactStore
    progress: Progress
    from_disk: bool
    alone: bool = False
    known: dict[str, Facts] = field(default_factory=dict, repr=False)
    _packed: dict[str, bytes] = field(default_factory=dict, repr=False)
    _fresh: set[str] = field(default_factory=set, repr=False)

    def load(self, keys: Mapping[RepoPath, str], *, on_disk: bool) -> None:
        """Have the facts of files at hand.

        Args:
            keys: content key of each file; keys that git does not know begin with `w`.
            on_disk: whether the work tree holds these contents.
        """
        self._read(self.recall(keys), on_disk=on_disk)

    def recall(self, keys: Mapping[RepoPath, str]) -> dict[str, RepoPath]:
        """Have the facts at hand that are remembered; content key and path of files that must be read."""
        missing = {key: path for path, key in keys.items() if key not in self._packed}
        self._packed |= self.store.read_facts(missing)
        return {key: path for key, path in missing.items() if key not in self._packed}

    def keep(self, key: str, packed: bytes, facts: Facts | None = None) -> None:
        """Have the facts of a file at hand that was just read."""
        self._fresh.add(key)
        self._packed[key] = packed
        if facts is not None and len(self.known) < MOST_UNPACKED:
            self.known[key] = facts

    def _read(self, missing: dict[str, RepoPath], *, on_disk: bool) -> None:
        """Read files, each by its content key."""
        if not missing:
            return
        if on_disk:
            self._read_disk({path: key for key, path in missing.items()})
            return
        from pytest_txselect.source.compiled import read_facts  # noqa: PLC0415 - most plans read nothing

        outside = {key for key in missing if key.startswith("l")}
        link = pack_facts(Unparsed("is a link to something else than a file of the repository"))
        for key in outside:
            self.keep(key, link)
        for key, source in self.git.read_blobs([key for key in missing if key not in outside]):
            self.keep(key, pack_facts(read_facts(source)))

    def _read_disk(self, keys: Mapping[RepoPath, str]) -> None:
        def keep(path: RepoPath, packed: bytes, facts: Facts | None) -> None:
            self.keep(keys[path], packed, facts)

        self.progress.begin("reading source files", len(keys))
        try:
            read_work_tree(self.git.repository.top, list(keys), keep, self.progress.step)
        finally:
            self.progress.end()

    def facts(self, path: RepoPath, key: str, *, on_disk: bool) -> Facts:
        """The facts of one file, read if they are not at hand."""
        found = self.find(key)
        if found is None:
            self.load({path: key}, on_disk=on_disk)
            found = self.find(key)
        if found is None:  # what the store had were no facts
            self._read({key: path}, on_disk=on_disk)
            found = self._unpack(key)
        return found

    def find(self, key: str) -> Facts | None:
        """Facts that are at hand or remembered; None where the file must be read."""
        found = self.known.get(key)
        if found is not None:
            return found
        if key not in self._packed:
            self._packed |= self.store.read_facts([key])
        try:
            return self._unpack(key)
        except (KeyError, ValueError):
            self._packed.pop(key, None)
            return None

    def _unpack(self, key: str) -> Facts:
        facts = unpack_facts(self._packed[key])
        if len(self.known) >= MOST_UNPACKED:
            del self.known[next(iter(self.known))]
        self.known[key] = facts
        return facts

    def is_eager(self, key: str) -> bool:
        """Whether facts are at hand, of a file that finds no name lazily."""
        packed = self._packed.get(key)
        return packed is not None and not holds_table(packed)

    def holds_table(self, key: str) -> bool:
        """Whether facts at hand are of a file that finds names lazily."""
        return holds_table(self._packed[key])

    def remember(self) -> None:
        """Write what is new to the store."""
        lasting = {key: self._packed[key] for key in self._fresh if is_lasting(self._packed[key])}
        if lasting:
            self.store.write_facts(lasting)
        self._fresh.clear()

    def read_versions(self, changes: Iterable[Change]) -> Iterator[tuple[Change, bytes | None, bytes | None]]:
        """The old and the new bytes of changed files; None for a side that does not exist or cannot be read.

        Raises:
            GitError: git does not have a version.
        """
        wanted = list(changes)
        names = [change.old for change in wanted if change.old]
        if not self.from_disk:
            names += [change.new for change in wanted if change.new]
        blobs = dict(self.git.read_blobs(list(dict.fromkeys(names)))) if names else {}
        for change in wanted:
            old = blobs[change.old] if change.old else None
            if change.kind is ChangeKind.DELETED:
                new = None
            elif self.from_disk:
                new = read_source(self.git.repository.top, change.path)
            else:
                new = blobs[change.new] if change.new else None
            yield change, old, new


class EndFacts(Mapping[RepoPath, "Facts"]):
    """Facts of the Python files at one end, looked up by content key when they are asked for.

    Args:
        sources: where facts come from.
        keys: content keys at this end.
        on_disk: whether the work tree holds these contents.
    """

    def __init__(
        self,
        sources: Sources,
        keys: Mapping[RepoPath, str],
        links: Mapping[RepoPath, RepoPath],
        *,
        on_disk: bool,
    ) -> None:
        self._sources = sources
        self._keys = {
            path: keys.get(links.get(path, path), key) for path, key in keys.items() if path.endswith(".py")
        }
        self.on_disk = on_disk

    def __getitem__(self, path: RepoPath) -> Facts:
        key = self._keys[path]
        return self._sources.known.get(key) or self._sources.facts(path, key, on_disk=self.on_disk)

    @overload
    def get(self, key: RepoPath, /) -> Facts | None: ...
    @overload
    def get(self, key: RepoPath, /, default: Facts | T) -> Facts | T: ...
    def get(self, key: RepoPath, /, default: Facts | T | None = None) -> Facts | T | None:
        """The facts of a file; what is given where it is no Python file of this end, as most that is asked about."""
        name = self._keys.get(key)
        return default if name is None else self._sources.known.get(name) or self[key]

    def key(self, path: RepoPath) -> str:
        """Content key of what a path leads to."""
        return self._keys[path]

    def __iter__(self) -> Iterator[RepoPath]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, path: object) -> bool:
        return path in self._keys

    def at(self, keys: Mapping[RepoPath, str], paths: Iterable[RepoPath]) -> dict[RepoPath, Facts] | None:
        """Facts of some files as they were under other keys; None where any of them is not remembered."""
        found: dict[RepoPath, Facts] = {}
        for path in paths:
            facts = self._sources.find(keys[path]) if path in keys else None
            if facts is None:
                return None
            found[path] = facts
        return found

    def is_eager(self, path: RepoPath) -> bool:
        """Whether a file is known to find no name lazily; False where that takes reading it, or it is no file of this end."""
        return self._sources.is_eager(self._keys.get(path, ""))

    def with_tables(self) -> Iterator[RepoPath]:
        """Files that find names lazily."""
        self.load_all()
        return (path for path, key in self._keys.items() if self._sources.holds_table(key))

    def recall(self) -> dict[str, RepoPath]:
        """Content key and path of files whose facts are not remembered."""
        return self._sources.recall(self._keys)

    def load_all(self) -> None:
        """Have all facts at hand, which is faster than one by one."""
        self._sources.load(self._keys, on_disk=self.on_disk)
