"""The command line of a job: what its configuration asks for that a plugin cannot do once pytest runs is written out here."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_txselect.config.settings import Job

__all__ = ["render_command"]


def render_command(job: Job, folder: str, share: str, *, stop: bool = False) -> str:
    """One line for a POSIX shell.

    Variables are set here too, since Python reads some of them before any plugin is there.

    Args:
        job: which job.
        folder: what `txselect jobs` wrote, relative to where the job runs.
        share: of the shard, with the shell's variables in it if need be.
        stop: whether the line itself has to stop after the job's `timeout`: as Ctrl-C would, so that reports are written.
    """
    words = [f"{name}={value}" for name, value in job.env.items()]
    words = ["env", *words] if words else []
    if stop and job.timeout is not None:
        words += ["timeout", "--signal=INT", "--kill-after=60", str(job.timeout)]
    words += ["pytest", f"--txselect-job={job.name}"]
    after = [f"--txselect-prepared={folder}", "--txselect-report"]
    if job.workers is not None:
        after.append(f"--numprocesses={job.workers}")
    if job.dist:
        after.append(f"--dist={job.dist}")
    return " ".join(
        [*map(shlex.quote, words), f"--txselect-shard={share}", *map(shlex.quote, [*after, *job.pytest_args])]
    )
