"""Laws of the scanner: compiling is the oracle, over the standard library and generated modules."""

# ruff: noqa: E501 - a table has one case a line
from __future__ import annotations

import ast
import re
import sysconfig
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import ONLY_ASKED, FileFacts, Unparsed
from pytest_txselect.source.scanner import scan
from pytest_txselect.source.strings import collect_strings

law = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])

LIBRARY = Path(sysconfig.get_path("stdlib"))
FOLDERS = (
    "",
    "asyncio",
    "collections",
    "email",
    "importlib",
    "json",
    "logging",
    "test/test_importlib",
    "typing",
    "unittest",
)
MADE = re.compile(r"__\w+__\Z|_[A-Za-z]\w*?__\w+\Z|\.\w*\Z|\Z")
"""Names that the compiler makes up: of class bodies, mangled private ones, of comprehensions."""


def constants_of(source: bytes) -> tuple[frozenset[str], frozenset[str]]:
    """String constants by the syntax tree, without strings that are statements."""
    tree = ast.parse(source)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in alone)
    return collect_strings([node.value for node in nodes if isinstance(node.value, (str, bytes))])


def check(source: bytes) -> bool:
    """Compare the facts of one file, scanned and compiled; say whether it can be scanned."""
    scanned = scan(source) is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        facts, whole = read_facts(source), read_facts(source, whole=True)
        if isinstance(whole, Unparsed) or not scanned:
            assert scanned or facts == whole
            return scanned
        strings, embedded = constants_of(source)
    assert isinstance(facts, FileFacts)
    assert set(facts.imports) >= set(whole.imports)
    extra = {each.module for each in set(facts.imports) - set(whole.imports)}
    assert (
        not extra or b"if 0" in source or b"False" in source or b"return" in source or b"raise" in source
    ), extra
    assert facts.bound == whole.bound
    assert facts.strings >= (strings - {".py"} if ONLY_ASKED in facts.strings else strings)
    assert facts.embedded >= embedded
    imported = {each.module for each in whole.imports}
    unseen = {name for name in whole.names - facts.names - imported if not MADE.match(name)}
    assert {
        name for name in unseen if "." not in name
    } == set()  # a dotted one is of an import that never executes
    assert {name for name in whole.parameters - facts.parameters if not MADE.match(name)} == set()
    assert (facts.lazy, facts.plugins, facts.declared) == (whole.lazy, whole.plugins, whole.declared)
    assert set(facts.computed) >= set(whole.computed)
    assert {*facts.reflected} >= {*whole.reflected} - {"__future__"}
    return True


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_standard_library(folder: str) -> None:
    """All files of a folder; most of them are scanned, so that the law says something."""
    files = sorted((LIBRARY / folder).glob("*.py"))
    scanned = [check(file.read_bytes()) for file in files]
    assert sum(scanned) >= 0.7 * len(scanned)


PIECES = st.sampled_from([
    "import a", "from a import b", "x = 'a.b'", "x = f'a.{b}.c'", "x = 'a' 'b'", "x = ('a'\n 'b')", '"""text"""', "# 'a'", "",
    "def f(a, *, b='c.d'):\n    {}", "class C(a.b):\n    {}", "if a:\n    {}\nelse:\n    {}", "try:\n    {}\nfinally:\n    {}",
    "def g():\n    '''doc'''\n    {}", "with a as b: pass", "x = [\n'a.b',\n]", "@d\ndef h(): import a; import b", "x = \\\n  1",
    "x = 2 * 'a.b'", "x = ['a/' * 3, 'b.c']", "x = f(*'a.b')", "raise E", "del(a)", "f(\na=1,\n)", "x = (y := 'a.b')", "x = f'{a.b}/c'",
    "x = 'a.b' + 2 * 'c'", "x: a = 'b.c'", "x = y = z", "f(g('a.b'), [c])", "from . import (a,\n    b as c)", "while a: {}",
    "async def i():\n    from . import (\n        a,\n    )\n    {}", "x = 'a.' + 'b' + c", "x = lambda a, b=1: a", "x = '%s.b' % a",
])  # fmt: skip


def indent(text: str) -> str:
    """Text for the place of `{}`, with the first line where that is."""
    return text.replace("\n", "\n    ")


MODULES = st.recursive(
    PIECES,
    lambda inner: st.lists(inner, min_size=3, max_size=6).map(
        lambda parts: "\n".join(
            part.replace("{}", indent(following.replace("{}", "pass")) + "\n    pass")
            for part, following in zip(parts, [*parts[1:], "pass"], strict=True)
        )
    ),
    max_leaves=20,
)


@law
@given(MODULES)
def test_generated_modules(text: str) -> None:
    """Statements of all kinds inside and behind one another."""
    source = (text.replace("{}", "pass") + "\n").encode()
    try:
        compile(source, "<generated>", "exec", dont_inherit=True)
    except SyntaxError:
        assume(False)
    check(source)


@law
@example("\\\n''")  # a docstring behind a line that goes on
@given(st.text(alphabet="'\"\\#{}()[]:;,.\n ab=+*%fr", max_size=60))
def test_any_text(text: str) -> None:
    """Quotes, brackets and line ends in any order."""
    source = text.encode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "<generated>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            assume(False)
    check(source)
