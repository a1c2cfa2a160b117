"""Finding and reading the configuration file: `txselect.toml`, else `[tool.txselect]` of `pyproject.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.config.settings import Settings
from pytest_txselect.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_txselect.config.positions import KeyPath

__all__ = ["LoadedSettings", "has_key", "load_settings", "parse_toml"]

OWN_FILE: Final = "txselect.toml"
PYPROJECT: Final = "pyproject.toml"
OWN_TABLE: Final[KeyPath] = ("tool", "txselect")


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """A configuration and where it came from.

    Attributes:
        settings: the configuration.
        source: name of the file in the rootdir it was read from; empty where there is none.
        origins: for each top-level key that was given, "file:line"; a key that is absent here has its
            default.
        notices: lines that the user should see.
    """

    settings: Settings = field(default_factory=Settings)
    source: str = ""
    origins: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    notices: tuple[str, ...] = ()


def load_settings(rootdir: Path) -> LoadedSettings:
    """Read the configuration of a project.

    Args:
        rootdir: pytest's rootdir.

    Raises:
        ConfigError: a file cannot be read, is not TOML, or has mistakes; all of the mistakes are named.
    """
    own = _read(rootdir / OWN_FILE)
    shared = _read(rootdir / PYPROJECT)
    table = None
    if shared is not None:
        document = parse_toml(PYPROJECT, shared)
        tool = document.get("tool")
        table = tool.get("txselect") if isinstance(tool, dict) else None
    if own is not None:
        notices = () if table is None else (f"{OWN_FILE} wins: [tool.txselect] of {PYPROJECT} is not used",)
        return _load(OWN_FILE, own, (), parse_toml(OWN_FILE, own), notices)
    if shared is None or table is None:
        return LoadedSettings()
    return _load(PYPROJECT, shared, OWN_TABLE, table, ())


def has_key(rootdir: Path, key: str) -> bool:
    """Tell whether the configuration of a project gives a top-level key, right or wrong.

    Args:
        rootdir: pytest's rootdir.
        key: its name.

    Raises:
        ConfigError: a file cannot be read, or is not TOML.
    """
    own = _read(rootdir / OWN_FILE)
    if own is not None:
        return key in parse_toml(OWN_FILE, own)
    shared = _read(rootdir / PYPROJECT)
    tool = {} if shared is None else parse_toml(PYPROJECT, shared).get("tool")
    table = tool.get("txselect") if isinstance(tool, dict) else None
    return isinstance(table, dict) and key in table


def parse_toml(name: str, text: str) -> dict[str, Any]:
    """Parse a TOML file.

    Args:
        name: of the file, for the message.
        text: its content.

    Raises:
        ConfigError: with the line and what is wrong there.
    """
    import tomllib  # noqa: PLC0415 - a run that has nothing to parse must not pay for it

    try:
        return tomllib.loads(text)
    except ValueError as error:  # also the integers that int() refuses
        place = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
        where = f"{name}:{place[1]}" if place else name
        cause = (
            "starts with a byte order mark"
            if text.startswith("\ufeff")
            else str(error)[: place and place.start()]
        )
        cure = "save it without" if text.startswith("\ufeff") else "correct that line"
        raise ConfigError("invalid-toml", f"{where}: not valid TOML: {_one_line(cause)}; {cure}") from error
    except RecursionError as error:
        raise ConfigError("invalid-toml", f"{name}: not valid TOML: nested too deeply; flatten it") from error


def _load(name: str, text: str, prefix: KeyPath, table: object, notices: tuple[str, ...]) -> LoadedSettings:
    from pytest_txselect.config.parse import parse_settings  # noqa: PLC0415 - most projects configure nothing
    from pytest_txselect.config.positions import find_positions  # noqa: PLC0415 - likewise

    positions = find_positions(text)

    def locate(path: KeyPath) -> str:
        """Give the place of a key, or of the nearest one around it."""
        full = prefix + path
        line = next((positions[full[:end]] for end in range(len(full), 0, -1) if full[:end] in positions), 1)
        return f"{name}:{line}"

    if not isinstance(table, dict):
        raise ConfigError(
            "invalid-setting", f"{locate(())}: tool.txselect: not a table; write [tool.txselect]"
        )
    if not prefix and isinstance(table.get("tool"), dict) and "txselect" in table["tool"]:
        place = locate(("tool",))
        message = f"{place}: tool: keys stand at the top of {OWN_FILE}; remove [tool.txselect] around them"
        raise ConfigError("invalid-setting", message)
    settings = parse_settings(table, locate)
    return LoadedSettings(settings, name, MappingProxyType({key: locate((key,)) for key in table}), notices)


def _read(path: Path) -> str | None:
    """Read a file of the rootdir; None where there is none."""
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        message = f"{path.name}: not UTF-8 (byte {error.start + 1}); save it as UTF-8"
        raise ConfigError("unreadable-configuration", message) from error
    except OSError as error:
        cause = error.strerror or type(error).__name__
        message = f"{path.name}: cannot be read ({cause}); check that it is a file you may read"
        raise ConfigError("unreadable-configuration", message) from error


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
