"""GitLab: a child pipeline. Its jobs take the prepared folder from the artifacts of the parent's job `txselect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.errors import UsageError
from pytest_txselect.jobs.command import render_command
from pytest_txselect.jobs.service import check_name, list_install, take_free
from pytest_txselect.jobs.yaml_text import render_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_txselect.jobs.layout import JobWork

__all__ = ["FILE", "PARENT_JOB", "render_gitlab"]

FILE: Final = "gitlab.yml"
PARENT_JOB: Final = "txselect"
"""The job of the parent pipeline that runs `txselect jobs`."""
RESERVED: Final = frozenset(
    {
        *(
            "image",
            "services",
            "stages",
            "before_script",
            "after_script",
            "variables",
            "cache",
            "include",
            "pages",
        ),
        *("workflow", "default", "spec", "true", "false", "nil"),
    }
)
IMAGE: Final = "python:3.13"
SHARE: Final = "${CI_NODE_INDEX:-1}/${CI_NODE_TOTAL:-1}"
MOST: Final = 200
"""Machines that a job may have."""


def render_gitlab(work: Sequence[JobWork], folder: str) -> dict[str, str]:
    """An `Emitter`. A pipeline without jobs would be an error of GitLab's, so there is always one."""
    jobs = {each.job.name: _make_job(each, folder) for each in work}
    nothing = {"nothing-to-run": {"image": IMAGE, "variables": {"GIT_STRATEGY": "none"}, "script": ["true"]}}
    return {FILE: render_yaml(jobs or nothing)}


def _make_job(work: JobWork, folder: str) -> dict[str, Any]:
    job = work.job
    check_name(job, ".*", RESERVED, "GitLab", "it is a word of its configuration, so choose another")
    if work.shards > MOST:
        raise UsageError(
            "too-many-shards",
            f"job {job.name}: {work.shards} machines are more than GitLab's {MOST}; lower max_shards",
        )
    made: dict[str, Any] = {
        "image": IMAGE,
        "needs": [{"pipeline": "$PARENT_PIPELINE_ID", "job": PARENT_JOB, "artifacts": True}],
        "artifacts": {
            "when": "always",
            "paths": ["reports/"],
            "reports": {"junit": "reports/*/junit.xml"},
        },
    }
    if work.shards > 1:
        made["parallel"] = work.shards
    if job.timeout is not None:
        made["timeout"] = f"{job.timeout} seconds"
    made |= take_free(job, "gitlab", ("script", "parallel"))
    made["script"] = [*list_install(job, "gitlab"), render_command(job, folder, SHARE)]
    return made
