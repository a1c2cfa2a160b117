"""What pytest's own configuration says, found and read as pytest does it, without pytest.

The rules are those of pytest's `config/findpaths.py`, for pytest 8 and 9: from the folder where pytest is
started upwards, the first folder with a file that configures pytest; else the first `pyproject.toml`; else
the first folder with a `setup.py`; else the folder itself.
"""

from __future__ import annotations

import contextlib
import fnmatch
import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_txselect.errors import ConfigError
from pytest_txselect.project.pytest_ini import CONFIG_NAMES, RawConfig, read_raw_config
from pytest_txselect.project.pytest_words import PytestWords, parse_words

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PytestConfig", "find_pytest_config", "matches_file_pattern"]

DEFAULT_DOCTEST_GLOBS: Final = ("test*.txt",)
NEW_NAMES_SINCE: Final = 9
DISTRIBUTION: Final = re.compile(r"pytest-(\d+)\.[^-]*\.(?:dist|egg)-info\Z")


@dataclass(frozen=True, slots=True)
class PytestConfig:
    """The part of pytest's configuration that says what is collected, and how it is imported.

    Attributes:
        rootdir: what node ids are relative to.
        inifile: the file that configures pytest, None where there is none.
        python_files: patterns of test files, for `matches_file_pattern`.
        python_classes: prefixes or patterns of test classes.
        python_functions: prefixes or patterns of test functions.
        pythonpath: absolute folders put in front of `sys.path`.
        testpaths: where tests are looked for if no path is given; patterns relative to the rootdir.
        norecursedirs: patterns of folders not entered.
        plugins: names of modules or entry points loaded with `-p`, in order.
        import_mode: "prepend", "append" or "importlib".
        doctest_modules: whether the docstrings of all Python files are collected.
        doctest_globs: patterns of text files whose examples are collected; empty where doctests are switched
            off.
        confcutdir: the highest folder whose `conftest.py` counts.
        addopts: the configured options, as words.
        usefixtures: fixtures that every test uses.
    """

    rootdir: Path
    inifile: Path | None
    confcutdir: Path
    python_files: tuple[str, ...] = ("test_*.py", "*_test.py")
    python_classes: tuple[str, ...] = ("Test",)
    python_functions: tuple[str, ...] = ("test",)
    pythonpath: tuple[Path, ...] = ()
    testpaths: tuple[str, ...] = ()
    norecursedirs: tuple[str, ...] = (
        "*.egg",
        ".*",
        "_darcs",
        "build",
        "CVS",
        "dist",
        "node_modules",
        "venv",
        "{arch}",
    )
    plugins: tuple[str, ...] = ()
    import_mode: str = "prepend"
    doctest_modules: bool = False
    doctest_globs: tuple[str, ...] = DEFAULT_DOCTEST_GLOBS
    addopts: tuple[str, ...] = ()
    usefixtures: tuple[str, ...] = ()


def find_pytest_config(
    start: Path, *, environ: Mapping[str, str] | None = None, pytest_major: int | None = None
) -> PytestConfig:
    """Find and read the configuration that pytest would use when started in a folder without arguments.

    Args:
        start: the folder.
        environ: the environment, for `PYTEST_ADDOPTS`; empty by default.
        pytest_major: version of pytest whose rules hold; the installed one by default, else the newest known.

    Raises:
        ConfigError: a file on the way cannot be read or parsed.
    """
    major = _find_major() if pytest_major is None else pytest_major
    start = Path(os.path.abspath(start))  # as pytest: links are kept  # noqa: PTH100
    before = parse_words(_split_words("PYTEST_ADDOPTS", (environ or {}).get("PYTEST_ADDOPTS", "")))
    if before.inifile is None:
        rootdir, inifile, raw = _locate(start, major)
        return _finish(start, rootdir, inifile, raw or {}, before)
    given = start / before.inifile
    rootdir = given.parent if given.is_file() else start  # /dev/null says that there is no configuration
    return _finish(start, rootdir, given, read_raw_config(given, pytest_major=major) or {}, before)


def matches_file_pattern(path: str, pattern: str) -> bool:
    """Compare a path with a pattern of `python_files` or `--doctest-glob`, as pytest does.

    Args:
        path: of a file, `/` between its parts.
        pattern: compared with the name alone, or, where it has a `/`, with the end of the whole path.
    """
    if "/" not in pattern:
        return fnmatch.fnmatchcase(path.rpartition("/")[2], pattern)
    return fnmatch.fnmatchcase(f"/{path}", pattern if pattern.startswith("/") else f"*/{pattern}")


def _find_major() -> int:
    """The version of pytest that is installed, as `importlib.metadata` finds it, which is slow to import."""
    for folder in sys.path:
        with contextlib.suppress(OSError):
            for name in os.listdir(folder or "."):  # noqa: PTH208 - names are enough
                found = DISTRIBUTION.match(name)
                if found:
                    return int(found.group(1))
    return NEW_NAMES_SINCE


def _locate(start: Path, major: int) -> tuple[Path, Path | None, RawConfig | None]:
    """Find the rootdir and the file that configures pytest."""
    names = [name for name in CONFIG_NAMES if major >= NEW_NAMES_SINCE or not name.endswith("pytest.toml")]
    bases = (start, *start.parents)
    pyproject = None
    for base in bases:
        for name in names:
            path = base / name
            if path.is_file():
                if name == "pyproject.toml" and pyproject is None:
                    pyproject = path
                found = read_raw_config(path, pytest_major=major)
                if found is not None:
                    return base, path, found
    if pyproject is not None:
        return pyproject.parent, pyproject, None
    return next((base for base in bases if (base / "setup.py").is_file()), start), None, None


def _finish(
    start: Path, rootdir: Path, inifile: Path | None, raw: RawConfig, before: PytestWords
) -> PytestConfig:
    """Turn the words of the file into values; options of the environment come after those of the file."""
    addopts = _take_words(raw, "addopts", inifile)
    words = parse_words(addopts).then(before)
    raw = {**raw, **words.overrides}
    given = {
        name: _take_words(raw, name, inifile)
        for name in (
            "python_files",
            "python_classes",
            "python_functions",
            "testpaths",
            "norecursedirs",
            "usefixtures",
        )
        if name in raw
    }
    folder = inifile.parent if inifile is not None else start
    if before.rootdir is not None:
        rootdir = start / before.rootdir
    return PytestConfig(
        rootdir=rootdir,
        inifile=inifile,
        confcutdir=start / words.confcutdir
        if words.confcutdir is not None
        else (inifile.parent if inifile else rootdir),
        pythonpath=tuple(folder / word for word in _take_words(raw, "pythonpath", inifile)),
        plugins=words.plugins,
        import_mode=words.import_mode or "prepend",
        doctest_modules=words.doctest_modules and words.doctests,
        doctest_globs=(words.doctest_globs or DEFAULT_DOCTEST_GLOBS) if words.doctests else (),
        addopts=addopts,
        **given,
    )


def _take_words(raw: RawConfig, key: str, inifile: Path | None) -> tuple[str, ...]:
    value = raw.get(key, ())
    if isinstance(value, str):
        return _split_words(f"{inifile.name if inifile else 'pytest'}: {key}", value)
    return tuple(value)


def _split_words(place: str, text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        cause = str(error).lower()
        raise ConfigError("pytest-configuration", f"{place}: {cause}; balance the quotes") from error
