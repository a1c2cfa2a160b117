"""A saved log of pytest to records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.report.readers.log.records import make_records
from pytest_txselect.report.readers.log.screen import read_screen
from pytest_txselect.report.readers.log.sessions import find_sessions

if TYPE_CHECKING:
    from pytest_txselect.report.records import Record

__all__ = ["read_log"]


def read_log(data: bytes, name: str) -> list[Record]:
    """Read a log.

    Args:
        data: its content.
        name: id for its report; of a log with several runs, the later ones get `#2` and so on, since the same
            node id in two of them is not known to be the same test.

    Raises:
        UnreadableError: it says nothing certain about a run.
    """
    records: list[Record] = []
    for number, session in enumerate(find_sessions(read_screen(data)), 1):
        records += make_records(session, name if number == 1 else f"{name}#{number}")
    return records
