"""Walk a project's history forward, beside full runs: what we run at each commit, and what that misses.

    python tests/benchmarks/walk_forward.py CLONE --python PYTHON [--source src] [--commits 50] [--fault-every 5]

CLONE is copied twice. At a commit some way back everything runs in both copies, and is recorded in ours. Then commit by
commit, along first parents, ours runs `pytest --impacted-by=HEAD~1 --txselect-record`, with what it remembers, and the other
one the whole suite with the plugin switched off. A failing test of the whole suite that ours did not run is

- MISSED, if it passed at the commit before, or was not there;
- STALE, if it failed there too: what failed stays selected until it passes, so this is a fault of ours as well;

and one that ours ran with another outcome is named as well. Each of them runs once more alone, which tells whether it
depends on other tests; and `txselect explain` says why it did not run.

History rarely fails. So `--fault-every K` puts a seeded fault on top of every K-th commit, as a commit of its own, in both
copies; the walk goes on from the commit below it, with what was remembered while the fault was there.

PYTHON needs pytest, the project's dependencies and this package; the sources come from the copies, by PYTHONPATH.
"""

# ruff: noqa: T201 - a script, run by hand, of git and the project's own tests
from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from seeded_faults import KINDS, seed_fault
from working_copy import NOT_BEGUN, make_copy

if TYPE_CHECKING:
    from working_copy import Outcomes, WorkingCopy


@dataclass(frozen=True)
class Finding:
    """A difference between both runs: the test, what it is, its outcome when it runs alone, and our explanation."""

    test: str
    kind: str
    alone: str
    explanation: str


@dataclass(frozen=True)
class Step:
    """One commit of the walk."""

    name: str
    fault: str
    changed: tuple[str, ...]
    full: Outcomes
    ours: Outcomes
    why: str
    findings: tuple[Finding, ...] = ()

    @property
    def row(self) -> str:
        """A row of the table."""
        missed = sum(each.kind == "MISSED" for each in self.findings)
        stale = sum(each.kind == "STALE" for each in self.findings)
        return (
            f"| {self.name} | {len(self.changed)} | {len(self.full.tests)} | {len(self.ours.tests)} "
            f"| {self.full.cpu:.1f} | {self.ours.cpu:.1f} | {len(self.full.failing)} "
            f"| {len(self.ours.failing)} | {missed or ''}{f' +{stale} stale' if stale else ''} | {self.fault or self.why} |"
        )


HEAD = (
    "| commit | changed files | tests | ours ran | CPU s | ours | failures | ours | missed | fault, or why most of ours ran |",
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|",
)


@dataclass
class Walk:
    """Both copies on their way.

    Attributes:
        full: the copy in which everything runs.
        ours: the copy in which what we select runs.
        faults: places that can be given to a fault: a folder of sources.
        rng: chooses faults.
    """

    full: WorkingCopy
    ours: WorkingCopy
    faults: str
    rng: random.Random

    def start(self, commit: str) -> Outcomes:
        """Run everything in both copies, and record in ours."""
        for copy in (self.full, self.ours):
            copy.show(commit)
        full = self.full.pytest("-p", "no:txselect")
        ours = self.ours.pytest("--txselect-record")
        print(
            f"{commit[:10]}: {len(full.tests)} tests, {len(full.failing)} fail, {full.cpu:.1f} CPU s; "
            f"recorded {len(ours.tests)}, {len(ours.failing)} fail, {ours.cpu:.1f} CPU s",
            flush=True,
        )
        for test in sorted(full.failing)[:20]:
            print(f"  fails: {test}", flush=True)
        return full

    def step(self, name: str, before: Outcomes, fault: str = "") -> Step:
        """Run what is checked out in both copies, and compare."""
        changed = self.full.changed("HEAD~1")
        full = self.full.pytest("-p", "no:txselect")
        ours = self.ours.pytest("--impacted-by=HEAD~1", "--txselect-record")
        step = Step(name, fault, changed, full, ours, self.ours.why())
        step = replace(step, findings=tuple(self.find(full, ours, before)))
        print(step.row, flush=True)
        for each in step.findings:
            print(f"    {each.kind}: {each.test}; alone: {each.alone}", flush=True)
        return step

    def find(self, full: Outcomes, ours: Outcomes, before: Outcomes) -> list[Finding]:
        """Every difference between the failures of both."""
        found = []
        for test in sorted(full.failing ^ ours.failing):
            if test == NOT_BEGUN:
                found.append(Finding(test, "BEGUN", "", (ours if full.broken else full).tail))
                continue
            if test not in full.failing:
                kind = f"fails in ours only, {full.tests.get(test, 'not run')} in the whole suite"
            elif test in ours.tests:
                kind = f"{ours.tests[test]} in ours"
            else:
                kind = "STALE" if test in before.failing else "MISSED"
            alone = self.full.pytest("-p", "no:txselect", test)
            outcome = "failed" if test in alone.failing else alone.tests.get(test, "not run")
            found.append(Finding(test, kind, outcome, "" if test in ours.tests else self.ours.explain(test)))
        return found

    def fault(self, kind: str) -> str:
        """Commit a fault in both copies; its place in words, empty where no file has one of that kind."""
        listed = self.full.git("ls-files", "-z", "--", f":(glob){self.faults}/**/*.py").split("\0")[:-1]
        self.rng.shuffle(listed)
        for path in listed:
            text = (self.full.top / path).read_bytes().decode("utf-8", "surrogateescape")
            found = seed_fault(text, self.rng, kind) if text.isprintable() or "\n" in text else None
            if found is not None:
                for copy in (self.full, self.ours):
                    copy.commit_fault(path, found[1])
                return f"fault: {kind}, {path}, {found[0]}"
        return ""


def list_commits(copy: WorkingCopy, until: str, number: int) -> list[str]:
    """The start and the commits after it along first parents that touch something, oldest first."""
    listed = copy.git("rev-list", "--first-parent", f"--max-count={number * 3}", until).split()
    found = [each for each in listed[:-1] if copy.git("diff", "--name-only", f"{each}~1", each).strip()]
    chosen = found[:number]
    return [copy.git("rev-parse", f"{chosen[-1]}~1").strip(), *reversed(chosen)]


def walk(args: argparse.Namespace, folder: Path) -> list[Step]:
    """Walk forward."""
    extra = tuple(args.pytest_args.split())
    copies = [
        make_copy(args.clone, folder / name, python=args.python, source=args.source, extra=extra)
        for name in ("full", "ours")
    ]
    going = Walk(copies[0], copies[1], args.faults, random.Random(args.seed))  # noqa: S311 - to be repeated
    start, *commits = list_commits(copies[0], args.until, args.commits)
    before, kinds, steps = going.start(start), list(KINDS), []
    for line in HEAD:
        print(line)
    for number, commit in enumerate(commits, 1):
        for copy in copies:
            copy.show(commit)
        steps.append(going.step(commit[:10], before))
        before = steps[-1].full
        if args.fault_every and number % args.fault_every == 0:
            fault = going.fault(kinds[number // args.fault_every % len(kinds)])
            if fault:
                steps.append(going.step(f"{commit[:10]} + fault", before, fault))
    return steps


def sum_up(steps: list[Step]) -> str:
    """What the table comes to."""
    whole, part = sum(len(each.full.tests) for each in steps), sum(len(each.ours.tests) for each in steps)
    kinds = Counter(finding.kind for each in steps for finding in each.findings)
    failing = [each for each in steps if each.full.failing]
    shares = sorted(len(each.ours.tests) / (len(each.full.tests) or 1) for each in steps)
    lines = [
        f"{len(steps)} steps, {len(failing)} with failures",
        f"tests: {whole} in full runs, {part} in ours: {part / whole:.1%}, median {shares[len(shares) // 2]:.1%}",
    ]
    for name in ("cpu", "wall"):
        full, ours = (
            sum(getattr(run, name) for run in runs)
            for runs in zip(*((each.full, each.ours) for each in steps), strict=True)
        )
        lines.append(f"{name} seconds: {full:.0f} in full runs, {ours:.0f} in ours: {ours / full:.1%}")
    lines.append(
        f"failures: {sum(len(each.full.failing) for each in steps)} in full runs, "
        f"{sum(len(each.ours.failing) for each in steps)} in ours; {dict(kinds) or 'no difference'}"
    )
    return "\n".join(lines)


def main() -> None:
    """Walk, and write what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "clone", type=Path, help="a clone of the project with its history; only copies are changed"
    )
    parser.add_argument(
        "--python", default=sys.executable, help="has pytest, the project's dependencies and us"
    )
    parser.add_argument("--source", default="src", help="what goes on PYTHONPATH (default: %(default)s)")
    parser.add_argument("--commits", type=int, default=50, help="how many (default: %(default)s)")
    parser.add_argument("--until", default="HEAD", help="the last of them (default: %(default)s)")
    parser.add_argument("--pytest-args", default="", help="more arguments of pytest, as paths of tests")
    parser.add_argument(
        "--fault-every", type=int, default=0, metavar="K", help="a fault on top of every K-th commit"
    )
    parser.add_argument(
        "--faults", default="src", metavar="DIR", help="where faults go (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the faults (default: %(default)s)")
    parser.add_argument("--keep", type=Path, help="leave both copies there, in a folder that is made")
    parser.add_argument("--json", type=Path, help="write everything to this file as well")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="walk-") as temporary:
        steps = walk(args, args.keep or Path(temporary))
    print(f"\n{sum_up(steps)}")
    if args.json:
        args.json.write_text(json.dumps([asdict(each) for each in steps], indent=1))


if __name__ == "__main__":
    main()
