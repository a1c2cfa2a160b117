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
from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import Unparsed

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


@dataclass(slots=True)
class Sources:
    """Finds bytes and facts of files, by content key: in memory, in the store, in the work tree, in git.

    Attributes:
        git: the repository.
        store: what is remembered.
        progress: who watches.
        from_disk: whether the head of the comparison is the work tree.
        known: facts by content key.
        fresh: those of them that the store does not have yet.
    """

    git: Git
    store: FactStore
    progress: Progress
    from_disk: bool
    known: dict[str, Facts] = field(default_factory=dict, repr=False)
    fresh: dict[str, Facts] = field(default_factory=dict, repr=False)

    def load(self, keys: Mapping[RepoPath, str], *, on_disk: bool) -> None:
        """Make the facts of files known.

        Args:
            keys: content key of each file; keys that git does not know begin with `w`.
            on_disk: whether the work tree holds these contents.
        """
        missing = {key: path for path, key in keys.items() if key not in self.known}
        self.known |= self.store.read_facts(missing)
        missing = {key: path for key, path in missing.items() if key not in self.known}
        if not missing:
            return
        outside = [key for key in missing if key.startswith("l")] if not on_disk else []
        for key in outside:
            self.known[key] = Unparsed("is a link to something else than a file of the repository")
            del missing[key]
        if on_disk:
            self._keep(self._read_disk(missing))
        else:
            self._keep({key: read_facts(source) for key, source in self.git.read_blobs(list(missing))})

    def _read_disk(self, missing: Mapping[str, RepoPath]) -> dict[str, Facts]:
        self.progress.begin("reading source files", len(missing))
        try:
            facts = read_work_tree(self.git.repository.top, list(missing.values()), self.progress.step)
        finally:
            self.progress.end()
        return {key: facts[path] for key, path in missing.items()}

    def _keep(self, facts: Mapping[str, Facts]) -> None:
        self.known |= facts
        self.fresh |= facts

    def remember(self) -> None:
        """Write what is new to the store."""
        lasting = {
            key: facts
            for key, facts in self.fresh.items()
            if not (isinstance(facts, Unparsed) and not facts.line)
        }
        if lasting:
            self.store.write_facts(lasting)
        self.fresh.clear()

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
        if key not in self._sources.known:
            self._sources.load({path: key}, on_disk=self._on_disk)
        return self._sources.known[key]

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
        wanted = {path: keys[path] for path in paths if path in keys}
        self._sources.known |= self._sources.store.read_facts(
            key for key in wanted.values() if key not in self._sources.known
        )
        found = {path: self._sources.known[key] for path, key in wanted.items() if key in self._sources.known}
        return found if len(found) == len(list(paths)) else None

    def load_all(self) -> None:
        """Make all facts known at once."""
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
