"""Edges of what strings name: modules, scripts, and modules by names that are known in part."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_txselect.graph.apps import Applications
from pytest_txselect.graph.ends import DOTTED, NO_MODULE, EndEdges
from pytest_txselect.graph.imports import attributes
from pytest_txselect.graph.names import Names, below
from pytest_txselect.graph.scripts import ScriptEdges
from pytest_txselect.model import EdgeKind, RepoPath
from pytest_txselect.project.resolve import NOTHING, Found
from pytest_txselect.project.tree import file_name, folder_of
from pytest_txselect.source.facts import COMPARED, OWN_TOP, FileFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pytest_txselect.graph.graph import Out

__all__ = ["ORPHANS", "StringEdges", "orphans"]

ORPHANS: Final = "/?"
"""Ends the name of the node of the modules of a package which nothing else names: plugins, most likely."""


def orphans(package: str) -> RepoPath:
    """The node of the modules below a package's folder that nothing else names."""
    return RepoPath(package + ORPHANS)


PART: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
"""A word of a name: `check_call` and `CliRunner` have two."""
STARTING: Final = frozenset({
    "call", "cli", "cmd", "command", "exec", "execute", "invoke", "launch", "main", "popen", "process", "program", "run",
    "runner", "running", "script", "shell", "spawn", "start", "subprocess", "system",
})  # fmt: skip
"""Words in names of what starts commands. Only a command that is called as a package is has to be told by them from that."""
AS_MODULE: Final = frozenset({"-m", "-p"})


@dataclass(slots=True)
class StringEdges:
    """Finds what strings name. Pure: one tree, one set of facts.

    Attributes:
        names: the project.
        scripts: console scripts of the project and the modules behind them.
        is_test: whether pytest collects a path.
    """

    names: Names
    scripts: Mapping[str, str] = field(default_factory=dict)
    is_test: Callable[[str], bool] = field(default=lambda _: False)
    _started: ScriptEdges = field(init=False, repr=False)
    _applications: Applications = field(init=False, repr=False)
    _ends: EndEdges = field(init=False, repr=False)
    _modules: list[tuple[str, RepoPath]] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self._started = ScriptEdges(self.names, self.is_test)
        self._applications = Applications(self.names)
        self._ends = EndEdges(
            self.names, lambda *given: self._dotted(*given[:2], is_test=given[2], bare=True)
        )

    def of_file(self, path: RepoPath, facts: FileFacts, *, is_test: bool) -> Iterator[Out]:
        """Edges of every string of a file, and of every call that imports by a computed name."""
        known = self.names.resolver.tree.parents
        spoken = not facts.strings.isdisjoint(AS_MODULE)
        # the strings of a lazy package are its table, and its names are asked for one by one
        for text in self._telling(facts) if facts.lazy is None else ():
            if text[0] != "\x00" and (text.endswith(".py") or ".py::" in text):
                yield from self._started.of_text(path, facts, text)
            elif text.partition(".")[0].partition(":")[0] in known and DOTTED.match(text):
                whole = spoken or text in facts.embedded
                yield from self._dotted(path, text, is_test=is_test, bare=whole)
            command = text.partition(" ")[0]
            if command in self.scripts and (text not in known or _may_start(facts)):
                yield from self._dotted(path, self.scripts[command], is_test=is_test, bare=True)
        if facts.lazy is None:
            yield from self._ends.of_file(path, facts, is_test=is_test)
            yield from self._lazy_names(facts, is_test=is_test)
        yield from self._applications.loaded(path, facts, is_test=is_test)
        for each in facts.computed:
            if each.methods and self.names.mention(path, each.methods) != each.overridden:
                continue
            yield from self._computed(path, facts, each.pattern, each.line, is_test=is_test)

    def _telling(self, facts: FileFacts) -> list[str]:
        """The few strings that can name anything, sorted: looking at all of them costs less than sorting them."""
        known, scripts = self.names.resolver.tree.parents, self.scripts
        texts = facts.strings | facts.embedded if facts.embedded else facts.strings
        found = {*(texts & known.keys())}
        if scripts:
            found.update(text for text in texts if " " in text and text.partition(" ")[0] in scripts)
            found.update(texts & scripts.keys())
        for text in [each for each in texts if "." in each or ":" in each]:
            if ".py" in text or text.partition(".")[0].partition(":")[0] in known:
                found.add(text)
        return sorted(found)

    def module(self, path: RepoPath, text: str, line: int, *, is_test: bool) -> Iterator[Out]:
        """Edges to the module of a full dotted name."""
        for target, kind, _ in self._dotted(path, text, is_test=is_test, bare=True):
            yield target, kind, line

    def _dotted(self, path: RepoPath, text: str, *, is_test: bool, bare: bool) -> Iterator[Out]:
        """Edges to the module that a dotted name begins with, and to what the rest of the name leads to."""
        dotted = text.partition(":")[0]
        named = bare or ":" in text
        if not named and "." not in dotted:
            return
        open_end = dotted.endswith(".")
        parts = dotted.rstrip(".").split(".")
        found, rest = self._longest(path, parts, is_test=is_test)
        if not found or (not named and self._is_file_name(found, parts)):
            return
        for file in found.files:
            if file != path:
                yield file, EdgeKind.STRING, 0
        if rest:
            for target, _ in self.names.name(found, rest[0], asked=False):
                yield target, EdgeKind.STRING, 0
            yield from self._applications.models(found, rest[0])
        elif bare:
            for folder in found.folders:
                main = self.names.children(folder).get("__main__")
                if main:
                    yield main, EdgeKind.STRING, 0
        yield from self._beginning(found, rest[0] if rest else "", open_end=open_end)

    def _longest(self, path: RepoPath, parts: list[str], *, is_test: bool) -> tuple[Found, list[str]]:
        """The longest beginning of a dotted name that is a module, and the rest of the name."""
        for length in range(len(parts), 0, -1):
            found = self.names.resolver.absolute(path, ".".join(parts[:length]), is_test=is_test)
            if found and not found.missing:
                return found, parts[length:]
        return NOTHING, parts

    def _is_file_name(self, found: Found, parts: list[str]) -> bool:
        """Whether `settings.json` is rather a file's name than the name `json` in the module `settings`."""
        if len(parts) != len(("settings", "json")) or parts[-1] not in NO_MODULE:
            return False
        facts = [self.names.facts.get(file) for file in found.files]
        return not any(not isinstance(each, FileFacts) or parts[-1] in each.bound for each in facts)

    def _beginning(self, found: Found, start: str, *, open_end: bool) -> Iterator[Out]:
        """`"pkg."` and `"pkg.plug_"` are beginnings of names put together elsewhere."""
        if not open_end and not start.endswith("_"):
            return
        for folder in found.folders:
            for name, child in self.names.children(folder).items():
                if name.startswith(start):
                    yield child, EdgeKind.COMPUTED, 0

    def _lazy_names(self, facts: FileFacts, *, is_test: bool) -> Iterator[Out]:
        """A name of a lazy package may be taken by `getattr`, here or where the string is handed to.

        What code only compares with it has from elsewhere; a test that does so expects it.
        """
        for text in (
            facts.strings & self.names.lazy_classes.keys()
        ) - facts.bound:  # a class statement has its name as a string
            if not is_test and COMPARED + text in facts.strings:
                continue
            for path in self.names.lazy_classes[text]:
                for target, kind in self.names.name(Found((path,)), text, asked=False):
                    yield target, kind, 0

    def _computed(
        self, path: RepoPath, facts: FileFacts, pattern: str, line: int, *, is_test: bool
    ) -> Iterator[Out]:
        """Edges to every module that fits the known part of a computed name.

        Where no part is known the name still comes from somewhere: from a string or a beginning of one (which
        are edges of the file that has them), from a package that a string of this file names, from a listing
        of a folder, or from outside (a data file, the environment): then it is one of the modules that nothing
        else names.
        """
        if pattern == "path:*":
            yield below(folder_of(path)), EdgeKind.COMPUTED, line
        if pattern in {"listed:*", "path:*"}:
            folders = list(self._started.listed(path, facts))
            for folder in folders:
                yield below(folder), EdgeKind.COMPUTED, line
            if folders or pattern == "path:*":
                return
        if OWN_TOP in pattern:
            for name in {each.partition(".")[0] for each in self.names.resolver.module_paths(path)}:
                yield from self._computed(path, facts, pattern.replace(OWN_TOP, name), line, is_test=is_test)
        elif pattern.strip("*?.") and pattern != "listed:*":
            yield from self._fitting(path, facts, self._anchored(path, pattern), line, is_test=is_test)
        elif (
            pattern.startswith(".") and facts.lazy is None
        ):  # a lazy package's names are asked for one by one
            yield from self._fitting(path, facts, pattern, line, is_test=is_test)
        else:
            yield orphans(self.names.top_package(path)), EdgeKind.COMPUTED, line
            for folder in self._packages(path, facts, is_test=is_test):
                yield below(folder), EdgeKind.COMPUTED, line

    def _packages(self, path: RepoPath, facts: FileFacts, *, is_test: bool) -> Iterator[str]:
        """Folders of packages that dotted strings of a file name: the rest of a name may follow."""
        known = self.names.resolver.tree.parents
        for text in sorted(facts.strings) if facts.lazy is None else ():
            if "." in text and text.partition(".")[0] in known and DOTTED.match(text):
                found = self.names.resolver.absolute(path, text.rstrip("."), is_test=is_test)
                yield from found.folders if not found.missing else ()

    def _anchored(self, path: RepoPath, pattern: str) -> str:
        """Turn `__name__` and `__package__` at a pattern's beginning into leading dots."""
        stem = file_name(path).removesuffix(".py")
        own = "." if stem == "__init__" else f".{stem}"
        if pattern[0] == "\x02" or (pattern[0] == "\x01" and stem == "__init__"):
            return "." + pattern[1:].removeprefix(".")
        return (
            (own + pattern[1:] if pattern[0] == "\x01" else pattern).replace("\x01", "*").replace("\x02", "*")
        )

    def _fitting(
        self, path: RepoPath, facts: FileFacts, pattern: str, line: int, *, is_test: bool
    ) -> Iterator[Out]:
        name = pattern.lstrip(".")
        level = len(pattern) - len(name)
        if "*" not in pattern:
            if level:
                found = self.names.resolver.relative(path, name, level)
                for file in found.files:
                    yield file, EdgeKind.STRING, line
            else:
                yield from self.module(path, name, line, is_test=is_test)
                found = self.names.resolver.absolute(path, name, is_test=is_test)
            yield from attributes(found, facts, self.names, line)
            return
        head = name.partition("*")[0].rpartition(".")[0]
        tail = name[len(head) :].lstrip(".")
        matches = re.compile(".*".join(re.escape(part) for part in tail.split("*"))).fullmatch
        if level or head:
            anchor = (
                self.names.resolver.relative(path, head, level)
                if level
                else self.names.resolver.absolute(path, head, is_test=is_test)
            )
            for file in anchor.files:
                yield file, EdgeKind.COMPUTED, line
            candidates = [pair for folder in anchor.folders for pair in self._below(folder)]
        else:
            candidates = self._every()
        for dotted, file in candidates:
            if file != path and matches(dotted):
                yield file, EdgeKind.COMPUTED, line

    def _below(self, folder: str) -> Iterator[tuple[str, RepoPath]]:
        """The modules below a folder with their dotted names relative to it."""
        start = len(folder) + 1 if folder else 0
        for file in self.names.resolver.tree.below(folder):
            if file.endswith(".py"):
                dotted = file[start:].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                yield dotted, file

    def _every(self) -> list[tuple[str, RepoPath]]:
        if not self._modules:
            resolver = self.names.resolver
            self._modules += [
                (name, file) for file in resolver.tree.python_files() for name in resolver.module_paths(file)
            ]
        return self._modules


def _may_start(facts: FileFacts) -> bool:
    """Whether a file may start a command that it has among its strings, or give it to somebody who does."""
    return any(part.lower() in STARTING for name in facts.names for part in PART.findall(name))
