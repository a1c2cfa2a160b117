"""Shards beside pytest-split's two algorithms, on the same tests and durations; and how long it takes to cut 100,000 tests.

    python tests/benchmarks/shards.py [DURATIONS ...]

DURATIONS are `.test_durations` files of real projects. Printed are, for each number of shards, the seconds of the busiest one
as parts of the lower bound max(average, longest test): of ours with tests apart (`split = "test"`), of pytest-split's
`least_duration` and `duration_based_chunks`, which part tests too, and of ours with files kept whole, whose own bound has the
longest file instead of the longest test. Where ours is worse than one of the others, or above 4/3 of its bound, the script fails.
"""

# ruff: noqa: T201 - a script, run by hand
from __future__ import annotations

import random
import sys
import time
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from pytest_split.algorithms import Algorithms

from pytest_txselect.config import Split
from pytest_txselect.jobs.duration_files import read_duration_files
from pytest_txselect.jobs.durations import Durations
from pytest_txselect.jobs.shards import ShardTest, cut_shards

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COUNTS = (2, 5, 10, 20)


def generate() -> Iterator[tuple[str, dict[str, float]]]:
    """Suites as they are found: many short tests and few long ones, a file in which all is slow, equal tests, few tests."""
    chance = random.Random(5)  # noqa: S311 - not for secrets

    def name(number: int, each: int) -> str:
        return f"tests/part{number // (each * 20)}/test_file{number // each}.py::test_{number}"

    yield "lognormal, 5,000", {name(n, 25): chance.lognormvariate(-2, 1.5) for n in range(5000)}
    yield "Pareto, 2,000", {name(n, 25): 0.01 * chance.paretovariate(1.1) for n in range(2000)}
    slow = {name(n, 50): 0.02 for n in range(3000)}
    yield (
        "one slow folder, 3,100",
        slow | {f"tests/slow/test_{n % 7}.py::test_{n}": chance.uniform(5, 30) for n in range(100)},
    )
    yield "equal, 1,003", {name(n, 10): 1.0 for n in range(1003)}
    yield "few, 30", {name(n, 3): chance.expovariate(0.1) for n in range(30)}


def measure(known: Mapping[str, float], count: int) -> list[float]:
    """The busiest shard of each way, in seconds, and the two lower bounds."""
    tests = [ShardTest(node) for node in known]
    durations = Durations(known)
    ours = [max(cut_shards(tests, durations, count, split).loads) for split in (Split.TEST, Split.FILE)]
    items = cast("Any", [SimpleNamespace(nodeid=node) for node in known])
    theirs = [
        max(group.duration for group in Algorithms[name].value(count, items, dict(known)))
        for name in ("least_duration", "duration_based_chunks")
    ]
    files: defaultdict[str, float] = defaultdict(float)
    for node, seconds in known.items():
        files[node.partition("::")[0]] += seconds
    average = sum(known.values()) / count
    return [*ours, *theirs, max(average, *known.values()), max(average, *files.values())]


def show(title: str, known: Mapping[str, float]) -> None:
    """Print the lines of a suite."""
    for count in COUNTS:
        apart, whole, least, chunks, bound, of_files = measure(known, count)
        assert apart <= least * 1.000001
        assert apart <= chunks * 1.000001
        assert apart <= bound * 4 / 3
        assert whole <= of_files * 4 / 3
        print(
            f"| {title} | {count} | {bound:,.1f} | {apart / bound:.4f} | {least / bound:.4f} | {chunks / bound:.4f} "
            f"| {whole / of_files:.4f} |"
        )


def show_time() -> None:
    """Print how long 100,000 tests take."""
    chance = random.Random(1)  # noqa: S311 - as above
    nodes = [f"tests/p{n % 37}/test_{n // 40}.py::TestX::test_{n}[a-{n}]" for n in range(100_000)]
    known = {node: chance.lognormvariate(-3, 1.5) for node in nodes if chance.random() < 0.9}
    tests = [ShardTest(node) for node in nodes]
    for split in Split:
        for count in (2, 20, 200):
            begin = time.process_time()
            cut_shards(tests, Durations(known), count, split)
            print(f"100,000 tests, split={split}, {count} shards: {time.process_time() - begin:.2f} s of CPU")


def main(places: list[str]) -> None:
    """Print the table, then the times."""
    print("| suite | shards | bound, s | ours, tests | least_duration | chunks | ours, files |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for title, known in generate():
        show(title, known)
    for place in places:
        known = {
            node: seconds for node, seconds in read_duration_files([Path(place)], ()).items() if seconds > 0
        }
        show(f"{Path(place).parent.name}, {len(known):,}", known)
    show_time()


if __name__ == "__main__":
    main(sys.argv[1:])
