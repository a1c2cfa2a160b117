"""Node ids of the test cases of JUnit files, by what producers write into them."""

from __future__ import annotations

import pytest

from pytest_txselect.report.readers.junit.naming import is_of_pytest, name_case, name_problem
from pytest_txselect.report.readers.junit.stream import Case, Suite


def make(suite: dict[str, str], above: str = "", **attributes: str) -> Case:
    """A test case in a suite."""
    return Case(Suite(suite, Suite({"name": above})), attributes, (), ())


PYTEST = {"name": "pytest"}
CASES = [
    # pytest, of both families
    (make(PYTEST, classname="tests.test_a", name="test_x"), "tests/test_a.py::test_x"),
    (
        make(PYTEST, classname="tests.test_a.TestA.TestB", name="test_x[1.0]"),
        "tests/test_a.py::TestA::TestB::test_x[1.0]",
    ),
    (make({"name": "other"}, "pytest", classname="test_a", name="test_x"), "test_a.py::test_x"),
    (
        make(PYTEST, classname="tests.test_a", name="test_x", file="tests/test_a.py"),
        "tests/test_a.py::test_x",
    ),
    (
        make(PYTEST, classname="tests.test_a.TestA", name="test_x", file="tests/test_a.py"),
        "tests/test_a.py::TestA::test_x",
    ),
    (
        make(PYTEST, classname="tests.test_a.TestA", name="x", file="./sub/tests/test_a.py"),
        "./sub/tests/test_a.py::TestA::x",
    ),
    (make(PYTEST, classname="TestA", name="test_x"), "TestA.py::test_x"),
    (make(PYTEST, name="test_x"), "pytest::test_x"),
    # others
    (make({"name": "cart"}, classname="com.acme.Cart", name="adds"), "com.acme.Cart::adds"),
    (make({"name": "cart"}, classname="adds", name="adds"), "cart::adds"),
    (make({}, name="adds"), "adds"),
    (make({"file": "src\\cart.js"}, classname="cart", name="adds"), "src/cart.js::adds"),
    (make({}, classname="adds", name="adds", file="src/cart.js"), "src/cart.js::adds"),
    (make({}, classname="src/cart.js", name="adds", file="src/cart.js"), "src/cart.js::adds"),
    (make({}, classname="Shop cart", name="adds", file="src/cart.js"), "src/cart.js::Shop cart::adds"),
]
PROBLEMS = [
    (make(PYTEST, classname="", name="tests.test_a"), "tests/test_a.py"),
    (make(PYTEST, classname="", name="tests.test_a.TestA"), "tests/test_a.py::TestA"),
    (make(PYTEST, classname="", name="tests/test_a.py"), "tests/test_a.py"),
    (make(PYTEST, name="test_a.py"), "test_a.py"),
    (make(PYTEST, classname="tests.test_a.TestA", name="test_x"), "tests/test_a.py::TestA::test_x"),
]


@pytest.mark.parametrize(("case", "name"), CASES, ids=[name for _, name in CASES])
def test_names(case: Case, name: str) -> None:
    """The file is what the case says it is, else what the name of its class says."""
    assert name_case(case) == name


@pytest.mark.parametrize(("case", "name"), PROBLEMS, ids=[name for _, name in PROBLEMS])
def test_problems(case: Case, name: str) -> None:
    """What could not be collected is a file, or a class of one."""
    assert name_problem(case) == name


def test_producer() -> None:
    """Pytest is known by the name of its suite, or of the one above."""
    assert is_of_pytest(make(PYTEST))
    assert is_of_pytest(make({"name": "x"}, "pytest"))
    assert not is_of_pytest(make({"name": "x"}))
