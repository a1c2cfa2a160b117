"""What a project itself installs: commands, plugins of pytest, other entry points; their modules."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["EntryPoints", "find_configured_modules", "read_entry_points"]

PYTEST: Final = "pytest11"
SCRIPTS: Final = frozenset({"console_scripts", "gui_scripts"})

CONFIGURED: Final = re.compile(
    rb"DJANGO_SETTINGS_MODULE\s*=\s*[\"']?(\w+(?:\.\w+)*)"
    rb"|--ds[= ](\w+(?:\.\w+)*)"
    rb"|\b(?:error|ignore|default|always|module|once):[^:\n]*:(\w+(?:\.\w+)+)"
)
"""What pytest or a plugin of it imports for every test: Django's settings, classes of warnings."""


@dataclass(frozen=True, slots=True)
class EntryPoints:
    """Entry points that a project declares.

    Attributes:
        scripts: name of each command and the module behind it.
        plugins: modules that pytest loads by itself.
        modules: modules of all other entry points.
        configured: modules that pytest's configuration has it import for every test.
    """

    scripts: Mapping[str, str] = field(default_factory=dict)
    plugins: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    configured: tuple[str, ...] = ()


def read_entry_points(pyproject: bytes | None, setup_cfg: bytes | None) -> EntryPoints:
    """Read them from `pyproject.toml` and `setup.cfg`; what does not parse declares none (it is ground)."""
    scripts: dict[str, str] = {}
    plugins: list[str] = []
    modules: list[str] = []
    for group, name, target in [*_of_pyproject(pyproject), *_of_setup_cfg(setup_cfg)]:
        module = target.partition(":")[0].partition("[")[0].strip()
        if not module:
            continue
        if group in SCRIPTS:
            scripts[name] = module
        (plugins if group == PYTEST else modules).append(module)
    return EntryPoints(scripts, tuple(dict.fromkeys(plugins)), tuple(dict.fromkeys(modules)))


def _of_pyproject(text: bytes | None) -> Iterator[tuple[str, str, str]]:
    try:
        data = tomllib.loads((text or b"").decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return
    project = _table(data, "project")
    poetry = _table(_table(data, "tool"), "poetry")
    groups = {
        "console_scripts": {**_table(poetry, "scripts"), **_table(project, "scripts")},
        "gui_scripts": _table(project, "gui-scripts"),
        **_table(poetry, "plugins"),
        **_table(project, "entry-points"),
    }
    for group, table in groups.items():
        for name, target in table.items() if isinstance(table, dict) else ():
            if isinstance(target, str):
                yield group, name, target


def _table(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    table = data.get(key)
    return table if isinstance(table, dict) else {}


def _of_setup_cfg(text: bytes | None) -> Iterator[tuple[str, str, str]]:
    if text is None:
        return
    import configparser  # noqa: PLC0415 - of old projects only

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text.decode("utf-8"))
    except (configparser.Error, UnicodeDecodeError):
        return
    if not parser.has_section("options.entry_points"):
        return
    for group, lines in parser.items("options.entry_points"):
        for line in lines.splitlines():
            name, equals, target = line.partition("=")
            if equals:
                yield group, name.strip(), target.strip()


def find_configured_modules(text: bytes) -> tuple[str, ...]:
    """Names that the file which configures pytest has every test import."""
    found = (next(filter(None, match.groups())) for match in CONFIGURED.finditer(text))
    return tuple(dict.fromkeys(name.decode("utf-8", "surrogateescape") for name in found))
