"""A changed lock file or list of requirements: which modules come from what moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.markers import default_environment

from pytest_txselect.project.distributions import (
    RUNNERS,
    find_affected_distributions,
    find_dragged,
    find_relevant,
    find_requires,
    map_modules,
)
from pytest_txselect.project.installed import read_installed, read_needs
from pytest_txselect.project.locks import LockError
from pytest_txselect.project.moves import AllMoved, SomeMoved, find_moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_txselect.model import RepoPath

__all__ = ["Everything", "Moved", "find_moved_modules"]


@dataclass(frozen=True, slots=True)
class Everything:
    """What moved concerns every test, or we cannot tell whom: `cause` says why."""

    cause: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved, as the tests see it.

    Attributes:
        modules: dotted name of a module -> why, for a person.
        scripts: name of a command -> why.
    """

    modules: Mapping[str, str]
    scripts: Mapping[str, str]


def find_moved_modules(path: RepoPath, old: bytes | None, new: bytes | None) -> Moved | Everything:
    """Find out whom a changed lock file or requirements list concerns.

    Args:
        path: the file.
        old: its bytes at the base; None where it is not there.
        new: its bytes at the head.
    """
    environment = {key: str(value) for key, value in default_environment().items()}
    try:
        moved = find_moved(path, old, new, environment)
    except LockError as error:
        return Everything(str(error))
    if isinstance(moved, AllMoved):
        return Everything(f"{path}: {'; '.join(moved.causes[:3])} changed")
    return _map(path, moved, environment)


def _map(path: RepoPath, moved: SomeMoved, environment: Mapping[str, str]) -> Moved | Everything:
    if not moved.moves:
        return Moved({}, {})
    needs = read_needs()
    requires = find_requires(moved, needs)
    affected = find_affected_distributions(
        moved.names, moved.requires if moved.has_edges else requires, moved.own
    )
    dragged = {name: way for name, way in find_dragged(moved, needs).items() if name not in affected}
    relevant = find_relevant(affected | dragged, moved, requires, environment)
    found = map_modules(relevant, read_installed(relevant))

    def tell(names: Iterable[str]) -> str:
        name = next(iter(names))
        *others, origin = relevant[name]
        what = str(moved.moves[origin]) if origin in moved.moves else origin
        steps = "".join(
            f", which needs {each}" if name in dragged else f", which {each} needs"
            for each in reversed(others)
        )
        return f"{path}: {what}{steps}" + (f": {name} may have moved with it" if name in dragged else "")

    everywhere = found.everywhere
    if everywhere and not moved.has_edges:  # what a plugin can use is nothing that it runs on
        frugal = find_requires(moved, needs, RUNNERS | everywhere)
        everywhere &= find_affected_distributions(moved.names, frugal, moved.own).keys() | dragged.keys()
    if everywhere:
        return Everything(f"{tell(sorted(everywhere))}: every test runs on it")
    if found.unmapped:
        return Everything(f"{tell(sorted(found.unmapped))}: what it provides is not known here")
    return Moved(
        {module: tell(names) for module, names in found.modules.items()},
        {script: tell(names) for script, names in found.scripts.items()},
    )
