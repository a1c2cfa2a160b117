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


KINDS = {
    "pkg/__init__.py": "",
    "pkg/a.py": "x = 1\n",
    "pkg/c.py": "x = 1\n",
    "pkg/load.py": "from importlib import import_module\nclass Loader:\n    def _kind(self):\n        return 'a'\n"
    "    def load(self):\n        return import_module(f'pkg.{self._kind()}')\n",
    "pkg/other.py": "import pkg.load\nclass Other(pkg.load.Loader):\n    pass\n",
    "test_other.py": "import pkg.other\n" + PASS,
}


@pytest.mark.parametrize("warm", [False, True])
def test_overriding_a_method_that_another_file_asks(tmp_path: Path, *, warm: bool) -> None:
    """A file that begins or ends to override a method moves what another file imports, in remembered graphs too."""
    repository = make_repository(tmp_path / "top", KINDS)
    store = tmp_path / "store"

    def choose() -> dict[str, tuple[str, ...]]:
        """Plan with what is remembered, or with nothing."""
        return chosen(plan(repository, store if warm else tmp_path / f"store {len([*tmp_path.iterdir()])}"))

    repository.write({"pkg/c.py": "x = 2\n"})
    assert choose() == {}
    repository.write({"pkg/other.py": KINDS["pkg/other.py"] + "    def _kind(self): return 'c'\n"})
    repository.commit()
    repository.write({"pkg/c.py": "x = 3\n"})
    assert choose() == {"test_other.py": ()}
    repository.write({"pkg/c.py": "x = 2\n", "pkg/other.py": KINDS["pkg/other.py"] + "    _Other = 'c'\n"})
    repository.commit()
    repository.write({"pkg/c.py": "x = 4\n"})
    assert choose() == {}
