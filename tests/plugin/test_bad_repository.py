"""Git that is missing, asked for nonsense, or in the middle of something: an error or a loud widening."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from small_project import FILES, SmallProject, complained, ran, said

if TYPE_CHECKING:
    from pathlib import Path

A = ["tests/test_a.py::test_one", "tests/test_a.py::test_two"]
B = ["tests/test_b.py::test_b"]


def assert_everything(result: pytest.RunResult, slug: str) -> None:
    """Everything ran, with the reason in the header, and no traceback."""
    assert (ran(result), result.ret) == (A + B, 0)
    assert "everything runs: " in said(result)[0]
    assert not any("Traceback" in line for line in result.outlines + result.errlines)
    assert said(result)[0].endswith(f"[{slug}]")


@pytest.fixture
def bare(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    """The small project without a repository."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(pytester.path.parent))
    small = SmallProject(pytester)
    small.write(FILES)
    return small


@pytest.mark.parametrize("ref", ["HEAD", "auto", "a..b", ""])
def test_no_repository(bare: SmallProject, ref: str) -> None:
    """Outside of a repository everything runs, whatever was asked for."""
    assert_everything(bare.run(ref=ref), "no-repository")


def test_no_repository_as_an_error(bare: SmallProject) -> None:
    """The same doubt as an error, in one line."""
    result = bare.run("--txselect-on-doubt=error")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = complained(result)
    assert line.endswith("[no-repository]")


def test_no_git(project: SmallProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a git command everything runs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    result = project.run()
    assert_everything(result, "no-git")
    assert "the git command cannot be started" in said(result)[0]


def test_git_that_fails(project: SmallProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A git command that breaks in the middle makes everything run."""
    git = subprocess.run(["/bin/sh", "-c", "command -v git"], capture_output=True, text=True, check=True)
    script = tmp_path / "git"
    script.write_text(
        f'#!/bin/sh\ncase "$*" in *diff-index*) echo "fatal: broken" >&2; exit 128;; esac\n'
        f'exec {git.stdout.strip()} "$@"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    result = project.run()
    assert_everything(result, "git-failed")
    assert "fatal: broken" in said(result)[0]


REFS = {
    "unknown": ("no-such-branch", "unknown-ref"),
    "empty": ("", "empty-ref"),
    "blank": (" ", "empty-ref"),
    "option": ("-n", "option-like-ref"),
    "long option": ("--output=x", "option-like-ref"),
    "range to nothing known": ("HEAD..nope", "unknown-ref"),
    "option in a range": ("HEAD..--output=x", "option-like-ref"),
    "three parts": ("HEAD..HEAD..HEAD", "unknown-ref"),
    "newline": ("HEAD\nHEAD", "unknown-ref"),
    "a path": ("pkg/a.py", "unknown-ref"),
    "a tree": ("HEAD^{tree}", "unknown-ref"),
    "long": ("x" * 5000, "unknown-ref"),
    "not UTF-8": ("\udcff", "unknown-ref"),
}


@pytest.mark.parametrize("name", REFS)
def test_wrong_ref(project: SmallProject, name: str) -> None:
    """A revision that cannot be meant is one line, and nothing runs or is written."""
    ref, slug = REFS[name]
    result = project.run(ref=ref)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = complained(result)
    assert line.startswith("ERROR: txselect: ")
    assert line.endswith(f"[{slug}]")
    assert not (project.pytester.path / "x").exists()


def test_ambiguous_ref(project: SmallProject) -> None:
    """A name that a branch and a tag have is not guessed about."""
    project.git("tag", "twice")
    project.commit({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    project.git("branch", "twice")
    result = project.run(ref="twice")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = complained(result)
    assert line.endswith("[ambiguous-ref]")


def test_option_without_a_value(project: SmallProject) -> None:
    """`--impacted-by -x` is pytest's usage error: the option needs a value."""
    result = project.run("--impacted-by", "-x", ref=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert any("expected one argument" in line for line in result.errlines)


def test_no_commits(bare: SmallProject) -> None:
    """In a repository without commits everything runs."""
    bare.git("init", "-q")
    assert_everything(bare.run(), "no-commits")


def test_no_commits_and_another_ref(bare: SmallProject) -> None:
    """A revision that cannot exist there is an error, or everything runs; it is never nothing."""
    bare.git("init", "-q")
    result = bare.run(ref="main")
    assert result.ret == pytest.ExitCode.USAGE_ERROR or ran(result) == A + B


@pytest.fixture
def shallow(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make the project a shallow clone of one with three commits, and name the absent first."""
    first = project.git("rev-parse", "HEAD")
    project.commit({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    project.commit({"README.md": "Hello"})
    origin = project.pytester.path.parent / f"{project.pytester.path.name}-origin"
    project.git("clone", "-q", "--bare", ".", str(origin))
    clone = project.pytester.mkdir("clone")
    project.git("clone", "-q", "--depth=1", origin.as_uri(), str(clone))
    monkeypatch.chdir(clone)
    return first


def test_shallow_clone(project: SmallProject, shallow: str) -> None:
    """The base is not there: everything runs, and the fetch that would help is said."""
    result = project.run("--rootdir=.", ref=shallow)
    assert_everything(result, "base-missing")
    assert "git fetch" in said(result)[0]


def test_shallow_clone_deepened(project: SmallProject, shallow: str) -> None:
    """`--txselect-deepen` fetches it, and the selection is narrow."""
    result = project.run("--rootdir=.", "--txselect-deepen", ref=shallow)
    assert (ran(result), result.ret) == (A, 0)


def test_merge_in_progress(project: SmallProject) -> None:
    """Between two versions, conflict markers in the file: who reaches it runs, with the place."""
    project.git("checkout", "-q", "-b", "other")
    project.commit({"pkg/a.py": "def give():\n    return 1 * 1\n"})
    project.git("checkout", "-q", "main")
    project.commit({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    with pytest.raises(subprocess.CalledProcessError):
        project.git("merge", "other")
    result = project.run("--co")
    assert said(result)[1].startswith("txselect: in doubt: pkg/a.py:2: ")
    assert said(result)[0].endswith("1 of 2 test files can be affected")
    assert result.ret == pytest.ExitCode.INTERRUPTED  # the conflict itself cannot be imported


@pytest.mark.parametrize("state", ["rebase", "bisect", "detached"])
def test_other_states(project: SmallProject, state: str) -> None:
    """A rebase that stopped, a bisection, a detached HEAD: the selection is the usual one."""
    base = project.git("rev-parse", "HEAD")
    project.commit({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    project.git("checkout", "-q", "--detach")
    if state == "bisect":
        project.git("bisect", "start")
    elif state == "rebase":
        with pytest.raises(subprocess.CalledProcessError):
            project.git("rebase", "--exec", "false", base)
    result = project.run(ref=base)
    assert (ran(result), result.ret) == (A, 0)


def test_index_that_is_locked(project: SmallProject) -> None:
    """Another git at work does not stop us, and we do not touch its lock."""
    lock = project.pytester.path / ".git" / "index.lock"
    lock.write_bytes(b"")
    project.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    result = project.run()
    assert (ran(result), result.ret) == (A, 0)
    assert lock.exists()


def test_damaged_object(project: SmallProject) -> None:
    """The old version of a changed file is lost: everything runs."""
    name = project.git("rev-parse", "HEAD:pkg/a.py")
    project.pytester.path.joinpath(".git", "objects", name[:2], name[2:]).unlink()
    project.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    assert_everything(project.run(), "object-missing")
