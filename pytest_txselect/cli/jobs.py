"""`txselect jobs`: what is selected, as lists for the jobs of the CI, with the number of machines that each of them needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_txselect.applied import Prepared, apply_selection, render_prepared
from pytest_txselect.cli.asking import add_examples, add_ref_arguments, make_plan, make_request, tell_plan
from pytest_txselect.cli.output import make_folder
from pytest_txselect.cli.terminal import open_terminal
from pytest_txselect.engine.work import find_head, list_work, plan_everything
from pytest_txselect.errors import UsageError
from pytest_txselect.jobs.duration_files import read_duration_files
from pytest_txselect.jobs.durations import Durations
from pytest_txselect.jobs.github import WORKFLOW, render_workflow
from pytest_txselect.jobs.layout import lay_out
from pytest_txselect.jobs.lists import name_list, render_documents
from pytest_txselect.jobs.services import EMITTERS
from pytest_txselect.selection_json import write_selection_json
from pytest_txselect.store.document import write_document
from pytest_txselect.store.durations import read_durations
from pytest_txselect.store.names import read_scope
from pytest_txselect.store.sqlite import StoreError
from pytest_txselect.wording import find_lines, render_headline

if TYPE_CHECKING:
    import argparse

    from pytest_txselect.cli.terminal import Terminal
    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.engine.request import Request
    from pytest_txselect.engine.work import Work
    from pytest_txselect.jobs.layout import Layout

__all__ = ["EXAMPLES", "add_arguments", "run"]

EXAMPLES: Final = """\
examples:
  the lists of all jobs that a branch gives work to
    txselect jobs --impacted-by auto --out test_preparation
  and what GitHub, CircleCI or GitLab is told about them
    txselect jobs --impacted-by auto --out test_preparation --emit github
  every test, shards cut by the JUnit files of an earlier run
    txselect jobs --out test_preparation --durations reports/
"""
DURATIONS: Final = ".test_durations"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_examples(parser, EXAMPLES)
    add_ref_arguments(parser, required=False)
    parser.add_argument(
        "--emit",
        choices=sorted(EMITTERS),
        help="write the configuration of that CI service there too (see docs/ci)",
    )
    parser.add_argument("--out", metavar="DIR", help="write the lists there (default: show a table only)")
    parser.add_argument(
        "--durations",
        metavar="PATH",
        action="append",
        default=[],
        help="how long tests take: pytest-split's .test_durations, a JUnit file, or a folder of them; may be repeated "
        "(default: what the store knows, and .test_durations in the rootdir)",
    )


def run(args: argparse.Namespace) -> int:
    """Route, count, and write."""
    terminal = open_terminal()
    request = make_request(args, terminal)
    plan = plan_everything(request) if args.impacted_by is None else make_plan(request)
    headline = render_headline(plan)
    tell_plan(plan, headline, terminal)
    work = list_work(plan, request)
    durations = _read_durations([Path(each) for each in args.durations], request, work, terminal)
    layout = lay_out(request.settings.jobs, work.tests, work.examples, work.known, durations)
    for notice in layout.notices:
        terminal.notice(notice)
    emitted = _emit(args, layout, terminal)
    _show(layout, terminal)
    if args.out is not None:
        _write(Path(args.out), layout, plan, headline, durations)
        for name, text in emitted.items():
            write_document(Path(args.out) / name, [text])
    return 0


def _emit(args: argparse.Namespace, layout: Layout, terminal: Terminal) -> dict[str, str]:
    """Render the configuration of the service that was asked for, before anything is written."""
    if args.emit is None:
        return {}
    if args.out is None:
        raise UsageError("emit-without-out", f"--emit {args.emit}: there is no place for it; add --out DIR")
    folder = Path(args.out).as_posix()
    emitted = EMITTERS[args.emit](layout.work, folder)
    if args.emit == "github":
        try:
            emitted[WORKFLOW] = render_workflow(folder)
        except (
            UsageError
        ) as error:  # the matrix is all that a run needs; the workflow has been committed before
            terminal.notice(f"{WORKFLOW} is not written: {error}")
    return emitted


def _read_durations(places: list[Path], request: Request, work: Work, terminal: Terminal) -> Durations:
    if not places:
        split = request.pytest.rootdir / DURATIONS
        found = read_duration_files([split] if split.is_file() else [], work.known)
        try:
            found |= read_durations(request.store, read_scope())
        except StoreError as error:  # costs time on some machine, and no test
            terminal.notice(str(error))
        return Durations(found)
    return Durations(read_duration_files(places, work.known))


def _show(layout: Layout, terminal: Terminal) -> None:
    width = max((len(each.job.name) for each in layout.work), default=0)
    for each in layout.work:
        seconds = "" if each.seconds is None else f", about {each.seconds:,.0f} s"
        shards = f"{each.shards} shard{'' if each.shards == 1 else 's'}"
        terminal.write(
            f"{terminal.style(each.job.name.ljust(width), 'bold')}  {len(each.tests):,} to run{seconds}, {shards}"
        )
    if not layout.work:
        terminal.write("no job has work")


def _write(out: Path, layout: Layout, plan: Plan, headline: str, durations: Durations) -> None:
    make_folder(out)
    for name in layout.idle:  # of an earlier run
        (out / name_list(name)).unlink(missing_ok=True)
    changes = plan.selection.changes
    changed = [change.path for change in changes.files] if changes else []
    for name, pieces in render_documents(layout, out.as_posix(), headline, changed):
        write_document(out / name, pieces)
    write_document(out / "selection.json", write_selection_json(plan, headline, find_lines(plan)))
    judged = plan.judged.choices if plan.judged else {}
    rootdir = plan.project.rootdir if plan.project else ""
    prepared = Prepared(apply_selection(plan.selection, "", judged), headline, find_head(plan), rootdir)
    write_document(out / "prepared.json", [render_prepared(prepared)])
    files = {test.partition("::")[0] for test in (*layout.tests, *layout.examples)}
    write_document(out / "durations.json", [json.dumps(durations.only(files), indent=0), "\n"])
