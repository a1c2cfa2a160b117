"""What the plugin costs before anything runs.

    python tests/benchmarks/start.py [ROUNDS] [REPOSITORY]

Three pairs, in turn, medians of wall and CPU seconds: pytest collecting one empty test file with the plugin blocked
and without; and the same beside `--impacted-by=HEAD` on a clean tree, which selects nothing: in a repository of a few
files, and in REPOSITORY where one is given.
"""

# ruff: noqa: T201 - a script, run by hand, of git and this interpreter
from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
ROUNDS = 15


def measure(folder: Path, *arguments: str) -> tuple[float, float]:
    """Wall and CPU seconds of one pytest run, children included."""
    environment = {**os.environ, "PYTEST_ADDOPTS": ""}
    start = time.perf_counter()
    with subprocess.Popen(
        [*PYTEST, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime


def compare(rounds: int, runs: dict[str, tuple[Path, tuple[str, ...]]]) -> None:
    """Print medians of several runs, taken in turn."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, (folder, arguments) in runs.items():
            one = measure(folder, *arguments)
            if number:  # the first round fills caches
                found[name].append(one)
    for name, pairs in found.items():
        wall, cpu = (statistics.median(each) for each in zip(*pairs, strict=True))
        print(f"{name:44} wall {wall:6.3f} s   CPU {cpu:6.3f} s")


def make_repository(top: Path) -> None:
    """A commit with a module, its test, and nothing else."""
    for name, text in (
        ("module.py", "x = 1\n"),
        ("test_module.py", "import module\n\n\ndef test_x(): assert module.x\n"),
    ):
        (top / name).write_text(text)
    author = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (("init", "-q"), ("add", "."), (*author, "commit", "-qm", "first")):
        subprocess.run(("git", *command), cwd=top, check=True)


def main(words: list[str]) -> None:
    """Run the pairs."""
    rounds = int(words[0]) if words else ROUNDS
    with tempfile.TemporaryDirectory() as name:
        empty, small = Path(name) / "empty", Path(name) / "small"
        for folder in (empty, small):
            folder.mkdir()
        (empty / "test_empty.py").touch()
        make_repository(small)
        runs = {
            "one empty file, plugin blocked": (empty, ("-p", "no:txselect")),
            "one empty file, plugin not asked": (empty, ()),
            "--impacted-by=HEAD, nothing changed": (small, ("--impacted-by=HEAD",)),
        }
        for place in words[1:]:
            runs[f"--impacted-by=HEAD in {Path(place).name}"] = (Path(place), ("--impacted-by=HEAD",))
        compare(rounds, runs)


if __name__ == "__main__":
    main(sys.argv[1:])
