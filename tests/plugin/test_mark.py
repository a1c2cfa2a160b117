"""Marker rules: marks that the configuration gives to tests as they are collected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_project import complained, ran

if TYPE_CHECKING:
    from collections.abc import Callable

    from small_project import SmallProject

COMMON = "class Mixin:\n    def test_mixed(self):\n        pass\n\nclass Other:\n    pass\n"
FILES = {
    "pkg/common.py": COMMON,
    "pkg/__init__.py": (
        "def __getattr__(name):\n    if name == 'Broken':\n        raise ImportError(name)\n"
        "    if name != 'Renamed':\n        raise AttributeError(name)\n"
        "    from pkg.common import Mixin\n    return Mixin\n"
    ),
    "pkg/exported.py": "from pkg.common import Mixin as Renamed\n",
    "tests/conftest.py": (
        "import pytest\n\n@pytest.fixture\ndef gpu():\n    return 1\n\n@pytest.fixture\ndef model(gpu):\n    return gpu\n"
    ),
    "tests/pipelines/test_p.py": (
        "import pytest\n\ndef test_plain():\n    pass\n\n"
        "@pytest.mark.parametrize('x', [1, 2])\ndef test_pipeline_x(x):\n    pass\n"
    ),
    "tests/test_classes.py": (
        "import unittest\nimport pkg.exported\nfrom pkg.common import Mixin, Other\n\n"
        "class TestA(Mixin):\n    def test_own(self):\n        pass\n\n"
        "class TestB(Other):\n    def test_b(self):\n        pass\n\n"
        "class Case(Mixin, unittest.TestCase):\n    def test_pipeline_c(self):\n        pass\n"
    ),
    "tests/sub/__init__.py": "",
    "tests/sub/near.py": "",
    "tests/sub/test_imports.py": (
        "from typing import TYPE_CHECKING\nfrom . import near\n\nif TYPE_CHECKING:\n    import decimal\n\n"
        "def test_late():\n    import xml.dom.minidom\n"
    ),
    "tests/test_fixtures.py": (
        "import pytest\n\ndef test_gpu(gpu):\n    pass\n\ndef test_model(model):\n    pass\n\n"
        "@pytest.mark.usefixtures('gpu')\ndef test_asked():\n    pass\n\ndef test_none():\n    pass\n"
    ),
}
PIPELINE_X = [f"tests/pipelines/test_p.py::test_pipeline_x[{x}]" for x in (1, 2)]
A = ["tests/test_classes.py::TestA::test_mixed", "tests/test_classes.py::TestA::test_own"]
CASE = ["tests/test_classes.py::Case::test_mixed", "tests/test_classes.py::Case::test_pipeline_c"]


@pytest.fixture
def mark(project: SmallProject) -> Callable[..., list[str]]:
    """Run the tests that a rule marks: its keys as TOML, and more arguments for pytest."""
    project.write(FILES)

    def run(keys: str, *arguments: str) -> list[str]:
        project.write({"txselect.toml": f'[[markers]]\nname = "wanted"\n{keys}\n'})
        result = project.run("-m", "wanted", "--strict-markers", "-W", "error", *arguments, ref=None)
        assert complained(result) == []
        return ran(result)

    return run


GATED = '[[markers]]\nname = "wanted"\nfixtures = ["gpu"]\nenv = "RUN_IT"\n'

TABLE = [
    ('tests = ["tests/pipelines/**"]', ["tests/pipelines/test_p.py::test_plain", *PIPELINE_X]),
    ('tests = ["*::test_pipeline_*"]', [*PIPELINE_X, CASE[1]]),
    ('tests = ["*::TestA"]', []),
    ('tests = ["*::TestA::*", "*::test_pipeline_x[[]1]"]', A),
    ('tests = ["*::test_pipeline_x[1]"]', PIPELINE_X[:1]),
    ('bases = ["Mixin"]', [*CASE, *A]),
    ('bases = ["common.Mixin"]', [*CASE, *A]),
    ('bases = ["pkg.common.Mixin"]', [*CASE, *A]),
    ('bases = ["pkg.Renamed"]', [*CASE, *A]),
    ('bases = ["pkg.exported.Renamed"]', []),
    ('bases = ["pkg.Broken", "pkg.None", "pkg.common.None", "no_such.Mixin"]', []),
    ('bases = ["tests.test_classes.TestB"]', ["tests/test_classes.py::TestB::test_b"]),
    ('bases = ["Other", "unittest.TestCase"]', [*CASE, "tests/test_classes.py::TestB::test_b"]),
    ('bases = ["TestB"]', ["tests/test_classes.py::TestB::test_b"]),
    ('bases = ["kg.common.Mixin"]', []),
    ('imports = ["xml"]', ["tests/sub/test_imports.py::test_late"]),
    ('imports = ["xml.dom.minidom"]', ["tests/sub/test_imports.py::test_late"]),
    ('imports = ["sub.near"]', ["tests/sub/test_imports.py::test_late"]),
    ('imports = ["tests.sub.near"]', ["tests/sub/test_imports.py::test_late"]),
    ('imports = ["decimal", "near", "xm"]', []),
    ('imports = ["pkg.common"]', [*A, *CASE, "tests/test_classes.py::TestB::test_b"]),
    ('fixtures = ["gpu"]', [f"tests/test_fixtures.py::test_{name}" for name in ("asked", "gpu", "model")]),
    ('fixtures = ["model", "no_such"]', ["tests/test_fixtures.py::test_model"]),
    ('bases = ["Mixin"]\ntests = ["*::test_own"]', A[1:]),
    (
        'fixtures = ["gpu"]\nimports = ["pytest"]\ntests = ["*::test_a*"]',
        ["tests/test_fixtures.py::test_asked"],
    ),
    ('fixtures = ["gpu"]\nbases = ["Mixin"]', []),
]


@pytest.mark.parametrize(("keys", "marked"), TABLE, ids=[keys for keys, _ in TABLE])
def test_criteria(mark: Callable[..., list[str]], keys: str, marked: list[str]) -> None:
    """A rule marks the tests that fit each key, by any of its entries."""
    assert mark(keys) == sorted(marked)


@pytest.mark.parametrize("dist", ["load", "loadscope", "each"])
def test_workers_mark_alike(mark: Callable[..., list[str]], project: SmallProject, dist: str) -> None:
    """Each worker of xdist marks the same tests."""
    pytest.importorskip("xdist")
    alone = mark('bases = ["Mixin"]')
    result = project.spawn("-m", "wanted", "-n2", f"--dist={dist}", ref=None)
    assert ran(result) == sorted(alone * (2 if dist == "each" else 1))
    project.write({"txselect.toml": GATED})
    project.spawn("-n2", f"--dist={dist}", ref=None).assert_outcomes(
        skipped=3 * (2 if dist == "each" else 1), passed=13 * (2 if dist == "each" else 1)
    )


VALUES = [
    (None, "is not set"),
    ("", "is empty"),
    ("0", "is '0', which is not a true value"),
    ("no", "is 'no', which is not a true value"),
    ("maybe", "is 'maybe', which is not a true value"),
    *[(value, "") for value in ("1", "true", "TRUE", "yes", "Yes", "on", "y", "t", " 1 ")],
]


@pytest.mark.parametrize(("value", "state"), VALUES, ids=repr)
def test_environment(
    project: SmallProject,
    monkeypatch: pytest.MonkeyPatch,
    value: str | None,
    state: str,
) -> None:
    """Without a true value of the variable the tests are skipped, and the reason says what the variable is."""
    project.write(FILES)
    monkeypatch.delenv("RUN_IT", raising=False)
    if value is not None:
        monkeypatch.setenv("RUN_IT", value)
    project.write({"txselect.toml": GATED})
    result = project.run("-m", "wanted", ref=None)
    result.assert_outcomes(passed=0 if state else 3, skipped=3 if state else 0, deselected=13)
    reasons = {line.partition(": ")[2] for line in result.outlines if line.startswith("SKIPPED")}
    assert reasons == ({f"wanted: RUN_IT {state}; set it to 1 to run this"} if state else set())


def test_seen_by_others(project: SmallProject) -> None:
    """Hooks, fixtures and keywords see the mark; a mark that the test has already keeps its arguments."""
    project.write(FILES)
    project.write(
        {
            "txselect.toml": '[[markers]]\nname = "wanted"\ntests = ["tests/test_seen.py"]\n',
            "tests/test_seen.py": (
                "import pytest\n\n@pytest.fixture(autouse=True)\ndef seen(request):\n"
                "    return request.node.get_closest_marker('wanted')\n\n"
                "def test_seen(seen, request):\n    assert seen and request.config.seen >= {'tests/test_seen.py::test_seen'}\n\n"
                "@pytest.mark.wanted(7)\nclass TestOwn:\n    def test_own(self, seen):\n        assert seen.args == (7,)\n"
            ),
            "conftest.py": (
                "import pytest\n\n@pytest.hookimpl(tryfirst=True)\ndef pytest_collection_modifyitems(config, items):\n"
                "    config.seen = {item.nodeid for item in items if item.get_closest_marker('wanted')}\n"
            ),
        }
    )
    result = project.run("-k", "wanted", ref=None)
    assert ran(result) == ["tests/test_seen.py::TestOwn::test_own", "tests/test_seen.py::test_seen"]
    assert result.ret == 0


def test_examples_in_texts(project: SmallProject) -> None:
    """The examples of a text file are tests of that file, with the imports of the examples."""
    project.write(
        {
            "txselect.toml": '[[markers]]\nname = "wanted"\nimports = ["pkg.a"]\n',
            "pytest.ini": "[pytest]\npythonpath = .\naddopts = --doctest-glob=*.rst\n",
            "docs/a.rst": ">>> from pkg.a import give\n>>> give()\n1\n",
            "docs/b.rst": ">>> import pkg.b\n>>> pkg.a\n1\n",
        }
    )
    assert ran(project.run("-m", "wanted", "docs", ref=None)) == ["docs/a.rst::a.rst"]


def test_registered(project: SmallProject) -> None:
    """`pytest --markers` shows each rule's description once, and that of the project where a rule has none."""
    rules = "".join(
        f'[[markers]]\nname = "{name}"\ntests = ["x"]\n{more}\n'
        for name, more in (
            ("one", 'description = "the first"'),
            ("one", 'description = "the first"\nenv = "X"'),
            ("two", ""),
            ("known", ""),
        )
    )
    project.write(
        {"txselect.toml": rules, "pytest.ini": "[pytest]\nmarkers =\n    known(x): of the project\n"}
    )
    shown = [line for line in project.run("--markers", ref=None).outlines if line.startswith("@")]
    assert [
        line for line in shown if line.partition(":")[0].endswith((".one", ".two", ".known", ".known(x)"))
    ] == [
        "@pytest.mark.known(x): of the project",
        "@pytest.mark.one: the first",
        "@pytest.mark.two: given by [[tool.txselect.markers]]",
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[[markers]]\nname = "a b"\ntests = ["x"]\n[[markers]]\nname = "c"\n',
        "[[markers]]\nname = 1\nnothing = 2\n",
    ],
)
def test_mistakes(project: SmallProject, text: str) -> None:
    """With mistakes in the configuration of a project that has rules nothing runs, and all mistakes are told."""
    project.write({"txselect.toml": text})
    result = project.run(ref=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    told = [line for line in complained(result) if "txselect.toml:" in line]
    assert len(told) >= 2


def test_mistakes_elsewhere(project: SmallProject) -> None:
    """A plain run of a project without rules does not read the rest of the configuration."""
    project.write({"txselect.toml": "neutral = 1\n"})
    assert project.run(ref=None).ret == 0


OWN = '[[tool.txselect.markers]]\nname = "wanted"\ntests = ["*::test_model"]\n'


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        (OWN, ["tests/test_fixtures.py::test_model"]),
        ("[tool.txselect]\nrecord = false\n", []),
        ("[tool.other]\ntxselect = 1\nmarkers = 1\n", []),
        ("tool = 1\ntxselect = 2\n", []),
    ],
    ids=["rules", "none", "another tool", "no tools"],
)
def test_pyproject(project: SmallProject, text: str, marked: list[str]) -> None:
    """Rules stand in `pyproject.toml` too, and only a table of ours is read."""
    project.write({**FILES, "pyproject.toml": text})
    assert ran(project.run("-m", "wanted", ref=None)) == marked


def test_unreadable_pyproject(project: SmallProject) -> None:
    """A file that is not TOML may have rules: nothing runs."""
    project.write({"pyproject.toml": "[tool.txselect\n"})
    result = project.run(ref=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert any("pyproject.toml:1" in line or "pyproject.toml" in line for line in complained(result))
