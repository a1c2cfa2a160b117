"""Selections in a real repository, asked of the engine without running pytest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from temporary_git import ENVIRONMENT, TemporaryGit

from pytest_txselect.config.settings import Settings
from pytest_txselect.engine.chosen import find_choice
from pytest_txselect.engine.request import Request
from pytest_txselect.engine.select import select
from pytest_txselect.model import RunAll
from pytest_txselect.project.pytest_config import find_pytest_config

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_txselect.engine.plan import Plan

__all__ = ["chosen", "plan"]


def plan(
    repository: TemporaryGit,
    store: Path,
    *,
    ref: str = "main",
    remember: bool = True,
    below: str = "",
    settings: Settings | None = None,
    **config: object,
) -> Plan:
    """Select in a repository, with pytest's rootdir at or below its top."""
    found = find_pytest_config(repository.top / below, environ=ENVIRONMENT)
    pytest_config = replace(found, **config) if config else found  # type: ignore[arg-type]
    return select(Request(ref, pytest_config, settings or Settings(), store, ENVIRONMENT, remember=remember))


def chosen(made: Plan) -> dict[str, tuple[str, ...]] | str:
    """Return what runs: of each file in the tree that does, the tests (none listed: all); "everything" where that is so."""
    if isinstance(made.selection, RunAll):
        return "everything"
    found = made.found
    if found is None:
        return {}
    files = {}
    for path in sorted({*found.tests, *found.chosen, *found.partial}):
        choice = find_choice(made, path)
        if choice is not None:
            files[str(path)] = tuple(sorted(choice.tests or ()))
    return files
