"""One file that may configure pytest: its table of options, or none.

Which section counts in which file, and what a file means by its mere presence, is the table `_config_of` of
this module; it follows pytest's `config/findpaths.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pytest_txselect.config.load import parse_toml
from pytest_txselect.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["CONFIG_NAMES", "RawConfig", "parse_ini", "read_raw_config"]

RawConfig: TypeAlias = "Mapping[str, str | tuple[str, ...]]"
"""pytest's options as written: a string still to be cut into words, or a list."""

CONFIG_NAMES: Final = (
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
)
"""The files that pytest looks for, in the order of their precedence. The first two are new in pytest 9."""

NATIVE_SINCE: Final = 9
"""Since when `.pytest.ini` counts without a section, and TOML has tables of its own beside `ini_options`."""


def read_raw_config(path: Path, *, pytest_major: int) -> RawConfig | None:
    """Read what a file says to pytest.

    Args:
        path: a file of `CONFIG_NAMES`, or any `.ini`, `.cfg` or `.toml` given with `-c`.
        pytest_major: the version of pytest whose rules hold.

    Returns:
        The options, or None where the file does not configure pytest.

    Raises:
        ConfigError: it cannot be read or parsed.
    """
    if path.suffix == ".toml":
        document = parse_toml(str(path), _read_text(path))
        return _config_of_toml(path, document, native=pytest_major >= NATIVE_SINCE)
    sections = parse_ini(str(path), _read_text(path))
    if path.suffix == ".cfg":
        if "tool:pytest" not in sections and "pytest" in sections:
            message = f"{path}: pytest does not read [pytest] here; rename the section to [tool:pytest]"
            raise ConfigError("pytest-configuration", message)
        return sections.get("tool:pytest")
    counts = {"pytest.ini"} if pytest_major < NATIVE_SINCE else {"pytest.ini", ".pytest.ini"}
    return sections.get("pytest", {} if path.name in counts else None)


def parse_ini(name: str, text: str) -> dict[str, dict[str, str]]:
    """Parse a file of sections as pytest does.

    Args:
        name: of the file, for the message.
        text: its content.

    Raises:
        ConfigError: with the line and what is wrong there.
    """
    import iniconfig  # noqa: PLC0415 - pytest's own dependency; only projects with such a file need it

    try:
        parsed = iniconfig.IniConfig(name, data=text)
    except iniconfig.ParseError as error:
        message = f"{name}:{error.lineno + 1}: {error.msg}; correct that line"
        raise ConfigError("pytest-configuration", message) from error
    return {section.name: dict(section.items()) for section in parsed}


def _config_of_toml(path: Path, document: Mapping[str, Any], *, native: bool) -> RawConfig | None:
    """Take `[pytest]` of pytest's own TOML file, `[tool.pytest]` or its `ini_options` of others."""
    if path.name in {"pytest.toml", ".pytest.toml"}:
        stray = [key for key, value in document.items() if not isinstance(value, dict)]
        if stray and not isinstance(document.get("pytest"), dict):
            message = f"{path}: options outside of [pytest] ({', '.join(stray)}); write [pytest] above them"
            raise ConfigError("pytest-configuration", message)
        return _freeze(path, document.get("pytest", {}))
    tool = _table(path, document, "tool")
    found = _table(path, tool, "pytest")
    options = found.get("ini_options")
    own = {key: value for key, value in found.items() if native and key != "ini_options"}
    if own and options:
        message = f"{path}: both [tool.pytest] and [tool.pytest.ini_options]; keep one of them"
        raise ConfigError("pytest-configuration", message)
    if own:
        return _freeze(path, own)
    if options is None and native and path.name != "pyproject.toml" and "pytest" in document:
        return _freeze(path, document["pytest"])
    return None if options is None else _freeze(path, options)


def _table(path: Path, parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = parent.get(key, {})
    if not isinstance(value, dict):
        raise ConfigError("pytest-configuration", f"{path}: {key} is not a table; write [{key}]")
    return value


def _freeze(path: Path, table: object) -> RawConfig:
    """Make lists of strings tuples; other kinds of values become text, as in ini files."""
    if not isinstance(table, dict):
        raise ConfigError("pytest-configuration", f"{path}: the pytest table is not a table; write [pytest]")
    return {
        key: tuple(str(item) for item in value) if isinstance(value, list) else str(value)
        for key, value in table.items()
    }


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        message = f"{path}: not UTF-8 (byte {error.start + 1}); save it as UTF-8"
        raise ConfigError("unreadable-configuration", message) from error
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror}); check that it is a file you may read"
        raise ConfigError("unreadable-configuration", message) from error
