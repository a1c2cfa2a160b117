"""What the tests of commands share: a project in a repository of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from temporary_git import make_repository

if TYPE_CHECKING:
    from pathlib import Path

    from temporary_git import TemporaryGit


@pytest.fixture
def repository(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> TemporaryGit:
    """A repository of one commit, the module's `FILES`, which is the current folder."""
    for name in ("PYTEST_ADDOPTS", "FORCE_COLOR", "COLUMNS", "TXSELECT_RUN_ALL"):
        monkeypatch.delenv(name, raising=False)
    made = make_repository(tmp_path / "project", request.module.FILES)
    monkeypatch.chdir(made.top)
    return made
