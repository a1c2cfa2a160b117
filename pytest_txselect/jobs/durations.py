"""How long tests take: what is known of past runs, and what is assumed of the others."""

from __future__ import annotations

from statistics import median_low
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["MICROSECONDS", "Durations"]

MICROSECONDS: Final = 1_000_000
"""Per second. Durations are counted in them, since sums of whole numbers do not depend on their order."""
LONGEST: Final = 10**7
"""Seconds (a third of a year) above which a number is no duration of a test."""


class Durations:
    """What is known, in microseconds.

    Args:
        seconds: of past runs, by node id; what cannot be a duration is left out.
    """

    def __init__(self, seconds: Mapping[str, float]) -> None:
        self._known = {
            node: round(value * MICROSECONDS) or 1
            for node, value in seconds.items()
            if 0 <= value <= LONGEST  # false for what is not a number
        }
        self._files: dict[str, list[str]] = {}
        for node in self._known:
            self._files.setdefault(node.partition("::")[0], []).append(node)
        self._medians: dict[str, int] = {}
        self._of_all = median_low(self._known.values()) if self._known else MICROSECONDS

    def __len__(self) -> int:
        return len(self._known)

    def count_known(self, nodes: Iterable[str]) -> int:
        """Count the tests of which something is known."""
        return sum(node in self._known for node in nodes)

    def weigh(self, nodes: Sequence[str]) -> list[int]:
        """What each of some tests takes: what is known, else the median of its file, else of all; above zero."""
        known = self._known
        return [known[node] if node in known else self._assume(node.partition("::")[0]) for node in nodes]

    def _assume(self, file: str) -> int:
        found = self._medians.get(file)
        if found is None:
            nodes = self._files.get(file)
            found = median_low(self._known[node] for node in nodes) if nodes else self._of_all
            self._medians[file] = found
        return found

    def knows_file(self, unit: str) -> bool:
        """Whether anything is known of the file of a unit."""
        return unit.partition("::")[0] in self._files

    def weigh_units(self, units: Sequence[str]) -> list[int]:
        """What each of some files, classes and functions takes, all their tests together.

        A file of which nothing is known takes the median of the files that are known.
        """
        sums = self._sum_up()
        of_files = median_low(sums[file] for file in self._files) if self._files else MICROSECONDS
        weights = []
        for unit in units:
            file, separator, _ = unit.partition("::")
            found = self._known.get(unit) if "[" in unit else sums.get(unit)
            weights.append(found or (self._assume(file) if separator else of_files))
        return weights

    def _sum_up(self) -> dict[str, int]:
        """What is known of each file, class and function, all that is in it together."""
        sums: dict[str, int] = {}
        for node, weight in self._known.items():
            unit = node.partition("[")[0]
            while unit:
                sums[unit] = sums.get(unit, 0) + weight
                unit = unit.rpartition("::")[0]
        return sums

    def only(self, files: Iterable[str]) -> dict[str, float]:
        """The durations of the tests of some files, in seconds, in order."""
        return {
            node: self._known[node] / MICROSECONDS
            for file in sorted(set(files))
            for node in sorted(self._files.get(file, ()))
        }
