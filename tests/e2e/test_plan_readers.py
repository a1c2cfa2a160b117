"""Who reads a changed file, in real repositories: what the calls of the readers exclude, and what they do not."""

from __future__ import annotations

import contextlib
import sqlite3
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


@pytest.mark.parametrize(
    ("tests", "runs"),
    [
        ("def make(files): run(files, cwd=tmp)\n", []),
        ("from helpers import get_data\nget_data()\n", [A]),
        ("import importlib.resources as r\nr.files('x')\n", [A]),
        ("from importlib import resources\nresources.files('x')\n", [A]),
        ("import pkgutil\npkgutil.get_data('x', 'y')\n", [A]),
        ("from pathlib import Path\nPath.cwd()\n", [A]),
        ("import os\nos.getcwd()\n", [A]),
        ("def make(cwd): run(cwd)\n", [A]),
        ("def make(rootpath): run(rootpath)\n", [A]),
    ],
)
def test_globs_of_a_library(tmp_path: Path, tests: str, runs: list[str]) -> None:
    """A glob in code away from all tests fits files of the repository where a test that uses it knows a place there."""
    files = {
        A: f"import pkg.tool\n{tests}{PASS}",
        B: PASS,
        "pkg/tool.py": "PATTERNS = ('*.md',)\n",
        "docs/a.md": "1\n",
    }
    repository = make_repository(tmp_path / "r", files)
    repository.write({"docs/a.md": "2\n"})
    assert sorted(chosen(plan(repository, tmp_path / "store", ref="HEAD"))) == runs


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from pathlib import Path\nfound = Path(__file__).resolve().parent.parent.rglob('*.py')\n", True),
        ("from pathlib import Path\nfound = Path(__file__).parents[1].rglob('*.py')\n", True),
        (
            "from pathlib import Path\ntop = Path(__file__)\nwhile top.name: top = top.parent\nx = top.rglob('*.py')\n",
            True,
        ),
        ("from pathlib import Path\nfound = Path().cwd().rglob('*.py')\n", True),
        ("import os\nfound = [n for _, _, ns in os.walk('.') for n in ns if n.endswith('.py')]\n", True),
        (
            "import glob, os\nfound = glob.glob(os.path.dirname(__file__) + '/../**/*.py', recursive=True)\n",
            True,
        ),
        ("def test_style(request):\n    found = request.config.rootpath.rglob('*.py')\n", True),
        ("import subprocess\nfound = subprocess.check_output(['git', 'ls-files', '*.py'])\n", True),
        ("import subprocess\nfound = subprocess.check_output('git ls-files *.py'.split())\n", True),
        ("import pkg, pathlib\nfound = pathlib.Path(pkg.__file__).parent.rglob('*.py')\n", True),
        ("from pathlib import Path\nfound = Path(__file__).parent.rglob('*.py')\n", False),
        ("from pathlib import Path\nfound = Path(__file__).parents[0].rglob('*.py')\n", False),
        (
            "from pathlib import Path\nfound = (Path(__file__).parent.parent / 'other').rglob('*.json')\n",
            False,
        ),
        ("def test_made(tmp_path):\n    found = tmp_path.rglob('*.py')\n", False),
    ],
)
def test_listing_from_above(tmp_path: Path, text: str, found: bool) -> None:
    """A test that lists Python files from a folder above its own, or from anywhere, reads code that it never imports."""
    files = {A: text + PASS, B: PASS, "src/pkg/__init__.py": "", "src/pkg/m.py": "x = 1\n"}
    repository = make_repository(tmp_path / "r", files)
    repository.write({"src/pkg/m.py": "x = 2\n"})
    assert (A in chosen(plan(repository, tmp_path / "store", ref="HEAD"))) is found


CODE = "src/pkg/tables.py"
TABLE = "TABLE = ('*.md', 'test_*.py')\n"


@pytest.mark.parametrize("changed", [B, "docs/a.md"])
@pytest.mark.parametrize(
    ("code", "test", "reads"),
    [
        (TABLE, "", False),  # of whoever uses the package
        (TABLE, "top = Path(__file__).parents[1]\n", False),
        (
            TABLE,
            "top = Path(__file__).parents[1]\nfound = [x for each in TABLE for x in top.glob(each)]\n",
            True,
        ),
        (TABLE, "found = [x for x in os.listdir(os.path.dirname(__file__)) if fits(x, TABLE)]\n", True),
        (TABLE, "top = Path.cwd()\n", True),
        (TABLE + "found = [each for each in os.listdir('plugins') if fits(each, TABLE)]\n", "", False),
        (
            TABLE + "def find(top): return os.listdir(top)\n",
            "",
            True,
        ),  # which others may give a name of the table
        (TABLE + "def find(top): return [x for each in TABLE for x in top.glob(each)]\n", "", True),
        (TABLE + "def find(top): return list_all(top.glob, TABLE)\n", "", True),  # nobody knows
        (TABLE + "top = Path(__file__).parents[2]\n", "", True),
        ("TABLE = ('docs/*.md', 'tests/test_*.py')\n", "", True),
    ],
)
def test_globs_of_packages(tmp_path: Path, changed: str, code: str, test: str, reads: bool) -> None:
    """A table of globs in a package means this repository where a test says so, or where the package lists by it."""
    imports = "import os\nfrom pathlib import Path\n"
    files = {
        A: imports + "from pkg.tables import TABLE\n" + test + PASS,
        B: PASS,
        CODE: imports + code,
        "src/pkg/__init__.py": "",
        "docs/a.md": "1\n",
        "pytest.ini": "[pytest]\npythonpath = src\n",
    }
    repository = make_repository(tmp_path / "r", files)
    repository.write({changed: files[changed] + "\n\nx = 3\n"})
    found = chosen(plan(repository, tmp_path / "store", ref="HEAD"))
    assert (A in found) == reads


@pytest.mark.parametrize(
    ("test", "reads"), [("", False), ("found = find(Path(__file__).parents[1])\n", True)]
)
@pytest.mark.parametrize("named", ["", "def use():\n    part = getattr(sys, 'pkg')\n    part.x()\n"])
def test_code_lists_what_it_is_given(tmp_path: Path, test: str, named: str, reads: bool) -> None:
    """Code that lists a folder which it is given lists the repository where a test says so, whatever else it names."""
    code = "import os, sys\nfrom pathlib import Path\n" + named
    code += "def find(path): return [x for x in os.listdir(Path(path).parent) if os.path.isfile(x + '.py')]\n"
    files = {
        A: "from pathlib import Path\nfrom pkg.loading import find\n" + test + PASS,
        B: "import pkg.alone\n" + PASS,
        "src/pkg/loading.py": code,
        "src/pkg/__init__.py": "",
        "src/pkg/alone.py": "x = 1\n",
        "pytest.ini": "[pytest]\npythonpath = src\n",
    }
    repository = make_repository(tmp_path / "r", files)
    repository.write({"src/pkg/alone.py": "x = 2\n"})
    assert set(chosen(plan(repository, tmp_path / "store", ref="HEAD"))) == ({A, B} if reads else {B})


FIND = (
    "import os\nfrom pathlib import Path\n"
    "def find(path): return [x for x in os.listdir(Path(path).parent) if os.path.isfile(x + '.py')]\n"
)
GIVING = {
    "src/pkg/__init__.py": "",
    "src/pkg/finding.py": FIND,
    "src/pkg/alone.py": "x = 1\n",
    "pytest.ini": "[pytest]\npythonpath = src\n",
    "tests/__init__.py": "",
    A: "from pkg.finding import find\n" + PASS,
    B: "import pkg.alone\n" + PASS,
}
SRC = "import os, sys\nSRC = os.path.join(os.path.dirname(os.path.dirname(__file__)), 'src')\nsys.path.insert(1, SRC)\n"
RUN = (
    "import os, subprocess, sys\nfrom pkg.finding import find\n{}"
    "def test_it():\n    worker = os.path.join(os.path.dirname(__file__), 'worker.py')\n"
    "    command = [sys.executable, '-m', 'launcher', worker, 'spec']\n    subprocess.run(command, check=True)\n"
)
GOING = "import os, pytest\n@pytest.fixture(autouse=True)\ndef go(): os.chdir(os.path.dirname(__file__))\n"
WORKER = "from pkg.finding import find\n"


@pytest.mark.parametrize(
    ("files", "reads"),
    [
        ({"tests/conftest.py": SRC + "import pkg.finding\n"}, False),
        ({"tests/conftest.py": SRC + "import pkg.finding\npkg.finding.find(SRC)\n"}, True),
        ({"tests/conftest.py": SRC, A: "from tests.conftest import SRC\n" + GIVING[A] + "find(SRC)\n"}, True),
        ({"tests/conftest.py": SRC, A: "import tests.conftest as c\n" + GIVING[A] + "find(c.SRC)\n"}, True),
        (
            {
                "tests/conftest.py": SRC,
                A: "import tests.conftest as c\n" + GIVING[A] + "find(getattr(c, 'SRC'))\n",
            },
            True,
        ),
        ({"tests/conftest.py": SRC, A: "from tests.conftest import *\n" + GIVING[A] + "find(SRC)\n"}, True),
        ({"tests/conftest.py": SRC, A: GIVING[A] + "SRC = 'src'\nfind(SRC)\n"}, False),
        (
            {
                "tests/conftest.py": "import pytest\n@pytest.fixture\ndef top(): return __file__\n",
                A: "from pkg.finding import find\ndef test_a(top): find(top)\n",
            },
            True,
        ),
        (
            {
                "tests/helper.py": "def top(): return __file__\n",
                A: "from tests.helper import top\n" + GIVING[A],
            },
            True,
        ),
        ({"tests/conftest.py": GOING, A: "from pkg.finding import find\ndef test_a(): find('.')\n"}, True),
        ({"tests/conftest.py": GOING.replace("autouse=True", ""), A: GIVING[A]}, False),
        (
            {
                "tests/base.py": SRC,
                "tests/helper.py": "from tests.base import SRC\ndef top(): return SRC\n",
                A: "from tests.helper import top\n" + GIVING[A],
            },
            True,
        ),
        ({"tests/base.py": SRC, A: "import tests.base\n" + GIVING[A]}, False),
        ({A: RUN.format(""), "tests/worker.py": WORKER}, False),
        ({A: RUN.format(""), "tests/worker.py": WORKER + "find(__file__)\n"}, True),
        ({A: RUN.format("")}, True),
        ({A: RUN.format("").replace("launcher", "pkg.finding"), "tests/worker.py": WORKER}, True),
        ({A: RUN.format("find(__file__)\n"), "tests/worker.py": WORKER}, True),
        ({A: RUN.format("") + "    os.chdir(os.path.dirname(__file__))\n", "tests/worker.py": WORKER}, True),
        ({A: RUN.format("") + "    find(os.getcwd())\n", "tests/worker.py": WORKER}, True),
    ],
)
def test_places_that_are_given(tmp_path: Path, files: dict[str, str], reads: bool) -> None:
    """Code that lists what it is given lists the repository where a test, or what helps one, gives it a place there."""
    repository = make_repository(tmp_path / "r", {**GIVING, **files})
    repository.write({"src/pkg/alone.py": "x = 2\n"})
    for _ in range(2):  # read, then remembered
        assert set(chosen(plan(repository, tmp_path / "store", ref="HEAD"))) == ({A, B} if reads else {B})


LISTING = {
    A: USE,
    B: PASS,
    "tests/plugins/p.py": "x = 1\n",
    "tests/data/x.json": "1\n",
    TOOLS: HERE
    + LISTED
    + "found = glob.glob(here + '/data/*.json') + os.listdir('plugins')\nskipped = raise_('*.md')\n",
    "pytest.ini": "[pytest]\npythonpath = tests\n",
}


@pytest.mark.parametrize("changed", [B, "tests/plugins/p.py", "tests/data/x.json", "tests/data/y.md"])
@pytest.mark.parametrize("tools", [None, "found = glob.glob(here + '/*.md')\n", "found = os.listdir(here)\n"])
@pytest.mark.parametrize("damage", [None, b"nonsense", b"[[1],[],null]"])
def test_warm(tmp_path: Path, changed: str, tools: str | None, damage: bytes | None) -> None:
    """What files list is remembered at either end, and the answer is that of a cold store; damaged or not."""
    repository = make_repository(tmp_path / "r", LISTING)
    edits = {changed: "x = 3\n" if changed != B else PASS + "\n\nx = 3\n"}
    if tools is not None:
        edits[TOOLS] = HERE + LISTED + tools
    store = tmp_path / "store"
    plan(repository, store, ref="HEAD")
    repository.write(edits)
    cold = chosen(plan(repository, tmp_path / "cold", ref="HEAD"))
    assert chosen(plan(repository, store, ref="HEAD")) == cold
    remembered = _read_listings(store)
    assert remembered or tools is not None or changed.endswith(".md")
    if damage is not None:
        _write_listings(store, damage)
    assert chosen(plan(repository, store, ref="HEAD")) == cold
    assert _read_listings(store) == remembered


def test_read_once(tmp_path: Path) -> None:
    """What is remembered is believed, and the file is not read again: not even to find out that this is wrong."""
    repository = make_repository(
        tmp_path / "r", {**LISTING, TOOLS: HERE + LISTED + "found = os.listdir(here)\n"}
    )
    repository.write({B: PASS + "\n\nx = 3\n"})
    store = tmp_path / "store"
    assert {A, B} <= {*chosen(plan(repository, store, ref="HEAD"))}
    _write_listings(store, b"[[],[],[],0]")
    assert {A, B} <= {*chosen(plan(repository, store, ref="HEAD"))}  # of what it says about places, too
    _write_listings(store, b"[[],{}]", "places")
    assert {A, B}.intersection(chosen(plan(repository, store, ref="HEAD"))) == {B}


def _read_listings(store: Path) -> list[tuple[str, str, bytes]]:
    (file,) = store.glob("facts-*.sqlite")
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT * FROM found WHERE reading LIKE 'listing%'").fetchall()


def _write_listings(store: Path, body: bytes, reading: str = "listing") -> None:
    (file,) = store.glob("facts-*.sqlite")
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE found SET body = ? WHERE reading LIKE ?", (body, f"{reading}%"))


LOADER = "import os\ndef load(folder, name):\n    return open(os.path.join(folder, name + '.py'))\n"
TABLE = "TABLE = {'data': {'Some': ['save']}}\n"
LISTER = "import os\ndef find(folder):\n    return [x for x in os.listdir(folder) if x + '.py']\n"
RESULTS = (
    "import importlib\ndef kind(x):\n    return 'one' if x else 'two'\ndef pick(x):\n    if x: return 'one'\n    return 'two'\n"
    "def load(x):\n    return importlib.import_module(f'data.{%s(x)}')\n"
)


@pytest.mark.parametrize(
    ("tools", "changed", "runs"),
    [
        (LOADER, "tests/data/one.py", [B]),  # nobody names its folder
        (LOADER + TABLE, "tests/data/one.py", [B]),
        (LOADER + "if x == 'data': pass\n", "tests/data/one.py", [B]),
        (LOADER + "load('data', x)\n", "tests/data/one.py", [A, B]),
        (LOADER + "DATA = 'data'\n", "tests/data/one.py", [A, B]),
        (LOADER + TABLE + "for name in TABLE: load(name, x)\n", "tests/data/one.py", [A, B]),
        ("def test(x): run(f'data/o{x}.py::test')\n", "tests/data/one.py", [A, B]),
        ("def test(x): run(f'data/t{x}.py::test')\n", "tests/data/one.py", [B]),
        (LISTER, "tests/data/one.py", [B]),
        (LISTER + TABLE, "tests/data/one.py", [B]),
        (LISTER + "find('data')\n", "tests/data/one.py", [A, B]),
        (RESULTS % "pick", "tests/data/one.py", [A, B]),
        (RESULTS % "pick", "tests/data/three.py", [B]),
        (RESULTS % "kind", "tests/data/three.py", [A, B]),
        ("def test(): raise ValueError('write docs/**')\n", "docs/a.md", []),
        ("def test(): raise ValueError('write docs/**')\nx = 'docs/**'\n", "docs/a.md", [A]),
    ],
)
def test_modules_and_messages(tmp_path: Path, tools: str, changed: str, runs: list[str]) -> None:
    """A test reaches what its helper may read by a name that it puts together, and nothing else; another imports all."""
    data = {f"tests/data/{name}.py": "x = 1\n" for name in ("__init__", "one", "two", "three")}
    user = "import data.one, data.two, data.three\n" + PASS
    files = {
        A: USE,
        B: user,
        TOOLS: tools,
        "pytest.ini": "[pytest]\npythonpath = tests\n",
        "docs/a.md": "1\n",
        **data,
    }
    repository = make_repository(tmp_path / "r", files)
    repository.write({changed: files[changed] + "\n\nx = 3\n"})
    found = chosen(plan(repository, tmp_path / "store", ref="HEAD"))
    assert found != "everything"
    assert sorted(path for path in found if path in {A, B}) == runs
