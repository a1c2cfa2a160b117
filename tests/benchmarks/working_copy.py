"""Working copies of a project for benchmarks: commits are shown there, and its tests run, with outcomes and seconds."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["NOT_BEGUN", "Outcomes", "WorkingCopy", "make_copy"]

WATCHER = """\
import json, os
OUT = {"tests": {}, "broken": []}

def pytest_runtest_logreport(report):
    before = OUT["tests"].get(report.nodeid)
    if report.failed:
        OUT["tests"][report.nodeid] = "failed"
    elif before != "failed" and (report.when == "call" or report.skipped):
        OUT["tests"][report.nodeid] = report.outcome

def pytest_collectreport(report):
    if report.failed:
        OUT["broken"].append(report.nodeid)

def pytest_sessionfinish(session):
    with open(os.environ["WALK_OUTCOMES"], "w") as file:
        json.dump(OUT, file)
"""
NOT_BEGUN = "(pytest did not begin)"
"""Stands for all tests where a conftest.py cannot be imported, say."""
AUTHOR = ("-c", "user.name=Walker", "-c", "user.email=walker@example.org")
LIMIT = 1200


@dataclass(frozen=True)
class Outcomes:
    """How a run of pytest went.

    Attributes:
        tests: the outcome of each test that ran.
        broken: files that could not be collected.
        status: pytest's exit status.
        wall: seconds.
        cpu: CPU seconds, with those of child processes.
        tail: the end of what it printed.
    """

    tests: dict[str, str]
    broken: tuple[str, ...]
    status: int
    wall: float
    cpu: float
    tail: str

    @property
    def failing(self) -> frozenset[str]:
        """Tests that failed, and files that could not be collected."""
        return frozenset(node for node, outcome in self.tests.items() if outcome == "failed") | {*self.broken}


@dataclass
class WorkingCopy:
    """A working copy with a way to run its tests.

    Attributes:
        top: where it is.
        python: the interpreter.
        source: the folder below it that packages are imported from.
        extra: arguments of every run of pytest.
        place: a folder for what runs leave.
        clock: the time that files of the next checkout get, a second later each time: bytecode is found by the second.
    """

    top: Path
    python: str
    source: str
    extra: tuple[str, ...]
    place: Path
    clock: int = field(default_factory=lambda: int(time.time()) - 1_000_000)

    def git(self, *words: str) -> str:
        """Run git here; its output."""
        command = ["git", *AUTHOR, *words]
        return subprocess.run(command, cwd=self.top, capture_output=True, text=True, check=True).stdout

    def show(self, commit: str) -> None:
        """Check a commit out, and leave nothing of the one before but what is ignored."""
        before = self.git("rev-parse", "HEAD").strip()
        self.git("checkout", "-q", "--force", "--detach", commit)
        self.git("clean", "-fdq")
        self.stamp(self.changed(before))

    def changed(self, base: str) -> tuple[str, ...]:
        """The files that differ between a commit and the one that is checked out."""
        return tuple(self.git("diff", "--name-only", "-z", "--no-renames", base, "HEAD").split("\0")[:-1])

    def stamp(self, paths: tuple[str, ...]) -> None:
        """Give files a time that no other version of them had."""
        self.clock += 1
        for path in paths:
            if (self.top / path).is_file():
                os.utime(self.top / path, (self.clock, self.clock))
        self.git("update-index", "-q", "--refresh")

    def commit_fault(self, path: str, text: str) -> None:
        """Put a commit on top that writes a file."""
        (self.top / path).write_bytes(text.encode())
        self.git("commit", "-qam", "A seeded fault")
        self.stamp((path,))

    def environment(self) -> dict[str, str]:
        """Variables of every process."""
        path = os.pathsep.join((os.fspath(self.top / self.source), os.fspath(self.place)))
        outcomes = os.fspath(self.place / "outcomes.json")
        return {**os.environ, "PYTHONPATH": path, "WALK_OUTCOMES": outcomes, "PYTEST_ADDOPTS": ""}

    def pytest(self, *words: str) -> Outcomes:
        """Run the tests here."""
        found = self.place / "outcomes.json"
        found.unlink(missing_ok=True)
        fixed = ("-q", "-p", "walk_watcher", "-p", "no:cacheprovider", "--continue-on-collection-errors")
        command = [self.python, "-m", "pytest", *fixed, *self.extra, *words]
        start = time.monotonic()
        with tempfile.TemporaryFile() as out:
            with subprocess.Popen(
                command, cwd=self.top, env=self.environment(), stdout=out, stderr=subprocess.STDOUT
            ) as process:
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            wall = time.monotonic() - start
            out.seek(0)
            said = out.read().decode("utf-8", "replace")
        read: dict[str, Any] = {"tests": {}, "broken": [NOT_BEGUN]}
        if found.exists():
            read = json.loads(found.read_text())
        cpu = usage.ru_utime + usage.ru_stime
        return Outcomes(read["tests"], tuple(read["broken"]), process.returncode, wall, cpu, said[-1500:])

    def explain(self, test: str) -> str:
        """What we say about a test."""
        words = ["-m", "pytest_txselect", "explain", test, "--impacted-by=HEAD~1"]
        done = subprocess.run(
            [self.python, *words],
            cwd=self.top,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT,
        )
        return (done.stdout + done.stderr).strip()

    def why(self) -> str:
        """The most frequent reason of the last selection."""
        try:
            document = json.loads((self.top / ".txselect" / "selection.json").read_text())
        except OSError:
            return "no selection"
        whole = document.get("reason")
        if whole:
            return f"everything: {whole.get('change') or ''} {whole.get('detail') or ''}".strip()
        reasons = [each["reason"] for each in document.get("files", ()) if each.get("reason")]
        causes = Counter(
            " ".join(filter(None, (each["kind"], each.get("change"), each.get("detail")))) for each in reasons
        )
        return "; ".join(f"{cause} ({number})" for cause, number in causes.most_common(1))


def make_copy(
    clone: Path, top: Path, *, python: str, source: str, extra: tuple[str, ...] = ()
) -> WorkingCopy:
    """Clone a clone to a folder that is not there, and put what watches its runs beside it."""
    place = top.with_name(f"{top.name}-place")
    place.mkdir(parents=True)
    (place / "walk_watcher.py").write_text(WATCHER)
    subprocess.run(["git", "clone", "-q", os.fspath(clone), os.fspath(top)], check=True)
    return WorkingCopy(top, os.path.abspath(python), source, extra, place)  # noqa: PTH100 - a link stays one
