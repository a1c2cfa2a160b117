"""pytest's configuration, read without pytest."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.errors import ConfigError
from pytest_txselect.project.pytest_config import PytestConfig, find_pytest_config, matches_file_pattern
from pytest_txselect.project.pytest_words import parse_words

if TYPE_CHECKING:
    from pathlib import Path


def write_tree(top: Path, files: dict[str, str]) -> None:
    """Write files below a folder; a name with a slash at its end is a folder."""
    for name, content in files.items():
        path = top / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")


DISCOVERY = [
    # files, start, rootdir, inifile with pytest 9, and with pytest 8 where it differs
    ({"a/b/": ""}, "a/b", "a/b", None, None),
    ({"pytest.ini": "", "a/b/": ""}, "a/b", "", "pytest.ini", None),
    ({".pytest.ini": "[pytest]", "a/": ""}, "a", "", ".pytest.ini", None),
    ({".pytest.ini": "", "a/": ""}, "a", "", ".pytest.ini", ("a", None)),
    ({"pytest.toml": "", "pytest.ini": ""}, "", "", "pytest.toml", ("", "pytest.ini")),
    ({".pytest.toml": "[pytest]", "pytest.ini": ""}, "", "", ".pytest.toml", ("", "pytest.ini")),
    ({"pyproject.toml": "[tool.pytest.ini_options]", "tox.ini": "[pytest]"}, "", "", "pyproject.toml", None),
    ({"pyproject.toml": "", "tox.ini": "[pytest]"}, "", "", "tox.ini", None),
    (
        {"pyproject.toml": "[tool.pytest]\nx = 1", "tox.ini": "[pytest]"},
        "",
        "",
        "pyproject.toml",
        ("", "tox.ini"),
    ),
    ({"pyproject.toml": "[tool.pytest]", "tox.ini": "[pytest]"}, "", "", "tox.ini", None),
    ({"tox.ini": "[tox]", "setup.cfg": "[tool:pytest]"}, "", "", "setup.cfg", None),
    ({"setup.cfg": "[metadata]", "a/pyproject.toml": "", "a/b/": ""}, "a/b", "a", "a/pyproject.toml", None),
    ({"pytest.ini": "", "a/pyproject.toml": ""}, "a", "", "pytest.ini", None),
    ({"setup.py": "", "a/b/": ""}, "a/b", "", None, None),
    ({"setup.py": "", "a/pyproject.toml": "", "a/b/": ""}, "a/b", "a", "a/pyproject.toml", None),
    ({"pytest.ini/": "", "tox.ini": "[pytest]"}, "", "", "tox.ini", None),
]


@pytest.mark.parametrize("row", DISCOVERY)
def test_rootdir_and_inifile_are_found(
    tmp_path: Path, row: tuple[dict[str, str], str, str, str | None, tuple[str, str | None] | None]
) -> None:
    """The first file upwards that configures pytest wins, by the rules of either version."""
    files, start, rootdir, inifile, old = row
    write_tree(tmp_path, files)
    for major, (root, ini) in ((9, (rootdir, inifile)), (8, old or (rootdir, inifile))):
        found = find_pytest_config(tmp_path / start, pytest_major=major)
        assert found.rootdir == tmp_path / root
        assert found.inifile == (None if ini is None else tmp_path / ini)
        assert found.confcutdir == found.rootdir


REST = "--doctest-modules --doctest-glob=*.rst --doctest-glob '*.md' --import-mode=importlib"
VALUES = {
    "pytest.ini": f"""\
[pytest]
python_files = check_*.py
  'a b.py'
python_classes = Check
python_functions = check
pythonpath = src lib
testpaths = tests docs
norecursedirs = old
addopts = -p one -ptwo -p no:one {REST}
""",
    "pyproject.toml": f"""\
[tool.pytest.ini_options]
python_files = ["check_*.py", "a b.py"]
python_classes = "Check"
python_functions = ["check"]
pythonpath = "src lib"
testpaths = ["tests", "docs"]
norecursedirs = ["old"]
addopts = "-p one -ptwo -p no:one {REST}"
""",
    "pytest.toml": """\
[pytest]
python_files = ["check_*.py", "a b.py"]
python_classes = ["Check"]
python_functions = ["check"]
pythonpath = ["src", "lib"]
testpaths = ["tests", "docs"]
norecursedirs = ["old"]
xfail_strict = true
addopts = ["-p", "one", "-ptwo", "-p", "no:one",
  "--doctest-modules", "--doctest-glob=*.rst", "--doctest-glob", "*.md",
  "--import-mode=importlib"]
""",
}
VALUES["setup.cfg"] = VALUES["pytest.ini"].replace("[pytest]", "[tool:pytest]")
VALUES["tox.ini"] = VALUES["pytest.ini"]


@pytest.mark.parametrize("name", VALUES)
def test_every_format_says_the_same(tmp_path: Path, name: str) -> None:
    """The same options in five formats give the same value."""
    write_tree(tmp_path, {name: VALUES[name]})
    found = find_pytest_config(tmp_path, pytest_major=9)
    assert found == PytestConfig(
        rootdir=tmp_path,
        inifile=tmp_path / name,
        confcutdir=tmp_path,
        python_files=("check_*.py", "a b.py"),
        python_classes=("Check",),
        python_functions=("check",),
        pythonpath=(tmp_path / "src", tmp_path / "lib"),
        testpaths=("tests", "docs"),
        norecursedirs=("old",),
        plugins=("two",),
        import_mode="importlib",
        doctest_modules=True,
        doctest_globs=("*.rst", "*.md"),
        addopts=found.addopts,
    )
    assert found.addopts[:3] == ("-p", "one", "-ptwo")


def test_environment_comes_after_the_file(tmp_path: Path) -> None:
    """`PYTEST_ADDOPTS` adds to, and where one value holds replaces, what the file says."""
    write_tree(
        tmp_path, {"pytest.ini": "[pytest]\naddopts = -p one --import-mode=append -o testpaths=a\n", "x/": ""}
    )
    environ = {
        "PYTEST_ADDOPTS": "-p no:one -p two --import-mode importlib -o 'python_files=a.py b.py'"
        " --confcutdir=x"
    }
    found = find_pytest_config(tmp_path, environ=environ)
    assert found.plugins == ("two",)
    assert found.import_mode == "importlib"
    assert found.testpaths == ("a",)
    assert found.python_files == ("a.py", "b.py")
    assert found.confcutdir == tmp_path / "x"


def test_environment_may_name_rootdir_and_file(tmp_path: Path) -> None:
    """`-c` and `--rootdir` of `PYTEST_ADDOPTS` are followed."""
    write_tree(
        tmp_path, {"pytest.ini": "", "x/other.toml": '[tool.pytest.ini_options]\ntestpaths="a"', "y/": ""}
    )
    found = find_pytest_config(tmp_path, environ={"PYTEST_ADDOPTS": "-c x/other.toml"})
    assert (found.rootdir, found.inifile) == (tmp_path / "x", tmp_path / "x/other.toml")
    assert found.testpaths == ("a",)
    found = find_pytest_config(tmp_path, environ={"PYTEST_ADDOPTS": "--config-file=x/other.toml --rootdir=y"})
    assert (found.rootdir, found.confcutdir) == (tmp_path / "y", tmp_path / "x")


def test_installed_pytest_decides(tmp_path: Path) -> None:
    """Unless told otherwise, the rules are those of the pytest that is installed."""
    write_tree(tmp_path, {"pytest.toml": "", "pytest.ini": ""})
    found = find_pytest_config(tmp_path).inifile
    assert found == tmp_path / ("pytest.toml" if pytest.version_tuple >= (9,) else "pytest.ini")


def test_no_configuration_may_be_asked_for(tmp_path: Path) -> None:
    """`-c /dev/null` is how pytest is told to read nothing."""
    write_tree(tmp_path, {"pytest.ini": "[pytest]\ntestpaths = a"})
    found = find_pytest_config(tmp_path, environ={"PYTEST_ADDOPTS": f"-c {os.devnull}"})
    assert found.rootdir == tmp_path
    assert found.testpaths == ()


def test_pytest_table_of_a_given_file(tmp_path: Path) -> None:
    """A TOML file of any name given with `-c` may have the table `[pytest]`."""
    write_tree(tmp_path, {"any.toml": '[pytest]\ntestpaths = ["a"]'})
    assert find_pytest_config(tmp_path, environ={"PYTEST_ADDOPTS": "-cany.toml"}).testpaths == ("a",)


def test_switched_off_doctests_collect_nothing(tmp_path: Path) -> None:
    """Without pytest's doctest plugin there are no doctests, whatever the other options say."""
    write_tree(tmp_path, {"pytest.ini": "[pytest]\naddopts = --doctest-modules -p no:doctest"})
    found = find_pytest_config(tmp_path)
    assert (found.doctest_modules, found.doctest_globs) == (False, ())


@pytest.mark.parametrize(
    ("name", "content", "slug", "message"),
    [
        (
            "pytest.ini",
            "[pytest]\na = 1\na = 2\n",
            "pytest-configuration",
            "pytest.ini:3: duplicate name 'a'",
        ),
        ("tox.ini", "x\n", "pytest-configuration", "tox.ini:1: unexpected line: 'x'"),
        ("setup.cfg", "[pytest]\n", "pytest-configuration", "setup.cfg: pytest does not read [pytest] here"),
        ("pytest.toml", "x = \n", "invalid-toml", "pytest.toml:1: not valid TOML: Invalid value"),
        ("pytest.toml", "x = 1\n", "pytest-configuration", "pytest.toml: options outside of [pytest] (x)"),
        (
            "pytest.toml",
            "pytest = 1\n",
            "pytest-configuration",
            "pytest.toml: options outside of [pytest] (pytest)",
        ),
        (
            "pyproject.toml",
            "tool = 1",
            "pytest-configuration",
            "pyproject.toml: tool is not a table; write [tool]",
        ),
        (
            "pyproject.toml",
            "tool.pytest.ini_options = 1",
            "pytest-configuration",
            "the pytest table is not a table",
        ),
        (
            "pyproject.toml",
            "[tool.pytest]\na=1\nini_options={b=2}",
            "pytest-configuration",
            "keep one of them",
        ),
        (
            "pytest.ini",
            "[pytest]\naddopts = 'x",
            "pytest-configuration",
            "addopts: no closing quotation; balance",
        ),
    ],
)
def test_broken_file_is_named(tmp_path: Path, name: str, content: str, slug: str, message: str) -> None:
    """What pytest would refuse is refused, with the file and the cause."""
    write_tree(tmp_path, {name: content})
    with pytest.raises(ConfigError) as caught:
        find_pytest_config(tmp_path, pytest_major=9)
    assert caught.value.slug == slug
    assert message in caught.value.message
    assert "\n" not in caught.value.message


def test_undecodable_file_is_named(tmp_path: Path) -> None:
    """A file that is not UTF-8 is refused with the place in it."""
    (tmp_path / "tox.ini").write_bytes(b"[pytest]\n\xff")
    with pytest.raises(ConfigError, match=r"tox\.ini: not UTF-8 \(byte 10\)"):
        find_pytest_config(tmp_path)


def test_missing_given_file_is_named(tmp_path: Path) -> None:
    """A file given with `-c` that is not there is refused."""
    with pytest.raises(ConfigError, match="cannot be read"):
        find_pytest_config(tmp_path, environ={"PYTEST_ADDOPTS": "-c nothing.ini"})


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("tests/test_a.py", "test_*.py", True),
        ("tests/a_test.py", "test_*.py", False),
        ("tests/x/test_a.py", "tests/*/test_*.py", True),
        ("a/tests/x/test_a.py", "tests/**/test_*.py", True),
        ("mytests/test_a.py", "tests/test_*.py", False),
        ("test_a.py", "[!x]*_a.py", True),
    ],
)
def test_file_pattern(path: str, pattern: str, expected: bool) -> None:
    """A pattern without a slash is for the name, another for the end of the path, as in pytest."""
    assert matches_file_pattern(path, pattern) is expected


@pytest.mark.parametrize(
    ("words", "plugins"),
    [
        (["-p", "a", "-p", "b"], ("a", "b")),
        (["-p", "no:a", "-p", "a"], ("a",)),
        (["-p", " a "], ("a",)),
        (["-p"], ("",)),
        (["--p=a", "-k", "x"], ()),
    ],
)
def test_plugins_of_words(words: list[str], plugins: tuple[str, ...]) -> None:
    """`-p` has two spellings, and the last word about a plugin holds."""
    assert parse_words(words).plugins == plugins
