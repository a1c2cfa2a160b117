"""`txselect config --markers`: what each rule marks, counted without importing anything."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from temporary_git import TemporaryGit

from pytest_txselect.cli import main

if TYPE_CHECKING:
    from pathlib import Path

COMMON = """\
import pytest
class Mixin:
    def test_mixed(self): ...
    def helper(self): ...
class ThirdMixin(Mixin):
    @pytest.fixture(autouse=True)
    def third(self): ...
"""
CONFTEST = """\
import pytest
@pytest.fixture
def device(): ...
@pytest.fixture(name="model")
def make_model(device): ...
"""
CLASSES = """\
import pytest, unittest
from . import common
from .common import Mixin as Renamed, ThirdMixin
class TestA(Renamed):
    def test_own(self, model): ...
    class TestInner:
        def test_inner(self): ...
class TestB(common.ThirdMixin):
    if True:
        def test_b(self): ...
class Case(Renamed, unittest.TestCase):
    def test_pipeline(self): ...
class TestBarred(Renamed):
    def __init__(self): ...
class TestSwitchedOff:
    __test__ = False
    def test_off(self): ...
class NotCollected(Renamed):
    def test_never(self): ...
"""
PLAIN = """\
import pytest
pytestmark = [pytest.mark.usefixtures("device")]
def test_pipeline_run(x): ...
def test_late():
    import xml.dom
@pytest.mark.parametrize("x", [1, 2])
def test_many(x): ...
"""
TAKEN = """\
from .test_classes import TestA
import tests.exported
class TestC(tests.exported.ThirdMixin): ...
"""
FILES = {
    "tests/__init__.py": "from tests.common import ThirdMixin as Third\n",
    "tests/common.py": COMMON,
    "tests/exported.py": "from tests.common import *\n",
    "tests/conftest.py": CONFTEST,
    "tests/test_classes.py": CLASSES,
    "tests/test_plain.py": PLAIN,
    "tests/test_taken.py": TAKEN,
    "tests/test_broken.py": "def (\n",
}
TABLE = [
    ('tests = ["tests/**"]', 14, 3),
    ('tests = ["*::test_pipeline*"]', 2, 2),
    ('tests = ["*::TestInner::*"]', 2, 2),
    ('bases = ["Mixin"]', 9, 2),
    ('bases = ["tests.common.Mixin"]', 9, 2),
    ('bases = ["tests.exported.ThirdMixin"]', 0, 0),
    ('bases = ["tests.Third"]', 3, 2),
    ('bases = ["unittest.TestCase"]', 2, 1),
    ('imports = ["xml.dom"]', 3, 1),
    ('imports = ["tests.common"]', 7, 1),
    ('fixtures = ["device"]', 5, 3),
    ('fixtures = ["model"]', 2, 2),
    ('fixtures = ["third"]', 3, 2),
    ('fixtures = ["device"]\nimports = ["xml"]\ntests = ["*::test_m*"]', 1, 1),
]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed project whose modules must not be imported."""
    for name in ("PYTEST_ADDOPTS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    git = TemporaryGit(tmp_path)
    git.run("init", "-q")
    git.commit(FILES)
    return tmp_path


def show(repository: Path, text: str, capsys: pytest.CaptureFixture[str]) -> tuple[list[str], str]:
    """What is told of each rule, and the notices."""
    (repository / "txselect.toml").write_text(text, encoding="utf-8")
    assert main(["config", "--markers"]) == 0
    out, err = capsys.readouterr()
    return re.findall(r"marks .*", out), err


def collect(repository: Path) -> tuple[int, int]:
    """How many test functions, and files with some, pytest itself collects with the mark."""
    blocked = [f"-pno:{name}" for name in ("cacheprovider", "randomly", "rerunfailures", "hypothesispytest")]
    command = [sys.executable, "-m", "pytest", *blocked, "-m", "m", "--co", "-q"]
    (repository / "tests/test_broken.py").unlink()
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    found = {line.partition("[")[0] for line in done.stdout.splitlines() if "::" in line}
    return len(found), len({node.partition("::")[0] for node in found})


@pytest.mark.parametrize(("keys", "tests", "files"), TABLE, ids=[keys for keys, _, _ in TABLE])
def test_counts(
    repository: Path, capsys: pytest.CaptureFixture[str], keys: str, tests: int, files: int
) -> None:
    """Test functions are counted in every class that has them, by inheritance across files too."""
    told, err = show(repository, f'[[markers]]\nname = "m"\n{keys}\n', capsys)
    functions = f"{tests} test function{'s' * (tests != 1)}"
    assert told == [f"marks {functions} in {files} file{'s' * (files != 1)}"]
    assert not err or tests == 0
    assert not {"tests", "tests.common", "tests.test_classes"} & sys.modules.keys()
    assert collect(repository) == (tests, files)


def test_notices(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule that marks nothing is named, and a base that nobody defines, with the nearest one."""
    text = (
        '[[markers]]\nname = "a"\ntests = ["nowhere/**"]\n'
        '[[markers]]\nname = "b"\nbases = ["ThirdMixn", "TestCase"]\n'
        '[[markers]]\nname = "c"\nbases = ["Zzzz"]\n'
        '[[markers]]\nname = "d"\nbases = ["NotCollected"]\n'
    )
    told, err = show(repository, text, capsys)
    assert told == [
        f"marks {n} test functions in {f} file{'s' * (f != 1)}" for n, f in ((0, 0), (2, 1), (0, 0), (0, 0))
    ]
    unused = "marks no test; compare its keys with the tests, or remove the rule [marker-unused]"
    unknown = "no file defines the base class"
    told = [
        f"marker a: {unused}",
        f"marker b: {unknown} ThirdMixn; did you mean ThirdMixin? [unknown-base]",
        f"marker c: {unknown} Zzzz; correct the name, or remove it [unknown-base]",
        f"marker d: {unused}",
    ]
    assert err.splitlines() == [f"txselect: txselect.toml: {line}" for line in told]


def test_no_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where git knows nothing the rules are shown, uncounted, and why is said."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "txselect.toml").write_text('[[markers]]\nname = "m"\ntests = ["x"]\n', encoding="utf-8")
    assert main(["config", "--markers"]) == 0
    out, err = capsys.readouterr()
    assert out == '[[markers]]  # txselect.toml:1\nname = "m"\ntests = ["x"]\n'
    assert err.startswith("txselect: tests are not counted: ")
