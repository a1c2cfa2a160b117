"""Installed but not asked for, we cost next to nothing; asked for, not more than is needed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest_txselect

if TYPE_CHECKING:
    import pytest
    from small_project import SmallProject

LISTING = """\
import sys
import pytest

before = set(sys.modules)
if {wanted}:
    import pytest_txselect.plugin
after = set(sys.modules) - before
print(*sorted(after), sep="\\n")
"""
SHOW_MODULES = """\
import sys

def pytest_unconfigure():
    sys.__stdout__.write("\\n".join(f"module {name}" for name in sorted(sys.modules)) + "\\n")
"""


def list_modules(project: SmallProject, *arguments: str) -> set[str]:
    """The modules that a whole run has loaded in its own process."""
    project.write({"showing.py": SHOW_MODULES})
    result = project.pytester.runpytest_subprocess(
        "-p", "showing", "-p", "no:hypothesispytest", "-p", "no:cov", "-p", "no:randomly", *arguments
    )
    return set(re.findall(r"^module (\S+)$", "\n".join(result.outlines), re.MULTILINE))


def test_modules_of_an_idle_plugin(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain run loads our entry module with the options, nothing else of ours, and nothing through us."""
    monkeypatch.syspath_prepend(project.pytester.path)
    monkeypatch.setenv(
        "PYTHONPATH", f"{project.pytester.path}:{Path(pytest_txselect.__file__).parent.parent}"
    )
    with_us = list_modules(project)
    without = list_modules(project, "-p", "no:txselect")
    assert {name for name in with_us if name.startswith("pytest_txselect")} == {
        "pytest_txselect",
        "pytest_txselect.plugin",
        "pytest_txselect.plugin.options",
        "pytest_txselect.plugin.when",
    }
    assert {name for name in with_us - without if not name.startswith("pytest_txselect")} == set()


def test_import_of_the_entry_module(project: SmallProject) -> None:
    """The entry module brings four modules with it beyond pytest's own."""
    script = project.pytester.path / "listing.py"
    script.write_text(LISTING.format(wanted=True), encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    light = {"", ".plugin", ".plugin.options", ".plugin.when"}
    assert loaded <= {f"pytest_txselect{name}" for name in light}


def test_heavy_modules_of_a_selection(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """A selection needs the store, but neither what writes reports nor their templates."""
    monkeypatch.setenv(
        "PYTHONPATH", f"{project.pytester.path}:{Path(pytest_txselect.__file__).parent.parent}"
    )
    loaded = list_modules(project, "--impacted-by=HEAD")
    assert "pytest_txselect.engine.select" in loaded
    assert not loaded & {"lxml", "jinja2", "multiprocessing"}
