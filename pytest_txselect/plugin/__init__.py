"""The pytest plugin's entry module: declares the options, and loads a feature only when its option is on.

Every pytest start of every project that has us installed imports this module, so it imports nothing but the
standard library's lightest parts and pytest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from pytest_txselect.plugin.options import add_options
from pytest_txselect.plugin.when import is_configured, is_recorded

if TYPE_CHECKING:
    from collections.abc import Generator

JOB_OPTIONS: Final = ("txselect_job", "txselect_shard", "txselect_prepared")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of the group "txselect"."""
    add_options(parser)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Set a job's variables, and begin to watch, before the first conftest is imported."""
    _prepare(early_config)
    return (yield)


def _prepare(early_config: pytest.Config) -> None:
    recorded, has_job = is_recorded(early_config), early_config.known_args_namespace.txselect_job is not None
    if recorded or has_job:
        from pytest_txselect.plugin.own_modules import load_plainly  # noqa: PLC0415 - a plain run must not pay

        load_plainly(early_config)
    if has_job:
        from pytest_txselect.plugin import job  # noqa: PLC0415 - as above

        job.set_environment(early_config)
    if recorded and not _selects_nothing(early_config):
        from pytest_txselect.plugin import record  # noqa: PLC0415 - as above

        record.start_watch(early_config)


def _selects_nothing(early_config: pytest.Config) -> bool:
    """Whether there is nothing to record, in a run that is recorded for no other reason than that it runs tests."""
    from pytest_txselect.plugin import spared  # noqa: PLC0415 - a plain run must not pay for it

    if not spared.may_be_spared(early_config):
        return False
    from pytest_txselect.plugin import prune  # noqa: PLC0415 - as above

    nothing = prune.selects_nothing(early_config)
    if nothing:
        spared.record_nothing(early_config)
    return nothing


def pytest_configure(config: pytest.Config) -> None:
    """Load what was asked for, on the command line or in the configuration."""
    recorded, configured = is_recorded(config), is_configured(config)
    in_part = any(config.getoption(name) is not None for name in JOB_OPTIONS)
    asked = config.getoption("impacted_by") is not None or config.getoption("txselect_report")
    if recorded or configured or asked or in_part:
        from pytest_txselect.plugin.own_modules import load_plainly  # noqa: PLC0415 - a plain run must not pay

        load_plainly(config)
    if configured:
        from pytest_txselect.plugin import mark  # noqa: PLC0415 - a plain run must not pay for it

        mark.register(config)
    if config.getoption("txselect_audit") and config.getoption("impacted_by") is None:
        raise pytest.UsageError(
            "txselect: --txselect-audit: what it compares with is missing; add --impacted-by=REF [audit-without-ref]"
        )
    if config.getoption("impacted_by") is not None:
        from pytest_txselect.plugin import prune  # noqa: PLC0415 - a plain run must not pay for it

        prune.register(config)
    if in_part:
        from pytest_txselect.plugin import job  # noqa: PLC0415 - as above

        job.register(config)
    if config.getoption("txselect_report"):
        from pytest_txselect.plugin import report  # noqa: PLC0415 - a plain run must not pay for it

        report.register(config)
    if recorded:
        from pytest_txselect.plugin import record  # noqa: PLC0415 - as above

        record.register(config)
