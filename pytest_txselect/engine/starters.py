"""The project's own pytest plugins, and who starts pytest by itself: see `plugins = "starters"` of the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.graph.reach import Reach, find_reach, is_group
from pytest_txselect.model import Edge, EdgeKind, RepoPath
from pytest_txselect.project.tree import join
from pytest_txselect.source.facts import FileFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.source.facts import Facts

__all__ = ["find_plugins", "find_starters", "may_start_pytest", "widen_to_starters"]

FIXTURES: Final = frozenset({"pytester", "testdir"})
STARTING: Final = FIXTURES | {
    "Pytester",
    "Testdir",
    "console_main",
    "inline_run",
    "runpytest",
    "runpytest_subprocess",
}
COMMANDS: Final = frozenset({"pytest", "py.test"})


def may_start_pytest(facts: Facts) -> bool:
    """Whether a file may start pytest, in its own process or in another."""
    if not isinstance(facts, FileFacts):
        return True
    if not STARTING.isdisjoint(facts.names) or not FIXTURES.isdisjoint(facts.parameters):
        return True
    if "main" in facts.names and any(each.module.partition(".")[0] == "pytest" for each in facts.imports):
        return True
    return any(each.partition(" ")[0] in COMMANDS for each in (*facts.strings, *facts.embedded))


def find_plugins(project: Project, ends: Iterable[End], names: Iterable[str]) -> list[RepoPath]:
    """The files of the project that some modules mean to pytest, each once."""
    place = RepoPath(join(project.rootdir, "pytest.ini"))
    ends = tuple(ends)
    found = (
        path
        for name in names
        for end in ends
        for path, _, _ in end.finder.strings.module(place, name, 0, is_test=False)
    )
    return [path for path in dict.fromkeys(found) if not is_group(path)]


def widen_to_starters(reach: Reach, ends: Iterable[End], plugins: Iterable[RepoPath]) -> Reach:
    """Add those who start pytest, and whoever depends on them, where one of the project's plugins is reached.

    Args:
        reach: whom the changes reach.
        ends: the graphs.
        plugins: files of the project that pytest loads by itself.
    """
    plugin = next((each for each in plugins if each in reach), None)
    if plugin is None:
        return reach
    ends = tuple(ends)
    starters = dict.fromkeys(each for end in ends for each in find_starters(end) if each not in reach)
    more = find_reach([end.view for end in ends], starters).ways
    ways = dict(reach.ways)
    for path, edge in more.items():
        ways.setdefault(path, edge or Edge(path, plugin, EdgeKind.PLUGIN))
    return Reach(ways, reach.ends)


def find_starters(end: End) -> Iterator[RepoPath]:
    """The files that may start pytest."""
    end.facts.load_all()
    return (path for path, facts in end.facts.items() if may_start_pytest(facts))
