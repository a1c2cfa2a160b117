"""The sources at both ends of the comparison: which files, and their facts, read when asked for."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_txselect.changes.listing import LINK_MODE, SUBMODULE_MODE
from pytest_txselect.model import ChangeKind, RepoPath
from pytest_txselect.project.disk import hash_source, read_source, read_work_tree
from pytest_txselect.project.tree import folder_of, join
from pytest_txselect.source.facts import Unparsed, holds_table, is_lasting, pack_facts, unpack_facts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.changes.diff import Survey
    from pytest_txselect.changes.git import Git
    from pytest_txselect.engine.request import Progress
    from pytest_txselect.model import Change
    from pytest_txselect.source.facts import Facts
    from pytest_txselect.store.facts import FactStore

__all__ = ["EndFacts", "Sources", "find_ends", "find_links"]

LONGEST_CHAIN: Final = 8
"""How many links are followed, one behind another."""
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
        known: unpacked facts by content key.
    """

    git: Git
    store: FactStore
    progress: Progress
    from_disk: bool
    known: dict[str, Facts] = field(default_factory=dict, repr=False)
    _packed: dict[str, bytes] = field(default_factory=dict, repr=False)
    _fresh: set[str] = field(default_factory=set, repr=False)

    def load(self, keys: Mapping[RepoPath, str], *, on_disk: bool) -> None:
        """Have the facts of files at hand.

        Args:
            keys: content key of each file; keys that git does not know begin with `w`.
            on_disk: whether the work tree holds these contents.
        """
        missing = {key: path for path, key in keys.items() if key not in self._packed}
        self._packed |= self.store.read_facts(missing)
        self._read({key: path for key, path in missing.items() if key not in self._packed}, on_disk=on_disk)

    def _read(self, missing: dict[str, RepoPath], *, on_disk: bool) -> None:
        """Read files, each by its content key."""
        if not missing:
            return
        self._fresh |= missing.keys()
        if on_disk:
            self._read_disk({path: key for key, path in missing.items()})
            return
        from pytest_txselect.source.compiled import read_facts  # noqa: PLC0415 - most plans read nothing

        outside = {key for key in missing if key.startswith("l")}
        link = pack_facts(Unparsed("is a link to something else than a file of the repository"))
        self._packed |= dict.fromkeys(outside, link)
        for key, source in self.git.read_blobs([key for key in missing if key not in outside]):
            self._packed[key] = pack_facts(read_facts(source))

    def _read_disk(self, keys: Mapping[RepoPath, str]) -> None:
        def keep(path: RepoPath, packed: bytes, facts: Facts | None) -> None:
            self._packed[keys[path]] = packed
            if facts is not None and len(self.known) < MOST_UNPACKED:
                self.known[keys[path]] = facts

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
        self._on_disk = on_disk

    def __getitem__(self, path: RepoPath) -> Facts:
        key = self._keys[path]
        return self._sources.known.get(key) or self._sources.facts(path, key, on_disk=self._on_disk)

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

    def with_tables(self) -> Iterator[RepoPath]:
        """Files that find names lazily."""
        self.load_all()
        return (path for path, key in self._keys.items() if self._sources.holds_table(key))

    def load_all(self) -> None:
        """Have all facts at hand, which is faster than one by one."""
        self._sources.load(self._keys, on_disk=self._on_disk)


def find_links(git: Git, seen: Survey) -> dict[RepoPath, RepoPath]:
    """Python files that can be reached by symbolic links, with the file of the repository behind each.

    A link to a folder makes a path for every file below it.
    """
    direct = _read_links(git, seen)
    if not direct:
        return {}
    links = {path: target for path, target in direct.items() if path.endswith(".py")}
    known = {*seen.files, *(change.path for change in seen.changes.files)} - direct.keys()
    links |= {alias: path for alias, path in _below_links(direct, known) if path.endswith(".py")}
    for path in links:
        for _ in range(LONGEST_CHAIN):
            links[path] = links.get(links[path], links[path])
    return links


def _read_links(git: Git, seen: Survey) -> dict[RepoPath, RepoPath]:
    """Every symbolic link, with the path that it leads to."""
    entries = {path: entry for path, entry in seen.files.items() if entry.mode == LINK_MODE}
    loose = {change.path for change in seen.changes.files if change.new is None}  # no objects of git (yet)
    entries = {path: entry._replace(name=None) if path in loose else entry for path, entry in entries.items()}
    names = [entry.name for entry in entries.values() if entry.name]
    texts = dict(git.read_blobs(list(dict.fromkeys(names)))) if names else {}
    links: dict[RepoPath, RepoPath] = {}
    for path, entry in entries.items():
        place = os.path.join(git.repository.top, path)  # noqa: PTH118 - surrogates in the name survive
        text = texts[entry.name] if entry.name else os.fsencode(os.readlink(place))  # noqa: PTH115 - likewise
        target = posixpath.normpath(posixpath.join(folder_of(path), os.fsdecode(text).replace(os.sep, "/")))
        links[path] = RepoPath("" if target == "." else target)
    return links


def _below_links(
    links: Mapping[RepoPath, RepoPath], paths: Iterable[RepoPath]
) -> Iterator[tuple[RepoPath, RepoPath]]:
    """The paths that links to folders make, each with the path behind it; none of folders around links."""
    folders = {
        path: join(target, "") for path, target in links.items() if not path.startswith(join(target, ""))
    }
    for path in sorted(paths) if folders else ():
        for link, front in folders.items():
            if path.startswith(front):
                yield RepoPath(join(link, path[len(front) :])), path


def find_ends(git: Git, seen: Survey) -> tuple[dict[RepoPath, str], dict[RepoPath, str]]:
    """Content keys of every file at the base and at the head.

    A symbolic link's key is made of its target's name, so that it is never taken for a file of the same
    bytes. Files whose content only the work tree has are hashed, if they are Python; of others the key says
    no more than that they changed.
    """
    head: dict[RepoPath, str] = {}
    for path, entry in seen.files.items():
        if entry.mode == SUBMODULE_MODE:
            continue
        if entry.name is not None:
            head[path] = entry.name if entry.mode != LINK_MODE else f"l{entry.name}"
        elif path.endswith(".py"):
            source = read_source(git.repository.top, path)
            head[path] = hash_source(source) if source is not None else f"w{os.urandom(8).hex()}"
        else:
            head[path] = "w"
    base = dict(head)
    for change in seen.changes.files:
        if change.kind is ChangeKind.ADDED:
            base.pop(change.path, None)
        elif change.old is not None and change.kind is not ChangeKind.SUBMODULE:
            base[change.path] = change.old
    links = _read_links(git, seen)
    for keys in (base, head) if links else ():
        keys |= {alias: keys[path] for alias, path in _below_links(links, keys.keys() - links.keys())}
    return base, head
