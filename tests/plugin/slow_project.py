"""A project with tests that `-m 'not slow'` of its configuration deselects, for all sorts of reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from small_project import said

if TYPE_CHECKING:
    import pytest

__all__ = ["FILES", "LINE", "ONE", "QUICK", "TWO", "count_collected", "edit", "find_left"]

FILES: Final = {
    "pytest.ini": "[pytest]\npythonpath = .\naddopts = -m 'not slow'\nmarkers = slow\n",
    "pkg/c.py": (
        "import enum\n\nLIMITS = (1, 2)\n\n\ndef one():\n    return 1\n\n\ndef two():\n    return 2\n\n\n"
        "class Mixed:\n    pass\n\n\nclass Color(enum.Enum):\n    RED = 1\n    BLUE = 2\n\n\n"
        "class Box:\n    sizes = (1, 2)\n\n\nBOXES = [Box()]\n"
    ),
    "tests/__init__.py": "",
    "tests/helping.py": (
        "import pathlib\nimport pytest\n\n"
        "PLACE = pathlib.Path(__file__).with_name('names.txt')\n\n"
        "def list_numbers():\n    return range(3)\n\n"
        "def give_marks(name):\n    return [pytest.mark.slow] if name in PLACE.read_text().split() else []\n\n"
        "class Base:\n    @pytest.mark.slow\n    def test_inherited(self):\n        pass\n"
    ),
    "tests/names.txt": "read\n",
    "tests/conftest.py": (
        "import os\nimport pytest\n\n"
        "@pytest.fixture(params=[pytest.param(1, marks=pytest.mark.slow)])\n"
        "def number(request):\n    return request.param\n\n"
        "def is_slow(item):\n    return item.name.startswith('test_hooked')\n\n"
        "def pytest_addoption(parser):\n    parser.addoption('--fast', action='store_true')\n\n"
        "def pytest_generate_tests(metafunc):\n"
        "    if 'size' in metafunc.fixturenames:\n"
        "        marked = [pytest.param(n, marks=pytest.mark.slow if n < 3 else ()) for n in metafunc.cls.sizes]\n"
        "        metafunc.parametrize('size', marked)\n\n"
        "def pytest_collection_modifyitems(config, items):\n"
        "    for item in items:\n"
        "        fast = os.environ.get('SPEED') or os.environ.get('CI_SPEED') or config.getoption('--fast')\n"
        "        if is_slow(item) and not fast:\n"
        "            item.add_marker(pytest.mark.slow)\n"
    ),
    "tests/test_slow.py": (
        "import pytest\nimport pkg.c\nfrom pkg.c import BOXES, LIMITS, Box, Color, Mixed, one, two\n"
        "from tests.helping import Base, give_marks, list_numbers\n\n"
        "@pytest.mark.slow\n@pytest.mark.parametrize('n', list_numbers())\ndef test_slow(n):\n    assert one()\n\n"
        "def test_hooked():\n    assert one()\n\n"
        "@pytest.mark.parametrize('x', [pytest.param(1, marks=give_marks('read'))])\n"
        "def test_data(x):\n    assert one()\n\n"
        "@pytest.mark.parametrize('x', [pytest.param(n, marks=pytest.mark.slow if n < 3 else ()) for n in LIMITS])\n"
        "def test_limits(x):\n    assert one()\n\n"
        "@pytest.mark.parametrize('x', [pytest.param(n, marks=pytest.mark.slow if n < 3 else ()) for n in pkg.c.LIMITS])\n"
        "def test_module(x):\n    assert one()\n\n"
        "@pytest.mark.parametrize('x', [pytest.param(n, marks=pytest.mark.slow if n < 3 else ()) for n in Box.sizes])\n"
        "def test_class(x):\n    assert one()\n\n"
        "@pytest.mark.parametrize('x', [pytest.param(n, marks=pytest.mark.slow if n < 3 else ()) "
        "for b in BOXES for n in b.sizes])\n"
        "def test_object(x):\n    assert one()\n\n"
        "@pytest.mark.parametrize('x', [pytest.param(c, marks=pytest.mark.slow if c.value < 3 else ()) for c in Color])\n"
        "def test_color(x):\n    assert one()\n\n"
        "SIZES = LIMITS\n\n"
        "class TestGenerated:\n    sizes = SIZES\n\n    def test_generated(self, size):\n        assert one()\n\n"
        "def test_fixed(number):\n    assert one()\n\n"
        "@pytest.mark.slow\nclass TestIt(Base, Mixed):\n    pass\n\n"
        "def test_quick():\n    assert two()\n"
    ),
    "tests/test_only_slow.py": (
        "import pytest\nfrom pkg.c import one\n\npytestmark = pytest.mark.slow\n\n"
        "def test_there():\n    assert one()\n"
    ),
}
ONE: Final = {"pkg/c.py": FILES["pkg/c.py"].replace("return 1", "return 0 + 1")}
"""An edit that deselected tests would execute, and no other one."""
TWO: Final = {"pkg/c.py": FILES["pkg/c.py"].replace("return 2", "return 2 + 0")}
"""An edit that one of the others executes."""
QUICK: Final = "tests/test_slow.py::test_quick"
LINE: Final = "nothing that makes or marks them"


def edit(path: str, old: str, new: str) -> dict[str, str]:
    """A file of the project with one edit."""
    assert old in FILES[path]
    return {path: FILES[path].replace(old, new)}


def find_left(result: pytest.RunResult) -> set[str]:
    """The files of which the explanation says that deselected tests are not collected."""
    return {line.split(": ")[1] for line in said(result) if line.endswith(LINE)}


def count_collected(result: pytest.RunResult) -> int:
    """How many tests were collected, also if they were deselected then."""
    return sum(result.parseoutcomes().get(name, 0) for name in ("passed", "failed", "deselected"))
