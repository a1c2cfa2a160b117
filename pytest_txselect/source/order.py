"""Whether two versions of a block execute what they have in common in the same order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_txselect.source.blocks import Item

__all__ = ["find_moved", "find_unmatched"]


def find_unmatched(items: Iterable[Item], others: Iterable[Item]) -> list[Item]:
    """Find the items that have no counterpart among others, each of which is the counterpart of one."""
    left = Counter(item.token for item in others)
    unmatched = []
    for item in items:
        if left[item.token] > 0:
            left[item.token] -= 1
        else:
            unmatched.append(item)
    return unmatched


def find_moved(old: Sequence[Item], new: Sequence[Item]) -> Item | None:
    """Find the first item of the new version which executes earlier or later than in the old one.

    Functions that are merely defined next to each other may change places. Everything else may not: what an
    import, a class or a call executes can see what was bound before it.
    """
    before, after = _restrict(old, new), _restrict(new, old)
    movable = {item.token for item in before if item.movable} & {item.token for item in after if item.movable}
    before, after = _sort_runs(before, movable), _sort_runs(after, movable)
    for was, now in zip(before, after, strict=True):
        if was.token != now.token:
            return now
    return None


def _restrict(items: Sequence[Item], others: Sequence[Item]) -> list[Item]:
    """Keep what the others have too, as often as both have it."""
    left = set(map(id, find_unmatched(items, others)))
    return [item for item in items if id(item) not in left]


def _sort_runs(items: Iterable[Item], movable: set[str]) -> list[Item]:
    ordered: list[Item] = []
    run: list[Item] = []
    for item in items:
        if item.token in movable:
            run.append(item)
        else:
            ordered += [*_sort_run(run), item]
            run = []
    return ordered + _sort_run(run)


def _sort_run(run: list[Item]) -> list[Item]:
    """Sort functions by name, but for those that need one another to be defined."""
    defined = {name for item in run for name in item.names}
    if any(not defined.isdisjoint(item.mentions) for item in run):
        return run
    return sorted(run, key=lambda item: item.token)
