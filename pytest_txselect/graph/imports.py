"""Edges of import statements: the module, and what the names taken from it lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.graph.names import Names, below
from pytest_txselect.model import EdgeKind
from pytest_txselect.project.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.graph.graph import Out
    from pytest_txselect.model import RepoPath
    from pytest_txselect.project.resolve import Found
    from pytest_txselect.source.facts import FileFacts, Import

BY_NAME: Final = frozenset({"attrgetter", "getattr"})
"""Give attributes whose names are strings."""

__all__ = ["attributes", "find_import", "import_edges", "reflection_edges"]


def find_import(path: RepoPath, statement: Import, names: Names, *, is_test: bool) -> Found:
    """What the module of an import statement means."""
    if statement.level:
        return names.resolver.relative(path, statement.module, statement.level)
    return names.resolver.absolute(path, statement.module, is_test=is_test)


def import_edges(path: RepoPath, facts: FileFacts, names: Names, *, is_test: bool) -> Iterator[Out]:
    """Edges of every import statement of a file.

    Args:
        path: the file.
        facts: what it says.
        names: the project around it.
        is_test: whether pytest collects the file or loads it as a conftest.
    """
    knows = names.resolver.knows
    for statement in facts.imports:
        if not statement.level and not knows(statement.module):
            continue
        found = find_import(path, statement, names, is_test=is_test)
        for file in found.files:
            yield file, EdgeKind.IMPORT, statement.line
            if not file.endswith(".py"):  # it has no edges of its own to the packages that it is in
                yield from ((init, EdgeKind.PACKAGE, statement.line) for init in names.parents(file))
        if not statement.names:
            yield from _plain(path, statement, facts, names, is_test=is_test)
            continue
        if not found:
            continue
        for name in statement.names:
            for target, kind in names.name(found, name):
                yield target, kind, statement.line
            if found.folders and name != "*":
                module = names.resolver.submodule(found, name)
                yield from () if module.missing else attributes(module, facts, names, statement.line)


def reflection_edges(path: RepoPath, facts: FileFacts, names: Names, *, is_test: bool) -> Iterator[Out]:
    """Edges to every module of the packages of which a file takes every attribute."""
    for dotted in facts.reflected:
        module = names.resolver.spelled(path, dotted, is_test=is_test)
        for file in module.files:
            if names.lazy_table(file):
                yield below(folder_of(file)), EdgeKind.LAZY, 0
        for folder in module.folders:
            for child in names.children(folder).values():
                yield child, EdgeKind.IMPORT, 0


def _plain(
    path: RepoPath, statement: Import, facts: FileFacts, names: Names, *, is_test: bool
) -> Iterator[Out]:
    """`import a.b` binds `a`: attributes of `a` and of `a.b` may be modules, or lazy names."""
    parts = statement.module.split(".")
    for length in range(1, len(parts) + 1):
        module = names.resolver.absolute(path, ".".join(parts[:length]), is_test=is_test)
        if length < len(parts):
            for file in module.files:
                yield file, EdgeKind.IMPORT, statement.line
        yield from attributes(module, facts, names, statement.line)


def attributes(module: Found, facts: FileFacts, names: Names, line: int) -> Iterator[Out]:
    """Edges to modules that the file may reach as attributes of a module it holds, and of those in turn.

    Which attribute belongs to which object is not followed: every identifier of the file counts. Where it asks
    for attributes by strings, these may be names that a lazy package finds.
    """
    waiting = [module]
    while waiting:
        package = waiting.pop()
        if package.missing:
            continue
        for folder in package.folders:
            children = names.children(folder)
            for name in facts.names & children.keys():
                yield children[name], EdgeKind.IMPORT, line
                if children[name].endswith("/__init__.py"):
                    waiting.append(names.resolver.submodule(package, name))
        for file in package.files:
            if names.lazy_table(file) is not None:
                for name in _find_asked(facts, names.lazy_names(file)):
                    for target, kind in names.name(package, name):
                        yield target, kind, line


def _find_asked(facts: FileFacts, lazy: frozenset[str]) -> frozenset[str]:
    """Those of some lazy names for which a file may ask."""
    asked = facts.names & lazy
    return asked if facts.names.isdisjoint(BY_NAME) else asked | (facts.strings & lazy)
