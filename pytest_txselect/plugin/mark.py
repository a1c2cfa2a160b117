"""Marker rules: marks tests as they are collected, before `-m`, other plugins' hooks and fixtures look at them.

Loaded only in projects that configure rules. Every process that collects does the same: xdist's workers and the
run without it come to the same marks.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from pytest_txselect.config.load import has_key, load_settings
from pytest_txselect.errors import ConfigError
from pytest_txselect.policy.marking import Marking, find_rules, import_names, missing_variable, spell_class

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from pytest_txselect.config.settings import MarkerRule
    from pytest_txselect.policy.marking import Candidate

__all__ = ["register"]

KEY: Final = "markers"
UNDESCRIBED: Final = "given by [[tool.txselect.markers]]"


def register(config: pytest.Config) -> None:
    """Take the rules of the configuration, where it has any.

    Raises:
        pytest.UsageError: it has rules, and mistakes.
    """
    try:
        if not has_key(config.rootpath, KEY):
            return
        rules = load_settings(config.rootpath).settings.markers
    except ConfigError as error:
        lines = str(error).split("\n")
        raise pytest.UsageError(*(f"txselect: {line}" for line in lines)) from error
    registered = {re.split("[:(]", line, maxsplit=1)[0].strip() for line in config.getini("markers")}
    for name, description in dict.fromkeys((rule.name, rule.description) for rule in rules):
        if description or name not in registered:
            config.addinivalue_line("markers", f"{name}: {description or UNDESCRIBED}")
            registered.add(name)
    config.pluginmanager.register(Mark(rules, config.rootpath), "txselect-mark")


class Mark:
    """Marks tests.

    Args:
        rules: as configured.
        rootdir: pytest's rootdir.
    """

    def __init__(self, rules: Collection[MarkerRule], rootdir: Path) -> None:
        self._marking = Marking(rules)
        self._files = _Files(os.fspath(rootdir), [name for rule in rules for name in rule.imports])
        self._classes = _Classes(
            (name for rule in rules for name in rule.bases if "." in name), self._files.relative
        )
        self._marks: dict[int, tuple[pytest.MarkDecorator, ...]] = {}
        self._parent: pytest.Collector | None = None
        self._candidates: tuple[Candidate, ...] = ()
        self._named = False
        self._held: frozenset[str] = frozenset()

    @pytest.hookimpl(tryfirst=True)
    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Mark a test that was just found."""
        if item.parent is not self._parent:  # tests of a class come one after another
            self._enter(item)
        if not self._candidates:
            return
        name = item.nodeid.partition("::")[2] if self._named else ""
        for rule in find_rules(self._candidates, name, getattr(item, "fixturenames", ())):
            mark, *others = self._marks.get(id(rule)) or self._make_marks(rule)
            if rule.name not in self._held and all(own.name != rule.name for own in item.own_markers):
                item.add_marker(mark)
            for other in others:
                item.add_marker(other)

    def _enter(self, item: pytest.Item) -> None:
        """Find out what is the same for all tests beside one."""
        parent = self._parent = item.parent
        self._candidates = self._marking.narrow(_Collected(item, self._files, self._classes))
        self._named = any(each.names for each in self._candidates)
        names = (each.rule.name for each in self._candidates)
        self._held = frozenset(name for name in names if parent and parent.get_closest_marker(name))

    def _make_marks(self, rule: MarkerRule) -> tuple[pytest.MarkDecorator, ...]:
        """The marks that a rule gives: its own, and one that skips where the environment lacks its variable."""
        reason = missing_variable(rule, os.environ)
        skips = (pytest.mark.skip(reason=reason),) if reason else ()
        self._marks[id(rule)] = (getattr(pytest.mark, rule.name), *skips)
        return self._marks[id(rule)]


class _Collected:
    """The tests beside one that pytest has collected, as rules ask about them."""

    def __init__(self, item: pytest.Item, files: _Files, classes: _Classes) -> None:
        self._item = item
        self._files = files
        self._classes = classes
        self.path = files.relative(item.path)

    def bases(self) -> Collection[str]:
        owner = getattr(self._item, "cls", None)
        return self._classes.spell(owner) if isinstance(owner, type) else ()

    def imports(self) -> Collection[str]:
        return self._files.imports(self._item.path)


class _Files:
    """What is known of the files of tests.

    Args:
        rootdir: pytest's rootdir.
        modules: names of modules that rules ask for.
    """

    def __init__(self, rootdir: str, modules: Iterable[str]) -> None:
        self._rootdir = rootdir
        self._imports: dict[Path, frozenset[str]] = {}
        words = "|".join(re.escape(name.rpartition(".")[2]) for name in modules)
        self._mentions = re.compile(rf"\b(?:{words})\b|\bfrom[\s\\]*\.".encode())

    def relative(self, path: Path) -> str:
        """A path relative to the rootdir; `../x` for what is outside."""
        return os.path.relpath(path, self._rootdir).replace(os.sep, "/")

    def imports(self, path: Path) -> frozenset[str]:
        """Modules that a file imports; none for a file that cannot be read."""
        found = self._imports.get(path)
        if found is None:
            found = self._imports[path] = self._read_imports(path)
        return found

    def _read_imports(self, path: Path) -> frozenset[str]:
        from pytest_txselect.source.compiled import read_facts  # noqa: PLC0415 - only rules about imports need it
        from pytest_txselect.source.examples import read_examples  # noqa: PLC0415 - likewise
        from pytest_txselect.source.facts import FileFacts  # noqa: PLC0415 - likewise

        try:
            source = path.read_bytes()
        except OSError:
            return frozenset()
        if source.isascii() and not self._mentions.search(source):  # to compile it would be dear, and in vain
            return frozenset()
        every = [read_facts(source)] if path.suffix == ".py" else read_examples(source)
        relative = self.relative(path)
        root = self._find_root(path)
        return frozenset(
            name
            for facts in every
            if isinstance(facts, FileFacts)
            for name in import_names(relative, facts, root)
        )

    def _find_root(self, path: Path) -> str:
        """The folder that holds a file's outermost package, relative to the rootdir."""
        folder = path.parent
        while (folder / "__init__.py").is_file():
            folder = folder.parent
        relative = self.relative(folder)
        return "" if relative == "." or relative.startswith("..") else relative


class _Classes:
    """The classes of tests, looked at once each.

    Args:
        dotted: names with dots that rules give; they may be those of a package that re-exports the class.
        relative: gives a path relative to the rootdir.
    """

    def __init__(self, dotted: Iterable[str], relative: Callable[[Path], str]) -> None:
        self._dotted = frozenset(dotted)
        self._relative = relative
        self._spellings: dict[type, frozenset[str]] = {}

    def spell(self, owner: type) -> frozenset[str]:
        """Every spelling of a class and of what it inherits."""
        found = self._spellings.get(owner)
        if found is None:
            found = frozenset(name for each in owner.__mro__ for name in self._spell_one(each))
            self._spellings[owner] = found
        return found

    def _spell_one(self, each: type) -> Iterator[str]:
        """By its module's name, by its module's place, and by the packages around that re-export it.

        These packages are imported whenever the class is there, so the answer never depends on what else is.
        """
        yield from spell_class(f"{each.__module__}.{each.__qualname__}")
        place = getattr(sys.modules.get(each.__module__), "__file__", None)
        path = self._relative(Path(place)) if isinstance(place, str) and place.endswith(".py") else "../"
        if not path.startswith("../"):
            module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            yield from spell_class(f"{module}.{each.__qualname__}")
        for dotted in self._dotted:
            package, _, name = dotted.rpartition(".")
            if each.__module__.startswith(f"{package}.") and _take(package, name) is each:
                yield dotted


def _take(package: str, name: str) -> object:
    """An attribute of a package that is imported; None where it has none. A lazy one may import a module for it."""
    try:
        return getattr(sys.modules.get(package), name, None)
    except (ImportError, RuntimeError):  # what lazy packages raise for modules that cannot be imported here
        return None
