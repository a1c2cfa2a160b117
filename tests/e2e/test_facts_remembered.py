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
SMALL = {
    "pkg/__init__.py": "",
    "pkg/a.py": "x = 1\n",
    "test_a.py": "from pkg.a import x\n" + PASS,
    "test_b.py": PASS,
}


@pytest.mark.parametrize("body", [b"", b"-", b"-[1, 2, 3]", b"l{}", b"-[[], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"])
def test_damaged_facts_are_read_anew(tmp_path: Path, body: bytes) -> None:
    """Rows that hold no facts are read from the files again, and the answer is the same."""
    repository = make_repository(tmp_path / "top", SMALL)
    repository.write({"pkg/a.py": "x = 2\n"})
    assert chosen(plan(repository, tmp_path / "store")) == {"test_a.py": ()}
    connection = sqlite3.connect(next((tmp_path / "store").glob("facts-*")))
    connection.execute("UPDATE facts SET body = ?", (body,))
    connection.commit()
    connection.close()
    repository.write({"pkg/new.py": "import pkg.a\n", "pkg/a.py": "x = 3\n"})
    assert chosen(plan(repository, tmp_path / "store")) == {"test_a.py": ()}


@pytest.mark.parametrize(
    ("edits", "expected", "reads"),
    [
        ({"pkg/a.py": "x = 2\n"}, {"test_a.py": ()}, True),
        ({"pytest.ini": "[pytest]\n"}, "everything", False),
        ({"README.md": "text\n"}, {}, True),
        ({"test_a.py": SMALL["test_a.py"] + "# one\n"}, {}, False),
        ({"pytest.ini": "[pytest]\n", "pkg/a.py": "x = 2\n"}, "everything", False),
    ],
    ids=["code", "ground", "neutral", "comment", "ground and code"],
)
def test_first_plan_of_the_command(
    tmp_path: Path, edits: dict[str, str], expected: object, *, reads: bool
) -> None:
    """Copies that read files while edits are judged change nothing, whether their work is needed in the end or not."""
    files = {f"pkg/part{number}.py": f"x = '{number * 50_000}'\n" for number in range(8)}
    repository = make_repository(
        tmp_path / "top",
        {
            **{name: text + "# " + "long " * 60_000 for name, text in files.items()},
            **SMALL,
        },
    )
    repository.write(edits)
    for _ in range(2):
        assert chosen(plan(repository, tmp_path / "store", alone=True)) == expected
    assert any((tmp_path / "store").glob("facts-*")) is reads
