"""Changed files of which nobody knows whether pytest makes tests of them: YAML, notebooks, data.

A run asks pytest, which knows its plugins: such a file is allowed to be collected. A list cannot ask, and pytest stops
with an error at a listed file that it does not collect. So it is listed only where something says that it has tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.model import ReasonKind, RepoPath

if TYPE_CHECKING:
    from pytest_txselect.engine.plan import Plan

__all__ = ["find_bystanders"]


def find_bystanders(plan: Plan) -> frozenset[RepoPath]:
    """Files that run by themselves if pytest collects them, which nothing in the project or in recorded runs does."""
    if plan.found is None or plan.project is None:
        return frozenset()
    seen = plan.judged.choices if plan.judged is not None else {}
    config = plan.project.config
    changed = [
        path
        for path, reason in plan.found.chosen.items()
        if reason.kind is ReasonKind.CHANGED and not path.endswith(".py") and path not in seen
    ]
    if not changed:
        return frozenset()
    from pytest_txselect.engine.examples import is_example_file  # noqa: PLC0415 - seldom there is such a file

    found = frozenset(path for path in changed if not is_example_file(config, path))
    if not found:
        return found
    from pytest_txselect.engine.collectors import find_collecting  # noqa: PLC0415 - likewise

    collects = any(True for end in plan.ends[:1] for _ in find_collecting(plan.project, end))
    return frozenset() if collects else found
