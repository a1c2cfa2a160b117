"""pytest's configuration, asked of pytest itself: the value that `find_pytest_config` reads from files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_txselect.project.pytest_config import DEFAULT_DOCTEST_GLOBS, PytestConfig
from pytest_txselect.project.pytest_words import PytestWords

if TYPE_CHECKING:
    import pytest

__all__ = ["read_pytest_config"]


def read_pytest_config(config: pytest.Config) -> PytestConfig:
    """Read the configuration in force, command line included."""
    words = PytestWords(plugin_words=tuple(word.strip() for word in config.getoption("plugins", None) or ()))
    doctests = config.pluginmanager.hasplugin("doctest")
    folder = config.inipath.parent if config.inipath is not None else config.rootpath
    confcutdir = config.getoption("confcutdir", None)
    return PytestConfig(
        rootdir=config.rootpath,
        inifile=config.inipath,
        confcutdir=Path(confcutdir).absolute() if confcutdir else folder,
        python_files=tuple(config.getini("python_files")),
        python_classes=tuple(config.getini("python_classes")),
        python_functions=tuple(config.getini("python_functions")),
        pythonpath=tuple(Path(path) for path in config.getini("pythonpath")),
        testpaths=tuple(config.getini("testpaths")),
        norecursedirs=tuple(config.getini("norecursedirs")),
        plugins=words.plugins,
        import_mode=str(config.getoption("importmode", "prepend")),
        doctest_modules=doctests and bool(config.getoption("doctestmodules", default=False)),
        doctest_globs=tuple(config.getoption("doctestglob", None) or DEFAULT_DOCTEST_GLOBS)
        if doctests
        else (),
        addopts=tuple(config.getini("addopts")),
        usefixtures=tuple(config.getini("usefixtures")),
    )
