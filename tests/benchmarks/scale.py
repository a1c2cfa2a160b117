"""How planning grows with the project: trees of 12,500 to 50,000 modules, cold and warm.

    python tests/benchmarks/scale.py [MODULES ...]

Each tree has packages of 50 modules, every module imports four others, and one file in five is a test. One file is edited,
`txselect plan` is run without and then with what the first run remembered, and wall seconds, CPU seconds (children included)
and peak memory are printed.
"""

# ruff: noqa: T201 - a script, run by hand, of git and this interpreter
from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (12_500, 25_000, 50_000)
PLAN = (sys.executable, "-m", "pytest_txselect", "plan", "--impacted-by", "HEAD")
BODY = '''

class Thing{number}:
    """A thing."""

    def method(self, value: int, name: str = "thing.{number}") -> str:
        """Say it."""
        total = sum(each.value for each in self.parts if each.value > value)
        return f"{{name}}/{{total}}"


def function_{number}(things: list[Thing{number}]) -> dict[str, int]:
    """Count them."""
    return {{thing.name: len(thing.parts) for thing in things}}
'''


def name_of(number: int) -> str:
    """Dotted name of a module."""
    return f"project.part{number // 2500}.group{number // 50}.module{number}"


def write_tree(top: Path, modules: int) -> None:
    """Write a project of some number of files; the same for every call."""
    chance = random.Random(modules)  # noqa: S311 - not for secrets
    for number in range(modules):
        imported = {chance.randrange(number) for _ in range(4)} if number else set()
        lines = [
            f"from {name_of(other)} import Thing{other}\n" for other in sorted(imported) if other % 5 != 4
        ]
        if number % 5 == 4:
            path = top / "tests" / f"part{number // 2500}" / f"test_module{number}.py"
            lines.append(f"\n\ndef test_{number}(tmp_path):\n    assert tmp_path\n")
        else:
            path = top / (name_of(number).replace(".", "/") + ".py")
            lines.append(BODY.format(number=number))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(lines))
    for folder in (
        {path.parent for path in top.glob("project/**/*.py")}
        | {top / "project"}
        | set(top.glob("project/part*"))
    ):
        (folder / "__init__.py").touch()
    (top / "pytest.ini").write_text("[pytest]\ntestpaths = tests\n")


def measure(top: Path) -> tuple[float, float, float]:
    """Plan once: wall seconds, CPU seconds, peak megabytes of the main process."""
    begin = time.perf_counter()
    process = subprocess.Popen(PLAN, cwd=top, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, status
    return time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(sizes: list[int]) -> None:
    """Measure trees of some sizes."""
    print(f"{'modules':>8} {'':5} {'wall s':>8} {'CPU s':>8} {'MB':>6}")
    for modules in sizes:
        with tempfile.TemporaryDirectory() as folder:
            top = Path(folder)
            write_tree(top, modules)
            git = ["git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org"]
            for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
                subprocess.run([*git, *command], check=True)
            edited = top / (name_of(modules // 10 * 5).replace(".", "/") + ".py")
            edited.write_text(edited.read_text() + "\nMORE = 1\n")
            for kind in ("cold", "warm"):
                wall, busy, memory = measure(top)
                print(f"{modules:8} {kind:5} {wall:8.2f} {busy:8.2f} {memory:6.0f}", flush=True)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or list(SIZES))
