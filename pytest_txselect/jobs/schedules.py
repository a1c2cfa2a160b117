"""Spreading weights over machines so that the busiest has little: several deterministic ways, of which the best is taken.

- LPT, the longest first, each to the machine that has least (Graham 1969): within 4/3 of the optimum.
- MULTIFIT, a binary search for the capacity at which first-fit decreasing succeeds (Coffman, Garey, Johnson 1978): within 13/11.
- Differencing, the two most uneven partial schedules laid upon each other so that they even out (Karmarkar, Karp 1982).
- Each of them improved by moving or swapping a weight of the busiest machine as long as that helps.
- Branch and bound, for what is small enough to be searched within a fixed number of steps.

Weights are whole numbers, so that sums are exact and the same on every machine. They come sorted, the heaviest first.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Schedule", "find_loads", "find_lower_bound", "spread"]

Schedule: TypeAlias = "list[int]"
"""For each weight the number of its machine, from 0."""

FINE: Final = 10_000
"""A schedule that is by less than this part of the bound above it needs no improvement."""
FEW: Final = 24
"""Weights that branch and bound is tried on."""
STEPS: Final = 20_000
"""Steps of branch and bound: some hundredths of a second."""
MANY: Final = 400_000
"""Weights times machines above which first fit is not tried: with so many small weights LPT is all but perfect."""
SOME: Final = 40_000
"""Likewise for differencing."""
ROUNDS: Final = 2_000
"""Improvements of a schedule at most."""
SEARCHES: Final = 12
"""Halvings of the interval of capacities."""


def spread(weights: Sequence[int], machines: int) -> Schedule:
    """Spread weights over machines; none stays empty if there are enough weights.

    Args:
        weights: above zero, the heaviest first.
        machines: how many, at least one.
    """
    bound = find_lower_bound(weights, machines)
    best: Schedule = []
    least = 0
    for schedule in _try(weights, machines, bound):
        loads = find_loads(weights, schedule, machines)
        if min(loads) == 0 and len(weights) >= machines:
            continue
        if not best or max(loads) < least:
            best, least = schedule, max(loads)
        if least - bound <= bound // FINE:
            break
    else:
        if machines < len(weights) <= FEW:
            return _search(weights, machines, best, bound)
    return best


def _try(weights: Sequence[int], machines: int, bound: int) -> Iterator[Schedule]:
    """One schedule after the other, the cheapest to find first."""
    first = _take_longest_first(weights, machines)
    yield first
    yield _improve(weights, first, machines, bound)
    if len(weights) * machines <= MANY:
        second = _fit(weights, machines, bound, max(find_loads(weights, first, machines)))
        if second is not None:
            yield second
            yield _improve(weights, second, machines, bound)
    if len(weights) * machines <= SOME:
        yield _improve(weights, _difference(weights, machines), machines, bound)


def find_lower_bound(weights: Sequence[int], machines: int) -> int:
    """What the busiest machine has at least: the average, the heaviest, or two that must meet."""
    if not weights:
        return 0
    meeting = weights[machines - 1] + weights[machines] if len(weights) > machines else 0
    return max(-(-sum(weights) // machines), weights[0], meeting)


def find_loads(weights: Sequence[int], schedule: Schedule, machines: int) -> list[int]:
    """What each machine has to do."""
    loads = [0] * machines
    for weight, machine in zip(weights, schedule, strict=True):
        loads[machine] += weight
    return loads


def _take_longest_first(weights: Sequence[int], machines: int) -> Schedule:
    heap = [(0, machine) for machine in range(machines)]
    schedule = []
    for weight in weights:
        load, machine = heap[0]
        heapq.heapreplace(heap, (load + weight, machine))
        schedule.append(machine)
    return schedule


def _fit(weights: Sequence[int], machines: int, low: int, high: int) -> Schedule | None:
    """MULTIFIT: the smallest capacity found at which everything fits; None where none below `high` does."""
    best = None
    for _ in range(SEARCHES):
        if low >= high:
            break
        capacity = (low + high) // 2
        found = _fit_first(weights, machines, capacity)
        if found is None:
            low = capacity + 1
        else:
            best, high = found, max(find_loads(weights, found, machines))
    return best


def _fit_first(weights: Sequence[int], machines: int, capacity: int) -> Schedule | None:
    """First-fit decreasing into machines of some capacity; None where it does not fit."""
    room = [capacity] * machines
    schedule = []
    for weight in weights:
        machine = next((at for at in range(machines) if room[at] >= weight), None)
        if machine is None:
            return None
        room[machine] -= weight
        schedule.append(machine)
    return schedule


def _difference(weights: Sequence[int], machines: int) -> Schedule:
    """Karmarkar-Karp: of two partial schedules the busiest machine of one becomes the idlest of the other."""
    heap: list[tuple[int, int, list[tuple[int, list[int]]]]] = [
        (-weight, at, [(weight, [at]), *((0, []) for _ in range(machines - 1))])
        for at, weight in enumerate(weights)
    ]
    heapq.heapify(heap)
    while len(heap) > 1:
        _, at, one = heapq.heappop(heap)
        other = heapq.heappop(heap)[2]
        pairs = zip(one, reversed(other), strict=True)
        joined = [(load + more, [*held, *others]) for (load, held), (more, others) in pairs]
        joined.sort(key=lambda part: -part[0])
        heapq.heappush(heap, (joined[-1][0] - joined[0][0], at, joined))
    schedule = [0] * len(weights)
    for machine, (_, held) in enumerate(heap[0][2] if heap else ()):
        for at in held:
            schedule[at] = machine
    return schedule


def _improve(weights: Sequence[int], schedule: Schedule, machines: int, bound: int) -> Schedule:
    """Move a weight off the busiest machine, or swap it for a lighter one, as long as that helps."""
    better = list(schedule)
    loads = find_loads(weights, better, machines)
    held: list[list[int]] = [[] for _ in range(machines)]
    for at, machine in enumerate(better):
        held[machine].append(at)  # by weight, the heaviest first, as `weights` is
    for _ in range(ROUNDS):
        busiest = max(range(machines), key=lambda machine: (loads[machine], -machine))
        if loads[busiest] <= bound:
            break
        found = _find_swap(weights, held, loads, busiest)
        if found is None:
            break
        given, other, taken = found
        _hand_over(weights, held, loads, (busiest, given, other))
        better[given] = other
        if taken is not None:
            _hand_over(weights, held, loads, (other, taken, busiest))
            better[taken] = busiest
    return better


def _find_swap(
    weights: Sequence[int], held: Sequence[Sequence[int]], loads: Sequence[int], busiest: int
) -> tuple[int, int, int | None] | None:
    """What to give from the busiest machine, whom, and what to take for it: so that the busier of both has least."""
    others = sorted((load, machine) for machine, load in enumerate(loads) if machine != busiest)
    best: tuple[int, tuple[int, int, int | None]] | None = None
    for load, other in others[:4] + others[-1:]:
        gap = loads[busiest] - load
        mirrored = [-weights[at] for at in held[other]]  # ascending
        for given in held[busiest]:
            wanted = weights[given] - gap // 2  # what to take so that both would be even
            place = bisect_left(mirrored, -wanted)
            takes = [held[other][at] for at in (place - 1, place) if 0 <= at < len(mirrored)]
            for taken in (*takes, None):
                moved = weights[given] - (0 if taken is None else weights[taken])
                if 0 < moved < gap:
                    busier = max(loads[busiest] - moved, load + moved)
                    if best is None or busier < best[0]:
                        best = (busier, (given, other, taken))
    return best[1] if best is not None and best[0] < loads[busiest] else None


def _hand_over(
    weights: Sequence[int], held: list[list[int]], loads: list[int], step: tuple[int, int, int]
) -> None:
    giver, at, taker = step
    held[giver].remove(at)
    held[taker].insert(bisect_left(held[taker], at), at)
    loads[giver] -= weights[at]
    loads[taker] += weights[at]


def _search(weights: Sequence[int], machines: int, best: Schedule, bound: int) -> Schedule:
    """Branch and bound, the heaviest weight first; gives what it has found when its steps are used up."""
    least = max(find_loads(weights, best, machines))
    loads = [0] * machines
    chosen: list[int] = []
    found = best
    steps = STEPS

    def place(at: int) -> None:
        nonlocal found, least, steps
        if at == len(weights):
            if min(loads) > 0:
                found, least = list(chosen), max(loads)
            return
        tried: set[int] = set()
        for machine in sorted(range(machines), key=loads.__getitem__):
            load = loads[machine]
            if load in tried or load + weights[at] >= least:
                continue
            tried.add(load)
            steps -= 1
            loads[machine] += weights[at]
            chosen.append(machine)
            place(at + 1)
            chosen.pop()
            loads[machine] -= weights[at]
            if steps <= 0 or least <= bound:
                return

    place(0)
    return found
