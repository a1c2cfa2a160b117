"""The history of audits: what was appended is read, whatever else is in the file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.store.audits import AuditRecord, Safety, append_audit, read_audits, weigh_audits

if TYPE_CHECKING:
    from pathlib import Path

RECORD = AuditRecord(
    1.5, "b" * 40, "c" * 40, "cpython-313", "auto", "some", 10, 4, 8.5, 5.25, 2, ("t.py::\udcff",)
)
SAFE = replace(RECORD, time=2.5, failures=1, missed=())


def test_appended_is_read(tmp_path: Path) -> None:
    """In the same order, with names that are no text."""
    assert read_audits(tmp_path / "store") == []
    append_audit(tmp_path / "store", RECORD)
    append_audit(tmp_path / "store", SAFE)
    assert read_audits(tmp_path / "store") == [RECORD, SAFE]
    assert (tmp_path / "store/.gitignore").exists()


@pytest.mark.parametrize(
    "line",
    [
        b'{"schema": 1, "time": 1',
        b"",
        b"[]",
        b"\xff\xfe",
        b'{"schema": 2}',
        b'{"schema": 1, "time": "x"}',
        b"null",
    ],
)
def test_other_lines_are_passed_over(tmp_path: Path, line: bytes) -> None:
    """A line that was cut off, or is from another version, hides no other."""
    append_audit(tmp_path, RECORD)
    with (tmp_path / "audits.jsonl").open("ab") as file:
        file.write(line)
    append_audit(tmp_path, SAFE)
    assert read_audits(tmp_path) == [RECORD, SAFE]


def test_weight() -> None:
    """How safe selections were is how many audits missed nothing, and how many failures were found."""
    assert weigh_audits([RECORD, SAFE]) == Safety(2, 1, 3, 2, 20, 8)
    assert weigh_audits([]) == Safety(0, 0, 0, 0, 0, 0)
