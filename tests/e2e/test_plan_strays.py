"""Files that no import leads to: snapshots and data named after tests, samples named by their folder, compiled sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from planning import Case, check, chosen, plan
from temporary_git import make_repository

if TYPE_CHECKING:
    from pathlib import Path

A, B, Z = "tests/test_a.py", "tests/test_b.py", "tests/test_z.py"
PASS = "def test(): pass\n"  # noqa: S105 - a test that passes, no password
TEST = "def test_one(snapshot): pass\n\nclass TestIt:\n    def test_two(self): pass\n"


@pytest.mark.parametrize(
    "path",
    [
        "tests/__snapshots__/test_a.ambr",
        "tests/__snapshots__/test_a/test_one.json",
        "tests/__snapshots__/test_a/test_b.json",
        "tests/test_a/x.csv",
        "tests/cassettes/test_one.yaml",
        "tests/cassettes/TestIt.test_two.yaml",
        "tests/test_a.test_one.approved.txt",
        "tests/baseline/test_one[x-1].png",
    ],
)
def test_named_after(tmp_path: Path, path: str) -> None:
    """A snapshot, a cassette or a folder of data that is named after a test file or a test concerns that file alone."""
    other = "def test_three(snapshot): pass\n"
    for number, edit in enumerate(("2\n", None)):
        check(
            Case({A: TEST, B: other, Z: PASS, path: "1\n"}, {path: edit}, {A}, {B, Z}), tmp_path / str(number)
        )


def test_snapshot_in_python(tmp_path: Path) -> None:
    """So does a snapshot that is Python, which only the plugin imports."""
    files = {A: TEST, Z: PASS, "tests/snapshots/__init__.py": "", "tests/snapshots/snap_test_a.py": "x = 1\n"}
    check(Case(files, {"tests/snapshots/snap_test_a.py": "x = 2\n"}, {A}), tmp_path)


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({A: TEST, "tests/conftest.py": "x = 'data'\n"}, "tests/data/test_a.json"),
        ({"lib/tests/test_a.py": TEST}, "tests/data/test_a.json"),
        ({A: PASS}, "tests/data/x.json"),
    ],
)
def test_named_otherwise(tmp_path: Path, files: dict[str, str], path: str) -> None:
    """Who names the folder of a file counts before its name; tests elsewhere of that name do not; else the folder runs."""
    check(Case({**files, Z: PASS, path: "1\n"}, {path: "2\n"}, {Z}, set()), tmp_path)


SAMPLE = "tests/samples/proj/app.py"


@pytest.mark.parametrize(
    "test",
    [
        "from pathlib import Path\nHERE = Path(__file__).parent\ndef test(): check(HERE / 'samples' / 'proj')\n",
        "def test(runner): runner.invoke(main, ['tests/samples/proj'])\n",
        "def test(runner): runner.invoke(main, ['tests/samples/'])\n",
        "SAMPLES = 'samples'\n" + PASS,
    ],
)
@pytest.mark.parametrize("changed", [SAMPLE, "tests/samples/proj/part.py"])
def test_samples(tmp_path: Path, test: str, changed: str) -> None:
    """A test that names a folder of Python files which nobody imports runs when one of them changes, or what these import."""
    files = {
        A: test,
        Z: PASS,
        "tests/samples/proj/__init__.py": "",
        SAMPLE: "from . import part\n",
        "tests/samples/proj/part.py": "x = 1\n",
    }
    check(Case(files, {changed: "x = 2\n"}, {A}), tmp_path)


@pytest.mark.parametrize(
    ("place", "tools", "runs"),
    [
        ("tests/samples/hooks", "pre.py", {A, B}),
        ("tests/samples/hooks", "hooks/pre.py", {A, B}),
        ("scripts/x", "pre.py", {A}),
    ],
)
def test_samples_that_code_looks_for(tmp_path: Path, place: str, tools: str, runs: set[str]) -> None:
    """Code that looks for a file's name in a folder that it is given hides no test that gives it that folder."""
    folder = place.rpartition("/")[0]
    files = {
        A: f"def test(): generate('{place}')\n",
        B: f"def test(): generate('{folder}')\n" if "/" in folder else "SCRIPTS = 'scripts'\n" + PASS,
        "tests/test_c.py": "import pkg.hooks\n" + PASS,
        Z: PASS,
        "pkg/__init__.py": "",
        "pkg/hooks.py": f"NAME = '{tools}'\n",
        f"{place}/pre.py": "x = 1\n",
    }
    check(
        Case(files, {f"{place}/pre.py": "x = 2\n"}, {*runs, "tests/test_c.py"}, {Z, *({A, B} - runs)}),
        tmp_path,
    )


TEMPLATE = "tests/samples/other/made.py"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("tests/samples/proj", "x = 2\n"),
        ("tests/samples/proj", "x = 1  # one\n"),
        ("examples/proj", "x = 2\n"),
    ],
)
def test_samples_beside_what_does_not_parse(tmp_path: Path, place: str, text: str) -> None:
    """Python that does not parse, as a template, may import everything, and leaves samples what they are."""
    files = {
        A: f"def test(): generate('{place}')\n",
        Z: PASS,
        f"{place}/__init__.py": "",
        f"{place}/app.py": "x = 1\n",
        TEMPLATE: "import {{ name }}\n",
    }
    check(Case(files, {f"{place}/app.py": text}, {A}), tmp_path)


def test_generator_beside_what_does_not_parse(tmp_path: Path) -> None:
    """Neither does it hide that a script may generate a module that is imported and not there."""
    files = {
        A: "import pkg.made\n" + PASS,
        Z: PASS,
        "pkg/__init__.py": "",
        "make.py": "print(1)\n",
        TEMPLATE: "import {{ name }}\n",
    }
    check(Case(files, {"make.py": "print(2)\n"}, {A}), tmp_path)


@pytest.mark.parametrize(
    "folder", ["tests/samples/proj", "tests/samples/proj/", "../tests/samples/proj", "samples/proj"]
)
def test_document_of_sample(tmp_path: Path, folder: str) -> None:
    """A document in a folder that a test names by a path is a sample, not documentation: a template, an expected text."""
    files = {A: f"def test(): generate('{folder}')\n", Z: PASS, "tests/samples/proj/x/README.rst": "1\n"}
    check(Case(files, {"tests/samples/proj/x/README.rst": "2\n"}, {A}), tmp_path)


@pytest.mark.parametrize("changed", ["pkg/alone.py", "pkg/used.py", "tests/other.py"])
def test_no_samples(tmp_path: Path, changed: str) -> None:
    """The folder of an imported package, and one with tests, are no samples."""
    files = {
        A: "x = ['pkg', 'tests']\n" + PASS,
        B: "import pkg.used\n" + PASS,
        "pkg/__init__.py": "",
        "pkg/alone.py": "x = 1\n",
        "pkg/used.py": "x = 1\n",
        "tests/other.py": "x = 1\n",
    }
    check(Case(files, {changed: "x = 2\n"}, set(), {A}), tmp_path)


COMPILED = {
    A: "from pkg.fast import f\n" + PASS,
    Z: PASS,
    "pkg/__init__.py": "",
    "pkg/a.py": "x = 1\n",
    "pkg/fast.pyx": "from pkg.a import x\n",
}


@pytest.mark.parametrize("changed", ["pkg/a.py", "pkg/fast.pyx", "pkg/__init__.py"])
def test_compiled(tmp_path: Path, changed: str) -> None:
    """Who imports a compiled module depends on its source, on what that imports, and on the package that it is in."""
    check(Case(COMPILED, {changed: "x = 2\n"}, {A}), tmp_path)


def test_compiled_by_nobody(tmp_path: Path) -> None:
    """A compiled module that nobody imports leads nowhere."""
    repository = make_repository(tmp_path / "r", {**COMPILED, A: PASS})
    repository.write({"pkg/a.py": "x = 2\n"})
    assert not chosen(plan(repository, tmp_path / "store", ref="HEAD"))


READS = "import pathlib\nHERE = pathlib.Path(__file__).parent\n\ndef test():\n    assert {}\n"


@pytest.mark.parametrize("text", ["x = 1  # one\n", "x=1\n", '"""X."""\n\nx = 1\n'])
@pytest.mark.parametrize(
    ("place", "reading"),
    [
        ("tests/expected/s.py", "(HERE / 'expected' / 's.py').read_text()"),
        ("tests/expected/s.py", "[each.read_text() for each in (HERE / 'expected').glob('*.py')]"),
        ("tests/expected/s.py", "load('expected', NAME)"),
        ("tests/test_a/s.py", "load(NAME)"),
    ],
)
def test_text_of_sample(tmp_path: Path, place: str, reading: str, text: str) -> None:
    """Python among tests that nobody imports is data: who reads it runs whatever changed in it, comments and layout too."""
    files = {
        place: "x = 1\n",
        "tests/test_a.py": READS.format(reading),
        "tests/test_z.py": "def test(): pass\n",
    }
    check(Case(files, {place: text}, {"tests/test_a.py"}), tmp_path)


@pytest.mark.parametrize("place", ["tests/helper.py", "pkg/a.py", "tests/test_a.py", "tests/conftest.py"])
def test_text_of_code(tmp_path: Path, place: str) -> None:
    """Comments and layout of a file that is imported, or collected, concern nobody, whoever lists its folder."""
    files = {
        place: "x = 1\n",
        "pkg/__init__.py": "",
        "tests/test_b.py": "import helper\nimport pkg.a\n\ndef test(): pass\n",
        "tests/test_c.py": READS.format("[each.read_text() for each in HERE.glob('*.py')]"),
    }
    check(Case(files, {place: "x=1  # one\n"}, set(), {"tests/test_b.py", "tests/test_c.py"}), tmp_path)
