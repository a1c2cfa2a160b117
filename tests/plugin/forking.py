"""Executed as a script: runs pytest for whoever asks on its standard input, each time in a fork of this process.

This process is what any process is that has executed `import pytest`: it knows nothing of us, of other plugins or of a project.
`ready.py` asks. A request is a line, the `repr` of a tuple (see `Request`); the answer is two lines, the number of the process
and, at its end, its status as `subprocess` has it. Nothing is imported here that pytest would not import anyway.
"""

from __future__ import annotations

import ast
import gc
import importlib
import os
import runpy
import sys

import pytest
from _pytest.config import default_plugins

Request = tuple[list[str], str, dict[str, str], str, str]
"""Arguments of pytest, the folder, the environment, and the files that get what is written and what is complained of."""


def serve() -> Request | None:
    """Fork for each request; returns its request in the child, and nothing in this process, at the end of all requests."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            return ast.literal_eval(line)
        os.write(1, f"{child}\n".encode())
        _, status = os.waitpid(child, 0)
        os.write(1, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    return None


def become(request: Request) -> None:
    """Make this process what `python -m pytest` is at its start."""
    arguments, folder, environment, written, complained = request
    for descriptor, path, flag in (
        (0, os.devnull, os.O_RDONLY),
        (1, written, os.O_WRONLY),
        (2, complained, os.O_WRONLY),
    ):
        opened = os.open(path, flag)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments
    sys.orig_argv[1:] = ["-m", "pytest", *arguments]
    sys.dont_write_bytecode = bool(environment.get("PYTHONDONTWRITEBYTECODE"))
    added = [os.path.abspath(path) for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]  # noqa: PTH100
    sys.path[:] = [folder, *dict.fromkeys([*added, *sys.path[1:]])]


if __name__ == "__main__":
    for plugin in default_plugins:
        importlib.import_module(f"_pytest.{plugin}")
    gc.freeze()  # no fork looks through these, and gets copies of their memory by that
    asked = serve()
    if asked is not None:
        become(asked)
        runpy.run_module(pytest.__name__, run_name="__main__", alter_sys=True)
