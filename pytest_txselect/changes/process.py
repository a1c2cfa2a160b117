"""Starts git's command, the only place that does, and ends it however its answer is read.

Git is started without a shell, without its pager, its hooks and its prompts, and with its input closed.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from typing import IO, TYPE_CHECKING

from pytest_txselect.changes.environment import GIT_OPTIONS
from pytest_txselect.changes.trouble import explain_no_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["ending", "open_scratch", "start_git"]


def start_git(
    place: str,
    environment: Mapping[str, str],
    arguments: Sequence[str],
    *,
    stdin: int = subprocess.DEVNULL,
    stderr: int | IO[bytes] = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start one git command, whose answer can be read from its output.

    Args:
        place: the directory asked about, for messages.
        environment: for git, as `prepare_environment` makes it.
        arguments: the command, beginning with options of git itself.
        stdin: as for `subprocess`.
        stderr: likewise.

    Raises:
        GitError: there is no git command.
    """
    command = ("git", *GIT_OPTIONS, *arguments)
    try:
        return subprocess.Popen(command, env=environment, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr)  # noqa: S603
    except OSError as cause:
        raise explain_no_command(place, cause) from cause


@contextlib.contextmanager
def ending(processes: list[subprocess.Popen[bytes]]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Leave no process and no pipe behind, however the block is left."""
    try:
        yield processes
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
            with process:
                pass


def open_scratch() -> IO[bytes]:
    """Open a file of no name for what a command writes, in memory where the system has such."""
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("txselect"), "w+b")  # noqa: PTH123 - it has no path
    import tempfile  # noqa: PLC0415 - slow to import

    return tempfile.TemporaryFile()
