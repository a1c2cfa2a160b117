"""Recording a run: which hook of pytest begins and ends which context (`--txselect-record`).

A fixture that is set up for one test alone is part of that test. One of a wider scope has a context of its own, which every
test includes that uses it. Its tear-down is put into the same context: a finalizer that we add after the set-up runs before
those of the fixture, and one that we add before it runs after them.

What a package's own `__init__` does in set-up, and whatever runs in a tear-down outside of fixtures when packages, modules
or classes are left, belongs to every test below that node.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_txselect.evidence.assemble import TestTrace, freeze
from pytest_txselect.evidence.contexts import Context, ContextKind
from pytest_txselect.model import RepoPath

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_txselect.evidence.recorder import Recorder

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
        self._fixtures: Final[dict[Context, pytest.FixtureDef[Any]]] = {}
        self._ending: Final[set[pytest.FixtureDef[Any]]] = set()
        self._test: Context | None = None
        self._chain: set[str] = set()
        self._requests: Final[list[pytest.FixtureRequest]] = []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """What runs while a node is collected belongs to the tests below it."""
        context = self._node(collector.nodeid, ContextKind.COLLECT)
        self._stack.enter(context)
        try:
            return (yield)
        finally:
            self._stack.leave(context)

    def _node(self, name: str, kind: ContextKind = ContextKind.NODE) -> Context:
        context = self._nodes.get(name)
        if context is None:
            context = self._nodes[name] = Context(kind, name)
        return context

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """A test begins and ends."""
        context = self._test = Context(ContextKind.TEST, item.nodeid)
        self._recorder.begin_test()
        self._stack.enter(context)
        try:
            return (yield)
        finally:
            self._stack.leave(context)
            self._recorder.end_test(context)
            context.includes.update(self._node(each.nodeid) for each in item.listchain()[:-1])
            self._keep(item, context)
            self._test = None
            self._requests.clear()

    def _keep(self, item: pytest.Item, context: Context) -> None:
        """Remember a test; what it did in earlier attempts stays its evidence."""
        path = self._recorder.territory.name(str(item.path)) or RepoPath(item.nodeid.partition("::")[0])
        earlier = self.tests.get(item.nodeid)
        trace = freeze(context, path)
        self.tests[item.nodeid] = trace if earlier is None else earlier.join(trace)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        """Packages that are entered set up what all of their tests rely on."""
        chain = item.listchain()[:-1]
        entered = [each.nodeid for each in chain if each.nodeid not in self._chain and type(each) not in QUIET]
        self._chain = {each.nodeid for each in chain}
        context = self._node(entered[0]) if entered else None
        if context is not None:
            self._stack.enter(context)
        try:
            return (yield)
        finally:
            if context is not None:
                self._stack.leave(context)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, None, None]:
        """Nodes that are left tear down what all of their tests relied on."""
        if item.session.shouldfail or item.session.shouldstop:
            nextitem = None
        staying = set() if nextitem is None else {each.nodeid for each in nextitem.listchain()}
        left = [each.nodeid for each in item.listchain()[:-1] if each.nodeid not in staying]
        self._use_fixtures(item)
        for live, definition in self._fixtures.items():
            if left or definition.params is not None:
                definition.addfinalizer(partial(self._begin_tear_down, definition, live))
        context = self._node(left[0]) if left else None
        if context is not None:
            self._stack.enter(context)
        try:
            return (yield)
        finally:
            if context is not None:
                self._stack.leave(context)
            self._chain.intersection_update(staying)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        """A fixture is set up, for this test or for several."""
        self._requests.append(request)
        if fixturedef.scope == "function" and self._test is not None:
            context = self._test
        else:
            context = Context(ContextKind.FIXTURE, fixturedef.argname)
            self._stack.current.includes.add(context)
        fixturedef.addfinalizer(partial(self._end_tear_down, fixturedef, context))
        self._stack.enter(context)
        try:
            return (yield)
        finally:
            self._stack.leave(context)
            if context is not self._test:
                self._include_requested(context, request)
                self._fixtures[context] = fixturedef
            fixturedef.addfinalizer(partial(self._begin_tear_down, fixturedef, context))

    def _begin_tear_down(self, definition: pytest.FixtureDef[Any], context: Context) -> None:
        if definition not in self._ending:
            self._ending.add(definition)
            self._stack.enter(context)

    def _end_tear_down(self, definition: pytest.FixtureDef[Any], context: Context) -> None:
        if definition in self._ending:
            self._ending.discard(definition)
            self._stack.leave(context)
        self._fixtures.pop(context, None)

    def _include_requested(self, context: Context, request: pytest.FixtureRequest) -> None:
        """A fixture relies on those that it asked for by name while it was set up."""
        names = set(request.fixturenames)
        context.includes.update(
            live for live, definition in self._fixtures.items() if definition.argname in names
        )

    def _use_fixtures(self, item: pytest.Item) -> None:
        """A test relies on the fixtures that it names, or that were asked for on its behalf, and are set up now."""
        if not self._fixtures or self._test is None:
            return
        names = set(getattr(item, "fixturenames", ()))
        request = (getattr(item, "funcargs", None) or {}).get("request")
        for each in (*self._requests, *([request] if isinstance(request, pytest.FixtureRequest) else [])):
            names.update(each.fixturenames)
        for live, definition in self._fixtures.items():
            if definition.argname in names and is_visible(definition, item.nodeid):
                self._test.includes.add(live)


def is_visible(definition: pytest.FixtureDef[Any], nodeid: str) -> bool:
    """Whether a fixture is defined for the part of the tree that a test is in."""
    base = definition.baseid
    return base in {"", "."} or nodeid.startswith(base)
