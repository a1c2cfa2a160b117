"""A generated store of evidence: how long writing takes, how large it is, and how long a selection asks.

    python tests/benchmarks/evidence_store.py [TESTS [FUNCTIONS]]      default 100000 50000

Each test executes 74 functions, half of them common ones, and includes a bundle of 400 imported modules.
"""

# ruff: noqa: T201 - a script, run by hand
from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pytest_txselect.evidence.evidence import (
    EvidenceSet,
    FileVersion,
    Piece,
    PieceKind,
    RecordedTest,
    Recording,
)
from pytest_txselect.model import RepoPath
from pytest_txselect.store.evidence import RunNote, write_evidence
from pytest_txselect.store.names import EVIDENCE_FILE, read_scope
from pytest_txselect.store.recorded import read_evidence

EACH = 20  # functions of a module
FILE = 100  # tests of a file


def generate(tests: int, functions: int) -> Recording:
    """A recording of that size, always the same."""
    source = random.Random(1)  # noqa: S311 - no secret
    modules = functions // EACH
    pieces = tuple(
        Piece(PieceKind.FUNCTION, RepoPath(f"pkg/m{n // EACH}.py"), f"C{n % EACH}.f{n}")
        for n in range(functions)
    )
    sets = [EvidenceSet((module * EACH,), ()) for module in range(modules)]
    bundles = []
    for _ in range(tests // FILE + 1):
        bundles.append(len(sets))
        sets.append(EvidenceSet((), tuple(sorted(source.sample(range(modules), min(modules, 400))))))
    common = [source.randrange(functions) for _ in range(2000)]
    recorded = {}
    for n in range(tests):
        near = source.randrange(functions - 200)
        used = {*source.sample(common, 37), *source.sample(range(near, near + 200), 37)}
        sets.append(EvidenceSet(tuple(sorted(used)), (bundles[n // FILE],)))
        path = RepoPath(f"tests/t{n // FILE}.py")
        recorded[f"{path}::test_{n}"] = RecordedTest(path, len(sets) - 1, "passed", 0.01)
    files = {RepoPath(f"pkg/m{module}.py"): FileVersion(f"{module:040x}") for module in range(modules)}
    return Recording(pieces, tuple(sets), recorded, files)


def ask(folder: Path) -> None:
    """A three-function edit, and one that an import executes."""
    begun = time.perf_counter()
    evidence = read_evidence(folder, read_scope())
    if evidence is None:
        raise SystemExit("nothing was written")
    versions = evidence.read_versions()
    files = [RepoPath(f"pkg/m{len(versions) * part // 4}.py") for part in (1, 2, 3)]
    for title, place in (("bodies", 7), ("executed at import", 0)):
        found = evidence.find_tests([evidence.find_pieces(path)[place].number for path in files])
        print(f"three {title}: {len(found)} tests, {time.perf_counter() - begun:.2f} s since the start")
    print(f"all tests: {len(evidence.read_tests())}, {time.perf_counter() - begun:.2f} s since the start")
    evidence.close()


def main() -> None:
    """Write in one process, ask in another, whose memory is told."""
    if len(sys.argv) > 1 and not sys.argv[1].isdecimal():
        ask(Path(sys.argv[1]))
        status = Path("/proc/self/status").read_text(
            encoding="ascii"
        )  # ru_maxrss would be that of our parent
        print(
            "peak memory:",
            *(line.split()[1] + " kB" for line in status.splitlines() if line.startswith("VmHWM")),
        )
        return
    tests, functions = (int(word) for word in (*sys.argv[1:], 100_000, 50_000)[:2])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recording = generate(tests, functions)
        begun = time.perf_counter()
        write_evidence(folder, recording, RunNote(read_scope()))
        size = (folder / EVIDENCE_FILE).stat().st_size / 1e6
        print(f"written: {size:.1f} MB, {time.perf_counter() - begun:.1f} s")
        subprocess.run([sys.executable, __file__, name], check=True)


if __name__ == "__main__":
    main()
