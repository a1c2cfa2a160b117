"""Our plan beside that of a project's own `utils/tests_fetcher.py`, at past commits.

    python tests/benchmarks/beside_tests_fetcher.py CLONE [--commits 10] [--every 40] [--python PYTHON]

CLONE is a clone of diffusers, or of another project with that script; it is copied first, and only the copy is checked out.
PYTHON runs the script, and needs GitPython. At each commit that changed a Python file of the package, every so many of them,
the script selects against the parent commit, and so do we, cold first and then warm. Each file that only one of both
selects is explained:

- ours alone: by the first edge of our chain that the script does not have, and what stands on that line;
- theirs alone: by the changed file, and what we take its change for.
"""

# ruff: noqa: T201 - a script, run by hand, of git and of the project's own script
from __future__ import annotations

import argparse
import collections
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EDGES = """\
import json, sys
sys.path.insert(0, "utils")
import tests_fetcher as fetcher
others = {"PATH_TO_REPO", "PATH_TO_EXAMPLES"}
packages = [value for name, value in vars(fetcher).items() if name.startswith("PATH_TO_") and name not in others]
files = {str(path.relative_to(fetcher.PATH_TO_REPO)) for top in packages for path in top.glob("**/*.py")}
cache, edges = {}, {}
for path in sorted(files):
    edges[path] = sorted(set(fetcher.get_module_dependencies(path, cache=cache)))
json.dump(edges, sys.stdout)
"""
SECTION = re.compile(r"^### (.+?) ###\n((?:.*\n)*?)(?=\n*### |\Z)", re.MULTILINE)
IGNORED = re.compile(r"^Ignoring diff in (\S+) as it only concerns docstrings", re.MULTILINE)


@dataclass(frozen=True)
class Theirs:
    """What the script said.

    Attributes:
        tests: the test files it selects.
        modified: the changed files it looks at.
        ignored: changed files that it takes for changed in docstrings or comments only.
        edges: direct dependencies of each file.
        trouble: why it runs everything after all; empty where it does not.
        seconds: CPU seconds.
    """

    tests: frozenset[str]
    modified: frozenset[str]
    ignored: frozenset[str]
    edges: dict[str, list[str]]
    trouble: str
    seconds: float


@dataclass(frozen=True)
class Ours:
    """What `txselect plan --json` said, and CPU seconds cold and warm."""

    document: dict[str, Any]
    cold: float
    warm: float

    @property
    def files(self) -> dict[str, dict[str, Any]]:
        """The test files that run, with their reasons."""
        return {each["path"]: each for each in self.document["files"] if is_test(each["path"])}


def is_test(path: str) -> bool:
    """Whether a path names a test file, as both conventions have it."""
    return path.rpartition("/")[2].startswith("test_") and path.endswith(".py")


def run(command: list[str], folder: Path) -> tuple[str, float]:
    """Run a command, with bytecode as an installed one has it; its output, and CPU seconds with its children."""
    before = os.times()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    after = os.times()
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    return done.stdout, seconds


def ask_them(top: Path, python: str) -> Theirs:
    """Run the project's own script against the parent commit."""
    with tempfile.TemporaryDirectory() as out:
        options = ["--output_file", f"{out}/list.txt", "--json_output_file", f"{out}/map.json"]
        said, seconds = run([python, "utils/tests_fetcher.py", "--diff_with_last_commit", *options], top)
    parts = {name: re.findall(r"^- (.+)$", text, re.MULTILINE) for name, text in SECTION.findall(said)}
    tests = parts.get("TEST TO RUN", []) + parts.get("EXAMPLES TEST TO RUN", [])
    trouble = re.search(r"^Error when trying to grab the relevant tests: (.*)$", said, re.MULTILINE)
    edges = json.loads(run([python, "-c", EDGES], top)[0])
    return Theirs(
        frozenset(
            each for each in tests if (top / each).is_file() and each.rpartition("/")[2].startswith("test_")
        ),
        frozenset(parts.get("MODIFIED FILES", [])),
        frozenset(IGNORED.findall(said)),
        edges,
        trouble[1] if trouble else "",
        seconds,
    )


def ask_us(top: Path) -> Ours:
    """Plan with nothing remembered of this commit, then with everything, then for the reasons."""
    command = [sys.executable, "-m", "pytest_txselect", "plan", "--impacted-by", "HEAD~1"]
    _, cold = run(command, top)
    _, warm = run(command, top)
    text, _ = run([*command, "--json"], top)
    return Ours(json.loads(text), cold, warm)


def explain_ours(top: Path, path: str, ours: Ours, theirs: Theirs) -> str:
    """Why the script does not select a file that we select."""
    reason = ours.files[path]["reason"]
    if reason is None:
        return f"everything runs: {(ours.document['reason'] or {}).get('detail', '')}"
    change = reason["change"]
    unseen = (
        ("changed file is not Python", not change.endswith(".py")),
        ("change taken for one of a docstring", change in theirs.ignored),
        ("change not looked at", change not in theirs.modified),
        ("changed test file outside of tests/", not reason["chain"]),
    )
    for edge in reason["chain"] if not any(fits for _, fits in unseen) else ():
        if edge["target"] not in theirs.edges.get(edge["source"], ()):
            return explain_edge(top, edge, theirs)
        if edge["target"].endswith("__init__.py"):
            return "stops at an __init__"
    return next((name for name, fits in unseen if fits), "other")


def explain_edge(top: Path, edge: dict[str, Any], theirs: Theirs) -> str:
    """Why the script has no edge that we have."""
    if edge["source"] not in theirs.edges:
        return f"does not read {edge['source'].partition('/')[0]}/"
    if edge["kind"] in {
        "conftest",
        "plugin",
        "string",
        "computed",
        "data",
        "script",
        "folder",
        "package",
        "fixture",
    }:
        return {"package": "__init__ of a package around"}.get(edge["kind"], f"edge by {edge['kind']}")
    lines = (top / edge["source"]).read_text(encoding="utf-8", errors="replace").splitlines()
    line = lines[edge["line"] - 1] if edge["line"] else ""
    before = "\n".join(lines[: (edge["line"] or 1) - 1])
    classes = (
        ("line within triple quotes, or after an odd number of them", before.count('"""') % 2 == 1),
        ("import a.b", re.match(r"\s*import\s", line) is not None),
        ("star import", "import *" in line),
        ("import ... as", " as " in line),
        ("comment behind an import", "#" in line),
        ("edge through a lazy package", edge["kind"] == "lazy"),
        ("attribute of an imported package", "from" not in line),
        ("stops at an __init__", edge["target"].endswith("__init__.py")),
        ("relative import beyond its folder", re.match(r"\s*from\s+\.", line) is not None),
        ("import within a test folder", re.match(r"\s*from\s+(?!diffusers)", line) is not None),
    )
    return next((name for name, fits in classes if fits), f"other: {line.strip()[:60]}")


def explain_theirs(path: str, ours: Ours, theirs: Theirs) -> str:
    """Why we do not select a file that the script selects."""
    changes = {each["path"]: each for each in ours.document["changes"]}
    if path in changes:
        return f"changed itself: {changes[path]['neutral'] or changes[path]['detail']}"
    reached = sorted(change for change in theirs.modified if leads(theirs.edges, path, change))
    living = [change for change in reached if change in changes and changes[change]["neutral"] is None]
    if living:
        way = leads(theirs.edges, path, living[0])
        return f"CHECK: {' -> '.join(way or [])}"
    return (
        f"what it reaches is neutral to us: {', '.join({str(changes[each]['neutral']) for each in reached})}"
    )


def leads(edges: dict[str, list[str]], start: str, goal: str) -> list[str] | None:
    """The shortest way from a file to another over the script's own edges."""
    before: dict[str, str] = {start: ""}
    queue = collections.deque([start])
    while queue:
        path = queue.popleft()
        if path == goal:
            way = [path]
            while before[way[0]]:
                way.insert(0, before[way[0]])
            return way
        for target in edges.get(path, ()):
            if target not in before:
                before[target] = path
                queue.append(target)
    return None


def compare(
    top: Path,
    python: str,
    totals: dict[str, collections.Counter[str]],
    examples: dict[tuple[str, str], str],
) -> str:
    """Compare at the commit that is checked out, and count; a row of the table."""
    theirs = ask_them(top, python)
    ours = ask_us(top)
    mine = set(ours.files)
    for name, paths in (("ours alone", mine - theirs.tests), ("theirs alone", theirs.tests - mine)):
        for path in sorted(paths):
            why = (
                explain_ours(top, path, ours, theirs)
                if name == "ours alone"
                else explain_theirs(path, ours, theirs)
            )
            totals[name][why] += 1
            examples.setdefault(
                (name, why), f"{path} <- {(ours.files.get(path, {}).get('reason') or {}).get('change')}"
            )
    changed = len(ours.document["changes"])
    note = f" (runs everything: {theirs.trouble})" if theirs.trouble else ""
    return (
        f"{changed:4} {len(mine):6} {len(theirs.tests):7} {len(mine & theirs.tests):5} "
        f"{ours.cold:7.2f} {ours.warm:7.2f} {theirs.seconds:7.2f}{note}"
    )


def main() -> None:
    """Compare at each commit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("clone", type=Path)
    parser.add_argument("--commits", type=int, default=10)
    parser.add_argument("--every", type=int, default=40)
    parser.add_argument("--package", default="src/diffusers/**/*.py")
    parser.add_argument("--python", default=sys.executable)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder) / "copy"
        run(["git", "clone", "-q", os.fspath(args.clone), os.fspath(top)], Path(folder))
        log = ["git", "log", "--first-parent", "--format=%H", f"--max-count={args.commits * args.every}"]
        commits = run([*log, "--", f":(glob){args.package}"], top)[0].split()[:: args.every]
        totals = {"ours alone": collections.Counter[str](), "theirs alone": collections.Counter[str]()}
        examples: dict[tuple[str, str], str] = {}
        print("commit     changed ours theirs both    cold    warm  theirs: CPU seconds", flush=True)
        for commit in commits:
            run(["git", "checkout", "-q", "--force", commit], top)
            start = time.monotonic()
            print(
                f"{commit[:10]} {compare(top, args.python, totals, examples)}  {time.monotonic() - start:.0f} s",
                flush=True,
            )
    for name, found in totals.items():
        print(f"\n{name}: {found.total()}")
        for why, number in found.most_common():
            print(f"{number:6}  {why:60} such as {examples[name, why]}")


if __name__ == "__main__":
    main()
