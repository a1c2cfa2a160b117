"""`results.jsonl` to records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.report.lines import BadLineError, parse_lines
from pytest_txselect.report.readers.unreadable import UnreadableError
from pytest_txselect.report.records import Header

if TYPE_CHECKING:
    from pytest_txselect.report.records import Record

__all__ = ["read_results"]


def read_results(data: bytes) -> list[Record | BadLineError]:
    """Read the records; lines that are none stay where they were, as errors.

    Raises:
        UnreadableError: there is no header, so nothing of a run.
    """
    items = list(parse_lines(data.split(b"\n")))
    if not any(isinstance(item, Header) for item in items):
        first = next((item for item in items if isinstance(item, BadLineError)), None)
        why = f" ({first})" if first else ""
        raise UnreadableError(
            f"it has no header of a run{why}: no results.jsonl, or its beginning is lost",
            other=not any(not isinstance(item, BadLineError) for item in items),
        )
    return items
