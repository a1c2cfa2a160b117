"""On published projects, the failing tests of a full run are always inside the selection.

Each project's source archive is fetched from the package index, put under git, installed into an environment
of its own, and edited twenty times. The full run is the truth. `pytest -m real_project -s` shows the shares.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import pytest
from seeded_edits import KINDS, seed_edit

import pytest_txselect
from pytest_txselect.applied import Applied, apply_selection
from pytest_txselect.config import load_settings
from pytest_txselect.engine.request import Request
from pytest_txselect.engine.select import select
from pytest_txselect.model import RunAll
from pytest_txselect.project.pytest_config import find_pytest_config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seeded_edits import Edit

pytestmark = pytest.mark.real_project

HOME: Final = Path(pytest_txselect.__file__).parent.parent
FAILING: Final = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
QUIET: Final = ("-q", "--tb=no", "-rfE", "-p", "no:cacheprovider", "--continue-on-collection-errors")
IDENTITY: Final = ("-c", "user.name=A U Thor", "-c", "user.email=author@example.org")


@dataclass(frozen=True, slots=True)
class Published:
    """A project on the package index.

    Attributes:
        requirement: name and version.
        edited: folder whose Python files are edited.
        tests: what the full run is told to run: a part that takes seconds.
        data: patterns of data files that tests read.
        needs: what its tests import beside it.
    """

    requirement: str
    edited: str
    tests: Sequence[str]
    data: Sequence[str]
    needs: Sequence[str] = ()


PROJECTS: Final = {
    "flask": Published("flask==3.1.2", "src/flask", ["tests"], ["tests/templates/*", "tests/static/*"]),
    "jinja2": Published("jinja2==3.1.6", "src/jinja2", ["tests"], ["tests/res/templates/*.html"], ["trio"]),
    "networkx": Published(
        "networkx==3.6.1",
        "networkx/classes",
        ["networkx/classes", "networkx/utils", "networkx/readwrite/tests/test_gml.py"],
        ["networkx/generators/atlas.dat.gz"],
    ),
}
"""Between them 25, 25 and several hundred modules; eager, lazy and cyclic packages."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A project that is ready to be edited.

    Attributes:
        top: its repository.
        python: the interpreter it is installed for.
        published: what it is.
        tests: the ids of its tests.
        broken: those that fail unedited.
    """

    top: Path
    python: Path
    published: Published
    tests: tuple[str, ...]
    broken: frozenset[str]


def call(*command: str | Path, cwd: Path, **more: str) -> str:
    """Run a command that must succeed, and return what it wrote."""
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **more}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def run_tests(top: Path, python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the project's own tests."""
    return subprocess.run(
        [python, "-m", "pytest", *QUIET, *arguments],
        cwd=top,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module", params=PROJECTS)
def checkout(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The project's source archive as a repository with one commit, installed with pytest and us."""
    published = PROJECTS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    fetch = ("-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "--no-build-isolation")
    call(sys.executable, "-m", "venv", folder / "env", cwd=folder)
    python = folder / "env" / "bin" / "python"
    call(python, "-m", "pip", "install", "-q", "flit_core<4", "setuptools", "wheel", cwd=folder)
    call(python, *fetch, published.requirement, cwd=folder)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    (top,) = (each.parent for each in folder.glob("*/pyproject.toml"))
    call(python, "-m", "pip", "install", "-q", "-e", ".", HOME, "pytest>=8,<9", *published.needs, cwd=top)
    call("git", "init", "-q", cwd=top)
    top.joinpath(".git", "info", "exclude").write_text("__pycache__/\n.txselect/\n*.egg-info/\n")
    call("git", "add", "-A", cwd=top)
    call("git", *IDENTITY, "commit", "-q", "-m", "as published", cwd=top)
    # Runs find bytecode of what is not edited: in the edited folder it is told by content, since an edit may have the second and
    # the size of what was before; elsewhere, tests included, this listing leaves it.
    call(python, "-m", "compileall", "-q", "--invalidation-mode=checked-hash", published.edited, cwd=top)
    listing = ("-m", "pytest", "--co", "-q", "-p", "no:cacheprovider")
    listed = call(python, *listing, *published.tests, cwd=top, PYTHONDONTWRITEBYTECODE="")
    tests = tuple(line for line in listed.splitlines() if "::" in line)
    broken = frozenset(FAILING.findall(run_tests(top, python, *published.tests).stdout))
    return Checkout(top, python, published, tests, broken)


def plan(top: Path) -> tuple[Applied, str]:
    """The selection since the commit, and whether it is everything."""
    settings = load_settings(top).settings
    request = Request("HEAD", find_pytest_config(top), settings, top / ".txselect", dict(os.environ))
    selection = select(request).selection
    return apply_selection(selection, str(top)), type(selection).__name__


def is_selected(applied: Applied, node: str) -> bool:
    """Whether a test, or a file that cannot be collected, is in a selection."""
    path, _, name = node.partition("::")
    names = applied.names(path)
    function = name.rpartition("::")[2].partition("[")[0]
    return applied.allows(path) and (names is None or not name or function in names)


def check_edit(checkout: Checkout, edit: Edit) -> str:
    """Apply an edit, compare the selection with the full run, take the edit back, and tell the share."""
    old = edit.path.read_bytes()
    edit.path.write_bytes(edit.content)
    place = f"{edit.path.relative_to(checkout.top)}:{edit.line}"
    try:
        applied, kind = plan(checkout.top)
        done = run_tests(checkout.top, checkout.python, *checkout.published.tests)
    finally:
        edit.path.write_bytes(old)
    failing = set(FAILING.findall(done.stdout)) - checkout.broken
    missed = sorted(node for node in failing if not is_selected(applied, node))
    assert not missed, f"{edit.kind} at {place}: {missed[:5]} fail and are not selected"
    if done.returncode not in {0, 1}:  # not even a conftest could be imported
        assert kind != "RunNone", f"{edit.kind} at {place}: the run breaks down and nothing is selected"
    chosen = sum(is_selected(applied, node) for node in checkout.tests)
    share = chosen / len(checkout.tests)
    return f"{edit.kind:9}{share:7.1%} selected {len(failing):5} failing  {place}"


def test_failing_tests_are_selected(checkout: Checkout) -> None:
    """Twenty edits of each project: what fails in a full run is selected."""
    random = Random(20260101)  # noqa: S311 - repeatable, nothing secret
    top = checkout.top
    sources = sorted(
        path
        for path in top.joinpath(checkout.published.edited).rglob("*.py")
        if "test" not in str(path.relative_to(top))
    )
    data = sorted(path for pattern in checkout.published.data for path in top.glob(pattern) if path.is_file())
    assert len(checkout.tests) > 100
    assert sources
    assert data
    print(f"\n{checkout.published.requirement}: {len(checkout.tests)} tests")  # noqa: T201 - for the log of CI
    for kind in KINDS:
        print(check_edit(checkout, seed_edit(kind, sources, data, random)), flush=True)  # noqa: T201


def test_through_pytest(checkout: Checkout) -> None:
    """The plugin, installed beside the project: nothing changed runs nothing, and a broken function fails."""
    quiet = run_tests(checkout.top, checkout.python, "--impacted-by=HEAD", *checkout.published.tests)
    assert quiet.returncode == 0, quiet.stdout
    assert "; 0 of " in quiet.stdout
    sources = sorted(checkout.top.joinpath(checkout.published.edited).glob("*.py"))
    edit = seed_edit("body", sources, [], Random(3))  # noqa: S311 - repeatable, nothing secret
    old = edit.path.read_bytes()
    edit.path.write_bytes(edit.content)
    try:
        whole = run_tests(checkout.top, checkout.python, *checkout.published.tests)
        part = run_tests(checkout.top, checkout.python, "--impacted-by=HEAD", *checkout.published.tests)
    finally:
        edit.path.write_bytes(old)
    assert (
        set(FAILING.findall(part.stdout)) - checkout.broken
        == set(FAILING.findall(whole.stdout)) - checkout.broken
    )


def test_everything_when_the_ground_shifts(checkout: Checkout) -> None:
    """An edit of the build configuration runs everything."""
    place = checkout.top / "pyproject.toml"
    old = place.read_bytes()
    place.write_bytes(old.replace(b"[build-system]\n", b'[build-system]\nbackend-path = ["x"]\n'))
    try:
        settings = load_settings(checkout.top).settings
        config = find_pytest_config(checkout.top)
        request = Request("HEAD", config, settings, checkout.top / ".txselect", dict(os.environ))
        assert isinstance(select(request).selection, RunAll)
    finally:
        place.write_bytes(old)
