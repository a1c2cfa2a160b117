"""Cutting tests into shards: which tests stay together, and which machine gets them.

The answer depends on the set of tests, their durations and the number of shards, not on the order of anything: every machine
finds the same, at every attempt.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, assert_never

from pytest_txselect.config.settings import Split
from pytest_txselect.errors import UsageError
from pytest_txselect.jobs.durations import MICROSECONDS
from pytest_txselect.jobs.schedules import find_loads, find_lower_bound, spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_txselect.jobs.durations import Durations

__all__ = ["Cut", "ShardTest", "Share", "count_shards", "cut_shards", "parse_share"]

SHARE: Final = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Share:
    """One machine's part.

    Attributes:
        index: from 1.
        count: of all machines.
    """

    index: int
    count: int

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"


class ShardTest(NamedTuple):
    """A test to be put into a shard.

    Attributes:
        node: its node id.
        group: name of its `xdist_group`; empty for none.
    """

    node: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """All tests in shards.

    Attributes:
        shards: for each node id the number of its shard, from 1.
        loads: seconds of each shard, as expected.
        bound: seconds that no schedule can go below.
    """

    shards: Mapping[str, int]
    loads: tuple[float, ...]
    bound: float

    @property
    def mark(self) -> str:
        """Seven letters that are the same wherever the same was cut."""
        pairs = "\n".join(f"{node}\0{number}" for node, number in sorted(self.shards.items()))
        return hashlib.sha256(pairs.encode("utf-8", "surrogatepass")).hexdigest()[:7]


def parse_share(text: str) -> Share:
    """Read `I/N`.

    Raises:
        UsageError: it is not a share.
    """
    found = SHARE.fullmatch(text.strip())
    if found is not None and 1 <= int(found[1]) <= int(found[2]):
        return Share(int(found[1]), int(found[2]))
    shown = "".join(char if char.isprintable() else "?" for char in text[:40])
    raise UsageError(
        "invalid-shard",
        f"--txselect-shard={shown}: not a share I/N of N machines; write 1/4, 2/4, 3/4 and 4/4 for four of them",
    )


def cut_shards(tests: Sequence[ShardTest], durations: Durations, count: int, split: Split) -> Cut:
    """Cut tests into shards.

    Args:
        tests: in any order; a node id may occur more than once.
        durations: what is known.
        count: how many shards; some stay empty only where there are fewer units.
        split: what stays together, beside the tests of one `xdist_group`.
    """
    groups = dict(tests)
    nodes = sorted(groups)
    units = _join([_find_unit(node, split) for node in nodes], list(map(groups.__getitem__, nodes)))
    totals: dict[int, int] = {}  # by the place of the unit's first test, in the order of these
    for unit, weight in zip(units, durations.weigh(nodes), strict=True):
        totals[unit] = totals.get(unit, 0) + weight
    order = sorted(totals, key=totals.__getitem__, reverse=True)
    weights = [totals[unit] for unit in order]
    schedule = spread(weights, count)
    machines = dict(zip(order, schedule, strict=True))
    shards = {node: machines[unit] + 1 for node, unit in zip(nodes, units, strict=True)}
    loads = find_loads(weights, schedule, count)
    return Cut(
        shards,
        tuple(load / MICROSECONDS for load in loads),
        find_lower_bound(weights, count) / MICROSECONDS,
    )


def count_shards(weights: Sequence[int], seconds: float, most: int) -> int:
    """The number of machines at which none is busy for longer than asked, if that many are allowed.

    A unit that takes longer by itself is no reason for more machines than it takes to keep the others off it.

    Args:
        weights: microseconds of what is not cut further.
        seconds: what a machine should be busy for.
        most: machines at most.
    """
    ordered = sorted(weights, reverse=True)
    most = max(1, min(most, len(ordered)))
    if not ordered:
        return 1
    limit = max(round(seconds * MICROSECONDS), ordered[0])
    first = min(most, max(1, -(-sum(ordered) // limit)))
    for count in range(first, most):
        if max(find_loads(ordered, spread(ordered, count), count)) <= limit:
            return count
    return most


def _join(keys: Sequence[str], groups: Sequence[str]) -> list[int]:
    """For each test the place of the first test of its unit.

    Args:
        keys: what each test stays together with.
        groups: what else; empty for nothing. Units that a group connects become one.
    """
    first: dict[str, int] = {}
    units = [first.setdefault(key, at) for at, key in enumerate(keys)]
    if not any(groups):
        return units
    parents = list(range(len(units)))

    def find(unit: int) -> int:
        while parents[unit] != unit:
            parents[unit] = parents[parents[unit]]
            unit = parents[unit]
        return unit

    first = {}
    for unit, group in zip(units, groups, strict=True):
        if group:
            one, other = find(unit), find(first.setdefault(group, unit))
            parents[max(one, other)] = min(one, other)
    return [find(unit) for unit in units]


def _find_unit(node: str, split: Split) -> str:
    """What a test stays together with; the test itself where it stands alone."""
    match split:
        case Split.FILE:
            return node.partition("::")[0]
        case Split.CLASS:
            front = node.partition("[")[0].rpartition("::")[0]
            return front if "::" in front else node
        case Split.TEST:
            return node
        case _:
            assert_never(split)
