"""Files that cannot be read, parsed or decoded, and names that no one would choose."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from small_project import ran, said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from small_project import SmallProject

REACHING = "def test_odd():\n    if test_odd is None:\n        import pkg.odd\n"
"""Depends on `pkg.odd`, and never imports it when it runs."""
A = ["tests/test_a.py::test_one", "tests/test_a.py::test_two"]
ODD = ["tests/test_odd.py::test_odd"]
CONTENTS: Mapping[str, bytes] = {
    "does not parse": b"def (\n",
    "undecodable": b"x = '\xff\xfe'\n",
    "unknown encoding": b"# -*- coding: no-such -*-\nx = 1\n",
    "wrong encoding": "# -*- coding: ascii -*-\nx = 'é'\n".encode(),
    "null bytes": b"x = 1\0\n",
    "parentheses": b"x = " + b"(" * 10_000 + b")" * 10_000 + b"\n",
    "brackets": b"x = " + b"[" * 10_000 + b"]" * 10_000 + b"\n",
    "minus signs": b"x = " + b"-" * 100_000 + b"1\n",
    "attributes": b"x = a" + b".a" * 100_000 + b"\n",
    "sums": b"x = 1" + b" + 1" * 50_000 + b"\n",
    "indentation": b"".join(b" " * n + b"if x:\n" for n in range(150)) + b" " * 150 + b"pass\n",
    "nested functions": b"".join(b" " * n + b"def f():\n" for n in range(90)) + b" " * 90 + b"pass\n",
    "digits": b"x = " + b"9" * 100_000 + b"\n",
    "empty": b"",
    "form feed": b"\x0c\x0c\n",
    "byte order mark": b"\xef\xbb\xbfx = 1\n",
    "carriage returns": b"x = 1\ry = 2\r",
    "unterminated": b'x = """',
    "surrogate escape": b"x = '\\ud800'\n",
    "50 MB": b"x = 1  # " + b"y" * 50_000_000 + b"\n",
    "50 MB of statements": b"x = 1\n" * 8_400_000,
}


@pytest.fixture
def odd(project: SmallProject) -> SmallProject:
    """The small project with a test that depends on `pkg/odd.py`."""
    project.commit({"pkg/odd.py": "x = 1 + 1\n", "tests/test_odd.py": REACHING})
    return project


def assert_calm(result: pytest.RunResult) -> None:
    """No traceback of ours."""
    text = result.outlines + result.errlines
    assert not any("Traceback" in line or "INTERNALERROR" in line for line in text)


@pytest.mark.parametrize("name", CONTENTS)
def test_new_content(odd: SmallProject, name: str) -> None:
    """A file that becomes odd runs whoever reaches it, and nobody else."""
    odd.write({"pkg/odd.py": CONTENTS[name]})
    result = odd.run()
    assert_calm(result)
    assert (ran(result), result.ret) == (ODD, 0)


@pytest.mark.parametrize("name", [name for name in CONTENTS if "50 MB" not in name])
def test_old_content(odd: SmallProject, name: str) -> None:
    """A file that was odd and is mended does the same."""
    odd.commit({"pkg/odd.py": CONTENTS[name]})
    odd.write({"pkg/odd.py": "x = 1 + 2\n"})
    result = odd.run()
    assert_calm(result)
    assert (ran(result), result.ret) == (ODD, 0)


@pytest.mark.parametrize("name", ["does not parse", "undecodable", "parentheses", "null bytes", "50 MB"])
def test_odd_file_may_depend_on_everything(odd: SmallProject, name: str) -> None:
    """A file that nobody can read is taken to depend on whatever changed."""
    odd.commit({"pkg/odd.py": CONTENTS[name]})
    odd.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    result = odd.run()
    assert_calm(result)
    assert (ran(result), result.ret) == (A + ODD, 0)


def make_loop(place: Path) -> None:
    """A symbolic link to itself."""
    place.symlink_to(place.name)


def make_chain(place: Path) -> None:
    """Two symbolic links to each other."""
    place.with_name("odd_2.py").symlink_to(place.name)
    place.symlink_to("odd_2.py")


def make_broken_link(place: Path) -> None:
    """A symbolic link to nowhere."""
    place.symlink_to("nowhere.py")


def make_outer_link(place: Path) -> None:
    """A symbolic link to what is outside of the repository and never ends."""
    place.symlink_to("/dev/zero")


def make_socket(place: Path) -> None:
    """A socket."""
    here = os.getcwd()  # noqa: PTH109 - a socket's path is short only from its own folder
    os.chdir(place.parent)
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(place.name)
    finally:
        os.chdir(here)


def make_pipe(place: Path) -> None:
    """A named pipe, which blocks whoever opens it."""
    os.mkfifo(place)


def make_folder(place: Path) -> None:
    """A folder with the name of a module."""
    place.mkdir()
    place.joinpath("inner.py").write_text("x = 1\n")


def make_unreadable(place: Path) -> None:
    """A file that may not be read (unless by root)."""
    place.write_text("x = 1 + 3\n")
    place.chmod(0)


KINDS = [
    make_loop,
    make_chain,
    make_broken_link,
    make_outer_link,
    make_socket,
    make_pipe,
    make_folder,
    make_unreadable,
]


@pytest.mark.parametrize("make", KINDS)
def test_no_regular_file(odd: SmallProject, make: Callable[[Path], None]) -> None:
    """Where a module was there is something else: whoever reaches it runs, and nothing hangs."""
    place = odd.pytester.path / "pkg" / "odd.py"
    place.unlink()
    make(place)
    result = odd.run("tests")
    assert_calm(result)
    assert (ran(result), result.ret) == (ODD, 0)


@pytest.mark.parametrize("make", KINDS)
def test_no_regular_file_beside(odd: SmallProject, make: Callable[[Path], None]) -> None:
    """Something odd that is new, below a folder of tests, disturbs nobody else."""
    make(odd.pytester.path / "tests" / "data.py")
    odd.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    result = odd.run("tests")
    assert_calm(result)
    assert set(A) <= set(ran(result))
    assert result.ret == 0


NAMES = [
    *(b" a b", b"'q'", b'"qq"', b"new\nline", b"tab\t", b"back\\slash", b"-x", b"--co", b"*[x]?", b"%s{0}"),
    *("é".encode(), "e\u0301".encode(), "\u202e".encode(), b"a:b", b"$HOME", b"`ls`"),
]
"""Hard to quote, to print, or to tell from an option."""


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_odd_names(project: SmallProject, name: bytes) -> None:
    """A test file, a module of a data file and a folder with odd names are found and told on one line."""
    text = os.fsdecode(name)
    files = {
        f"tests/{text}/test_{text}.py": "def test_x():\n    assert 1\n",
        f"tests/{text}/{text}.py": "x = 1\n",
        f"tests/{text}/{text}.dat": "1",
    }
    project.commit(files)
    assert ran(project.run("--import-mode=importlib")) == []
    project.write({f"tests/{text}/test_{text}.py": "def test_x():\n    assert 2\n"})
    result = project.run("--import-mode=importlib", "--txselect-explain")
    assert_calm(result)
    result.assert_outcomes(passed=1)
    assert len([line for line in said(result) if "the body of the test changed" in line]) == 2
    project.write({f"tests/{text}/{text}.dat": "2"})
    result = project.run("--import-mode=importlib", "--txselect-explain")
    assert_calm(result)
    assert result.parseoutcomes()["passed"] >= 1
    assert "in doubt: " in "".join(said(result))


def test_names_that_are_no_text(project: SmallProject) -> None:
    """Bytes that are not UTF-8 in names survive, and are shown as escapes."""
    name = os.fsdecode(b"\xff\xfe")
    place = project.pytester.path / "tests"
    try:
        place.joinpath(f"{name}.probe").touch()
    except OSError:
        pytest.skip("this file system takes only names that are UTF-8")
    place.joinpath(f"{name}.probe").unlink()
    project.commit({f"tests/test_{name}.py": "import pkg.a\n\ndef test_x():\n    pass\n"})
    project.write({"pkg/a.py": "def give():\n    return 1 + 0\n", f"docs/{name}.md": "1"})
    quiet = ("-q", "-p", "no:cacheprovider", "--import-mode=importlib")  # the cache knows no such names
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, "--impacted-by=HEAD", "--txselect-explain"],
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stdout + done.stderr
    assert b"; 2 of 3 test files can be affected\n" in done.stdout
    assert b"txselect: tests/test_\\udcff\\udcfe.py: depends on a changed file\n" in done.stdout
    assert done.returncode == 0


def test_cycle(project: SmallProject) -> None:
    """Modules that import each other are reached from each other."""
    project.commit(
        {
            "pkg/a.py": "import pkg.b\n\ndef give():\n    return 1\n",
            "pkg/b.py": "import pkg.c\n\ndef give():\n    return 2\n",
            "pkg/c.py": "import pkg.a\nimport pkg.c\n",
            "tests/test_c.py": "import pkg.c\n\ndef test_c():\n    pass\n",
        }
    )
    project.write({"pkg/c.py": "import pkg.a\nimport pkg.c\nx = 1\n"})
    result = project.run()
    assert (len(ran(result)), result.ret) == (4, 0)


MISTAKES = """\
[tool.txselect]
on_dout = "run"
unknown = "perhaps"
neutral = "docs/**"
always = [1]
record = 3

[tool.other]
"""


def test_five_mistakes(project: SmallProject) -> None:
    """A configuration with five mistakes: all five in one go, each with its line."""
    project.write({"pyproject.toml": MISTAKES})
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    lines = [line for line in result.errlines if "pyproject.toml:" in line]
    assert sorted(line.partition("pyproject.toml:")[2].partition(":")[0] for line in lines) == list("23456")
    assert_calm(result)


def test_configuration_that_is_no_toml(project: SmallProject) -> None:
    """A configuration that does not parse is one line with its place."""
    project.write({"txselect.toml": "x = = 1\n"})
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.errlines if line]
    assert "txselect.toml:1" in line
    assert line.endswith("[invalid-toml]")
