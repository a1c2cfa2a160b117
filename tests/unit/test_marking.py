"""Which rules mark a test: criteria, spellings, and values of variables, without pytest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.config.settings import MarkerRule
from pytest_txselect.globs import parse_node_glob
from pytest_txselect.policy.marking import (
    TRUE_VALUES,
    Marking,
    find_rules,
    import_names,
    missing_variable,
    spell_class,
)
from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import FileFacts

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass
class Group:
    """The tests of a class, and what was asked about them."""

    path: str = "tests/test_a.py"
    asked: list[str] = field(default_factory=list)

    def bases(self) -> Collection[str]:
        """One class."""
        self.asked.append("bases")
        return {"TestA", "tests.test_a.TestA", "Mixin"}

    def imports(self) -> Collection[str]:
        """Two modules."""
        self.asked.append("imports")
        return {"torch", "torch.nn"}


def find(*rules: MarkerRule, name: str = "TestA::test_a[1]") -> list[str]:
    """Names of the marks that rules give to a test."""
    return [rule.name for rule in find_rules(Marking(rules).narrow(Group()), name, ["gpu", "tmp_path"])]


TABLE = [
    (MarkerRule("m", tests=("tests/**",)), True),
    (MarkerRule("m", tests=("other/**", "*::test_a")), True),
    (MarkerRule("m", tests=("other/**", "other/**::test_a")), False),
    (MarkerRule("m", tests=("*::test_b", "*::TestA::*")), True),
    (MarkerRule("m", tests=("*::test_b",)), False),
    (MarkerRule("m", tests=("*::test_b", "tests/")), True),
    (MarkerRule("m", bases=("Other", "Mixin")), True),
    (MarkerRule("m", bases=("test_a.TestA",)), False),
    (MarkerRule("m", imports=("torch",)), True),
    (MarkerRule("m", imports=("torch.n",)), False),
    (MarkerRule("m", fixtures=("gpu",)), True),
    (MarkerRule("m", fixtures=("cpu",)), False),
    (MarkerRule("m", fixtures=("gpu",), imports=("torch",), bases=("Mixin",), tests=("*::test_*",)), True),
    (MarkerRule("m", fixtures=("cpu",), imports=("torch",), bases=("Mixin",), tests=("*::test_*",)), False),
    (MarkerRule("m", fixtures=("gpu",), imports=("jax",), bases=("Mixin",), tests=("*::test_*",)), False),
    (MarkerRule("m", fixtures=("gpu",), imports=("torch",), bases=("Other",), tests=("*::test_*",)), False),
    (MarkerRule("m", fixtures=("gpu",), imports=("torch",), bases=("Mixin",), tests=("*::test_b*",)), False),
    (MarkerRule("m"), True),
]


@pytest.mark.parametrize(("rule", "fits"), TABLE, ids=[str(number) for number in range(len(TABLE))])
def test_criteria(rule: MarkerRule, fits: bool) -> None:
    """Every criterion given must fit, by any of its entries."""
    assert find(rule) == (["m"] if fits else [])


def test_order() -> None:
    """Rules come in the order of the configuration."""
    assert find(*(MarkerRule(name, tests=("tests/",)) for name in "cab")) == ["c", "a", "b"]


def test_dear_questions() -> None:
    """Bases and imports are looked at only for files that a pattern fits."""
    group = Group()
    Marking([MarkerRule("m", tests=("other/**",), bases=("A",), imports=("b",))]).narrow(group)
    assert group.asked == []
    Marking([MarkerRule("m", tests=("tests/**",), bases=("A",), imports=("b",))]).narrow(group)
    assert group.asked == ["bases"]


def test_spellings() -> None:
    """A class goes by as much of its dotted name as one likes."""
    assert list(spell_class("a.b.C")) == ["a.b.C", "b.C", "C"]
    assert list(spell_class("C")) == ["C"]


IMPORTS = [
    ("import a.b.c as x", {"a", "a.b", "a.b.c"}),
    ("from a.b import c, d", {"a", "a.b", "a.b.c", "a.b.d"}),
    ("from a import *", {"a"}),
    ("def f():\n    import a", {"a"}),
    ("try:\n    import a  # why\nexcept ImportError:\n    a = None", {"a"}),
    ("text = 'import a'\n'''\nimport b\n'''", set()),
    ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a", {"typing", "typing.TYPE_CHECKING"}),
    ("from . import x", {"t", "t.p", "t.p.x", "p", "p.x"}),
    ("from .x import y", {"t", "t.p", "t.p.x", "t.p.x.y", "p", "p.x", "p.x.y"}),
    ("from ..x import y", {"t", "t.x", "t.x.y", "x", "x.y"}),
    ("from ....x import y", {"x", "x.y"}),
    ("import pytest\npytest.importorskip('a.b')", {"pytest", "a", "a.b"}),
    ("import importlib\nimportlib.import_module('a.b')", {"importlib", "a", "a.b"}),
    ("import importlib\nimportlib.import_module('a.' + x)", {"importlib"}),
]


@pytest.mark.parametrize(("source", "names"), IMPORTS, ids=[source for source, _ in IMPORTS])
def test_imports(source: str, names: set[str]) -> None:
    """A file imports modules and the packages above them; relative ones under both of their names."""
    facts = read_facts(source.encode())
    assert isinstance(facts, FileFacts)
    assert import_names("t/p/test_x.py", facts, "t") == names


def test_imports_outside() -> None:
    """A file outside of the rootdir is in no package."""
    facts = read_facts(b"from . import x")
    assert isinstance(facts, FileFacts)
    assert import_names("../test_x.py", facts, "") == {"x"}


@given(value=st.none() | st.text())
def test_variables(value: str | None) -> None:
    """Only a true value lets tests run, in any case of letters; every reason names the variable on one line."""
    rule = MarkerRule("m", env="X_Y")
    reason = missing_variable(rule, {} if value is None else {"X_Y": value})
    assert (reason == "") == (value is not None and value.strip().lower() in TRUE_VALUES)
    assert not reason or (reason.startswith("m: X_Y ") and reason.isprintable())
    assert missing_variable(MarkerRule("m"), {}) == ""


@given(
    name=st.text(alphabet="ab:[]_", max_size=12),
    pattern=st.text(alphabet="ab*?:[]_", min_size=1, max_size=6),
)
def test_patterns_agree(name: str, pattern: str) -> None:
    """A rule and a pattern by itself say the same of a name."""
    glob = parse_node_glob(f"*::{pattern}")
    rule = MarkerRule("m", tests=(f"*::{pattern}",))
    assert bool(find(rule, name=name)) == glob.matches("tests/test_a.py", name)
