"""What the configurations of all CI services have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from pytest_txselect.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pytest_txselect.config.settings import Free, Job
    from pytest_txselect.jobs.layout import JobWork

__all__ = ["Emitter", "check_name", "list_install", "take_free"]

SERVICES: Final = ("circleci", "github", "gitlab")
INSTALL: Final = "install"
CAUSE: Final = "is a command, or a list of commands"


class Emitter(Protocol):
    """Tells one service about the jobs with work."""

    def __call__(self, work: Sequence[JobWork], folder: str) -> dict[str, str]:
        """Give each file's name and text.

        Args:
            work: the jobs with work; there may be none.
            folder: where `txselect jobs` writes, relative to a checkout.

        Raises:
            UsageError: the service cannot be told.
        """


def list_install(job: Job, service: str) -> list[str]:
    """The commands that prepare a machine: the free key `install`, a text or a list of texts."""
    found = _merge(job, service).get(INSTALL, ())
    given = (found,) if isinstance(found, str) else found
    if not isinstance(given, tuple):
        raise _wrong(job, INSTALL, CAUSE)
    lines = [line for line in given if isinstance(line, str)]
    if len(lines) < len(given):
        raise _wrong(job, INSTALL, CAUSE)
    return lines


def take_free(job: Job, service: str, own: Collection[str]) -> dict[str, Any]:
    """The free keys of a job that are passed on as they are.

    Args:
        job: which job.
        service: its keys are those of `ci`, and of a table of the service's own name in it.
        own: keys that only we may set.

    Raises:
        UsageError: one of them was given.
    """
    merged = _merge(job, service)
    for key in own:
        if key in merged:
            raise _wrong(job, key, "is written by the emitter; use install for what comes before the tests")
    return {key: _to_plain(value) for key, value in merged.items() if key != INSTALL}


def _merge(job: Job, service: str) -> dict[str, Free]:
    special = job.ci.get(service, {})
    if not isinstance(special, Mapping):
        raise _wrong(job, service, "is a table of keys for that service alone")
    return {key: value for key, value in job.ci.items() if key not in SERVICES} | dict(special)


def check_name(job: Job, fits: str, reserved: Collection[str], service: str, cure: str) -> None:
    """Check that a service can have a job of that name.

    Raises:
        UsageError: it cannot.
    """
    if re.fullmatch(fits, job.name) is None or job.name in reserved:
        raise UsageError(
            "unfit-job-name", f"job {job.name}: {service} cannot have a job of this name; {cure}"
        )


def _wrong(job: Job, key: str, cause: str) -> UsageError:
    return UsageError("invalid-ci-key", f"job {job.name}: ci.{key} {cause}")


def _to_plain(value: Free) -> Any:
    """A value as YAML and JSON have it; dates as text."""
    if isinstance(value, Mapping):
        return {key: _to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_to_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) else value.isoformat()
