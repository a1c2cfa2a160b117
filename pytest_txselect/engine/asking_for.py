"""What single files ask for, as far as their facts tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.engine.contents import read_content
from pytest_txselect.project.tree import CONFTEST, file_name, front_of
from pytest_txselect.source.facts import FileFacts
from pytest_txselect.source.fixtures import renames_fixtures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_txselect.engine.examples import ExampleFiles
    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.model import RepoPath
    from pytest_txselect.source.facts import Facts

__all__ = ["find_callers", "find_fixture_users", "find_importers"]


def find_fixture_users(
    project: Project, ends: Iterable[End], examples: ExampleFiles, path: RepoPath, names: frozenset[str]
) -> tuple[list[RepoPath], bool]:
    """Files that may ask for fixtures of a file.

    Args:
        project: the repository.
        ends: the graphs at both ends.
        examples: texts with examples.
        path: the file, a conftest or another.
        names: the fixtures.

    Returns:
        The files, and whether tests may use the fixtures without asking.
    """
    fronts = tuple(_find_fronts(path, project.links))
    asking = [
        each for each, several in examples.facts.items() if any(_asks(facts, names) for facts in several)
    ]
    steered = not names.isdisjoint(project.config.usefixtures)
    for end in ends:
        end.facts.load_all()
        asking += [each for each, facts in end.facts.items() if each != path and _asks(facts, names)]
        importing = {edge.source for edge in end.view.edges_to(path)} - {path}
        asking += [each for each in sorted(importing) if _renames(read_content(project, [end], each), names)]
        steered = steered or any(
            file_name(each) == CONFTEST and _steers_fixtures(end.facts[each]) for each in end.facts
        )
    return [each for each in asking if each.startswith(fronts) or not project.is_test(each)], steered


def _find_fronts(path: RepoPath, links: Mapping[RepoPath, RepoPath]) -> Iterator[str]:
    """What the paths begin with of those who have a file's fixtures: all, unless it is a conftest wherever it is linked."""
    for place in (path, *(alias for alias, target in links.items() if target == path)):
        yield front_of(place)


def _asks(facts: Facts, names: frozenset[str]) -> bool:
    """Whether a file may ask for one of some fixtures."""
    if not isinstance(facts, FileFacts):
        return True
    return (
        not names.isdisjoint(facts.parameters)
        or not names.isdisjoint(facts.strings)
        or "getfixturevalue" in facts.names
    )


def _renames(source: bytes | None, names: frozenset[str]) -> bool:
    """Whether a file that imports fixtures may have one under another name."""
    return source is not None and renames_fixtures(source, names)


def _steers_fixtures(facts: Facts) -> bool:
    """Whether a conftest changes which fixtures tests use."""
    return not isinstance(facts, FileFacts) or "fixturenames" in facts.names


def find_importers(ends: Iterable[End], examples: ExampleFiles, module: str) -> list[RepoPath]:
    """Files that import a module of a distribution, by its topmost name."""
    top = module.partition(".")[0]
    found = {path for end in ends for path in end.externals.get(top, ())}
    return sorted(found.union(examples.importers(top)))


def find_callers(ends: Iterable[End], script: str) -> list[RepoPath]:
    """Files that have a command among their strings, or at the beginning of one."""
    found: dict[RepoPath, None] = {}
    for end in ends:
        end.facts.load_all()
        for path, facts in end.facts.items():
            if isinstance(facts, FileFacts) and _names_command(facts, script):
                found[path] = None
    return list(found)


def _names_command(facts: FileFacts, script: str) -> bool:
    return script in facts.strings or any(text.startswith(script + " ") for text in facts.strings)
