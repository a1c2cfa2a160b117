"""Laws of a selection, over random projects and random edits in a real repository."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from planning import chosen, plan
from temporary_git import make_repository

from pytest_txselect.engine import harvest
from pytest_txselect.project import disk
from pytest_txselect.source import worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from temporary_git import TemporaryGit

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.source.facts import Facts

law = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,  # too slow for a search; with other seeds: --hypothesis-seed and without this line
    phases=[Phase.explicit, Phase.generate],  # shrinking would ask git for minutes
)

GETATTR = (
    "import importlib\ndef __getattr__(name):\n    return importlib.import_module(TABLE[name], __name__)\n"
)
MODULES = [
    "",
    "x = 1\n",
    "import pkg.b\nx = pkg.b.x\n",
    "from pkg.b import x\n",
    "from . import b\ndef alpha(): pass\n",
    "import importlib\ndef load(n): return importlib.import_module(n)\n",
    "from importlib import import_module as load\ndef f(n): return load('.' + n, __package__)\n",
    "import json, pathlib\nd = json.loads(pathlib.Path(__file__).parent.joinpath('data.json').read_text())\n",
    "TABLE = 'pkg.lazy.m'\n",
    "json = None\n",
    "def broken(:\n",
]
INITS = [
    "",
    "from .a import *\n",
    "__all__ = ['a']\n",
    "__all__ = ['a', 'b']\n",
    "TABLE = {'alpha': '.a', 'beta': '.b'}\n" + GETATTR,
    "TABLE = {'alpha': '.b'}\n" + GETATTR,
    "def broken(:\n",
]
TESTS = [
    "def test_1(): pass\n",
    "def test_1(): assert 1\ndef test_2(fix): pass\n",
    "from pkg import *\ndef test_1(): pass\n",
    "from pkg import alpha\ndef test_1(): pass\n",
    "from pkg.lazy import beta\ndef test_1(): pass\n",
    "import pkg\ndef test_1(): pkg.a.x\n",
    "from unittest import mock\n@mock.patch('pkg.a.x')\ndef test_1(m): pass\n@mock.patch('helper.json')\ndef test_2(m): pass\n",
    "import helper\ndef test_1(fix): pass\n",
    "def test_1(): open('pkg/data.json')\n",
    "def broken(:\n",
]
CONFTESTS = ["", "import helper\n", "import pytest\n@pytest.fixture\ndef fix(): return 1\n"]
POOL = {
    "pkg/__init__.py": INITS,
    "pkg/a.py": MODULES,
    "pkg/b.py": MODULES,
    "pkg/lazy/__init__.py": INITS,
    "pkg/lazy/b.py": MODULES,
    "pkg/lazy/m.py": MODULES,
    "pkg/data.json": ["1", "2", '["pkg.lazy.m"]'],
    "helper.py": MODULES,
    "tests/conftest.py": CONFTESTS,
    "tests/helper.py": MODULES,
    "tests/test_a.py": TESTS,
    "tests/test_b.py": TESTS,
    "tests/sub/__init__.py": [""],
    "tests/sub/test_c.py": TESTS,
}
file_edits = st.sampled_from(sorted(POOL)).flatmap(
    lambda path: st.tuples(st.just(path), st.sampled_from([None, *POOL[path]]))
)
projects = st.fixed_dictionaries({path: st.sampled_from([None, *texts]) for path, texts in POOL.items()})
steps = st.lists(st.lists(file_edits, min_size=1, max_size=3), min_size=1, max_size=4)


def rewrite(repository: TemporaryGit, edits: dict[str, str | None]) -> None:
    """Write and delete files of the work tree."""
    for path, text in edits.items():
        if text is None:
            (repository.top / path).unlink(missing_ok=True)
        else:
            repository.write({path: text})


def start(top: Path, project: dict[str, str | None]) -> TemporaryGit:
    """Return a repository whose `main` holds a project, with a branch on top."""
    return make_repository(
        top, {"README": "", **{path: text for path, text in project.items() if text is not None}}
    )


def edges(ends: tuple[End, ...]) -> list[set[object]]:
    """Return all edges at each end, and what else an end knows of its files."""
    found: list[set[object]] = []
    for end in ends:
        nodes = {*end.view.graph.paths, *end.view.extra}
        known: set[object] = {edge for node in nodes for edge in end.view.edges_to(node)}
        known |= {(path, "words", tuple(words)) for path, words in end.words.items()}
        known |= {(path, "missing", tuple(places)) for path, places in end.missing.items()}
        known |= {(top, "externals", tuple(sorted(paths))) for top, paths in end.externals.items()}
        found.append(known | {(path, "reads docs") for path in end.doc_readers})
    return found


def folders() -> Iterator[Path]:
    """Yield one temporary folder and remove it."""
    folder = Path(tempfile.mkdtemp())
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@law
@given(projects, steps)
def test_warm_equals_cold(
    project: dict[str, str | None], sequence: list[list[tuple[str, str | None]]]
) -> None:
    """What is remembered never changes the answer, nor any edge behind it."""
    for folder in folders():
        repository = start(folder / "top", project)
        plan(repository, folder / "warm")
        for step in sequence:
            rewrite(repository, dict(step))
            warm = plan(repository, folder / "warm")
            cold = plan(repository, folder / "none", remember=False)
            assert chosen(warm) == chosen(cold)
            assert edges(warm.ends) == edges(cold.ends)


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="processes are copied on Linux only")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # other plugins may have threads
@law
@given(
    project=projects, step=st.lists(file_edits, min_size=1, max_size=3), fatal=st.sampled_from([None, 1, 2])
)
def test_copies_of_the_process_change_nothing(
    project: dict[str, str | None],
    step: list[tuple[str, str | None]],
    fatal: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three members of a crew, one of which may die, find the same as one; cold, and with all facts remembered."""
    monkeypatch.setattr(harvest, "can_copy", lambda: True)
    monkeypatch.setattr(harvest, "count_cores", lambda: 3)
    monkeypatch.setattr(harvest, "WORTH_A_COPY", 1)
    monkeypatch.setattr(disk, "CHUNK", 1)
    top, read_file = os.getpid(), worker.read_file

    def read(place: str) -> Facts:
        if fatal is not None and os.getpid() != top and len(place) % 2 == fatal % 2:
            os._exit(1)
        return read_file(place)

    monkeypatch.setattr(worker, "read_file", read)
    for folder in folders():
        repository = start(folder / "top", project)
        rewrite(repository, dict(step))
        alone = plan(repository, folder / "1", remember=False)
        together = plan(repository, folder / "2", alone=True)
        repository.write(
            {"new_name_of_none.py": ""}
        )  # a graph of another shape, from facts that are remembered
        again, still = (
            plan(repository, folder / "2", alone=True),
            plan(repository, folder / "1", remember=False),
        )
        for one, many in ((alone, together), (still, again)):
            assert chosen(one) == chosen(many)
            assert edges(one.ends) == edges(many.ends)
            assert [end.view.graph for end in one.ends] == [end.view.graph for end in many.ends]


@law
@given(projects, steps)
def test_more_changes_never_select_fewer(
    project: dict[str, str | None], sequence: list[list[tuple[str, str | None]]]
) -> None:
    """Changes on top of other files' changes keep what was selected, as long as its files are there."""
    for folder in folders():
        repository = start(folder / "top", project)
        touched: set[str] = set()
        before: Plan | None = None
        for step in sequence:
            fresh = {path: text for path, text in step if path not in touched}
            touched |= fresh.keys()
            rewrite(repository, fresh)
            after = plan(repository, folder / "store")
            assert before is None or covers(after, before, repository)
            before = after


def covers(wide: Plan, narrow: Plan, repository: TemporaryGit) -> bool:
    """Tell whether one selection has all that another has, of the files that are there."""
    many, few = chosen(wide), chosen(narrow)
    if isinstance(many, str):
        return True
    assert not isinstance(few, str)
    return all(
        path in many and (not many[path] or ({*tests} <= {*many[path]} and tests))
        for path, tests in few.items()
        if (repository.top / path).exists()
    )


@law
@given(projects, st.lists(file_edits, min_size=1, max_size=3), st.sampled_from(sorted(POOL)))
def test_unparsed_never_removes_a_test(
    project: dict[str, str | None], step: list[tuple[str, str | None]], broken: str
) -> None:
    """A file that cannot be read, at both ends, keeps every test selected that the readable one selected."""
    if not broken.endswith(".py") or broken in dict(step):
        return
    for folder in folders():
        whole = start(folder / "whole", project)
        torn = start(folder / "torn", {**project, broken: project[broken] and "def broken(:\n"})
        for repository in (whole, torn):
            rewrite(repository, dict(step))
        wide, narrow = plan(torn, folder / "1"), plan(whole, folder / "2")
        assert covers(wide, narrow, torn)


@law
@given(projects)
def test_unchanged_tree_selects_nothing(project: dict[str, str | None]) -> None:
    """Without a change nothing runs, and no graph is needed."""
    for folder in folders():
        made = plan(start(folder / "top", project), folder / "store")
        assert chosen(made) == {}
        assert made.ends == ()


@law
@given(projects, st.lists(file_edits, min_size=1, max_size=3))
def test_comments_select_nothing(project: dict[str, str | None], step: list[tuple[str, str | None]]) -> None:
    """A comment behind a file that parses changes nothing."""
    for folder in folders():
        repository = start(folder / "top", project)
        texts = {path: text for path in dict(step) if (text := project[path]) and path.endswith(".py")}
        rewrite(repository, {path: text + "# more\n" for path, text in texts.items() if "broken" not in text})
        assert chosen(plan(repository, folder / "store")) == {}
