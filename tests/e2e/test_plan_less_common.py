"""Selections in real repositories, by less common ways: fixtures, docstrings, distributions, generated and unknown files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from planning import Case, check, plan
from temporary_git import make_repository

from pytest_txselect.config.settings import Settings, Unknown
from pytest_txselect.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

PASS = "def test(): pass\n"  # noqa: S105 - a test that passes, no password
A, B, Z = "tests/test_a.py", "tests/test_b.py", "tests/test_z.py"
FIXTURES = {
    "tests/conftest.py": "import pytest\n\n@pytest.fixture\ndef thing():\n    return 1\n\n"
    "@pytest.fixture\ndef other(thing):\n    return thing\n",
    A: "def test(thing): pass\n",
    B: "def test(request): request.getfixturevalue('o' + 'ther')\n",
    Z: PASS,
}
THING = {"tests/conftest.py": FIXTURES["tests/conftest.py"].replace("return 1", "return 2")}
DOCS = {
    "pkg/__init__.py": "",
    "pkg/a.py": 'def f():\n    """One."""\n',
    "pkg/show.py": "def show(f):\n    return f.__doc__\n",
    A: "from pkg.a import f\nfrom pkg.show import show\n" + PASS,
    B: "from pkg.a import f\n" + PASS,
    Z: "from pkg.show import show\n" + PASS,
}
DOC: dict[str, str | None] = {"pkg/a.py": 'def f():\n    """Two."""\n'}
PACKAGE = '[[package]]\nname = "{}"\nversion = "{}"\nsource = {{ registry = "https://pypi.org/simple" }}\n\n'
HEAD = 'version = 1\nrequires-python = ">=3.11"\n\n'


def lock(**versions: str) -> dict[str, str]:
    """A lock file of uv."""
    parts = [PACKAGE.format(name.replace("_", "-"), version) for name, version in versions.items()]
    return {"uv.lock": HEAD + "".join(parts)}


LOCK = {
    **lock(jsonschema="4.21.0", slack_sdk="3.27.0", pytest="9.0.0", surely_not_installed="1.0.0"),
    A: "import jsonschema.validators\n" + PASS,
    B: "import subprocess\n\ndef test():\n    assert 'jsonschema -i x y'\n",
    Z: "import slack_sdk\n" + PASS,
}
MOVED = lock(jsonschema="4.22.0", slack_sdk="3.27.0", pytest="9.0.0", surely_not_installed="1.0.0")
UNKNOWN = {"pkg/__init__.py": "", "pkg/sub/a.py": "x = 1\n", A: "import pkg.sub.a\n" + PASS, Z: PASS}

CASES = {
    "fixture": Case(FIXTURES, THING, {A, B}),
    "fixture that a conftest changes for tests": Case(
        {
            **FIXTURES,
            "conftest.py": "def pytest_collection_modifyitems(items):\n    items[0].fixturenames.append('thing')\n",
        },
        THING,
        {A, B, Z},
        set(),
    ),
    "fixture of a folder": Case(
        {
            **FIXTURES,
            "tests/u/conftest.py": "import pytest\n\n@pytest.fixture\ndef mine():\n    return 1\n",
            "tests/u/test_u.py": "def test(mine): pass\n",
            "tests/test_y.py": "def test(mine): pass\n",
        },
        {"tests/u/conftest.py": "import pytest\n\n@pytest.fixture\ndef mine():\n    return 2\n"},
        {"tests/u/test_u.py"},
        {A, Z, "tests/test_y.py"},
    ),
    "fixture under another name": Case(
        {
            **FIXTURES,
            "tests/given.py": FIXTURES["tests/conftest.py"],
            "tests/conftest.py": "",
            "tests/u/conftest.py": "from given import other, thing as mine\n",
            "tests/u/test_u.py": "def test(mine): pass\n",
            "tests/v/conftest.py": "import given\n\nours = given.thing\n",
            "tests/v/test_v.py": "def test(ours): pass\n",
            "tests/w/conftest.py": "from given import other, thing\n",
            "tests/x/conftest.py": "from given import *\n\nlists = [thing]\nmine, _ = lists, 1\n",
            "tests/x/test_x.py": "def test(mine): pass\n",
            "tests/w/test_w.py": PASS,
        },
        {"tests/given.py": THING["tests/conftest.py"]},
        {"tests/u/test_u.py", "tests/v/test_v.py", "tests/x/test_x.py"},
        {Z, "tests/w/test_w.py"},
    ),
    "fixture of a plugin": Case(
        {**FIXTURES, "plug.py": FIXTURES["tests/conftest.py"], "tests/conftest.py": ""},
        {"plug.py": THING["tests/conftest.py"]},
        {A, B},
        config={"plugins": ("plug",)},
    ),
    "docstring that a test's code may read": Case(DOCS, DOC, {A}, {B, Z}),
    "docstring that a conftest's code may read": Case(
        {**DOCS, "tests/u/conftest.py": "import pkg.a, pkg.show\n", "tests/u/test_u.py": PASS},
        DOC,
        {A, "tests/u/test_u.py"},
        {B, Z},
    ),
    "docstring that nobody reads": Case(
        {**DOCS, "pkg/show.py": "def show(f):\n    return f\n"}, DOC, set(), {A, B, Z}
    ),
    "command that is called as its package is": Case(
        {
            "pyproject.toml": "[project]\nname = 'tool'\nversion = '1'\n[project.scripts]\ntool = 'tool.cli:main'\n"
            "tool-x = 'tool.cli:main'\n",
            "tool/__init__.py": "",
            "tool/cli.py": "def main(): return 1\n",
            A: "from helper import run_quietly\n\ndef test(): run_quietly(['tool', 'x'])\n",
            B: "import helper\n\ndef test(): helper.give('tool x')\n",
            "tests/test_c.py": "import helper\n\ndef test(): helper.give(['tool-x'])\n",
            "tests/test_d.py": "import helper\n\ndef test(): helper.CliRunner().give('tool')\n",
            "tests/helper.py": "",
            Z: "import logging\n\ndef test(): logging.getLogger('tool').warning('callback')\n",
        },
        {"tool/cli.py": "def main(): return 2\n"},
        {A, B, "tests/test_c.py", "tests/test_d.py"},
    ),
    "own place and what is only called files": Case(
        {
            "pkg/__init__.py": "",
            "pkg/data/x.bin": "1",
            "pkg/a.py": "from importlib.resources import files\n\ndef f(): return [*files(__package__).iterdir()]\n",
            "pkg/b.py": "import importlib.resources as r\n\ndef f(): return [*r.files(__package__).iterdir()]\n",
            "pkg/c.py": "import os\n\ndef f(top):\n    files = os.listdir(top)\n    return files\n",
            A: "import pkg.a\n" + PASS,
            B: "import pkg.b\n" + PASS,
            Z: "import pkg.c\n" + PASS,
        },
        {"pkg/data/x.bin": "2"},
        {A, B},
    ),
    "distribution": Case(LOCK, {**MOVED}, {A, B}),
    "distribution of an example": Case(
        {**LOCK, "docs/test_x.txt": ">>> import jsonschema\n"}, {**MOVED}, {A, "docs/test_x.txt"}
    ),
    "distribution that every test runs on": Case(
        LOCK,
        {**lock(jsonschema="4.21.0", slack_sdk="3.27.0", pytest="9.0.1", surely_not_installed="1.0.0")},
        {A, B, Z},
        set(),
    ),
    "distribution that is not installed": Case(
        {**LOCK, "requirements.txt": "surely-not-installed==1.0.0\n"},
        {"requirements.txt": "surely-not-installed==2.0.0\n"},
        set(),
        {A, B, Z},
    ),
    "distribution of the lock that is not installed": Case(
        LOCK,
        {**lock(jsonschema="4.21.0", slack_sdk="3.27.0", pytest="9.0.0", surely_not_installed="2.0.0")},
        set(),
        {A, B, Z},
    ),
    "lock that cannot be read": Case(LOCK, {"uv.lock": "version = \n"}, {A, B, Z}, set()),
    "lock in another order": Case(
        LOCK,
        {**lock(surely_not_installed="1.0.0", pytest="9.0.0", slack_sdk="3.27.0", jsonschema="4.21.0")},
        set(),
        {A, B, Z},
    ),
    "generator of a module that is not there": Case(
        {"pkg/__init__.py": "", "make.py": "print(1)\n", A: "import pkg.made\n" + PASS, Z: PASS},
        {"make.py": "print(2)\n"},
        {A},
    ),
    "unknown file in a folder of code": Case(UNKNOWN | {"pkg/sub/b.bin": "1"}, {"pkg/sub/b.bin": "2"}, {A}),
    "unknown file elsewhere": Case(UNKNOWN | {"etc/b.bin": "1"}, {"etc/b.bin": "2"}, {A, Z}, set()),
    "unknown file of its owner": Case(
        UNKNOWN | {"top.py": "", "etc/b.bin": "1", A: "import top\n" + PASS},
        {"etc/b.bin": "2"},
        {A, Z},
        set(),
        settings=Settings(unknown=Unknown.OWNER),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_case(case: Case, tmp_path: Path) -> None:
    """What an edit can affect runs, and what it cannot does not."""
    check(case, tmp_path)


def test_unknown_file_is_an_error(tmp_path: Path) -> None:
    """Who wants to settle each unknown file gets an error with the line that does."""
    repository = make_repository(tmp_path / "top", {**UNKNOWN, "etc/b.bin": "1"})
    repository.write({"etc/b.bin": "2"})
    with pytest.raises(UsageError, match=r"etc/b\.bin: nothing says which tests depend on it; add `.*` to"):
        plan(repository, tmp_path / "store", settings=replace(Settings(), unknown=Unknown.ERROR))
