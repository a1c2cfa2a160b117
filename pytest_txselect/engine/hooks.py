"""Hooks of a conftest that pytest calls once for the whole session: they concern tests beside its folder, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.project.tree import CONFTEST, file_name
from pytest_txselect.source.facts import FileFacts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.model import RepoPath
    from pytest_txselect.source.facts import Facts

__all__ = ["find_session_wide"]

HOOK: Final = "pytest_"
BELOW: Final = (
    "pytest_runtest_",
    "pytest_collect_",
    "pytest_pycollect_",
    "pytest_fixture_",
    "pytest_assert",
)
"""Beginnings of names of hooks that pytest calls for what is below the folder of their conftest."""

HARMLESS: Final = frozenset(
    {
        # of what is below the folder, likewise
        "pytest_pyfunc_call",
        "pytest_generate_tests",
        "pytest_ignore_collect",
        "pytest_make_collect_report",
        "pytest_itemcollected",
        "pytest_exception_interact",
        "pytest_markeval_namespace",
        # asked before a folder's conftest is there, or say something only
        "pytest_plugins",
        "pytest_addoption",
        "pytest_report_header",
        "pytest_terminal_summary",
        "pytest_warning_recorded",
    }
)


def find_session_wide(ends: Iterable[End], changed: Iterable[RepoPath]) -> list[RepoPath]:
    """Find changed conftests that have a hook for the whole session at one of the ends.

    Args:
        ends: the graphs.
        changed: the changed files, without those of which only fixtures changed.
    """
    sides = tuple(ends)
    return [
        path
        for path in changed
        if file_name(path) == CONFTEST and any(_has_hook(end.facts.get(path)) for end in sides)
    ]


def _has_hook(facts: Facts | None) -> bool:
    """Whether a conftest has such a hook; one that cannot be read may."""
    if not isinstance(facts, FileFacts):
        return facts is not None
    hooks = (name for name in facts.bound if name.startswith(HOOK))
    return any(not name.startswith(BELOW) and name not in HARMLESS for name in hooks)
