"""`--impacted-by`: collects only what the change can affect.

The selection is made once, when pytest is configured; with xdist on the controller, which hands it to its
workers.
"""

from __future__ import annotations

import os
import traceback
from typing import TYPE_CHECKING, Final

import pytest

from pytest_txselect.applied import Applied, apply_selection
from pytest_txselect.config.settings import OnDoubt, Settings
from pytest_txselect.engine.plan import Plan
from pytest_txselect.engine.request import Request
from pytest_txselect.engine.select import select
from pytest_txselect.errors import TxSelectError
from pytest_txselect.model import Doubt, Reason, ReasonKind, RunAll
from pytest_txselect.plugin.announce import HANDED_OVER, Announce
from pytest_txselect.plugin.note import leave_document, make_note
from pytest_txselect.plugin.pytest_settings import read_pytest_config
from pytest_txselect.plugin.spared import may_be_configured
from pytest_txselect.plugin.watch import TerminalProgress
from pytest_txselect.selection_json import name_selection
from pytest_txselect.wording import render_headline

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Generator, Iterable
    from pathlib import Path

    from pytest_txselect.applied import Allows
    from pytest_txselect.project.pytest_config import PytestConfig

__all__ = ["LeftOut", "Prune", "plan_or_widen", "register", "selects_nothing"]

HOOKS: Final = "txselect-prune"
EARLY_KEY: Final = pytest.StashKey[tuple["PytestConfig", Plan]]()
"""What was selected before the first conftest was imported, and for which configuration."""


def selects_nothing(early_config: pytest.Config) -> bool:
    """Make the selection before the first conftest is imported; whether nothing runs.

    Raises:
        pytest.UsageError: the REF or the configuration is wrong, or a doubt was to be an error.
    """
    options = early_config.known_args_namespace
    asked = read_pytest_config(early_config, options)
    plan = _make_plan_or_stop(early_config, asked, options)
    early_config.stash[EARLY_KEY] = asked, plan
    return name_selection(plan) == "none"


def register(config: pytest.Config) -> None:
    """Make the selection, or take over the controller's, and apply it to this process.

    Raises:
        pytest.UsageError: the REF or the configuration is wrong, or a doubt was to be an error.
    """
    handed = getattr(config, "workerinput", {}).get(HANDED_OVER)
    if handed is not None:
        config.pluginmanager.register(Prune(Applied.from_json(handed)), HOOKS)
        return
    plan = _leave_deselected(config, _find_plan(config))
    judged = plan.judged.choices if plan.judged else {}
    applied = apply_selection(plan.selection, _find_top(plan, config), judged)
    audited = applied
    if config.getoption("txselect_audit"):
        applied = apply_selection(RunAll(Reason(ReasonKind.ASKED, detail="--txselect-audit")), applied.top)
    config.pluginmanager.register(Prune(applied), HOOKS)
    headline = render_headline(plan)
    config.pluginmanager.register(Announce(plan, applied, headline), f"{HOOKS}-controller")
    failure = leave_document(plan, headline, _find_store(config))
    if failure:
        TerminalProgress().say(failure)
    if config.getoption("txselect_report"):
        from pytest_txselect.plugin.stash import SELECTION_KEY  # noqa: PLC0415 - only who reports pays for it

        note = make_note(plan, headline)
        config.stash[SELECTION_KEY] = note._replace(left_out=()) if applied.everything else note
    if config.getoption("txselect_audit"):
        from pytest_txselect.plugin import audit  # noqa: PLC0415 - only who audits pays for it

        audit.register(config, plan, audited, _find_store(config))


def _find_plan(config: pytest.Config) -> Plan:
    """The selection that was made early, unless a conftest has changed pytest's configuration since; else a new one."""
    asked = read_pytest_config(config)
    before, plan = config.stash.get(EARLY_KEY, (None, None))
    return plan if plan is not None and before == asked else _make_plan_or_stop(config, asked, config.option)


def _leave_deselected(config: pytest.Config, plan: Plan) -> Plan:
    """Leave out what pytest's own `-m` and `-k` deselected under the circumstances in which this run begins."""
    if plan.judged is None or not plan.judged.deselected:
        return plan
    from pytest_txselect.engine.deselected import leave_deselected  # noqa: PLC0415 - where something was only
    from pytest_txselect.plugin.circumstances import read_circumstances  # noqa: PLC0415 - likewise

    return leave_deselected(plan, read_circumstances(config))


def _make_plan_or_stop(config: pytest.Config, asked: PytestConfig, options: argparse.Namespace) -> Plan:
    try:
        return _make_plan(config, asked, options)
    except TxSelectError as error:
        lines = str(error).split("\n")
        raise pytest.UsageError(*(f"txselect: {line}" for line in lines)) from error


def _find_store(config: pytest.Config) -> Path:
    return config.rootpath / (config.known_args_namespace.txselect_store or ".txselect")


def _make_plan(config: pytest.Config, asked: PytestConfig, options: argparse.Namespace) -> Plan:
    settings = _load_settings(config.rootpath)
    request = Request(
        ref=options.impacted_by,
        pytest=asked,
        settings=settings,
        store=_find_store(config),
        environment=dict(os.environ),
        mode=options.txselect_mode,
        deepen=options.txselect_deepen,
        progress=TerminalProgress(),
    )
    plan = plan_or_widen(lambda: select(request))
    wanted = options.txselect_on_doubt or settings.on_doubt
    if wanted == OnDoubt.ERROR and plan.selection.doubts:
        doubts = plan.selection.doubts
        raise pytest.UsageError(*(f"txselect: in doubt: {doubt.message} [{doubt.slug}]" for doubt in doubts))
    return plan


def _load_settings(rootdir: Path) -> Settings:
    """What is configured; most projects configure nothing, and need no parser to know that."""
    if not may_be_configured(rootdir):
        return Settings()
    from pytest_txselect.config.load import load_settings  # noqa: PLC0415 - slow to import

    return load_settings(rootdir).settings


def plan_or_widen(make: Callable[[], Plan]) -> Plan:
    """Make a plan; what the system refuses and a mistake of ours are doubts like any other: everything runs.

    Raises:
        TxSelectError: what the user can do something about.
    """
    try:
        return make()
    except TxSelectError:
        raise
    except OSError as error:
        place = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
        cause = f"{place}{error.strerror or error}; check the place, its permissions and its free space"
        return _run_everything(Doubt("system-error", cause))
    except Exception as error:  # noqa: BLE001 - the rim: doubt widens
        frame = traceback.extract_tb(error.__traceback__)[-1]
        what = " ".join(f"{type(error).__name__}: {error}".split())
        place = f"{os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119 - a name, no path to follow
        return _run_everything(
            Doubt("internal-error", f"a mistake of ours, {what} ({place}); please report it")
        )


def _run_everything(doubt: Doubt) -> Plan:
    return Plan(RunAll(Reason(ReasonKind.DOUBT, detail=doubt.message), (doubt,)))


def _find_top(plan: Plan, config: pytest.Config) -> str:
    top = plan.project.git.repository.top if plan.project else config.rootpath
    return os.path.realpath(top)


class LeftOut(pytest.File):
    """A file that was named on the command line and of which nothing runs: it is not imported."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Collect nothing."""
        return ()


class Prune:
    """Leaves out what is not selected, in any process that collects.

    Args:
        applied: the selection.
    """

    def __init__(self, applied: Allows) -> None:
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

    def _leaves_out(self, path: Path) -> bool:
        relative = self._relative(path)
        return not relative.startswith("../") and not self._applied.allows(relative)

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave out files of which nothing runs.

        Says nothing about folders, and never that a file must be collected.
        """
        if self._applied.everything or collection_path.is_dir():
            return None
        return True if self._leaves_out(collection_path) else None

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """Leave out files named on the command line, about which pytest does not ask whether to ignore them.

        Where single tests of the file are named, pytest must find them there, or it stops with an error.
        """
        found = yield
        if not found or self._applied.everything or not self._leaves_out(file_path):
            return found
        if any("::" in word for word in parent.config.args) or parent.config.getoption("pyargs"):
            return found
        return [LeftOut.from_parent(parent, path=file_path)]

    @property
    def spared(self) -> frozenset[str]:
        """Files of which functions are left out that pytest would make tests of, only to deselect them."""
        return frozenset() if self._applied.everything else self._applied.spared_files

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, collector: pytest.Collector, name: str) -> list[pytest.Item] | None:
        """Make no tests of a function when each of them would be deselected by pytest's own `-m` or `-k`."""
        if self._applied.everything:
            return None
        spared = self._applied.spares(self._relative(collector.path))
        if not spared:
            return None
        inside = collector.nodeid.partition("::")[2].replace("::", ".")
        return [] if (f"{inside}.{name}" if inside else name) in spared else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out single tests: of files of which only some run, and those named on the command line."""
        if self._applied.everything:
            return
        kept: list[pytest.Item] = []
        left: list[pytest.Item] = []
        for item in items:
            (kept if self._runs(item) else left).append(item)
        if left:
            config.hook.pytest_deselected(items=left)
            items[:] = kept

    def _runs(self, item: pytest.Item) -> bool:
        relative = self._relative(item.path)
        if relative.startswith("../"):
            return True
        if not self._applied.allows(relative):
            return False
        if not self._applied.allows_node(relative, item.nodeid):
            return False
        names = self._applied.names(relative)
        if names is None or not isinstance(item, pytest.Function):
            return True
        return (item.originalname or item.name.partition("[")[0]) in names
