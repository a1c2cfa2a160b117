"""The header of a report: what is running, where, and of which commit."""

from __future__ import annotations

import os
import platform
import re
import time
from typing import Final

import pytest

from pytest_txselect.plugin.checkout import find_checkout
from pytest_txselect.report.records import Header

__all__ = ["make_header"]

_NAME: Final = re.compile(r"^Name: (.+)$", re.MULTILINE)
_VERSION: Final = re.compile(r"^Version: (.+)$", re.MULTILINE)


def make_header(config: pytest.Config, report_id: str) -> Header:
    """Make the header of the run that `config` is of."""
    prefix, commit = find_checkout(config.rootpath)
    workers = find_workers(config)
    return Header(
        run=os.urandom(16).hex(),
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


def _list_versions(config: pytest.Config) -> tuple[tuple[str, str], ...]:
    """List what takes part. Versions are read from the metadata's text, since its parser is slow."""
    versions = {"python": platform.python_version(), "pytest": pytest.__version__}
    for _, distribution in config.pluginmanager.list_plugin_distinfo():
        text = distribution.read_text("METADATA") or ""
        name, version = _NAME.search(text), _VERSION.search(text)
        if name and version:
            versions.setdefault(name.group(1), version.group(1))
    return tuple(versions.items())


def _find_shard(config: pytest.Config) -> tuple[int, int]:
    """Find this machine's share; whether it is written well is the business of who cuts the shards."""
    number, _, count = str(config.getoption("txselect_shard", None) or "").partition("/")
    if number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count):
        return int(number), int(count)
    return 1, 1
