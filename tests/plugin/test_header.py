"""What is said on the screen, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_project import complained, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from small_project import SmallProject

TWO = (
    "from pkg.a import give\n\ndef test_one():\n    assert give() == 1\n\n"
    "def test_two():\n    assert give() not in (2, 3)\n"
)
HEADERS: dict[str, tuple[Mapping[str, str], Sequence[str]]] = {
    "nothing": ({}, ["no file changed since HEAD ({}); 0 of 2 test files can be affected"]),
    "neutral": (
        {"README.md": "Hello"},
        ["1 file changed since HEAD ({}); 0 of 2 test files can be affected"],
    ),
    "module": (
        {"pkg/a.py": "def give():\n    return 1 + 0\n"},
        ["1 file changed since HEAD ({}); 1 of 2 test files can be affected"],
    ),
    "single test": (
        {"tests/test_a.py": TWO, "pkg/b.py": "def give():\n    return 2 + 0\n"},
        ["2 files changed since HEAD ({}); 2 of 2 test files can be affected (of some only single tests: 1)"],
    ),
    "ground": (
        {"pytest.ini": "[pytest]\n"},
        ["1 file changed since HEAD ({}); everything runs: pytest.ini: modified (built-in rule pytest.ini)"],
    ),
    "doubt": (
        {"pkg/a.py": "def give(:\n"},
        [
            "1 file changed since HEAD ({}); 1 of 2 test files can be affected",
            "in doubt: pkg/a.py:1: invalid syntax; whoever reaches it runs [unparsed-file]",
        ],
    ),
}


@pytest.mark.parametrize("name", HEADERS)
def test_header(project: SmallProject, name: str) -> None:
    """One line for the selection, and one for each doubt."""
    files, expected = HEADERS[name]
    commit = project.git("rev-parse", "HEAD")[:7]
    project.write(files)
    assert said(project.run()) == [f"txselect: {line.format(commit)}" for line in expected]


@pytest.mark.parametrize(("quiet", "lines"), [("-v", 1), ("-q", 1), ("-qq", 0)])
def test_quiet(project: SmallProject, quiet: str, lines: int) -> None:
    """`-q` keeps the one line, `-qq` nothing."""
    assert len(said(project.run(quiet))) == lines


def test_two_trees(project: SmallProject) -> None:
    """Two trees are told by both their commits."""
    base = project.git("rev-parse", "HEAD")[:7]
    head = project.commit({"pkg/a.py": "def give():\n    return 1 + 0\n"})[:7]
    project.git("tag", "old", "HEAD~1")
    assert said(project.run(ref="old..HEAD")) == [
        f"txselect: 1 file changed since old ({base}) up to {head}; 1 of 2 test files can be affected"
    ]


def test_many_doubts(project: SmallProject) -> None:
    """Of many doubts a few are told, and how many more there are."""
    names = [f"broken_{number}" for number in range(7)]
    project.commit({f"pkg/{name}.py": "" for name in names})
    project.commit({"tests/test_c.py": "\n".join(f"import pkg.{name}" for name in names)})
    project.write({f"pkg/{name}.py": "def (" for name in names})
    lines = said(project.run())[1:]
    assert len(lines) == 6
    assert all(line.endswith("[unparsed-file]") for line in lines[:-1])
    assert lines[-1] == "txselect: in doubt: and 2 more"


EDITS_OF_B = "name give (line 1), test_b removed (line 3), test_one added (line 3), and 1 more"


def test_explanation(project: SmallProject) -> None:
    """Every file with its chain of reasons, counts by reason, and what means nothing."""
    project.write(
        {"pkg/a.py": "def give():\n    return 1 + 0\n", "tests/test_b.py": TWO, "README.md": "Hello"}
    )
    result = project.run("--txselect-explain")
    assert said(result)[1:] == [
        f"txselect: {line}"
        for line in (
            "tests/test_a.py: depends on a changed file",
            "    tests/test_a.py:1 imports pkg/a.py",
            "    pkg/a.py changed: body of give (line 1)",
            "tests/test_b.py: changed itself",
            f"    tests/test_b.py changed: {EDITS_OF_B}",
            "1 file: depends on a changed file",
            "1 file: changed itself",
            "README.md: affects nothing (built-in rule README.md)",
        )
    ]


def test_explanation_of_everything(project: SmallProject) -> None:
    """Where everything runs, the header has the reason, and there is nothing to add."""
    project.write({"pytest.ini": "[pytest]\n"})
    assert len(said(project.run("--txselect-explain"))) == 1


def test_explanation_survives_quiet(project: SmallProject) -> None:
    """What was asked for is shown with `-q` too."""
    project.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    assert len(said(project.run("--txselect-explain", "-q"))) == 5


def test_explanation_tells_of_doubts(project: SmallProject) -> None:
    """Once, whether there is a header or not: they say what to do."""
    project.write({"tools/Dockerfile": ""})
    for options in ((), ("-q",), ("-qq",)):
        doubts = [line for line in said(project.run("--txselect-explain", *options)) if "in doubt: " in line]
        assert len(doubts) == 1
        assert doubts[0].endswith('configure neutral = ["tools/Dockerfile"] [unknown-file]')


def test_doubt_as_an_error(project: SmallProject) -> None:
    """With `--txselect-on-doubt=error` each doubt is told, and nothing runs."""
    project.write({"pkg/a.py": "def (", "pkg/b.py": "x = = 1"})
    result = project.run("--txselect-on-doubt=error")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert complained(result) == [
        "ERROR: txselect: in doubt: pkg/a.py:1: invalid syntax; whoever reaches it runs [unparsed-file]",
        "ERROR: txselect: in doubt: pkg/b.py:1: invalid syntax; whoever reaches it runs [unparsed-file]",
    ]


def test_doubt_as_a_configured_error(project: SmallProject) -> None:
    """The same by configuration, and the option overrides it."""
    project.commit({"txselect.toml": 'on_doubt = "error"\n'})
    project.write({"pkg/a.py": "def ("})
    assert project.run().ret == pytest.ExitCode.USAGE_ERROR
    assert project.run("--txselect-on-doubt=run").ret != pytest.ExitCode.USAGE_ERROR


def test_recorded_without_evidence(project: SmallProject) -> None:
    """Evidence that is asked for and is not there is an error."""
    result = project.run("--txselect-mode=recorded")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    expected = (
        f"ERROR: txselect: {project.pytester.path / '.txselect'}: nothing is recorded for this Python here; record a run with "
        "--txselect-record first, or use --txselect-mode=auto [no-evidence]"
    )
    assert complained(result) == [expected]
