"""Facts from code objects are those that a tree tells, over the standard library's own files."""

from __future__ import annotations

import ast
import sysconfig
import time
import warnings
import zlib
from pathlib import Path

from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import FileFacts, Import, Unparsed

LIBRARY = Path(sysconfig.get_path("stdlib"))
SECONDS = 12


def read_tree(tree: ast.Module) -> tuple[set[Import], set[Import]]:
    """Return the import statements of a tree: those that certainly count, and all; `__future__` left out."""
    every: set[Import] = set()
    typed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and any("TYPE_CHECKING" in ast.dump(part) for part in [node.test]):
            typed |= {id(below) for statement in node.body for below in ast.walk(statement)}
        if isinstance(node, ast.If) and isinstance(node.test, ast.Constant):
            typed |= {id(below) for below in ast.walk(node)}
    sure: set[Import] = set()
    for node in ast.walk(tree):
        found = []
        if isinstance(node, ast.Import):
            names = [
                alias.name for alias in node.names if not alias.name.startswith("__m")
            ]  # those are mangled
            found = [Import(name, 0, (), node.lineno) for name in names]
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            taken = tuple(alias.name for alias in node.names)
            found = [Import(node.module or "", node.level, taken, node.lineno)]
        every |= {*found}
        if id(node) not in typed:
            sure |= {*found}
    return sure, every


def top_names(tree: ast.Module) -> set[str]:
    """Return what functions and classes at the top of a module are called."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in tree.body if isinstance(node, kinds)}


def test_standard_library() -> None:
    """Imports, bound names, identifiers and parameters agree for some hundred files."""
    end = time.monotonic() + SECONDS
    seen = 0
    for place in sorted(LIBRARY.rglob("*.py"), key=lambda path: zlib.crc32(path.name.encode())):
        if "site-packages" in place.parts or time.monotonic() > end:
            continue
        source = place.read_bytes()
        facts = read_facts(source)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(source)
                compile(source, "x", "exec")
        except (SyntaxError, ValueError):
            assert isinstance(facts, Unparsed), place
            continue
        assert isinstance(facts, FileFacts), place
        sure, every = read_tree(tree)
        missed = {
            each
            for each in sure - set(facts.imports)
            if each.line not in dead_lines(tree) and each.module != "__future__"
        }
        if facts.lazy is not None:  # such a table leads to what its names come from
            missed = {
                each for each in missed if not set(each.names) <= {name for name, _ in facts.lazy.names}
            }
        assert not missed, place
        assert {each for each in facts.imports if "__m" not in each.module} <= every, place
        assert top_names(tree) <= facts.bound, place
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        attributes = {each for each in attributes if not each.startswith("__")}  # those are mangled
        assert len(attributes - facts.names) <= max(5, len(attributes) / 10), place  # dead code, annotations
        seen += 1
    assert seen > 10


def dead_lines(tree: ast.Module) -> set[int]:
    """Return lines that the compiler drops: below a constant condition, or behind the end of a block."""
    lines: set[int] = set()
    ends = (ast.Return, ast.Raise, ast.Continue, ast.Break)
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            done = False
            for statement in block if isinstance(block, list) else ():
                if done:
                    lines |= {*range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)}
                done = done or isinstance(statement, ends)
        if isinstance(node, (ast.If, ast.While)) and "__debug__" in ast.dump(node.test):
            lines |= {*range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return lines
