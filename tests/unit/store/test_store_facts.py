"""The store of facts: keeps what it is given, and is done without where it cannot be used."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import pack_facts
from pytest_txselect.store.facts import KEPT_GRAPHS, FactStore
from pytest_txselect.store.folder import make_folder

if TYPE_CHECKING:
    from pathlib import Path

FACTS = {"k": pack_facts(read_facts(b"import a\n")), "u": pack_facts(read_facts(b"("))}


def fill(folder: Path) -> FactStore:
    """Return a store with two facts and a graph."""
    store = FactStore(folder)
    store.write_facts(FACTS)
    store.write_graph("g", [b"one", b"", b"three"])
    return store


def test_round_trip(tmp_path: Path) -> None:
    """Another process finds what was written, and nothing else."""
    fill(tmp_path / "s").close()
    store = FactStore(tmp_path / "s")
    assert store.read_facts(["k", "u", "k", "absent"]) == FACTS
    assert store.read_graph("g") == [b"one", b"", b"three"]
    assert store.read_graph("absent") is None
    assert store.doubts == []
    store.close()
    assert {path.name for path in (tmp_path / "s").iterdir()} >= {"README.md", ".gitignore", "CACHEDIR.TAG"}


def test_oldest_graphs_go(tmp_path: Path) -> None:
    """Only the newest graphs are kept."""
    store = fill(tmp_path / "s")
    for number in range(KEPT_GRAPHS):
        store.write_graph(f"n{number}", [b"x"])
    assert store.read_graph("g") is None
    assert store.read_graph("n0") == [b"x"]
    store.close()


def test_read_only(tmp_path: Path) -> None:
    """A store that must not write makes no folder."""
    store = FactStore(tmp_path / "s", write=False)
    store.write_facts(FACTS)
    store.write_graph("g", [])
    assert store.read_facts(["k"]) == {}
    assert store.read_graph("g") is None
    assert not (tmp_path / "s").exists()


def test_corrupt_file_is_set_aside(tmp_path: Path) -> None:
    """What is no database is kept under another name, aloud, and a new one begun."""
    fill(tmp_path / "s").close()
    path = next((tmp_path / "s").glob("facts-*"))
    path.write_bytes(b"no database" * 1000)
    store = FactStore(tmp_path / "s")
    assert [doubt.slug for doubt in store.doubts] == ["store-unusable"]
    assert store.read_facts(["k"]) == {}
    store.write_facts(FACTS)
    assert store.read_facts(["k"]) == {"k": FACTS["k"]}
    store.close()
    assert [each for each in (tmp_path / "s").iterdir() if each.suffix == ".bad"]


def test_another_schema_is_set_aside(tmp_path: Path) -> None:
    """A file of another schema is not read."""
    fill(tmp_path / "s").close()
    connection = sqlite3.connect(next((tmp_path / "s").glob("facts-*")))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    store = FactStore(tmp_path / "s")
    assert "schema 99" in store.doubts[0].message
    assert store.read_facts(["k"]) == {}
    store.close()


def test_damaged_rows_are_not_remembered(tmp_path: Path) -> None:
    """A row that is not ours counts as none."""
    store = fill(tmp_path / "s")
    store.close()
    connection = sqlite3.connect(store.path)
    connection.execute("UPDATE facts SET body = 'x' WHERE key = 'k'")
    connection.execute("UPDATE sizes SET size = 99")
    connection.commit()
    connection.close()
    store = FactStore(tmp_path / "s")
    assert store.read_facts(["k", "u"]) == {"u": FACTS["u"]}
    assert store.read_graph("g") is None
    store.close()


def test_locked(tmp_path: Path) -> None:
    """A store that another process writes to is done without, aloud."""
    store = fill(tmp_path / "s")
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.write_facts({"new": FACTS["k"]})
    assert "locked" in store.doubts[0].message
    assert store.read_facts(["k"]) == {}
    other.close()


def test_folder_in_the_way(tmp_path: Path) -> None:
    """A file where the folder should be costs memory and nothing else."""
    (tmp_path / "s").write_text("x")
    store = FactStore(tmp_path / "s" / "deep")
    store.write_facts(FACTS)
    assert store.doubts
    make_folder(tmp_path / "t")
    make_folder(tmp_path / "t")
    assert (tmp_path / "t" / ".gitignore").read_text().splitlines()[0] == "*"
