"""The header of a report: what is running, where, and of which commit."""

from __future__ import annotations

import platform
import time
import uuid
from typing import TYPE_CHECKING

import pytest

from pytest_txselect import __version__
from pytest_txselect.changes.git import Git, find_repository
from pytest_txselect.errors import TxSelectError
from pytest_txselect.report.records import Header

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["make_header"]


def make_header(config: pytest.Config, report_id: str) -> Header:
    """Make the header of the run that `config` is of."""
    prefix, commit = _find_commit(config.rootpath)
    workers = find_workers(config)
    return Header(
        run=uuid.uuid4().hex,
        id=report_id,
        started=time.time(),
        command=tuple(str(argument) for argument in config.invocation_params.args),
        rootdir=str(config.rootpath),
        invocation=str(config.invocation_params.dir),
        prefix=prefix,
        commit=commit,
        versions=_list_versions(config),
        platform=f"{platform.system()} {platform.machine()}",
        job=str(config.getoption("txselect_job", None) or ""),
        shard=_find_shard(config),
        workers=workers,
        each=workers > 0 and config.getoption("dist", "no") == "each",
    )


def find_workers(config: pytest.Config) -> int:
    """Find how many xdist workers this process is to direct; 0 when it runs the tests itself."""
    if config.getoption("dist", "no") == "no":
        return 0
    return len(config.getoption("tx", None) or ())


def _find_commit(rootdir: Path) -> tuple[str, str]:
    """Find the way from the top of the repository to the rootdir, and HEAD; empty where there is none."""
    try:
        repository = find_repository(rootdir)
        commit = Git(repository).find_commit("HEAD") or ""
    except TxSelectError:
        return "", ""
    try:
        prefix = rootdir.resolve().relative_to(repository.top).as_posix()
    except ValueError:
        return "", commit
    return "" if prefix == "." else prefix, commit


def _list_versions(config: pytest.Config) -> tuple[tuple[str, str], ...]:
    versions = {"python": platform.python_version(), "pytest": pytest.__version__, "txselect": __version__}
    for _, distribution in config.pluginmanager.list_plugin_distinfo():
        versions.setdefault(distribution.project_name, distribution.version)
    return tuple(versions.items())


def _find_shard(config: pytest.Config) -> tuple[int, int]:
    """Find this machine's share; whether it is written well is the business of who cuts the shards."""
    number, _, count = str(config.getoption("txselect_shard", None) or "").partition("/")
    if number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count):
        return int(number), int(count)
    return 1, 1
