"""`txselect explain`: the line of each kind of edge, in the work tree and between two commits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from temporary_git import make_repository

from pytest_txselect.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LOCK = (
    'version = 1\nrequires-python = ">=3.11"\n\n[[package]]\nname = "jsonschema"\nversion = "4.21.0"\n'
    'source = { registry = "https://pypi.org/simple" }\n'
)
FILES = {
    "pytest.ini": "[pytest]\npythonpath = src\naddopts = -p plug\n",
    "src/plug.py": "X = 1\n",
    "src/pkg/__init__.py": "",
    "src/pkg/a.py": "def f():\n    return 1\n",
    "src/pkg/registry.py": (
        "import importlib\n\nNAMES = ['pkg.a']\n\ndef load():\n    return importlib.import_module(NAMES[0])\n"
    ),
    "src/pkg/lazy.py": (
        "import importlib\n\ndef load(name):\n    return importlib.import_module(f'pkg.plug_{name}')\n"
    ),
    "src/pkg/plug_one.py": "x = 1\n",
    "tests/data/one.json": "1\n",
    "tests/conftest.py": "import pytest\n\n@pytest.fixture\ndef thing():\n    return 1\n",
    "tests/test_list.py": (
        "import os\n\ndef test():\n    here = os.path.dirname(__file__)\n"
        "    assert os.listdir(os.path.join(here, 'data'))\n"
    ),
    "tests/test_own.py": (
        "import os\n\nHERE = os.path.dirname(__file__)\n\ndef test():\n    assert os.listdir(HERE)\n"
    ),
    "tests/test_fixture.py": "def test_none(): pass\n\ndef test(thing): pass\n",
    "tests/test_registry.py": "from pkg.registry import load\n\ndef test(): assert load()\n",
    "tests/test_lazy.py": "from pkg.lazy import load\n\ndef test(): assert load('one')\n",
    "tests/test_script.py": "import subprocess\n\ndef test():\n    subprocess.run(['python', 'tools/make.py'])\n",
    "tools/make.py": "print(1)\n",
    "tests/test_outside.py": "import json\n\ndef test():\n    import jsonschema.validators\n",
    "uv.lock": LOCK,
    "tests/test_declared.py": "# txselect: depends etc/*.cfg\n\ndef test(): pass\n",
    "etc/a.cfg": "1\n",
}


class Edge(NamedTuple):
    """An edit, a test file that it reaches, and the chain that is shown."""

    edits: Mapping[str, str]
    target: str
    chain: tuple[str, ...]


A = {"src/pkg/a.py": "def f():\n    return 2\n"}
CHANGED_A = "src/pkg/a.py changed: body of f (line 1)"
EDGES = {
    "string": Edge(
        A,
        "tests/test_registry.py",
        (
            "tests/test_registry.py:1 imports src/pkg/registry.py",
            "src/pkg/registry.py:3 names in a string src/pkg/a.py",
            CHANGED_A,
        ),
    ),
    "computed name": Edge(
        {"src/pkg/plug_one.py": "x = 2\n"},
        "tests/test_lazy.py",
        (
            "tests/test_lazy.py:1 imports src/pkg/lazy.py",
            "src/pkg/lazy.py:4 imports by a computed name src/pkg/plug_one.py",
            "src/pkg/plug_one.py changed: name x (line 1)",
        ),
    ),
    "folder": Edge(
        {"tests/data/one.json": "2\n"},
        "tests/test_list.py",
        ("tests/test_list.py:4 reads tests/data/one.json", "tests/data/one.json changed"),
    ),
    "own folder": Edge(
        {"tests/data/one.json": "2\n"},
        "tests/test_own.py",
        ("tests/test_own.py:3 reads tests/data/one.json", "tests/data/one.json changed"),
    ),
    "fixture": Edge(
        {"tests/conftest.py": FILES["tests/conftest.py"].replace("return 1", "return 2")},
        "tests/test_fixture.py",
        (
            "tests/test_fixture.py:3 may ask for a fixture of tests/conftest.py",
            "tests/conftest.py changed: fixture thing",
        ),
    ),
    "script": Edge(
        {"tools/make.py": "print(2)\n"},
        "tests/test_script.py",
        (
            "tests/test_script.py:4 names the script tools/make.py",
            "tools/make.py changed: statement at line 1",
        ),
    ),
    "distribution": Edge(
        {"uv.lock": LOCK.replace("4.21.0", "4.22.0")},
        "tests/test_outside.py",
        (
            "tests/test_outside.py:4 imports jsonschema",
            "jsonschema changed: uv.lock: jsonschema moved 4.21.0 -> 4.22.0",
        ),
    ),
    "declared": Edge(
        {"etc/a.cfg": "2\n"},
        "tests/test_declared.py",
        ("tests/test_declared.py:1 is declared to depend on etc/a.cfg", "etc/a.cfg changed"),
    ),
    "plugin": Edge(
        {"src/plug.py": "X = 2\n"},
        "tests/test_fixture.py",
        (
            "tests/test_fixture.py runs with the plugin src/plug.py",
            "src/plug.py changed: name X (line 1)",
        ),
    ),
}


@pytest.mark.parametrize("name", EDGES)
def test_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Each step of the chain has its line, whether the head is the work tree or a commit."""
    for variable in ("PYTEST_ADDOPTS", "FORCE_COLOR", "COLUMNS", "TXSELECT_RUN_ALL"):
        monkeypatch.delenv(variable, raising=False)
    edge = EDGES[name]
    repository = make_repository(tmp_path / "project", FILES)
    monkeypatch.chdir(repository.top)
    base = repository.run("rev-parse", "HEAD")
    repository.write(edge.edits)
    for ref in ("HEAD", f"{base}..main"):
        if ref != "HEAD":
            repository.commit()
        assert main(["explain", edge.target, "--impacted-by", ref]) == 0
        lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
        assert lines[0] == f"{edge.target}: runs"
        assert tuple(lines[2:]) == edge.chain
