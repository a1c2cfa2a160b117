"""What frameworks and pytest find by convention: settings, plugins of the environment, Django's applications and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import planning
import pytest
from planning import Case, check, chosen, plan
from temporary_git import make_repository

if TYPE_CHECKING:
    from pathlib import Path

A, Z = "tests/test_a.py", "tests/test_z.py"
PASS = "def test(): pass\n"  # noqa: S105 - a test that passes, no password
INI = "[pytest]\nDJANGO_SETTINGS_MODULE = proj.settings\n"
SHOP = {
    Z: PASS,
    "proj/__init__.py": "",
    "proj/settings.py": "INSTALLED_APPS = ['django.contrib.auth', 'shop.apps.ShopConfig', 'blog']\n",
    **{f"{app}/__init__.py": "" for app in ("shop", "blog")},
    **{
        f"{app}/{name}.py": "x = 1\n"
        for app in ("shop", "blog")
        for name in ("apps", "models", "views", "signals")
    },
    "shop/migrations/__init__.py": "",
    "shop/migrations/0001_initial.py": "x = 1\n",
    "shop/templatetags/__init__.py": "",
    "shop/templatetags/shop_tags.py": "x = 1\n",
    "shop/management/__init__.py": "",
    "shop/management/commands/__init__.py": "",
    "shop/management/commands/load_it.py": "x = 1\n",
    "shop/management/commands/drop_it.py": "x = 1\n",
}


@pytest.mark.parametrize(
    "changed",
    [
        "shop/migrations/0001_initial.py",
        "shop/templatetags/shop_tags.py",
        "shop/apps.py",
        "blog/apps.py",
        "blog/signals.py",
    ],
)
def test_installed(tmp_path: Path, changed: str) -> None:
    """What is imported of an installed application concerns every test."""
    check(Case({**SHOP, A: PASS, "pytest.ini": INI}, {changed: "x = 2\n"}, {A, Z}, set()), tmp_path)


@pytest.mark.parametrize(
    "changed", ["shop/views.py", "shop/models.py", "shop/management/commands/load_it.py"]
)
def test_used_of_installed(tmp_path: Path, changed: str) -> None:
    """The rest of an installed application concerns who uses it."""
    check(Case({**SHOP, A: PASS, "pytest.ini": INI}, {changed: "x = 2\n"}, set(), {A, Z}), tmp_path)


@pytest.mark.parametrize(
    ("test", "changed"),
    [
        (
            "from django.core.management import call_command\ndef test(): call_command('load_it')\n",
            "management/commands/load_it",
        ),
        ("def test(): baker.make('shop.Item')\n", "models"),
    ],
)
def test_by_name(tmp_path: Path, test: str, changed: str) -> None:
    """A command is called by its name, and a model by the label of its application."""
    check(Case({**SHOP, A: test}, {f"shop/{changed}.py": "x = 2\n"}, {A}), tmp_path)
    others = {"shop/management/commands/drop_it.py": "x = 2\n", "blog/models.py": "x = 2\n"}
    check(Case({**SHOP, A: test}, dict(others), set(), {A, Z}), tmp_path / "other")


PLUGIN = {A: PASS, Z: PASS, "plug.py": "x = 1\n"}
SETUP = "from setuptools import setup\n"


@pytest.mark.parametrize(
    "setup",
    [
        "setup(entry_points={'pytest11': ['p = plug']})\n",
        "setup(entry_points={'pytest11': 'p = plug:Plugin'})\n",
        "setup(entry_points='''\n[pytest11]\np = plug\n''')\n",
        "POINTS = ['p = plug']\nsetup(entry_points={'pytest11': POINTS})\n",
        "POINTS = {'pytest11': ['p = plug']}\nsetup(entry_points=POINTS)\n",
        "about = {'entry_points': {'pytest11': ['p = plug']}}\nsetup(**about)\n",
    ],
)
def test_plugin_in_setup(tmp_path: Path, setup: str) -> None:
    """A plugin that `setup.py` declares concerns every test."""
    check(Case({**PLUGIN, "setup.py": SETUP + setup}, {"plug.py": "x = 2\n"}, {A, Z}, set()), tmp_path)


@pytest.mark.parametrize(
    "setup", ["setup(entry_points=read('x'))\n", "setup(entry_points={'x': ['p = plug']})\n", "def (\n"]
)
def test_no_plugin_in_setup(tmp_path: Path, setup: str) -> None:
    """What is declared otherwise, or cannot be read, is none."""
    check(Case({**PLUGIN, "setup.py": SETUP + setup}, {"plug.py": "x = 2\n"}, set(), {A, Z}), tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PYTEST_PLUGINS", "other,plug"),
        ("DJANGO_SETTINGS_MODULE", "plug"),
        ("FLASK_APP", "plug:app"),
        ("MY_CONFIG_MODULE", "plug"),
    ],
)
def test_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A module that the environment names concerns every test."""
    monkeypatch.setitem(planning.ENVIRONMENT, name, value)
    check(Case(PLUGIN, {"plug.py": "x = 2\n"}, {A, Z}, set()), tmp_path)


@pytest.mark.parametrize(
    "line", ["env = D:MY_CONFIG_MODULE=plug", "addopts = --ds plug", "FLASK_APP = plug:app"]
)
def test_configuration(tmp_path: Path, line: str) -> None:
    """So does one that pytest's configuration names, for a plugin to import."""
    repository = make_repository(tmp_path / "r", {**PLUGIN, "pytest.ini": f"[pytest]\n{line}\n"})
    repository.write({"plug.py": "x = 2\n"})
    assert {A, Z} <= {*chosen(plan(repository, tmp_path / "store", ref="HEAD"))}


def test_other_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other variables of the environment say nothing."""
    monkeypatch.setitem(planning.ENVIRONMENT, "USER", "plug")
    check(Case(PLUGIN, {"plug.py": "x = 2\n"}, set(), {A, Z}), tmp_path)
