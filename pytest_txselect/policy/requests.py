"""Who asks for something by its name: for a fixture, or for a name of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.policy.surroundings import MODULE
from pytest_txselect.source.mentions import IMPORTING, Mentions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.held import ModuleHolders
    from pytest_txselect.policy.project_code import ProjectCode
    from pytest_txselect.policy.surroundings import Place, Surroundings

__all__ = ["find_asking", "find_requesting"]


def find_requesting(code: ProjectCode, name: str) -> Iterator[Place]:
    """Functions of tests that ask for a fixture: by a parameter, or in a string."""
    around = code.around
    for each, mentions in code.reading(filter(around.is_test, around.used()), {name}):
        for qualname, parameters in mentions.parameters.items():
            if name in parameters or name in mentions.words[qualname]:
                yield each, qualname
        for step in mentions.steps:  # `usefixtures`
            if name in step.words:
                yield each, MODULE


def find_asking(
    around: Surroundings, holders: ModuleHolders, path: RepoPath, names: frozenset[str]
) -> Iterator[Place]:
    """Code that takes one of some names out of a module.

    Args:
        around: the project.
        holders: finds who has modules in hand.
        path: the module.
        names: the names.
    """
    yield from _find_importing(around, path, names, holders.called(path))
    for name in names:
        yield from holders.places(path, name)
        yield from ((other, MODULE) for other, _ in holders.steps(path, name))


def _find_importing(
    around: Surroundings, path: RepoPath, names: frozenset[str], called: frozenset[str]
) -> Iterator[Place]:
    """Code that takes one of some names out of a module by an import statement, or in a way that is no statement."""
    for importer in around.importers(path):
        mentions = around.mentions(importer) or Mentions()
        linking = [each for each in mentions.imports if path in around.means(importer, each)]
        taking = [each for each in linking if each.name in {*names, "*"}]
        strange = not linking and not mentions.only_chains(called)
        inside = {*names, *called, *IMPORTING} if strange else set()
        if any(each.toplevel for each in taking) or any(
            not inside.isdisjoint(step.mentions) for step in mentions.steps
        ):
            yield importer, MODULE
        for each in taking:
            if not each.toplevel:
                inside |= {each.name, each.alias}
        yield from ((importer, qualname) for qualname in mentions.mentioning(inside))
