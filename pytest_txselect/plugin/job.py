"""`--txselect-job`, `--txselect-prepared`, `--txselect-shard`: this machine's part of the tests.

Which files a job has, its marker expression and its variables follow from the configuration, so every process finds them by
itself. What lies outside of it, durations and a selection made elsewhere, is read once, on the controller, and handed to
xdist's workers.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_txselect.applied import Applied, Prepared, parse_prepared
from pytest_txselect.config import Split, load_settings
from pytest_txselect.errors import TxSelectError, UsageError
from pytest_txselect.jobs.durations import Durations
from pytest_txselect.jobs.routing import Router, find_job
from pytest_txselect.jobs.shards import parse_share
from pytest_txselect.plugin.checkout import find_checkout
from pytest_txselect.plugin.prune import Prune
from pytest_txselect.plugin.shard import ShardHooks
from pytest_txselect.plugin.stash import SELECTION_KEY, SelectionNote

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from pathlib import Path

    from pytest_txselect.config import Job

__all__ = ["register", "set_environment"]

HOOKS: Final = "txselect-job"
HANDED_OVER: Final = "txselect_job"
"""Where xdist's workers find in `workerinput` what the controller has read."""
PREPARED: Final = "prepared.json"
SELECTION: Final = "selection.json"
DURATIONS: Final = "durations.json"
SPLIT_FILE: Final = ".test_durations"
JOB_KEY: Final = pytest.StashKey["Job"]()


class Routed:
    """What a job may collect, in the words that `Prune` understands.

    Args:
        top: the rootdir, an absolute path without links.
        router: routes files.
        name: of the job.
    """

    everything: Final = False

    def __init__(self, top: str, router: Router, name: str) -> None:
        self.top: Final = top
        self._router: Final = router
        self._name: Final = name

    def allows(self, path: str) -> bool:
        """Whether the job runs a file.

        Raises:
            pytest.Collector.CollectError: a regular expression takes too long to tell.
        """
        try:
            return self._name in self._router.find_jobs(path)
        except TxSelectError as error:
            raise pytest.Collector.CollectError(f"txselect: {error}") from error

    def allows_node(self, path: str, node: str) -> bool:
        """Files stay whole here."""
        del path, node
        return True

    def names(self, path: str) -> None:
        """Files stay whole here."""
        del path

    @property
    def spared_files(self) -> frozenset[str]:
        """Files stay whole here."""
        return frozenset()

    def spares(self, path: str) -> frozenset[str]:
        """Files stay whole here."""
        del path
        return frozenset()


class JobHooks:
    """Speaks about the job and the share where people read it, and hands over what was read to workers.

    Args:
        lines: for the header.
        handed: for workers.
        forgiving: whether a machine without any test has done what it should.
    """

    def __init__(self, lines: Sequence[str], handed: str, *, forgiving: bool) -> None:
        self._lines = lines
        self._handed = handed
        self._forgiving = forgiving

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand over what was read to an xdist worker."""
        node.workerinput[HANDED_OVER] = self._handed

    def pytest_report_header(self) -> list[str]:
        """Say whose part this is."""
        return [f"txselect: {line}" for line in self._lines]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Make an empty share a success; see `Announce` about the moment."""
        result = yield
        if self._forgiving and not session.testscollected:
            session.testscollected = -1
        return result


def set_environment(config: pytest.Config) -> None:
    """Set the variables of the job before the first conftest is imported, until pytest is done.

    Raises:
        pytest.UsageError: there is no such job, or the configuration has mistakes.
    """
    with_usage_error(lambda: _set_variables(config))


def _set_variables(config: pytest.Config) -> None:
    job = find_job(load_settings(config.rootpath).settings.jobs, config.known_args_namespace.txselect_job)
    config.stash[JOB_KEY] = job
    before = {name: os.environ.get(name) for name in job.env}
    os.environ.update(job.env)
    config.add_cleanup(lambda: _restore(before))


def _restore(before: Mapping[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def register(config: pytest.Config) -> None:
    """Take this machine's part; called when one of the options is given.

    Raises:
        pytest.UsageError: one of them, or a file that it names, is wrong.
    """
    with_usage_error(lambda: _register(config))


def with_usage_error(do: Callable[[], None]) -> None:
    """Turn an error of ours into pytest's."""
    try:
        do()
    except TxSelectError as error:
        raise pytest.UsageError(*(f"txselect: {line}" for line in str(error).split("\n"))) from error


def _register(config: pytest.Config) -> None:
    option = config.getoption
    asked_share = option("txselect_shard")
    share = None if asked_share is None else parse_share(asked_share)
    job = config.stash.get(JOB_KEY, None)
    workerinput = getattr(config, "workerinput", None)
    handed = _read_outside(config, job) if workerinput is None else json.loads(workerinput[HANDED_OVER])
    plugins = config.pluginmanager
    if handed["prepared"] is not None:
        plugins.register(Prune(Applied.from_json(handed["prepared"])), f"{HOOKS}-prepared")
    if job is not None:
        router = Router(load_settings(config.rootpath).settings.jobs)
        plugins.register(Prune(Routed(os.path.realpath(config.rootpath), router, job.name)), f"{HOOKS}-files")
        if job.marker:
            marker = config.option.markexpr
            config.option.markexpr = f"({marker}) and ({job.marker})" if marker else job.marker
    durations = Durations(handed["durations"])
    if share is not None:
        split = Split(option("txselect_split") or (job.split if job is not None else Split.FILE))
        plugins.register(ShardHooks(share, split, durations), f"{HOOKS}-shard")
    if workerinput is None:
        lines = [handed["headline"]] if handed["headline"] else []
        lines += [] if job is None else [_describe(job)]
        if share is not None:
            known = f"durations known of {len(durations):,} tests" if durations else "no duration is known"
            lines.append(f"shard {share}, {known}")
        forgiving = share is not None or handed["prepared"] is not None
        plugins.register(JobHooks(lines, json.dumps(handed), forgiving=forgiving), HOOKS)


def _describe(job: Job) -> str:
    marker = f", -m {job.marker!r}" if job.marker else ""
    variables = "".join(f", {name}={value!r}" for name, value in job.env.items())
    return f"job {job.name}{marker}{variables}"


def _read_outside(config: pytest.Config, job: Job | None) -> dict[str, Any]:
    """What is not in the configuration: a selection made elsewhere, and durations."""
    given = config.getoption("txselect_prepared")
    folder = None if given is None else config.invocation_params.dir / given
    prepared = None if folder is None else _read_prepared(folder, config)
    durations: Mapping[str, float] = {}
    if config.getoption("txselect_shard"):
        durations = _read_durations(config, folder)
        if job is not None:  # workers need no others
            router = Router(load_settings(config.rootpath).settings.jobs)
            durations = {
                node: seconds
                for node, seconds in durations.items()
                if job.name in router.find_jobs(node.partition("::")[0])
            }
    return {
        "prepared": None if prepared is None else prepared.applied.to_json(),
        "headline": "" if prepared is None else prepared.headline,
        "durations": durations,
    }


def _read_prepared(folder: Path, config: pytest.Config) -> Prepared:
    path = folder / PREPARED
    try:
        _, commit = find_checkout(config.rootpath)
        prepared = parse_prepared(path.read_text("utf-8"), os.path.realpath(config.rootpath), commit)
        if config.getoption("txselect_report"):
            config.stash[SELECTION_KEY] = SelectionNote(
                headline=prepared.headline, document=(folder / SELECTION).read_text("utf-8")
            )
    except OSError as error:
        cause = error.strerror or "cannot be read"
    except (ValueError, TypeError, KeyError) as error:
        cause = str(error)[:100]
    else:
        return prepared
    raise UsageError(
        "bad-preparation",
        f"{path}: {cause}; --txselect-prepared is the folder that `txselect jobs --out` wrote for this project",
    )


def _read_durations(config: pytest.Config, folder: Path | None) -> Mapping[str, float]:
    from pytest_txselect.jobs.duration_files import read_duration_files  # noqa: PLC0415 - only a shard needs it
    from pytest_txselect.store.durations import read_durations  # noqa: PLC0415 - with sqlite3
    from pytest_txselect.store.names import read_scope  # noqa: PLC0415 - likewise

    here = config.invocation_params.dir
    places = [here / each for each in config.getoption("txselect_durations")]
    if not places and folder is not None:
        places = [folder / DURATIONS]
    if places:
        return read_duration_files(places, _find_files(config))
    split = config.rootpath / SPLIT_FILE
    found = read_duration_files([split] if split.is_file() else [], ())
    store = config.rootpath / (config.getoption("txselect_store") or ".txselect")
    return found | read_durations(store, read_scope())


def _find_files(config: pytest.Config) -> list[str]:
    """The test files there are, to understand the names of JUnit."""
    from pytest_txselect.plugin.pytest_settings import read_pytest_config  # noqa: PLC0415 - only for durations
    from pytest_txselect.project.disk import find_test_files  # noqa: PLC0415 - likewise

    return list(find_test_files(read_pytest_config(config)))
