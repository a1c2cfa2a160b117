"""GitHub Actions: a matrix for `fromJSON`, and a reusable workflow that runs whatever is in one."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.errors import UsageError
from pytest_txselect.jobs.command import render_command
from pytest_txselect.jobs.service import list_install, take_free
from pytest_txselect.jobs.yaml_text import render_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_txselect.jobs.layout import JobWork

__all__ = ["MATRIX", "WORKFLOW", "render_github", "render_workflow"]

MATRIX: Final = "github_matrix.json"
WORKFLOW: Final = "txselect-tests.yml"
MOST: Final = 256
"""Machines that a matrix may have."""
LONGEST: Final = 360
"""Minutes after which GitHub stops a job by itself."""


def render_github(work: Sequence[JobWork], folder: str) -> dict[str, str]:
    """An `Emitter`. The matrix is one line, as `$GITHUB_OUTPUT` takes it, and needs no YAML."""
    entries = [entry for each in work for entry in _list_entries(each, folder)]
    if len(entries) > MOST:
        raise UsageError(
            "too-many-shards",
            f"{len(entries)} machines are more than GitHub's {MOST} in a matrix; lower max_shards",
        )
    return {MATRIX: json.dumps({"include": entries}) + "\n"}


def _list_entries(work: JobWork, folder: str) -> Iterator[dict[str, Any]]:
    job = work.job
    own = ("job", "shard", "shards", "command", "timeout_minutes")
    free = take_free(job, "github", own)
    for shard in range(1, work.shards + 1):
        yield {
            "job": job.name,
            "shard": shard,
            "shards": work.shards,
            "command": render_command(job, folder, f"{shard}/{work.shards}"),
            "install": "\n".join(list_install(job, "github")),
            "timeout_minutes": LONGEST if job.timeout is None else math.ceil(job.timeout / 60),
            **free,
        }


def render_workflow(folder: str) -> str:
    """The reusable workflow: the same whatever the matrix, to be committed once.

    Args:
        folder: where `txselect jobs` writes.
    """
    return render_yaml(
        {
            "name": "txselect tests",
            "on": {
                "workflow_call": {
                    "inputs": {
                        "matrix": {"type": "string", "required": True, "description": f"content of {MATRIX}"},
                        "artifact": {
                            "type": "string",
                            "default": "txselect",
                            "description": "has the prepared folder",
                        },
                    }
                }
            },
            "permissions": {"contents": "read"},
            "jobs": {"tests": _make_job(folder)},
        }
    )


def _make_job(folder: str) -> dict[str, Any]:
    return {
        "name": "${{ matrix.job }} ${{ matrix.shard }}/${{ matrix.shards }}",
        "if": "${{ fromJSON(inputs.matrix).include[0] != null }}",
        "strategy": {"fail-fast": False, "matrix": "${{ fromJSON(inputs.matrix) }}"},
        "runs-on": "${{ matrix.runs_on || 'ubuntu-latest' }}",
        "container": "${{ matrix.image }}",
        "steps": [
            {"uses": "actions/checkout@v4"},
            {
                "uses": "actions/setup-python@v5",
                "if": "${{ !matrix.image }}",
                "with": {"python-version": "${{ matrix.python || '3.13' }}"},
            },
            {
                "uses": "actions/download-artifact@v4",
                "with": {"name": "${{ inputs.artifact }}", "path": folder},
            },
            {"name": "Install", "if": "${{ matrix.install }}", "run": "${{ matrix.install }}"},
            {
                "name": "Tests",
                "timeout-minutes": "${{ matrix.timeout_minutes }}",
                "run": "${{ matrix.command }}",
            },
            {
                "uses": "actions/upload-artifact@v4",
                "if": "${{ always() }}",
                "with": {"name": "reports-${{ matrix.job }}-${{ matrix.shard }}", "path": "reports"},
            },
        ],
    }
