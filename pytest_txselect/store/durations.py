"""How long tests took when they last ran, on whatever Python: machines that share out work need not be those that do it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from pytest_txselect.store.evidence_schema import SCHEMA_VERSION
from pytest_txselect.store.names import EVIDENCE_FILE, decode_name
from pytest_txselect.store.sqlite import StoreError, open_read

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_txselect.store.names import Scope

__all__ = ["read_durations"]


def read_durations(folder: Path, scope: Scope) -> dict[str, float]:
    """Read the seconds of every test, by node id.

    Args:
        folder: the store's folder.
        scope: the Python and platform whose durations win over those of others.

    Raises:
        StoreError: there is a file, and it cannot be read.
    """
    connection = open_read(folder / EVIDENCE_FILE, SCHEMA_VERSION)
    if connection is None:
        return {}
    try:
        rows = connection.execute(
            "SELECT node, seconds FROM test JOIN scope ON scope.id = test.scope "
            "ORDER BY python = ? AND platform = ?, run",
            scope,
        ).fetchall()
    except sqlite3.Error as error:
        raise StoreError("store-unusable", f"recorded durations cannot be read: {error}") from error
    finally:
        connection.close()
    return {decode_name(node): seconds for node, seconds in rows}
