"""What children reported is tidied up by the system while a long run goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from recorded_project import RecordedProject
from small_project import FILES

from pytest_txselect.evidence.evidence import Gap
from pytest_txselect.evidence.spawned import is_hook_installed

if TYPE_CHECKING:
    from pathlib import Path

CHILD: Final = "import time; from pkg.a import give; give(); open('started', 'w').close(); time.sleep(60)"
TIDIED: Final = {
    "folder": "shutil.rmtree(folder)",
    "files": "[os.remove(os.path.join(folder, each)) for each in os.listdir(folder)]",
    "reports": "[os.remove(os.path.join(folder, each)) for each in os.listdir(folder) if each != 'top']",
}
TIDYING: Final = """\
import os, shutil, subprocess, sys, time
import pytest

def test_lives_on():
    folder = os.environ["TXSELECT_CHILD"]
    child = pytest.child = subprocess.Popen([sys.executable, "-c", {child!r}])
    while not os.path.exists("started"):
        time.sleep(0.01)
    if {early}:
        {tidy}

def test_ends():
    folder = os.environ["TXSELECT_CHILD"]
    if not {early}:
        {tidy}
    pytest.child.kill()
    pytest.child.wait()
    os.remove("started")
"""


@pytest.mark.skipif(not is_hook_installed(), reason="the package is not installed here")
@pytest.mark.parametrize("early", [True, False], ids=["before it is read", "after it is read"])
@pytest.mark.parametrize("name", TIDIED)
def test_reports_that_are_tidied_up(tmp_path: Path, name: str, *, early: bool) -> None:
    """Where the system tidies up what children of a long run reported, the run ends as it would, and a gap is known of."""
    body = TIDYING.format(child=CHILD, early=early, tidy=TIDIED[name])
    files = {
        "pytest.ini": "[pytest]\n",
        "pkg/__init__.py": "",
        "pkg/a.py": FILES["pkg/a.py"],
        "tests/test_it.py": body,
    }
    project = RecordedProject(tmp_path).write(files)
    done = project.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "INTERNALERROR" not in done.stdout
    for test in ("lives_on",) if early else ("lives_on", "ends"):
        node = f"tests/test_it.py::test_{test}"
        assert "give" in project.names(node) or project.gaps(node) & Gap.CHILD, test
