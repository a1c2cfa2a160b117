"""The values of the configuration. `docs/configuration.md` says what each key means to the user."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias, Union

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

__all__ = [
    "Dependency",
    "Free",
    "Job",
    "MarkerRule",
    "OnDoubt",
    "Plugins",
    "Record",
    "Settings",
    "Split",
    "Unknown",
]

Free: TypeAlias = Union[
    "str | int | float | bool | dt.date | dt.time", "tuple[Free, ...]", "Mapping[str, Free]"
]
"""A value of a free key: what TOML can say, lists as tuples, tables as read-only mappings."""


class Record(enum.StrEnum):
    """When evidence is recorded."""

    AUTO = "auto"  # whenever --impacted-by runs tests, on Python 3.12 and later
    ALWAYS = "always"
    ASKED = "asked"  # only with --txselect-record


class OnDoubt(enum.StrEnum):
    """What a doubt does."""

    RUN = "run"  # widens the selection
    ERROR = "error"  # stops with a usage error


class Unknown(enum.StrEnum):
    """What a changed file does that nothing is known about, where no edge and no evidence leads to it."""

    RUN = "run"  # in a package or test folder: whatever reaches that folder; elsewhere everything
    OWNER = "owner"  # elsewhere, whatever reaches the nearest folder above it that has Python files
    ERROR = "error"  # stops with a usage error


class Plugins(enum.StrEnum):
    """Whom the project's own pytest plugins concern."""

    ALL = "all"  # every test, since it runs with them
    STARTERS = "starters"  # who starts pytest, beside who imports them


class Split(enum.StrEnum):
    """What a shard is cut from."""

    FILE = "file"  # the tests of a file stay together
    CLASS = "class"  # the tests of a class do
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Dependency:
    """An edge that no analysis can see.

    Attributes:
        tests: pattern of the files that depend.
        files: patterns of the files depended on, now or later.
    """

    tests: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarkerRule:
    """A rule that marks the tests that fit every criterion given, each by any of its entries.

    Attributes:
        name: the mark.
        description: for `pytest --markers`.
        tests: patterns of paths or node ids.
        bases: names of classes, one of which the test's class inherits.
        imports: names of modules, one of which the test's file imports.
        fixtures: names of fixtures, one of which the test uses.
        env: variable of the environment without which these tests are skipped; empty for none.
    """

    name: str
    description: str = ""
    tests: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    fixtures: tuple[str, ...] = ()
    env: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A job of the continuous integration.

    Attributes:
        name: also the stem of its files and parameters.
        tests: patterns of paths, or `re:` and a regular expression.
        exclude: patterns that take away.
        marker: marker expression; empty for none.
        env: variables set for its run.
        workers: processes of pytest-xdist, "auto" or "logical"; None for no xdist.
        dist: how xdist spreads tests; empty for xdist's own default.
        pytest_args: more arguments for pytest.
        timeout: seconds after which the provider may kill it; None for the provider's default.
        max_shards: most machines it may take.
        seconds_per_shard: what one machine should be busy for; None for one machine.
        split: what a shard is cut from.
        default: whether it takes the tests that fit no job.
        shared: whether it takes its tests whether or not another job has them.
        ci: free keys for the emitter.
    """

    name: str
    tests: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    marker: str = ""
    env: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    workers: int | str | None = None
    dist: str = ""
    pytest_args: tuple[str, ...] = ()
    timeout: int | None = None
    max_shards: int = 1
    seconds_per_shard: float | None = None
    split: Split = Split.FILE
    default: bool = False
    shared: bool = False
    ci: Mapping[str, Free] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration. `Settings()` is what holds without any.

    Attributes:
        record: when evidence is recorded.
        on_doubt: what a doubt does.
        neutral: patterns that extend the built-in list of files no test depends on, or (with `!`) take away
            from it.
        run_all: the same for files that shift the ground.
        always: patterns of test files that always run.
        unknown: what a file of unknown use does.
        plugins: whom the project's own pytest plugins concern.
        depends: edges that no analysis can see.
        markers: rules that mark tests.
        jobs: the jobs, in the order in which they take tests.
    """

    record: Record = Record.AUTO
    on_doubt: OnDoubt = OnDoubt.RUN
    neutral: tuple[str, ...] = ()
    run_all: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    unknown: Unknown = Unknown.RUN
    plugins: Plugins = Plugins.ALL
    depends: tuple[Dependency, ...] = ()
    markers: tuple[MarkerRule, ...] = ()
    jobs: tuple[Job, ...] = ()
