"""What importing other modules, or not, does elsewhere; and files that are no code. Checked against full runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests, replace

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

APP: Final = """\
from pkg import registry
from pkg import plugins
from pkg import quiet

def ask(name):
    return registry.TABLE.get(name)

def other():
    return 0
"""
PLUGINS: Final = {
    "pkg/__init__.py": "",
    "pkg/registry.py": "TABLE = {}\n\ndef add(name, value):\n    TABLE[name] = value\n",
    "pkg/plugins.py": "from pkg.registry import add\n\nadd('a', 1)\n",
    "pkg/late.py": "from pkg.registry import add\n\nadd('b', 2)\n",
    "pkg/quiet.py": "LIMIT = 1\n\ndef quiet():\n    return LIMIT\n",
    "pkg/calm.py": "LIMIT = 1\n",
    "pkg/app.py": APP,
    "pkg/named.json": '{"kind": "Box"}',
    "pkg/kinds.py": "class Plain:\n    size = 1\n\nclass Box(Plain):\n    pass\n",
    "pkg/make.py": "import json\nimport os\nfrom pkg import kinds\n\ndef make():\n"
    "    with open(os.path.join(os.path.dirname(__file__), 'named.json')) as stream:\n"
    "        return vars(kinds)[json.load(stream)['kind']]()\n\n"
    "def look():\n    return os.path.exists(os.path.join(os.path.dirname(__file__), 'extra.cfg'))\n\ndef calm():\n    return 1\n",
    "tests/test_it.py": make_tests(
        registered="import time; from pkg import app; assert app.ask('a') == 1; time.sleep(0.2)",
        missing="import time; from pkg import app; assert app.ask('b') is None; time.sleep(0.2)",
        other="from pkg import app; assert app.other() == 0",
        kinds="from pkg import kinds; assert kinds.Plain",
        named="from pkg.make import make; assert make().size == 1",
        looked="from pkg.make import look; assert not look()",
        calm="from pkg.make import calm; assert calm() == 1",
    ),
}
SOURCE: Final = """\
__all__ = ['one', 'two']
LIMIT = 3

def one():
    return 1

def two():
    return 2

def limit():
    return LIMIT
"""
STARS: Final = {
    "pkg/__init__.py": "",
    "pkg/source.py": SOURCE,
    "pkg/stars.py": "from pkg.source import *\n\nnames = locals()\n"
    "for name in ['one', 'two']:\n    names[name].home = 'pkg.stars'\n",
    "pkg/use.py": "from pkg import stars\n\ndef two():\n    return stars.two()\n",
    "tests/test_it.py": make_tests(
        one="from pkg.stars import one; assert one() == 1",
        two="from pkg.use import two; assert two() == 2",
        limited="from pkg.source import limit; assert limit() == 3",
        star="import pkg.stars; assert pkg.stars",
    ),
}
LAZY: Final = {
    "pkg/__init__.py": "",
    "pkg/late.py": "import typing as t\nimport os\n\nif t.TYPE_CHECKING:\n    import sys\n\n"
    "def one():\n    return 1\n\ndef two():\n    return os.sep\n",
    "pkg/other.py": "def other():\n    return 1\n",
    "tests/test_it.py": make_tests(
        one="from pkg.late import one; assert one() == 1",
        two="from pkg.late import two; assert two()",
        other="from pkg.other import other; assert other() == 1",
    ),
}
PANELS: Final = {
    **PLUGINS,
    "pkg/panel.py": "from pkg import plugins\n\ndef panel():\n    return plugins.add\n",
    "pkg/app.py": replace(APP, "from pkg import quiet\n", "from pkg import panel\n"),
}
APP_TESTS: Final = frozenset({"registered", "missing", "other"})
CASES: Final = {
    "import that registers is gone": Case(
        PLUGINS, {"pkg/app.py": replace(APP, "from pkg import plugins\n", "")}, APP_TESTS
    ),
    "import that registers comes": Case(
        PLUGINS,
        {"pkg/app.py": replace(APP, "from pkg import plugins\n", "from pkg import late, plugins\n")},
        APP_TESTS,
    ),
    "import of what only defines is gone": Case(
        PLUGINS, {"pkg/app.py": replace(APP, "from pkg import quiet\n", "")}, frozenset({"other"})
    ),
    "class that a file names": Case(
        PLUGINS,
        {"pkg/kinds.py": "class Plain:\n    size = 1\n\nclass Box:\n    pass\n"},
        frozenset({"named"}),
    ),
    "attribute of a class that a file names": Case(
        PLUGINS,
        {"pkg/kinds.py": "class Plain:\n    size = 1\n\nclass Box(Plain):\n    size = 2\n"},
        frozenset({"named"}),
    ),
    "name that a star takes no longer": Case(
        STARS,
        {
            "pkg/source.py": replace(SOURCE, "['one', 'two']", "['one']"),
            "pkg/stars.py": "from pkg.source import *\n",
        },
        frozenset({"one", "two", "star", "limited"}),
    ),
    "name that a star takes for the first time": Case(
        STARS,
        {"pkg/source.py": replace(SOURCE, "['one', 'two']", "['one', 'two', 'limit']")},
        frozenset({"one", "two", "star", "limited"}),
    ),
    "name that no star takes": Case(
        STARS, {"pkg/source.py": replace(SOURCE, "LIMIT = 3", "LIMIT = 4")}, frozenset({"limited"})
    ),
    "file that somebody looked for": Case(PLUGINS, {"pkg/extra.cfg": "x = 1\n"}, frozenset({"looked"})),
    "import of what its own import needs": Case(
        LAZY,
        {"pkg/late.py": replace(LAZY["pkg/late.py"], "import typing as t\n", "")},
        frozenset({"one", "two"}),
    ),
    "import of what one function needs": Case(
        LAZY, {"pkg/late.py": replace(LAZY["pkg/late.py"], "import os\n", "")}, frozenset({"two"})
    ),
    "import of what only defines, and imports what others import, is gone": Case(
        PANELS,
        {"pkg/app.py": replace(PANELS["pkg/app.py"], "from pkg import panel\n", "")},
        frozenset({"other"}),
    ),
    "import of what only defines, and imports what others import, comes": Case(
        {**PANELS, "pkg/app.py": APP},
        {"pkg/app.py": replace(APP, "from pkg import quiet\n", "from pkg import panel, quiet\n")},
        frozenset({"other"}),
    ),
    "import of what only defines comes": Case(
        PLUGINS,
        {"pkg/app.py": replace(APP, "from pkg import quiet\n", "from pkg import calm, quiet\n")},
        frozenset({"other"}),
    ),
}


@pytest.mark.skipif(
    sys.version_info < (3, 12), reason="below, what is imported within a test is not told apart"
)
@pytest.mark.parametrize("name", CASES)
def test_edit(name: str, recorded: Recorded, tmp_path: Path) -> None:
    """Selected are exactly the tests of the case, and no other test newly fails."""
    check(CASES[name], recorded, tmp_path / "copy")
