"""Fixtures that nobody in the project asks for by name, but a plugin of pytest does, for a test that says nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from planning import Case, check

if TYPE_CHECKING:
    from pathlib import Path

A, B, Z = "tests/test_a.py", "tests/test_b.py", "tests/u/test_z.py"
PASS: Final = "def test(): pass\n"  # noqa: S105 - a test that passes, no password
FIXTURE: Final = "import pytest\n\n@pytest.fixture\ndef {}():\n    return {}\n"
FILES: Final = {A: "def test(client): pass\n", B: "def test({0}): pass\n", Z: PASS}

ASKING: Final = {
    "parameter": "import pytest\n\n@pytest.fixture\ndef client({0}):\n    return {0}\n",
    "fixture with arguments": "from pytest import fixture\n\n@fixture(scope='session')\ndef client(*, {0}): return 1\n",
    "fixture made by a call": "import pytest\n\ndef _make({0}): return 1\n\nclient = pytest.fixture(scope='session')(_make)\n",
    "by name": "def pytest_runtest_setup(item):\n    item._request.getfixturevalue('{0}')\n",
    "in a list": "NAMES = 1\n\ndef pytest_runtest_setup(item):\n    item.fixturenames += ['{0}']\n",
}
OTHER: Final = {
    "a word": "import pytest\n\ndef {0}(): return '{0}'\n",
    "a function's parameter": "def helper({0}): return {0}\n",
    "a scope": "import pytest\n\n@pytest.fixture(scope='session')\ndef client(request): return request.getfixturevalue('x')\n",
    "what does not parse": "def ({0}:\n",
}


def install(site: Path, code: str, module: str = "web_plugin.hooks") -> None:
    """Put a distribution with a plugin into a folder."""
    info = site / "web_plugin-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Name: web-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[a]\nb = c\n\n[pytest11]\nweb = {module}\n\n[d]\ne = f\n")
    (site / "web_plugin").mkdir()
    (site / "web_plugin/__init__.py").write_text("from web_plugin.deep.inner import x\n")
    (site / "web_plugin/hooks.py").write_text("from web_plugin.fixtures import client\n")
    (site / "web_plugin/fixtures.py").write_text(code)


@pytest.mark.parametrize("code", ASKING.values(), ids=ASKING)
@pytest.mark.parametrize("name", ["app", "web_config"])
def test_asked_by_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: str) -> None:
    """Whoever is below the conftest may have the fixture from the plugin."""
    install(tmp_path / "site", code.format(name))
    monkeypatch.syspath_prepend(tmp_path / "site")
    files = {each: text.format(name) for each, text in FILES.items()}
    place = "tests/conftest.py"
    case = Case({**files, place: FIXTURE.format(name, 1)}, {place: FIXTURE.format(name, 2)}, {A, B, Z}, set())
    check(case, tmp_path)


@pytest.mark.parametrize("code", OTHER.values(), ids=OTHER)
def test_not_asked_by_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """A plugin that only has the word in it, or as a scope, asks for nothing."""
    name = "session" if "'session'" in code else "app"
    install(tmp_path / "site", code.format(name), "web_plugin")
    monkeypatch.syspath_prepend(tmp_path / "site")
    files = {each: text.format(name) for each, text in FILES.items()}
    place = "tests/conftest.py"
    case = Case({**files, place: FIXTURE.format(name, 1)}, {place: FIXTURE.format(name, 2)}, {B}, {A, Z})
    check(case, tmp_path)


@pytest.mark.parametrize("where", ["pytest.ini", "conftest.py"])
def test_plugin_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """So does a module from elsewhere that the project has pytest load by its name."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/odd_plugin.py").write_text(ASKING["parameter"].format("app"))
    monkeypatch.syspath_prepend(tmp_path / "site")
    texts = {
        "pytest.ini": "[pytest]\naddopts = -p odd_plugin\n",
        "conftest.py": "pytest_plugins = ['odd_plugin']\n",
    }
    place = "tests/conftest.py"
    files = {each: text.format("app") for each, text in FILES.items()}
    case = Case(
        {**files, where: texts[where], place: FIXTURE.format("app", 1)},
        {place: FIXTURE.format("app", 2)},
        {A, B, Z},
        set(),
    )
    check(case, tmp_path)


def test_replaced_fixture_of_pytest(tmp_path: Path) -> None:
    """Fixtures of pytest itself ask for others of its own, which a project may replace."""
    name, place = "tmp_path_factory", "tests/conftest.py"
    files = {A: "def test(tmp_path): pass\n", B: f"def test({name}): pass\n", place: FIXTURE.format(name, 1)}
    check(Case(files, {place: FIXTURE.format(name, 2)}, {A, B}, set()), tmp_path)


def test_asked_by_nobody(tmp_path: Path) -> None:
    """A fixture for which nobody asks is there for a plugin, which may not be installed where tests are selected."""
    place = "tests/conftest.py"
    files = {A: PASS, "test_z.py": PASS, place: FIXTURE.format("vcr_config", 1)}
    check(Case(files, {place: FIXTURE.format("vcr_config", 2)}, {A}, {"test_z.py"}), tmp_path)
