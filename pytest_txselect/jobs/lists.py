"""The files that `txselect jobs` leaves for other steps: `docs/jobs.md` describes them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_txselect.jobs.layout import JobWork, Layout

__all__ = ["escape_line", "name_list", "render_documents"]

BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
SPECIAL: Final = re.compile(r"[\\`*_\[\]<>|~&]")
SHOWN: Final = 20
"""Changed files and notices that the summary lists."""


def escape_line(unit: str) -> str:
    """A path or node id as a line that pytest's command line takes.

    Nothing in it ends a line or looks like an option.
    """
    line = BREAKS.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), unit)
    return f"./{line}" if line.startswith(("-", "@")) else line


def name_list(job: str) -> str:
    """The name of a job's list."""
    return f"{job}_test_list.txt"


def render_documents(
    layout: Layout, folder: str, headline: str, changed: Sequence[str]
) -> Iterator[tuple[str, Iterable[str]]]:
    """Render each file, as its name and its text in pieces.

    Args:
        layout: what all jobs have to do.
        folder: where the files will lie, as other steps name it.
        headline: the selection in one line.
        changed: paths that changed, in order.
    """
    for each in layout.work:
        yield name_list(each.job.name), _lines(each.tests)
    yield "test_list.txt", _lines(layout.tests)
    yield "doctest_list.txt", _lines(layout.examples)
    yield "test_map.json", [_dump({each.job.name: list(each.tests) for each in layout.work})]
    yield "parallelism.json", [_dump(list_parameters(layout.work, folder))]
    yield "selection_summary.md", _summarise(layout, headline, changed)


def list_parameters(work: Iterable[JobWork], folder: str) -> dict[str, int | str]:
    """For each job with work the number of its shards, and its list."""
    found: dict[str, int | str] = {}
    for each in work:
        found[f"{each.job.name}_parallelism"] = each.shards
        found[f"{each.job.name}_test_list"] = f"{folder}/{name_list(each.job.name)}"
    return found


def _lines(units: Iterable[str]) -> Iterator[str]:
    return (f"{escape_line(unit)}\n" for unit in units)


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=1) + "\n"


def _summarise(layout: Layout, headline: str, changed: Sequence[str]) -> Iterator[str]:
    yield f"# Selected tests\n\n{_escape(headline)}\n\n"
    if layout.work:
        yield "| job | files and tests | expected seconds | shards |\n|---|---:|---:|---:|\n"
    for each in layout.work:
        seconds = "" if each.seconds is None else f"{each.seconds:,.0f}"
        yield f"| {_escape(each.job.name)} | {len(each.tests):,} | {seconds} | {each.shards} |\n"
    if layout.idle:
        yield f"\nWithout work: {', '.join(map(_escape, layout.idle))}\n"
    yield from _list("Worth a look", layout.notices)
    yield from _list("Changed", changed)


def _list(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"\n## {title}\n\n"
        yield from (f"- {_escape(line)}\n" for line in lines[:SHOWN])
        if len(lines) > SHOWN:
            yield f"- and {len(lines) - SHOWN:,} more\n"


def _escape(text: str) -> str:
    """A text from outside as it stands in Markdown."""
    return SPECIAL.sub(r"\\\g<0>", escape_line(text).encode("utf-8", "backslashreplace").decode())
