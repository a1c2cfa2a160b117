"""`txselect store`: what is remembered of earlier runs, how to share it, and how to make it smaller."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_txselect.cli.asking import add_examples, add_project_arguments, make_request
from pytest_txselect.cli.terminal import open_terminal
from pytest_txselect.engine.stored import find_evidence_files, import_coverage, look_at_store
from pytest_txselect.engine.tidying import tidy_store
from pytest_txselect.store.merging import merge_stores
from pytest_txselect.wording import count, render_age, render_safety, render_size, show

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_txselect.cli.terminal import Terminal
    from pytest_txselect.engine.stored import Stored
    from pytest_txselect.store.overview import ScopeOverview

__all__ = ["EXAMPLES", "add_arguments", "run"]

EXAMPLES: Final = """\
examples:
  how much of the suite is known, and how old is that?
    txselect store info
  put together what the shards of a CI run recorded
    txselect store merge shard-1/.txselect shard-2/.txselect
  make it smaller
    txselect store gc
"""
SHOWN_FILES: Final = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_examples(parser, EXAMPLES)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    info = _add_action(actions, "info", "its place, size, and age, and how much of the suite it covers")
    info.add_argument("--json", action="store_true", help="write the same for programs")
    _add_action(actions, "gc", "forget what neither the work tree nor HEAD has any more")
    merge = _add_action(actions, "merge", "add what other stores have recorded, such as those of shards")
    coverage = _add_action(
        actions, "import-coverage", "add what a file of the coverage library says of tests"
    )
    coverage.add_argument(
        "file",
        metavar="FILE",
        help="a .coverage file of `pytest --cov --cov-context=test`; on Python 3.14 with COVERAGE_CORE=ctrace",
    )
    merge.add_argument(
        "stores", metavar="STORE", nargs="+", help="a .txselect folder, or its evidence.sqlite"
    )


def _add_action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, line: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=line, description=line, allow_abbrev=False)
    add_project_arguments(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked for."""
    terminal = open_terminal()
    actions = {"info": _tell_info, "gc": _collect, "merge": _merge, "import-coverage": _import_coverage}
    actions[args.action](args, terminal)
    return 0


def _tell_info(args: argparse.Namespace, terminal: Terminal) -> None:
    stored = look_at_store(make_request(args, terminal))
    if args.json:
        terminal.write(json.dumps(_describe(stored), indent=1))
        return
    for number, line in enumerate(_render_info(stored, time.time())):
        terminal.write(terminal.style(line, *(() if number else ("bold",))))


def _render_info(stored: Stored, now: float) -> Iterator[str]:
    found = stored.overview
    yield f"{stored.folder}: {render_size(found.size) if found.size else 'nothing is remembered yet'}"
    if found.trouble:
        yield f"evidence: {found.trouble}"
    elif found.scopes:
        versions = f"{count(found.versions, 'version')} of {count(found.files, 'file')}"
        yield f"evidence: {render_size(found.evidence)}, schema {found.schema}, {versions}"
    else:
        yield "evidence: none; record a run with --txselect-record"
    for scope in found.scopes:
        yield from _render_scope(scope, stored, now)
    for file in found.facts:
        content = (
            "cannot be read, and is made anew when it is needed"
            if file.facts < 0
            else f"facts of {count(file.facts, 'content')}, {count(file.graphs, 'graph')}"
        )
        yield f"{file.name}: {render_size(file.size)}, {content}"
    if stored.safety.audits:
        yield render_safety(stored.safety)
    for name, size in found.aside:
        yield f"{name}: {render_size(size)}, set aside since it could not be used; it can be deleted"


def _render_scope(scope: ScopeOverview, stored: Stored, now: float) -> Iterator[str]:
    yield f"{scope.scope.python} on {scope.scope.platform}:"
    gapped = f", of {scope.gapped:,} of them not all that they did" if scope.gapped else ""
    yield f"    evidence of {scope.evidence:,} of {count(scope.tests, 'test')} that are known{gapped}"
    files = stored.covered(scope)
    if stored.tests is not None:
        share = f" ({100 * files // len(stored.tests)} %)" if stored.tests else ""
        yield f"    of {files:,} of {count(len(stored.tests), 'test file')} of the project{share}"
    at = f" at {scope.revision[:7]}" if scope.revision else ""
    yield f"    recorded{at}, {render_age(now - scope.made)} ago, in {count(scope.runs, 'run')}"
    whole = f"{render_age(now - scope.complete)} ago" if scope.complete else "never"
    yield f"    everything was last recorded in one run: {whole}"
    failed = f"; {count(scope.failed, 'test')} failed in the last run" if scope.failed else ""
    yield f"    all tests together take {scope.seconds:,.1f} s{failed}"


def _describe(stored: Stored) -> dict[str, object]:
    """The same for programs."""
    found = stored.overview
    return {
        "schema": 1,
        "path": str(stored.folder),
        "size": found.size,
        "test_files": None if stored.tests is None else len(stored.tests),
        "evidence": {
            "size": found.evidence,
            "schema": found.schema,
            "trouble": found.trouble,
            "files": found.files,
            "versions": found.versions,
            "scopes": [
                {
                    "python": scope.scope.python,
                    "platform": scope.scope.platform,
                    "tests": scope.tests,
                    "evidence": scope.evidence,
                    "gapped": scope.gapped,
                    "failed": scope.failed,
                    "seconds": round(scope.seconds, 3),
                    "test_files": stored.covered(scope),
                    "runs": scope.runs,
                    "recorded": scope.made,
                    "commit": scope.revision or None,
                    "complete": scope.complete or None,
                }
                for scope in found.scopes
            ],
        },
        "facts": [
            {"name": file.name, "size": file.size, "facts": file.facts, "graphs": file.graphs}
            for file in found.facts
        ],
        "audits": asdict(stored.safety),
        "aside": [{"name": name, "size": size} for name, size in found.aside],
    }


def _collect(args: argparse.Namespace, terminal: Terminal) -> None:
    request = make_request(args, terminal)
    before = look_at_store(request).overview.size
    tidied = tidy_store(request)
    after = look_at_store(request).overview.size
    gone = tidied.evidence
    tests = f"{count(gone.tests, 'test')} that {'is' if gone.tests == 1 else 'are'} no more"
    sets = f"{count(gone.sets, 'set')} of evidence and {count(gone.versions, 'version')} of files"
    terminal.write(
        f"forgotten: {tests}, {sets} that no test needs, facts of {count(tidied.facts, 'content')}"
    )
    terminal.write(
        f"{render_size(max(before - after, 0))} freed: {render_size(before)} before, {render_size(after)} now"
    )


def _merge(args: argparse.Namespace, terminal: Terminal) -> None:
    request = make_request(args, terminal)
    sources = find_evidence_files(Path(each) for each in args.stores)
    merged = merge_stores(request.store, sources)
    if merged.said:
        terminal.notice(merged.said)
    tests = count(merged.tests, "test")
    terminal.write(
        f"{show(str(request.store))}: {tests} {'is' if merged.tests == 1 else 'are'} new or newer, "
        f"from {count(len(sources), 'store')}"
    )


def _import_coverage(args: argparse.Namespace, terminal: Terminal) -> None:
    request = make_request(args, terminal)
    covered = import_coverage(request, Path(args.file))
    tests = len(covered.recording.tests)
    known = f"; better evidence of {count(covered.known, 'test')} is there" if covered.known else ""
    terminal.write(f"{show(str(request.store))}: {count(tests, 'test')} imported{known}")
    for path in covered.stale[:SHOWN_FILES]:
        terminal.notice(f"{path}: changed since, or cannot be read; nobody knows what was executed of it")
    if len(covered.stale) > SHOWN_FILES:
        terminal.notice(f"and {len(covered.stale) - SHOWN_FILES:,} more files")
    terminal.notice(
        "what tests opened, started and imported is not in a coverage file: until a run is recorded, the source "
        "decides about them"
    )
