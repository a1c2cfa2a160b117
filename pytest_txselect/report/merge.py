"""Several `results.jsonl` to one: the streams of all of them, each once, in order of their start.

What is merged is the set of streams, so the order in which files are given does not matter, nor whether they
are merged at once or one after the other, nor how often one of them comes. Of two copies of a stream the
complete one, then the longer one is kept. Lines that nobody can read stay where they were.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.lines import BadLineError, parse_line, render_line
from pytest_txselect.report.records import Header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_txselect.report.records import Record

__all__ = ["merge_lines", "render_records"]

_HEADER: Final = b'"header"'
_FOOTER: Final = b'"footer"'


@dataclass(frozen=True, slots=True)
class _Copy:
    """A stream as one file has it.

    Attributes:
        header: how it begins.
        lines: its lines, the header's first.
    """

    header: Header
    lines: tuple[bytes, ...]

    @property
    def order(self) -> tuple[float, str]:
        """Its place among the streams."""
        return self.header.started, self.header.run

    @property
    def worth(self) -> tuple[bool, int, tuple[bytes, ...]]:
        """Which of two copies is kept: the greater one."""
        return _is_complete(self.lines), len(self.lines), self.lines


def _is_complete(lines: Sequence[bytes]) -> bool:
    return _FOOTER in lines[-1] or any(_FOOTER in line for line in lines)


def merge_lines(files: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """Merge files.

    Args:
        files: the lines of each, with or without their newlines.

    Yields:
        The lines of the merge, without newlines.
    """
    kept: dict[str, _Copy] = {}
    for lines in files:
        for copy in _split(lines):
            other = kept.get(copy.header.run)
            if other is None or copy.worth > other.worth:
                kept[copy.header.run] = copy
    for copy in sorted(kept.values(), key=lambda each: each.order):
        yield from copy.lines


def _split(lines: Iterable[bytes]) -> Iterator[_Copy]:
    """Split the lines of a file into streams."""
    header: Header | None = None
    held: list[bytes] = []
    for line in lines:
        text = line.strip()
        if not text:
            continue
        begun = _parse_header(text)
        if begun is not None:
            if held:
                yield _make(header, held)
            header, held = begun, [text]
        else:
            held.append(text)
    if held:
        yield _make(header, held)


def _parse_header(line: bytes) -> Header | None:
    if _HEADER not in line:
        return None
    try:
        record = parse_line(line)
    except BadLineError:
        return None
    return record if isinstance(record, Header) else None


def _make(header: Header | None, lines: list[bytes]) -> _Copy:
    """Make a copy; one that has no header, or none with a name, gets one, so that it is known again."""
    if header is not None and header.run:
        return _Copy(header, tuple(lines))
    digest = hashlib.sha256(b"\n".join(lines)).hexdigest()[:32]
    if header is None:
        made = Header(run=digest, notes=("records without a header: the beginning of the file is lost",))
        return _Copy(made, (render_line(made).encode("ascii"), *lines))
    named = parse_line(lines[0].replace(b'"header"', f'"header","run":"{digest}"'.encode(), 1))
    assert isinstance(named, Header)  # noqa: S101 - it was one before
    return _Copy(named, (render_line(named).encode("ascii"), *lines[1:]))


def render_records(records: Iterable[Record | BadLineError]) -> Iterator[bytes]:
    """Render records as lines; what could not be read is a line that cannot be read either, with the reason."""
    for record in records:
        if isinstance(record, BadLineError):
            yield f"unreadable: {record}".encode("ascii", "backslashreplace")
        else:
            yield render_line(record).encode("ascii")
