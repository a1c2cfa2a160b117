"""Whether the name of a class is only compared with, by tables and against the trees of the standard library."""

from __future__ import annotations

import ast
import sysconfig
import warnings
from pathlib import Path

import pytest

from pytest_txselect.source.compared import find_compared
from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import COMPARED, FileFacts
from pytest_txselect.source.scanner import scan

LIBRARY = Path(sysconfig.get_path("stdlib"))


@pytest.mark.parametrize(
    "text",
    [
        'if x == "Oven": pass',
        "if x == 'Oven': pass",
        'y = 1 if x != "Oven" else 2',
        'f(x == "Oven")',
        'if x in ["Oven", "Stove"]: pass',
        'if x in ("Oven",): pass',
        'if x in {"Stove", "Oven"}: pass',
        "if x in ['Stove', 'Oven']: pass",
        'if x not in ["Oven"]: pass',
        'if not x in ["Oven"]: pass',
        'if a and (x.y(1)["b"] in ["Oven"]): pass',
        'if a or (\n    x in ["Oven"]\n): pass',
        'while x in ["Oven"]: pass',
        'if x in [\n    "Stove",  # the "Stove"\n    "Oven",\n] and y: pass',
        'if x in ["Oven"] or x == "Oven": pass',
        'if x in ["Stove", "Oven"] + more: pass',
    ],
)
def test_what_is_only_compared_with(text: str) -> None:
    """A name that stands nowhere but in comparisons is found, and the facts of the file keep it beside the mark."""
    facts = read_facts(f"{text}\n".encode())
    assert isinstance(facts, FileFacts)
    assert {"Oven", COMPARED + "Oven"} <= facts.strings


@pytest.mark.parametrize(
    "text",
    [
        'for x in ["Oven", "Stove"]: f(x)',
        'y = [f(x) for x in ("Oven", "Stove")]',
        'y = [f(x) for x in a if b for x in ["Oven"]]',
        'y = [f(x) for  # if\n x in ["Oven"]]',
        'y = [f(x) for  # and (\n x in ["Oven"]]',
        'for x[a and b] in ["Oven"]: f(x)',
        'for a, x in ["Oven"]: f(x)',
        'x = "Oven"',
        'x = "Oven" if x == "Oven" else None',
        'f("Oven") if x == "Oven" else None',
        'f(name="Oven") if x == "Oven" else None',
        'f({"Oven": 1}) if x == "Oven" else None',
        'def f(x="Oven"): return x == "Oven"',
        'if x == (y := "Oven"): f(y)',
        'if x == ("Oven"): pass',
        'if x == f("Oven"): pass',
        'if x in f("Oven"): pass',
        'if x in [f("Oven")]: pass',
        'if x in {"Oven": 1}: pass',
        'if x in [y, "Oven"]: pass',
        'assert x == "Oven"',
        'assert (\n    x\n    == "Oven"\n)',
        'assert y or x in ["Oven"]',
        'self.assertTrue(x == "Oven")',
        'match x:\n    case "Oven": pass',
        'if x == b"Oven": pass',
        'if x == """Oven""": pass',
        'if x == "Oven": f("Ov" "en")',
        'if x == "Oven": f("""Oven""")',
        'if x == "Oven": f(b"Oven")',
        'if x == "Oven": f(f"Oven")',
        'if x == "Oven": f(f"{y}Oven")',
        'if x == "Oven": f("\\x4fven")',
        'if x == "Oven": f(f"{y[\'Oven\']}")',
        'f("Ov" "en")  # x == "Oven"',
        'NAMES = [  # if x in [\n    "Oven",\n]',
        'f("if x in [", "Oven", "]")',
        'f("if x in [", \'Oven\', "]")',
        'f("x == ", "Oven")',
        'if x == \'Oven"\': f("Oven")',
    ],
)
def test_what_may_be_a_name_that_is_asked_for(text: str) -> None:
    """A name that may be given to anything, or is expected by an assertion, is none that is only compared with."""
    ast.parse(text)
    for whole in (False, True):
        facts = read_facts(f"{text}\n".encode(), whole=whole)
        assert isinstance(facts, FileFacts)
        assert "Oven" in facts.strings
        assert COMPARED + "Oven" not in facts.strings


def test_names_of_other_things_are_not_looked_for() -> None:
    """Words in small or in capital letters are compared with everywhere, and name no class."""
    source = b'if x == "oven" or x == "OVEN" or x in ["A", "b", "A-b", "A b"]: pass\n'
    scanned = scan(source)
    assert scanned is not None
    assert find_compared(["oven", "OVEN", "A", "b", "A-b", "A b"], source, scanned.codes) == set()


FEW = 10
"""Files of a folder that some distributions of Python leave out but for these."""


def given_elsewhere(tree: ast.Module) -> set[object]:
    """The strings that stand anywhere but as operands of `==` and `!=`, or in displays behind `in`."""
    compared: set[int] = set()
    for node in ast.walk(tree):
        for operator, operand in (
            zip(node.ops, node.comparators, strict=True) if isinstance(node, ast.Compare) else ()
        ):
            # what operators other than comparisons make of it is compared as well
            while isinstance(operand, ast.BinOp):
                operand = operand.left  # noqa: PLW2901 - where the text begins
            if isinstance(operator, ast.In | ast.NotIn):
                compared.update(
                    map(
                        id, operand.elts if isinstance(operand, ast.List | ast.Tuple | ast.Set) else [operand]
                    )
                )
            compared.add(id(operand))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {
        node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in compared | alone
    }


@pytest.mark.parametrize(
    "place", ["", "asyncio", "email", "idlelib", "test", "tkinter", "unittest", "xml/dom"]
)
def test_the_standard_library(place: str) -> None:
    """No name that counts as only compared with stands anywhere else in the tree."""
    found = 0
    paths = sorted((LIBRARY / place).glob("*.py"))
    for path in paths:
        source = path.read_bytes()
        scanned = scan(source)
        compared = find_compared(scanned.constants, source, scanned.codes) if scanned else frozenset()
        found += len(compared)
        if compared:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                assert compared.isdisjoint(given_elsewhere(ast.parse(source))), path
    assert found or place not in {"", "test"} or len(paths) < FEW


@pytest.mark.parametrize(
    "condition",
    [
        'x == "Oven"',
        "x != 'Oven'",
        'x in ["Oven"]',
        'x in [\n    "Oven",\n]',
        'x in (  # of these\n    "Oven", "Stove")',
        'x in {"Stove", "Oven"}',
        "f(f\"{x == 'Oven'}\")",
    ],
)
def test_whatever_stands_between_an_operator_and_a_name(condition: str) -> None:
    """How the code in front of a string ends tells where names are compared with, over lines and comments and in f-strings."""
    source = f"if {condition}: pass\n".encode()
    scanned = scan(source)
    assert scanned is not None
    assert "Oven" in find_compared(scanned.constants, source, scanned.codes)
