"""Fixtures that are replaced nearer to the test: whoever asks further up gets them, for a test that names none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from planning import Case, check

if TYPE_CHECKING:
    from pathlib import Path

A, B, Z = "tests/u/test_a.py", "tests/u/test_b.py", "tests/test_z.py"
PASS: Final = "def test(): pass\n"  # noqa: S105 - a test that passes, no password
PLACE: Final = "tests/u/conftest.py"
NEARER: Final = "import pytest\n\n@pytest.fixture\ndef app():\n    return {}\n"
EDIT: Final[dict[str, str | None]] = {PLACE: NEARER.format(2)}
UPPER: Final = NEARER.format(0) + "\n@pytest.fixture{}\ndef client({}):\n    return 1\n"
FILES: Final = {
    PLACE: NEARER.format(1),
    A: "def test(client): pass\n",
    B: PASS,
    Z: "def test(client): pass\n",
}


@pytest.mark.parametrize("place", ["conftest.py", "tests/conftest.py"])
@pytest.mark.parametrize("asked", ["client", "session"])
def test_asked_further_up(tmp_path: Path, place: str, asked: str) -> None:
    """A conftest further up asks, directly or by a fixture that another one defines."""
    other = "conftest.py" if place != "conftest.py" else "tests/conftest.py"
    more = "import pytest\n\n@pytest.fixture\ndef session(client): return 1\n" if asked == "session" else ""
    files = {**FILES, place: UPPER.format("", "app"), other: more, A: f"def test({asked}): pass\n"}
    check(Case(files, EDIT, {A}, {B, Z}), tmp_path)


@pytest.mark.parametrize(("how", "asks"), [("(autouse=True)", "app"), ("(params=NAMES)", "request, app")])
def test_used_unasked(tmp_path: Path, how: str, asks: str) -> None:
    """Where the upper fixture is autouse, everything below the nearer conftest has it."""
    files = {**FILES, "conftest.py": "NAMES = [1]\n" + UPPER.format(how, asks)}
    check(Case(files, EDIT, {A, B} if "autouse" in how else {A}, {Z}), tmp_path)


def test_asked_by_inherited_test(tmp_path: Path) -> None:
    """A test that is inherited from a file elsewhere asks where it is collected."""
    base = "tests/test_base.py"
    files = {
        PLACE: NEARER.format(1),
        "tests/__init__.py": "",
        "tests/u/__init__.py": "",
        "tests/conftest.py": NEARER.format(0),
        base: "class TestBase:\n    def test(self, app): pass\n",
        A: "from tests.test_base import TestBase\n\nclass TestA(TestBase): pass\n",
        B: PASS,
    }
    check(Case(files, EDIT, {A}, {B, base}), tmp_path)


def test_fixture_of_another_conftest(tmp_path: Path) -> None:
    """So does a fixture that another folder's conftest defines, and a test file imports."""
    other = "tests/v/conftest.py"
    files = {
        **FILES,
        **{f"tests/{each}__init__.py": "" for each in ("", "u/", "v/")},
        other: UPPER.format("", "app"),
        "tests/v/test_v.py": "def test(client): pass\n",
        A: "from tests.v.conftest import client\n\ndef test(client): pass\n",
    }
    check(Case(files, EDIT, {A}, {B, Z, "tests/v/test_v.py"}), tmp_path)
