"""The CI services that can be told about jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.jobs.circleci import render_circleci
from pytest_txselect.jobs.github import render_github
from pytest_txselect.jobs.gitlab import render_gitlab

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_txselect.jobs.service import Emitter

__all__ = ["EMITTERS"]

EMITTERS: Final[Mapping[str, Emitter]] = {
    "circleci": render_circleci,
    "github": render_github,
    "gitlab": render_gitlab,
}
