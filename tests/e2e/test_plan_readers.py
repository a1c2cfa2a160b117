"""Who reads a changed file, in real repositories: what the calls of the readers exclude, and what they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from planning import chosen, plan
from temporary_git import make_repository

if TYPE_CHECKING:
    from pathlib import Path

PASS = "def test(): pass\n"  # noqa: S105 - a test that passes, no password
A, B = "tests/test_a.py", "tests/test_b.py"
TOOLS = "tests/tools.py"
USE = "from tools import *\n" + PASS
HERE = "import glob, os\nhere = os.path.dirname(os.path.abspath(__file__))\n"
LISTED = "while not here.endswith('tests'): pass\nname = here[: here.index('.py')]\n"
DOWNLOAD = "def get():\n    skipped = ['*.json', '*.md']\n    return snapshot_download('x', ignore_patterns=skipped)\n"


@pytest.mark.parametrize(
    ("tools", "changed", "runs"),
    [
        (HERE + LISTED + "found = glob.glob(os.path.join(here, '*.bin'))\n", B, [B]),
        (HERE + LISTED + "found = glob.glob(os.path.join(here, '*'))\n", B, [A, B]),
        (HERE + LISTED + "found = os.listdir(here)\n", B, [A, B]),
        (
            HERE + "found = glob.glob(os.path.join(here, '*.bin'))\n",
            "tests/data/x.md",
            [A, B],
        ),  # nobody reads it
        (HERE + "found = glob.glob(os.path.join(here, '*.md'))\n", "tests/data/x.md", [A]),
        (HERE + "found = glob.glob(os.path.join(here, '*.d'))\n", "tests/data.d/x.md", [A]),
        (DOWNLOAD, "docs/a.md", []),
        (DOWNLOAD.replace("snapshot_download", "read_all"), "docs/a.md", [A]),
        (DOWNLOAD + "x = '*.md'\n", "docs/a.md", [A]),
        ("HIDDEN = ['**/.*']\n", "docs/a.md", []),
        ("HIDDEN = ['**/.*']\n", ".github/a.md", [A]),
        ("HIDDEN = ['docs/**/*.md']\n", "docs/a.md", [A]),
        ("HIDDEN = ['docs/**/*.md']\n", "docs/b/c/a.md", [A]),
        ("HIDDEN = ['**/**/**/**/**/a.*']\n", "docs/a.md", [A]),
    ],
)
def test_readers(tmp_path: Path, tools: str, changed: str, runs: list[str]) -> None:
    """A helper that a test imports reads what changed, or cannot."""
    files = {A: USE, B: PASS, TOOLS: tools, "pytest.ini": "[pytest]\npythonpath = tests\n"}
    repository = make_repository(tmp_path / "r", {**files, **({} if changed in files else {changed: "1\n"})})
    repository.write({changed: files.get(changed, "1\n") + "\n\nx = 3\n"})
    found = chosen(plan(repository, tmp_path / "store", ref="HEAD"))
    assert found != "everything"
    assert sorted(path for path in found if path in {A, B}) == runs
