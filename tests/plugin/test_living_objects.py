"""Objects that live longer than a test: what a constructor does shows in tests that never called it.

An application at module level makes its parts when it is first asked, so only one test executes their constructors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests, replace

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

STACK: Final = """\
import dataclasses

class Stack:
    def __init__(self, size):
        self.size = size

    def top(self):
        return self.size

    @staticmethod
    def empty():
        return 0

    @classmethod
    def kind(cls):
        return cls.__name__

    class Inner:
        def give(self):
            return 1

@dataclasses.dataclass
class Line:
    length: int

    def __post_init__(self):
        self.half = self.length // 2

    def middle(self):
        return self.half

class App:
    def __init__(self):
        self.stack = None
        self.line = None

    def call(self):
        if self.stack is None:
            self.stack = Stack(3)
        return self.stack.top()

    def measure(self):
        if not self.line:
            self.line = Line(4)
        return self.line.middle()
"""
TESTS: Final = "from pkg.app import App, Stack\n\nAPP = App()\n\n" + make_tests(
    first="assert APP.call() == 3",
    second="assert APP.call() == 3",
    first_line="assert APP.measure() == 2",
    second_line="assert APP.measure() == 2",
    static="assert Stack.empty() == 0",
    named="assert Stack.kind() == 'Stack'",
    inner="assert Stack.Inner().give() == 1",
    none="assert True",
)
FILES: Final = {"pkg/__init__.py": "", "pkg/app.py": STACK, "tests/test_app.py": TESTS}


def edit(old: str, new: str, *selected: str) -> Case:
    """An edit of the application."""
    return Case(FILES, {"pkg/app.py": replace(STACK, old, new)}, frozenset(selected))


MADE: Final = "    def __init__(self, size):\n        self.size = size\n\n"
CASES: Final = {  # a class method may make an object of its class, by another signature
    "body": edit("self.size = size", "self.size = size + 1", "first", "second"),
    "signature": edit(
        "def __init__(self, size):", "def __init__(self, size, more):", "first", "second", "named"
    ),
    "removed": edit(MADE, "", "first", "second", "named"),
    "post_init": edit("self.length // 2", "self.length // 3", "first_line", "second_line"),
}


@pytest.mark.parametrize("name", CASES)
def test_edit(name: str, recorded: Recorded, tmp_path: Path) -> None:
    """Who uses an object that another test may have made is selected with who made it."""
    check(CASES[name], recorded, tmp_path / "copy")
