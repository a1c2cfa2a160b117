"""Changed files of which nobody knows whether pytest makes tests of them: YAML, notebooks, data.

A run asks pytest, which knows its plugins: such a file is allowed to be collected. A list cannot ask, and pytest stops
with an error at a listed file that it does not collect. So it is listed only where something says that it has tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.model import ReasonKind, RepoPath
from pytest_txselect.project.tree import file_name, join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.engine.project import Project

__all__ = ["find_bystanders"]

COLLECTS: Final = "pytest_collect_file"


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
    collects = found and any(_collects(plan.project, end) for end in plan.ends[:1])
    return frozenset() if collects else found


def _collects(project: Project, end: End) -> bool:
    """Whether a conftest or a plugin of the project collects files that are no modules."""
    from pytest_txselect.source.facts import FileFacts  # noqa: PLC0415 - as above

    facts = (end.facts.get(path) for path in _find_plugins(project, end))
    return any(not isinstance(each, FileFacts) or COLLECTS in each.bound for each in facts)


def _find_plugins(project: Project, end: End) -> Iterator[RepoPath]:
    yield from (path for path in end.facts if file_name(path) == "conftest.py")
    here = RepoPath(join(project.rootdir, "pytest.ini"))
    for name in (*project.everywhere, *project.own_plugins):
        for path, _, _ in end.finder.strings.module(here, name, 0, is_test=False):
            if path in end.facts:
                yield path
