"""A selection with all that it was made of: what the main use case answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.judging import Judged
    from pytest_txselect.engine.listed import Known
    from pytest_txselect.engine.project import Project
    from pytest_txselect.model import RepoPath, Selection
    from pytest_txselect.policy.decide import Findings

__all__ = ["Plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A selection, with what it was made of, so that it can be asked about.

    Attributes:
        selection: what runs, as the graph has it.
        found: what the decision was made of; None where nothing was looked at.
        project: the repository; None where there is none.
        ends: the graphs at both ends; empty where none was needed.
        neutral: changed paths that mean nothing, with the rule.
        files: every file of the head tree; empty where there is no repository.
        judged: what recorded evidence says; None where none was asked.
        known: which tests are known by it; None likewise.
        unrecorded: whether evidence was asked for, and there is none.
        last: whether the question was what changed since each test last passed.
    """

    selection: Selection
    found: Findings | None = None
    project: Project | None = None
    ends: tuple[End, ...] = ()
    neutral: tuple[tuple[RepoPath, str], ...] = ()
    files: Collection[RepoPath] = ()
    judged: Judged | None = None
    known: Known | None = None
    unrecorded: bool = False
    last: bool = False
