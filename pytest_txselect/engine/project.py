"""What both ends of a comparison share: the repository, the configuration, and questions about paths."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from fnmatch import fnmatchcase, translate
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_txselect.config.settings import Plugins
from pytest_txselect.model import RepoPath
from pytest_txselect.project.tree import file_name, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pytest_txselect.changes.git import Git
    from pytest_txselect.engine.request import Request
    from pytest_txselect.engine.sources import Sources
    from pytest_txselect.globs import Glob
    from pytest_txselect.project.entry_points import EntryPoints

__all__ = ["Project"]


class Project:
    """A repository with its configuration.

    Attributes:
        git: asks the repository.
        config: pytest's configuration.
        rootdir: pytest's rootdir, relative to the repository's top.
        confcutdir: the highest folder whose conftest counts, likewise.
        pythonpath: configured folders of `sys.path`, likewise.
        depends: pattern of dependents -> patterns of what they depend on, as configured.

    Args:
        request: what is asked for.
        git: asks the repository.
        find_sources: gives where facts and bytes come from, when that is asked for.
        find_links: finds the symbolic links between Python files, likewise.
    """

    def __init__(
        self,
        request: Request,
        git: Git,
        find_sources: Callable[[], Sources],
        find_links: Callable[[], Mapping[RepoPath, RepoPath]],
    ) -> None:
        top = git.repository.top
        self.git = git
        self.config = config = request.pytest
        self._settings = request.settings
        self._environment = request.environment
        self.rootdir = _inside(top, config.rootdir) or ""
        self.confcutdir = _inside(top, config.confcutdir) or ""
        inside = (_inside(top, path) for path in config.pythonpath)
        self.pythonpath = tuple(path for path in inside if path is not None)
        self.depends: dict[str, tuple[str, ...]] = {}
        for each in request.settings.depends:
            self.depends[each.tests] = self.depends.get(each.tests, ()) + each.files
        self._find_sources = find_sources
        self._find_links = find_links
        self._globs: dict[str, Glob | None] = {}
        self._tests: dict[str, bool] = {}
        names = [each for each in config.python_files if "/" not in each]
        places = [
            each if each.startswith("/") else f"*/{each}" for each in config.python_files if "/" in each
        ]
        self._name = re.compile("|".join(translate(each) for each in [*names, "conftest.py"]))
        self._place = re.compile("|".join(translate(each) for each in places)) if places else None

    @property
    def sources(self) -> Sources:
        """Where facts and bytes come from."""
        return self._find_sources()

    @cached_property
    def links(self) -> Mapping[RepoPath, RepoPath]:
        """Symbolic links between Python files."""
        return self._find_links()

    @cached_property
    def entry(self) -> EntryPoints:
        """What the project installs."""
        from pytest_txselect.project.disk import read_source  # noqa: PLC0415 - of a graph only
        from pytest_txselect.project.entry_points import (  # noqa: PLC0415 - likewise
            find_configured_modules,
            find_environment_modules,
            read_entry_points,
        )

        top, config = self.git.repository.top, self.config
        inifile = _inside(top, config.inifile) if config.inifile else None
        configuration = read_source(top, RepoPath(inifile)) if inifile else None
        pyproject = read_source(top, RepoPath(join(self.rootdir, "pyproject.toml")))
        setup_cfg = read_source(top, RepoPath(join(self.rootdir, "setup.cfg")))
        setup_py = read_source(top, RepoPath(join(self.rootdir, "setup.py")))
        entry = read_entry_points(pyproject, setup_cfg, setup_py)
        configured = find_configured_modules(configuration or b"")
        return replace(entry, configured=(*configured, *find_environment_modules(self._environment)))

    @property
    def everywhere(self) -> tuple[str, ...]:
        """Modules that pytest imports for every test, and on which every test depends."""
        own = () if self._settings.plugins is Plugins.STARTERS else self.entry.plugins
        return (*self.config.plugins, *own, *self.entry.configured)

    @property
    def own_plugins(self) -> tuple[str, ...]:
        """Modules that pytest imports for every test, and on which those depend that start pytest."""
        return self.entry.plugins if self._settings.plugins is Plugins.STARTERS else ()

    @property
    def own_root_first(self) -> bool:
        """Whether pytest puts the roots of test files in front of `sys.path`."""
        return self.config.import_mode == "prepend"

    @property
    def scripts(self) -> Mapping[str, str]:
        """The project's own commands and the modules behind them."""
        return self.entry.scripts

    @property
    def entry_points(self) -> tuple[str, ...]:
        """Modules that other entry points of the project name."""
        return self.entry.modules

    def is_test(self, path: str) -> bool:
        """Whether pytest collects a path, by its name, or loads it as a conftest."""
        found = self._tests.get(path)
        if found is None:
            name = self._name.match(file_name(path)) or (self._place and self._place.match("/" + path))
            found = self._tests[path] = path.endswith(".py") and name is not None
        return found

    def is_test_function(self, owner: str | None, name: str) -> bool:
        """Whether pytest collects a function of a test file, by its name.

        A class of any name counts: it may be a `unittest.TestCase`.
        """
        del owner
        return any(
            fnmatchcase(name, each if re.search(r"[*?\[]", each) else f"{each}*")
            for each in self.config.python_functions
        ) or (name.startswith("test"))

    def relative(self, path: str) -> str:
        """A path relative to the rootdir; `../x` for what is outside."""
        if not self.rootdir:
            return path
        if path.startswith(self.rootdir + "/"):
            return path[len(self.rootdir) + 1 :]
        return os.path.relpath("/" + path, "/" + self.rootdir).replace(os.sep, "/")

    def matches(self, pattern: str, path: str) -> bool:
        """Whether a glob over paths relative to the rootdir fits.

        One that a comment or marker declares and that cannot mean what its author wants may mean any file.
        """
        if pattern not in self._globs:
            from pytest_txselect.globs import GlobSyntaxError, parse_glob  # noqa: PLC0415 - where somebody declares

            try:
                self._globs[pattern] = parse_glob(pattern)
            except GlobSyntaxError:
                self._globs[pattern] = None
        glob = self._globs[pattern]
        return glob is None or glob.matches(self.relative(path))

    def test_files(self, paths: Iterable[RepoPath]) -> list[RepoPath]:
        """Those of some paths that pytest collects by their name, in its rootdir and `testpaths`."""
        places = [
            join(self.rootdir, each) for each in self.config.testpaths if not re.search(r"[*?\[]", each)
        ]
        fronts = tuple(f"{each.rstrip('/')}/" if each else "" for each in places or [self.rootdir])
        return [
            path
            for path in paths
            if self.is_test(path)
            and file_name(path) != "conftest.py"
            and (path.startswith(fronts) or path in places)
        ]

    def signature(self) -> str:
        """All of the configuration that edges of the graph depend on."""
        config = self.config
        parts = (
            self.rootdir, self.pythonpath, config.python_files, config.import_mode,
            sorted(self.depends.items()),
            sorted(self.entry.scripts.items()), self.entry.modules, sorted(self.links.items()),
        )  # fmt: skip
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _inside(top: Path, path: Path) -> str | None:
    """A folder relative to the repository's top; None outside of it."""
    try:
        relative = Path(os.path.realpath(path)).relative_to(os.path.realpath(top))
    except ValueError:
        return None
    return "" if relative == Path() else relative.as_posix()
