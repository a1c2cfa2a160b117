"""The command line of a job: what its configuration asks for that a plugin cannot do once pytest runs is written out here."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_txselect.config.settings import Job

__all__ = ["list_words", "render_command"]


def list_words(job: Job, prepared: str) -> list[str]:
    """The words of pytest's command line, without the share, which each provider spells in its own way.

    Args:
        job: which job.
        prepared: the folder that `txselect jobs` wrote, relative to where the job runs.
    """
    words = ["pytest", f"--txselect-job={job.name}", f"--txselect-prepared={prepared}", "--txselect-report"]
    if job.workers is not None:
        words.append(f"--numprocesses={job.workers}")
    if job.dist:
        words.append(f"--dist={job.dist}")
    return [*words, *job.pytest_args]


def render_command(job: Job, prepared: str, share: str) -> str:
    """One line for a POSIX shell.

    Args:
        job: which job.
        prepared: as for `list_words`.
        share: of the shard, written for the shell already; empty for one machine.
    """
    words = [shlex.quote(word) for word in list_words(job, prepared)]
    if share:
        words.insert(2, f"--txselect-shard={share}")
    if job.timeout is not None:
        words[:0] = ["timeout", "--signal=INT", "--kill-after=60", str(job.timeout)]
    return " ".join(words)
