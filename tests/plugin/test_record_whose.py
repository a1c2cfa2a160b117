"""Whose evidence it is: one project is recorded once, and each test of it is asked what it used."""

from __future__ import annotations

import sys

import pytest
from recorded_project import RecordedProject

FILES = {
    "pytest.ini": "[pytest]\n",
    "pkg/__init__.py": "",
    "pkg/a.py": (
        "import functools\n\n"
        "def plain():\n    return 1\n\n"
        "def make():\n    return 2\n\n"
        "def close():\n    return 3\n\n"
        "def build():\n    return 4\n\n"
        "def load():\n    return 5\n\n"
        "@functools.cache\ndef settings():\n    return load()\n\n"
        "class Lazy:\n    @functools.cached_property\n    def value(self):\n        return start()\n\n"
        "def start():\n    return 6\n\n"
        "_single = None\n\n"
        "def single():\n    global _single\n    if _single is None:\n        _single = create()\n    return _single\n\n"
        "def create():\n    return 7\n\n"
        "def kept():\n    if not hasattr(kept, 'it'):\n        kept.it = bring()\n    return kept.it\n\n"
        "def bring():\n    return 13\n\n"
        "def numbers():\n    yield 1\n    yield late()\n\n"
        "def late():\n    return 8\n\n"
        "async def coroutine():\n    return late()\n\n"
        "def fails():\n    raise ValueError\n\n"
        "def prepare():\n    return 9\n\n"
        "def dynamic():\n    return 10\n\n"
        "def parameter(value):\n    return value\n\n"
        "def finish():\n    return 11\n\n"
        "def collect():\n    return 12\n\n"
        "@functools.cache\ndef refuse():\n    raise ValueError\n"
    ),
    "pkg/eager.py": "from pkg.a import build\n\nVALUE = build()\n",
    "pkg/lazily.py": "def fetch():\n    from pkg import slow\n    return slow.VALUE\n",
    "pkg/slow.py": "def heavy():\n    return 1\n\nVALUE = heavy()\n",
    "pkg/broken.py": "def before():\n    return 1\n\nbefore()\nraise ImportError('broken')\n",
    "tests/conftest.py": (
        "import pytest\nfrom pkg import a\n\n"
        "@pytest.fixture(scope='session')\ndef thing():\n    yield a.make()\n    a.close()\n\n"
        "@pytest.fixture(scope='session')\ndef factory(request):\n"
        "    def give():\n        request.addfinalizer(a.finish)\n        return 1\n    return give\n\n"
        "@pytest.fixture(scope='session')\ndef outer(request):\n    return request.getfixturevalue('thing')\n\n"
        "@pytest.fixture\ndef own():\n    a.plain()\n    yield\n    a.late()\n\n"
        "@pytest.fixture(scope='module', params=['x', 'y'])\ndef each(request):\n    return a.parameter(request.param)\n\n"
        "def pytest_generate_tests(metafunc):\n    if 'collected' in metafunc.fixturenames:\n"
        "        metafunc.parametrize('collected', [a.collect()])\n"
    ),
    "tests/test_calls.py": (
        "import asyncio\nimport threading\nfrom pkg.a import coroutine, fails, numbers, plain\n\n"
        "def test_call():\n    plain()\n\n"
        "def test_nothing():\n    pass\n\n"
        "def test_generator():\n    list(numbers())\n\n"
        "def test_coroutine():\n    asyncio.run(coroutine())\n\n"
        "def test_thread():\n    thread = threading.Thread(target=plain)\n    thread.start()\n    thread.join()\n\n"
        "def test_raises():\n    try:\n        fails()\n    except ValueError:\n        plain()\n\n"
        "def test_collected(collected):\n    pass\n"
    ),
    "tests/test_fixtures.py": (
        "def test_first(thing):\n    pass\n\n"
        "def test_second(thing):\n    pass\n\n"
        "def test_by_name(request):\n    request.getfixturevalue('thing')\n\n"
        "def test_through(outer):\n    pass\n\n"
        "def test_through_again(outer):\n    pass\n\n"
        "def test_own(own):\n    pass\n\n"
        "def test_factory(factory):\n    factory()\n\n"
        "def test_factory_unused(factory):\n    pass\n\n"
        "def test_each(each):\n    pass\n\n"
        "def test_none():\n    pass\n"
    ),
    "tests/test_xunit.py": (
        "import unittest\nfrom pkg import a\n\n"
        "def setup_module():\n    a.prepare()\n\n"
        "def teardown_module():\n    a.close()\n\n"
        "class TestOne:\n    @classmethod\n    def setup_class(cls):\n        a.start()\n\n"
        "    def setup_method(self):\n        a.plain()\n\n"
        "    def test_a(self):\n        pass\n\n    def test_b(self):\n        pass\n\n"
        "class Case(unittest.TestCase):\n    @classmethod\n    def setUpClass(cls):\n        a.create()\n\n"
        "    def setUp(self):\n        a.dynamic()\n\n"
        "    def test_a(self):\n        pass\n\n    def test_b(self):\n        pass\n\n"
        "def test_last():\n    pass\n"
    ),
    "tests/test_imports.py": (
        "from pkg.lazily import fetch\n\n"
        "def test_eager():\n    from pkg import eager\n    assert eager.VALUE\n\n"
        "def test_lazy_first():\n    fetch()\n\n"
        "def test_lazy_second():\n    fetch()\n\n"
        "def test_broken():\n    try:\n        import pkg.broken\n    except ImportError:\n        pass\n\n"
        "def test_none():\n    pass\n"
    ),
    "tests/test_memo.py": (
        "from pkg.a import Lazy, kept, plain, refuse, settings as configured, single\n\nLAZY = Lazy()\n\n"
        "def test_first():\n    configured()\n\n"
        "def test_second():\n    configured()\n\n"
        "def test_property_first():\n    LAZY.value\n\n"
        "def test_property_second():\n    LAZY.value\n\n"
        "def test_single_first():\n    single()\n\n"
        "def test_single_second():\n    single()\n\n"
        "def test_kept_first():\n    kept()\n\n"
        "def test_kept_second():\n    kept()\n\n"
        "def test_refused():\n    try:\n        refuse()\n    except ValueError:\n        plain()\n\n"
        "def test_refused_too():\n    try:\n        refuse()\n    except ValueError:\n        pass\n\n"
        "def test_none():\n    pass\n"
    ),
}

TABLE = [
    ("calls.py::test_call", {"plain", "test_call"}, {"make", "test_nothing"}),
    ("calls.py::test_nothing", {"test_nothing"}, {"plain", "late"}),
    ("calls.py::test_generator", {"numbers", "late"}, {"plain"}),
    ("calls.py::test_coroutine", {"coroutine", "late"}, {"plain"}),
    ("calls.py::test_thread", {"plain"}, set()),
    ("calls.py::test_raises", {"fails", "plain"}, set()),
    ("calls.py::test_collected[12]", {"collect"}, set()),
    ("fixtures.py::test_first", {"thing", "make", "close"}, {"outer"}),
    ("fixtures.py::test_second", {"thing", "make", "close"}, {"outer", "test_first"}),
    ("fixtures.py::test_by_name", {"thing", "make", "close"}, {"outer"}),
    ("fixtures.py::test_through", {"outer", "make", "close"}, set()),
    ("fixtures.py::test_through_again", {"outer", "make", "close"}, {"test_through"}),
    ("fixtures.py::test_own", {"own", "plain", "late"}, {"make"}),
    ("fixtures.py::test_factory", {"factory", "finish"}, {"make"}),
    ("fixtures.py::test_factory_unused", {"factory", "finish"}, {"factory.<locals>.give"}),
    ("fixtures.py::test_each[x]", {"each", "parameter"}, {"make"}),
    ("fixtures.py::test_none", set(), {"make", "close", "finish", "parameter", "plain", "late"}),
    ("xunit.py::TestOne::test_a", {"prepare", "close", "start", "plain"}, {"create", "dynamic"}),
    ("xunit.py::TestOne::test_b", {"prepare", "close", "start", "plain"}, {"create", "dynamic"}),
    ("xunit.py::Case::test_a", {"prepare", "close", "create", "dynamic"}, {"start", "plain"}),
    ("xunit.py::Case::test_b", {"prepare", "close", "create", "dynamic"}, {"start", "plain"}),
    ("xunit.py::test_last", {"prepare", "close"}, {"create", "start", "plain", "dynamic"}),
    ("imports.py::test_eager", {"build"}, {"heavy"}),
    ("imports.py::test_lazy_first", {"fetch", "heavy"}, {"build"}),
    ("imports.py::test_lazy_second", {"fetch", "heavy"}, {"build"}),
    ("imports.py::test_broken", {"before"}, {"heavy"}),
    ("imports.py::test_none", set(), {"heavy", "build", "before"}),
    ("memo.py::test_first", {"settings", "load"}, {"create"}),
    ("memo.py::test_second", {"settings", "load"}, {"create"}),
    ("memo.py::test_property_first", {"Lazy.value", "start"}, {"load"}),
    ("memo.py::test_property_second", {"Lazy.value", "start"}, {"load"}),
    ("memo.py::test_single_first", {"single", "create"}, {"load"}),
    ("memo.py::test_single_second", {"single", "create"}, {"load"}),
    ("memo.py::test_kept_first", {"kept", "bring"}, {"load"}),
    ("memo.py::test_kept_second", {"kept", "bring"}, {"load"}),
    ("memo.py::test_refused", {"refuse", "plain"}, {"create"}),
    # below Python 3.12 nothing tells when a memoised function ends
    ("memo.py::test_refused_too", {"refuse"}, {"plain"} if sys.version_info >= (3, 12) else set()),
    ("memo.py::test_none", set(), {"create", "load", "start"}),
]


@pytest.fixture(scope="module", params=[(), ("-n", "2")], ids=["alone", "xdist"])
def recorded(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> RecordedProject:
    """The project, recorded."""
    project = RecordedProject(tmp_path_factory.mktemp("project")).write(FILES)
    done = project.run(*request.param)
    assert done.returncode == 0, done.stdout + done.stderr
    return project


@pytest.mark.parametrize(("node", "has", "lacks"), TABLE, ids=[row[0] for row in TABLE])
def test_evidence(recorded: RecordedProject, node: str, has: set[str], lacks: set[str]) -> None:
    """A test has what it relies on, itself or through others, and not what it does not rely on."""
    names = recorded.names(f"tests/test_{node}")
    assert names >= has
    assert not names & lacks


def test_no_gaps(recorded: RecordedProject) -> None:
    """Nothing in this project is beyond our sight."""
    assert {node: recorded.gaps(node).name for node in recorded.outcomes() if recorded.gaps(node)} == {}
