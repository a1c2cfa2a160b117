"""Whether a run is recorded: asked for, configured, or, where recording is cheap, because tests are selected."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ANSWER", "AUTOMATIC", "FILES", "OWN_FILE", "is_configured", "is_recorded"]

ANSWER: Final = pytest.StashKey[bool]()
AUTOMATIC: Final = pytest.StashKey[bool]()
"""Whether the run is recorded for no other reason than that tests are selected."""
CONFIGURED: Final = pytest.StashKey[bool]()
OWN_FILE: Final = "txselect.toml"
FILES: Final = (OWN_FILE, "pyproject.toml")
CHEAP: Final = (3, 12)
"""First version of Python on which recording costs next to nothing."""


def is_recorded(config: pytest.Config) -> bool:
    """Whether this run is recorded; answered once, before the first conftest is imported."""
    if ANSWER not in config.stash:
        config.stash[ANSWER] = _decide(config)
    return config.stash[ANSWER]


def _decide(config: pytest.Config) -> bool:
    options = config.known_args_namespace
    config.stash[AUTOMATIC] = False
    asked: bool | None = options.txselect_record
    if asked is not None:
        return asked
    selecting = options.impacted_by is not None and options.txselect_mode != "static"
    config.stash[AUTOMATIC] = automatic = selecting and sys.version_info >= CHEAP
    if not is_configured(config):
        return automatic
    from pytest_txselect.config import load_settings  # noqa: PLC0415 - only projects that configure us pay for it
    from pytest_txselect.config.settings import Record  # noqa: PLC0415 - likewise
    from pytest_txselect.errors import ConfigError  # noqa: PLC0415 - likewise

    try:
        record = load_settings(config.rootpath).settings.record
    except ConfigError:  # told, with all the mistakes, by whoever needs the configuration to do its work
        return automatic
    if record is Record.ALWAYS:
        config.stash[AUTOMATIC] = False
    return record is Record.ALWAYS or (record is Record.AUTO and automatic)


def is_configured(config: pytest.Config) -> bool:
    """Whether a configuration file mentions us at all: looking is much cheaper than parsing."""
    if CONFIGURED not in config.stash:
        config.stash[CONFIGURED] = any(_mentions_us(config.rootpath / name) for name in FILES)
    return config.stash[CONFIGURED]


def _mentions_us(path: Path) -> bool:
    try:
        return b"txselect" in path.read_bytes() or path.name == OWN_FILE
    except OSError:
        return False
