"""Whether a run is recorded: asked for, configured, or, where recording is cheap, because tests are selected."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["is_configured", "is_recorded", "may_be_configured", "may_be_spared", "record_nothing"]

ANSWER: Final = pytest.StashKey[bool]()
AUTOMATIC: Final = pytest.StashKey[bool]()
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


def may_be_spared(config: pytest.Config) -> bool:
    """Whether a run is recorded for no other reason than that it runs tests, so that one of nothing need not be.

    Asked before the first conftest is imported. Not where workers of xdist run the tests, nor in one.
    """
    options = config.known_args_namespace
    spread = getattr(options, "numprocesses", None) or getattr(options, "tx", None)
    shown = getattr(options, "help", False) or getattr(options, "version", False)
    in_part = options.txselect_job or options.txselect_shard or options.txselect_prepared
    return (
        is_recorded(config)
        and config.stash[AUTOMATIC]
        and not (spread or shown or in_part or options.txselect_audit or "PYTEST_XDIST_WORKER" in os.environ)
    )


def record_nothing(config: pytest.Config) -> None:
    """There is nothing to record in this run."""
    config.stash[ANSWER] = False


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


def may_be_configured(rootdir: Path) -> bool:
    """Whether a configuration file may have settings of ours, or mistakes that must be told; if not, there are none."""
    return any(_may_mention_us(rootdir / name) for name in FILES)


def _may_mention_us(path: Path) -> bool:
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return path.name == OWN_FILE or b"txselect" in text or b"\\" in text  # an escape may spell anything


def _mentions_us(path: Path) -> bool:
    try:
        return b"txselect" in path.read_bytes() or path.name == OWN_FILE
    except OSError:
        return False
