"""Where in the repository something failed: a file that a code host can show, and its line."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_txselect.report.records import Header
    from pytest_txselect.report.run import Run
    from pytest_txselect.report.summary import Entry

__all__ = ["find_place"]

_INSTALLED = ("site-packages/", "dist-packages/", ".venv/", "venv/", ".tox/", ".nox/", "lib/python")


def find_place(run: Run, entry: Entry) -> tuple[str, int]:
    """Find the place of an entry, relative to the top of the repository.

    It is the innermost frame in a file of the project; where there is none, the definition of the test.

    Returns:
        The path with `/`, and the line; an empty path where nothing in the repository is known of it.
    """
    if entry.where == "internal error":
        return "", 1
    header = _find_header(run, entry)
    test = entry.result.test if entry.result else None
    frames = entry.result.phase.frames if entry.result else ()
    for file, line in reversed(frames or ((entry.file, entry.line),)):
        path = _relate(header, file)
        if path and line > 0 and not any(part in path for part in _INSTALLED):
            return path, line
    file, line = (test.file, test.line) if test else (entry.node.partition("::")[0], 1)
    return posixpath.join(header.prefix, _slash(file)), line


def _find_header(run: Run, entry: Entry) -> Header:
    headers = {stream.header.run: stream.header for stream in run.streams}
    if entry.result is not None:
        name = entry.result.test.attempts[entry.result.attempt].run
        if name in headers:
            return headers[name]
    return run.streams[0].header


def _slash(path: str) -> str:
    return path.replace("\\", "/")


def _relate(header: Header, file: str) -> str:
    """Relate a path of a traceback to the top of the repository; empty when it lies elsewhere."""
    rootdir = _slash(header.rootdir)
    path = posixpath.normpath(posixpath.join(_slash(header.invocation) or rootdir, _slash(file)))
    prefix = header.prefix.strip("/")
    top = rootdir.removesuffix("/" + prefix) if prefix else rootdir
    return path[len(top) + 1 :] if top and path.startswith(top + "/") else ""
