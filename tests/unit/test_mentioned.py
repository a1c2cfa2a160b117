"""What files mention is remembered by content, never for other bytes than those that were read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.engine.mentioned import MENTIONS, Mentioned
from pytest_txselect.model import RepoPath
from pytest_txselect.project.disk import hash_source
from pytest_txselect.store.facts import FactStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_txselect.source.mentions import Mentions

PATH = RepoPath("pkg/a.py")
SOURCE = b"def f():\n    return g()\n"
OTHER = b"def f():\n    return h()\n"
BLOB = b"blob %d\0" % len(SOURCE) + SOURCE
KEYS = {
    "of the work tree": hash_source(SOURCE),
    "of git": hashlib.sha1(BLOB, usedforsecurity=False).hexdigest(),
    "of git with longer names": hashlib.sha256(BLOB).hexdigest(),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FactStore]:
    """A store with nothing in it."""
    found = FactStore(tmp_path / "store")
    yield found
    found.close()


def _nothing(path: RepoPath) -> bytes:
    pytest.fail(f"{path} is read again")


def _find_and_remember(store: FactStore, key: str, source: bytes) -> Mentions:
    """What a file mentions that has some bytes, whatever its key names."""
    mentioned = Mentioned(store, {PATH: key}, lambda _: source)
    found = mentioned.find(PATH)
    assert found is not None
    mentioned.remember()
    return found


@pytest.mark.parametrize("key", KEYS)
def test_remembered(store: FactStore, key: str) -> None:
    """What was read once is not read again, and the same."""
    found = _find_and_remember(store, KEYS[key], SOURCE)
    assert found.functions == {"f": {"g"}}
    assert Mentioned(store, {PATH: KEYS[key]}, _nothing).find(PATH) == found


@pytest.mark.parametrize("key", KEYS)
def test_changed_meanwhile(store: FactStore, key: str) -> None:
    """Bytes that are not those of the key are read, and not remembered for it."""
    assert _find_and_remember(store, KEYS[key], OTHER).functions == {"f": {"h"}}
    assert store.read_found(MENTIONS.name, KEYS[key]) is None


def test_damaged(store: FactStore) -> None:
    """What cannot be unpacked is read again."""
    key = hash_source(SOURCE)
    store.write_found(MENTIONS.name, {key: b"nonsense"})
    assert _find_and_remember(store, key, SOURCE).functions == {"f": {"g"}}


def test_gone(store: FactStore) -> None:
    """A file that is not there mentions nothing; of one that cannot be read nothing is known."""
    found = Mentioned(store, {}, _nothing).find(PATH)
    assert found is not None
    assert not found.functions
    assert Mentioned(store, {PATH: "w"}, lambda _: None).find(PATH) is None
