"""Recording a run (`--txselect-record`).

The watch begins before the first conftest is imported, and what it saw is stored when the run is over.
With xdist each worker watches itself and hands its recording over when it ends; the controller knows the
outcomes, joins the recordings and alone writes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, cast

import pytest

from pytest_txselect.evidence.evidence import RecordedTest, Recording
from pytest_txselect.evidence.ground import find_ground
from pytest_txselect.evidence.join import join_recordings, join_stamps
from pytest_txselect.evidence.packed import pack_recording, unpack_recording
from pytest_txselect.evidence.recorder import Recorder
from pytest_txselect.evidence.territory import Territory, find_top
from pytest_txselect.evidence.versions import find_versions
from pytest_txselect.evidence.watches import WatchError
from pytest_txselect.plugin.checkout import find_checkout
from pytest_txselect.plugin.circumstances import read_circumstances
from pytest_txselect.plugin.collected import CollectionHooks, join_path, pack_collected, unpack_collected
from pytest_txselect.plugin.contexts import ContextHooks
from pytest_txselect.store.evidence import RunNote, write_evidence
from pytest_txselect.store.names import read_scope
from pytest_txselect.store.sqlite import StoreError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

    from pytest_txselect.evidence.files import Stamp
    from pytest_txselect.model import RepoPath
    from pytest_txselect.store.evidence import Collected

__all__ = ["Watch", "register", "start_watch"]

RECORDING: Final = "txselect_recording"
COLLECTED: Final = "txselect_collected"
WATCH_KEY: Final = pytest.StashKey["Watch | None"]()
NOTICE_KEY: Final = pytest.StashKey[str]()
PRUNE: Final = "txselect-prune"
CONTEXTS: Final = "txselect-contexts"
JOB_OPTIONS: Final = ("txselect_job", "txselect_prepared", "txselect_shard")
ORDER: Final = ("passed", "skipped", "failed")


class Watch:
    """A recorder at work in this process."""

    def __init__(self, rootdir: Path, store: Path) -> None:
        self.recorder: Final = Recorder(Territory(find_top(str(rootdir)), str(store)), str(store))
        self.hooks: Final = ContextHooks(self.recorder)
        self.recorder.start()
        top = self.recorder.territory.top
        self.recorder.stand_on(find_ground(dict.fromkeys((top, os.path.realpath(rootdir)))))

    def finish(self, files: Iterable[str]) -> tuple[Recording, dict[RepoPath, Stamp]]:
        """Stop, and say what was seen, also while some files were collected."""
        self.recorder.stop()
        self.recorder.files.settle()
        collections = self.hooks.find_collections(files)
        return self.recorder.assemble(self.hooks.tests, collections), self.recorder.files.stamps


class WorkerHooks:
    """In a worker: hands what it saw to the controller."""

    def __init__(self, watch: Watch | None, collection: CollectionHooks, output: dict[str, Any]) -> None:
        self._watch: Final = watch
        self._collection: Final = collection
        self._output: Final = output

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """Before xdist sends its last word, and after the last fixture is torn down."""
        try:
            return (yield)
        finally:
            files = self._collection.files
            seen = (Recording(), {}) if self._watch is None else self._watch.finish(files)
            self._output[RECORDING] = pack_recording(*seen)
            self._output[COLLECTED] = pack_collected(self._collection.finish())


class StoreHooks:
    """Where outcomes are known: stores the run when it is over.

    Args:
        config: of this process.
        store: folder of what is remembered.
        watch: the recorder of this process; None where workers record.
        collection: what was collected here; None likewise.
    """

    def __init__(
        self, config: pytest.Config, store: Path, watch: Watch | None, collection: CollectionHooks | None
    ) -> None:
        self._config: Final = config
        self._store: Final = store
        self._watch = watch
        self._collection: Final = collection
        self._top: Final = find_top(str(config.rootpath))
        self._below: Final = os.path.relpath(os.path.realpath(config.rootpath), self._top)
        self._outcomes: Final[dict[str, str]] = {}
        self._seconds: Final[dict[str, float]] = {}
        self._ended: Final[set[str]] = set()
        self._parts: Final[list[tuple[Recording, dict[RepoPath, Stamp]]]] = []
        self._collected: Collected | None = None
        self._said: Final[list[str]] = []
        self._process: Final = os.getpid()
        self._circumstances: Final = read_circumstances(config)
        self._revision: Final = find_checkout(config.rootpath)[1]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the worst outcome of a test's phases; a test that is run again begins anew."""
        node, when, outcome = report.nodeid, report.when, report.outcome
        if when == "setup" or node not in self._outcomes:
            self._outcomes[node] = "passed"
            self._seconds[node] = 0.0
        self._seconds[node] += report.duration
        if outcome != "passed":
            worse = outcome if outcome in ORDER else "failed"
            self._outcomes[node] = max(self._outcomes[node], worse, key=ORDER.index)
        if when == "teardown":
            self._ended.add(node)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker has ended; one that crashed hands nothing over."""
        output = getattr(node, "workeroutput", None) or {}
        if RECORDING not in output:
            return
        self._parts.append(unpack_recording(output[RECORDING]))
        self._collected = unpack_collected(output[COLLECTED], self._top)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Store the run, after the last fixture is torn down and before the summary is shown."""
        try:
            return (yield)
        finally:
            if self._watch is not None:
                files = self._collection.files if self._collection is not None else ()
                self._parts.append(self._watch.finish(files))
            if self._collection is not None:
                self._collected = self._collection.finish()
            if not self._config.option.collectonly and os.getpid() == self._process:
                self._write(session)
            self._forget()

    def _forget(self) -> None:
        """Keep nothing of the watch: the collector of garbage would look through it as the process ends."""
        self._parts.clear()
        if self._watch is not None:
            self._watch.hooks.tests.clear()  # pytest keeps every plugin
        self._watch = None
        self._config.stash[WATCH_KEY] = None
        if self._config.pluginmanager.hasplugin(CONTEXTS):
            self._config.pluginmanager.unregister(name=CONTEXTS)

    def _write(self, session: pytest.Session) -> None:
        joined = join_recordings(recording for recording, _ in self._parts)
        stamps = join_stamps(stamps for _, stamps in self._parts)
        recording = Recording(
            joined.pieces,
            joined.sets,
            dict(self._add_outcomes(joined)),
            find_versions(self._top, joined.pieces, stamps),
            joined.collections,
        )
        try:
            said = write_evidence(
                self._store,
                recording,
                RunNote(
                    read_scope(),
                    self._revision,
                    self._find_collected(session),
                    self._broken,
                    self._circumstances,
                ),
            )
        except StoreError as error:
            said = str(error)
        if said:
            self._said.append(said)

    @property
    def _broken(self) -> frozenset[RepoPath]:
        """What could not be collected, in however small a part of the tests."""
        return frozenset() if self._collected is None else self._collected.broken

    def _add_outcomes(self, joined: Recording) -> Iterable[tuple[str, RecordedTest]]:
        """Every test that ran. One that did not end failed; of a worker that crashed there is no evidence."""
        for node, outcome in self._outcomes.items():
            seconds = self._seconds[node]
            test = joined.tests.get(node)
            if test is not None and node in self._ended:
                yield node, test._replace(outcome=outcome, seconds=seconds)
            else:
                path = cast("RepoPath", join_path(self._below, node.partition("::")[0]))
                yield node, RecordedTest(path, None, outcome if node in self._ended else "failed", seconds)

    def _find_collected(self, session: pytest.Session) -> Collected | None:
        """What was collected, if that was all of each file, and whether it was everything there is."""
        config = self._config
        in_part = config.getoption("lf", None) or any("::" in word for word in config.args)
        if self._collected is None or in_part or session.shouldstop or session.shouldfail:
            return None
        audited = config.getoption("txselect_audit", None)
        usual = config.args_source is not pytest.Config.ArgsSource.ARGS and not any(
            config.getoption(name, None) for name in JOB_OPTIONS
        )
        everything = usual and (audited or not config.getoption("impacted_by", None))
        pruned = config.pluginmanager.get_plugin(PRUNE)
        spared: frozenset[RepoPath] = frozenset() if pruned is None else pruned.spared
        return self._collected._replace(everything=everything, usual=usual, spared=spared)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what could not be done."""
        for line in (*self._said, self._config.stash.get(NOTICE_KEY, "")):
            if line:
                terminalreporter.write_line(f"txselect: {line}")


def start_watch(config: pytest.Config) -> None:
    """Begin to watch, before the first conftest is imported."""
    options = config.known_args_namespace
    spread = getattr(options, "numprocesses", None) or getattr(options, "tx", None)
    if not spread or "PYTEST_XDIST_WORKER" in os.environ:
        config.stash[WATCH_KEY] = _begin(config)


def _begin(config: pytest.Config) -> Watch | None:
    """Begin to watch; None, with a notice, where another tool is in the way."""
    try:
        return Watch(config.rootpath, find_store(config))
    except WatchError as error:
        config.stash[NOTICE_KEY] = f"nothing is recorded: {error} [record-blocked]"
        return None


def find_store(config: pytest.Config) -> Path:
    """The folder of what is remembered."""
    return config.rootpath / (config.known_args_namespace.txselect_store or ".txselect")


def register(config: pytest.Config) -> None:
    """Register what this process has to do for a recording; called when the option is on."""
    output = getattr(config, "workeroutput", None)
    store = find_store(config)
    watch = config.stash.get(WATCH_KEY, None)
    if output is None and config.getoption("dist", "no") != "no":  # the controller: workers watch themselves
        if watch is not None:
            watch.recorder.stop()
        config.pluginmanager.register(StoreHooks(config, store, None, None), "txselect-store")
        return
    if watch is None and WATCH_KEY not in config.stash:
        watch = _begin(config)
    collection = CollectionHooks(config, find_top(str(config.rootpath)))
    config.pluginmanager.register(collection, "txselect-collection")
    if watch is not None:
        config.pluginmanager.register(watch.hooks, CONTEXTS)
    if output is None:
        config.pluginmanager.register(StoreHooks(config, store, watch, collection), "txselect-store")
    else:
        config.pluginmanager.register(WorkerHooks(watch, collection, output), "txselect-worker")
