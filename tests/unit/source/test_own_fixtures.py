"""Edits that lie in fixtures alone."""

from __future__ import annotations

import pytest

from pytest_txselect.source.edits import find_edits
from pytest_txselect.source.fixtures import find_own_fixtures

HEAD = "import pytest\n\n"
ALONE = {
    "body": (
        "@pytest.fixture\ndef a():\n    return 1\n",
        "@pytest.fixture\ndef a():\n    return 2\n",
        {"a"},
    ),
    "called": (
        "@pytest.fixture()\ndef a():\n    return 1\n",
        "@pytest.fixture()\ndef a():\n    return 2\n",
        {"a"},
    ),
    "imported": (
        "from pytest import fixture\n@fixture\ndef a():\n    return 1\n",
        "from pytest import fixture\n@fixture\ndef a():\n    return 2\n",
        {"a"},
    ),
    "of another name": (
        "@pytest.fixture(name='b', scope='module')\ndef a():\n    return 1\n",
        "@pytest.fixture(name='b', scope='module')\ndef a():\n    return 2\n",
        {"b"},
    ),
    "asked for by a parameter": (
        (
            "@pytest.fixture\ndef a():\n    return 1\n\n@pytest.fixture\ndef b(a):\n    return a\n\n"
            "@pytest.fixture\ndef c(b):\n    return b\n"
        ),
        (
            "@pytest.fixture\ndef a():\n    return 2\n\n@pytest.fixture\ndef b(a):\n    return a\n\n"
            "@pytest.fixture\ndef c(b):\n    return b\n"
        ),
        {"a", "b", "c"},
    ),
    "asked for by a string": (
        "@pytest.fixture\ndef a():\n    return 1\n\n@pytest.fixture\ndef b(request):\n    return request.getfixturevalue('a')\n",
        "@pytest.fixture\ndef a():\n    return 2\n\n@pytest.fixture\ndef b(request):\n    return request.getfixturevalue('a')\n",
        {"a", "b"},
    ),
    "signature": (
        "@pytest.fixture\ndef a():\n    return 1\n",
        "@pytest.fixture\ndef a(request):\n    return 1\n",
        {"a"},
    ),
    "not autouse": (
        "@pytest.fixture(autouse=False)\ndef a():\n    return 1\n",
        "@pytest.fixture(autouse=False)\ndef a():\n    return 2\n",
        {"a"},
    ),
    "docstring beside it": (
        "@pytest.fixture\ndef a():\n    '''x'''\n    return 1\n",
        "@pytest.fixture\ndef a():\n    '''y'''\n    return 2\n",
        {"a"},
    ),
}
ANYBODY = {
    "autouse": ("@pytest.fixture(autouse=True)\ndef a():\n    return 1\n", "return 1", "return 2"),
    "autouse by a name": ("@pytest.fixture(autouse=ALL)\ndef a():\n    return 1\n", "return 1", "return 2"),
    "keywords that nobody knows": (
        "@pytest.fixture(**MORE)\ndef a():\n    return 1\n",
        "return 1",
        "return 2",
    ),
    "a computed name": ("@pytest.fixture(name=NAME)\ndef a():\n    return 1\n", "return 1", "return 2"),
    "decorated twice": ("@other\n@pytest.fixture\ndef a():\n    return 1\n", "return 1", "return 2"),
    "no fixture": ("@other\ndef a():\n    return 1\n", "return 1", "return 2"),
    "a hook": ("def pytest_configure():\n    return 1\n", "return 1", "return 2"),
    "called by its name": ("@pytest.fixture\ndef a():\n    return 1\n\nx = a\n", "return 1", "return 2"),
    "two of a name": (
        "@pytest.fixture\ndef a():\n    return 1\n\n@pytest.fixture\ndef a():\n    return 3\n",
        "return 1",
        "return 2",
    ),
    "asked for by a test here": (
        "@pytest.fixture\ndef a():\n    return 1\n\ndef test_a(a):\n    pass\n",
        "return 1",
        "return 2",
    ),
    "asked for by a mark here": (
        "@pytest.fixture\ndef a():\n    return 1\n\npytestmark = pytest.mark.usefixtures('a')\n",
        "return 1",
        "return 2",
    ),
    "asked for by autouse": (
        "@pytest.fixture\ndef a():\n    return 1\n\n@pytest.fixture(autouse=True)\ndef b(a):\n    return a\n",
        "return 1",
        "return 2",
    ),
    "names of fixtures are read": (
        "@pytest.fixture\ndef a():\n    return 1\n\ndef pytest_x(item):\n    return item.fixturenames\n",
        "return 1",
        "return 2",
    ),
    "a constant": ("X = 1\n", "X = 1", "X = 2"),
    "the module's docstring": ("'''x'''\n", "'''x'''", "'''y'''"),
    "decorators": (
        "@pytest.fixture\ndef a():\n    return 1\n",
        "@pytest.fixture\n",
        "@pytest.fixture(scope='module')\n",
    ),
}


@pytest.mark.parametrize("case", ALONE)
def test_fixtures_alone(case: str) -> None:
    """Named are the fixtures that were edited, and those of the file that ask for them."""
    old, new, names = ALONE[case]
    old, new = HEAD + old, HEAD + new
    assert find_own_fixtures(find_edits(old.encode(), new.encode()), old.encode(), new.encode()) == names


@pytest.mark.parametrize("case", ANYBODY)
def test_anybody(case: str) -> None:
    """Where others may notice the edit, no names are given."""
    text, before, after = ANYBODY[case]
    assert before in text
    old, new = text.encode(), text.replace(before, after, 1).encode()
    edits = find_edits(old, new)
    assert edits.edits
    assert find_own_fixtures(edits, old, new) is None


def test_file_that_does_not_parse() -> None:
    """Nothing is known of a file that one of the versions of Python's grammar refuses."""
    old, new = b"def a(): return 1\n", b"def a(): return 2\n"
    edits = find_edits(old, new)
    assert find_own_fixtures(edits, old, b"def a(:\n") is None


def test_no_edits() -> None:
    """Where nothing changed there is nobody to name."""
    assert find_own_fixtures(find_edits(b"x = 1\n", b"x = 1\n"), b"x = 1\n", b"x = 1\n") is None
