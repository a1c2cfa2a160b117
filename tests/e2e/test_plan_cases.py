"""Selections in real repositories: one trap each, asked of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from planning import Case, check

if TYPE_CHECKING:
    from pathlib import Path

PASS = "def test(): pass\n"  # noqa: S105 - a test that passes, no password


A = "tests/test_a.py"
CODE = {"pkg/__init__.py": "", "pkg/a.py": "x = 1\n", "tests/test_z.py": PASS}
EDIT: dict[str, str | None] = {"pkg/a.py": "x = 2\n"}
JSON = {"tests/data/a_config.json": "1", "tests/test_b.py": "open('data/a_config.json')\n" + PASS}

CASES = {
    "import through a linked folder": Case(
        {**CODE, A: "from other.a import x\n" + PASS}, EDIT, {A}, links={"other": "pkg"}
    ),
    "import through a linked file": Case(
        {**CODE, A: "from pkg.l import x\n" + PASS}, EDIT, {A}, links={"pkg/l.py": "a.py"}
    ),
    "a link to a link": Case(
        {**CODE, A: "from pkg.m import x\n" + PASS}, EDIT, {A}, links={"pkg/l.py": "a.py", "pkg/m.py": "l.py"}
    ),
    "deleted behind a linked folder": Case(
        {**CODE, A: "from other.a import x\n" + PASS}, {"pkg/a.py": None}, {A}, links={"other": "pkg"}
    ),
    "link to its own folder": Case({**CODE, A: "import pkg.a\n" + PASS}, EDIT, {A}, links={"pkg/loop": "."}),
    "link out of the repository": Case(
        {**CODE, A: "import pkg.a\n" + PASS}, EDIT, {A}, links={"pkg/o.py": "../../o.py"}
    ),
    "namespace folder gets an __init__": Case(
        {"ns/a.py": "x = 1\n", A: "from ns.a import x\n" + PASS, "tests/test_z.py": PASS},
        {"ns/__init__.py": "raise OSError\n"},
        {A},
    ),
    "package loses its __init__": Case(
        {**CODE, A: "from pkg.a import x\n" + PASS}, {"pkg/__init__.py": None}, {A}
    ),
    "a module appears where one was looked for": Case(
        {**CODE, A: "try:\n    import pkg.fast\nexcept ImportError:\n    pass\n" + PASS},
        {"pkg/fast.py": "x = 1\n"},
        {A},
    ),
    "a package shadows a module": Case(
        {**CODE, A: "from pkg.a import x\n" + PASS}, {"pkg/a/__init__.py": "x = 3\n"}, {A}
    ),
    "a nearer helper shadows": Case(
        {"helper.py": "", A: "import helper\n" + PASS, "tests/test_z.py": PASS},
        {"tests/helper.py": "x = 1\n"},
        {A},
    ),
    "a folder of tests named as the package": Case(
        {
            "src/pkg/__init__.py": "def f(): return 1\n",
            "tests/pkg/test_b.py": PASS,
            A: "from pkg import f\n" + PASS,
            "tests/test_z.py": PASS,
        },
        {"src/pkg/__init__.py": "def f(): return 2\n"},
        {A},
    ),
    "a project folder named as the package": Case(
        {"lib/lib/__init__.py": "def f(): return 1\n", A: "import lib\n" + PASS, "tests/test_z.py": PASS},
        {"lib/lib/__init__.py": "def f(): return 2\n"},
        {A},
    ),
    "a package folder on sys.path": Case(
        {
            "app/__init__.py": "",
            "app/deep.py": "x = 1\n",
            A: "import sys\nsys.path.insert(0, 'app')\nimport deep\n" + PASS,
            "tests/test_z.py": PASS,
        },
        {"app/deep.py": "x = 2\n"},
        {A},
    ),
    "conftest above": Case({"conftest.py": "x = 1\n", A: PASS}, {"conftest.py": "x = 2\n"}, {A}, set()),
    "conftest beside": Case(
        {"tests/u/conftest.py": "x = 1\n", "tests/u/test_u.py": PASS, "tests/test_z.py": PASS},
        {"tests/u/conftest.py": "x = 2\n"},
        {"tests/u/test_u.py"},
    ),
    "what a conftest imports": Case(
        {**CODE, "tests/u/conftest.py": "import pkg.a\n", "tests/u/test_u.py": PASS},
        EDIT,
        {"tests/u/test_u.py"},
    ),
    "conftest deleted": Case(
        {"tests/u/conftest.py": "x = 1\n", "tests/u/test_u.py": PASS, "tests/test_z.py": PASS},
        {"tests/u/conftest.py": None},
        {"tests/u/test_u.py"},
    ),
    "rootdir below the top": Case(
        {
            "lib/pkg/__init__.py": "",
            "lib/pkg/a.py": "x = 1\n",
            "lib/pyproject.toml": "[tool.pytest.ini_options]\n",
            "lib/tests/test_a.py": "import pkg.a\n" + PASS,
            "lib/tests/test_z.py": PASS,
        },
        {"lib/pkg/a.py": "x = 2\n"},
        {"lib/tests/test_a.py"},
        {"lib/tests/test_z.py"},
        below="lib",
    ),
    "a configured plugin": Case({**CODE, A: PASS}, EDIT, {A}, set(), config={"plugins": ("pkg.a",)}),
    "Django's settings": Case(
        {**CODE, A: PASS, "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = pkg.a\n"}, EDIT, {A}, set()
    ),
    "a class of warnings": Case(
        {**CODE, A: PASS, "pytest.ini": "[pytest]\nfilterwarnings =\n    error::pkg.a.Odd\n"},
        EDIT,
        {A},
        set(),
    ),
    "an example's import": Case(
        {**CODE, "docs/test_x.txt": ">>> from pkg import a\n>>> a.x\n1\n"}, EDIT, {"docs/test_x.txt"}
    ),
    "an example's import of a deleted module": Case(
        {**CODE, "docs/test_x.txt": "text\n\n    >>> import pkg.a\n"}, {"pkg/a.py": None}, {"docs/test_x.txt"}
    ),
    "an example beside one that shows a syntax error": Case(
        {**CODE, "docs/test_x.txt": ">>> def (\nSyntaxError\n>>> import pkg.a\n"}, EDIT, {"docs/test_x.txt"}
    ),
    "an example of something else": Case(
        {**CODE, "docs/test_x.txt": ">>> import json\n", A: "import pkg.a\n" + PASS},
        EDIT,
        {A},
        {"docs/test_x.txt"},
    ),
    "a docstring's example": Case(
        {**CODE, "pkg/b.py": 'def f():\n    """F.\n\n    >>> from pkg.a import x\n    """\n', A: PASS},
        EDIT,
        {"pkg/b.py"},
        {A},
        config={"doctest_modules": True},
    ),
    "data whose name the run puts together": Case(
        {**JSON, A: "def load(n): open('data/' + n + '_config.json')\n" + PASS, "tests/test_z.py": PASS},
        {"tests/data/a_config.json": "2"},
        {A, "tests/test_b.py"},
    ),
    "data by a suffix": Case(
        {**JSON, A: "def load(d, n): open(d / f'{n}_config.json')\n" + PASS, "tests/test_z.py": PASS},
        {"tests/data/a_config.json": "2"},
        {A, "tests/test_b.py"},
    ),
    "a text collected for examples that is data too": Case(
        {
            "tests/golden/test_a.txt": "1",
            A: "def load(n): open('tests/golden/' + n + '.txt')\n" + PASS,
            "tests/test_z.py": PASS,
        },
        {"tests/golden/test_a.txt": "2"},
        {A, "tests/golden/test_a.txt"},
    ),
    "a lint table of a manifest that a test reads": Case(
        {
            "pyproject.toml": "[tool.ruff]\nline-length = 88\n",
            A: "import tomllib\ndef test(): tomllib.load(open('pyproject.toml', 'rb'))\n",
            "tests/test_z.py": PASS,
        },
        {"pyproject.toml": "[tool.ruff]\nline-length = 100\n"},
        {A},
    ),
    "a docstring whose examples a test runs": Case(
        {
            "pkg/__init__.py": "",
            "pkg/d.py": 'def f():\n    """F.\n\n    >>> 1\n    1\n    """\n',
            A: "import doctest\nimport pkg.d\ndef test(): assert not doctest.testmod(pkg.d).failed\n",
            "tests/test_z.py": "import pkg.d\n" + PASS,
        },
        {"pkg/d.py": 'def f():\n    """F.\n\n    >>> 1\n    2\n    """\n'},
        {A},
    ),
    "a docstring by its name": Case(
        {
            "pkg/__init__.py": "",
            "pkg/d.py": 'def f():\n    """F."""\n',
            A: "import pkg.d\ndef test(): assert getattr(pkg.d.f, '__doc__') == 'F.'\n",
            "tests/test_z.py": "import pkg.d\n" + PASS,
        },
        {"pkg/d.py": 'def f():\n    """G."""\n'},
        {A},
    ),
    "a file that does not parse": Case({**CODE, A: "def (:\n", "pkg/b.py": "import pkg.a\n"}, EDIT, {A}),
    "an older file that did not parse": Case(
        {**CODE, "pkg/a.py": "def (\n", A: "import pkg.a\n" + PASS}, EDIT, {A}
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_case(case: Case, tmp_path: Path) -> None:
    """What an edit can affect runs, and what it cannot does not."""
    check(case, tmp_path)
