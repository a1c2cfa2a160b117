"""What a crew reads ahead is what would be read when somebody asks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest
from planning import chosen, plan
from temporary_git import make_repository

from pytest_txselect.engine import harvest
from pytest_txselect.engine.listings import OF_SOURCES
from pytest_txselect.project import disk
from pytest_txselect.store.facts import FactStore

if TYPE_CHECKING:
    from pathlib import Path

SCAN: Final = (
    "from pathlib import Path\nHERE = Path(__file__).parent\ndef scan(): return [*HERE.rglob('*.py')]\n"
)
FILES: Final = {
    "pkg/__init__.py": "",
    "pkg/scan.py": SCAN,
    "pkg/plain.py": "x = 1\n",
    "pkg/data.json": "1",
    "script.py": SCAN + "print(scan())\n",
    "tests/test_scan.py": "from pkg.scan import scan\ndef test_scan(): scan()\n",
    "tests/test_other.py": "def test_other(): pass\n",
}


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="processes are copied on Linux only")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # other plugins may have threads
@pytest.mark.parametrize("changed", ["pkg/plain.py", "pkg/data.json"])
def test_listings_are_read_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    """A crew remembers what a module of a package lists, of the others nothing; what is selected stays the same."""
    monkeypatch.setattr(harvest, "can_copy", lambda: True)
    monkeypatch.setattr(harvest, "count_cores", lambda: 3)
    monkeypatch.setattr(harvest, "WORTH_A_COPY", 1)
    monkeypatch.setattr(disk, "CHUNK", 1)
    repository = make_repository(tmp_path / "top")
    repository.commit(FILES)
    repository.write({changed: "2"})
    alone = plan(repository, tmp_path / "alone", remember=False)
    together = plan(repository, tmp_path / "store", alone=True)
    assert chosen(together) == chosen(alone)
    store = FactStore(tmp_path / "store", write=False)
    remembered = {
        path: store.read_found(OF_SOURCES.name, repository.run("rev-parse", f"HEAD:{path}")) for path in FILES
    }
    store.close()
    listing = OF_SOURCES.read(SCAN.encode())
    assert listing is not None
    assert {path: each for path, each in remembered.items() if each is not None} == {
        "pkg/scan.py": OF_SOURCES.pack(listing)
    }
