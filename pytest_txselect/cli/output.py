"""A file that the user named for what a command makes: written as they would expect of such a name."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_txselect.errors import UsageError
from pytest_txselect.report.write import write_artifact
from pytest_txselect.store.document import write_document

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["make_folder", "write_output"]

COLLECTING: Final = "GITHUB_STEP_SUMMARY"
"""Names such a file."""


def make_folder(folder: Path) -> None:
    """Make a folder for what a command writes, if it is not there.

    A new one ignores itself in git: otherwise the next selection would see new files, of which nothing is known.

    Raises:
        OSError: it cannot be made.
    """
    if not folder.is_dir():
        folder.mkdir(parents=True)
        write_document(folder / ".gitignore", ["# Made by pytest-txselect\n*\n"])


def write_output(place: str, pieces: Iterable[bytes]) -> None:
    """Write to a place that the user named.

    An ordinary file appears whole, or stays as it was. A device, a pipe and what a link leads to are never replaced: it
    is written into them. A file in which GitHub collects what the commands of a step have to say is added to.

    Args:
        place: `-` for standard output, else the path of a file; its folder is made.
        pieces: the content.

    Raises:
        UsageError: it cannot be written.
    """
    if place == "-":
        sys.stdout.flush()
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        return
    path = Path(place)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if place == os.environ.get(COLLECTING):
            with path.open("ab") as file:
                file.writelines(pieces)
        elif path.is_symlink() or (path.exists() and not path.is_file()):
            with path.open("wb") as file:
                file.writelines(pieces)
        else:
            write_artifact(path.parent, path.name, pieces)
    except OSError as error:
        raise UsageError(
            "unwritable-file", f"cannot write {place or repr(place)}: {error.strerror}; name another file"
        ) from None
