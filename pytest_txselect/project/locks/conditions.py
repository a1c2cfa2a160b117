"""Under which conditions each distribution of a graph gets installed.

Some formats (uv.lock) write groups and markers on the edges of the graph, not on the distributions. A
distribution can then start or stop being installed although its own entry stays as it was. To notice that,
the conditions are carried along the edges: a condition is the set of markers on one way from a section to
the distribution; a way whose markers include all those of another way adds nothing and is dropped. Markers
are opaque texts here.
"""

from __future__ import annotations

import hashlib
from collections import deque
from typing import TYPE_CHECKING, Final, TypeAlias

from pytest_txselect.project.locks.table import Condition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Arcs", "find_conditions"]

Arcs: TypeAlias = "Mapping[str, Iterable[tuple[str, str]]]"
"""Of each node, the nodes it asks for, each with the marker it asks for it under ("" for none)."""

MAX_WAYS: Final = 24
"""With more ways to a node they are not told apart any more: any edit of the graph counts as a change."""


def find_conditions(arcs: Arcs, sections: Iterable[str]) -> dict[str, frozenset[Condition]]:
    """Find when each node is installed.

    Args:
        arcs: the graph.
        sections: the nodes to start from; the section of a condition is the name of the node.

    Returns:
        The conditions of every node that can be reached, the sections themselves included.
    """
    found: dict[str, set[Condition]] = {}
    ordered = {node: sorted(set(targets)) for node, targets in arcs.items()}
    unknown = "?" + hashlib.sha256(repr(sorted(ordered.items())).encode("utf-8", "replace")).hexdigest()
    for section in sorted(set(sections)):
        for node, ways in find_ways(ordered, section, frozenset({unknown})).items():
            found.setdefault(node, set()).update(Condition(section, way) for way in ways)
    return {node: frozenset(conditions) for node, conditions in found.items()}


def find_ways(
    arcs: Mapping[str, list[tuple[str, str]]], start: str, unknown: frozenset[str]
) -> dict[str, set[frozenset[str]]]:
    """The smallest sets of markers on the ways from `start` to each node; `{unknown}` for too many."""
    ways: dict[str, set[frozenset[str]]] = {start: {frozenset()}}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for target, marker in arcs.get(node, ()):
            known = ways.setdefault(target, set())
            if unknown in known:
                continue
            added = False
            for way in sorted(ways[node], key=sorted):
                longer = way | {marker} if marker else way
                if any(other <= longer for other in known):
                    continue
                known.difference_update([other for other in known if longer <= other])
                known.add(longer)
                added = True
            if len(known) > MAX_WAYS:
                known.clear()
                known.add(unknown)
            if added:
                waiting.append(target)
    return ways
