"""What edits of test files and conftests reach by evidence: pytest finds things by their names. Checked against full runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest
from followed import make_tests, record, replace, select

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MIXIN: Final = """\
class Sized:
    size = 0
    wanted = 0

    def test_size(self):
        assert self.size == self.wanted

    def test_always(self):
        assert True
"""
MIXED: Final = """\
import unittest
from tests.mixin import Sized

class TestUnit(Sized, unittest.TestCase):
    size = 1
    wanted = 1

class TestPlain(Sized):
    size = 2
    wanted = 2

class TestOther:
    def test_other(self):
        assert True
"""
CONFTEST: Final = """\
import pytest

STATE = []

@pytest.fixture
def client():
    return 'outer'

@pytest.fixture(params=['x'])
def given(request):
    return request.param
"""
INNER: Final = """\
import pytest

@pytest.fixture
def server():
    return 1
"""
ASKING: Final = """\
import pytest
from tests.conftest import STATE

LIMIT = 1

@pytest.mark.skip
def test_skipped():
    assert LIMIT == 2

@pytest.mark.parametrize('number', [1])
def test_number(number):
    assert number == 1

def test_client(client):
    assert client == 'outer'

def test_given(given):
    assert given == 'x'

def test_state():
    assert STATE == []

class TestGroup:
    def test_grouped(self, client):
        assert client == 'outer'

    def test_kept(self):
        assert not hasattr(self, 'made')
"""
SUITE: Final = {
    "pkg/__init__.py": "",
    "pkg/names.py": "one = 1\n",
    "pkg/kinds.py": "Kind = int\n",
    "pkg/hints.py": "from dataclasses import dataclass\nfrom pkg.kinds import Kind\n\n"
    "@dataclass\nclass Made:\n    value: Kind = 1\n\n"
    "def mark(function):\n    return function\n\n@mark\ndef take(value: Kind) -> int:\n    return 1\n",
    "tests/__init__.py": "",
    "tests/conftest.py": CONFTEST,
    "tests/mixin.py": MIXIN,
    "tests/test_mixed.py": MIXED,
    "tests/inner/__init__.py": "",
    "tests/inner/conftest.py": INNER,
    "tests/inner/test_asking.py": ASKING,
    "tests/test_names.py": "import typing\n\nimport pytest\n\nimport pkg.names\nfrom pkg.hints import Made, take\n\n"
    + make_tests(
        missing="with pytest.raises(AttributeError): pkg.names.two",
        hints="assert typing.get_type_hints(Made)['value'] is int",
        taken="assert typing.get_type_hints(take)['value'] is int",
        quiet="assert True",
    ),
}


def mixed(old: str, new: str) -> Mapping[str, str]:
    """An edit of the test file with the mixin."""
    return {"tests/test_mixed.py": replace(MIXED, old, new)}


def asking(old: str, new: str) -> Mapping[str, str]:
    """An edit of the test file that asks for fixtures."""
    return {"tests/inner/test_asking.py": replace(ASKING, old, new)}


def conftest(old: str, new: str) -> Mapping[str, str]:
    """An edit of the inner conftest."""
    return {"tests/inner/conftest.py": replace(INNER, old, new)}


EDITS: Final = {
    "attribute of a test case that only a mixin reads": mixed("    size = 1", "    size = 7"),
    "attribute of a test class that only a mixin reads": mixed("    size = 2", "    size = 7"),
    "attribute of a mixin": {
        "tests/mixin.py": replace(MIXIN, "    size = 0\n    wanted = 0", "    wanted = 0")
    },
    "method of a mixin": {"tests/mixin.py": replace(MIXIN, "assert True", "assert False")},
    "setup that comes": mixed(
        "    size = 2\n", "    size = 2\n\n    def setup_method(self):\n        self.size = 9\n"
    ),
    "setup of a case that comes": mixed(
        "    size = 1\n", "    size = 1\n\n    def setUp(self):\n        self.size = 9\n"
    ),
    "setup of a module that comes": mixed(
        "class TestPlain", "def setup_module(module):\n    module.TestPlain.size = 9\n\nclass TestPlain"
    ),
    "base of a test class": mixed("class TestOther:", "class TestOther(Sized):\n    wanted = 9\n"),
    "skip that goes": asking("@pytest.mark.skip\n", ""),
    "mark of a module that comes": asking(
        "LIMIT = 1", "LIMIT = 1\npytestmark = pytest.mark.xfail(reason='x', strict=True)"
    ),
    "parameter of a test": asking("[1]", "[2]"),
    "parameter that comes": asking("[1]", "[1, 2]"),
    "fixture of a file that comes": asking(
        "LIMIT = 1", "LIMIT = 1\n\n@pytest.fixture\ndef client():\n    return 'own'"
    ),
    "fixture of a class that comes": asking(
        "class TestGroup:",
        "class TestGroup:\n    @pytest.fixture\n    def client(self):\n        return 'own'\n",
    ),
    "automatic fixture of a class that comes": asking(
        "class TestGroup:",
        "class TestGroup:\n    @pytest.fixture(autouse=True)\n    def make(self):\n        self.made = 1\n",
    ),
    "fixture that comes nearer": conftest(
        "@pytest.fixture\ndef server",
        "@pytest.fixture\ndef client():\n    return 'inner'\n\n@pytest.fixture\ndef server",
    ),
    "automatic fixture that comes": conftest(
        "@pytest.fixture\ndef server():",
        "@pytest.fixture(autouse=True)\ndef server():\n    from tests.conftest import STATE\n    STATE.append(1)\n",
    ),
    "fixture that gets a name": conftest(
        "@pytest.fixture\ndef server", "@pytest.fixture(name='client')\ndef server"
    ),
    "hook that comes": conftest(
        "@pytest.fixture", "def pytest_runtest_setup(item):\n    raise RuntimeError\n\n@pytest.fixture"
    ),
    "parameters of a fixture": {"tests/conftest.py": replace(CONFTEST, "['x']", "['y']")},
    "files that are not collected": conftest(
        "import pytest\n", "import pytest\ncollect_ignore = ['test_asking.py']\n"
    ),
    "module that answers": {"pkg/names.py": "one = 1\n\ndef __getattr__(name):\n    return 2\n"},
    "what an annotation means": {"pkg/kinds.py": "Kind = str\n"},
}


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, recorded."""
    return record(tmp_path_factory.mktemp("suite"), SUITE)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="one recorder is enough for this")
@pytest.mark.parametrize("name", EDITS)
def test_edit_of_a_suite(suite: Path, tmp_path: Path, name: str) -> None:
    """Tests that newly fail are selected."""
    select(EDITS[name], suite, tmp_path / "copy")
