"""Copies a store, so that something can be tried without changing it."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from pytest_txselect.store.folder import make_folder

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["copy_store"]


def copy_store(source: Path, target: Path) -> None:
    """Copy facts and evidence as they are at one moment, though others may write; what cannot be read is left out.

    Args:
        source: folder of a store; it need not be there.
        target: folder of the copy; made.

    Raises:
        OSError: the copy cannot be made.
    """
    make_folder(target)
    for file in sorted(source.glob("*.sqlite")) if source.is_dir() else ():
        place = target / file.name
        try:
            with (
                contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as old,
                contextlib.closing(sqlite3.connect(place)) as new,
            ):
                old.backup(new)
        except (
            sqlite3.Error
        ):  # its own reader says why, where the store is used; here it is only done without
            place.unlink(missing_ok=True)
