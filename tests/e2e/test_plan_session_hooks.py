"""Hooks of a nested conftest: some are called for the whole session, others for what is below its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from planning import Case, check

if TYPE_CHECKING:
    from pathlib import Path

PASS: Final = "def test(): pass\n"  # noqa: S105 - a test that passes, no password
CONFTEST: Final = "tests/sub/conftest.py"
INSIDE, BESIDE = "tests/sub/test_in.py", "tests/test_out.py"
FILES: Final = {INSIDE: PASS, BESIDE: PASS, "pkg/__init__.py": "x = 1\n"}


def hook(name: str, number: int) -> str:
    """A conftest with a hook and a fixture."""
    fixture = "@pytest.fixture\ndef thing():\n    return 1\n"
    return f"import pkg\nimport pytest\n\n{fixture}\ndef {name}(items=(), item=None):\n    print({number})\n"


@pytest.mark.parametrize(
    "name", ["pytest_collection_modifyitems", "pytest_configure", "pytest_sessionstart", "pytest_deselected"]
)
def test_session_wide(tmp_path: Path, name: str) -> None:
    """What it does to the session concerns the tests beside its folder."""
    files = {**FILES, CONFTEST: hook(name, 1)}
    check(Case(files, {CONFTEST: hook(name, 2)}, {INSIDE, BESIDE}), tmp_path / "changed")
    check(Case(files, {CONFTEST: None}, {INSIDE, BESIDE}), tmp_path / "gone")
    check(Case(FILES, {CONFTEST: hook(name, 1)}, {INSIDE, BESIDE}), tmp_path / "new")


@pytest.mark.parametrize(
    "name", ["pytest_runtest_setup", "pytest_generate_tests", "pytest_pyfunc_call", "helper"]
)
def test_below(tmp_path: Path, name: str) -> None:
    """Other hooks, and what is none, concern the tests below."""
    files = {**FILES, CONFTEST: hook(name, 1)}
    check(Case(files, {CONFTEST: hook(name, 2)}, {INSIDE}, {BESIDE}), tmp_path / "changed")


def test_not_the_hook(tmp_path: Path) -> None:
    """A fixture beside such a hook concerns who asks for it, and what the conftest imports the tests below."""
    text = hook("pytest_sessionstart", 1)
    files = {**FILES, CONFTEST: text, INSIDE: "def test(thing): pass\n"}
    edits = {CONFTEST: text.replace("return 1", "return 2")}
    check(Case(files, edits, {INSIDE}, {BESIDE}), tmp_path / "fixture")
    check(Case(files, {"pkg/__init__.py": "x = 2\n"}, {INSIDE}, {BESIDE}), tmp_path / "import")
