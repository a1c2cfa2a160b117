"""Which hook of pytest begins and ends which context.

A fixture that is set up for one test alone is part of that test. One of a wider scope has a context of its
own, which every test includes that uses it. Its tear-down is put into the same context: a finalizer that we
add after the set-up runs before those of the fixture, and one that we add before it runs after them.

What a package's own `__init__` does in set-up, and whatever runs in a tear-down outside of fixtures when
packages, modules or classes are left, belongs to every test below that node.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import pytest

from pytest_txselect.evidence.assemble import TestTrace, freeze
from pytest_txselect.evidence.contexts import Context, ContextKind
from pytest_txselect.evidence.opened import tell_failures

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from pytest_txselect.evidence.contexts import Entry
    from pytest_txselect.evidence.recorder import Recorder
    from pytest_txselect.model import RepoPath

__all__ = ["ContextHooks"]

QUIET: Final = frozenset({pytest.Session, pytest.Dir, pytest.Module, pytest.Class})
"""Collectors whose own set-up executes nothing of the project."""


class ContextHooks:
    """Tells the recorder which test, fixture or node is at work.

    Args:
        recorder: it watches already.

    Attributes:
        tests: the tests that have ended, by node id.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.tests: Final[dict[str, TestTrace]] = {}
        self._recorder: Final = recorder
        self._stack: Final = recorder.stack
        self._nodes: Final[dict[str, Context]] = {}
        self._files: Final[dict[str, tuple[RepoPath, frozenset[str]]]] = {}
        self._fixtures: Final[dict[Context, pytest.FixtureDef[Any]]] = {}
        self._ending: Final[dict[pytest.FixtureDef[Any], Entry]] = {}
        self._requests: Final[dict[bool, pytest.FixtureRequest]] = {}
        self._test: Context | None = None
        self._left: Context | None = None
        self._parent: pytest.Item | pytest.Collector | None = None
        self._above: frozenset[Context] = frozenset()
        self._path = cast("RepoPath", "")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """What runs while a node is collected belongs to the tests below it; so does a file that they are made of."""
        context = self._node(collector.nodeid, ContextKind.COLLECT)
        entry = self._stack.enter(context)
        if isinstance(collector, pytest.File):
            self._enter_file(collector)
        try:
            return (yield)
        finally:
            self._stack.leave(entry)

    def _enter_file(self, collector: pytest.File) -> None:
        """Note a file that is collected."""
        if collector.path.suffix != ".py":
            self._recorder.files.use(os.fspath(collector.path))
            return
        path = self._recorder.territory.name(os.fspath(collector.path))
        if path is not None:
            self._files[collector.nodeid] = (path, frozenset(each.nodeid for each in collector.listchain()))

    def find_collections(self, files: Iterable[str]) -> list[TestTrace]:
        """What the collection of some Python files did, from the top to the classes in them; not of files that nobody saw.

        Args:
            files: their node ids.
        """
        found = []
        for file in files:
            path, above = self._files.get(file, (None, frozenset[str]()))
            if path is None or path not in self._recorder.imports:
                continue
            context = Context(ContextKind.COLLECT, file)
            context.includes.update(
                each for name, each in self._nodes.items() if name in above or name.startswith(f"{file}::")
            )
            context.includes.update(
                each for name, each in self._recorder.imports.items() if _is_loaded_for(name, path)
            )
            found.append(freeze(context, path))
        return found

    def _node(self, name: str, kind: ContextKind = ContextKind.NODE) -> Context:
        context = self._nodes.get(name)
        if context is None:
            context = self._nodes[name] = Context(kind, name)
        return context

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        """A test begins and ends."""
        context = self._test = Context(ContextKind.TEST, item.nodeid)
        entered = self._enter_parent(item)
        context.includes.update(self._above)
        self._recorder.begin_test()
        entry = self._stack.enter(context)
        if entered is not None:
            self._stack.enter(entered)
        try:
            return (yield)
        finally:
            tell_failures()
            self._stack.leave(entry)
            self._recorder.end_test(context)
            self._keep(item.nodeid, context)
            self._test = None
            self._requests.clear()
            if nextitem is None or nextitem.parent is not item.parent:
                self._parent = None

    def _enter_parent(self, item: pytest.Item) -> Context | None:
        """Look at the nodes above a test when they are not those of the test before."""
        if item.parent is self._parent and self._parent is not None:
            return None
        self._parent = item.parent
        self._path = self._recorder.territory.name(str(item.path)) or cast(
            "RepoPath", item.nodeid.partition("::")[0]
        )
        before, chain = self._above, item.listchain()[:-1]
        self._above = frozenset(self._node(each.nodeid) for each in chain)
        for each in chain:
            context = self._node(each.nodeid)
            if context not in before and type(each) not in QUIET:
                return context
        return None

    def _keep(self, node: str, context: Context) -> None:
        """Remember a test; what it did in earlier attempts stays its evidence."""
        earlier = self.tests.get(node)
        trace = freeze(context, self._path)
        self.tests[node] = trace if earlier is None else earlier.join(trace)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        """A fixture is set up, for this test or for several."""
        test = self._test
        if fixturedef.scope != "function" or test is None:
            return (yield from self._set_up(fixturedef, request))
        if True not in self._requests:  # this test's first own one
            self._requests[True] = request
            request.node.addfinalizer(self._end_item)
            self._return_to(test)
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self) -> None:
        """From here on it is the test's own, whatever was set up before."""
        if self._test is not None:
            self._return_to(self._test)

    def _return_to(self, test: Context) -> None:
        if self._stack.current is not test:
            self._stack.enter(test)

    def _set_up(
        self, definition: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        context = Context(ContextKind.FIXTURE, definition.argname)
        self._requests[False] = request
        self._stack.current.includes.add(context)
        definition.addfinalizer(partial(self._end_tear_down, definition, context))
        entry = self._stack.enter(context)
        try:
            return (yield)
        finally:
            self._stack.leave(entry)
            names = set(request.fixturenames)  # those that it asked for by name while it was set up
            context.includes.update(live for live, each in self._fixtures.items() if each.argname in names)
            self._fixtures[context] = definition
            definition.addfinalizer(partial(self._begin_tear_down, definition, context))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, None, None]:
        """Nodes that are left tear down what all of their tests relied on."""
        left = self._find_left(item, nextitem)
        if self._fixtures:
            self._use_fixtures(item)
            for live, definition in self._fixtures.items():
                if left is not None or definition.params is not None:
                    definition.addfinalizer(partial(self._begin_tear_down, definition, live))
        self._left = left
        if (
            left is not None and True not in self._requests
        ):  # it has no fixtures of its own to tear down before
            self._stack.enter(left)
        try:
            return (yield)
        finally:
            self._left = None
            if left is not None and self._test is not None:
                self._return_to(self._test)

    def _find_left(self, item: pytest.Item, nextitem: pytest.Item | None) -> Context | None:
        """The context of the topmost node that is left with this test."""
        if item.session.shouldfail or item.session.shouldstop:
            nextitem = None
        if nextitem is not None and nextitem.parent is item.parent:
            return None
        staying = set() if nextitem is None else set(nextitem.listchain())
        left = [each.nodeid for each in item.listchain()[:-1] if each not in staying]
        return self._node(left[0]) if left else None

    def _end_item(self) -> None:
        """The test's own fixtures are torn down; what follows belongs to the nodes that are left."""
        if self._left is not None:
            self._stack.enter(self._left)

    def _begin_tear_down(self, definition: pytest.FixtureDef[Any], context: Context) -> None:
        if definition not in self._ending:
            self._ending[definition] = self._stack.enter(context)

    def _end_tear_down(self, definition: pytest.FixtureDef[Any], context: Context) -> None:
        entry = self._ending.pop(definition, None)
        if entry is not None:
            self._stack.leave(entry)
        self._fixtures.pop(context, None)

    def _use_fixtures(self, item: pytest.Item) -> None:
        """A test relies on the fixtures, now set up, that it names or that were asked for on its behalf."""
        if self._test is None:
            return
        names = set(getattr(item, "fixturenames", ()))
        request = (getattr(item, "funcargs", None) or {}).get("request")
        for each in (*self._requests.values(), request):
            if isinstance(each, pytest.FixtureRequest):
                names.update(each.fixturenames)
        for live, definition in self._fixtures.items():
            if definition.argname in names and is_visible(definition, item.nodeid):
                self._test.includes.add(live)


def _is_loaded_for(module: str, path: RepoPath) -> bool:
    """Whether pytest loads a module before it collects a file, or as that file."""
    folder, _, name = module.rpartition("/")
    around = name in {"conftest.py", "__init__.py"} and (not folder or path.startswith(f"{folder}/"))
    return around or module == path


def is_visible(definition: pytest.FixtureDef[Any], nodeid: str) -> bool:
    """Whether a fixture is defined for the part of the tree that a test is in."""
    base = definition.baseid
    return base in {"", "."} or nodeid.startswith(base)
