"""Makes pytest's own plugin tester available to the suite, and says which processes of tests are measured."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import hypothesis
import pytest

import pytest_txselect

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["pytester"]

COVERAGE: Final = ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")
"""Variables by which coverage measures the processes that this one starts."""
ASIDE: Final = "UNMEASURED_"
"""What stands before their names while nobody is to be measured: it takes a process twice as long."""

NONE_LEFT: Final = sys.dont_write_bytecode
"""Whether this process has left no bytecode of what it has imported so far, pytest's plugins among it."""

# Tests edit a file and run it again at once: bytecode of before has the same second and may have the same size, so that Python
# would take it for that of the file.
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
sys.dont_write_bytecode = True

# How long an example takes says nothing on a machine that others use as well.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Leave bytecode of us and of pytest's plugins, which hundreds of processes of tests would each compile again."""
    if hasattr(config, "workerinput"):
        return
    compileall.compile_dir(Path(pytest_txselect.__file__).parent, quiet=2)
    if not NONE_LEFT:
        return
    # What it says is of no interest: where nobody may write, each of them takes longer, and that is all.
    subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "pytest", "--help", "--noconftest", "-c", os.devnull],
        env={
            name: text
            for name, text in os.environ.items()
            if name not in {"PYTHONDONTWRITEBYTECODE", *COVERAGE}
        },
        capture_output=True,
        check=False,
    )


@pytest.fixture(scope="session", autouse=True)
def unmeasured() -> Iterator[None]:
    """Processes that tests start are not measured."""
    with pytest.MonkeyPatch.context() as patch:
        for name in COVERAGE:
            if name in os.environ:
                patch.setenv(ASIDE + name, os.environ[name])
                patch.delenv(name)
        yield


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that the test starts are measured: they execute lines that nothing executes in the process of a test."""
    for name in COVERAGE:
        if ASIDE + name in os.environ:
            monkeypatch.setenv(name, os.environ[ASIDE + name])
