"""Settings written as TOML."""

from __future__ import annotations

import datetime as dt
import tomllib
from types import MappingProxyType

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
from pytest_txselect.config.render import render_settings

TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8
).filter(str.strip)
PATTERNS = st.lists(st.sampled_from(["a/**", "*.md", "[[]x", 'q"uote', "x\n", "\x7f", "é/"]), max_size=6).map(
    tuple
)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,4}", fullmatch=True)
FREE = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.sampled_from([0.5, dt.date(2020, 1, 2), dt.time(7, 8)]) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=2).map(tuple)
        | st.dictionaries(TEXT, inner, max_size=2).map(MappingProxyType)
    ),
    max_leaves=4,
)
JOBS = st.builds(
    Job,
    name=NAMES,
    tests=PATTERNS.filter(bool),
    exclude=PATTERNS,
    marker=st.just("") | TEXT,
    env=st.dictionaries(NAMES, TEXT, max_size=2).map(MappingProxyType),
    workers=st.none() | st.integers(0, 9) | st.sampled_from(["auto", "logical"]),
    dist=st.sampled_from(["", "load"]),
    pytest_args=st.lists(TEXT, max_size=2).map(tuple),
    timeout=st.none() | st.integers(1, 9),
    max_shards=st.integers(1, 9),
    seconds_per_shard=st.none() | st.floats(0.001, 1e9),
    split=st.sampled_from(Split),
    shared=st.booleans(),
    ci=st.dictionaries(TEXT, FREE, max_size=2).map(MappingProxyType),
)
MARKERS = st.builds(
    MarkerRule,
    name=NAMES,
    description=st.sampled_from(["", "one line"]),
    tests=PATTERNS.filter(bool),
    env=NAMES,
)
SETTINGS = st.builds(
    Settings,
    record=st.sampled_from(Record),
    on_doubt=st.sampled_from(OnDoubt),
    neutral=PATTERNS,
    run_all=PATTERNS,
    always=PATTERNS,
    unknown=st.sampled_from(Unknown),
    plugins=st.sampled_from(Plugins),
    depends=st.lists(
        st.builds(Dependency, st.sampled_from(["a b", "x/**", "é"]), PATTERNS),
        max_size=2,
        unique_by=lambda each: each.tests,
    ).map(tuple),
    markers=st.lists(MARKERS, max_size=2).map(tuple),
    jobs=st.lists(JOBS, max_size=2, unique_by=lambda each: each.name.lower()).map(tuple),
)


@given(settings=SETTINGS, width=st.integers(20, 120))
def test_what_is_written_reads_back(settings: Settings, width: int) -> None:
    """The text says exactly what the settings are, whatever the width."""
    text = "\n".join(render_settings(settings, lambda key: f"where {key} is from", width))
    assert parse_settings(tomllib.loads(text), lambda path: f"{path}") == settings


def test_whole_text() -> None:
    """How it looks: comments beside what fits, above what does not, long lists a line each."""
    settings = Settings(
        neutral=("documentation/**", "examples/**"),
        depends=(Dependency("tests/a b.py", ("x",)),),
        jobs=(Job("one", ("tests/**",), env={"A": "1"}, workers=2),),
    )
    lines = render_settings(settings, {"record": "default", "neutral": "txselect.toml:1"}.get, 40)  # type: ignore[arg-type]
    assert "\n".join(lines) == (
        """\
record = "auto"  # default
on_doubt = "run"
# txselect.toml:1
neutral = [
  "documentation/**",
  "examples/**",
]
run_all = []
always = []
unknown = "run"
plugins = "all"

[depends]
"tests/a b.py" = ["x"]

# markers: none

[[jobs]]
name = "one"
tests = ["tests/**"]
env = { A = "1" }
workers = 2"""
    )


@pytest.mark.parametrize("keys", [("markers",), ("record", "jobs")])
def test_only_some_keys(keys: tuple[str, ...]) -> None:
    """Of the keys, those asked for."""
    lines = render_settings(Settings(), lambda _: "", 80, keys=keys)
    assert [
        key for key in ("record", "neutral", "markers", "jobs") if any(key in line for line in lines)
    ] == list(keys)
