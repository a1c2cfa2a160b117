"""The jobs of the configuration."""

from __future__ import annotations

import re
from dataclasses import fields
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

from pytest_txselect.config.settings import Job, Split
from pytest_txselect.config.table import ENV_NAME, Table, freeze
from pytest_txselect.globs import GlobSyntaxError, parse_glob

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_txselect.config.settings import Free

__all__ = ["take_jobs"]

DIST: Final = ("no", "load", "each", "loadscope", "loadfile", "loadgroup", "worksteal")
JOB_NAME: Final = "[A-Za-z0-9_][A-Za-z0-9_-]{0,79}"


def take_jobs(top: Table) -> tuple[Job, ...]:
    """Read the array of tables `jobs`; names must differ, and at most one job takes what fits none."""
    tables = top.take_tables("jobs")
    jobs = tuple(_take_job(table) for table in tables)
    names: set[str] = set()
    defaults = 0
    for table, job in zip(tables, jobs, strict=True):
        if (
            job.name and job.name.lower() in names
        ):  # they name files, which some systems do not tell apart by case
            table.wrong("name", f"two jobs are named {job.name}", "give each its own name")
        if job.default and defaults:
            table.wrong(
                "default", "two jobs take the tests that fit none", "leave default = true to one of them"
            )
        names.add(job.name.lower())
        defaults += job.default
    return jobs


def _take_job(table: Table) -> Job:
    table.check_keys(field.name for field in fields(Job))
    name = table.take_text(
        "name", fits=JOB_NAME, cure="use at most 80 letters, digits, _ and -, as it names files"
    )
    if "name" not in table.values:
        table.mistakes.add(table.path, "a job without a name", 'write name = "..."')
    if not table.values.get("tests") and not table.values.get("default"):
        table.mistakes.add(table.path, "a job without tests", "give it tests, or default = true")
    return Job(
        name=name,
        tests=table.take_texts("tests", partial(_parse_added, regexes=True)),
        exclude=table.take_texts("exclude", partial(_parse_added, regexes=True)),
        marker=table.take_text("marker", cure='write a marker expression such as "not slow"'),
        env=_take_env(table.take_table("env")),
        workers=_take_workers(table),
        dist=table.take_text("dist", fits="|".join(DIST), cure=f"write one of {', '.join(DIST)}"),
        pytest_args=table.take_texts("pytest_args"),
        timeout=cast("int | None", table.take_number("timeout", whole=True)),
        max_shards=cast("int", table.take_number("max_shards", whole=True) or 1),
        seconds_per_shard=table.take_number("seconds_per_shard", whole=False),
        split=table.take_choice("split", Split.FILE, {str(choice): choice for choice in Split}),
        default=table.take_flag("default"),
        shared=table.take_flag("shared"),
        ci=cast("Mapping[str, Free]", freeze(table.take_table("ci").values)),
    )


def _parse_added(text: str, *, regexes: bool) -> None:
    """Check a pattern that only adds: what is taken away stands under `exclude`."""
    if text.startswith("!"):
        raise GlobSyntaxError("nothing is taken away with ! in a job; move the pattern to exclude")
    if "::" in text and not text.startswith("re:"):
        raise GlobSyntaxError(
            "a job takes whole files; remove :: and what follows, and narrow it with marker"
        )
    parse_glob(text, regexes=regexes)


def _take_workers(table: Table) -> int | str | None:
    value = table.values.get("workers")
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    if value in ("auto", "logical"):
        return cast("str", value)
    table.wrong("workers", "not a number of processes", 'write a whole number, "auto" or "logical"')
    return None


def _take_env(table: Table) -> Mapping[str, str]:
    """Read variables of the environment. Numbers are written out; true has no one spelling."""
    values = {}
    for name, value in table.values.items():
        if re.fullmatch(ENV_NAME, name) is None:
            table.wrong(name, "not the name of a variable", "use letters, digits and _")
        elif isinstance(value, int) and not isinstance(value, bool):
            values[name] = str(value)
        elif isinstance(value, str) and "\0" not in value:
            values[name] = value
        else:
            table.wrong(name, "the value of a variable is text", f'write {name} = "1"')
    return MappingProxyType(values)
