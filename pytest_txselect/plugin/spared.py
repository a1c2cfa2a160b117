"""What a run that selects may be spared: to record nothing, and to parse a configuration that says nothing of us."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_txselect.plugin.when import ANSWER, AUTOMATIC, FILES, OWN_FILE, is_recorded

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

__all__ = ["may_be_configured", "may_be_spared", "record_nothing"]


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
