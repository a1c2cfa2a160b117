"""The sections ERRORS and FAILURES: a headline, a traceback and captured output for each result.

Captured output may hold whole runs of pytest, headlines and all. Where the results are known by name, each
block is the first one under the name that is expected next; else the headlines are all there is.
"""

from __future__ import annotations

import bisect
import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.readers.log.grammar import RULE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

__all__ = ["Block", "align_blocks", "find_blocks", "read_block"]

_FRAME: Final = re.compile(r"(?P<file>\S.*?):(?P<line>\d+): (?:[\w.]+|in .*)?(?:: .*)?")
_ERROR: Final = re.compile(r"E(?: {1,}(?P<text>.*))?")
_SECTIONS: Final = ("ERRORS", "FAILURES")
_HEADINGS: Final = frozenset(
    {
        *_SECTIONS,
        *("XFAILURES", "PASSES", "XPASSES", "warnings summary", "warnings summary (final)"),
        "short test summary info",
    }
)


@dataclass(frozen=True, slots=True)
class Block:
    """A block below a headline.

    Attributes:
        section: ERRORS or FAILURES.
        title: the headline.
        begin: index of its first line.
        end: index after its last one.
        certain: no heading of a later section came before it: those may be of what a test has printed.
    """

    section: str
    title: str
    begin: int
    end: int
    certain: bool = True


def find_blocks(lines: Sequence[str]) -> list[Block]:
    """Find all headlines of a run, those that tests have printed among them; each block ends where the next begins."""
    blocks: list[Block] = []
    section, title, begin, certain = "", "", -1, True
    for index, line in enumerate(lines):
        rule = RULE.fullmatch(line.rstrip()) if line[:1] in {"=", "_"} else None
        if rule is None or rule["title"].startswith("_ ") or (rule["sign"] == "_" and not section):
            continue
        if rule["sign"] == "=" and rule["title"] not in _HEADINGS:
            continue
        if title:
            blocks.append(Block(section, title, begin, index, certain))
        title = ""
        if rule["sign"] == "_":
            title, begin = rule["title"], index + 1
        elif rule["title"] in _SECTIONS:
            section = rule["title"]
        elif section:
            certain = False
    if title:
        blocks.append(Block(section, title, begin, len(lines), certain))
    return blocks


def align_blocks(blocks: Sequence[Block], expected: Iterable[Collection[str]]) -> list[Block | None]:
    """Find for each expected headline the next block that has it; between them is what tests have printed.

    Args:
        blocks: all that there are.
        expected: for each result the headlines that it may have.

    Returns:
        A block for each of `expected`, which ends where the next one that was found begins; None where there
        is none.
    """
    positions: dict[str, list[int]] = {}
    for number, block in enumerate(blocks):
        positions.setdefault(block.title, []).append(number)
    found: list[int | None] = []
    position = 0
    for titles in expected:
        after = [_find_next(positions.get(title, ()), position) for title in titles]
        nearest = min((each for each in after if each is not None), default=None)
        found.append(nearest)
        if nearest is not None:
            position = nearest + 1
    following = dict(itertools.pairwise(sorted(each for each in found if each is not None)))
    return [None if number is None else _extend(blocks, number, following.get(number)) for number in found]


def _find_next(positions: Sequence[int], begin: int) -> int | None:
    place = bisect.bisect_left(positions, begin)
    return positions[place] if place < len(positions) else None


def _extend(blocks: Sequence[Block], number: int, following: int | None) -> Block:
    block = blocks[number]
    if following is None or blocks[following].section != block.section:
        return block
    return Block(block.section, block.title, block.begin, blocks[following].begin - 1)


@dataclass(frozen=True, slots=True)
class Content:
    """What a block says: traceback, captured output as (title, text), message, and the place of the failure."""

    traceback: str
    sections: tuple[tuple[str, str], ...]
    reason: str
    file: str
    line: int


def read_block(lines: Sequence[str]) -> Content:
    """Read the lines of a block."""
    trace: list[str] = []
    sections: list[tuple[str, list[str]]] = []
    for line in lines:
        rule = RULE.fullmatch(line.rstrip()) if line.startswith("---") else None
        if rule and (rule["title"].startswith("Captured ") or sections):
            sections.append((rule["title"], []))
        elif sections:
            sections[-1][1].append(line)
        else:
            trace.append(line)
    file, number = _find_place(trace)
    return Content(
        "\n".join(trace).strip("\n"),
        tuple((title, "\n".join(text) + "\n") for title, text in sections),
        _find_message(trace),
        file,
        number,
    )


def _find_place(trace: Sequence[str]) -> tuple[str, int]:
    for line in reversed(trace):
        if match := _FRAME.fullmatch(line):
            return match["file"], int(match["line"][:9])
    return "", 0


def _find_message(trace: Sequence[str]) -> str:
    """Find the message: the last lines in a row that begin with `E`."""
    groups: list[list[str]] = []
    inside = False
    for line in trace:
        match = _ERROR.fullmatch(line)
        if match:
            if not inside:
                groups.append([])
            groups[-1].append(match["text"] or "")
        inside = match is not None
    return "\n".join(_list_message(groups[-1])) if groups else (_last(trace))


def _list_message(group: Sequence[str]) -> Iterator[str]:
    for text in group:
        yield text.rstrip()


def _last(trace: Sequence[str]) -> str:
    return next((line.strip() for line in reversed(trace) if line.strip()), "")
