"""What a run collects: which tests each file has, and which of them pytest's own `-m` and `-k` deselect."""

from __future__ import annotations

import json
import os
import sys
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import pytest

from pytest_txselect.plugin.circumstances import name_expressions
from pytest_txselect.store.deselected import DeselectedTests
from pytest_txselect.store.evidence import Collected

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
    from types import FrameType

    from pytest_txselect.model import RepoPath

__all__ = ["CollectionHooks", "join_path", "pack_collected", "unpack_collected"]

Origin: TypeAlias = tuple[str, str]
"""The node id of a collector, and the name of that attribute of it of which a test is made."""

take_node_id: Final = attrgetter("nodeid")
MARKS: Final = "mark"
"""Name of pytest's plugin that deselects by `-m` and `-k`."""


class CollectionHooks:
    """Notes what was collected: a test that is missing from a complete collection is no more."""

    def __init__(self, config: pytest.Config, top: str) -> None:
        self._nodes: Final[set[str]] = set()
        self._paths: Final[set[str]] = set()
        self._failed: Final[set[str]] = set()
        self._broken: Final[set[str]] = set()
        self._top: Final = top
        self._below: Final = os.path.relpath(os.path.realpath(config.rootpath), top)
        self._config: Final = config
        self._asked: Final = name_expressions(config)
        self._deselected: Final[dict[Origin, list[str]]] = {}
        self._gone: Final[set[int]] = set()
        self._seen: Final[set[Origin]] = set()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file whose collection failed says nothing about its tests."""
        file = report.nodeid.partition("::")[0]
        path = join_path(self._below, file)
        (self._paths if report.passed else self._failed).add(path)
        if report.failed:  # and not skipped
            self._broken.add(path)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None, object, object]:
        """A test that a plugin takes out without a word exists, too."""
        self._nodes.update(map(take_node_id, items))
        before = list(items)
        try:
            return (yield)
        finally:
            if self._gone:
                self._seen.update(group_items(item for item in before if id(item) not in self._gone))
                self._gone.clear()

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """A test that was deselected exists; by whom it was tells whether it would be again."""
        self._nodes.update(map(take_node_id, items))
        plugin = self._config.pluginmanager.get_plugin(MARKS)
        if plugin is None or not self._asked or name_expressions(self._config) != self._asked:
            return
        if find_caller() is vars(plugin):
            for origin, nodes in group_items(items).items():
                self._deselected.setdefault(origin, []).extend(nodes)
            self._gone.update(map(id, items))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """So does one that will run."""
        self._nodes.update(map(take_node_id, session.items))
        if self._deselected:
            self._seen.update(group_items(session.items))

    @property
    def files(self) -> frozenset[str]:
        """Node ids of the files of which tests were deselected by `-m` or `-k`."""
        return frozenset(find_node_file(origin) for origin in self._deselected)

    def finish(self) -> Collected:
        """What was collected."""
        paths = frozenset(cast("RepoPath", path) for path in self._paths - self._failed)
        broken = frozenset(cast("RepoPath", path) for path in self._broken)
        return Collected(
            frozenset(self._nodes),
            paths,
            look_below(self._top),
            broken=broken,
            asked=self._asked,
            deselected=self._find_deselected(),
        )

    def _find_deselected(self) -> dict[RepoPath, DeselectedTests]:
        nodes: dict[str, list[str]] = {}
        functions: dict[str, set[str]] = {}
        for origin, made in self._deselected.items():
            file = find_node_file(origin)
            nodes.setdefault(file, []).extend(made)
            if origin not in self._seen:
                functions.setdefault(file, set()).add(name_origin(origin))
        return {
            cast("RepoPath", join_path(self._below, file)): DeselectedTests(
                frozenset(tests), frozenset(functions.get(file, ())) - {""}
            )
            for file, tests in nodes.items()
        }


def group_items(items: Iterable[pytest.Item]) -> dict[Origin, list[str]]:
    """The node ids of tests by what they are made of; no attribute where that is not told.

    Those of one function, which may be thousands, mostly follow each other.
    """
    found: dict[Origin, list[str]] = {}
    parent, name, nodes = None, None, list[str]()
    for item in items:
        own = item.originalname if isinstance(item, pytest.Function) else ""
        if own != name or item.parent is not parent or name is None:
            parent, name = item.parent, own
            nodes = found.setdefault(("" if parent is None else parent.nodeid, own), [])
        nodes.append(item.nodeid)
    return found


def find_node_file(origin: Origin) -> str:
    """The node id of the file that a test is in."""
    return origin[0].partition("::")[0]


def name_origin(origin: Origin) -> str:
    """The dotted name of a test's function in its file; empty where there is none."""
    parent, name = origin
    inside = parent.partition("::")[2].replace("::", ".")
    return name and (f"{inside}.{name}" if inside else name)


def find_caller() -> Mapping[str, Any] | None:
    """The globals of the code that calls the hook in which this is asked."""
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - the documented way to the caller's frames
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "pluggy":
        frame = frame.f_back
    return None if frame is None else frame.f_globals


def pack_collected(collected: Collected) -> str:
    """What a worker of xdist collected, for `unpack_collected` in the controller."""
    deselected = {
        path: [sorted(tests.nodes), sorted(tests.functions)] for path, tests in collected.deselected.items()
    }
    known = {node for tests in collected.deselected.values() for node in tests.nodes}
    lists: Iterable[Iterable[str]] = (collected.nodes - known, collected.paths, collected.broken)
    return json.dumps([*map(sorted, lists), collected.asked, deselected])


def unpack_collected(text: str, top: str) -> Collected:
    """What `pack_collected` was given.

    Args:
        text: what it returned.
        top: of the repository.
    """
    nodes, paths, broken, asked, packed = json.loads(text)
    deselected = {
        cast("RepoPath", path): DeselectedTests(frozenset(tests), frozenset(functions))
        for path, (tests, functions) in packed.items()
    }
    return Collected(
        frozenset(nodes).union(*(tests.nodes for tests in deselected.values())),
        frozenset(paths),
        look_below(top),
        broken=frozenset(broken),
        asked=asked,
        deselected=deselected,
    )


def look_below(top: str) -> Callable[[RepoPath], bool]:
    """What tells whether a file exists below a folder."""
    return lambda path: os.path.lexists(f"{top}{os.sep}{path}")


def join_path(below: str, file: str) -> str:
    """The path in the repository of a file that is named relative to the rootdir."""
    return os.path.normpath(f"{below}{os.sep}{file}").replace(os.sep, "/")
