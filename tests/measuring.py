"""Which processes that tests start are measured by coverage: those of whoever asks for it, for it takes them twice as long."""

from __future__ import annotations

import os
from typing import Final

MEASURING: Final = {
    name: os.environ[name]
    for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")
    if name in os.environ
}
"""Variables by which coverage measures the processes that this one starts; none, where it does not measure this one."""


def make_environment(*, measured: bool) -> dict[str, str]:
    """The environment for a process that is measured, if anything is, or is not."""
    others = {name: text for name, text in os.environ.items() if name not in MEASURING}
    return {**others, **MEASURING} if measured else others
