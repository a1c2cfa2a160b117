"""Past commits of a project, planned from the source alone: what is selected, and by which kind of edge.

    python tests/benchmarks/past_commits.py CLONE [--commits 30] [--every 1]

CLONE is copied first, and only the copy is checked out. Each commit is planned against its first parent, once so that what is
new of it is remembered, and once more for the seconds. A selected file is counted for the least certain edge of its chain:
one by a computed name rather than one by an import. Commits that change nothing are left out.
"""

# ruff: noqa: T201 - a script, run by hand, of git
from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CERTAIN = (
    "import",
    "package",
    "typing",
    "conftest",
    "plugin",
    "fixture",
    "declared",
    "lazy",
    "script",
    "string",
)
"""Kinds of edges, the most certain first; all others are less certain than these."""


@dataclass(frozen=True)
class Past:
    """A commit and its plan.

    Attributes:
        commit: its name.
        document: what `txselect plan --json` said.
        cpu: CPU seconds of the warm plan.
    """

    commit: str
    document: dict[str, Any]
    cpu: float

    @property
    def selected(self) -> int:
        """How many test files run."""
        return int(self.document["total"] if self.document["runs"] == "all" else len(self.document["files"]))

    def causes(self) -> Counter[str]:
        """Why files were selected: by changed file, and the least certain kind of edge."""
        found: Counter[str] = Counter()
        for each in self.document["files"]:
            reason = each["reason"]
            if reason is None:
                continue
            kinds = [edge["kind"] for edge in reason["chain"]]
            found[f"{max(kinds, key=rank) if kinds else 'changed itself'} <- {reason['change']}"] += 1
        return found

    def weakest(self) -> Counter[str]:
        """The least certain edges by which files were selected."""
        found: Counter[str] = Counter()
        for each in self.document["files"]:
            chain = (each["reason"] or {}).get("chain", ())
            if chain:
                edge = max(chain, key=lambda each: rank(each["kind"]))
                found[f"{edge['kind']}: {edge['source']}:{edge['line']} -> {edge['target']}"] += 1
        return found

    def row(self) -> str:
        """A row of the table."""
        whole = self.document["reason"]
        causes = self.causes().most_common(2)
        why = (
            f"everything: {whole['detail']}" if whole else "; ".join(f"{cause} ({n})" for cause, n in causes)
        )
        return (
            f"| {self.commit[:10]} | {len(self.document['changes'])} | {self.document['total']} "
            f"| {self.selected} | {self.cpu:.2f} | {why} |"
        )


def rank(kind: str) -> int:
    """How uncertain a kind of edge is."""
    return CERTAIN.index(kind) if kind in CERTAIN else len(CERTAIN)


def run(command: list[str], folder: Path) -> tuple[str, float]:
    """Run a command; its output, and CPU seconds with its children."""
    before = os.times()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    after = os.times()
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    return done.stdout, seconds


def plan(top: Path, commit: str) -> Past:
    """Check a commit out and plan it twice."""
    run(["git", "checkout", "-q", "--force", "--detach", commit], top)
    command = [sys.executable, "-m", "pytest_txselect", "plan", "--impacted-by", "HEAD~1", "--mode", "static"]
    said, _ = run([*command, "--json"], top)
    _, warm = run([*command, "--out", os.fspath(top.parent / "out")], top)
    return Past(commit, json.loads(said), warm)


def main() -> None:
    """Plan each commit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clone", type=Path)
    parser.add_argument("--commits", type=int, default=30, help="how many (default: %(default)s)")
    parser.add_argument("--every", type=int, default=1, help="take one in so many (default: %(default)s)")
    parser.add_argument("--until", default="HEAD", help="the newest (default: %(default)s)")
    parser.add_argument(
        "--edges", type=int, default=0, metavar="N", help="also the N least certain edges of each"
    )
    parser.add_argument("--json", type=Path, help="write the plans to this file as well")
    args = parser.parse_args()
    plans = []
    with tempfile.TemporaryDirectory(prefix="past-") as folder:
        top = Path(folder) / "copy"
        run(["git", "clone", "-q", os.fspath(args.clone), os.fspath(top)], Path(folder))
        log = ["git", "rev-list", "--first-parent", f"--max-count={args.commits * args.every}", args.until]
        print(
            "| commit | changed files | test files | selected | CPU s, warm | main reasons |\n|---|---:|---:|---:|---:|---|"
        )
        for commit in run(log, top)[0].split()[:: args.every]:
            plans.append(plan(top, commit))
            print(plans[-1].row(), flush=True)
            for edge, number in plans[-1].weakest().most_common(args.edges):
                print(f"    {number:5} {edge}", flush=True)
    if args.json:
        args.json.write_text(
            json.dumps(
                [{"commit": each.commit, "cpu": each.cpu, **each.document} for each in plans], indent=1
            )
        )


if __name__ == "__main__":
    main()
