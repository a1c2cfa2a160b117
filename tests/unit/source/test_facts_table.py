"""Facts of texts that are hard to read, and their way to JSON and back."""

from __future__ import annotations

import json

import pytest

from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import MAX_BYTES, FileFacts, Unparsed, dump_facts, load_facts
from pytest_txselect.source.strings import collect_strings

UNPARSED = {
    "syntax": (b"x = (\n", 1),
    "null byte": (b"x = 1\0", None),
    "encoding": (b"# coding: latin-99\n", None),
    "not UTF-8": b"x = '\xff'\n",
    "too large": b"#" * (MAX_BYTES + 1),
    "too deep": b"(" * 5000 + b")" * 5000,
}


@pytest.mark.parametrize("given", UNPARSED.values(), ids=UNPARSED)
def test_unparsed(given: bytes | tuple[bytes, int | None]) -> None:
    """What cannot be read says why, and never raises."""
    text, line = given if isinstance(given, tuple) else (given, None)
    facts = read_facts(text)
    assert isinstance(facts, Unparsed)
    assert facts.cause
    assert line is None or facts.line == line
    assert load_facts(json.loads(json.dumps(dump_facts(facts)))) == facts


def test_deep_for_a_tree() -> None:
    """What is too deep for a tree, where the compiler copes, is unparsed and never an error."""
    for deep in (b" + ".join([b"x"] * 20_000), b"-" * 4000 + b"x", b"x" + b".a" * 20_000):
        facts = read_facts(b"import os\n__import__('a')\nx = " + deep)
        assert isinstance(facts, Unparsed) or {each.module for each in facts.imports} == {"os"}


RICH = '''
"""Docstring with pkg.doc inside."""
# txselect: depends data/*.json other.txt
import importlib, os.path
from . import a as b
from ..c import *
pytest_plugins = ["p.one"]
def __getattr__(name): return importlib.import_module(TABLE[name], __name__)
TABLE = {"A": (".a", "A")}
vars(b)
class C:
    def _kind(self): return "c"
    def load(self): return importlib.import_module("pkg." + self._kind())
def f(fixture, /, other, *, third, **rest): "pkg.doc2"; return f"x.{other}", "python -m pkg.tool", "import emb.x"
'''


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("# txselect: depends a.txt b/*.txt\n", [("a.txt", 1), ("b/*.txt", 1)]),
        ("x = 1  #txselect:  depends a.txt\n", [("a.txt", 1)]),
        ("x = '# txselect: depends a.txt\\n'\n", []),
        ('x = """\n# txselect: depends a.txt\n"""\n', []),
        ("# coding: latin-1\n# \xe9 txselect\n# txselect: depends \xe9.txt\n", [("\xe9.txt", 3)]),
    ],
)
def test_declared_in_comments(source: str, found: list[tuple[str, int]]) -> None:
    """What a comment declares is found with its line, and nothing that only looks so in a string."""
    facts = read_facts(source.encode("latin-1"))
    assert isinstance(facts, FileFacts)
    assert [(each.pattern, each.line) for each in facts.declared] == found


def test_rich_file() -> None:
    """Every kind of fact is found, docstrings are not, and JSON keeps all of it."""
    facts = read_facts(RICH.encode())
    assert isinstance(facts, FileFacts)
    assert [(each.module, each.level, each.names) for each in facts.imports] == [
        ("importlib", 0, ()),
        ("os.path", 0, ()),
        ("", 1, ("a",)),
        ("c", 2, ("*",)),
    ]
    assert [(each.pattern, each.line) for each in facts.declared] == [("data/*.json", 3), ("other.txt", 3)]
    assert {"fixture", "other", "third"} <= facts.parameters
    assert facts.plugins == ("p.one",)
    assert facts.reflected == (".a",)
    assert facts.lazy is not None
    assert ("A", (".a", "A")) in facts.lazy.names
    assert "emb.x" in facts.embedded
    assert "pkg.tool" in facts.strings
    assert not {"pkg.doc", "pkg.doc2"} & facts.strings
    assert load_facts(json.loads(json.dumps(dump_facts(facts)))) == facts


AROUND = [
    "if x:\n    {}",
    "if x:\n    pass\nelif y:\n    {}\nelse:\n    pass",
    "for x in y:\n    {}",
    "while x:\n    pass\nelse:\n    {}",
    "with x:\n    {}",
    "try:\n    pass\nexcept x:\n    {}",
    "try:\n    {}\nfinally:\n    pass",
    "try:\n    pass\nexcept* x:\n    {}",
    "match x:\n    case 1:\n        {}",
]


@pytest.mark.parametrize("around", AROUND)
def test_tables_inside_of_statements(around: str) -> None:
    """What is executed when the module is may make it lazy, or add to its table, inside of whatever statement."""
    hook = "def __getattr__(name): return 1\n"
    for source in (
        hook + around.format("TABLE = {'A': '.a'}"),
        around.format("__getattr__ = f") + "\nT = {'A': '.a'}",
    ):
        facts = read_facts(source.encode())
        assert isinstance(facts, FileFacts)
        assert facts.lazy is not None
        assert ("A", (".a",)) in facts.lazy.names


STRINGS = [
    ("pkg.a", {"pkg.a"}, set()),
    ("run pkg/a.py now", {"run pkg/a.py now", "pkg/a.py"}, set()),
    (b"pkg.a", {"pkg.a"}, set()),
    (("a.b", ("c.d",)), {"a.b", "c.d"}, set()),
    ("from x import y, z", {"from x import y, z"}, {"x", "x.y", "x.z"}),
    ("import x.y as z; import w", {"import x.y as z; import w", "x.y"}, {"x.y", "w"}),
    ("from x import ", {"from x import "}, {"x", "x."}),
    ("from x import (\n    y)", set(), {"x", "x."}),
    ("-mx.y", {"-mx.y"}, {"x.y"}),
    ("python -mx --to=y.z", {"python -mx --to=y.z", "--to=y.z", "y.z"}, set()),
    ("ext://x.y", {"ext://x.y", "x.y"}, set()),
    ("https://x.y", {"https://x.y"}, set()),
    ("", set(), set()),
    (3, set(), set()),
]


@pytest.mark.parametrize(("constant", "strings", "embedded"), STRINGS)
def test_strings(constant: object, strings: set[str], embedded: set[str]) -> None:
    """Short texts are kept whole and in words; code in them says what it imports."""
    assert collect_strings([constant]) == (strings, embedded)
