"""Tests in shards, and how many shards there are."""

from __future__ import annotations

import random
import time

import pytest

from pytest_txselect.config import Split
from pytest_txselect.errors import UsageError
from pytest_txselect.jobs.durations import Durations
from pytest_txselect.jobs.schedules import find_loads, find_lower_bound, spread
from pytest_txselect.jobs.shards import ShardTest, Share, count_shards, cut_shards, parse_share

A, B = "tests/test_a.py", "tests/test_b.py"
TESTS = [
    ShardTest(f"{A}::TestX::test_one[a::b]"),
    ShardTest(f"{A}::TestX::test_two"),
    ShardTest(f"{A}::test_three"),
    ShardTest(f"{B}::test_four", "g"),
    ShardTest(f"{B}::test_five"),
    ShardTest("tests/test_c.py::test_six", "g"),
]


@pytest.mark.parametrize(
    ("split", "parts"),
    [
        (Split.FILE, ["one two three", "four five six"]),
        (Split.CLASS, ["one two", "three", "four six", "five"]),
        (Split.TEST, ["one", "two", "three", "four six", "five"]),
    ],
)
def test_what_stays_together(split: Split, parts: list[str]) -> None:
    """Files, classes or single tests, and the tests of a group wherever they are."""
    cut = cut_shards(TESTS, Durations({}), 6, split)
    found: dict[int, list[str]] = {}
    for test in TESTS:
        name = test.node.partition("[")[0].rpartition("test_")[2]
        found.setdefault(cut.shards[test.node], []).append(name)
    assert sorted(map(" ".join, found.values())) == sorted(parts)


def test_loads_are_told() -> None:
    """What each shard is expected to take, and what none can go below."""
    known = {f"{A}::a": 3.0, f"{A}::b": 2.0, f"{B}::c": 4.0}
    cut = cut_shards([ShardTest(node) for node in known], Durations(known), 2, Split.TEST)
    assert (sorted(cut.loads), cut.bound) == ([4.0, 5.0], 5.0)
    assert cut.shards[f"{A}::a"] == cut.shards[f"{A}::b"] != cut.shards[f"{B}::c"]


def test_mark_tells_cuts_apart() -> None:
    """The mark is the same for the same cut, and another for another."""
    one = cut_shards(TESTS, Durations({}), 2, Split.TEST)
    assert one.mark == cut_shards(TESTS[::-1], Durations({}), 2, Split.TEST).mark
    assert one.mark != cut_shards(TESTS, Durations({}), 3, Split.TEST).mark


@pytest.mark.parametrize("split", list(Split))
def test_a_hundred_thousand_tests(split: Split) -> None:
    """They are cut in less than a second on a quiet machine; here CPU time counts, with room for a slow one."""
    chance = random.Random(1)  # noqa: S311 - not for secrets
    nodes = [f"tests/p{n % 37}/test_{n // 40}.py::TestX::test_{n}[a-{n}]" for n in range(100_000)]
    known = {node: chance.lognormvariate(-3, 1.5) for node in nodes if chance.random() < 0.9}
    begin = time.process_time()
    cut = cut_shards([ShardTest(node) for node in nodes], Durations(known), 20, split)
    assert time.process_time() - begin < 3
    assert max(cut.loads) <= cut.bound * 1.01


def test_nothing_to_cut() -> None:
    """No test at all is no error."""
    assert cut_shards([], Durations({}), 3, Split.FILE).loads == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    "text",
    [
        "3/2",
        "0/0",
        "a/b",
        "0/3",
        "1/0",
        "-1/2",
        "1",
        "1/2/3",
        "",
        "1.0/2",
        "\N{ARABIC-INDIC DIGIT ONE}/2",
        "1/9999999",
        "\n/",
    ],
)
def test_not_a_share(text: str) -> None:
    """What is no share is an error that shows how one is written."""
    with pytest.raises(UsageError, match="write 1/4, 2/4") as caught:
        parse_share(text)
    assert (caught.value.slug, "\n" in str(caught.value)) == ("invalid-shard", False)


def test_share() -> None:
    """A share is read, and shown as it was written."""
    assert parse_share(" 2/4 ") == Share(2, 4)
    assert str(Share(2, 4)) == "2/4"


@pytest.mark.parametrize(
    ("weights", "seconds", "most", "count"),
    [
        ([], 1, 5, 1),
        ([1], 10, 5, 1),
        ([10] * 10, 25, 9, 5),  # 4 machines would have 3 tests somewhere
        ([10] * 10, 50, 9, 2),
        ([10] * 10, 1, 99, 10),  # never an empty one
        ([10] * 10, 1, 4, 4),
        ([100, 10, 10], 30, 9, 2),  # more machines would not be done earlier
        ([5, 5, 5], 0.000001, 9, 3),
    ],
)
def test_number_of_shards(weights: list[int], seconds: float, most: int, count: int) -> None:
    """As many as needed so that none is busy for longer than asked, as far as allowed and of use."""
    assert count_shards([weight * 1_000_000 for weight in weights], seconds, most) == count


@pytest.mark.parametrize(
    ("weights", "machines", "busiest"),
    [
        ([7, 6, 5, 4, 4, 3, 3], 3, 11),
        ([5, 5, 4, 4, 3, 3, 3], 3, 9),  # where LPT gives 11
        ([3, 3, 2, 2, 2], 2, 6),  # where LPT gives 7
        ([58, 55, 38, 35, 33, 27, 20, 18, 18, 14, 8], 4, 82),  # which only a search finds
        ([10, 1], 4, 10),
        ([1] * 9, 4, 3),
        ([], 2, 0),
    ],
)
def test_schedule(weights: list[int], machines: int, busiest: int) -> None:
    """Small cases are solved as well as can be."""
    loads = find_loads(weights, spread(weights, machines), machines)
    assert (max(loads), sum(loads)) == (busiest, sum(weights))


def test_lower_bound() -> None:
    """The average, the heaviest, or the lightest two that must meet."""
    assert [find_lower_bound(weights, 2) for weights in ([4, 3, 3], [9, 1], [2, 2, 2], [])] == [6, 9, 4, 0]
