"""`txselect config`: the configuration in force, every default and where each value came from.

The text is a `txselect.toml` that says the same, with everything else in comments.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.changes.leftovers import LEFTOVERS
from pytest_txselect.cli.markers import show_markers, write_toml
from pytest_txselect.cli.terminal import Terminal, open_terminal
from pytest_txselect.config import LoadedSettings, load_settings
from pytest_txselect.config.render import render_settings
from pytest_txselect.policy import builtin
from pytest_txselect.project.pytest_config import PytestConfig, find_pytest_config

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

__all__ = ["add_arguments", "render_json", "render_text", "run"]

BUILT_IN: Final = (
    ("run_all", "everything runs when one of these changes", builtin.GROUND),
    ("manifests", "compared statement by statement", builtin.MANIFESTS),
    ("locks", "tests run that import a distribution whose version moved", builtin.LOCKS),
    ("neutral_in_code", "no test depends on these", builtin.NEUTRAL_IN_CODE),
    ("neutral", "nor on these outside of packages and folders of tests", builtin.NEUTRAL),
    ("leftovers", "as if .gitignore named them; tracked ones count", LEFTOVERS),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="write JSON")
    parser.add_argument(
        "--markers", action="store_true", help="show only the rules that mark tests, with what they mark"
    )
    parser.add_argument(
        "--rootdir", metavar="DIR", default=".", help="start from here instead of the current folder"
    )


def run(args: argparse.Namespace) -> int:
    """Show the configuration."""
    terminal = open_terminal()
    found = find_pytest_config(Path(args.rootdir), environ=os.environ)
    loaded = load_settings(found.rootdir)
    for notice in loaded.notices:
        terminal.notice(notice)
    if args.json:
        terminal.write(render_json(loaded, found))
    elif args.markers:
        show_markers(loaded, found, terminal)
    else:
        write_toml(terminal, render_text(loaded, found, terminal))
    return 0


def render_text(loaded: LoadedSettings, found: PytestConfig, terminal: Terminal) -> list[str]:
    """Write the configuration as TOML with comments."""
    source = loaded.source or "no txselect.toml, no [tool.txselect] in pyproject.toml"
    lines = [f"# rootdir: {found.rootdir}", f"# configuration: {source}", ""]
    lines += render_settings(loaded.settings, lambda key: _origin(loaded, key), terminal.width)
    lines += ["", "# Built in; `neutral` and `run_all` above add to it, and with ! take away from it:"]
    for name, meaning, patterns in BUILT_IN:
        lines += ["#", *terminal.wrap(f"{name}: {meaning}", "# "), *terminal.wrap(_shorten(patterns), "#   ")]
    inifile = "nothing configures it" if found.inifile is None else str(found.inifile)
    lines += ["", f"# pytest: {inifile}"]
    for name, value in _pytest_values(found):
        lines += terminal.wrap(f"{name}: {value}", "#   ")
    return lines


def render_json(loaded: LoadedSettings, found: PytestConfig) -> str:
    """Write the configuration for programs."""
    return json.dumps(
        {
            "rootdir": str(found.rootdir),
            "source": loaded.source or None,
            "settings": _to_plain(loaded.settings),
            "origins": dict(loaded.origins),
            "built_in": {name: list(patterns) for name, _, patterns in BUILT_IN},
            "pytest": _to_plain(found),
            "notices": list(loaded.notices),
        },
        indent=2,
    )


def _origin(loaded: LoadedSettings, key: str) -> str:
    return loaded.origins.get(key, "default")


def _shorten(patterns: Sequence[str]) -> str:
    """Write a list without the repetition that helps nobody; `--json` has every pattern."""
    if patterns == builtin.NEUTRAL:
        patterns = patterns[len(builtin.NEUTRAL_IN_CODE) :]
    names = [pattern for pattern in patterns if pattern in builtin.DOCUMENTS]
    covered = {f"{name}{suffix}" for name in names for suffix in builtin.SUFFIXES}
    others = [pattern for pattern in patterns if pattern not in covered]
    return " ".join(names) + (" (each alone or with .md, .rst, .txt) " if names else "") + " ".join(others)


def _pytest_values(found: PytestConfig) -> Iterator[tuple[str, str]]:
    for field in fields(found):
        value = getattr(found, field.name)
        if field.name not in {"rootdir", "inifile"} and value != ():
            yield field.name, " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _to_plain(value: Any) -> Any:
    """Turn a value into what JSON can say."""
    if is_dataclass(value):
        return {field.name: _to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_to_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
