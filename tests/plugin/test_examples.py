"""Examples in docstrings and in text files: each file runs for its examples when these, or what they use, changed."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pytest
from followed import make, replace
from recorded_project import RecordedProject

from pytest_txselect.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from small_project import SmallProject

MODULES: Final = "--doctest-modules"
TEXTS: Final = "--doctest-glob=*.rst"
DOC: Final = (
    'def {name}():\n    """Give it.\n\n    >>> {example}\n    {answer}\n    """\n    return {value}\n'
)
CONFTEST: Final = (
    "import pytest\n\n@pytest.fixture\ndef number():\n    return {number}\n\n"
    "@pytest.fixture(autouse=True)\ndef add(doctest_namespace):\n    doctest_namespace['seven'] = {seven}\n"
)
A: Final = DOC.format(name="give", example="give()", answer=1, value=1)
FILES: Final = {
    "pytest.ini": "[pytest]\npythonpath = .\n",
    "pkg/__init__.py": "",
    "pkg/a.py": A,
    "pkg/b.py": "from pkg.a import give\n\n"
    + DOC.format(name="twice", example="twice()", answer=2, value="2 * give()"),
    "pkg/c.py": DOC.format(name="see", example="see()", answer=3, value=3),
    "pkg/d.py": DOC.format(name="lone", example="from pkg.a import give; give()", answer=1, value=4),
    "pkg/plain.py": "from pkg.a import give\n",
    "docs/guide.rst": "Guide\n=====\n\n>>> from pkg.b import twice\n>>> twice()\n2\n",
    "docs/other.rst": ">>> import pkg.c\n>>> pkg.c.see()\n3\n",
    "docs/data.rst": ">>> open('data/numbers.csv').read()\n'1'\n",
    "docs/asks.rst": ">>> getfixture('number')\n5\n",
    "docs/space.rst": ">>> seven\n7\n",
    "docs/broken.rst": ">>> from pkg.a import (\nTraceback (most recent call last):\nSyntaxError: no\n\n>>> import pkg.c\n",
    "docs/prose.rst": "No example, but a word: pkg.a\n",
    "data/numbers.csv": "1",
    "tests/test_a.py": "from pkg.a import give\n\ndef test_a():\n    assert give()\n",
    "tests/test_b.py": (
        "import pathlib\n\ndef test_b():\n    assert pathlib.Path('data/numbers.csv').read_text()\n"
    ),
    "conftest.py": CONFTEST.format(number=5, seven=7),
}
ALL_TEXTS: Final = {f"docs/{name}.rst" for name in ("guide", "other", "data", "asks", "space", "broken")}
TESTS: Final = {"tests/test_a.py", "tests/test_b.py"}
BODY: Final = {"pkg/a.py": A.replace("return 1", "return 0 + 1")}


@dataclass(frozen=True)
class Case:
    """Options, edits (None deletes), and the files of which something runs."""

    options: tuple[str, ...]
    edits: dict[str, str | None]
    run: set[str]
    base: dict[str, str] = field(default_factory=dict)


CASES: Final = {
    "body, texts": Case((TEXTS,), {**BODY}, {"docs/guide.rst", "tests/test_a.py"}),
    "body, modules": Case((MODULES,), {**BODY}, {"pkg/a.py", "pkg/b.py", "pkg/d.py", "tests/test_a.py"}),
    "body, neither": Case((), {**BODY}, {"tests/test_a.py"}),
    "body, switched off": Case(("-p", "no:doctest"), {**BODY}, {"tests/test_a.py"}),
    "docstring, texts": Case((TEXTS,), {"pkg/a.py": A.replace("Give it", "Give one")}, set()),
    "example, modules": Case(
        (MODULES,), {"pkg/a.py": A.replace(">>> give()", ">>> give() + 0")}, {"pkg/a.py"}
    ),
    "text": Case((TEXTS,), {"docs/other.rst": ">>> 4\n4\n"}, {"docs/other.rst"}),
    "new text": Case((TEXTS,), {"docs/more.rst": ">>> 4\n4\n"}, {"docs/more.rst"}),
    "text of another kind": Case((TEXTS,), {"docs/more.md": ">>> 4\n4\n"}, set()),
    "deleted text": Case((TEXTS,), {"docs/other.rst": None}, set()),
    "deleted module": Case((TEXTS,), {"pkg/c.py": None}, {"docs/other.rst", "docs/broken.rst"}),
    "data": Case((TEXTS,), {"data/numbers.csv": "2"}, {"docs/data.rst", "tests/test_b.py"}),
    "fixture": Case((TEXTS,), {"conftest.py": CONFTEST.format(number=6, seven=7)}, {"docs/asks.rst"}),
    "namespace": Case((TEXTS,), {"conftest.py": CONFTEST.format(number=5, seven=8)}, ALL_TEXTS | TESTS),
    "nearer conftest": Case((TEXTS,), {"docs/conftest.py": "x = 1\n"}, ALL_TEXTS),
    "flags": Case(
        (TEXTS,),
        {"pytest.ini": "[pytest]\npythonpath = .\ndoctest_optionflags = ELLIPSIS\n"},
        ALL_TEXTS | TESTS,
    ),
    "addopts": Case(
        (),
        {"docs/other.rst": ">>> 4\n4\n"},
        {"docs/other.rst"},
        {"pytest.ini": "[pytest]\npythonpath = .\naddopts = --doctest-glob='*.rst'\n"},
    ),
    "several globs": Case(
        (TEXTS, "--doctest-glob=README.md"),
        {"README.md": ">>> import pkg.a\n", **BODY},
        {"README.md", "docs/guide.rst", "tests/test_a.py"},
    ),
    "by default": Case((), {"docs/testing.txt": ">>> 4\n4\n"}, {"docs/testing.txt"}),
    "untouched": Case((TEXTS, MODULES), {"pkg/e.py": "x = 1\n"}, set()),
}


def change(project: SmallProject, case: Case) -> None:
    """Commit the files, then edit them."""
    project.commit({**FILES, **case.base})
    project.write({name: text for name, text in case.edits.items() if text is not None})
    for name, text in case.edits.items():
        if text is None:
            (project.pytester.path / name).unlink()


def files_run(shown: Iterable[str]) -> set[str]:
    """Files of which something ran, or could not be collected."""
    lines = (
        re.match(r"(?:PASSED|FAILED|ERROR|SKIPPED) (?:\[[^\]]*\] )?(\S+?)(?:::| |$)", line) for line in shown
    )
    return {line[1] for line in lines if line}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_selection(project: SmallProject, case: Case) -> None:
    """A run with our option runs the examples that the change can affect."""
    change(project, case)
    result = project.run(*case.options)
    assert files_run(result.outlines) == case.run


@pytest.mark.parametrize(
    "name", ["body, texts", "body, modules", "data", "example, modules", "text", "flags"]
)
def test_plan_lists_the_same(
    project: SmallProject, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`txselect plan` lists the files that a run would collect, in the work tree and between two commits."""
    case = CASES[name]
    options = f"[pytest]\npythonpath = .\naddopts = {' '.join(case.options)}\n"
    change(project, Case((), case.edits, set(), {"pytest.ini": options}))
    monkeypatch.chdir(project.pytester.path)
    listed = []
    for ref in ("HEAD", "HEAD~1..HEAD"):
        capsys.readouterr()
        assert main(["plan", "--impacted-by", ref]) == 0
        listed.append(
            {line.partition("::")[0] for line in capsys.readouterr().out.splitlines()} - {"data/numbers.csv"}
        )
        project.commit()
    assert listed[0] == listed[1]
    assert listed[0] == (TESTS if name == "flags" else case.run)


def test_moved_distribution(
    project: SmallProject, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text runs whose examples import what a moved distribution provides."""
    site = tmp_path_factory.mktemp("site")
    (site / "lonely.py").touch()
    info = site / "lonely-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lonely\nVersion: 2.0\n")
    (info / "RECORD").write_text("lonely.py,,\n")
    monkeypatch.syspath_prepend(site)
    project.commit({**FILES, "requirements.txt": "lonely==1.0\n", "docs/dist.rst": ">>> import lonely\n"})
    project.write({"requirements.txt": "lonely==2.0\n"})
    assert files_run(project.run(TEXTS).outlines) == {"docs/dist.rst"}


EVIDENCE: Final = [
    (
        "pkg/a.py",
        "return 1",
        "return 0 + 1",
        {"docs/guide.rst", "pkg/a.py", "pkg/b.py", "pkg/d.py", "tests/test_a.py"},
    ),
    ("pkg/c.py", "return 3", "return 0 + 3", {"docs/other.rst", "pkg/c.py"}),
    ("pkg/b.py", ">>> twice()", ">>> twice() + 0", {"pkg/b.py"}),
    ("docs/guide.rst", "Guide", "A guide", {"docs/guide.rst"}),
    ("docs/guide.rst", ">>> twice()", ">>> twice() + 0", {"docs/guide.rst"}),
    ("docs/guide.rst", "2", "3", {"docs/guide.rst"}),
    ("data/numbers.csv", "1", "11", {"docs/data.rst", "tests/test_b.py"}),
    ("conftest.py", "return 5", "return 2 + 3", {"docs/asks.rst"}),
]


RECORDED: Final = {*ALL_TEXTS, *TESTS, *(f"pkg/{name}.py" for name in "abcd")} - {"docs/broken.rst"}


def run(project: RecordedProject, *options: str) -> set[str]:
    """Files of which something ran in a run of the texts and of the modules, but for the one that is broken."""
    done = project.run(TEXTS, MODULES, *options, record=False)
    return files_run(done.stdout.splitlines()) - {"docs/broken.rst"}


@pytest.fixture(scope="module")
def recorded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, recorded with all of its examples; of it as it is nothing runs. Nobody may change it."""
    project = make(tmp_path_factory.mktemp("examples"), FILES)
    assert run(project, "--txselect-record") == RECORDED
    assert run(project, "--impacted-by=HEAD") == run(project, "--impacted-by=last") == set()
    return project.root


@pytest.fixture
def examples(recorded_once: Path, tmp_path: Path) -> RecordedProject:
    """A recorded project of one's own."""
    return RecordedProject(shutil.copytree(recorded_once, tmp_path / "examples"))


@pytest.mark.parametrize(
    ("path", "old", "new", "affected"), EVIDENCE, ids=[f"{each[0]} {each[2]}" for each in EVIDENCE]
)
def test_evidence(examples: RecordedProject, path: str, old: str, new: str, affected: set[str]) -> None:
    """Examples are recorded like tests, and run again when what they executed or read is another."""
    examples.write({path: replace((examples.root / path).read_text(), old, new)})
    assert run(examples, "--impacted-by=HEAD", "--no-txselect-record") == affected
    assert run(examples, "--impacted-by=last", "--txselect-record") == affected
    assert run(examples, "--impacted-by=last") == {"3": {"docs/guide.rst"}, "11": {"docs/data.rst"}}.get(
        new, set()
    )


def test_last_runs_what_is_new(examples: RecordedProject) -> None:
    """A text and a module that no run has seen run, whatever changed."""
    examples.write({"docs/more.rst": ">>> 1\n1\n", "pkg/e.py": A})
    assert run(examples, "--impacted-by=last") == {"docs/more.rst", "pkg/e.py"}
