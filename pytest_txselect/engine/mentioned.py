"""What files mention at the head: remembered by content, or read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.remembered import Reading, Remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_txselect.model import RepoPath
    from pytest_txselect.source.mentions import Mentions
    from pytest_txselect.store.facts import FactStore

__all__ = ["MENTIONS", "Mentioned"]


def _read(source: bytes) -> Mentions | None:
    from pytest_txselect.source.mentioning import read_mentions  # noqa: PLC0415 - slow to import

    return read_mentions(source)


def _pack(mentions: Mentions) -> bytes:
    from pytest_txselect.source.mentions_packed import pack_mentions  # noqa: PLC0415 - slow to import

    return pack_mentions(mentions)


def _unpack(packed: bytes) -> Mentions:
    from pytest_txselect.source.mentions_packed import unpack_mentions  # noqa: PLC0415 - slow to import

    return unpack_mentions(packed)


MENTIONS: Final[Reading[Mentions]] = Reading("mentions 3", _read, _pack, _unpack)
"""Count on whenever equal bytes would give other mentions."""


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
        self._remembered = Remembered(store, MENTIONS)
        self._keys = keys
        self._read = read
        self._found: dict[RepoPath, Mentions | None] = {}

    def find(self, path: RepoPath) -> Mentions | None:
        """What a file mentions where; nothing for a file that is not there any more, None for one that cannot be read."""
        if path not in self._found:
            self._found[path] = self._find(path)
        return self._found[path]

    def remember(self) -> None:
        """Write what was read to the store."""
        self._remembered.remember()

    def _find(self, path: RepoPath) -> Mentions | None:
        key = self._keys.get(path)
        if key is None:
            return MENTIONS.read(b"")
        found = self._remembered.recall(key)
        if found is not None:
            return found
        source = self._read(path)
        return None if source is None else self._remembered.look(key, source)
