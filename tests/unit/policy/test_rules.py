"""What a changed file means by its name."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.config import Settings
from pytest_txselect.globs import parse_globs
from pytest_txselect.model import ChangeKind
from pytest_txselect.policy.manifest import ManifestKind
from pytest_txselect.policy.rules import (
    Examples,
    FileRole,
    Ground,
    Lock,
    Manifest,
    Neutral,
    Python,
    Rules,
    Unknown,
)
from pytest_txselect.project.pytest_config import PytestConfig

TOP = Path("top")


def rules(
    settings: Settings | None = None,
    *,
    globs: tuple[str, ...] = ("test*.txt",),
    addopts: tuple[str, ...] = (),
) -> Rules:
    """Put rules together without files."""
    return Rules.of(
        settings or Settings(),
        PytestConfig(rootdir=TOP, inifile=None, confcutdir=TOP, doctest_globs=globs, addopts=addopts),
    )


@pytest.mark.parametrize(
    ("paths", "elsewhere", "in_code"),
    [
        (
            "pytest.ini a/.pytest.ini pytest.toml txselect.toml .coveragerc setup.py noxfile.py Cargo.lock",
            Ground,
            Ground,
        ),
        ("pyproject.toml a/setup.cfg tox.ini", Manifest, Manifest),
        (
            "uv.lock a/poetry.lock pylock.dev.toml requirements.txt a-requirements-b.txt",
            Lock,
            Lock,
        ),
        ("requirements/dev.txt ci/requirements/x/y.in constraints.txt ci/constraints-3.txt", Lock, Lock),
        (
            "README README.md a/README.rst LICENSE LICENSE-MIT CHANGES.txt .gitignore a/py.typed",
            Neutral,
            Neutral,
        ),
        ("__pycache__/a.cpython-313.pyc a/__pycache__/b.cpython-313-pytest-9.0.0.pyc", Neutral, Neutral),
        ("docs/a.txt docs/requirements.txt", Neutral, None),
        ("docs/a.html a.md src/pkg/a.rst .github/workflows/x.yml .vscode/x.json", Neutral, Unknown),
        (".pre-commit-config.yaml mypy.ini ruff.toml .editorconfig newsfragments/1.txt", Neutral, Unknown),
        ("docs/conf.py a.py src/x.py README.py", Python, Python),
        ("test_a.txt docs/test.txt tests/test-1.txt", Examples, Examples),
        (
            "Makefile data.json src/pkg/x.pyi a.c CHANGES.json LICENSES x/docs/a.html .gitmodules",
            Unknown,
            Unknown,
        ),
    ],
)
def test_builtin_roles(paths: str, elsewhere: type[FileRole], in_code: type[FileRole] | None) -> None:
    """The built-in lists, outside and inside of packages and folders of tests."""
    for path in paths.split():
        assert isinstance(rules().classify(path, in_code=False), elsewhere), path
        if in_code is not None:
            assert isinstance(rules().classify(path, in_code=True), in_code), path


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("pyproject.toml", Manifest(ManifestKind.PYPROJECT)),
        ("a/tox.ini", Manifest(ManifestKind.TOX_INI)),
        ("setup.cfg", Manifest(ManifestKind.SETUP_CFG)),
        ("x.md", Neutral("built-in rule *.md")),
        ("pytest.ini", Ground("built-in rule pytest.ini")),
        ("uv.lock", Lock("built-in rule uv.lock")),
        ("test_a.txt", Examples("test*.txt")),
        ("a/b.bin", Unknown('neutral = ["a/b.bin"]')),
        ('a "b" \n[*].bin', Unknown('neutral = ["/a \\"b\\" \\n[[][*]].bin"]')),
    ],
)
def test_role_says_why(path: str, role: FileRole) -> None:
    """A role carries the rule, and for an unknown file the line that would settle it."""
    assert rules().classify(path, in_code=False) == role


@pytest.mark.parametrize(
    ("settings", "path", "role"),
    [
        (Settings(neutral=("tox.ini",)), "tox.ini", Neutral('neutral = ["tox.ini"]')),
        (Settings(neutral=("scripts/**",)), "scripts/a.py", Neutral('neutral = ["scripts/**"]')),
        (Settings(neutral=("scripts/**", "!*.py")), "scripts/a.py", Python()),
        (
            Settings(neutral=("!docs/snippets/**",)),
            "docs/snippets/a.md",
            Unknown('neutral = ["docs/snippets/a.md"]'),
        ),
        (Settings(neutral=("!docs/snippets/**",)), "docs/a.md", Neutral("built-in rule docs/**")),
        (
            Settings(neutral=("requirements-docs.txt",)),
            "requirements-docs.txt",
            Neutral('neutral = ["requirements-docs.txt"]'),
        ),
        (Settings(run_all=("*.sql",)), "a/b.sql", Ground('run_all = ["*.sql"]')),
        (Settings(run_all=("*.md",)), "README.md", Ground('run_all = ["*.md"]')),
        (Settings(run_all=("*.md",), neutral=("*.md",)), "README.md", Ground('run_all = ["*.md"]')),
        (Settings(run_all=("!setup.py",)), "setup.py", Python()),
        (Settings(run_all=("!setup.cfg",)), "setup.cfg", Unknown('neutral = ["/setup.cfg"]')),
        (
            Settings(run_all=("!setup.cfg",), neutral=("setup.cfg",)),
            "setup.cfg",
            Neutral('neutral = ["setup.cfg"]'),
        ),
    ],
)
def test_user_has_the_last_word(settings: Settings, path: str, role: FileRole) -> None:
    """The user's patterns come before the built-in ones, and of them those for the ground come first."""
    assert rules(settings).classify(path, in_code=False) == role


def test_collected_documents_are_not_neutral() -> None:
    """A document that pytest collects for its examples is a test file."""
    assert rules(globs=("*.rst", "*.md")).classify("docs/a.rst", in_code=False) == Examples("*.rst")
    assert rules(globs=()).classify("docs/test_a.txt", in_code=False) == Neutral("built-in rule docs/**")


def test_settings_of_a_linter_that_tests_start_are_not_neutral() -> None:
    """With `pytest --mypy`, mypy.ini says what its tests check."""
    found = rules(addopts=("--mypy",))
    assert found.classify("mypy.ini", in_code=False) == Unknown('neutral = ["/mypy.ini"]')
    assert isinstance(found.classify("ruff.toml", in_code=False), Neutral)


@pytest.mark.parametrize(
    ("settings", "path", "role"),
    [
        (Settings(), "vendor/lib", Unknown('neutral = ["vendor/lib/**"]')),
        (Settings(), "x*", Unknown('neutral = ["/x[*]/**"]')),
        (Settings(), "docs/theme", Neutral("built-in rule docs/**")),
        (Settings(), "theme.md", Unknown('neutral = ["/theme.md/**"]')),
        (Settings(neutral=("vendor/**",)), "vendor/lib", Neutral('neutral = ["vendor/**"]')),
        (Settings(neutral=("vendor/lib",)), "vendor/lib", Neutral('neutral = ["vendor/lib"]')),
        (
            Settings(neutral=("vendor/**", "!vendor/lib/x")),
            "vendor/lib",
            Unknown('neutral = ["vendor/lib/**"]'),
        ),
        (Settings(neutral=("vendor/**", "!*.sql")), "vendor/lib", Unknown('neutral = ["vendor/lib/**"]')),
        (Settings(neutral=("vendor/**", "!src/**")), "vendor/lib", Neutral('neutral = ["vendor/**"]')),
        (Settings(neutral=("!docs/theme/x",)), "docs/theme", Unknown('neutral = ["docs/theme/**"]')),
        (
            Settings(run_all=("vendor/lib/schema.sql",)),
            "vendor/lib",
            Ground('run_all = ["vendor/lib/schema.sql"]'),
        ),
        (Settings(run_all=("*.sql",)), "vendor/lib", Ground('run_all = ["*.sql"]')),
        (Settings(run_all=("other/**",)), "vendor/lib", Unknown('neutral = ["vendor/lib/**"]')),
    ],
)
def test_submodule_is_a_folder_of_unknown_content(settings: Settings, path: str, role: FileRole) -> None:
    """A pattern that could hit a file of it counts; only one that takes all of it makes it neutral."""
    assert rules(settings).classify(path, ChangeKind.SUBMODULE, in_code=False) == role


def test_always() -> None:
    """The pattern by which a test file always runs is named."""
    found = rules(Settings(always=("tests/smoke/**", "!tests/smoke/slow/**")))
    assert found.find_always("tests/smoke/test_a.py") == "tests/smoke/**"
    assert found.find_always("tests/smoke/slow/test_a.py") is None
    assert found.find_always("tests/test_a.py") is None


@given(st.text(st.characters(exclude_characters="\0"), min_size=1), st.booleans())
def test_suggested_line_makes_the_file_neutral(path: str, in_code: bool) -> None:
    """The line suggested for an unknown file is valid, and settles it."""
    path = "/".join(part for part in path.split("/") if part.strip(".")) or "x"
    role = rules().classify(path, in_code=in_code)
    if isinstance(role, Unknown):
        (pattern,) = tomllib.loads(role.cure)["neutral"]
        assert parse_globs([pattern]).matches(path)
        assert isinstance(rules(Settings(neutral=(pattern,))).classify(path, in_code=in_code), Neutral)
