"""A saved log of pytest to records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.report.readers.log.records import make_records
from pytest_txselect.report.readers.log.screen import is_binary, read_screen
from pytest_txselect.report.readers.log.sessions import find_sessions
from pytest_txselect.report.readers.unreadable import UnreadableError

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
    try:
        sessions = find_sessions(read_screen(data))
    except UnreadableError as error:
        if error.other and is_binary(data):
            raise UnreadableError("it is binary: no saved output of pytest", other=True) from None
        raise
    for number, session in enumerate(sessions, 1):
        records += make_records(session, name if number == 1 else f"{name}#{number}")
    return records
