"""Folders that a file's calls look into, as far as its text tells; as bytes, so that they can be remembered by content."""

from __future__ import annotations

import json
import operator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ANYWHERE",
    "ANY_SPOT",
    "GIVEN",
    "HERE",
    "OWN",
    "TAKEN",
    "Spot",
    "Spots",
    "pack_spots",
    "unpack_spots",
]

OWN: Final = ""
"""Base of a spot: the file that says it."""
HERE: Final = "."
"""The working directory."""
ANYWHERE: Final = "*"
"""Any folder of the repository."""
TAKEN: Final = "="
"""In front of the dotted name of what is imported; `.__file__` at its end: the place of a module."""
GIVEN: Final = "("
"""In front of the name of a parameter of a test or a fixture, which another fixture gives."""
HIGHEST: Final = 12
"""No place is so many folders away."""


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in the file system.

    Attributes:
        base: where it begins.
        up: how many steps up from there.
        tail: the path from there on, as far as it is known.
        is_open: whether something unknown follows.
    """

    base: str
    up: int = 0
    tail: str = ""
    is_open: bool = False

    def climb(self, steps: int = 1) -> Spot:
        """The folder above."""
        if steps == 0 or self.base == ANYWHERE:
            return self
        if self.is_open:
            return replace(self, is_open=False).climb(steps - 1)
        if self.tail:
            return replace(self, tail=self.tail.rpartition("/")[0]).climb(steps - 1)
        up = self.up + steps  # of `top = top.parent`, in a loop, no number is known
        return replace(self, up=up) if up <= HIGHEST else ANY_SPOT

    def enter(self, path: str) -> Spot:
        """What a relative path leads to from here; what is a glob ends what is known."""
        spot = self
        for part in path.replace("\\", "/").split("/"):
            if spot.is_open or spot.base == ANYWHERE:
                break
            if part == "..":
                spot = spot.climb()
            elif any(each in part for each in "*?[") or spot.tail.count("/") > HIGHEST:
                spot = replace(spot, is_open=True)
            elif part not in {"", "."}:
                spot = replace(spot, tail=f"{spot.tail}/{part}" if spot.tail else part)
        return spot

    def follow(self, other: Spot) -> Spot:
        """Where another spot leads that begins at this one."""
        spot = self.climb(other.up).enter(other.tail)
        return replace(spot, is_open=spot.is_open or other.is_open)


ANY_SPOT: Final = Spot(ANYWHERE)


@dataclass(frozen=True, slots=True)
class Spots:
    """What a file says about places.

    Attributes:
        listed: those that it lists, copies, or gives to a tool that reads all that is below.
        offered: those that other files can have from it: by the names of its module, and of its functions.
    """

    listed: frozenset[Spot] = frozenset()
    offered: Mapping[str, frozenset[Spot]] = field(default_factory=dict)


def pack_spots(spots: Spots) -> bytes:
    """Turn what a file says about places into bytes."""
    offered = {name: _dump(each) for name, each in sorted(spots.offered.items())}
    return json.dumps([_dump(spots.listed), offered], separators=(",", ":")).encode("ascii")


def unpack_spots(packed: bytes) -> Spots:
    """Turn what `pack_spots` made back.

    Raises:
        ValueError: it was not made by `pack_spots`.
    """
    try:
        listed, offered = json.loads(packed)
        return Spots(_load(listed), {str(name): _load(each) for name, each in offered.items()})
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("these are no places") from error


def _dump(spots: frozenset[Spot]) -> list[list[Any]]:
    return [[each.base, each.up, each.tail, each.is_open] for each in sorted(spots)]


def _load(plain: Any) -> frozenset[Spot]:
    if type(plain) is not list:
        raise TypeError("not a list of places")
    return frozenset(
        Spot(str(base), operator.index(up), str(tail), bool(is_open)) for base, up, tail, is_open in plain
    )
