"""Whatever is found in files is remembered by content, never for other bytes than those that were read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from pytest_txselect.engine.handing import HANDING
from pytest_txselect.engine.listings import make_reading
from pytest_txselect.engine.mentioned import MENTIONS
from pytest_txselect.engine.remembered import Reading, Remembered
from pytest_txselect.project.disk import hash_source
from pytest_txselect.store.facts import FactStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCE = b"import os\ndef f():\n    os.listdir('a')\n    download(ignore='*.md')\nHERE = __file__\n"
OTHER = b"import os\ndef f():\n    os.listdir('b')\n    download(ignore='*.rst')\nTHERE = __file__\n"
KEYS = {
    "of the work tree": hash_source,
    "of git": lambda source: hashlib.sha1(_blob(source), usedforsecurity=False).hexdigest(),
    "of git with longer names": lambda source: hashlib.sha256(_blob(source)).hexdigest(),
}
READINGS: list[Reading[Any]] = [
    HANDING,
    MENTIONS,
    make_reading(globs=False, folders=True),
    make_reading(globs=True, folders=False),
]


def _blob(source: bytes) -> bytes:
    return b"blob %d\0" % len(source) + source


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FactStore]:
    """A store with nothing in it."""
    found = FactStore(tmp_path / "store")
    yield found
    found.close()


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("reading", READINGS, ids=lambda each: each.name)
def test_remembered(store: FactStore, reading: Reading[Any], key: str) -> None:
    """What was read is remembered as it is, and each content has its own."""
    first = Remembered(store, reading)
    found = [first.look(KEYS[key](source), source) for source in (SOURCE, OTHER)]
    assert found[0] != found[1]
    assert found == [reading.read(SOURCE), reading.read(OTHER)]
    first.remember()
    assert [Remembered(store, reading).recall(KEYS[key](source)) for source in (SOURCE, OTHER)] == found


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("reading", READINGS, ids=lambda each: each.name)
def test_changed_meanwhile(store: FactStore, reading: Reading[Any], key: str) -> None:
    """Bytes that are not those of the key are read, and not remembered for it."""
    first = Remembered(store, reading)
    assert first.look(KEYS[key](SOURCE), OTHER) == reading.read(OTHER)
    first.remember()
    assert Remembered(store, reading).recall(KEYS[key](SOURCE)) is None


@pytest.mark.parametrize(
    "packed", [b"nonsense", b"", b"[1,[],null]", b"[null,[[]],null]", b"[null,[]]", b"[" * 9999]
)
@pytest.mark.parametrize("reading", READINGS, ids=lambda each: each.name)
def test_damaged(store: FactStore, reading: Reading[Any], packed: bytes) -> None:
    """What cannot be unpacked is not remembered, and reading anew mends it."""
    key = hash_source(SOURCE)
    store.write_found(reading.name, {key: packed})
    remembered = Remembered(store, reading)
    assert remembered.recall(key) is None
    remembered.look(key, SOURCE)
    remembered.remember()
    assert remembered.recall(key) == reading.read(SOURCE)


def test_apart(store: FactStore) -> None:
    """Ways to read know nothing of one another, whatever they ask of the same file."""
    key = hash_source(SOURCE)
    assert len({each.name for each in READINGS}) == len(READINGS)
    first = Remembered(store, READINGS[1])
    first.look(key, SOURCE)
    first.remember()
    assert Remembered(store, READINGS[1]).recall(key) is not None
    assert Remembered(store, READINGS[0]).recall(key) is None
    assert Remembered(store, READINGS[2]).recall(key) is None


def test_forgotten(store: FactStore) -> None:
    """What is forgotten of a content is all of it."""
    store.write_facts({"a": b"-1", "b": b"-2"})
    for reading in ("one", "two"):
        store.write_found(reading, {"a": b"1", "b": b"2"})
    store.forget_facts({"b"})
    found = [store.read_found(reading, key) for reading in ("one", "two") for key in ("a", "b")]
    assert found == [None, b"2", None, b"2"]
