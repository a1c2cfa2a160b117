"""Files that pytest collects for their examples: they depend on what the examples import, name, read and ask for.

Text files by `--doctest-glob`, the docstrings of modules by `--doctest-modules`, and what conftests of the project make
tests of. They are read when somebody asks, and once. Which of them run stands in the selection like that of any other
file: `find_choice` of their path answers for one, `engine.work.list_work` lists them for `doctest_list.txt`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.collectors import Collectors
from pytest_txselect.engine.contents import read_content
from pytest_txselect.graph.hints import HintFinder, Hints, find_components
from pytest_txselect.graph.names import EVERYTHING
from pytest_txselect.model import Edge, EdgeKind
from pytest_txselect.project.pytest_config import matches_file_pattern
from pytest_txselect.project.tree import file_name
from pytest_txselect.source.facts import FileFacts
from pytest_txselect.source.text_names import TextKind, find_kind, read_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.graph.reach import Reach
    from pytest_txselect.model import RepoPath
    from pytest_txselect.project.pytest_config import PytestConfig
    from pytest_txselect.source.facts import Facts

__all__ = ["ExampleFiles", "find_collected", "find_edge", "is_example_file"]

PROMPT: Final = b">>>"


class ExampleFiles:
    """The files of the head that are collected for their examples.

    Args:
        project: the repository.
        ends: the graphs at both ends, that of the head first; without any there is nothing to find.

    Attributes:
        collectors: what of the project makes tests of other files.
    """

    def __init__(self, project: Project, ends: Sequence[End]) -> None:
        self._project = project
        self._ends = ends
        self.collectors = Collectors(project, ends)

    @cached_property
    def facts(self) -> Mapping[RepoPath, Sequence[Facts]]:
        """What the examples of each file say, all together or one by one."""
        found: dict[RepoPath, Sequence[Facts]] = {}
        for path in self._ends[0].tree.keys if self._ends else ():
            made = self.collectors.may_take(path)
            if made or is_example_file(self._project.config, path):
                text = read_content(self._project, self._ends[:1], path) or b""
                several: list[Facts] = (
                    [read_names(text, find_kind(file_name(path)) or TextKind.CODE)] if made else []
                )
                if PROMPT in text:
                    from pytest_txselect.source.examples import read_examples  # noqa: PLC0415 - seldom needed

                    several += read_examples(text)
                if several:
                    found[path] = several
        return found

    @cached_property
    def hints(self) -> Hints:
        """Which files may be read by which examples."""
        components = frozenset[str]().union(*(find_components(end.tree) for end in self._ends))
        finder = HintFinder(components)
        words = {
            path: tuple({word for each in several for word in finder.words(each)})
            for path, several in self.facts.items()
        }
        return Hints(words)

    def importers(self, module: str) -> list[RepoPath]:
        """Files whose examples import a module, by its top-level name, or something below it."""
        return [
            path
            for path, several in self.facts.items()
            if any(
                isinstance(each, FileFacts)
                and any(_begins(statement.module, module) for statement in each.imports)
                for each in several
            )
        ]

    def find_reached(self, reach: Reach) -> Iterator[tuple[RepoPath, tuple[Edge, ...]]]:
        """Files whose examples are reached, each with its chain; modules with examples that are reached themselves too."""
        for path, several in self.facts.items():
            if path in reach:
                yield path, reach.chain(path)
                continue
            edges = (find_edge(end, path, each, reach) for end in self._ends for each in several)
            edge = next((each for each in edges if each is not None), None)
            if edge is not None:
                yield path, (edge, *reach.chain(edge.target))


def find_collected(project: Project, paths: Iterable[RepoPath]) -> Iterator[RepoPath]:
    """Those of some files of the work tree that pytest collects for their examples."""
    for path in paths:
        if is_example_file(project.config, path) and PROMPT in (read_content(project, (), path) or b""):
            yield path


def is_example_file(config: PytestConfig, path: RepoPath) -> bool:
    """Whether pytest looks for examples in a file, by its name."""
    if path.endswith(".py"):
        return config.doctest_modules
    return any(matches_file_pattern(path, glob) for glob in config.doctest_globs)


def _begins(dotted: str, top: str) -> bool:
    return dotted.partition(".")[0] == top


def find_edge(end: End, path: RepoPath, facts: Facts, reach: Reach) -> Edge | None:
    """An edge of what a file says, to something that is reached; None where there is none."""
    for target, kind, line in end.finder.edges_of(path, facts):
        if kind is not EdgeKind.PACKAGE:
            reached = _find_in_reach(target, reach)
            if reached is not None:
                return Edge(path, reached, kind, line)
    return None


def _find_in_reach(target: RepoPath, reach: Reach) -> RepoPath | None:
    """The target, or for a node that stands for a group one of its files."""
    if target in reach:
        return target
    if target == EVERYTHING:
        return next(iter(reach.ways), None)
    front = target[:-1].lstrip("/") if target.endswith(("/*", "/?")) else "\0"
    return next((path for path in reach.ways if path.startswith(front)), None)
