"""Words that several readers of sources look for."""

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "COPYING",
    "DOC_READERS",
    "DOTS",
    "ELSEWHERE",
    "GIT_LISTING",
    "LISTING",
    "NAME",
    "PLACES",
    "PYTHON",
    "RUNNING",
    "STARTING",
    "TOOLS",
]

NAME: Final = re.compile(r"[^\W\d]\w*")
"""What may be a name in a text."""
LISTING: Final = frozenset({"glob", "iglob", "iterdir", "listdir", "rglob", "scandir", "walk"})
"""Functions that list folders."""
COPYING: Final = frozenset({"compile_dir", "copy_example", "copytree", "make_archive", "run_path"})
"""Functions that take a folder as a whole."""
DOC_READERS: Final = frozenset({"__doc__", "getdoc", "getcomments", "pydoc"})
"""What reads docstrings, beside `help`, which is also the name of many an option."""
PLACES: Final = frozenset({"cwd", "getcwd", "invocation_params", "rootdir", "rootpath", "startpath"})
"""What gives a place in the repository to a file that does not mention its own."""
ELSEWHERE: Final = PLACES | {
    "curdir", "find_spec", "getfile", "getsourcefile", "pardir", "submodule_search_locations",
}  # fmt: skip
"""Names that lead to another place than the file's own."""
DOTS: Final = frozenset({".", "..", "./", "../"})
"""Strings that may be a folder which is not named, or are put between names."""
GIT_LISTING: Final = "ls-files"
"""The argument of git that lists a repository."""
RUNNING: Final = frozenset(
    {"Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput", "popen", "run", "system"}
)
"""Names with which code starts a program."""
STARTING: Final = RUNNING | {"Run", "main"}
"""Names with which code starts a tool: as a program, or in its own process."""
TOOLS: Final = frozenset({
    "autoflake", "autopep8", "bandit", "basedpyright", "black", "codespell", "compileall", "deptry", "flake8", "importlinter",
    "interrogate", "isort", "lint-imports", "mypy", "nose2", "pre-commit", "py.test", "pycodestyle", "pydocstyle", "pyflakes",
    "pylint", "pyre", "pyright", "pytest", "pytype", "pyupgrade", "radon", "ruff", "stubtest", "tach", "unittest", "vulture",
    "xenon", "yapf",
})  # fmt: skip
"""Programs that read every Python file below what they are given."""
PYTHON: Final = frozenset({"python", "python3"})
"""Names of Python as a program."""
