"""Who looks into a folder, of whatever is there: tests of style, copies of sample projects, linters, folders run as scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from planning import Case, check, chosen, plan
from temporary_git import make_repository

from pytest_txselect.model import RunSome

if TYPE_CHECKING:
    from pathlib import Path

PASS = "def test(): pass\n"  # noqa: S105 - a test that passes, no password
A, B = "tests/test_a.py", "tests/test_b.py"
PATHS = "import os, shutil, subprocess, sys\nfrom pathlib import Path\nHERE = Path(__file__).parent\nTOP = HERE.parent\n"
FILES = {
    B: PASS,
    "tests/__init__.py": "",
    "tests/places.py": "from pathlib import Path\nTOP = Path(__file__).resolve().parents[1]\ndef top():\n    return TOP\n",
    "tests/again.py": "from tests.places import TOP as ROOT\n",
    "tests/conftest.py": "import pytest\nfrom tests.places import TOP\n@pytest.fixture\ndef root():\n    return TOP\n",
    "tests/sample/app.py": "x = 1\n",
    "pkg/__init__.py": "",
    "pkg/m.py": "x = 1\n",
    "pkg/where.py": "from pathlib import Path\nPKG = Path(__file__).parent\n",
    "tool/__main__.py": "x = 1\n",
    "tool/part.py": "x = 1\n",
}


def _runs(folder: Path, test: str, changed: str = "pkg/m.py", more: dict[str, str] | None = None) -> bool:
    """Whether a test runs when a file changes that it does not import."""
    repository = make_repository(folder / "r", {**FILES, **(more or {}), A: test})
    repository.write({changed: FILES[changed].replace("1", "2")})
    made = plan(repository, folder / "store", ref="HEAD")
    assert B not in chosen(made)
    assert chosen(plan(repository, folder / "store", ref="HEAD")) == chosen(made)
    return A in chosen(made)


@pytest.mark.parametrize(
    "lists",
    [
        "found = [p.read_text() for p in TOP.rglob('*')]",
        "found = [p.read_text() for p in (TOP / 'pkg').iterdir()]",
        "found = [open(os.path.join(d, n)) for d, _, ns in os.walk(TOP) for n in ns]",
        "found = os.listdir(os.path.join(os.path.dirname(os.path.dirname(__file__)), 'pkg'))",
        "found = os.listdir(f'{TOP}/pkg')",
        "found = os.listdir(str(HERE) + '/../pkg')",
        "found = os.walk('.')",
        "found = Path('pkg').iterdir()",
        "def find():\n    return Path.cwd()\nfound = find().rglob('*')",
        "top = HERE\nwhile not (top / '.git').exists():\n    top = top.parent\nfound = top.rglob('*')",
        "for each in HERE.parents:\n    found = each.rglob('*')",
        "import pkg\nfound = os.walk(os.path.dirname(pkg.__file__))",
        "import pkg\nfound = Path(pkg.__path__[0]).rglob('*')",
        "from importlib import resources\nfound = list(resources.files('pkg').iterdir())",
        "from tests.places import TOP as top\nfound = top.rglob('*')",
        "from tests.again import ROOT\nfound = ROOT.rglob('*')",
        "from tests import places\nfound = (places.TOP / 'pkg').rglob('*')",
        "from tests.places import top\nfound = top().rglob('*.py')",
        "import pkg.where\nfound = pkg.where.PKG.rglob('*.py')",
        "def test_style(root):\n    assert [p.read_text() for p in root.rglob('*')]",
        "def test_copy(tmp_path):\n    shutil.copytree(TOP / 'pkg', tmp_path / 'x')",
        "BASES = [HERE, TOP / 'pkg']\ndef test_all():\n    for base in BASES:\n        os.listdir(base)",
    ],
)
def test_listing(tmp_path: Path, lists: str) -> None:
    """Who lists a folder of the repository, however it comes by it, runs when a Python file below it changes."""
    assert _runs(tmp_path, f"{PATHS}{lists}\n{PASS}")


@pytest.mark.parametrize(
    "lists",
    [
        "def test_made(tmp_path):\n    assert list(tmp_path.rglob('*'))",
        "def test_made(tmp_path):\n    os.chdir(tmp_path)\n    assert os.listdir('.')",
        "found = list(HERE.iterdir())",
        "found = list((HERE / 'sample').rglob('*'))",
        "found = list(TOP.rglob('*.json'))",
        "import ast\nfound = ast.walk(ast.parse(Path(__file__).read_text()))",
        "def test_copy(tmp_path):\n    shutil.copytree(HERE / 'sample', tmp_path / 'x')",
        "def test_run(tmp_path):\n    subprocess.run(['ruff', 'check', str(tmp_path)])",
        "def test_run(tmp_path):\n    subprocess.run([sys.executable, '-m', 'pytest'], cwd=tmp_path)",
        "import unittest\nif __name__ == '__main__':\n    unittest.main()",
        "if __name__ == '__main__':\n    pytest.main()",
        "subprocess.run(['git', 'status'])",
        "subprocess.run(['pytest', '-q'])",
    ],
)
def test_listing_elsewhere(tmp_path: Path, lists: str) -> None:
    """Who lists a folder of which nothing is known, or another one, has nothing to do with the file."""
    assert not _runs(tmp_path, f"import pytest\n{PATHS}{lists}\n{PASS}")


@pytest.mark.parametrize(
    "command",
    [
        "subprocess.run(['ruff', 'check', '.'])",
        "subprocess.run(['flake8'])",
        "subprocess.run('mypy pkg', shell=True)",
        "subprocess.run('mypy --strict pkg'.split())",
        "subprocess.check_output([sys.executable, '-m', 'compileall', '-q', str(TOP)])",
        "subprocess.check_output([sys.executable, '-m', 'mypy', f'{TOP}/pkg'])",
        "subprocess.run(['black', '--check', '.'], cwd=TOP)",
        "import compileall\ncompileall.compile_dir('pkg')",
        "from mypy import api\napi.run(['pkg'])",
    ],
)
def test_tools(tmp_path: Path, command: str) -> None:
    """A tool that is given a folder, or the working directory, reads all Python files below it."""
    assert _runs(tmp_path, f"{PATHS}{command}\n{PASS}")


@pytest.mark.parametrize("changed", ["tool/__main__.py", "tool/part.py"])
@pytest.mark.parametrize(
    "command",
    [
        "subprocess.run([sys.executable, 'tool'])",
        "subprocess.run([sys.executable, os.path.join(TOP, 'tool'), '-v'])",
        "subprocess.run('python tool -v', shell=True)",
        "import runpy\nrunpy.run_path(TOP / 'tool')",
    ],
)
def test_folder_as_script(tmp_path: Path, command: str, changed: str) -> None:
    """A folder that is run as a script runs its `__main__.py`, which imports what is beside it."""
    assert _runs(tmp_path, f"{PATHS}{command}\n{PASS}", changed)


def test_inner_suite(tmp_path: Path) -> None:
    """A test that starts pytest on a folder of tests runs when one of these changes, even one function of it."""
    test = "import pytest\ndef test_a():\n    assert pytest.main(['inner']) == 0\n"
    files = {
        **FILES,
        A: test,
        "inner/test_i.py": "def test_i():\n    assert 1\n\ndef test_j():\n    assert 1\n",
    }
    repository = make_repository(tmp_path / "r", files)
    repository.write({"inner/test_i.py": files["inner/test_i.py"].replace("assert 1", "assert 2", 1)})
    found = chosen(plan(repository, tmp_path / "store", ref="HEAD"))
    assert found == {A: (), "inner/test_i.py": ("test_i",)}


def test_in_a_circle(tmp_path: Path) -> None:
    """Test files that list one another and change together are each selected, with a reason that ends."""
    text = "import os\nfound = os.listdir(os.path.dirname(__file__))\ndef test_1():\n    assert 1\n"
    repository = make_repository(tmp_path / "r", {A: text, B: text, "tests/test_z.py": PASS})
    repository.write({A: text.replace("assert 1", "assert 2"), B: text.replace("assert 1", "assert 3")})
    made = plan(repository, tmp_path / "store", ref="HEAD")
    assert chosen(made) == {A: (), B: ()}
    assert isinstance(made.selection, RunSome)
    assert [made.selection.files[path].reason.change for path in (A, B)] == [B, A]


def test_old_end(tmp_path: Path) -> None:
    """Who listed a folder at the base, and does so no more, has changed itself; a file that is gone concerns who lists it."""
    repository = make_repository(
        tmp_path / "r", {**FILES, A: PATHS + "found = list(TOP.rglob('*'))\n" + PASS}
    )
    (repository.top / "pkg/m.py").unlink()
    assert A in chosen(plan(repository, tmp_path / "store", ref="HEAD"))


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("found = os.listdir('.')\n", False),
        ("found = os.listdir('src')\n", True),
        ("found = list(HERE.parents[1].rglob('*'))\n", True),
    ],
)
def test_library(tmp_path: Path, code: str, found: bool) -> None:
    """The working directory of a package's code is that of whoever uses it, but a folder that is there is meant."""
    files = {
        A: "import pkg.m\n" + PASS,
        B: PASS,
        "pytest.ini": "[pytest]\npythonpath = src\n",
        "src/pkg/__init__.py": "",
        "src/pkg/m.py": PATHS + code,
        "src/other.py": "x = 1\n",
    }
    repository = make_repository(tmp_path / "r", files)
    repository.write({"src/other.py": "x = 2\n"})
    assert {*chosen(plan(repository, tmp_path / "store", ref="HEAD"))} == ({A} if found else set())


def test_own_test_edited(tmp_path: Path) -> None:
    """A conftest that may list somewhere above is no reason to run all for an edit of one test; who lists certainly runs."""
    files = {
        A: PATHS + "found = TOP.rglob('*')\n" + PASS,
        B: "def test_1():\n    assert 1\n",
        "tests/test_c.py": "def test_c(): pass\n",
        "tests/conftest.py": "import os\ndef find(top):\n    return ['.py' in x for x in os.listdir(os.path.dirname(top))]\n",
    }
    repository = make_repository(tmp_path / "r", files)
    repository.write({B: files[B].replace("assert 1", "assert 2")})
    assert chosen(plan(repository, tmp_path / "store", ref="HEAD")) == {A: (), B: ("test_1",)}


@pytest.mark.parametrize("beside", ["docs/conf.py", "docs/tools/make.py"])
def test_documents_beside_scripts(tmp_path: Path, beside: str) -> None:
    """A script among documents makes no code of these: who only has the word for their folder does not read them."""
    files = {
        beside: "x = 1\n",
        "docs/a.rst": "1\n",
        "docs/tools/b.txt": "1\n",
        "pkg/__init__.py": "TABLE = {'docs': 1}\n",
        "tests/test_a.py": "import pkg\n\ndef test(name):\n    (Path(__file__).parents[1] / 'docs' / name).read_text()\n",
        "tests/test_z.py": "import pkg\n\ndef test(): pass\n",
    }
    check(Case(files, {"docs/a.rst": "2\n", "docs/tools/b.txt": "2\n"}, {"tests/test_a.py"}), tmp_path)


@pytest.mark.parametrize("beside", ["docs/__init__.py", "docs/test_a.py", "docs/conftest.py"])
def test_documents_beside_code(tmp_path: Path, beside: str) -> None:
    """A text in a package or beside tests concerns these, whatever its folder is called."""
    files = {
        beside: "x = 1\n",
        "docs/a.dat": "1\n",
        "docs/test_b.py": "import docs\n\ndef test(): pass\n",
        "tests/test_z.py": "def test(): pass\n",
    }
    check(Case(files, {"docs/a.dat": "2\n"}, {"docs/test_b.py"}), tmp_path)
