"""What a project itself installs: commands, plugins of pytest, other entry points; their modules."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["EntryPoints", "find_configured_modules", "find_environment_modules", "read_entry_points"]

PYTEST: Final = "pytest11"
SCRIPTS: Final = frozenset({"console_scripts", "gui_scripts"})

CONFIGURED: Final = re.compile(
    rb"DJANGO_SETTINGS_MODULE\s*=\s*[\"']?(\w+(?:\.\w+)*)"
    rb"|--ds[= \"',]+(\w+(?:\.\w+)*)"
    rb"|\b(?:error|ignore|default|always|module|once):[^:\n]*:(\w+(?:\.\w+)+)"
)
"""What pytest or a plugin of it imports for every test: Django's settings, classes of warnings."""
VARIABLE: Final = re.compile(r"PYTEST_PLUGINS|FLASK_APP|(?:\w+_)?(?:SETTINGS|CONFIG)_MODULE")
"""Environment variables that name a module."""
MODULES: Final = re.compile(r"\s*[^\W\d]\w*(?:\.\w+)*(?::\w+)?\s*(?:,\s*[^\W\d]\w*(?:\.\w+)*\s*)*")
ASSIGNED: Final = re.compile(rb"\b([A-Z]+(?:_[A-Z]+)*)\s*=\s*[\"']?([\w.:]+)")
"""A variable that the file which configures pytest has one of its plugins set."""


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


def read_entry_points(
    pyproject: bytes | None, setup_cfg: bytes | None, setup_py: bytes | None = None
) -> EntryPoints:
    """Read them from `pyproject.toml`, `setup.cfg` and `setup.py`; what does not parse declares none (it is ground)."""
    scripts: dict[str, str] = {}
    plugins: list[str] = []
    modules: list[str] = []
    for group, name, target in [
        *_of_pyproject(pyproject),
        *_of_setup_cfg(setup_cfg),
        *_of_setup_py(setup_py),
    ]:
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
        yield from _of_lines(group, lines.splitlines())


def _of_lines(group: str, lines: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for line in lines:
        name, equals, target = line.partition("=")
        if equals:
            yield group, name.strip(), target.strip()


def _of_setup_py(text: bytes | None) -> Iterator[tuple[str, str, str]]:
    """What `setup(entry_points=...)` is given, where that stands there: a table, or the text of a file of its own kind."""
    if text is None or b"entry_points" not in text:
        return
    try:
        nodes = [*ast.walk(ast.parse(text))]
    except (SyntaxError, ValueError, RecursionError):
        return
    assigned = {
        target.id: node.value
        for node in nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    given = [each.value for each in nodes if isinstance(each, ast.keyword) and each.arg == "entry_points"]
    given += [
        value
        for node in nodes
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "entry_points"
    ]
    for each in given:
        yield from _of_expression(
            assigned.get(each.id, each) if isinstance(each, ast.Name) else each, assigned
        )


def _of_expression(given: ast.expr, assigned: Mapping[str, ast.expr]) -> Iterator[tuple[str, str, str]]:
    match given:
        case ast.Constant(value=str(text)):
            group = ""
            for line in text.splitlines():
                if line.strip().startswith("["):
                    group = line.strip().strip("[]").strip()
                else:
                    yield from _of_lines(group, [line])
        case ast.Dict(keys=groups, values=lists):
            for key, several in zip(groups, lists, strict=True):
                known = assigned.get(several.id, several) if isinstance(several, ast.Name) else several
                texts = [each.value for each in ast.walk(known) if isinstance(each, ast.Constant)]
                if isinstance(key, ast.Constant):
                    lines = (line for text in texts if isinstance(text, str) for line in text.splitlines())
                    yield from _of_lines(str(key.value), lines)
        case _:
            pass


def find_configured_modules(text: bytes) -> tuple[str, ...]:
    """Names that the file which configures pytest has every test import."""
    found = [next(filter(None, match.groups())) for match in CONFIGURED.finditer(text)]
    names = [name.decode("utf-8", "surrogateescape") for name in found]
    names += find_environment_modules(
        {name.decode(): value.decode("utf-8", "surrogateescape") for name, value in ASSIGNED.findall(text)}
    )
    return tuple(dict.fromkeys(names))


def find_environment_modules(environment: Mapping[str, str]) -> Iterator[str]:
    """Names of modules that variables of the environment have pytest or a framework import."""
    for name, value in environment.items():
        if VARIABLE.fullmatch(name) and MODULES.fullmatch(value):
            yield from (each.strip().partition(":")[0] for each in value.split(","))
