"""Texts that name code: configuration, shell scripts, documents. Who reads them depends on what they name."""

from __future__ import annotations

import pickle
import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from planning import Case, check, chosen, plan
from temporary_git import make_repository

if TYPE_CHECKING:
    from pathlib import Path

    from temporary_git import TemporaryGit

A, Z = "tests/test_a.py", "tests/test_z.py"
PASS = "def test(): pass\n"  # noqa: S105 - a test that passes, no password
FILES = {
    Z: PASS,
    "pkg/__init__.py": "",
    "pkg/deep.py": "x = 1\n",
    "pkg/net.py": "from pkg.deep import x\n",
    "scripts/run.py": "import pkg.net\n",
    "pyproject.toml": "[project]\nname = 'p'\nversion = '1'\n[project.scripts]\nnet-tool = 'pkg.net:main'\n",
}
DEEP = {"pkg/deep.py": "x = 2\n"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.yaml", "model:\n  _target_: pkg.net.Net\n"),
        ("c.yml", "- !!python/name:pkg.net.make\n"),
        ("c.json", '{"class": "pkg.net:Net", "n": 1}\n'),
        ("c.toml", "[x]\nbackend = 'pkg.net'\n"),
        ("c.ini", "[handler_x]\nclass = pkg.net.Handler\n"),
        ("c.cfg", "[x]\nscript = scripts/run.py\n"),
        ("c.txt", "pkg.net\npkg.other\n"),
        ("c.sh", 'exec python3 -m pkg.net "$@"\n'),
        ("c.sh", "python scripts/run.py --fast\n"),
        ("c.sh", "net-tool --fast\n"),
        ("c.sh", "python -c 'import pkg.net'\n"),
        ("c", "#!/usr/bin/env python3\nfrom pkg import net\n"),
        ("c", "#!/bin/sh\npython -m pkg.net\n"),
        ("c.md", "```python\nfrom pkg.net import Net\n```\n"),
        ("c.rst", ">>> import pkg.net\n"),
        ("c.ipynb", '{"cells": [{"source": ["import pkg.net\\n", "x"]}]}\n'),
        ("c.tmpl", "from pkg import net\n{{ x }}\n"),
    ],
)
def test_named(tmp_path: Path, name: str, text: str) -> None:
    """A test that reads a text depends on the modules, scripts and commands that it names, and on what these use."""
    reader = f"def test(): load('tests/data/{name}')\n"
    check(Case({**FILES, f"tests/data/{name}": text, A: reader}, dict(DEEP), {A}), tmp_path)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("cut", [0, 3])
def test_pickle(tmp_path: Path, protocol: int, cut: int) -> None:
    """A test that reads a pickle depends on the modules of the classes in it, also where it cannot be read to its end."""
    module, made = ModuleType("pkg.net"), type("Net", (), {"__module__": "pkg.net", "__qualname__": "Net"})
    vars(module).update(Net=made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "pkg", ModuleType("pkg"))
        patch.setitem(sys.modules, "pkg.net", module)
        pickled = pickle.dumps([made(), 1, "pkg.net.x", b"pkg"], protocol)
    data = {"tests/data/c.pkl": pickled[: len(pickled) - cut], A: "def test(): load('tests/data/c.pkl')\n"}
    repository = make_repository(tmp_path / "top", {**FILES, **data})
    repository.write({"pkg/deep.py": "x = 2\n"})
    assert chosen(plan(repository, tmp_path / "store")) == {A: ()}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.pkl", "no pickle of pkg.net\n"),
        ("c.yaml", "_target_: pkg.other.Net\n"),
        ("c.yaml", "file: pkg/net.json\nurl: example.org/pkg.net/x\n"),
        ("c.md", "See pkg.net for more.\n"),
        ("c.sh", "echo pkg net\n"),
        ("c.bin", "pkg.net\n"),
        ("c.yaml", "_target_: pkg.net\n" + "#" * 200_000),
        ("c.json", '"\0pkg.net"'),
    ],
)
def test_not_named(tmp_path: Path, name: str, text: str) -> None:
    """Other words, other kinds of texts, and data, name nothing."""
    reader = f"def test(): load('tests/data/{name}')\n"
    check(Case({**FILES, f"tests/data/{name}": text, A: reader}, dict(DEEP), set(), {A, Z}), tmp_path)


@pytest.mark.parametrize(
    ("path", "reader"),
    [
        ("conf/app.yaml", "import hydra\n@hydra.main(config_path='../conf')\ndef test(): pass\n"),
        (
            "tests/data/app.yaml",
            "from pathlib import Path\nx = (Path(__file__).parent / 'data').glob('*.yaml')\n" + PASS,
        ),
        ("tests/data/app.yaml", "def load(name): return open(f'tests/data/{name}.yaml')\n" + PASS),
        ("Makefile", "import subprocess\ndef test(): subprocess.run(['make', 'net'])\n"),
    ],
)
def test_readers(tmp_path: Path, path: str, reader: str) -> None:
    """Who reads a text is found as for data: by its folder, by a glob, or because `make` reads it unasked."""
    text = "x:\n\tpython -m pkg.net\n" if path == "Makefile" else "_target_: pkg.net.Net\n"
    check(Case({**FILES, path: text, A: reader}, dict(DEEP), {A}), tmp_path)


def test_read_by_nobody(tmp_path: Path) -> None:
    """A text that nobody reads leads nowhere, nor does what is known to be configuration of tools."""
    texts = {
        "tests/data/c.yaml": "_target_: pkg.net\n",
        ".github/workflows/ci.yml": "run: python -m pkg.net\n",
    }
    made = "def test(): open('pyproject.toml')\n"
    check(Case({**FILES, **texts, A: made}, dict(DEEP), set(), {A, Z}), tmp_path)


def _make_named(tmp_path: Path) -> TemporaryGit:
    """A repository with a test that reads a text which names a module, of which something changed."""
    files = {
        **FILES,
        "tests/data/c.yaml": "_target_: pkg.net.Net\n",
        A: "def test(): load('tests/data/c.yaml')\n",
    }
    repository = make_repository(tmp_path / "r", files)
    repository.write(DEEP)
    return repository


def test_text_of_base(tmp_path: Path) -> None:
    """A text that is gone named what it named at the base."""
    repository = _make_named(tmp_path)
    (repository.top / "tests/data/c.yaml").unlink()
    assert A in chosen(plan(repository, tmp_path / "store", ref="HEAD"))


def test_reason(tmp_path: Path) -> None:
    """The reason leads from the test by the text to the change."""
    repository = _make_named(tmp_path)
    made = plan(repository, tmp_path / "store", ref="HEAD")
    chain = made.selection.files[A].reason.chain  # type: ignore[union-attr]
    assert [edge.source for edge in chain] == [A, "tests/data/c.yaml", "pkg/net.py"]
    assert chain[-1].target == "pkg/deep.py"


LAZY = (
    "import importlib\n_M = {'Net': 'net'}\n"
    "def __getattr__(n): return getattr(importlib.import_module('.' + _M[n], __name__), n)\n"
)


@pytest.mark.parametrize(
    ("test", "runs"),
    [
        ("import importlib\nz = importlib.import_module('lazy')\ndef test(): assert z.Net\n", True),
        ("import pytest\nz = pytest.importorskip('lazy')\ndef test(): assert z.Net\n", True),
        ("import pytest\nz = pytest.importorskip('lazy')\ndef test(): assert z.Other\n", False),
        ("from mock import patch\ndef test(): patch('{}.net.Net'.format('lazy'))\n", True),
    ],
)
def test_held_by_name(tmp_path: Path, test: str, runs: bool) -> None:
    """A package that is imported by its name finds lazily what its attributes say; a format may end in a module."""
    files = {A: test, Z: PASS, "lazy/__init__.py": LAZY, "lazy/net.py": "Net = 1\n"}
    check(
        Case(files, {"lazy/net.py": "Net = 2\n"}, {A} if runs else set(), {Z} if runs else {A, Z}), tmp_path
    )
