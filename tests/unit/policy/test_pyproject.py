"""Which statements of `pyproject.toml` matter."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_txselect.policy.compare import compare_manifest
from pytest_txselect.policy.linters import LINTERS, find_checked
from pytest_txselect.policy.manifest import ManifestChange, ManifestKind, RequirementChange
from pytest_txselect.policy.pyproject import REQUIREMENT_TABLES, compare_pyproject

OLD = """
[project]
name = "x"
version = "1"
description = "d"
dependencies = ["Click>=8", "attrs"]
requires-python = ">=3.11"
[project.optional-dependencies]
dev = ["pytest"]
[project.urls]
home = "a"
[build-system]
requires = ["hatchling"]
[dependency-groups]
test = ["pytest>=8", {include-group = "docs"}]
docs = ["sphinx"]
[tool.ruff.lint]
select = ["ALL"]
[tool.mypy]
strict = true
[tool.pytest.ini_options]
addopts = "-q"
[tool.coverage.run]
branch = true
[tool.txselect]
neutral = []
[tool.poetry]
authors = ["a"]
packages = ["x"]
[tool.poetry.dependencies]
python = "^3.11"
Some_Lib = "^1"
[tool.poetry.group.dev.dependencies]
other = {version = "^1", extras = ["x"]}
[tool.uv]
dev-dependencies = ["ipython"]
[tool.uv.sources]
lib = {git = "a"}
[tool.hatch.envs.test]
dependencies = ["coverage"]
path = "p"
[tool.pdm.dev-dependencies]
lint = ["ruff"]
[tool.unheard-of]
x = 1
[other]
x = 1
"""


def change(old: str, new: str, **options: frozenset[str]) -> ManifestChange:
    """Compare the example with a variant of it."""
    assert old in OLD
    return compare_pyproject(OLD.encode(), OLD.replace(old, new, 1).encode(), **options)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('name = "x"', 'name = "y"', "project.name"),
        ('version = "1"', 'version = "2"', "project.version"),
        ('version = "1"', 'dynamic = ["version"]\nversion = "1"', "project.dynamic"),
        (">=3.11", ">=3.12", "project.requires-python"),
        ("[project.urls]", "[project.scripts]\nx = 'a:b'\n[project.urls]", "project.scripts.x"),
        ('requires = ["hatchling"]', 'requires = ["flit"]', "build-system.requires"),
        ('{include-group = "docs"}', '{include-group = "lint"}', "dependency-groups.test"),
        ('"-q"', '"-v"', "tool.pytest.ini_options.addopts"),
        ("branch = true", "branch = false", "tool.coverage.run.branch"),
        ("neutral = []", 'neutral = ["x"]', "tool.txselect.neutral"),
        ('packages = ["x"]', 'packages = ["y"]', "tool.poetry.packages"),
        ('python = "^3.11"', 'python = "^3.12"', "tool.poetry.dependencies.python"),
        ('path = "p"', 'path = "q"', "tool.hatch.envs.test.path"),
        ("[tool.unheard-of]\nx = 1", "[tool.unheard-of]\nx = 2", "tool.unheard-of.x"),
        ("[other]\nx = 1", "[other]\nx = 2", "other.x"),
        ('"Click>=8"', '"Click >== 8"', "project.dependencies"),
        ('["Click>=8", "attrs"]', '"attrs"', "project.dependencies"),
        ("[tool.mypy]", "[tool.empty]\n[tool.mypy]", "tool.empty"),
    ],
)
def test_ground(old: str, new: str, key: str) -> None:
    """These statements shift the ground, and the key says which."""
    assert change(old, new) == ManifestChange(ground=(key,))


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('description = "d"', 'description = "e"', "project.description"),
        ('home = "a"', 'home = "b"', "project.urls.home"),
        ('select = ["ALL"]', 'select = ["E"]', "tool.ruff.lint.select"),
        ("strict = true", "strict = false", "tool.mypy.strict"),
        ('authors = ["a"]', 'authors = ["b"]', "tool.poetry.authors"),
        ("[tool.mypy]", "[tool.black]\n[tool.mypy]", "tool.black"),
    ],
)
def test_neutral(old: str, new: str, key: str) -> None:
    """No test depends on these statements."""
    assert change(old, new) == ManifestChange(neutral=(key,))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"Click>=8"', '"click>=9"', [("click", ["Click>=8"], ["click>=9"])]),
        ('"Click>=8", ', "", [("click", ["Click>=8"], [])]),
        ('"attrs"', '"attrs", "rich"', [("rich", [], ["rich"])]),
        ('dev = ["pytest"]', 'dev = ["pytest<9"]', [("pytest", ["pytest"], ["pytest<9"])]),
        ('dev = ["pytest"]', 'all = ["pytest"]', [("pytest", ["pytest"], ["pytest"])]),
        ('"pytest>=8"', '"pytest>=9"', [("pytest", ["pytest>=8"], ["pytest>=9"])]),
        ('docs = ["sphinx"]', "", [("sphinx", ["sphinx"], [])]),
        ('Some_Lib = "^1"', 'Some_Lib = "^2"', [("some-lib", ['Some_Lib = "^1"'], ['Some_Lib = "^2"'])]),
        (
            'version = "^1", extras',
            'version = "^2", extras',
            [
                (
                    "other",
                    ['other = {"extras": ["x"], "version": "^1"}'],
                    ['other = {"extras": ["x"], "version": "^2"}'],
                )
            ],
        ),
        ('"ipython"', '"ipython==8"', [("ipython", ["ipython"], ["ipython==8"])]),
        ('lib = {git = "a"}', "", [("lib", ['lib = {"git": "a"}'], [])]),
        ('["coverage"]', '["coverage[toml]"]', [("coverage", ["coverage"], ["coverage[toml]"])]),
        ('lint = ["ruff"]', 'lint = ["ruff~=1.0"]', [("ruff", ["ruff"], ["ruff~=1.0"])]),
    ],
)
def test_requirements(old: str, new: str, expected: list[tuple[str, list[str], list[str]]]) -> None:
    """What is asked of distributions is told by their names, apart from the ground."""
    changes = tuple(RequirementChange(name, tuple(before), tuple(after)) for name, before, after in expected)
    assert change(old, new) == ManifestChange(requirements=changes)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"Click>=8", "attrs"', '"attrs",\n  # why\n  "Click >= 8",\n'),
        ("[tool.mypy]", "# comment\n[tool.mypy]"),
        ('{version = "^1", extras = ["x"]}', '{extras = ["x"], version = "^1"}'),
        ("[other]\nx = 1", "[other]\nx=1"),
    ],
)
def test_formatting_is_nothing(old: str, new: str) -> None:
    """Order, blanks and comments mean nothing."""
    assert change(old, new) == ManifestChange()


def test_a_linter_that_tests_start_matters() -> None:
    """With `pytest --mypy`, mypy's settings are the ground of tests."""
    checked = find_checked(["-q", "--mypy-config-file=x", "--ruffle", "black"])
    assert checked == {"mypy"}
    assert change("strict = true", "strict = false", checked=checked).ground == ("tool.mypy.strict",)
    assert change('select = ["ALL"]', "", checked=checked).ground == ()


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        (None, b"", "the file was added"),
        (b"", None, "the file was deleted"),
        (b"", b"x = ", "the new version is not valid TOML: Invalid value (at"),
        (b"\xff", b"", "the old version is not valid TOML: 'utf-8' codec"),
        (b"", b"x = " + b"[" * 100_000, "the new version is not valid TOML: "),
        (b"", b"x = " + b"9" * 5000, "the new version is not valid TOML: "),
    ],
)
def test_what_cannot_be_compared_is_ground(old: bytes | None, new: bytes | None, cause: str) -> None:
    """A version that is missing or unreadable shifts the ground, with the cause in one line."""
    (sentence,) = compare_pyproject(old, new).ground
    assert sentence.startswith(cause)
    assert "\n" not in sentence


def test_dotted_names_cannot_hide_a_statement() -> None:
    """A quoted key that looks like another one's path is a statement of its own."""
    old = '"project.dependencies" = "x"\n[project]\ndependencies = ["a"]\n'
    new = '"project.dependencies" = "x"\n[project]\ndependencies = ["b"]\n'
    found = compare_pyproject(old.encode(), new.encode())
    assert [requirement.name for requirement in found.requirements] == ["a", "b"]
    assert compare_pyproject(b'"tool.ruff" = 1', b'"tool.ruff" = 2').ground == ('"tool.ruff"',)


NAMES = ["project", "dependencies", "tool", "ruff", "pytest", "poetry", "name", "urls", "dependency-groups"]
VALUES = st.recursive(
    st.sampled_from(["1", '"a"', "true", '["a", "b>=1"]', "[1]", "[]"]),
    lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=3).map(
        lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
    ),
    max_leaves=6,
)
DOCUMENTS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4).map(
    lambda table: "".join(f"{key} = {value}\n" for key, value in table.items())
)


def leave_out_nothing(value: Any, path: tuple[str, ...] = ()) -> Any:
    """A table without those in it that ask for no requirement; None where nothing is left."""
    if not isinstance(value, dict) or (not value and path not in REQUIREMENT_TABLES):
        return value
    found = {key: leave_out_nothing(item, (*path, key)) for key, item in value.items()}
    return {key: item for key, item in found.items() if item is not None} or None


@given(old=DOCUMENTS, new=DOCUMENTS)
@example(old="tool = 1\n", new="tool = 1\ndependency-groups = {}\n")
@example(old="", new="tool = {poetry = {dependencies = {}}}\n")
def test_no_difference_is_lost(old: str, new: str) -> None:
    """Documents that differ in meaning differ in some statement, unless the order of requirements is all."""
    found = compare_pyproject(old.encode(), new.encode())
    was, now = (
        json.dumps(leave_out_nothing(tomllib.loads(text)), sort_keys=True) for text in (old, new)
    )  # Python has 1 == True
    if was == now:
        assert found == ManifestChange()
    else:
        assert found != ManifestChange()
    back = compare_pyproject(new.encode(), old.encode())
    assert (back.ground, back.neutral) == (found.ground, found.neutral)
    assert [(item.name, item.new, item.old) for item in back.requirements] == [
        (item.name, item.old, item.new) for item in found.requirements
    ]


def test_list_of_linters_has_no_test_tool() -> None:
    """No tool that takes part in a test run is in the list."""
    assert LINTERS.isdisjoint(
        {"pytest", "coverage", "tox", "hatch", "setuptools", "django", "hypothesis", "txselect"}
    )


SETUP_CFG = """\
[metadata]
name = x
description = d
[options]
packages = find:
install_requires =
  click>=8  # why
  attrs; python_version < "3.12"
[options.extras_require]
dev = pytest
[flake8]
max-line-length = 80
[mypy-x.*]
ignore = true
[tool:pytest]
[tool:isort]
a = 1
[bdist_wheel]
universal = 1
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name = x", "name = y", ManifestChange(ground=("metadata.name",))),
        ("= d", "= e", ManifestChange(neutral=("metadata.description",))),
        ("find:", "x", ManifestChange(ground=("options.packages",))),
        (
            "click>=8  # why",
            "click>=9",
            ManifestChange(requirements=(RequirementChange("click", ("click>=8",), ("click>=9",)),)),
        ),
        (
            "= pytest",
            "= pytest<9",
            ManifestChange(requirements=(RequirementChange("pytest", ("pytest",), ("pytest<9",)),)),
        ),
        ("  # why", "", ManifestChange()),
        ("click>=8", "click>==8", ManifestChange(ground=("options.install_requires",))),
        ("80", "90", ManifestChange(neutral=("flake8.max-line-length",))),
        ("ignore = true", "ignore = false", ManifestChange(neutral=('"mypy-x.*".ignore',))),
        ("a = 1", "a = 2", ManifestChange(neutral=('"tool:isort".a',))),
        ("universal = 1", "universal = 0", ManifestChange(neutral=("bdist_wheel.universal",))),
        ("[tool:pytest]\n", "", ManifestChange(ground=('"tool:pytest"',))),
        ("[tool:pytest]", "[tool:pytest]\naddopts = -q", ManifestChange(ground=('"tool:pytest".addopts',))),
        (
            "[bdist_wheel]",
            "[build_ext]",
            ManifestChange(
                ("build_ext", "build_ext.universal"), (), ("bdist_wheel", "bdist_wheel.universal")
            ),
        ),
    ],
)
def test_setup_cfg(old: str, new: str, expected: ManifestChange) -> None:
    """Sections of setup.cfg in the same spirit."""
    assert old in SETUP_CFG
    versions = SETUP_CFG.encode(), SETUP_CFG.replace(old, new, 1).encode()
    assert compare_manifest(ManifestKind.SETUP_CFG, *versions) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"[flake8]\na=1", b"[flake8]\na=2", ManifestChange(neutral=("flake8.a",))),
        (b"[testenv]\na=1", b"[testenv]\na=2", ManifestChange(ground=("testenv.a",))),
        (b"[pytest]\na=1", b"[pytest]\na=2", ManifestChange(ground=("pytest.a",))),
        (None, b"[gh-actions]\na=1", ManifestChange(neutral=("gh-actions", "gh-actions.a"))),
        (b"[pytest]", None, ManifestChange(ground=("pytest",))),
        (
            b"[options]\ninstall_requires=a",
            b"[options]\ninstall_requires=b",
            ManifestChange(ground=("options.install_requires",)),
        ),
        (b"", b"\xff", ManifestChange(ground=("the new version is not UTF-8 (byte 1)",))),
        (
            b"x",
            b"",
            ManifestChange(
                ground=(
                    "the old version cannot be parsed: tox.ini:1: unexpected line: 'x'; correct that line",
                )
            ),
        ),
    ],
)
def test_tox_ini(old: bytes | None, new: bytes | None, expected: ManifestChange) -> None:
    """Sections of tox.ini; a missing file says nothing."""
    assert compare_manifest(ManifestKind.TOX_INI, old, new) == expected


@pytest.mark.parametrize("kind", ManifestKind)
def test_same_bytes_are_no_change(kind: ManifestKind) -> None:
    """Equal versions need not even be readable."""
    assert compare_manifest(kind, b"\xff", b"\xff") == ManifestChange()
