"""From what is selected to the work of each job: its tests, how long they take, how many machines they get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.config.settings import Split
from pytest_txselect.errors import UsageError
from pytest_txselect.jobs.durations import MICROSECONDS
from pytest_txselect.jobs.routing import Router
from pytest_txselect.jobs.shards import count_shards

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_txselect.config.settings import Job
    from pytest_txselect.jobs.durations import Durations

__all__ = ["JobWork", "Layout", "lay_out"]

SHOWN: Final = 50
"""Tests without a job that a message lists."""


@dataclass(frozen=True, slots=True)
class JobWork:
    """What a job has to do.

    Attributes:
        job: its configuration.
        tests: files and node ids, in order; never empty.
        examples: files whose examples run, among `tests`.
        seconds: expected for all of them, one after another; None where no duration is known.
        shards: number of machines.
    """

    job: Job
    tests: tuple[str, ...]
    examples: tuple[str, ...]
    seconds: float | None
    shards: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What all jobs have to do.

    Attributes:
        work: the jobs with work, in the order of the configuration.
        idle: names of the others.
        tests: all that was selected, without examples.
        examples: files whose examples run.
        notices: what the user should know, a line each.
    """

    work: tuple[JobWork, ...]
    idle: tuple[str, ...]
    tests: tuple[str, ...]
    examples: tuple[str, ...]
    notices: tuple[str, ...]


def lay_out(
    jobs: Sequence[Job],
    tests: Sequence[str],
    examples: Sequence[str],
    known: Sequence[str],
    durations: Durations,
) -> Layout:
    """Give every test to its jobs.

    Args:
        jobs: as configured.
        tests: files and node ids that are selected.
        examples: files whose examples are.
        known: all test files, selected or not.
        durations: of past runs.

    Raises:
        UsageError: no job is configured, or some test belongs to none; all of these are named.
    """
    if not jobs:
        raise UsageError(
            "no-jobs",
            "no job is configured; add [[tool.txselect.jobs]] with a name and tests to pyproject.toml",
        )
    router = Router(jobs)
    lists = _route(jobs, router, (*tests, *examples))
    shown = frozenset(examples)
    work = tuple(_make_work(job, lists[job.name], shown, durations) for job in jobs if lists[job.name])
    return Layout(
        work,
        tuple(job.name for job in jobs if not lists[job.name]),
        tuple(tests),
        tuple(examples),
        tuple(_list_notices(jobs, router, work, known, durations)),
    )


def _route(jobs: Iterable[Job], router: Router, units: Iterable[str]) -> dict[str, list[str]]:
    """What each job runs, by its name."""
    lists: dict[str, list[str]] = {job.name: [] for job in jobs}
    homeless = []
    for unit in units:
        names = router.find_jobs(unit.partition("::")[0])
        for name in names:
            lists[name].append(unit)
        if not names:
            homeless.append(unit)
    if homeless:
        raise UsageError("no-job", _describe_homeless(homeless))
    return lists


def _make_work(job: Job, tests: Sequence[str], examples: frozenset[str], durations: Durations) -> JobWork:
    weights = durations.weigh_units(tests)
    informed = any(durations.knows_file(test) for test in tests)
    seconds = sum(weights) / MICROSECONDS if informed else None
    own = tuple(test for test in tests if test in examples)
    return JobWork(job, tuple(tests), own, seconds, _count(job, tests, weights, informed=informed))


def _count(job: Job, tests: Sequence[str], weights: Sequence[int], *, informed: bool) -> int:
    """The number of machines of a job, none of which is idle."""
    if job.seconds_per_shard is None:
        return 1
    units: dict[str, int] = {}
    for test, weight in zip(tests, weights, strict=True):
        unit = test.partition("::")[0] if job.split is Split.FILE else test
        units[unit] = units.get(unit, 0) + weight
    if not informed:
        return min(job.max_shards, len(units))
    at_once = job.workers if isinstance(job.workers, int) and job.workers > 1 else 1
    return count_shards(list(units.values()), job.seconds_per_shard * at_once, job.max_shards)


def _describe_homeless(tests: Sequence[str]) -> str:
    number = "1 selected test belongs" if len(tests) == 1 else f"{len(tests):,} selected tests belong"
    lines = [f"{number} to no job; let a pattern of a job fit, or give one of them default = true:"]
    lines += [f"  {_show(test)}" for test in tests[:SHOWN]]
    if len(tests) > SHOWN:
        lines.append(f"  and {len(tests) - SHOWN:,} more")
    return "\n".join(lines)


def _show(text: str) -> str:
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode("ascii")
        for char in text
    )


def _list_notices(
    jobs: Iterable[Job],
    router: Router,
    work: Sequence[JobWork],
    known: Sequence[str],
    durations: Durations,
) -> Iterator[str]:
    """What is worth a look although it is no mistake for sure."""
    used = {name for path in known for name in router.find_jobs(path)}
    used |= {each.job.name for each in work}
    for job in jobs:
        if job.name not in used and not job.default:
            yield (
                f"job {job.name}: no test file of the project goes there; check its patterns, and those of the "
                "jobs before it [idle-job]"
            )
        if job.max_shards > 1 and job.seconds_per_shard is None:
            yield f"job {job.name}: max_shards is of no use without seconds_per_shard [unused-max-shards]"
    takers: dict[str, set[str]] = {}
    for each in work:
        for test in each.tests:
            takers.setdefault(test, set()).add(each.job.name)
    yield from _list_left_by_marker(work, takers)
    if not len(durations):
        for each in work:
            if each.shards > 1:
                yield (
                    f"job {each.job.name}: {each.shards} shards, since no duration is known; hand one over with "
                    "--durations [no-durations]"
                )
    elif work and all(each.seconds is None for each in work):
        yield (
            "none of the durations is of a selected test: are they from another project? shards are cut by "
            "number [foreign-durations]"
        )


def _list_left_by_marker(work: Iterable[JobWork], takers: Mapping[str, set[str]]) -> Iterator[str]:
    for each in work:
        alone = [test for test in each.tests if takers[test] == {each.job.name}] if each.job.marker else []
        if alone:
            yield (
                f"job {each.job.name}: what `-m {_show(each.job.marker)}` leaves out of its tests runs in no other "
                f"job ({_show(alone[0])}{' and others' if len(alone) > 1 else ''}) [left-by-marker]"
            )
