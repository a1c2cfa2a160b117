"""pytest's configuration, asked of pytest itself: the value that `find_pytest_config` reads from files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_txselect.project.pytest_config import DEFAULT_DOCTEST_GLOBS, PytestConfig
from pytest_txselect.project.pytest_words import PytestWords

if TYPE_CHECKING:
    import argparse

    import pytest

__all__ = ["read_pytest_config"]


def read_pytest_config(config: pytest.Config, options: argparse.Namespace | None = None) -> PytestConfig:
    """Read the configuration in force.

    Args:
        config: of this process.
        options: of the command line: what is known of them before conftests are imported; all of them where not given.
    """
    options = config.option if options is None else options
    words = PytestWords(plugin_words=tuple(word.strip() for word in getattr(options, "plugins", None) or ()))
    doctests = config.pluginmanager.hasplugin("doctest")
    folder = config.inipath.parent if config.inipath is not None else config.rootpath
    confcutdir = getattr(options, "confcutdir", None)
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
        import_mode=str(getattr(options, "importmode", "prepend")),
        doctest_modules=doctests and bool(getattr(options, "doctestmodules", False)),
        doctest_globs=tuple(getattr(options, "doctestglob", None) or DEFAULT_DOCTEST_GLOBS)
        if doctests
        else (),
        addopts=tuple(config.getini("addopts")),
        usefixtures=tuple(config.getini("usefixtures")),
    )
