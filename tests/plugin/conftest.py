"""The small project that most of these tests run pytest on."""

from __future__ import annotations

import pytest
from small_project import FILES, SmallProject


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    """The small project, committed, nothing changed."""
    for name in ("TXSELECT_RUN_ALL", "PYTEST_ADDOPTS", "GIT_DIR", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    small = SmallProject(pytester)
    small.git("init", "-q")
    small.git("symbolic-ref", "HEAD", "refs/heads/main")
    small.commit(FILES)
    return small
