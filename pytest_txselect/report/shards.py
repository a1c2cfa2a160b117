"""Which shards of a report are not there."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.report.records import Header

__all__ = ["find_missing_shards"]

_MOST_NAMED: Final = 20


def find_missing_shards(headers: Iterable[Header], *, even_of_one: bool = False) -> list[str]:
    """Find what is missing of reports that were cut into shards, a line for each.

    Args:
        headers: how the streams began.
        even_of_one: whether one shard alone misses the others: it does where all of them were to be put
            together, and does not in the job that ran it.
    """
    there: dict[tuple[str, int], set[int]] = {}
    for header in headers:
        number, count = header.shard
        if count > 1:
            there.setdefault((header.report, count), set()).add(number)
    lines = []
    for (report, count), numbers in sorted(there.items()):
        missing = count - len(numbers)
        if missing and (len(numbers) > 1 or even_of_one):
            left_out = (str(number) for number in range(1, count + 1) if number not in numbers)
            names = list(itertools.islice(left_out, _MOST_NAMED))
            more = "" if missing <= _MOST_NAMED else f" and {missing - _MOST_NAMED} more"
            word = "shard" if missing == 1 else "shards"
            lines.append(
                f"{report}: {word} {', '.join(names)}{more} of {count} missing: their tests are not here"
            )
    return lines
