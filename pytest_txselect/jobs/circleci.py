"""CircleCI: a configuration for `continuation/continue`, with the parameters that `parallelism.json` has.

Workspaces end with the setup workflow, so the prepared folder travels in a cache that is named after the pipeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.jobs.command import render_command
from pytest_txselect.jobs.lists import list_parameters
from pytest_txselect.jobs.service import check_name, list_install, take_free
from pytest_txselect.jobs.yaml_text import render_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_txselect.jobs.layout import JobWork

__all__ = ["CACHE", "FILE", "render_circleci"]

FILE: Final = "circleci.yml"
CACHE: Final = "txselect-<< pipeline.id >>"
"""Key of the cache in which the setup workflow leaves the prepared folder."""
NAME: Final = "[a-z][a-z0-9_-]*"
IMAGE: Final = "cimg/python:3.13"
SHARE: Final = "$((CIRCLE_NODE_INDEX + 1))/$CIRCLE_NODE_TOTAL"
PLACES: Final = ("docker", "machine", "macos", "executor")


def render_circleci(work: Sequence[JobWork], folder: str) -> dict[str, str]:
    """An `Emitter`."""
    document: dict[str, Any] = {"version": 2.1}
    if not work:
        document["jobs"] = {"nothing-to-run": {"type": "no-op"}}
    else:
        document["parameters"] = {
            name: {"type": "integer" if isinstance(value, int) else "string", "default": value}
            for name, value in list_parameters(work, folder).items()
        }
        document["jobs"] = {each.job.name: _make_job(each, folder) for each in work}
    document["workflows"] = {"tests": {"jobs": list(document["jobs"])}}
    return {FILE: render_yaml(document)}


def _make_job(work: JobWork, folder: str) -> dict[str, Any]:
    job = work.job
    check_name(
        job, NAME, (), "CircleCI", "begin with a small letter, go on with small letters, digits, _ and -"
    )
    free = take_free(job, "circleci", ("steps", "parallelism"))
    image = free.pop("image", IMAGE)
    place = {} if any(key in free for key in PLACES) else {"docker": [{"image": image}]}
    install = [
        {"run": {"name": "Install", "command": _escape(line)}} for line in list_install(job, "circleci")
    ]
    command = render_command(job, folder, SHARE, stop=True)
    return {
        **place,
        **free,
        "parallelism": f"<< pipeline.parameters.{job.name}_parallelism >>",
        "steps": [
            "checkout",
            {"restore_cache": {"keys": [CACHE]}},
            *install,
            {"run": {"name": "Tests", "command": _escape(command)}},
            {"store_test_results": {"path": "reports"}},
            {"store_artifacts": {"path": "reports"}},
        ],
    }


def _escape(command: str) -> str:
    """A command in which CircleCI finds no parameters of its own."""
    return command.replace("<<", "\\<<")
