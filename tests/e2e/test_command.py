"""The command as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import pytest_txselect

HOME = Path(pytest_txselect.__file__).parent.parent
MODULE = [sys.executable, "-m", "pytest_txselect"]


def environ(**more: str) -> dict[str, str]:
    """The environment, in which the package is found wherever the process starts."""
    return {**os.environ, "PYTHONPATH": str(HOME), **more}


def test_project_cannot_shadow_the_standard_library(tmp_path: Path) -> None:
    """Files of the project that are named like modules we need are never imported."""
    for name in (
        "argparse",
        "json",
        "tomllib",
        "iniconfig",
        "packaging",
        "difflib",
        "__future__",
        "dataclasses",
    ):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('project code ran')\n", encoding="utf-8")
    (tmp_path / "tox.ini").write_text("[pytest]\naddopts = -p mine\n", encoding="utf-8")
    (tmp_path / "mine.py").write_text("raise SystemExit('project code ran')\n", encoding="utf-8")
    done = subprocess.run(
        [*MODULE, "config"], cwd=tmp_path, env=environ(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "plugins: mine" in done.stdout


def test_reader_that_goes_away(tmp_path: Path) -> None:
    """A pipe that is closed early ends the command without a word, as `| head` wants it."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*MODULE, "config"],
        cwd=tmp_path,
        env=environ(),
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, "")


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_names_that_no_encoding_has(tmp_path: Path, encoding: str) -> None:
    """A folder whose name is not UTF-8 is shown escaped, and nothing fails."""
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xc3\xa9")
    Path(odd).mkdir()
    done = subprocess.run(
        [*MODULE, "config", "--rootdir", odd],
        cwd=tmp_path,
        env=environ(PYTHONIOENCODING=encoding),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.splitlines()[0].endswith(b"/\\udcff" + ("é".encode(encoding, "backslashreplace")))
