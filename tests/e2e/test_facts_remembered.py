"""What is remembered of files: damaged, it costs time and nothing else."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from planning import chosen, plan
from temporary_git import make_repository

if TYPE_CHECKING:
    from pathlib import Path

PASS = "def test(): pass\n"  # noqa: S105 - a test that passes, no password


@pytest.mark.parametrize("body", [b"", b"-", b"-[1, 2, 3]", b"l{}", b"-[[], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"])
def test_damaged_facts_are_read_anew(tmp_path: Path, body: bytes) -> None:
    """Rows that hold no facts are read from the files again, and the answer is the same."""
    repository = make_repository(
        tmp_path / "top",
        {
            "pkg/__init__.py": "",
            "pkg/a.py": "x = 1\n",
            "test_a.py": "from pkg.a import x\n" + PASS,
            "test_b.py": PASS,
        },
    )
    repository.write({"pkg/a.py": "x = 2\n"})
    assert chosen(plan(repository, tmp_path / "store")) == {"test_a.py": ()}
    connection = sqlite3.connect(next((tmp_path / "store").glob("facts-*")))
    connection.execute("UPDATE facts SET body = ?", (body,))
    connection.commit()
    connection.close()
    repository.write({"pkg/new.py": "import pkg.a\n", "pkg/a.py": "x = 3\n"})
    assert chosen(plan(repository, tmp_path / "store")) == {"test_a.py": ()}
