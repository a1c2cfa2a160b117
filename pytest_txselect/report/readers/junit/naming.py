"""Node ids for the test cases of JUnit files, which have a class name, a name and sometimes a file."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pytest_txselect.report.readers.junit.stream import Case

__all__ = ["is_of_pytest", "name_case", "name_problem"]

_DEEPEST: Final = 64  # folders of a module's name


def is_of_pytest(case: Case) -> bool:
    """Tell whether pytest wrote the case, in the family xunit2, whose class names are modules and classes."""
    above = case.suite.above
    return "pytest" in {case.suite.name, above.name if above else ""}


def name_case(case: Case) -> str:
    """Make a node id: `tests/test_a.py::TestX::test_y` for Python, `com.acme.CartTest::adds` for others."""
    classname, name = case.attributes.get("classname", ""), case.attributes.get("name", "")
    file = (case.attributes.get("file") or case.suite.attributes.get("file") or "").replace("\\", "/")
    if file:
        names = _strip_module(classname, file)
        return "::".join([file, *names, name]) if names != [name] else f"{file}::{name}"
    if is_of_pytest(case) and classname:
        path, classes = _split_module(classname)
        return "::".join([path, *classes, name])
    first = classname if classname and classname != name else case.suite.name
    return f"{first}::{name}" if first else name


def name_problem(case: Case) -> str:
    """Make the node id of what pytest could not collect: the name is a module, or a class in one."""
    classname, name = case.attributes.get("classname", ""), case.attributes.get("name", "")
    if classname:
        path, classes = _split_module(classname)
        return "::".join([path, *classes, name])
    if "/" in name or name.endswith(".py"):
        return name
    path, classes = _split_module(name)
    return "::".join([path, *classes])


def _split_module(dotted: str) -> tuple[str, list[str]]:
    """Split `tests.test_a.TestX` into a file and classes: classes are what begins with a capital at the end."""
    parts = dotted.split(".")
    number = len(parts)
    while number > 1 and parts[number - 1][:1].isupper():
        number -= 1
    return "/".join(parts[:number]) + ".py", parts[number:]


def _strip_module(classname: str, file: str) -> list[str]:
    """Strip from a class name what the file says already; a name that says something else is kept whole."""
    if not classname or classname == file:
        return []
    module = [part for part in posixpath.splitext(file)[0].split("/") if part not in {"", ".", ".."}]
    parts = classname.split(".")
    for begin in range(max(len(module) - _DEEPEST, 0), len(module)):
        tail = module[begin:]
        if parts[: len(tail)] == tail:
            return parts[len(tail) :]
    return [classname]
