"""Makes pytest's own plugin tester available to the suite, and processes that nobody measures."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that the test starts are not measured by coverage, which loads modules, and writes files when they end."""
    for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):
        monkeypatch.delenv(name, raising=False)
