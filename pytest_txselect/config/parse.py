"""From a TOML table to `Settings`, with all mistakes at once."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.config.parse_jobs import take_jobs
from pytest_txselect.config.settings import (
    Dependency,
    MarkerRule,
    OnDoubt,
    Plugins,
    Record,
    Settings,
    Unknown,
)
from pytest_txselect.config.table import ENV_NAME, Mistakes, Table
from pytest_txselect.errors import ConfigError
from pytest_txselect.globs import GlobSyntaxError, parse_glob, parse_node_glob

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_txselect.config.positions import KeyPath

__all__ = ["parse_settings"]

TOO_LATE: Final = frozenset({"parametrize", "usefixtures"})
"""Marks that pytest reads before a rule can give them."""
RECORD: Final[Mapping[str | bool, Record]] = {"auto": Record.AUTO, True: Record.ALWAYS, False: Record.ASKED}


def parse_settings(table: Mapping[str, Any], locate: Callable[[KeyPath], str]) -> Settings:
    """Check a configuration as a whole.

    Args:
        table: the table `[tool.txselect]`, or the whole of `txselect.toml`, as `tomllib` gives it.
        locate: gives "file:line" of a path of keys below that table.

    Raises:
        ConfigError: with a line for each mistake, "file:line: key: cause; cure".
    """
    mistakes = Mistakes(locate)
    top = Table(table, (), mistakes)
    top.check_keys(field.name for field in fields(Settings))
    settings = Settings(
        record=top.take_choice("record", Record.AUTO, RECORD),
        on_doubt=top.take_choice("on_doubt", OnDoubt.RUN, {str(choice): choice for choice in OnDoubt}),
        neutral=top.take_texts("neutral", parse_glob),
        run_all=top.take_texts("run_all", parse_glob),
        always=top.take_texts("always", parse_glob),
        unknown=top.take_choice("unknown", Unknown.RUN, {str(choice): choice for choice in Unknown}),
        plugins=top.take_choice("plugins", Plugins.ALL, {str(choice): choice for choice in Plugins}),
        depends=_take_depends(top.take_table("depends")),
        markers=tuple(_take_marker(entry) for entry in top.take_tables("markers")),
        jobs=take_jobs(top),
    )
    if mistakes.lines:
        raise ConfigError("invalid-setting", "\n".join(mistakes.lines))
    return settings


def _take_depends(table: Table) -> tuple[Dependency, ...]:
    """Read the edges that no analysis can see: a pattern of files, and a pattern or a list of them."""
    found = []
    for tests, value in table.values.items():
        try:
            parse_glob(tests)
        except GlobSyntaxError as error:
            cause, _, cure = str(error).partition("; ")
            table.wrong(tests, cause, cure)
        single = Table({tests: [value]}, table.path, table.mistakes) if isinstance(value, str) else table
        found.append(Dependency(tests, single.take_texts(tests, parse_glob)))
    return tuple(found)


def _take_marker(table: Table) -> MarkerRule:
    """Read a rule that marks tests."""
    table.check_keys(field.name for field in fields(MarkerRule))
    name = table.take_text("name", fits=r"[^\W\d]\w*", cure="a mark is named like a Python variable")
    if "name" not in table.values:
        table.mistakes.add(table.path, "a marker without a name", 'write name = "..."')
    if name in TOO_LATE:
        table.wrong("name", f"{name} has no effect on a test that is collected", "write it in the test file")
    rule = MarkerRule(
        name=name,
        description=table.take_text("description", fits=r".*\S.*", cure="describe the mark in one line"),
        tests=table.take_texts("tests", parse_node_glob),
        bases=table.take_texts("bases"),
        imports=table.take_texts("imports"),
        fixtures=table.take_texts("fixtures"),
        env=table.take_text("env", fits=ENV_NAME, cure="name one variable of the environment"),
    )
    if not table.values.keys() & {"tests", "bases", "imports", "fixtures"}:
        table.mistakes.add(table.path, "marks no test", "give it tests, bases, imports or fixtures")
    return rule
