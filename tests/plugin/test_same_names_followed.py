"""A file that comes and takes the name of another module: tests that executed the other one get the new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from followed import Case, check, make_tests

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

FILES: Final = {
    "tests/b/util.py": "VALUE = 1\n",
    "tests/b/test_b.py": make_tests(late="import util; assert util.VALUE == 1"),
    "tests/b/test_other.py": make_tests(other="assert True"),
    "tests/c/test_c.py": make_tests(first="assert True"),
}


def test_helper(recorded: Recorded, tmp_path: Path) -> None:
    """A helper beside other tests is found first, by all who ask for the name from then on."""
    check(
        Case(FILES, {"tests/c/util.py": "VALUE = 2\n"}, frozenset({"late"})), recorded, tmp_path / "project"
    )
