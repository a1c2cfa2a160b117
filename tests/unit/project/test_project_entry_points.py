"""What a project installs and configures, read from its own files."""

from __future__ import annotations

from pytest_txselect.project.entry_points import EntryPoints, find_configured_modules, read_entry_points

PYPROJECT = b"""
[project.scripts]
tool = "pkg.cli:main [extra]"
empty = ""
number = 3
[project.gui-scripts]
gui = "pkg.gui:main"
[project.entry-points.pytest11]
plug = "pkg.plugin"
[project.entry-points."my.group"]
x = "pkg.x:X"
[tool.poetry.scripts]
old = "pkg.old:main"
[tool.poetry.plugins.pytest11]
poet = "pkg.poet"
"""
SETUP = b"""
[options.entry_points]
console_scripts =
    cfg = pkg.cfg:main
    nothing
pytest11 = cfgplug = pkg.cfgplug
"""


def test_both_files() -> None:
    """Scripts, plugins and other entry points of all tables count."""
    found = read_entry_points(PYPROJECT, SETUP)
    assert found.scripts == {"old": "pkg.old", "tool": "pkg.cli", "gui": "pkg.gui", "cfg": "pkg.cfg"}
    assert found.plugins in (("pkg.plugin", "pkg.cfgplug"), ("pkg.poet", "pkg.plugin", "pkg.cfgplug"))
    assert "pkg.x" in found.modules
    assert not {*found.plugins} & {*found.modules}


def test_broken_files() -> None:
    """What does not parse declares nothing."""
    assert read_entry_points(None, None) == EntryPoints()
    assert read_entry_points(b"[", b"[") == EntryPoints()
    assert read_entry_points(b"\xff", b"\xff") == EntryPoints()
    assert read_entry_points(b"project = 1\n[tool]\npoetry = 2", b"[metadata]\nname = x") == EntryPoints()


def test_configured() -> None:
    """Django's settings and classes of warnings are imported by every test."""
    text = b"DJANGO_SETTINGS_MODULE = a.settings\naddopts = --ds=b.settings\nfilterwarnings =\n  error::c.d.Odd\n  error::Warning"
    assert find_configured_modules(text) == ("a.settings", "b.settings", "c.d.Odd")
