"""What changed in a work tree, asked of real repositories."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from temporary_git import ENVIRONMENT, TemporaryGit, clone, make_repository, no_process_left

from pytest_txselect.changes.base import find_range
from pytest_txselect.changes.diff import find_changes
from pytest_txselect.changes.git import Git, find_repository
from pytest_txselect.changes.listing import quote_path
from pytest_txselect.changes.worktree import hash_files
from pytest_txselect.errors import GitError
from pytest_txselect.model import Change, ChangeKind, RepoPath

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repo(tmp_path: Path) -> TemporaryGit:
    """A repository with three files."""
    return make_repository(tmp_path / "r", {"a.py": "a = 1\n", "pkg/b.py": "b = 1\n", "pkg/c.py": "c = 1\n"})


def name_of(repo: TemporaryGit, path: str) -> str:
    """Return the object name that a file would have."""
    return repo.run("hash-object", path)


def test_an_unchanged_tree(repo: TemporaryGit) -> None:
    """Nothing changed, and every file is there with git's name for it."""
    survey = repo.survey()
    assert survey.changes.files == ()
    assert {path: entry.name for path, entry in survey.files.items()} == {
        path: name_of(repo, path) for path in ("a.py", "pkg/b.py", "pkg/c.py")
    }


def test_commits_staged_unstaged_and_untracked_are_one_change(repo: TemporaryGit) -> None:
    """Everything since the base counts, wherever it is, with the names that git knows."""
    base, old = repo.run("rev-parse", "HEAD"), name_of(repo, "a.py")
    repo.commit({"a.py": "a = 2\n"})
    repo.write(
        {"pkg/b.py": "b = 2\n", "pkg/c.py": "c = 2\n", "new.py": "", ".gitignore": "*.log\n", "x.log": ""}
    )
    repo.run("add", "pkg/b.py")
    survey = repo.survey("HEAD~1")
    by_path = {change.path: change for change in survey.changes.files}
    assert {path: change.kind.value for path, change in by_path.items()} == {
        ".gitignore": "added",
        "a.py": "modified",
        "new.py": "added",
        "pkg/b.py": "modified",
        "pkg/c.py": "modified",
    }
    assert by_path[RepoPath("a.py")] == Change(
        RepoPath("a.py"), ChangeKind.MODIFIED, old, name_of(repo, "a.py")
    )
    assert by_path[RepoPath("pkg/c.py")].new is None
    assert (survey.changes.base_commit, survey.changes.head_commit) == (base, None)
    assert {path: entry.name for path, entry in survey.files.items()} == {
        ".gitignore": None,
        "a.py": name_of(repo, "a.py"),
        "new.py": None,
        "pkg/b.py": name_of(repo, "pkg/b.py"),
        "pkg/c.py": name_of(repo, "pkg/c.py"),
    }


def test_a_rename_is_a_deletion_and_an_addition(repo: TemporaryGit) -> None:
    """Also where the configuration asks git to find renames."""
    repo.run("config", "diff.renames", "copies")
    repo.run("mv", "a.py", "z.py")
    assert repo.changed() == {"a.py": "deleted", "z.py": "added"}


def test_a_deleted_file(repo: TemporaryGit) -> None:
    """It is gone from the tree too, staged or not."""
    (repo.top / "a.py").unlink()
    repo.run("rm", "-q", "pkg/b.py")
    survey = repo.survey()
    assert [(change.path, change.kind, change.new) for change in survey.changes.files] == [
        ("a.py", ChangeKind.DELETED, None),
        ("pkg/b.py", ChangeKind.DELETED, None),
    ]
    assert list(survey.files) == ["pkg/c.py"]


@pytest.mark.parametrize("stage", [False, True])
def test_a_mode_alone_is_nothing(repo: TemporaryGit, stage: bool) -> None:
    """A chmod is no change; with an edit it is one."""
    for name in ("a.py", "pkg/b.py"):
        (repo.top / name).chmod(0o755)
    repo.write({"pkg/b.py": "b = 2\n"})
    if stage:
        repo.run("add", "-A")
    assert repo.changed() == {"pkg/b.py": "modified"}
    assert repo.survey().files[RepoPath("a.py")].name == name_of(repo, "a.py")


def test_touching_is_nothing(repo: TemporaryGit) -> None:
    """A new time with the old content is no change."""
    os.utime(repo.top / "a.py", (1, 1))
    assert repo.changed() == {}


def test_staged_and_taken_back(repo: TemporaryGit) -> None:
    """The work tree counts, not the index: neither for what changed nor for what is there."""
    old = name_of(repo, "a.py")
    repo.write({"a.py": "a = 2\n", "new.py": "n = 1\n"})
    repo.run("add", "-A")
    repo.write({"a.py": "a = 1\n"})
    (repo.top / "new.py").unlink()
    survey = repo.survey()
    assert survey.changes.files == ()
    assert survey.files[RepoPath("a.py")].name == old
    assert "new.py" not in survey.files


def test_a_file_becomes_a_folder_and_a_folder_a_file(repo: TemporaryGit) -> None:
    """Both paths are told apart."""
    (repo.top / "a.py").unlink()
    repo.write({"a.py/inner.py": "x = 1\n"})
    for name in ("b.py", "c.py"):
        (repo.top / "pkg" / name).unlink()
    (repo.top / "pkg").rmdir()
    repo.write({"pkg": "x"})
    expected = {
        "a.py": "deleted",
        "a.py/inner.py": "added",
        "pkg": "added",
        "pkg/b.py": "deleted",
        "pkg/c.py": "deleted",
    }
    assert repo.changed() == expected
    repo.commit()
    assert repo.changed("HEAD~1") == expected
    assert repo.changed("HEAD..HEAD~1") == {
        path: {"deleted": "added", "added": "deleted"}[kind] for path, kind in expected.items()
    }


def test_a_file_becomes_a_symbolic_link(repo: TemporaryGit) -> None:
    """The kind of file changed."""
    (repo.top / "a.py").unlink()
    (repo.top / "a.py").symlink_to("pkg/b.py")
    survey = repo.survey()
    assert {change.path: change.kind.value for change in survey.changes.files} == {"a.py": "modified"}
    assert survey.files[RepoPath("a.py")].mode == "120000"


def test_intent_to_add(repo: TemporaryGit) -> None:
    """`git add -N` makes a file known, not its content."""
    repo.write({"new.py": "n = 1\n"})
    repo.run("add", "-N", "new.py")
    survey = repo.survey()
    assert {change.path: change.kind.value for change in survey.changes.files} == {"new.py": "added"}
    assert survey.files[RepoPath("new.py")].name is None


@pytest.mark.parametrize("edited", [False, True])
def test_untracked_again(repo: TemporaryGit, edited: bool) -> None:
    """`git rm --cached` leaves the file: it is one path, changed only if its content did."""
    repo.run("rm", "-q", "--cached", "a.py")
    if edited:
        repo.write({"a.py": "a = 2\n"})
    survey = repo.survey()
    assert {change.path: change.kind.value for change in survey.changes.files} == (
        {"a.py": "modified"} if edited else {}
    )
    assert survey.files[RepoPath("a.py")].name == name_of(repo, "a.py")


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_flags_hide_nothing(repo: TemporaryGit, flag: str) -> None:
    """A file that git was told not to watch is compared all the same."""
    repo.run("update-index", flag, "a.py", "pkg/b.py")
    assert repo.changed() == {}
    repo.write({"a.py": "a = 2\n"})
    survey = repo.survey()
    assert {change.path: change.kind.value for change in survey.changes.files} == {"a.py": "modified"}
    assert survey.files[RepoPath("a.py")].name == name_of(repo, "a.py")


def test_flagged_and_changed_in_a_commit(repo: TemporaryGit) -> None:
    """The old version of a flagged file is the base's."""
    old = name_of(repo, "a.py")
    repo.commit({"a.py": "a = 2\n"})
    repo.run("update-index", "--assume-unchanged", "a.py")
    assert repo.survey("HEAD~1").changes.files == (Change(RepoPath("a.py"), ChangeKind.MODIFIED, old, None),)
    repo.write({"a.py": "a = 1\n"})
    assert repo.changed("HEAD~1") == {}


def test_a_flagged_file_that_is_absent(repo: TemporaryGit) -> None:
    """Assumed unchanged but gone is gone; left out by a sparse checkout is there as the index says."""
    repo.run("update-index", "--assume-unchanged", "a.py")
    repo.run("update-index", "--skip-worktree", "pkg/b.py")
    for name in ("a.py", "pkg/b.py"):
        (repo.top / name).unlink()
    survey = repo.survey()
    assert {change.path: change.kind.value for change in survey.changes.files} == {"a.py": "deleted"}
    assert sorted(survey.files) == ["pkg/b.py", "pkg/c.py"]


def test_a_flagged_symbolic_link(repo: TemporaryGit) -> None:
    """A link's content is where it points."""
    (repo.top / "link").symlink_to("a.py")
    repo.commit()
    repo.run("update-index", "--assume-unchanged", "link")
    assert repo.changed() == {}
    (repo.top / "link").unlink()
    (repo.top / "link").symlink_to("pkg")
    assert repo.changed() == {"link": "modified"}


def test_a_sparse_checkout(repo: TemporaryGit) -> None:
    """What the sparse checkout leaves out is not deleted."""
    repo.run("sparse-checkout", "set", "--no-cone", "/a.py")
    assert not (repo.top / "pkg").exists()
    assert repo.changed() == {}
    repo.write({"a.py": "a = 2\n"})
    assert repo.changed() == {"a.py": "modified"}


def test_a_merge_with_conflicts(repo: TemporaryGit) -> None:
    """An unmerged path is one change against the base, or none where it was put back as it was."""
    base = repo.run("rev-parse", "HEAD")
    repo.run("checkout", "-q", "-b", "other")
    repo.commit({"a.py": "a = 3\n", "pkg/b.py": "b = 3\n", "pkg/c.py": "c = 3\n", "both.py": "x = 1\n"})
    repo.run("checkout", "-q", "main")
    repo.commit({"a.py": "a = 2\n", "pkg/b.py": "b = 2\n", "pkg/c.py": "c = 2\n", "both.py": "x = 2\n"})
    repo.run("merge", "other", status=1)
    repo.write({"pkg/b.py": "b = 1\n"})
    (repo.top / "pkg/c.py").unlink()
    survey = repo.survey(base)
    assert {change.path: change.kind.value for change in survey.changes.files} == {
        "a.py": "modified",
        "both.py": "added",
        "pkg/c.py": "deleted",
    }
    assert survey.files[RepoPath("a.py")].name == name_of(repo, "a.py")
    assert "pkg/c.py" not in survey.files


def test_a_rebase_that_stopped(repo: TemporaryGit) -> None:
    """HEAD is detached and a path unmerged; the base is found as ever."""
    base = repo.run("rev-parse", "HEAD")
    repo.run("checkout", "-q", "-b", "other")
    repo.commit({"a.py": "a = 3\n"})
    repo.run("checkout", "-q", "main")
    repo.commit({"a.py": "a = 2\n"})
    repo.run("checkout", "-q", "other")
    repo.run("rebase", "main", status=1)
    assert repo.changed("main") == {"a.py": "modified"}
    assert repo.survey("main~1").changes.base_commit == base


NAMES = [
    "with space.py", 'quo"te.py', "new\nline.py", "ta\tb.py", "back\\slash.py", "-leading.py", "--help",
    "été.py",
    "\udcff\udcfe.py", "*.py", ":(top)x", "#x", "dir with\nnewline/x.py", "'", "\x01",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_survive(tmp_path: Path, name: str) -> None:
    """Whatever bytes a name has, it is found untracked, staged, committed, hashed and read."""
    repo = make_repository(tmp_path / "r", {"a.py": ""})
    repo.write({name: "x = 1\n"})
    assert repo.changed() == {name: "added"}
    repo.run("add", "-A")
    assert repo.changed() == {name: "added"}
    repo.commit()
    assert repo.changed("HEAD~1..HEAD") == {name: "added"}
    assert RepoPath(name) in repo.git.list_tree("HEAD")
    blob = repo.git.list_index()[RepoPath(name)].name
    assert hash_files(repo.git, [RepoPath(name)]) == {name: ("100644", blob)}
    (repo.top / name).chmod(0o755)
    assert repo.changed() == {}


def test_quoting_is_understood_by_git(repo: TemporaryGit) -> None:
    """Every byte that a name can have comes back from the lines that git reads."""
    names = [
        RepoPath(bytes([byte]).decode("utf-8", "surrogateescape") + "x")
        for byte in range(1, 256)
        if byte != 47
    ]
    repo.write({name: quote_path(name) for name in names})
    found = hash_files(repo.git, names)
    blobs = dict(repo.git.read_blobs([]))
    assert blobs == {}
    assert all(entry is not None for entry in found.values())
    assert len({entry.name for entry in found.values() if entry}) == len(names)


def test_line_ends_are_no_change(tmp_path: Path) -> None:
    """Where git converts line ends, a file with the other ones is the same file."""
    repo = make_repository(tmp_path / "r")
    repo.run("config", "core.autocrlf", "true")
    repo.write({"a.py": "a = 1\r\nb = 2\r\n", "b.py": "b = 1\r\n"})
    repo.run("add", "-A")
    repo.run("commit", "-q", "-m", "x")
    os.utime(repo.top / "a.py", (1, 1))
    (repo.top / "b.py").chmod(0o755)
    assert repo.changed() == {}
    repo.write({"a.py": "a = 1\n"})
    assert repo.changed() == {"a.py": "modified"}


def test_filters_are_left_alone(tmp_path: Path) -> None:
    """What a clean filter makes of a file is what counts, as with large file storage."""
    repo = make_repository(tmp_path / "r", {".gitattributes": "*.bin filter=upper\n"})
    repo.run("config", "filter.upper.clean", "tr a-z A-Z")
    repo.commit({"x.bin": "abc"})
    assert repo.run("show", "HEAD:x.bin") == "ABC"
    os.utime(repo.top / "x.bin", (1, 1))
    (repo.top / "x.bin").chmod(0o755)
    assert repo.changed() == {}
    repo.write({"x.bin": "xyz"})
    assert repo.changed() == {"x.bin": "modified"}


def test_a_sha256_repository(tmp_path: Path) -> None:
    """Longer object names are nothing special."""
    repo = make_repository(tmp_path / "r", {"a.py": "a = 1\n", "b.py": "b = 1\n"}, "--object-format=sha256")
    repo.write({"a.py": "a = 2\n"})
    (repo.top / "b.py").chmod(0o755)
    survey = repo.survey()
    assert {change.path: change.kind.value for change in survey.changes.files} == {"a.py": "modified"}
    old = survey.changes.files[0].old
    assert old is not None
    assert list(repo.git.read_blobs([old])) == [(old, b"a = 1\n")]


@pytest.fixture
def parent(tmp_path: Path) -> TemporaryGit:
    """A repository with a submodule."""
    inner = make_repository(tmp_path / "inner", {"x.py": "x = 1\n"})
    repo = make_repository(tmp_path / "parent", {"a.py": ""})
    repo.run("submodule", "--quiet", "add", inner.top.as_uri(), "sub")
    repo.commit()
    return repo


def test_a_submodule_moved_dirty_or_removed(parent: TemporaryGit) -> None:
    """Its pointer, its edits and its untracked files are all a change of everything below it."""
    inner = TemporaryGit(parent.top / "sub")
    assert parent.changed() == {}
    inner.write({"new.py": ""})
    assert parent.changed() == {"sub": "submodule"}
    (inner.top / "new.py").unlink()
    inner.write({"x.py": "x = 2\n"})
    parent.run("config", "submodule.sub.ignore", "all")
    assert parent.changed() == {"sub": "submodule"}
    inner.commit()
    assert parent.changed() == {"sub": "submodule"}
    parent.commit()
    assert parent.changed() == {}
    assert parent.changed("HEAD~1..HEAD") == {"sub": "submodule"}
    assert parent.survey().files[RepoPath("sub")].mode == "160000"
    parent.run("rm", "-q", "sub")
    assert parent.changed() == {".gitmodules": "modified", "sub": "submodule"}


def test_inside_a_submodule(parent: TemporaryGit) -> None:
    """There `.git` is a file; the submodule answers for itself."""
    inner = TemporaryGit(parent.top / "sub")
    assert (inner.top / ".git").is_file()
    inner.write({"x.py": "x = 2\n"})
    assert inner.changed() == {"x.py": "modified"}
    assert inner.git.repository.top == inner.top.resolve()


def test_a_repository_inside_that_is_no_submodule(repo: TemporaryGit) -> None:
    """Git does not look into it, so everything below may have changed."""
    make_repository(repo.top / "vendored", {"x.py": ""})
    survey = repo.survey()
    assert {change.path: change.kind.value for change in survey.changes.files} == {"vendored": "submodule"}


def test_a_second_work_tree(repo: TemporaryGit, tmp_path: Path) -> None:
    """There `.git` is a file, and HEAD and the index are its own."""
    repo.run("worktree", "add", "-q", "-b", "second", str(tmp_path / "second"))
    second = TemporaryGit(tmp_path / "second")
    second.write({"a.py": "a = 2\n"})
    assert second.changed("main") == {"a.py": "modified"}
    assert repo.changed("second") == {}


def test_two_trees(repo: TemporaryGit) -> None:
    """Between commits the work tree does not count, and the files are the head's."""
    first = repo.run("rev-parse", "HEAD")
    second = repo.commit({"a.py": "a = 2\n", "new.py": ""})
    repo.write({"pkg/b.py": "b = 2\n", "untracked.py": ""})
    survey = repo.survey(f"{first}..{second}")
    assert {change.path: change.kind.value for change in survey.changes.files} == {
        "a.py": "modified",
        "new.py": "added",
    }
    assert (survey.changes.base_commit, survey.changes.head_commit) == (first, second)
    assert survey.files == repo.git.list_tree(second)


def test_configuration_of_the_repository_changes_nothing(repo: TemporaryGit, tmp_path: Path) -> None:
    """Neither its programs run nor do its settings change the answer."""
    trace = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {trace}\n")
    program.chmod(0o755)
    for key in ("diff.external", "core.fsmonitor", "core.pager", "pager.diff", "diff.x.textconv"):
        repo.run("config", key, str(program))
    settings = {
        "color.ui": "always",
        "core.quotePath": "true",
        "diff.noprefix": "true",
        "diff.relative": "true",
        "log.showSignature": "true",
        "status.showUntrackedFiles": "no",
    }
    for key, value in settings.items():
        repo.run("config", key, value)
    hooks = repo.top / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "post-index-change").write_bytes(program.read_bytes())
    (hooks / "post-index-change").chmod(0o755)
    repo.write({".gitattributes": "*.py diff=x\n", "a.py": "a = 2\n"})
    os.utime(repo.top / "pkg/b.py", (1, 1))
    assert repo.changed() == {".gitattributes": "added", "a.py": "modified"}
    assert repo.git.commit_message("HEAD") == "x"
    assert not trace.exists()


def test_nothing_is_written(repo: TemporaryGit) -> None:
    """Not even the index is refreshed."""
    index = repo.top / ".git" / "index"
    before = index.read_bytes()
    os.utime(repo.top / "a.py", (1, 1))
    repo.survey()
    assert index.read_bytes() == before


def test_single_questions_agree_with_the_snapshot(repo: TemporaryGit) -> None:
    """Asked one by one, git gives the same."""
    repo.write({"a.py": "a = 2\n", "new.py": ""})
    git = repo.git
    seen = git.snapshot("HEAD")
    assert git.list_index() == seen.tracked
    assert git.list_untracked() == seen.untracked == ["new.py"]
    assert git.diff_worktree("HEAD").startswith(b":100644 100644 ")
    assert git.diff_trees("HEAD", "HEAD") == b""


def test_many_blobs(repo: TemporaryGit) -> None:
    """Contents come in the order asked for, repeated and of any size."""
    repo.commit({f"f{number}": b"\n\0 blob" * number * 50 for number in range(120)})
    names = [entry.name for entry in repo.git.list_index().values()] * 2
    contents = list(repo.git.read_blobs(names))
    assert [name for name, _ in contents] == names
    by_name = {entry.name: path for path, entry in repo.git.list_index().items()}
    assert all(content == (repo.top / by_name[name]).read_bytes() for name, content in contents)


def test_reading_can_be_left_early(repo: TemporaryGit) -> None:
    """Whoever stops reading leaves no process behind."""
    names = [entry.name for entry in repo.git.list_index().values()]
    with no_process_left():
        reading = repo.git.read_blobs(names)
        assert next(reading)[0] == names[0]
        reading.close()  # type: ignore[attr-defined]  # a generator


@pytest.mark.parametrize("name", ["a" * 40, "HEAD", "HEAD:nowhere"])
def test_content_that_is_not_there(repo: TemporaryGit, name: str) -> None:
    """It is named in the error, never empty."""
    with pytest.raises(GitError, match=name) as caught:
        list(repo.git.read_blobs([name]))
    assert caught.value.slug == "object-missing"


def test_a_partial_clone(repo: TemporaryGit, tmp_path: Path) -> None:
    """Old content is fetched when it is read; without the remote that is an error that names it."""
    repo.commit({"a.py": "a = 2\n"})
    repo.run("config", "uploadpack.allowFilter", "true")
    repo.run("config", "uploadpack.allowAnySHA1InWant", "true")
    partial = clone(repo, tmp_path / "partial", "--filter=blob:none")
    (change,) = partial.survey("HEAD~1").changes.files
    assert change.old is not None
    moved = repo.top.rename(tmp_path / "moved")
    with pytest.raises(GitError) as caught:
        list(partial.git.read_blobs([change.old]))
    assert (caught.value.slug, change.old in caught.value.message) == ("object-missing", True)
    moved.rename(repo.top)
    assert list(partial.git.read_blobs([change.old])) == [(change.old, b"a = 1\n")]


def test_in_a_hook(repo: TemporaryGit, tmp_path: Path) -> None:
    """A hook's `GIT_DIR` and `GIT_INDEX_FILE` neither misplace the top nor hide a file."""
    hook = {
        **ENVIRONMENT,
        "GIT_DIR": ".git",
        "GIT_INDEX_FILE": str(tmp_path / "other-index"),
        "GIT_PREFIX": "",
    }
    repo.write({"a.py": "a = 2\n"})
    git = Git(find_repository(repo.top / "pkg", hook), hook)
    assert git.repository.top == repo.top.resolve()
    assert [change.path for change in find_changes(git, find_range(git, "HEAD", {})).files] == ["a.py"]


def test_a_work_tree_apart_from_its_repository(repo: TemporaryGit, tmp_path: Path) -> None:
    """`GIT_DIR` with `GIT_WORK_TREE` is the only way to find it."""
    apart = repo.top.joinpath(".git").rename(tmp_path / "apart.git")
    pair = {"GIT_DIR": str(apart), "GIT_WORK_TREE": str(repo.top)}
    git = Git(find_repository(repo.top / "pkg", {**ENVIRONMENT, **pair}), {**ENVIRONMENT, **pair})
    assert git.repository.top == repo.top.resolve()
    assert git.diff_worktree("HEAD") == b""


def test_a_failing_command_is_an_error(repo: TemporaryGit) -> None:
    """A failing git command never looks like an answer."""
    with pytest.raises(GitError, match="`git diff-tree` failed: fatal: ") as caught:
        repo.git.diff_trees("HEAD", "nowhere")
    assert caught.value.slug == "git-failed"


def test_one_failure_ends_its_companions(repo: TemporaryGit) -> None:
    """Of commands started together none is left behind."""
    with no_process_left(), pytest.raises(GitError, match="nowhere"):
        list(repo.git.run_together([("ls-tree", "nowhere"), ("cat-file", "--batch-all-objects", "--batch")]))
