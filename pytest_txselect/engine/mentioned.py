"""What files mention at the head: remembered by content, or read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pytest_txselect.project.disk import hash_source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_txselect.model import RepoPath
    from pytest_txselect.source.mentions import Mentions
    from pytest_txselect.store.facts import FactStore

__all__ = ["Mentioned"]


class Mentioned:
    """Finds what files mention.

    Args:
        store: what is remembered.
        keys: content keys of the files that are there.
        read: gives the bytes of one of them; None where it cannot be read.
    """

    def __init__(
        self, store: FactStore, keys: Mapping[RepoPath, str], read: Callable[[RepoPath], bytes | None]
    ) -> None:
        self._store = store
        self._keys = keys
        self._read = read
        self._found: dict[RepoPath, Mentions | None] = {}
        self._fresh: dict[str, bytes] = {}

    def find(self, path: RepoPath) -> Mentions | None:
        """What a file mentions where; nothing for a file that is not there any more, None for one that cannot be read."""
        if path not in self._found:
            self._found[path] = self._recall(path) or self._look(path)
        return self._found[path]

    def remember(self) -> None:
        """Write what was read to the store."""
        if self._fresh:
            self._store.write_mentions(self._fresh)
            self._fresh = {}

    def _recall(self, path: RepoPath) -> Mentions | None:
        packed = self._store.read_mentions(self._keys[path]) if path in self._keys else None
        if packed is None:
            return None
        from pytest_txselect.source.mentions_packed import unpack_mentions  # noqa: PLC0415 - slow to import

        try:
            return unpack_mentions(packed)
        except ValueError:
            return None  # damaged, or made by somebody else: it is read again

    def _look(self, path: RepoPath) -> Mentions | None:
        from pytest_txselect.source.mentioning import read_mentions  # noqa: PLC0415 - slow to import
        from pytest_txselect.source.mentions_packed import pack_mentions  # noqa: PLC0415 - likewise

        key = self._keys.get(path)
        source = self._read(path) if key is not None else b""
        found = None if source is None else read_mentions(source)
        if key is not None and source is not None and found is not None and _is_named(key, source):
            self._fresh[key] = pack_mentions(found)
        return found


def _is_named(key: str, source: bytes) -> bool:
    """Whether bytes are those of a content key: the file may have changed since that was made."""
    if key.startswith("w"):
        return key == hash_source(source)
    blob = b"blob %d\0" % len(source) + source
    digest = (
        hashlib.sha1 if len(key) == hashlib.sha1(usedforsecurity=False).digest_size * 2 else hashlib.sha256
    )
    return key == digest(blob, usedforsecurity=False).hexdigest()
