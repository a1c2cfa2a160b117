"""A project in a folder that a test makes, recorded by pytest in a process of its own, and what was recorded."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ready import READY, start
from small_project import without

from pytest_txselect.evidence.evidence import Gap
from pytest_txselect.store.names import read_scope
from pytest_txselect.store.recorded import RecordedEvidence, read_evidence

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

PLUGINS: Final = without("cacheprovider", "randomly", "rerunfailures", "hypothesispytest")


def find_measuring() -> dict[str, str]:
    """The variables by which coverage measures a process, which the suite's conftest has put aside."""
    aside = "UNMEASURED_"
    return {name.removeprefix(aside): text for name, text in os.environ.items() if name.startswith(aside)}


@dataclass(frozen=True, slots=True)
class RecordedProject:
    """A project, and ways to run and to ask it."""

    root: Path

    def write(self, files: Mapping[str, str]) -> RecordedProject:
        """Write files, making their folders."""
        for name, text in files.items():
            place = self.root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        return self

    def run(
        self,
        *arguments: str,
        record: bool = True,
        env: Mapping[str, str] | None = None,
        isolated: bool = False,
        measured: bool = False,
        started: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run pytest here.

        Args:
            arguments: its arguments.
            record: whether to record.
            env: variables of the environment beside those that are there.
            isolated: whether modules beside the tests are out of its sight.
            measured: whether it is measured by coverage, if anything is; if not, whether it is says the environment.
            started: whether its process is started for it, and writes to pipes, as that of no fork does.
        """
        options = ["--txselect-record"] if record else []
        words = ["-q", "-rA", *PLUGINS, *options, *arguments]
        environment = {
            **os.environ,
            **(find_measuring() if measured else {}),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join([str(self.root), *filter(None, sys.path)]),
            **(env or {}),
        }
        if isolated or started:
            how = ["-P", "-m", "pytest", "--import-mode=importlib"] if isolated else ["-m", "pytest"]
            return start([sys.executable, *how, *words], self.root, environment, timeout=120)
        return READY.run(words, self.root, environment, timeout=120)

    def open(self) -> RecordedEvidence:
        """Open what was recorded."""
        evidence = read_evidence(self.root / ".txselect", read_scope())
        assert evidence is not None
        return evidence

    def names(self, node: str) -> set[str]:
        """What a test used: names of functions, paths of other things."""
        with closing(self.open()) as evidence:
            return {each.piece.name or each.piece.path for each in evidence.read_pieces(node)}

    def paths(self, node: str) -> set[str]:
        """The files that a test used."""
        with closing(self.open()) as evidence:
            return {each.piece.path for each in evidence.read_pieces(node)}

    def gaps(self, node: str) -> Gap:
        """What is missing in the evidence of a test."""
        with closing(self.open()) as evidence:
            return Gap(sum(gap.value for gap in Gap if node in evidence.find_gapped(gap)))

    def outcomes(self) -> dict[str, str]:
        """The remembered outcome of every test."""
        with closing(self.open()) as evidence:
            return {node: test.outcome for node, test in evidence.read_tests().items()}
