"""Files that come or go and take a module's name from others, or give it back: in pytest's import modes, names are shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from planning import Case, check

if TYPE_CHECKING:
    from pathlib import Path

A, B, Z = "tests/a/test_m.py", "tests/b/test_m.py", "tests/b/test_z.py"
PASS: Final = "def test(): pass\n"  # noqa: S105 - a test that passes, no password
USES: Final = "import util\n" + PASS
IMPORTLIB: Final = {"pytest.ini": "[pytest]\naddopts = --import-mode=importlib\n"}


@pytest.mark.parametrize(
    ("files", "edits", "must"),
    [
        ({B: PASS}, {A: PASS}, {A, B}),
        ({A: PASS, B: PASS}, {A: None}, {B}),
        ({"tests/b/util.py": "", B: USES, "tests/a/test_n.py": PASS}, {"tests/a/util.py": "x = 1\n"}, {B}),
        ({A: PASS, B: PASS, "tests/a/__init__.py": ""}, {"tests/a/__init__.py": None}, {A, B}),
        (
            {"tests/b/s/test_m.py": PASS, "tests/b/s/__init__.py": ""},
            {"tests/a/s/__init__.py": "", "tests/a/s/test_n.py": PASS},
            {"tests/b/s/test_m.py"},
        ),
    ],
    ids=["test file", "test file goes", "helper", "package ends", "package"],
)
def test_one_name(
    tmp_path: Path, files: dict[str, str], edits: dict[str, str | None], must: set[str]
) -> None:
    """Who imports a module of that name may get the other one, and pytest refuses a second test file of one name."""
    check(Case({Z: PASS, **files}, edits, must, {Z}), tmp_path / "prepend")
    if B in files and A in edits:
        check(Case({Z: PASS, **files, **IMPORTLIB}, edits, set(), {B, Z}), tmp_path / "importlib")


@pytest.mark.parametrize(
    ("files", "edits"),
    [
        ({B: PASS, A: PASS}, {A: "def test(): assert 1\n"}),
        ({B: PASS, "tests/b/__init__.py": ""}, {A: PASS}),
        ({B: PASS, "tests/a/test_x.py": PASS}, {"tests/a/conftest.py": ""}),
        ({"other/util.py": "", B: PASS, "tests/b/util.py": ""}, {"other/util.py": None}),
    ],
    ids=["as before", "in a package", "conftest", "no test's folder"],
)
def test_other_names(tmp_path: Path, files: dict[str, str], edits: dict[str, str | None]) -> None:
    """A name that was shared before, a package's, a conftest's, and one of a folder that no test puts on `sys.path`."""
    check(Case({Z: PASS, **files}, edits, set(), {B, Z}), tmp_path)


@pytest.mark.parametrize("folder", ["tests", "tests/a"])
def test_python_module_of_code(tmp_path: Path, folder: str) -> None:
    """A module beside tests is found before Python's own of that name, whoever imports it."""
    files = {
        "pkg/__init__.py": "",
        "pkg/a.py": "import colorsys\n",
        f"{folder}/colorsys.py": "x = 1\n",
        f"{folder}/test_a.py": "import pkg.a\n" + PASS,
        Z: PASS,
    }
    edits: dict[str, str | None] = {f"{folder}/colorsys.py": "x = 2\n"}
    check(Case(files, edits, {f"{folder}/test_a.py"}, {Z}), tmp_path / "prepend")
    ini = {"pytest.ini": "[pytest]\naddopts = --import-mode=append\n"}
    check(Case({**files, **ini}, edits, set(), {f"{folder}/test_a.py", Z}), tmp_path / "append")


@pytest.mark.parametrize("change", ["comes", "goes"])
@pytest.mark.parametrize("place", ["profile.py", "tests/b/profile.py", "lib/profile/__init__.py"])
def test_python_module(tmp_path: Path, place: str, change: str) -> None:
    """One that comes or goes concerns everything: Python and others import it, too."""
    files = {"pytest.ini": "[pytest]\npythonpath = lib\n", "lib/x.py": "", Z: "import cProfile\n" + PASS}
    edits: dict[str, str | None] = {place: "x = 1\n" if change == "comes" else None}
    check(Case({**files, **({place: "x = 1\n"} if change == "goes" else {})}, edits, {Z}, set()), tmp_path)


@pytest.mark.parametrize("place", ["pkg/profile.py", "tests/data/profile.py", "other/profile.py"])
def test_no_python_module(tmp_path: Path, place: str) -> None:
    """Not so in a package, or in a folder that is not on `sys.path`."""
    files = {"pkg/__init__.py": "", Z: "import cProfile\n" + PASS}
    check(Case(files, {place: "x = 1\n"}, set(), {Z}), tmp_path)
