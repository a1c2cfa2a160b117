"""What is known of a program that a test starts, from its name and first line."""

from __future__ import annotations

import enum
import os
import sys
from typing import TYPE_CHECKING, Final

from pytest_txselect.evidence.system import System, find_program, follow_link

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["ProgramKind", "asks_system", "find_kind"]

STANDARD: Final = os.path.dirname(os.__file__)
ASKING: Final = frozenset(
    os.path.join(STANDARD, *parts) for parts in (("ctypes", "util.py"), ("platform.py",), ("uuid.py",))
)
"""Modules of Python that start programs to find out about the system: its libraries, its name, its network."""
LAUNCHERS: Final = frozenset(os.path.join(STANDARD, name) for name in ("os.py", "subprocess.py"))

OPERANDS_ONLY: Final = frozenset(
    [
        "cat",
        "echo",
        "false",
        "head",
        "kill",
        "less",
        "more",
        "printf",
        "pwd",
        "sleep",
        "tail",
        "true",
        "tty",
        "uname",
        "whoami",
    ]
)
"""Standard programs that read what their operands name and their input, start nothing, and list no folder. Those are
left out that may be told by a script, or by a file, what else to read (`sed`, `awk`, `find`, `sort`, `wc`)."""


class ProgramKind(enum.Enum):
    """What can be told of what a program reads."""

    PYTHON = enum.auto()  # it reports by itself
    OPERANDS = enum.auto()  # the files that its words name, and its input
    UNKNOWN = enum.auto()


def find_kind(program: str) -> ProgramKind:
    """What kind of program this is; not remembered.

    Args:
        program: its path, or a name that is looked for on PATH.
    """
    if is_python(program):
        return ProgramKind.PYTHON
    return ProgramKind.OPERANDS if reads_operands_only(program) else ProgramKind.UNKNOWN


def asks_system() -> bool:
    """Whether a program that is being started tells Python about the system: it reads nothing of the project.

    Importing trio, for one, looks for a library in this way, whatever the tests do.
    """
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - the documented way to the caller's frame
    while frame is not None and frame.f_code.co_filename not in LAUNCHERS:
        frame = frame.f_back
    while frame is not None and frame.f_code.co_filename in LAUNCHERS:
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename in ASKING


def is_python(program: str) -> bool:
    """Whether a program is a Python interpreter, or a script that one executes."""
    found = find_program(program)
    name = System.basename(follow_link(found))
    if name.startswith(("python", "pypy")) or found == sys.executable:
        return True
    try:
        with System.open_file(found, "rb") as file:
            line = file.readline(256)
    except OSError:
        return False
    return line.startswith(b"#!") and b"python" in line


def reads_operands_only(program: str) -> bool:
    """Whether a program reads nothing but the files that its words name, and its input.

    Only the system's own programs are known by name (`CS_PATH` of POSIX): one that a test or the project has made
    may be anything.
    """
    folder, name = System.split(find_program(program))
    return name in OPERANDS_ONLY and folder in system_folders()


def system_folders() -> list[str]:
    """Where the standard programs of this system are; empty where the system does not say."""
    if "CS_PATH" not in getattr(os, "confstr_names", ()):
        return []
    return (os.confstr("CS_PATH") or "").split(System.PATHSEP)
