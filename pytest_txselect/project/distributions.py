"""From the distributions that moved to those that need them, and to the modules that they provide."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_txselect.project.moves import find_never_here
from pytest_txselect.project.needs import find_asked_extras

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Mapping

    from pytest_txselect.project.moves import SomeMoved
    from pytest_txselect.project.needs import Need

__all__ = [
    "RUNNERS",
    "Installed",
    "InstalledDistribution",
    "ModuleMap",
    "find_affected_distributions",
    "find_dragged",
    "find_relevant",
    "find_requires",
    "map_modules",
]

RUNNERS: Final = frozenset({"pytest", "pluggy", "iniconfig", "packaging", "pytest-txselect"})
"""What every test runs on, whatever it imports."""


@dataclass(frozen=True, slots=True)
class InstalledDistribution:
    """What the metadata of an installed distribution says.

    Attributes:
        name: normalized name.
        version: as written.
        modules: dotted names of the topmost modules and packages that are its own ("requests",
            "google.protobuf" where `google` belongs to nobody).
        requires: normalized names of what it needs, with any extra, on any platform.
        scripts: names of the commands that it installs.
        plugin: whether pytest loads it by itself (a `pytest11` entry point).
        startup: whether every Python process runs something of it (an `import` line in a .pth file).
        mapped: whether `modules` is all that it provides. False where the metadata does not tell, or where it
            installs something that is neither a module nor a command.
        editable: whether it is installed from a source folder.
    """

    name: str
    version: str
    modules: frozenset[str] = frozenset()
    requires: frozenset[str] = frozenset()
    scripts: frozenset[str] = frozenset()
    plugin: bool = False
    startup: bool = False
    mapped: bool = True
    editable: bool = False


@dataclass(frozen=True, slots=True)
class Installed:
    """Those of the distributions asked for that are installed, by normalized name."""

    distributions: Mapping[str, InstalledDistribution] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModuleMap:
    """What some distributions provide.

    Attributes:
        modules: dotted name of a module or package -> the distributions that provide it, sorted. A test that
            imports it, or anything below it, directly or not, depends on them.
        scripts: name of a command -> the distributions that provide it, sorted.
        unmapped: distributions of which it is not known what they provide: everything runs.
        everywhere: distributions that every test depends on: pytest, its plugins, what runs at start-up.
            Everything runs.
    """

    modules: Mapping[str, tuple[str, ...]]
    scripts: Mapping[str, tuple[str, ...]]
    unmapped: frozenset[str]
    everywhere: frozenset[str]


def find_affected_distributions(
    moved: Iterable[str], requires: Mapping[str, frozenset[str]], own: frozenset[str] = frozenset()
) -> dict[str, tuple[str, ...]]:
    """Find the distributions that moved and all that need them.

    Args:
        moved: normalized names of what moved.
        requires: who needs whom.
        own: distributions whose code the import graph knows; nothing passes through them.

    Returns:
        Each affected distribution with a shortest way from it to one that moved: `("requests", "httpx")`
        where requests needs httpx, `("httpx",)` for httpx itself. Of several shortest ways, the first by
        name.
    """
    needed_by: dict[str, list[str]] = {}
    for name in sorted(requires.keys() - own):
        for target in requires[name]:
            needed_by.setdefault(target, []).append(name)
    return walk(moved, needed_by)


def find_dragged(moved: SomeMoved, needs: Mapping[str, Collection[Need]]) -> dict[str, tuple[str, ...]]:
    """Find what may have moved along with what moved, although the file does not name it.

    In a list that is not a lock, `a>=1` -> `a>=2` can bring other versions of everything that `a` needs and
    that the list does not pin. What only an extra of `a` needs was not installed for it, unless somebody asks for that extra.

    Args:
        moved: what moved.
        needs: what each installed distribution needs.

    Returns:
        Each such distribution with a shortest way to one that moved: `("b", "a")` where b is needed by a.
        Without those that moved themselves; empty for a file that names everything.
    """
    if moved.complete:
        return {}
    fixed = {
        name for name, entry in moved.after.distributions.items() if entry.pinned and name not in moved.moves
    } | moved.own
    asked = find_asked_extras(needs, moved.extras, moved.own)
    arcs = {
        name: sorted(
            {
                need.name
                for need in some
                if not need.when or not need.when.isdisjoint(asked.get(name, frozenset()))
            }
            - fixed
        )
        for name, some in needs.items()
        if name not in fixed
    }
    return {name: way for name, way in walk(moved.names, arcs).items() if len(way) > 1}


def find_requires(
    moved: SomeMoved, needs: Mapping[str, Collection[Need]], frugal: Container[str] = RUNNERS
) -> dict[str, frozenset[str]]:
    """Who needs whom among what is installed.

    What only an extra needs counts, however it came to be installed, since it can be used. But what pytest needs only for its own
    development (numpy, requests) is nothing that every test runs on, unless somebody asks for that extra.

    Args:
        moved: what moved.
        needs: what each installed distribution needs.
        frugal: distributions that need nothing for their extras.
    """
    asked = find_asked_extras(needs, moved.extras, moved.own)
    return {
        name: frozenset(
            need.name
            for need in some
            if name not in frugal or not need.when or need.when & asked.get(name, frozenset())
        )
        for name, some in needs.items()
    }


def find_relevant(
    affected: Mapping[str, tuple[str, ...]],
    moved: SomeMoved,
    present: Container[str],
    environment: Mapping[str, str],
) -> dict[str, tuple[str, ...]]:
    """Leave out what is not installed here at either end (see `find_never_here`).

    Args:
        affected: what `find_affected_distributions` and `find_dragged` found.
        moved: what moved.
        present: normalized names of what is installed.
        environment: values of the environment markers.

    Returns:
        Those that a test here can notice. One of them that is absent was removed, and remains unmapped.
    """
    never = find_never_here(moved, present, environment)
    return {
        name: way
        for name, way in affected.items()
        if name in present or (name in moved.moves and name not in never)
    }


def walk(starts: Iterable[str], arcs: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """All that can be reached, breadth first, each with the way back to where it started."""
    ways: dict[str, tuple[str, ...]] = {name: (name,) for name in sorted(set(starts))}
    waiting = deque(ways)
    while waiting:
        name = waiting.popleft()
        for target in arcs.get(name, ()):
            if target not in ways:
                ways[target] = (target, *ways[name])
                waiting.append(target)
    return ways


def map_modules(distributions: Iterable[str], installed: Installed) -> ModuleMap:
    """Find which modules and commands some distributions provide.

    Args:
        distributions: normalized names.
        installed: what the metadata says of them. One that is not in it is unmapped.
    """
    modules: dict[str, list[str]] = {}
    scripts: dict[str, list[str]] = {}
    unmapped = set()
    everywhere = set()
    for name in sorted(set(distributions)):
        found = installed.distributions.get(name)
        if name in RUNNERS or (found is not None and (found.plugin or found.startup)):
            everywhere.add(name)
        if found is None or not found.mapped:
            unmapped.add(name)
        if found is not None:
            for module in found.modules:
                modules.setdefault(module, []).append(name)
            for script in found.scripts:
                scripts.setdefault(script, []).append(name)
    return ModuleMap(
        {module: tuple(names) for module, names in sorted(modules.items())},
        {script: tuple(names) for script, names in sorted(scripts.items())},
        frozenset(unmapped),
        frozenset(everywhere),
    )
