"""What the user configured in `[tool.txselect]` or `txselect.toml`, as one frozen value."""

from __future__ import annotations

from pytest_txselect.config.load import LoadedSettings, load_settings
from pytest_txselect.config.settings import (
    Dependency,
    Job,
    MarkerRule,
    OnDoubt,
    Plugins,
    Record,
    Settings,
    Split,
    Unknown,
)

__all__ = [
    "Dependency",
    "Job",
    "LoadedSettings",
    "MarkerRule",
    "OnDoubt",
    "Plugins",
    "Record",
    "Settings",
    "Split",
    "Unknown",
    "load_settings",
]
