"""Old and new version of a lock file in, the distributions that moved out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

from pytest_txselect.project.locks import Condition, Locked, LockTable, read_lock

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from pytest_txselect.model import RepoPath

__all__ = ["AllMoved", "Move", "Moved", "SomeMoved", "find_moved", "find_never_here"]

ASKED: Final = ("extra", "dependency_groups")
"""Marker variables that stand for what is asked for, not for the environment."""


@dataclass(frozen=True, slots=True)
class Move:
    """One distribution whose entry was added, removed or changed.

    Attributes:
        name: its normalized name.
        before: its entry at the base, None where there is none.
        after: its entry at the head, None where there is none.
    """

    name: str
    before: Locked | None
    after: Locked | None

    def __str__(self) -> str:
        old = ", ".join(sorted(self.before.versions)) if self.before else ""
        new = ", ".join(sorted(self.after.versions)) if self.after else ""
        if self.before is None:
            return f"{self.name} {new}".rstrip() + " was added"
        if self.after is None:
            return f"{self.name} {old}".rstrip() + " was removed"
        if old != new:
            return f"{self.name} moved {old or '(any)'} -> {new or '(any)'}"
        what = (
            "comes from elsewhere"
            if self.before.fingerprints != self.after.fingerprints
            else "is asked for differently"
        )
        return f"{self.name} {new}".rstrip() + f" {what}"


@dataclass(frozen=True, slots=True)
class SomeMoved:
    """What moved between two versions of a file, possibly nothing.

    Attributes:
        moves: the distributions that moved, by normalized name.
        before: the file at the base.
        after: the file at the head.
    """

    moves: Mapping[str, Move]
    before: LockTable
    after: LockTable

    @property
    def names(self) -> frozenset[str]:
        """The names of what moved."""
        return frozenset(self.moves)

    @property
    def own(self) -> frozenset[str]:
        """The distributions whose code is in the repository, at either end."""
        return self.before.own | self.after.own

    @property
    def extras(self) -> dict[str, frozenset[str]]:
        """The extras that the file asks for, at either end, by the name of the distribution."""
        found: dict[str, frozenset[str]] = {}
        for table in (self.before, self.after):
            for name, locked in table.distributions.items():
                if locked.extras:
                    found[name] = found.get(name, frozenset()) | locked.extras
        return found

    @property
    def has_edges(self) -> bool:
        """Whether the file tells who needs whom; otherwise the installed metadata must."""
        return self.before.has_edges and self.after.has_edges

    @property
    def complete(self) -> bool:
        """Whether the file names all that moved; otherwise `find_dragged` may find more."""
        return self.before.complete and self.after.complete

    @property
    def requires(self) -> dict[str, frozenset[str]]:
        """Who needs whom, at either end, without the repository's own distributions."""
        needs: dict[str, frozenset[str]] = {}
        for table in (self.before, self.after):
            for name, locked in table.distributions.items():
                if name not in self.own:
                    needs[name] = needs.get(name, frozenset()) | locked.requires
        return needs


@dataclass(frozen=True, slots=True)
class AllMoved:
    """Something changed that concerns every distribution: the Python version, an index, an option.

    Attributes:
        causes: the lines or keys that differ, for a person to read; never empty.
    """

    causes: tuple[str, ...]


Moved: TypeAlias = SomeMoved | AllMoved


def find_moved(
    path: RepoPath, old: bytes | None, new: bytes | None, environment: Mapping[str, str] | None = None
) -> Moved:
    """Compare two versions of a lock file or requirements list.

    Comments, the order of entries and of hashes, content hashes and the name of the generator are no
    difference. A file that appears or disappears compares as an empty one, so what it says of every
    distribution moved.

    Args:
        path: the file.
        old: its bytes at the base, None where it is not there.
        new: its bytes at the head, None where it is not there.
        environment: values of the environment markers, as `packaging.markers.default_environment()` gives
            them, of the Python that runs the tests. Conditions are then compared by what they mean there;
            otherwise as written.

    Raises:
        LockError: a version that cannot be read.
    """
    before = LockTable() if old is None else read_lock(path, old)
    after = LockTable() if new is None else read_lock(path, new)
    if before.ground != after.ground:
        differing = frozenset(before.ground) ^ frozenset(after.ground)
        return AllMoved(tuple(sorted(differing)) or ("order of options",))
    if old is None or new is None:  # an empty table knows neither: the other one decides
        known = before if new is None else after
        before = LockTable(before.distributions, before.ground, before.own, known.has_edges, known.complete)
        after = LockTable(after.distributions, after.ground, after.own, known.has_edges, known.complete)
    moves = {}
    for name in sorted(before.distributions.keys() | after.distributions.keys()):
        move = Move(name, before.distributions.get(name), after.distributions.get(name))
        if is_difference(move, environment) and not is_own(move, before, after):
            moves[name] = move
    return SomeMoved(moves, before, after)


def is_difference(move: Move, environment: Mapping[str, str] | None) -> bool:
    """Whether the two entries can lead to different installations."""
    old, new = move.before, move.after
    if old is None or new is None or old.fingerprints != new.fingerprints:
        return True
    return reduce_conditions(old.conditions, environment) != reduce_conditions(
        new.conditions, environment
    ) or reduce_conditions(old.choices, environment) != reduce_conditions(new.choices, environment)


def is_own(move: Move, before: LockTable, after: LockTable) -> bool:
    """Whether it is the repository's own code at every end where it is at all."""
    return (move.before is None or move.name in before.own) and (move.after is None or move.name in after.own)


def find_never_here(
    moved: SomeMoved, installed: Container[str], environment: Mapping[str, str]
) -> frozenset[str]:
    """Find what moved without ever being installed in this environment, so that no test here can notice.

    Provided that the environment was installed from the file in the same way at both ends: a distribution
    that the file lists, and that is absent, is not asked for here (another platform, another group). If it
    was listed under the same conditions at the base, or not at all, it was absent there too.

    Args:
        moved: what moved.
        installed: normalized names of what is installed.
        environment: values of the environment markers, as `packaging.markers.default_environment()` gives
            them.
    """
    return frozenset(
        name
        for name, move in moved.moves.items()
        if name not in installed and (is_still_absent(move, environment) or not can_apply(move, environment))
    )


def is_still_absent(move: Move, environment: Mapping[str, str]) -> bool:
    """Whether a distribution that is absent at the head must have been absent at the base."""
    if move.before is None or move.after is None:
        return move.before is None
    old, new = move.before.conditions, move.after.conditions
    return reduce_conditions(old, environment) == reduce_conditions(new, environment)


def can_apply(move: Move, environment: Mapping[str, str]) -> bool:
    """Whether an entry of either end can be installed on this Python and platform."""
    entries = [entry for entry in (move.before, move.after) if entry is not None]
    return any(not entry.conditions or reduce_conditions(entry.conditions, environment) for entry in entries)


def reduce_conditions(
    conditions: frozenset[Condition], environment: Mapping[str, str] | None
) -> frozenset[Condition]:
    """Some conditions without those that cannot hold in an environment, and those that others imply."""
    if environment is None:
        return conditions
    left: dict[str, set[frozenset[str]]] = {}
    for condition in conditions:
        values = {marker: find_value(marker, environment) for marker in condition.markers}
        if False not in values.values():
            open_markers = frozenset(marker for marker, value in values.items() if value is None)
            left.setdefault(condition.section, set()).add(open_markers)
    return frozenset(
        Condition(section, way)
        for section, ways in left.items()
        for way in ways
        if not any(other < way for other in ways)
    )


def find_value(marker: str, environment: Mapping[str, str]) -> bool | None:
    """Whether a marker holds; None for one that cannot be told, as those of extras and groups."""
    if any(name in marker for name in ASKED):
        return None
    try:
        return Marker(marker).evaluate(dict(environment))
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName, RecursionError):
        return None
