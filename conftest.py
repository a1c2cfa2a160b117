"""Makes pytest's own plugin tester available to the suite, and processes that nobody measures."""

from __future__ import annotations

import os
import sys

import hypothesis
import pytest

pytest_plugins = ["pytester"]

# Tests edit a file and run it again at once: bytecode of before has the same second and may have the same size, so that Python
# would take it for that of the file.
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
sys.dont_write_bytecode = True

# How long an example takes says nothing on a machine that others use as well.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that the test starts are not measured by coverage, which loads modules, and writes files when they end."""
    for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):
        monkeypatch.delenv(name, raising=False)
