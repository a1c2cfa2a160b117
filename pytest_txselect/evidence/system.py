"""The system as it was when we came, for what is asked of it in the middle of a test.

Tests replace functions (`mock.patch("os.stat")`, `builtins.open`), separators and whole modules (fake file systems), and
they mean their own code: a mock must not be called by us, and a file that we ask for is a real one. A fake file system
looks for functions and modules among the names of every module, which is why ours are attributes of a class.
"""

from __future__ import annotations

import os
import stat
import time
from typing import Final

__all__ = ["System", "find_program", "follow_link", "has_kind", "is_there", "make_absolute"]

LINKS: Final = 40
"""Links that lead on to each other, before there is taken to be no end."""


class System:
    """What nobody can replace. It has no instances: functions written in Python would be methods of these."""

    SEP: Final = os.sep
    PATHSEP: Final = os.pathsep
    PathLike = os.PathLike
    access = os.access
    basename = os.path.basename
    close = os.close
    dirname = os.path.dirname
    environ: Final = os.environ
    fsdecode = os.fsdecode
    getcwd = os.getcwd
    getpid = os.getpid
    isabs = os.path.isabs
    join = os.path.join
    kill = os.kill
    listdir = os.listdir
    lstat = os.lstat
    monotonic_ns = time.monotonic_ns
    normpath = os.path.normpath
    open_descriptor = os.open
    open_file = open
    readlink = os.readlink
    sleep = time.sleep
    split = os.path.split
    stat = os.stat
    write = os.write


def make_absolute(path: str) -> str:
    """A path from the root, without steps up."""
    return System.normpath(path if System.isabs(path) else System.join(System.getcwd(), path))


def is_there(path: str) -> bool:
    """Whether there is anything of that name, be it a link that leads nowhere."""
    try:
        System.lstat(path)
    except (OSError, ValueError):
        return False
    return True


def has_kind(path: str, kind: int) -> bool:
    """Whether there is something of a kind, `stat.S_IFREG` or `stat.S_IFDIR`; links are followed."""
    try:
        return stat.S_IFMT(System.stat(path).st_mode) == kind
    except (OSError, ValueError):
        return False


def follow_link(path: str) -> str:
    """What a link leads to in the end; folders on the way there may be links still."""
    for _ in range(LINKS):
        try:
            path = System.join(System.dirname(path), System.readlink(path))
        except OSError:  # it is none
            break
    return path


def find_program(program: str) -> str:
    """Where a program is that is looked for on `PATH`; as it was called where it is not found, or has a folder."""
    if System.dirname(program):
        return program
    for folder in System.environ.get("PATH", "").split(System.PATHSEP):
        found = System.join(folder, program)
        if has_kind(found, stat.S_IFREG) and System.access(found, os.X_OK):
            return found
    return program
