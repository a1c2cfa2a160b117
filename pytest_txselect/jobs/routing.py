"""Which jobs run a test file: a question about its path and the configuration alone, so every process answers it alike."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.errors import UsageError
from pytest_txselect.globs import GlobSet, parse_globs
from pytest_txselect.jobs.bounded import TimeIsUpError, stop_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_txselect.config.settings import Job
    from pytest_txselect.globs import Glob

__all__ = ["Router", "find_job"]

LONGEST: Final = 0.5
"""CPU seconds that all patterns together may take for one path."""
SHOWN: Final = 100
"""Letters of a path or pattern that a message shows."""


@dataclass(frozen=True, slots=True)
class _Route:
    """A job with its patterns, compiled."""

    job: Job
    tests: GlobSet
    exclude: GlobSet

    def patterns(self) -> Iterator[Glob]:
        yield from self.tests.globs
        yield from self.exclude.globs


class Router:
    """Routes test files to jobs.

    A file goes to the first job whose patterns fit it, and to every fitting job that is `shared`, wherever that stands. The
    job that is `default` takes what fits no job, and what its own patterns fit.

    Args:
        jobs: in the order of the configuration; valid.
    """

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._routes = [
            _Route(job, parse_globs(job.tests, regexes=True), parse_globs(job.exclude, regexes=True))
            for job in jobs
        ]
        self._limited = any(
            glob.text.lstrip("!").startswith("re:") for route in self._routes for glob in route.patterns()
        )
        self._known: dict[str, tuple[str, ...]] = {}

    def find_jobs(self, path: str) -> tuple[str, ...]:
        """The names of the jobs that run a file, in the order of the configuration; empty where none does.

        Args:
            path: relative to the rootdir.

        Raises:
            UsageError: a regular expression takes too long to tell.
        """
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = tuple(self._find_bounded(path) if self._limited else self._find(path))
        return found

    def _find_bounded(self, path: str) -> list[str]:
        try:
            with stop_after(LONGEST):
                return self._find(path)
        except TimeIsUpError:
            job, pattern = self._find_slow(path)
            raise UsageError(
                "slow-pattern",
                f"job {job}: the regular expression {_shorten(pattern)} takes too long to tell whether it fits "
                f"{_shorten(path)}; avoid repetitions within repetitions, as in (a+)+, or write a path pattern with **",
            ) from None

    def _find(self, path: str) -> list[str]:
        fitting = [route.job for route in self._routes if _fits(route, path)]
        first = next((job for job in fitting if not job.shared), None)
        found = [job.name for job in fitting if job.shared or job is first]
        if found:
            return found
        return [
            route.job.name for route in self._routes if route.job.default and not route.exclude.matches(path)
        ]

    def _find_slow(self, path: str) -> tuple[str, str]:
        """Which job's pattern it was."""
        asked = ("", "")
        for route in self._routes:
            fits = False
            for glob in (*route.tests.globs, *route.exclude.globs):
                if glob in route.exclude.globs and not fits:
                    break
                asked = (route.job.name, glob.text)
                try:
                    with stop_after(LONGEST / 4):
                        fits = glob.matches(path) or fits
                except TimeIsUpError:
                    return asked
        return asked


def _fits(route: _Route, path: str) -> bool:
    return route.tests.matches(path) and not route.exclude.matches(path)


def _shorten(text: str) -> str:
    shown = text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown)


def find_job(jobs: Sequence[Job], name: str) -> Job:
    """Find a configured job by its name.

    Raises:
        UsageError: there is none.
    """
    for job in jobs:
        if job.name == name:
            return job
    names = [job.name for job in jobs]
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if not names:
        cure = "no job is configured; add [[tool.txselect.jobs]] to pyproject.toml"
    else:
        cure = f"did you mean {near[0]}?" if near else f"the jobs are {', '.join(names)}"
    raise UsageError("unknown-job", f"{_shorten(name)}: there is no such job; {cure}")
