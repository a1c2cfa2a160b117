"""Whom the project's own pytest plugin concerns: everybody, or by configuration those who start pytest, or import it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from planning import chosen, plan
from temporary_git import make_repository

from pytest_txselect.cli import main
from pytest_txselect.config import Plugins, Settings

if TYPE_CHECKING:
    from pathlib import Path

PASS: Final = "def test(): pass\n"  # noqa: S105 - a test that passes, no password
USERS: Final = {
    "tests/test_import.py": "import plug.hooks\n" + PASS,
    "tests/test_fixture.py": "def test(pytester): pytester.runpytest()\n",
    "tests/test_helper.py": "from helper import run\n" + PASS,
    "tests/test_main.py": "import pytest\n\ndef test(): pytest.main(['x'])\n",
    "tests/test_command.py": "import os\n\ndef test(): os.system('pytest -q x')\n",
    "tests/test_module.py": "import sys, os\n\ndef test(): os.execv(sys.executable, ['-m', 'pytest'])\n",
    "tests/test_broken.py": "def (\n",
    "tests/below/test_conftest.py": PASS,
}
FILES: Final = {
    **USERS,
    "pyproject.toml": "[project]\nname = 'plug'\nversion = '1'\n[project.entry-points.pytest11]\nplug = 'plug.hooks'\n",
    "pytest.ini": "[pytest]\npythonpath = . tests\n",
    "plug/__init__.py": "",
    "plug/hooks.py": "def pytest_configure(config):\n    from plug import later\n",
    "plug/later.py": "x = 1\n",
    "plug/core.py": "x = 1\n",
    "tests/helper.py": "import subprocess\n\ndef run(): subprocess.run(['pytest'])\n",
    "tests/below/conftest.py": "pytest_plugins = ['pytester']\n\ndef run(testdir): pass\n",
    "tests/test_core.py": "import pytest\n\nfrom plug import core\n\n@pytest.mark.slow\ndef test(): pass\n",
}
CORE: Final = "tests/test_core.py"


@pytest.mark.parametrize("changed", ["plug/hooks.py", "plug/later.py"])
@pytest.mark.parametrize("plugins", Plugins)
def test_plugin_edited(tmp_path: Path, changed: str, plugins: Plugins) -> None:
    """Whoever starts pytest runs in either case; whoever does not, by default."""
    repository = make_repository(tmp_path / "r", FILES)
    repository.write({changed: FILES[changed] + "y = 2\n"})
    found = chosen(plan(repository, tmp_path / "store", ref="HEAD", settings=Settings(plugins=plugins)))
    assert {*found} == {*USERS} | ({CORE} if plugins is Plugins.ALL else set())


def test_other_code(tmp_path: Path) -> None:
    """What no plugin reaches concerns nobody who only starts pytest."""
    repository = make_repository(tmp_path / "r", FILES)
    repository.write({"plug/core.py": "x = 2\n"})
    found = chosen(
        plan(repository, tmp_path / "store", ref="HEAD", settings=Settings(plugins=Plugins.STARTERS))
    )
    assert {*found} == {CORE, "tests/test_broken.py"}


def test_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason leads from the file that starts pytest by the plugin to the edit; users and uses are told alike."""
    repository = make_repository(tmp_path / "r", {**FILES, "txselect.toml": "plugins = 'starters'\n"})
    repository.write({"plug/later.py": "x = 2\n"})
    monkeypatch.chdir(repository.top)
    assert main(["plan", "--impacted-by", "HEAD", "--reasons"]) == 0
    told = capsys.readouterr().out.split("tests/test_helper.py: ")[1].splitlines()[1:5]
    assert [line.strip() for line in told] == [
        "tests/test_helper.py:1 imports tests/helper.py",
        "tests/helper.py runs with the plugin plug/hooks.py",
        "plug/hooks.py:2 imports plug/later.py",
        "plug/later.py changed: name x (line 1)",
    ]
    assert main(["dependents", "plug/hooks.py", "--depth", "1", "--paths"]) == 0
    users = capsys.readouterr().out.split()
    assert "tests/test_main.py" in users
    assert CORE not in users
    for path, expected in (("tests/helper.py", True), (CORE, False)):
        assert main(["dependencies", path, "--depth", "1", "--paths"]) == 0
        assert ("plug/hooks.py" in capsys.readouterr().out.split()) == expected
