"""Files beside modules that tests are made of or read: by collectors of a project's own, by listings, through links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from planning import Case, check

if TYPE_CHECKING:
    from pathlib import Path

A, B, Z = "tests/test_a.py", "tests/test_b.py", "tests/test_z.py"
PASS = "def test(): pass\n"  # noqa: S105 - a test that passes, no password
COLLECTOR = (
    "def pytest_collect_file(parent, file_path):\n    if file_path.suffix == '{}':\n        return Made()\n"
)
CODE = "```python\nfrom pkg.a import f\n```\n"
FILES = {Z: PASS, "pkg/__init__.py": "", "pkg/a.py": "f = 1\n", "pkg/b.py": "f = 1\n"}
MADE = {"docs/x.md": CODE, "docs/y.md": "```python\nimport pkg.b\n```\n", "docs/z.rst": CODE}
EDIT: dict[str, str | None] = {"pkg/a.py": "f = 2\n"}
LISTS = "from pathlib import Path\n\n\ndef test({}):\n    for each in {}:\n        run(each.read_text())\n"
PLACE = "from pathlib import Path\n\nimport pytest\n\n\n@pytest.fixture\ndef given():\n    return Path(__file__).parents[1]\n"
FIXTURE = "import pytest\n\n\n@pytest.fixture\ndef thing():\n    return {}\n"

COLLECTED = {
    "what a document with code in it imports": Case(
        {**FILES, **MADE, "conftest.py": COLLECTOR.format(".md")},
        EDIT,
        {"docs/x.md"},
        {"docs/y.md", "docs/z.rst", Z},
    ),
    "a document": Case(
        {**FILES, **MADE, "conftest.py": COLLECTOR.format(".md")},
        {"docs/x.md": "x\n"},
        {"docs/x.md"},
        {"docs/y.md", Z},
    ),
    "a document that comes": Case(
        {**FILES, "conftest.py": COLLECTOR.format(".md")}, {"docs/x.md": CODE}, {"docs/x.md"}, {Z}
    ),
    "a document that another ending is asked for": Case(
        {**FILES, **MADE, "conftest.py": COLLECTOR.format(".rst")}, {"docs/x.md": "x\n"}, set(), {"docs/x.md", Z}
    ),
    "a document of another folder": Case(
        {**FILES, **MADE, "tests/conftest.py": COLLECTOR.format(".md")},
        {"docs/x.md": "x\n", **EDIT},
        set(),
        {"docs/x.md", Z},
    ),
    "an ending that an imported helper knows": Case(
        {
            **FILES,
            **MADE,
            "conftest.py": "from helper import fits\n\n\ndef pytest_collect_file(file_path):\n    return fits(file_path)\n",
            "helper.py": "def fits(path):\n    return path.name.endswith('.md')\n",
        },
        EDIT,
        {"docs/x.md"},
        {"docs/z.rst", Z},
    ),
    "no ending that anybody knows": Case(
        {**FILES, **MADE, "conftest.py": "from outside import pytest_collect_file\n"},
        EDIT,
        {"docs/x.md", "docs/z.rst"},
        {"docs/y.md", Z},
    ),
    "data of which the hook has the ending": Case(
        {**FILES, "tests/conftest.py": COLLECTOR.format(".case"), "tests/x.case": "1"},
        {"tests/x.case": "2"},
        {"tests/x.case"},
        {Z},
    ),
    "data of which only a helper has it": Case(
        {
            **FILES,
            "tests/conftest.py": "import helper\n\n\ndef pytest_collect_file(file_path):\n    return helper.fits(file_path)\n",
            "tests/helper.py": "ENDING = '.case'\n",
            "tests/x.case": "1",
        },
        {"tests/x.case": "2"},
        {"tests/x.case", Z},
        set(),
    ),
    "what a data file names": Case(
        {**FILES, "conftest.py": COLLECTOR.format(".yaml"), "cases/x.yaml": "call: pkg.a.f\n", "cases/y.yaml": "z: 1\n"},
        EDIT,
        {"cases/x.yaml"},
        {"cases/y.yaml", Z},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", COLLECTED.values(), ids=COLLECTED)
def test_collected(case: Case, tmp_path: Path) -> None:
    """Files of which a conftest makes tests run when they change, or what the code in them imports."""
    check(case, tmp_path)


@pytest.mark.parametrize(
    ("listing", "runs"),
    [
        ("Path(__file__).parents[1].joinpath('docs').glob('*.md')", True),
        ("Path('docs').rglob('*.md')", True),
        ("Path('docs').iterdir()", True),
        ("(each for each in (Path(__file__).parents[1] / 'docs').iterdir() if each.suffix == '.md')", True),
        ("Path('docs').glob('*.rst')", False),
        ("tmp_path.glob('*.md')", False),
        ("Path.cwd().rglob('*.md')", True),
        ("glob.iglob('**/*.md', recursive=True)", True),
        ("glob.iglob('docs/*.md')", True),
        ("given.rglob('*.md')", True),
        ("Path('docs/other').glob('*.md')", False),
        ("Path(__file__).parent.glob('*.json')", False),
    ],
)
def test_listed(tmp_path: Path, listing: str, *, runs: bool) -> None:
    """A test that finds documents by listing runs what is in them, so it depends on what that imports."""
    files = {
        **FILES,
        "docs/x.md": CODE,
        "tests/conftest.py": PLACE,
        A: LISTS.format("given" if "given" in listing else "", listing),
    }
    check(Case(files, EDIT, {A} if runs else set(), {Z} if runs else {A, Z}), tmp_path)


def test_listed_by_helper(tmp_path: Path) -> None:
    """So does a test whose helper lists them, but not one whose package knows a glob for files of its users."""
    helper = LISTS.format("", "Path(__file__).parents[1].glob('docs/*.md')").replace(
        "def test()", "def give()"
    )
    files = {
        **FILES,
        "docs/x.md": CODE,
        "tests/helper.py": helper,
        "app.py": "GLOBS = ['*.md']\n",
        A: "import helper\n" + PASS,
        B: "import app\n" + PASS,
    }
    check(Case(files, EDIT, {A}, {B, Z}), tmp_path)


@pytest.mark.parametrize("name", ["conftest.py", "fixtures.py"])
def test_fixture_of_linked_conftest(tmp_path: Path, name: str) -> None:
    """A fixture of a conftest that is a link concerns those who ask for it below the link."""
    files = {
        Z: PASS,
        f"shared/{name}": FIXTURE.format(1),
        "tests/u/test_a.py": "def test(thing): pass\n",
        "tests/u/test_b.py": PASS,
    }
    links = {"tests/u/conftest.py": f"../../shared/{name}"}
    edits: dict[str, str | None] = {f"shared/{name}": FIXTURE.format(2)}
    check(Case(files, edits, {"tests/u/test_a.py"}, {Z}, links=links), tmp_path)


@pytest.mark.parametrize(
    "code",
    [
        "f'from pkg.{name} import f'",
        "'import os\\nfrom pkg.%s import f' % name",
        "'print(1); from pkg.{} import f'.format(name)",
        "'from pkg.' + name + ' import f'",
    ],
)
def test_import_put_together(tmp_path: Path, code: str) -> None:
    """A module whose name the run puts into code is any of its package."""
    files = {
        **FILES,
        A: f"def test(name):\n    exec({code})\n",
        B: "def test(name):\n    print(f'from {name}.')\n",
    }
    check(Case(files, EDIT, {A}, {B, Z}), tmp_path)
