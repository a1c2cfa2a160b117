"""What changed in a file that says many things at once: `pyproject.toml`, `setup.cfg`, `tox.ini`.

Such files are flattened to statements, keyed by the path of their names, and compared statement by statement.
A changed statement asks for distributions, or no test depends on it, or else it shifts the ground.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pytest_txselect.config.table import render_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "Ask",
    "ManifestChange",
    "ManifestKind",
    "RequirementChange",
    "Statements",
    "compare_statements",
    "normalise_name",
    "read_requirements",
]


class ManifestKind(enum.StrEnum):
    """A file that is compared statement by statement."""

    PYPROJECT = "pyproject.toml"
    SETUP_CFG = "setup.cfg"
    TOX_INI = "tox.ini"


@dataclass(frozen=True, slots=True)
class Ask:
    """A line that asks for a distribution.

    Attributes:
        name: of the distribution, normalised; empty where the line cannot be read.
        line: what is asked, spelled so that equal lines mean the same.
    """

    name: str
    line: str


Statements: TypeAlias = "Mapping[tuple[str, ...], str | tuple[Ask, ...]]"
"""Path of names to value: text that is equal where the meaning is, or the distributions that it asks for."""


@dataclass(frozen=True, slots=True)
class RequirementChange:
    """What is asked of one distribution, before and after.

    Attributes:
        name: of the distribution, normalised as packaging does.
        old: the lines that asked for it where something changed, sorted.
        new: the lines that ask for it there now, sorted; the same where a line moved to another list.
    """

    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ManifestChange:
    """How two versions of such a file differ in what they mean.

    Attributes:
        ground: keys whose change shifts the ground, or one sentence where the file could not be compared;
            sorted.
        requirements: distributions asked for differently, sorted by name.
        neutral: keys that changed and that no test depends on; sorted.
    """

    ground: tuple[str, ...] = ()
    requirements: tuple[RequirementChange, ...] = ()
    neutral: tuple[str, ...] = ()


def compare_statements(
    old: Statements, new: Statements, is_neutral: Callable[[tuple[str, ...]], bool]
) -> ManifestChange:
    """Compare two versions of a file.

    Args:
        old: what it said.
        new: what it says.
        is_neutral: whether no test depends on a statement.
    """
    ground, neutral = [], []
    gone: set[Ask] = set()
    come: set[Ask] = set()
    for path in sorted(old.keys() | new.keys()):
        before, after = old.get(path, ()), new.get(path, ())
        if before == after:
            continue
        if is_neutral(path):
            neutral.append(render_key(path))
        elif isinstance(before, str) or isinstance(after, str) or _unread(before, after):
            ground.append(render_key(path))
        else:
            gone |= set(before) - set(after)
            come |= set(after) - set(before)
    requirements = tuple(
        RequirementChange(name, _lines(gone, name), _lines(come, name))
        for name in sorted({ask.name for ask in gone | come})
    )
    return ManifestChange(tuple(ground), requirements, tuple(neutral))


def read_requirements(lines: Iterable[str]) -> tuple[Ask, ...]:
    """Read requirement lines, sorted as their order means nothing; what packaging refuses gets no name."""
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415 - 30 ms; few changes need it

    asks = set()
    for line in lines:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            asks.add(Ask("", line))
        else:
            asks.add(Ask(normalise_name(requirement.name), str(requirement)))
    return tuple(sorted(asks, key=lambda ask: (ask.name, ask.line)))


def normalise_name(name: str) -> str:
    """Write the name of a distribution in the one way that all its spellings share."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _unread(before: tuple[Ask, ...], after: tuple[Ask, ...]) -> bool:
    return any(not ask.name for ask in set(before) ^ set(after))


def _lines(asks: Iterable[Ask], name: str) -> tuple[str, ...]:
    return tuple(sorted(ask.line for ask in asks if ask.name == name))
