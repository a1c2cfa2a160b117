"""Selections in a real repository, asked of the engine without running pytest."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from temporary_git import ENVIRONMENT, TemporaryGit, make_repository

from pytest_txselect.config.settings import Settings
from pytest_txselect.engine.chosen import find_choice
from pytest_txselect.engine.request import Request
from pytest_txselect.engine.select import select
from pytest_txselect.model import RunAll
from pytest_txselect.project.pytest_config import find_pytest_config

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_txselect.engine.plan import Plan

__all__ = ["Case", "check", "chosen", "plan"]


def plan(
    repository: TemporaryGit,
    store: Path,
    *,
    ref: str = "main",
    remember: bool = True,
    below: str = "",
    settings: Settings | None = None,
    alone: bool = False,
    **config: object,
) -> Plan:
    """Select in a repository, with pytest's rootdir at or below its top."""
    found = find_pytest_config(repository.top / below, environ=ENVIRONMENT)
    pytest_config = replace(found, **config) if config else found  # type: ignore[arg-type]
    chosen_settings = settings or Settings()
    return select(
        Request(ref, pytest_config, chosen_settings, store, ENVIRONMENT, remember=remember, alone=alone)
    )


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


@dataclass(frozen=True)
class Case:
    """Files, links, edits (None deletes), what must run and what must not."""

    files: dict[str, str]
    edits: dict[str, str | None]
    must: set[str]
    never: set[str] = field(default_factory=lambda: {"tests/test_z.py"})
    links: dict[str, str] = field(default_factory=dict)
    config: dict[str, object] = field(default_factory=dict)
    below: str = ""
    settings: Settings | None = None


def check(case: Case, folder: Path) -> None:
    """What an edit can affect runs, and what it cannot does not: cold, warm, without a store, and between two commits."""
    repository = make_repository(folder / "top")
    repository.write(case.files)
    for link, target in case.links.items():
        os.symlink(target, repository.top / link)  # noqa: PTH211 - a link's text, which may lead nowhere
    repository.commit()
    for path, text in case.edits.items():
        if text is None:
            (repository.top / path).unlink()
        else:
            repository.write({path: text})
    for store, remember in (("1", True), ("1", True), ("2", False)):
        made = chosen(
            plan(
                repository,
                folder / store,
                remember=remember,
                below=case.below,
                settings=case.settings,
                **case.config,
            )
        )
        _check(case, made)
    base = repository.run("rev-parse", "main")
    repository.commit()
    made = chosen(
        plan(
            repository,
            folder / "3",
            ref=f"{base}..HEAD",
            below=case.below,
            settings=case.settings,
            **case.config,
        )
    )
    _check(case, made)


def _check(case: Case, made: dict[str, tuple[str, ...]] | str) -> None:
    assert made == "everything" or case.must <= made.keys()
    assert not case.never or (made != "everything" and not case.never & made.keys()), made
