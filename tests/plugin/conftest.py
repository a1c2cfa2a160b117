"""The small project that most of these tests run pytest on."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import pytest
from followed import record
from ready import READY
from routed_project import add_jobs
from small_project import FILES, SmallProject

import pytest_txselect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from followed import Recorded

# pytester forgets, after each run in this process, the modules that the run was the first to import. Half of ours would then
# know classes that the other half has a second time, so all of them are imported before.
for _module in pkgutil.walk_packages(pytest_txselect.__path__, "pytest_txselect."):
    if not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)


@pytest.fixture(scope="session", autouse=True)
def waiting() -> Iterator[None]:
    """Processes that wait for runs of pytest end with the tests."""
    yield
    READY.close()


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Makes projects of files, recorded, each once."""
    made: dict[tuple[tuple[str, str], ...], Path] = {}

    def make(files: Mapping[str, str]) -> Path:
        key = tuple(sorted(files.items()))
        if key not in made:
            made[key] = record(tmp_path_factory.mktemp("recorded"), files)
        return made[key]

    return make


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


@pytest.fixture
def routed(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    """The small project with jobs."""
    monkeypatch.setenv("MODE", "mine")
    add_jobs(project)
    return project
