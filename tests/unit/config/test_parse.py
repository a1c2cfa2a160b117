"""From a TOML table to settings."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.config import (
    Dependency,
    Job,
    MarkerRule,
    OnDoubt,
    Plugins,
    Record,
    Settings,
    Split,
    Unknown,
)
from pytest_txselect.config.parse import parse_settings
from pytest_txselect.config.table import render_key
from pytest_txselect.errors import ConfigError

if TYPE_CHECKING:
    from pytest_txselect.config.positions import KeyPath

FULL = """
record = true
on_doubt = "error"
neutral = ["docs/**", "!docs/snippets/**"]
run_all = ["setup.cfg"]
always = ["tests/smoke/**"]
unknown = "owner"
plugins = "starters"

[depends]
"tests/test_templates.py" = ["src/pkg/templates/**"]
"tests/test_one.py" = "one.txt"

[[markers]]
name = "is_pipeline_test"
description = "runs only when pipelines are tested"
tests = ["tests/pipelines/**", "*::test_pipeline_*"]
env = "RUN_PIPELINE_TESTS"

[[markers]]
name = "generate"
bases = ["GenerationTesterMixin"]
imports = ["torch"]
fixtures = ["tmp_path"]

[[jobs]]
name = "tests_torch"
tests = ["tests/models/**/test_modeling_*.py", "re:tests/x.*"]
exclude = ["tests/models/slow/**"]
marker = "not generate"
env = { RUN = "yes", COUNT = 3 }
workers = 8
dist = "loadfile"
pytest_args = ["-v"]
timeout = 600
max_shards = 6
seconds_per_shard = 300.5
split = "test"
shared = true

[jobs.ci]
image = "python"
steps = [{ run = "make" }]
since = 2020-01-01

[[jobs]]
name = "rest"
default = true
workers = "auto"
"""


def parse(text: str) -> Settings:
    """Parse settings, with the depth of the key instead of a line as its place."""
    return parse_settings(tomllib.loads(text), lambda path: f"t.toml:{len(path)}")


def find_mistakes(text: str) -> list[str]:
    """Give the lines of the error, without their place."""
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert caught.value.slug == "invalid-setting"
    return [line.partition(": ")[2] for line in caught.value.message.split("\n")]


def test_every_key_is_read() -> None:
    """A configuration with every key becomes the value that says the same."""
    assert parse(FULL) == Settings(
        record=Record.ALWAYS,
        on_doubt=OnDoubt.ERROR,
        neutral=("docs/**", "!docs/snippets/**"),
        run_all=("setup.cfg",),
        always=("tests/smoke/**",),
        unknown=Unknown.OWNER,
        plugins=Plugins.STARTERS,
        depends=(
            Dependency("tests/test_templates.py", ("src/pkg/templates/**",)),
            Dependency("tests/test_one.py", ("one.txt",)),
        ),
        markers=(
            MarkerRule(
                "is_pipeline_test",
                "runs only when pipelines are tested",
                tests=("tests/pipelines/**", "*::test_pipeline_*"),
                env="RUN_PIPELINE_TESTS",
            ),
            MarkerRule(
                "generate", bases=("GenerationTesterMixin",), imports=("torch",), fixtures=("tmp_path",)
            ),
        ),
        jobs=(
            Job(
                "tests_torch",
                ("tests/models/**/test_modeling_*.py", "re:tests/x.*"),
                exclude=("tests/models/slow/**",),
                marker="not generate",
                env={"RUN": "yes", "COUNT": "3"},
                workers=8,
                dist="loadfile",
                pytest_args=("-v",),
                timeout=600,
                max_shards=6,
                seconds_per_shard=300.5,
                split=Split.TEST,
                shared=True,
                ci={"image": "python", "steps": ({"run": "make"},), "since": dt.date(2020, 1, 1)},
            ),
            Job("rest", (), workers="auto", default=True),
        ),
    )


def test_every_key_of_the_values_is_in_the_example() -> None:
    """No field was added that the full example does not set, which the test above would then not check."""
    table = tomllib.loads(FULL)
    assert set(table) == {field.name for field in fields(Settings)}
    assert {key for job in table["jobs"] for key in job} == {field.name for field in fields(Job)}
    assert {key for rule in table["markers"] for key in rule} == {field.name for field in fields(MarkerRule)}


def test_nothing_configured_is_the_default() -> None:
    """An empty table is `Settings()`."""
    assert parse("") == Settings()


@pytest.mark.parametrize(
    ("text", "record"), [('"auto"', Record.AUTO), ("true", Record.ALWAYS), ("false", Record.ASKED)]
)
def test_record_has_three_spellings(text: str, record: Record) -> None:
    """`record` mixes a word and a truth value, as the documentation has it."""
    assert parse(f"record = {text}").record is record


def test_values_are_read_only() -> None:
    """What the emitters get cannot be changed."""
    job = parse(FULL).jobs[0]
    for table in (job.env, job.ci):
        with pytest.raises(TypeError):
            table["x"] = "y"  # type: ignore[index]


TOP = [
    ('on-doubt = "run"', "on-doubt: unknown key; did you mean on_doubt?"),
    ("NEUTRAL = []", "NEUTRAL: unknown key; did you mean neutral?"),
    (
        "zzz = 1",
        "zzz: unknown key; the keys here are always, depends, jobs, markers, neutral, on_doubt, plugins, record",
    ),
    ('"a\\nb" = 1', '"a\\nb": unknown key; the keys here are'),
    ('record = "yes"', 'record: "yes" is none of its values; write "auto" or true or false'),
    ("record = 1", 'record: the number 1 is none of its values; write "auto" or true or false'),
    ("on_doubt = []", 'on_doubt: a list is none of its values; write "run" or "error"'),
    ('unknown = "x"', 'unknown: "x" is none of its values; write "run" or "owner" or "error"'),
    ('neutral = "docs"', 'neutral: "docs" where a list of strings is expected; write neutral = ["..."]'),
    ('neutral = ["a", 1]', "neutral[1]: the number 1 in a list of strings; write some text between quotes"),
    ('run_all = [" "]', "run_all[0]: an empty string in a list of strings; write some text between quotes"),
    ('always = ["**.py"]', 'always[0]: pattern "**.py": ** stands for whole folders; write **/ before'),
    ('depends."\\n" = 1', 'depends."\\n": the number 1 where a list of strings is expected; write "\\n" ='),
    ("depends = 1", "depends: the number 1 where a table is expected; write [depends]"),
    ('depends."a\\\\b" = ["x"]', 'depends."a\\\\b": folders are separated by /'),
    ('depends.a = ["re:x"]', 'depends.a[0]: pattern "re:x": regular expressions are for jobs only; write'),
    ('depends.a = "re:x"', 'depends.a[0]: pattern "re:x": regular expressions are for jobs only; write'),
    ("depends.a = 1", "depends.a: the number 1 where a list of strings is expected; write a ="),
]
MARKERS = [
    ("markers = {}", "markers: a table where tables are expected; write [[markers]] above each of them"),
    ("markers = [1]", "markers: a list where tables are expected; write [[markers]] above each of them"),
    ('markers = [{tests = ["a"]}]', 'markers[0]: a marker without a name; write name = "..."'),
    ('markers = [{name = "a-b", tests = ["a"]}]', 'markers[0].name: "a-b" cannot be used here; a mark is'),
    (
        'markers = [{name = "usefixtures", tests = ["a"]}]',
        "markers[0].name: usefixtures has no effect on a test that is collected; write it in",
    ),
    ('markers = [{name = "a"}]', "markers[0]: marks no test; give it tests, bases, imports or fixtures"),
    (
        'markers = [{name = "a", bases = ["A"], env = "A B"}]',
        'markers[0].env: "A B" cannot be used here; name',
    ),
    (
        'markers = [{name = "a", bases = ["A"], description = 1}]',
        "markers[0].description: the number 1 where",
    ),
    (
        'markers = [{name = "a", base = ["A"], fixtures = ["f"]}]',
        "markers[0].base: unknown key; did you mean",
    ),
]
JOBS = [
    ('{tests = ["a"]}', 'jobs[0]: a job without a name; write name = "..."'),
    (
        '{name = "../a", tests = ["a"]}',
        'jobs[0].name: "../a" cannot be used here; use at most 80 letters, digits, _ and -',
    ),
    ('{name = "a"}', "jobs[0]: a job without tests; give it tests, or default = true"),
    (
        '{name = "a", tests = ["!a"]}',
        'jobs[0].tests[0]: pattern "!a": nothing is taken away with ! in a job; m',
    ),
    ('{name = "a", tests = ["re:("]}', 'jobs[0].tests[0]: pattern "re:(": not a regular expression'),
    ('{name = "a", tests = ["a"], env = 3}', "jobs[0].env: the number 3 where a table is expected; write ["),
    (
        '{name = "a", tests = ["a"], env = {A = true}}',
        "jobs[0].env.A: the value of a variable is text; write A",
    ),
    (
        '{name = "a", tests = ["a"], env = {"A=B" = "1"}}',
        'jobs[0].env."A=B": not the name of a variable; use',
    ),
    (
        '{name = "a", tests = ["a"], workers = true}',
        "jobs[0].workers: not a number of processes; write a whole",
    ),
    (
        '{name = "a", tests = ["a"], workers = -1}',
        "jobs[0].workers: not a number of processes; write a whole",
    ),
    (
        '{name = "a", tests = ["a"], dist = "x"}',
        'jobs[0].dist: "x" cannot be used here; write one of no, load',
    ),
    (
        '{name = "a", tests = ["a"], timeout = 1.5}',
        "jobs[0].timeout: the number 1.5 where a whole number above",
    ),
    (
        '{name = "a", tests = ["a"], max_shards = 0}',
        "jobs[0].max_shards: the number 0 where a whole number ab",
    ),
    (
        '{name = "a", tests = ["a"], max_shards = true}',
        "jobs[0].max_shards: true where a whole number above 0",
    ),
    (
        '{name = "a", tests = ["a"], seconds_per_shard = inf}',
        "jobs[0].seconds_per_shard: the number inf where",
    ),
    (
        '{name = "a", tests = ["a"], seconds_per_shard = 07:32:00}',
        "jobs[0].seconds_per_shard: a date or time",
    ),
    (
        '{name = "a", tests = ["a"], default = "yes"}',
        'jobs[0].default: "yes" where true or false is expected',
    ),
    ('{name = "a", tests = ["a"], marker = ""}', 'jobs[0].marker: "" cannot be used here; write a marker'),
    ('{name = "a", tests = ["a"]}, {name = "a", tests = ["b"]}', "jobs[1].name: two jobs are named a; give"),
    ('{name = "a", tests = ["a"]}, {name = "A", tests = ["b"]}', "jobs[1].name: two jobs are named A; give"),
    (
        f'{{name = "{"a" * 81}", tests = ["a"]}}',
        f'jobs[0].name: "{"a" * 77}..." cannot be used here; use at most 80',
    ),
    (
        '{name = "a", tests = ["tests/test_a.py::test_b"]}',
        'jobs[0].tests[0]: pattern "tests/test_a.py::test_b": a job takes whole files; remove ::',
    ),
    ('{name = "on: [push]", tests = ["a"]}', 'jobs[0].name: "on: [push]" cannot be used here; use at most'),
    (
        '{name = "a", default = true}, {name = "b", default = true}',
        "jobs[1].default: two jobs take the tests",
    ),
]
MISTAKES = [*TOP, *MARKERS, *((f"jobs = [{text}]", mistake) for text, mistake in JOBS)]


@pytest.mark.parametrize(("text", "mistake"), MISTAKES, ids=[text for text, _ in MISTAKES])
def test_mistake_has_place_cause_and_cure(text: str, mistake: str) -> None:
    """Each mistake alone gives one line that starts with the key."""
    (found,) = find_mistakes(text)
    assert found.startswith(mistake)
    assert "; " in found


def test_all_mistakes_at_once() -> None:
    """Mistakes in all corners are reported together."""
    text = 'on-doubt = "run"\nrecord = 3\nneutral = [1]\n[[jobs]]\nname=""\nx=1\n'
    assert [line.partition(":")[0] for line in find_mistakes(text)] == [
        "on-doubt",
        "record",
        "neutral[0]",
        "jobs[0].x",
        "jobs[0].name",
        "jobs[0]",
    ]


def test_long_values_are_cut() -> None:
    """A value that would fill the screen is shown shortened."""
    (found,) = find_mistakes(f'unknown = "{"x" * 1000}"')
    assert len(found) < 200


TEXTS = st.text("ab*[!:;/\\\n\0", max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
KEYS = st.sampled_from(sorted({field.name for kind in (Settings, Job, MarkerRule) for field in fields(kind)}))
TABLES = st.dictionaries(
    KEYS, JSON | st.lists(st.dictionaries(KEYS, JSON, max_size=4), max_size=2), max_size=3
)


@given(TABLES)
def test_any_table_gives_settings_or_mistakes(table: dict[str, Any]) -> None:
    """Whatever the table holds, the answer is settings, or lines of which each names a place and a cure."""

    def locate(path: KeyPath) -> str:
        return f"t.toml:{render_key(path[:1])}"

    try:
        parse_settings(table, locate)
    except ConfigError as error:
        for line in error.message.split("\n"):
            assert line.startswith("t.toml:")
            assert "; " in line
