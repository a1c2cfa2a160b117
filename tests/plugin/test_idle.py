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
SHOW_REWRITTEN = """\
import sys
import pytest

pytest.register_assert_rewrite("pytest_txselect")

def pytest_unconfigure():
    for name, module in sorted(sys.modules.items()):
        if name.startswith("pytest_txselect") and "Rewriting" in type(module.__loader__).__name__:
            sys.__stdout__.write(f"rewritten {name}\\n")
"""
LIGHT = (".plugin", ".plugin.options", ".plugin.when")


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


def test_own_modules_are_not_rewritten(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though an installed plugin is marked for rewriting, what a feature loads comes as Python compiled it."""
    monkeypatch.setenv(
        "PYTHONPATH", f"{project.pytester.path}:{Path(pytest_txselect.__file__).parent.parent}"
    )
    project.write({"showing.py": SHOW_REWRITTEN})
    result = project.pytester.runpytest_subprocess("-p", "showing", "--impacted-by=HEAD")
    rewritten = set(re.findall(r"^rewritten (\S+)$", "\n".join(result.outlines), re.MULTILINE))
    assert "pytest_txselect.plugin.options" in rewritten  # the marking works
    assert rewritten <= {f"pytest_txselect{name}" for name in ("", *LIGHT, ".plugin.own_modules")}
