"""Laws of shards, whatever the tests and their durations."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_txselect.config import Job, Split
from pytest_txselect.jobs.durations import Durations
from pytest_txselect.jobs.layout import lay_out
from pytest_txselect.jobs.routing import Router
from pytest_txselect.jobs.schedules import find_loads, spread
from pytest_txselect.jobs.shards import ShardTest, cut_shards

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

law = settings(deadline=None)
few = settings(deadline=None, max_examples=60)

FILES = st.sampled_from(["tests/test_a.py", "tests/test_b.py", "x/test_a.py", "test_é\udcff.py"])
NAMES = st.sampled_from(["test_a", "test_b[1]", "test_b[a::b]", "T::test_c", "T::test_d", "T::U::test_e"])
NODES = st.builds("::".join, st.tuples(FILES, NAMES))
TESTS = st.lists(st.builds(ShardTest, NODES, st.sampled_from(["", "", "g", "h"])), max_size=40)
SECONDS = st.one_of(st.floats(0, 100), st.just(0.0), st.integers(0, 5).map(float))
KNOWN = st.dictionaries(NODES, SECONDS, max_size=24)
SPLITS = st.sampled_from(list(Split))
WEIGHTS = st.lists(st.integers(1, 30), min_size=1, max_size=7).map(lambda found: sorted(found, reverse=True))


def once(tests: Sequence[ShardTest]) -> list[ShardTest]:
    """Leave out node ids that come again, which in a real run have the same group."""
    return [ShardTest(*pair) for pair in dict(tests).items()]


@law
@given(TESTS, KNOWN, st.integers(1, 6), SPLITS)
def test_disjoint_and_complete(
    tests: list[ShardTest], known: dict[str, float], count: int, split: Split
) -> None:
    """Every test is in exactly one shard, of those that there are."""
    cut = cut_shards(once(tests), Durations(known), count, split)
    assert cut.shards.keys() == {test.node for test in tests}
    assert set(cut.shards.values()) <= set(range(1, count + 1))
    assert len(cut.loads) == count


@law
@given(TESTS, KNOWN, st.integers(1, 6), SPLITS, st.randoms(use_true_random=False))
def test_order_never_matters(
    tests: list[ShardTest], known: dict[str, float], count: int, split: Split, random: Random
) -> None:
    """The same tests and durations in another order, some of them twice, give the same shards."""
    tests = once(tests)
    mixed = [*tests, *tests[:3]]
    random.shuffle(mixed)
    pairs = list(known.items())
    random.shuffle(pairs)
    cut = cut_shards(tests, Durations(known), count, split)
    assert cut_shards(mixed, Durations(dict(pairs)), count, split) == cut


@law
@given(TESTS, KNOWN, st.integers(1, 6), SPLITS)
def test_what_belongs_together_stays_together(
    tests: list[ShardTest], known: dict[str, float], count: int, split: Split
) -> None:
    """The tests of a group, of a file and of a class are in one shard each, where that was asked."""
    tests = once(tests)
    shards = cut_shards(tests, Durations(known), count, split).shards
    for one, other in itertools.combinations(tests, 2):
        same_file = one.node.partition("::")[0] == other.node.partition("::")[0]
        if (one.group and one.group == other.group) or (split is Split.FILE and same_file):
            assert shards[one.node] == shards[other.node]


@few
@given(WEIGHTS, st.integers(1, 4))
def test_within_four_thirds_of_the_best(weights: list[int], machines: int) -> None:
    """Small cases, where every schedule can be tried: never worse than the best of them."""
    schedules = itertools.product(range(machines), repeat=len(weights))
    best = min(max(find_loads(weights, list(each), machines)) for each in schedules)
    loads = find_loads(weights, spread(weights, machines), machines)
    assert max(loads) <= best
    assert len(weights) < machines or min(loads) > 0


@few
@given(
    st.lists(st.one_of(st.floats(0.001, 50), st.integers(1, 9).map(float)), min_size=1, max_size=200),
    st.integers(1, 12),
)
def test_never_worse_than_pytest_split(seconds: list[float], count: int) -> None:
    """On the same tests and durations neither of its algorithms has a shorter busiest shard."""
    algorithms = pytest.importorskip("pytest_split.algorithms").Algorithms
    known = {f"test_a.py::test_{number}": value for number, value in enumerate(seconds)}
    items = cast("Any", [SimpleNamespace(nodeid=node) for node in known])
    ours = max(cut_shards([ShardTest(node) for node in known], Durations(known), count, Split.TEST).loads)
    for algorithm in algorithms:
        theirs = max(group.duration for group in algorithm.value(count, items, known))
        assert ours <= theirs * 1.0002 + 1e-3


PATTERNS = st.sampled_from(["tests/**", "*_a.py", "x/*", "**", "re:tests/.*", "re:.*b.*", "nothing/**"])
JOBS = st.lists(
    st.builds(
        Job,
        st.sampled_from("abcdef"),
        st.lists(PATTERNS, max_size=2).map(tuple),
        st.lists(PATTERNS, max_size=1).map(tuple),
        shared=st.booleans(),
        max_shards=st.integers(1, 4),
        seconds_per_shard=st.sampled_from([None, 0.5, 20.0]),
        split=SPLITS,
    ),
    max_size=5,
    unique_by=lambda job: job.name,
)


@law
@given(JOBS, st.lists(st.one_of(FILES, NODES), max_size=20, unique=True), KNOWN)
def test_every_test_has_a_job(jobs: list[Job], units: list[str], known: dict[str, float]) -> None:
    """With a default job nothing is lost; what is in two jobs is in one that is not shared at most; no shard is empty."""
    jobs = [*jobs, Job("rest", (), default=True)]
    layout = lay_out(jobs, units, [], [], Durations(known))
    shared = {job.name for job in jobs if job.shared}
    for unit in units:
        takers = [each.job.name for each in layout.work if unit in each.tests]
        assert takers
        assert len(set(takers) - shared) <= 1
        assert takers == list(Router(jobs).find_jobs(unit.partition("::")[0]))
    for each in layout.work:
        assert 1 <= each.shards <= min(each.job.max_shards, len(each.tests))
        assert each.tests
    assert {each.job.name for each in layout.work} | set(layout.idle) == {job.name for job in jobs}
