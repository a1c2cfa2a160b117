"""What reading a file finds: remembered by content, or read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pytest_txselect.project.disk import hash_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_txselect.store.facts import FactStore

__all__ = ["Reading", "Remembered", "is_named"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """A way to read a file that depends on its bytes alone.

    Attributes:
        name: what the store calls it.
        read: finds something in the bytes of a file; None where that cannot be told.
        pack: turns what is found into bytes.
        unpack: turns them back; raises ValueError for others.
    """

    name: str
    read: Callable[[bytes], T | None]
    pack: Callable[[T], bytes]
    unpack: Callable[[bytes], T]


class Remembered(Generic[T]):
    """What one way to read finds, remembered by content.

    Args:
        store: what is remembered.
        reading: the way to read.
    """

    def __init__(self, store: FactStore, reading: Reading[T]) -> None:
        self._store = store
        self._reading = reading
        self._fresh: dict[str, bytes] = {}

    def recall(self, key: str) -> T | None:
        """What is remembered of a content key; None where nothing is."""
        packed = self._store.read_found(self._reading.name, key)
        if packed is None:
            return None
        try:
            return self._reading.unpack(packed)
        except ValueError:
            return None  # damaged, or made by somebody else: it is read again

    def look(self, key: str, source: bytes) -> T | None:
        """Read a file anew, to be remembered for a content key if its bytes are those that the key names."""
        found = self._reading.read(source)
        if found is not None and is_named(key, source):
            self._fresh[key] = self._reading.pack(found)
        return found

    def find(self, keys: Iterable[str | None], source: bytes) -> T | None:
        """What is remembered of bytes, or read in them.

        Args:
            keys: content keys, one of which may be theirs: bytes of a path may be those of either end.
            source: the bytes.
        """
        key = next((each for each in keys if each and is_named(each, source)), "")
        found = self.recall(key) if key else None
        return found or self.look(key, source)

    def remember(self) -> None:
        """Write what was read to the store."""
        if self._fresh:
            self._store.write_found(self._reading.name, self._fresh)
            self._fresh = {}


def is_named(key: str, source: bytes) -> bool:
    """Whether bytes are those of a content key: the file may have changed since that was made."""
    if key.startswith("w"):
        return key == hash_source(source)
    blob = b"blob %d\0" % len(source) + source
    digest = (
        hashlib.sha1 if len(key) == hashlib.sha1(usedforsecurity=False).digest_size * 2 else hashlib.sha256
    )
    return key == digest(blob, usedforsecurity=False).hexdigest()
