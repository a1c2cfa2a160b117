"""A small project in a real git repository, on which pytest runs with and without our options."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ready import spawn

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest


def without(*plugins: str) -> tuple[str, ...]:
    """Options of pytest that block plugins."""
    return tuple(word for name in plugins for word in ("-p", f"no:{name}"))


PLAIN: Final = without("randomly", "rerunfailures", "hypothesispytest")
QUIET: Final = (*PLAIN, "--no-txselect-record")
"""Other plugins that may be installed and would change what a run shows, or how long it takes; and evidence, of which a
run would leave some for the next one."""
IDENTITY: Final = {
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_NAME": "A U Thor" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "author@example.org" for who in ("AUTHOR", "COMMITTER")},
}
FILES: Final = {
    ".gitignore": "__pycache__/\n.coverage*\n/stdout\n/stderr\n/runpytest-*\n",
    "pytest.ini": "[pytest]\npythonpath = .\n",
    "pkg/__init__.py": "",
    "pkg/a.py": "def give():\n    return 1\n",
    "pkg/b.py": "def give():\n    return 2\n",
    "tests/test_a.py": (
        "from pkg.a import give\n\ndef test_one():\n    assert give() == 1\n\n"
        "def test_two():\n    assert give() != 2\n"
    ),
    "tests/test_b.py": "from pkg.b import give\n\ndef test_b():\n    assert give() == 2\n",
}
RESULT: Final = re.compile(r"^(?:PASSED|FAILED|ERROR|SKIPPED|XFAIL) (.+?)(?: - .*)?$")


@dataclass(frozen=True, slots=True)
class SmallProject:
    """`pkg.a` and `pkg.b`, each with a test file of its own."""

    pytester: pytest.Pytester

    def git(self, *arguments: str) -> str:
        """Run a git command here and return what it wrote."""
        done = subprocess.run(
            ("git", *arguments),
            cwd=self.pytester.path,
            capture_output=True,
            check=True,
            env={**os.environ, **IDENTITY},
        )
        return os.fsdecode(done.stdout).strip()

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files, making their folders."""
        for name, content in files.items():
            place = self.pytester.path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, files: Mapping[str, str | bytes] | None = None) -> str:
        """Write files, commit everything, and return the commit's name."""
        self.write(files or {})
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD")

    def run(self, *arguments: str, ref: str | None = "HEAD") -> pytest.RunResult:
        """Run pytest in this process, compared with `ref`; without our option if that is None."""
        asked = [] if ref is None else [f"--impacted-by={ref}"]
        return self.pytester.runpytest_inprocess(*QUIET, "-rA", *asked, *arguments)

    def spawn(self, *arguments: str, ref: str | None = "HEAD") -> pytest.RunResult:
        """Run pytest in a process of its own."""
        asked = [] if ref is None else [f"--impacted-by={ref}"]
        return spawn(self.pytester, *QUIET, "-rA", *asked, *arguments)


def ran(result: pytest.RunResult) -> list[str]:
    """The tests that ran, from the summary of `-rA`."""
    return sorted(match[1] for line in result.outlines if (match := RESULT.match(line)))


def said(result: pytest.RunResult) -> list[str]:
    """Our own lines on the screen."""
    return [line for line in result.outlines if line.startswith("txselect: ")]


def complained(result: pytest.RunResult) -> list[str]:
    """Lines of errors, as pytest shows those of usage."""
    return [line for line in result.errlines if line.strip()]
