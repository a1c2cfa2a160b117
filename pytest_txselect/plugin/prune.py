"""`--impacted-by`: collects only what the change can affect.

The selection is made once, when pytest is configured; with xdist on the controller, which hands it to its workers.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_txselect.config import load_settings
from pytest_txselect.config.settings import OnDoubt
from pytest_txselect.engine.request import Request
from pytest_txselect.engine.select import Plan, select
from pytest_txselect.errors import TxSelectError
from pytest_txselect.plugin.applied import Applied, apply_selection
from pytest_txselect.plugin.pytest_settings import read_pytest_config
from pytest_txselect.plugin.watch import TerminalProgress
from pytest_txselect.wording import render_doubts, render_explanation, render_headline

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["register"]

HANDED_OVER: Final = "txselect_selection"
HOOKS: Final = "txselect-prune"


def register(config: pytest.Config) -> None:
    """Make the selection, or take over the controller's, and apply it to this process.

    Raises:
        pytest.UsageError: the REF or the configuration is wrong, or a doubt was to be an error.
    """
    handed = getattr(config, "workerinput", {}).get(HANDED_OVER)
    if handed is not None:
        config.pluginmanager.register(Prune(Applied.from_json(handed)), HOOKS)
        return
    try:
        plan = _make_plan(config)
    except TxSelectError as error:
        raise pytest.UsageError(f"txselect: {error}") from error
    applied = apply_selection(plan.selection, _find_top(plan, config))
    config.pluginmanager.register(Prune(applied), HOOKS)
    config.pluginmanager.register(Announce(plan, applied), f"{HOOKS}-controller")


def _make_plan(config: pytest.Config) -> Plan:
    settings = load_settings(config.rootpath).settings
    store = config.getoption("txselect_store") or ".txselect"
    request = Request(
        ref=config.getoption("impacted_by"),
        pytest=read_pytest_config(config),
        settings=settings,
        store=config.rootpath / store,
        environment=dict(os.environ),
        deepen=config.getoption("txselect_deepen"),
        progress=TerminalProgress(),
    )
    plan = select(request)
    doubts = plan.selection.doubts
    wanted = config.getoption("txselect_on_doubt") or settings.on_doubt
    if doubts and wanted == OnDoubt.ERROR:
        raise pytest.UsageError("\n".join(f"txselect: in doubt: {doubt.message} [{doubt.slug}]" for doubt in doubts))
    return plan


def _find_top(plan: Plan, config: pytest.Config) -> str:
    top = plan.project.sources.git.repository.top if plan.project else config.rootpath
    return os.path.realpath(top)


class Prune:
    """Leaves out what is not selected, in any process that collects."""

    def __init__(self, applied: Applied) -> None:
        self._applied = applied
        self._folders: dict[str, str] = {}

    def _relative(self, path: Path) -> str:
        """Path relative to the repository's top, links in its folders resolved; `../x` outside."""
        folder, name = os.path.split(path)
        relative = self._folders.get(folder)
        if relative is None:
            relative = os.path.relpath(os.path.realpath(folder), self._applied.top).replace(os.sep, "/")
            self._folders[folder] = relative = "" if relative == "." else relative + "/"
        return relative + name

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave out files of which nothing runs; say nothing about folders, and never that a file must be collected."""
        if self._applied.everything or collection_path.is_dir():
            return None
        relative = self._relative(collection_path)
        return None if relative.startswith("../") or self._applied.allows(relative) else True

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out single tests of files of which only some run."""
        if not self._applied.partial:
            return
        kept, left = [], []
        for item in items:
            names = self._applied.names(self._relative(item.path))
            function = getattr(item, "originalname", None) or item.name.partition("[")[0]
            whole = names is None or not isinstance(item, pytest.Function)
            (kept if whole or function in names else left).append(item)  # type: ignore[operator] # None was looked at
        if left:
            config.hook.pytest_deselected(items=left)
            items[:] = kept


class Announce:
    """Tells the user, hands the selection to workers, and makes nothing selected a success; controller only."""

    def __init__(self, plan: Plan, applied: Applied) -> None:
        self._plan = plan
        self._applied = applied

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the selection to an xdist worker."""
        node.workerinput[HANDED_OVER] = self._applied.to_json()

    def pytest_report_header(self) -> list[str]:
        """Say what was selected."""
        return [f"txselect: {line}" for line in (render_headline(self._plan), *render_doubts(self._plan))]

    def pytest_report_collectionfinish(self, config: pytest.Config) -> list[str]:
        """Explain every file that was selected, where that was asked for."""
        if not config.getoption("txselect_explain"):
            return []
        return [f"txselect: {line}" for line in render_explanation(self._plan)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Nothing selected is a success: pytest calls a session that collected nothing a failure, before anybody is asked."""
        result = yield
        if not session.testscollected and not self._applied.everything:
            session.testscollected = -1
        return result
