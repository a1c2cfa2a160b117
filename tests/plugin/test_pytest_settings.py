"""pytest's own answer and ours are the same."""

from __future__ import annotations

import pytest

from pytest_txselect.plugin.pytest_settings import read_pytest_config
from pytest_txselect.project.pytest_config import find_pytest_config

INI = """\
python_files = check_*.py 'a b.py'
python_classes = Check
python_functions = check
pythonpath = src lib
testpaths = tests
norecursedirs = old
usefixtures = one two
addopts = {addopts}
"""
TOML = """\
python_files = ["check_*.py", "a b.py"]
pythonpath = ["src", "lib"]
testpaths = ["tests"]
"""

PROJECTS = {
    "nothing": {"x.py": ""},
    "setup.py": {"../setup.py": ""},
    "empty pytest.ini": {"pytest.ini": ""},
    "empty .pytest.ini": {".pytest.ini": ""},
    "pytest.ini": {"pytest.ini": "[pytest]\n" + INI.format(addopts="--import-mode=importlib")},
    "pytest.ini above": {"../pytest.ini": "[pytest]\n" + INI.format(addopts="--doctest-modules")},
    "tox.ini": {"tox.ini": "[pytest]\n" + INI.format(addopts="-p no:doctest --doctest-glob=*.md")},
    "setup.cfg": {"setup.cfg": "[tool:pytest]\n" + INI.format(addopts="-p pytester -p no:pytester")},
    "plugins": {"tox.ini": "[pytest]\naddopts = -p mine -p no:cacheprovider", "mine.py": ""},
    "overrides": {"tox.ini": "[pytest]\naddopts = --doctest-glob=*.md --doctest-glob '*.rst'\n"},
    "pyproject.toml": {"pyproject.toml": "[tool.pytest.ini_options]\n" + TOML},
    "empty table": {"pyproject.toml": "[tool.pytest.ini_options]\n", "tox.ini": "[pytest]\ntestpaths = x"},
    "no table": {"pyproject.toml": "[tool]\n", "../tox.ini": "[pytest]\ntestpaths = x"},
    "pyproject.toml alone": {"../pyproject.toml": ""},
    "native table": {"pyproject.toml": "[tool.pytest]\n" + TOML, "tox.ini": "[pytest]\ntestpaths = x"},
    "pytest.toml": {"pytest.toml": "[pytest]\n" + TOML, "pytest.ini": "[pytest]\ntestpaths = x"},
    "empty .pytest.toml": {".pytest.toml": "", "pytest.ini": "[pytest]\ntestpaths = x"},
}


@pytest.mark.parametrize("name", PROJECTS)
def test_same_as_pytest(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """For each way to configure pytest, what we find without it is what it says itself."""
    top = pytester.path / "project"
    top.mkdir()
    for file, content in PROJECTS[name].items():
        (top / file).write_text(content, encoding="utf-8")
    pytester.syspathinsert(top)
    monkeypatch.chdir(top)
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    told = read_pytest_config(pytester.parseconfig())
    assert find_pytest_config(top) == told
