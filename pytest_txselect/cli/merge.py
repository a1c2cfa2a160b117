"""`txselect merge`: the results of shards, retries and jobs in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_txselect.cli.asking import add_examples
from pytest_txselect.cli.results import read_all
from pytest_txselect.cli.terminal import open_terminal
from pytest_txselect.errors import UsageError
from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.formats import FORMATS
from pytest_txselect.report.lines import parse_lines
from pytest_txselect.report.merge import merge_lines
from pytest_txselect.report.readers.sources import read_lines
from pytest_txselect.report.readers.unreadable import UnreadableError
from pytest_txselect.report.shards import find_missing_shards
from pytest_txselect.report.texts import render_counts
from pytest_txselect.report.write import ARTIFACT_NAMES, RESULTS_NAME, prepare_folder, write_artifact
from pytest_txselect.wording import count

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from pytest_txselect.report.run import Run

__all__ = ["EXAMPLES", "add_arguments", "run"]

EXAMPLES: Final = """\
examples:
  the shards of a run, each in a folder of its own
    txselect merge shard-1/reports shard-2/reports --out reports/all
  a run and its retry: a test that failed and then passed is flaky
    txselect merge reports/first reports/retry --out reports/all
  then
    txselect report --file reports/all --fail

exit status:
  0 merged; 1 merged, and shards are missing; 2 an input has no results
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_examples(parser, EXAMPLES)
    parser.add_argument(
        "dirs",
        nargs="+",
        metavar="DIR",
        help="a report folder, a folder of those, or a file with results; given twice, it counts once",
    )
    parser.add_argument(
        "--out", required=True, metavar="DIR", help="the folder to write; artifacts in it are replaced"
    )


def run(args: argparse.Namespace) -> int:
    """Merge."""
    if not args.out:
        raise UsageError("report-folder", "--out is empty: name a folder")
    terminal = open_terminal()
    files, unreadable = read_all(args.dirs, read_lines, terminal)
    lines = list(merge_lines(files))
    merged = assemble(parse_lines(lines))
    _write(Path(args.out), lines, merged)
    streams = count(len(merged.streams), "run")
    terminal.notice(f"merged {streams} into {args.out}: {render_counts(merged.count_results())}")
    for note in (*(f"unreadable: {line}" for line in merged.damage), *_list_notes(merged)):
        terminal.notice(f"in doubt: {note}")
    missing = find_missing_shards((stream.header for stream in merged.streams), even_of_one=True)
    for line in missing:
        terminal.notice(f"error: {UsageError('missing-shards', line)}")
    for error in unreadable:
        terminal.notice(f"error: {error}")
    return UnreadableError.exit_code if unreadable else int(bool(missing))


def _list_notes(merged: Run) -> Iterator[str]:
    for stream in merged.streams:
        yield from stream.header.notes
        if stream.footer is None:
            yield f"{stream.header.report}: the run that began at {stream.header.started:.0f} broke off"


def _write(folder: Path, lines: Iterable[bytes], merged: Run) -> None:
    prepare_folder(folder)
    name = RESULTS_NAME
    try:
        write_artifact(folder, name, (line + b"\n" for line in lines))
        for name in ARTIFACT_NAMES:
            if name == "selection.json" and not merged.selections:
                (folder / name).unlink(missing_ok=True)
            else:
                write_artifact(folder, name, FORMATS[name](merged))
    except OSError as error:
        raise UsageError(
            "report-folder", f"cannot write {folder / name}: {error.strerror}; choose another --out"
        ) from None
