"""What single files ask for, as far as their facts tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.engine.contents import read_content
from pytest_txselect.graph.reach import find_reach
from pytest_txselect.model import RepoPath
from pytest_txselect.project.tree import CONFTEST, ancestors, file_name, folder_of, front_of, join
from pytest_txselect.source.facts import FileFacts
from pytest_txselect.source.fixtures import find_asking_fixtures, renames_fixtures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_txselect.engine.examples import ExampleFiles
    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
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
    several = tuple(ends)
    for end in several:
        end.facts.load_all()
    wider = _ask_above(project, several, fronts, names)
    steered = wider is None or not wider.isdisjoint(project.config.usefixtures)
    names = wider or names
    asking = [each for each, found in examples.facts.items() if any(_asks(facts, names) for facts in found)]
    for end in several:
        asking += [each for each, facts in end.facts.items() if each != path and _asks(facts, names)]
        importing = {edge.source for edge in end.view.edges_to(path)} - {path}
        asking += [each for each in sorted(importing) if _renames(read_content(project, [end], each), names)]
        steered = steered or any(
            file_name(each) == CONFTEST and _steers_fixtures(end.facts[each]) for each in end.facts
        )
    steered = steered or _may_serve_plugins(project, several, examples, names)
    elsewhere = {each for each in asking if project.is_test(each) and not each.startswith(fronts)}
    reached = find_reach([end.view for end in several], sorted(elsewhere)).ways if elsewhere else {}
    inside = [each for each in reached if each.startswith(fronts)]  # a base class, another conftest's fixture
    return [*(each for each in asking if each not in elsewhere), *inside], steered


def _ask_above(
    project: Project, ends: Iterable[End], fronts: Iterable[str], names: frozenset[str]
) -> frozenset[str] | None:
    """Add the fixtures of conftests further up that ask for some fixtures, and get those that are nearer to the test.

    Returns:
        All names; None where such a conftest asks without being asked.
    """
    above = {RepoPath(join(folder, CONFTEST)) for front in fronts for folder in ancestors(folder_of(front))}
    sources = [
        source
        for end in ends
        for each in sorted(above)
        if (source := read_content(project, [end], each)) is not None
    ]
    while True:
        more: frozenset[str] = frozenset()
        for source in sources:
            found = find_asking_fixtures(source, names)
            if found is None:
                return None
            more |= found
        if not more:
            return names
        names |= more


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


def _may_serve_plugins(
    project: Project, ends: Iterable[End], examples: ExampleFiles, names: frozenset[str]
) -> bool:
    """Whether a plugin may ask for one of some fixtures: one does that is installed, or nobody in the project does."""
    from pytest_txselect.project.plugin_fixtures import find_asked_by_plugins  # noqa: PLC0415 - where fixtures are edited

    several = (*(end.facts.values() for end in ends), *examples.facts.values())
    known = [each for facts in several for each in facts if isinstance(each, FileFacts)]
    if any(not any(name in each.parameters or name in each.strings for each in known) for name in names):
        return True
    loaded = {name for each in known for name in each.plugins}
    return bool(find_asked_by_plugins(names, (*project.config.plugins, *sorted(loaded))))


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
