"""The history of audits: `audits.jsonl` in the store, one JSON object a line, to which each audit appends one.

Keys: `schema` (1), `time` (seconds since 1970), `base` and `commit` (names of commits; empty where unknown),
`python`, `mode`, `runs` ("all", "some", "none": what the selection would have run), `tests`, `chosen`, `seconds`,
`spared` (seconds of the tests that would not have run), `failures`, `missed` (node ids). A line that cannot be read
(cut off by a kill, written by a later version) is passed over.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.store.folder import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["AuditRecord", "Safety", "append_audit", "read_audits", "weigh_audits"]

FILE: Final = "audits.jsonl"
SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One audit; see above for what each attribute is."""

    time: float
    base: str
    commit: str
    python: str
    mode: str
    runs: str
    tests: int
    chosen: int
    seconds: float
    spared: float
    failures: int
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Safety:
    """What a history of audits says.

    Attributes:
        audits: how many there were.
        safe: those that missed nothing.
        failures: tests that failed in them.
        found: those of these that the selection would have run.
        tests: tests that ran in them.
        chosen: those of these that the selection would have run.
    """

    audits: int
    safe: int
    failures: int
    found: int
    tests: int
    chosen: int


def append_audit(folder: Path, record: AuditRecord) -> None:
    """Add an audit to the history.

    Args:
        folder: the store's; made where there is none.
        record: the audit.

    Raises:
        OSError: it cannot be written; what was there is there still.
    """
    make_folder(folder)
    line = json.dumps({"schema": SCHEMA_VERSION, **asdict(record)}) + "\n"
    file = os.open(folder / FILE, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        end = os.lseek(file, 0, os.SEEK_END)
        cut_off = end > 0 and os.pread(file, 1, end - 1) != b"\n"
        os.write(file, (b"\n" if cut_off else b"") + line.encode("ascii"))
    finally:
        os.close(file)


def read_audits(folder: Path) -> list[AuditRecord]:
    """The history, oldest first; empty where there is none.

    Raises:
        OSError: it cannot be read.
    """
    try:
        lines = (folder / FILE).read_bytes().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [record for line in lines if (record := _parse_line(line)) is not None]


def weigh_audits(records: Iterable[AuditRecord]) -> Safety:
    """Say how safe selections were."""
    every = list(records)
    failures = sum(each.failures for each in every)
    return Safety(
        len(every),
        sum(not each.missed for each in every),
        failures,
        failures - sum(len(each.missed) for each in every),
        sum(each.tests for each in every),
        sum(each.chosen for each in every),
    )


def _parse_line(line: bytes) -> AuditRecord | None:
    """An audit; None of a line that is none."""
    try:
        document: Any = json.loads(line)
        if document.pop("schema") != SCHEMA_VERSION:
            return None
        return AuditRecord(
            time=float(document["time"]),
            base=str(document["base"]),
            commit=str(document["commit"]),
            python=str(document["python"]),
            mode=str(document["mode"]),
            runs=str(document["runs"]),
            tests=int(document["tests"]),
            chosen=int(document["chosen"]),
            seconds=float(document["seconds"]),
            spared=float(document["spared"]),
            failures=int(document["failures"]),
            missed=tuple(map(str, document["missed"])),
        )
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
