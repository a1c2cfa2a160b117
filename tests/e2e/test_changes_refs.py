"""From what the user or CI names to two commits, asked of real repositories."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from temporary_git import ENVIRONMENT, TemporaryGit, clone, make_repository, no_process_left

from pytest_txselect.changes.base import Range, find_range
from pytest_txselect.changes.deepen import find_range_deepening
from pytest_txselect.changes.diff import find_changes
from pytest_txselect.changes.directives import find_directive, read_head_message
from pytest_txselect.changes.git import Git, find_repository
from pytest_txselect.errors import GitError, TxSelectError, UsageError

CI = {"CI": "true"}


@pytest.fixture
def repo(tmp_path: Path) -> TemporaryGit:
    """A repository with two commits on `main` and two more on `work`, which is checked out."""
    repo = make_repository(tmp_path / "r", {"a.py": "a = 1\n"})
    repo.run("tag", "fork")
    repo.commit({"main.py": ""})
    repo.run("checkout", "-q", "-b", "work", "fork")
    repo.commit({"one.py": ""})
    repo.commit({"two.py": ""})
    return repo


def rev(repo: TemporaryGit, name: str) -> str:
    """Return the commit of `name`."""
    return repo.run("rev-parse", f"{name}^{{commit}}")


def refuse(repo: TemporaryGit, ref: str, environment: dict[str, str] | None = None) -> TxSelectError:
    """Return the error that `ref` gives, after checking its form."""
    with pytest.raises(TxSelectError) as caught:
        find_range(repo.git, ref, environment or {})
    assert "\n" not in caught.value.message
    assert caught.value.message.startswith(f"{repo.top}: ")
    return caught.value


def linear(top: Path, commits: int) -> TemporaryGit:
    """Return a repository with a line of commits on `main`, and `work` that left it two before."""
    repo = make_repository(top)
    who = "A U Thor <author@example.org>"
    stream = "".join(
        f"commit refs/heads/main\ncommitter {who} {number} +0000\ndata 1\nx\nM 644 inline a.py\n"
        f"data {len(str(number))}\n{number}\n"
        for number in range(1, commits + 1)
    )
    (top / ".git" / "stream").write_text(stream)
    repo.run("-c", f"alias.load=!git fast-import --quiet < '{top}/.git/stream'", "load")
    repo.run("reset", "-q", "--hard")
    repo.run("checkout", "-q", "-b", "work", "main~2")
    repo.commit({"work.py": ""})
    return repo


@pytest.mark.parametrize(
    ("ref", "base", "head"),
    [
        ("main", "fork", None),
        ("HEAD", "HEAD", None),
        ("HEAD~1", "HEAD~1", None),
        ("fork", "fork", None),
        ("main..work", "main", "work"),
        ("main...work", "fork", "work"),
        ("main..", "main", "HEAD"),
        ("..main", "HEAD", "main"),
        ("main...", "fork", "HEAD"),
        ("@{-1}", "fork", None),
    ],
)
def test_what_a_ref_means(repo: TemporaryGit, ref: str, base: str, head: str | None) -> None:
    """One revision: merge base to work tree; two dots: two trees; three: from their merge base."""
    repo.run("checkout", "-q", "main")
    repo.run("checkout", "-q", "work")
    found = find_range(repo.git, ref, {})
    assert (found.base, found.head) == (rev(repo, base), head and rev(repo, head))


def test_the_base_keeps_the_name_it_was_given(repo: TemporaryGit) -> None:
    """The header shows what the user typed."""
    assert find_range(repo.git, "main", {}).base_name == "main"
    assert find_range(repo.git, "main...work", {}).base_name == "main"


def test_an_annotated_tag(repo: TemporaryGit) -> None:
    """It is the commit it is put on."""
    repo.run("tag", "-a", "-m", "x", "v1", "main")
    assert repo.git.resolve_commit("v1") == rev(repo, "main")


def test_a_detached_head(repo: TemporaryGit) -> None:
    """It is a commit as any other."""
    repo.run("checkout", "-q", "--detach")
    assert repo.changed("main") == {"one.py": "added", "two.py": "added"}


@pytest.mark.parametrize(
    ("ref", "slug"),
    [
        ("", "empty-ref"),
        ("  ", "empty-ref"),
        ("..", "empty-ref"),
        ("...", "empty-ref"),
        ("-x", "option-like-ref"),
        ("--output=x", "option-like-ref"),
        ("main..--output=x", "option-like-ref"),
        ("nowhere", "unknown-ref"),
        ("^main", "unknown-ref"),
        ("main....work", "unknown-ref"),
        ("main^{tree}", "unknown-ref"),
        ("HEAD:a.py", "unknown-ref"),
        ("HEAD~99", "unknown-ref"),
        ("a b", "unknown-ref"),
        ("a\nb", "unknown-ref"),
        ("\udcff", "unknown-ref"),
        ("a\0b", "unknown-ref"),
        ("a1" * 20, "unknown-ref"),
    ],
)
def test_refs_that_mean_nothing(repo: TemporaryGit, ref: str, slug: str) -> None:
    """Each is the user's mistake, said so, and never an empty change."""
    error = refuse(repo, ref)
    assert isinstance(error, UsageError)
    assert error.slug == slug


def test_a_tag_and_a_branch_of_one_name(repo: TemporaryGit) -> None:
    """Git would take the tag; the user may have meant the branch, even with the warning switched off."""
    repo.run("branch", "twice", "main")
    repo.run("tag", "twice", "fork")
    repo.run("config", "core.warnAmbiguousRefs", "false")
    assert refuse(repo, "twice").slug == "ambiguous-ref"
    assert repo.git.resolve_commit("refs/heads/twice") == rev(repo, "main")


def test_a_branch_named_like_a_commit(repo: TemporaryGit) -> None:
    """A full object name is that object, whatever branches are called."""
    name = rev(repo, "fork")
    repo.run("update-ref", f"refs/heads/{name}", "main")
    assert repo.git.resolve_commit(name) == name


def test_a_short_name_of_two_commits(tmp_path: Path) -> None:
    """Four digits that two commits begin with name neither."""
    repo = linear(tmp_path / "r", 1500)
    short = [name[:4] for name in repo.run("rev-list", "main").splitlines()]
    twice = next(name for name in short if short.count(name) > 1)
    assert refuse(repo, twice).slug == "ambiguous-ref"


def test_no_common_ancestor(repo: TemporaryGit) -> None:
    """Two histories that never met: the two trees can still be compared, and the message says how."""
    repo.run("checkout", "-q", "--orphan", "island")
    repo.commit()
    error = refuse(repo, "main")
    assert (error.slug, "`main..HEAD`" in error.message) == ("no-common-ancestor", True)
    assert isinstance(error, GitError)
    assert repo.changed("main..HEAD") == {"main.py": "deleted", "one.py": "added", "two.py": "added"}


@pytest.mark.parametrize("ref", ["HEAD", "main", "auto"])
def test_a_repository_without_commits(tmp_path: Path, ref: str) -> None:
    """There is nothing to compare with."""
    error = refuse(make_repository(tmp_path / "r"), ref)
    assert (type(error), error.slug) == (GitError, "no-commits")


def test_no_repository(tmp_path: Path) -> None:
    """Said so, with the place."""
    with pytest.raises(GitError) as caught:
        find_repository(tmp_path, {**ENVIRONMENT, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    assert (caught.value.slug, str(tmp_path) in caught.value.message) == ("no-repository", True)


@pytest.mark.parametrize("inside", ["nowhere", "a.py"])
def test_no_directory(repo: TemporaryGit, inside: str) -> None:
    """A place that is no directory is in no repository."""
    with pytest.raises(GitError) as caught:
        find_repository(repo.top / inside, ENVIRONMENT)
    assert caught.value.slug == "no-repository"


def test_no_git_command(repo: TemporaryGit, tmp_path: Path) -> None:
    """Without the command nothing says what changed."""
    with pytest.raises(GitError) as caught:
        find_repository(repo.top, {**ENVIRONMENT, "PATH": str(tmp_path)})
    assert (caught.value.slug, "install git" in caught.value.message) == ("no-git", True)


def test_a_bare_repository(repo: TemporaryGit, tmp_path: Path) -> None:
    """It has no files to test; nor has the inside of `.git`."""
    bare = clone(repo, tmp_path / "bare.git", "--bare")
    for place in (bare.top, repo.top / ".git"):
        with pytest.raises(GitError, match="no files to test") as caught:
            find_repository(place, ENVIRONMENT)
        assert caught.value.slug == "no-repository"


def test_a_repository_of_another_user(repo: TemporaryGit) -> None:
    """Git refuses it; the message has the command that trusts it, and obeys it."""
    other = {**ENVIRONMENT, "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}
    with pytest.raises(GitError) as caught:
        find_repository(repo.top, other)
    assert caught.value.slug == "dubious-ownership"
    assert f"git config --global --add safe.directory {repo.top}" in caught.value.message
    trusted = {**other, "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": str(repo.top)}
    git = Git(find_repository(repo.top, trusted), trusted)
    assert git.find_commit("HEAD") == rev(repo, "HEAD")


@pytest.mark.parametrize("name", ["with space", "new\nline", "\udcff", "-x"])
def test_a_repository_with_an_odd_path(tmp_path: Path, name: str) -> None:
    """Its top is found, from below as well, and its files are asked about."""
    repo = make_repository(tmp_path / name, {"below/a.py": "a = 1\n"})
    found = find_repository(repo.top / "below", ENVIRONMENT)
    assert found.top == repo.top.resolve()
    assert found.git_dir == repo.top.resolve() / ".git"
    repo.write({"below/a.py": "a = 2\n"})
    assert repo.changed() == {"below/a.py": "modified"}


def test_a_path_through_a_symbolic_link(repo: TemporaryGit, tmp_path: Path) -> None:
    """The top is resolved."""
    (tmp_path / "link").symlink_to(repo.top)
    assert find_repository(tmp_path / "link", ENVIRONMENT).top == repo.top.resolve()


def test_a_relative_directory(repo: TemporaryGit, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is relative to the current directory; the process's own environment is the default."""
    monkeypatch.chdir(repo.top.parent)
    assert find_repository(Path("r")).top == repo.top.resolve()
    assert Git(find_repository(Path("r"))).find_commit("HEAD") == rev(repo, "HEAD")


@pytest.fixture
def origin(tmp_path: Path) -> TemporaryGit:
    """A remote with 400 commits on `main`, and `work` two before its tip."""
    return linear(tmp_path / "origin", 400)


def shallow_clone(origin: TemporaryGit, top: Path, *options: str) -> TemporaryGit:
    """Return the clone that CI makes of `work`: one commit of one branch."""
    return clone(origin, top, "--depth=1", "--branch=work", *options)


def run_cure(repo: TemporaryGit, error: TxSelectError) -> None:
    """Run the command that the message proposes."""
    command = shlex.split(error.message.split("`")[1])
    assert command[:2] == ["git", "fetch"]
    repo.run(*command[1:])


@pytest.mark.parametrize(
    "ref", ["origin/main", "refs/remotes/origin/main", "origin/main~3", "auto", "HEAD~1", "HASH"]
)
def test_a_shallow_clone(origin: TemporaryGit, tmp_path: Path, ref: str) -> None:
    """The base is missing, which is no mistake of the user; the command in the message brings it."""
    ref = rev(origin, "main~7") if ref == "HASH" else ref
    repo = shallow_clone(origin, tmp_path / "clone")
    assert repo.git.repository.shallow
    environment = {"GITHUB_ACTIONS": "true", "GITHUB_BASE_REF": "main"}
    error = refuse(repo, ref, environment)
    assert (isinstance(error, GitError), error.slug) == (True, "base-missing")
    run_cure(repo, error)
    expected = {"auto": "main~2", "origin/main": "main~2", "refs/remotes/origin/main": "main~2"}
    here = ref.replace("origin/main", "main") if ref.startswith("origin/main~") else ref
    base = rev(origin, expected.get(ref) or (here if ref != "HEAD~1" else "work~1"))
    assert find_range(repo.git, ref, environment).base == base
    assert not repo.git.repository.shallow


@pytest.mark.parametrize("ref", ["origin/main", "auto", "HEAD~1", "HASH", "HEAD~100"])
def test_deepening(origin: TemporaryGit, tmp_path: Path, ref: str) -> None:
    """What is missing is fetched, no more than needed, and each command is announced."""
    ref = rev(origin, "main~7") if ref == "HASH" else ref
    repo = shallow_clone(origin, tmp_path / "clone")
    announced: list[str] = []
    environment = {"GITLAB_CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    done = find_range_deepening(repo.git, ref, environment, announced.append)
    ancestors = {"HEAD~1": "work~1", "HEAD~100": "work~100"}
    assert done.span.base == rev(
        origin, ancestors.get(ref) or ("main~2" if "main" in ref or ref == "auto" else ref)
    )
    assert done.git.repository.shallow
    assert [line.split()[:4] for line in announced] == [
        ["git", "fetch", "--no-tags", f"--depth={depth}"]
        for depth in ((64, 128) if ref == "HEAD~100" else (64,))
    ]
    assert "work.py" in {change.path for change in find_changes(done.git, done.span).files}


def test_deepening_to_the_root(origin: TemporaryGit, tmp_path: Path) -> None:
    """When all of the history is here, what is unknown still is the user's mistake."""
    repo = shallow_clone(origin, tmp_path / "clone")
    announced: list[str] = []
    with pytest.raises(UsageError) as caught:
        find_range_deepening(repo.git, "HEAD~1000", {}, announced.append)
    assert caught.value.slug == "unknown-ref"
    assert [line.split()[3] for line in announced] == [f"--depth={64 * 2**step}" for step in range(4)]


def test_deepening_to_the_end(tmp_path: Path) -> None:
    """Where no depth will do, all of the history comes."""
    origin = linear(tmp_path / "origin", 1100)
    repo = shallow_clone(origin, tmp_path / "clone")
    announced: list[str] = []
    done = find_range_deepening(repo.git, "HEAD~1000", {}, announced.append)
    assert done.span.base == rev(origin, "work~1000")
    assert announced[-1] == "git fetch --no-tags --unshallow origin"


def test_deepening_never_cuts_off(origin: TemporaryGit, tmp_path: Path) -> None:
    """The depth asked for is more than what is there."""
    repo = clone(origin, tmp_path / "clone", "--depth=150", "--branch=work")
    announced: list[str] = []
    find_range_deepening(repo.git, "HEAD~160", {}, announced.append)
    assert announced[0].split()[3] == "--depth=300"


def test_deepening_with_commits_that_the_server_lacks(origin: TemporaryGit, tmp_path: Path) -> None:
    """HEAD cannot be asked for by its name then; everything is fetched instead."""
    repo = shallow_clone(origin, tmp_path / "clone")
    repo.commit({"local.py": ""})
    announced: list[str] = []
    done = find_range_deepening(repo.git, "origin/main", {}, announced.append)
    assert done.span.base == rev(origin, "main~2")
    assert announced[1:] == [
        "the server does not give that; asking for all of the history",
        "git fetch --no-tags --unshallow origin +refs/heads/main:refs/remotes/origin/main",
    ]
    assert not done.git.repository.shallow


def test_deepening_what_is_deep_enough(repo: TemporaryGit) -> None:
    """Nothing is fetched where nothing is missing."""
    done = find_range_deepening(repo.git, "main", {}, pytest.fail)
    assert done.span == Range("main", rev(repo, "fork"), None)


def test_deepening_a_clone_of_one_branch(origin: TemporaryGit, tmp_path: Path) -> None:
    """It is not shallow, but lacks the base that CI names: that branch alone is fetched."""
    repo = clone(origin, tmp_path / "clone", "--single-branch", "--branch=work")
    environment = {"BUILDKITE": "true", "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main"}
    assert refuse(repo, "auto", environment).slug == "base-missing"
    announced: list[str] = []
    done = find_range_deepening(repo.git, "auto", environment, announced.append)
    assert done.span == Range("origin/main", rev(origin, "main~2"), None)
    assert announced == ["git fetch --no-tags origin +refs/heads/main:refs/remotes/origin/main"]


def test_deepening_without_a_remote(origin: TemporaryGit, tmp_path: Path) -> None:
    """There is nothing to fetch from; the error says so."""
    repo = shallow_clone(origin, tmp_path / "clone")
    repo.run("remote", "remove", "origin")
    with pytest.raises(GitError, match="no remote to fetch it from") as caught:
        find_range_deepening(repo.git, "HEAD~1", {}, pytest.fail)
    assert caught.value.slug == "base-missing"


def test_deepening_from_a_remote_that_is_gone(origin: TemporaryGit, tmp_path: Path) -> None:
    """A fetch that fails is git's error, with its reason."""
    repo = shallow_clone(origin, tmp_path / "clone")
    origin.top.rename(tmp_path / "moved")
    announced: list[str] = []
    with pytest.raises(GitError, match="`git fetch` failed: fatal: ") as caught:
        find_range_deepening(repo.git, "origin/main", {}, announced.append)
    assert (caught.value.slug, len(announced)) == ("git-failed", 3)


def test_no_common_ancestor_in_a_shallow_clone(origin: TemporaryGit, tmp_path: Path) -> None:
    """Both ends are here but not what joins them: missing, not absent."""
    repo = clone(origin, tmp_path / "clone", "--depth=1", "--branch=work", "--no-single-branch")
    error = refuse(repo, "origin/main")
    assert (error.slug, "no common ancestor with 'origin/main'" in error.message) == ("base-missing", True)
    run_cure(repo, error)
    assert find_range(repo.git, "origin/main", {}).base == rev(origin, "main~2")


def test_auto_takes_the_remotes_default_branch(origin: TemporaryGit, tmp_path: Path) -> None:
    """What the remote says first, then the usual names, of `origin` before others."""
    origin.run("branch", "trunk", "main~5")
    repo = clone(origin, tmp_path / "clone", "--branch=work")
    repo.run("remote", "set-head", "origin", "trunk")
    assert find_range(repo.git, "auto", {}) == Range("origin/trunk", rev(origin, "main~5"), None)
    repo.run("remote", "set-head", "origin", "--delete")
    assert find_range(repo.git, "auto", {}) == Range("origin/main", rev(origin, "main~2"), None)
    repo.run("update-ref", "refs/remotes/a/main", "HEAD")
    repo.run("update-ref", "refs/remotes/upstream/master", "HEAD~1")
    assert find_range(repo.git, "auto", {}).base_name == "origin/main"
    repo.run("remote", "remove", "origin")
    assert find_range(repo.git, "auto", {}).base_name == "upstream/master"


def test_auto_without_a_remote(repo: TemporaryGit) -> None:
    """A local default branch, if there is one with a usual name."""
    assert find_range(repo.git, "auto", {}) == Range("main", rev(repo, "fork"), None)
    repo.run("branch", "-m", "main", "trunk")
    assert refuse(repo, "auto").slug == "no-default-branch"


def test_auto_where_the_remotes_branch_is_not_here(origin: TemporaryGit, tmp_path: Path) -> None:
    """A local `main` of unknown age is not taken for the remote's; deepening fetches the remote's."""
    repo = clone(origin, tmp_path / "clone", "--single-branch", "--branch=work")
    repo.run("remote", "set-head", "origin", "--delete", status=None)
    repo.run("branch", "main")
    error = refuse(repo, "auto")
    assert (error.slug, "no default branch of 'origin' in this clone" in error.message) == (
        "base-missing",
        True,
    )
    announced: list[str] = []
    done = find_range_deepening(repo.git, "auto", {}, announced.append)
    assert done.span.base == rev(origin, "main~2")


def test_auto_on_the_default_branch(origin: TemporaryGit, tmp_path: Path) -> None:
    """At a desk that compares what is not committed; a scheduled build must not compare with itself."""
    origin.run("checkout", "-q", "main")
    repo = clone(origin, tmp_path / "clone")
    repo.write({"a.py": "x"})
    assert find_range(repo.git, "auto", {}).base == rev(origin, "main")
    for environment in (CI, {"GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": "0" * 40}):
        error = refuse(repo, "auto", environment)
        assert (type(error), error.slug) == (GitError, "no-ci-base")


def test_auto_on_a_push(origin: TemporaryGit, tmp_path: Path) -> None:
    """GitHub's event names the commit before the push; unknown after a force push, it is missing."""
    repo = clone(origin, tmp_path / "clone", "--branch=main")
    event = tmp_path / "event.json"
    environment = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(event)}
    before = rev(origin, "main~3")
    event.write_text(json.dumps({"before": before}))
    assert find_range(repo.git, "auto", environment) == Range(before, before, None)
    event.write_text(json.dumps({"before": "a1" * 20}))
    error = refuse(repo, "auto", environment)
    assert (error.slug, f"`git fetch --no-tags origin {'a1' * 20}`" in error.message) == (
        "base-missing",
        True,
    )


def test_auto_tries_every_name(origin: TemporaryGit, tmp_path: Path) -> None:
    """Where the branch is not here, the commit may be."""
    repo = clone(origin, tmp_path / "clone", "--single-branch", "--branch=work")
    base = rev(origin, "main~2")
    environment = {
        "BITBUCKET_BUILD_NUMBER": "1",
        "BITBUCKET_PR_DESTINATION_BRANCH": "main",
        "BITBUCKET_PR_DESTINATION_COMMIT": base[:12],
    }
    assert find_range(repo.git, "auto", environment) == Range(base[:12], base, None)


@pytest.mark.parametrize("branch", ["-x", "a b", "..", "x\ny", "\udcff"])
def test_auto_with_an_odd_branch_name(origin: TemporaryGit, tmp_path: Path, branch: str) -> None:
    """CI's variables come from outside too: what they name is not there, and nothing else happens."""
    repo = clone(origin, tmp_path / "clone", "--branch=work")
    error = refuse(repo, "auto", {"TF_BUILD": "True", "SYSTEM_PULLREQUEST_TARGETBRANCH": branch})
    assert (isinstance(error, GitError), error.slug) == (True, "base-missing")


def test_find_commit_is_none_for_what_is_no_revision(repo: TemporaryGit) -> None:
    """It asks without complaining."""
    assert [repo.git.find_commit(name) for name in ("", "-x", "nowhere", "a\0b")] == [None] * 4


@pytest.mark.parametrize("message", ["Fix it [test all]", "été\n\nbody [no filter]\n\nlast", "x"])
def test_the_message_of_a_commit(repo: TemporaryGit, message: str) -> None:
    """Subject and body, as they were written."""
    commit = repo.commit({"x.py": message}, message)
    assert repo.git.commit_message(commit) == read_head_message(repo.git, commit) == message


@pytest.mark.parametrize("message", ["Fix it [test all]", "été\n\nbody [no filter]\n\nlast", "x"])
def test_head_and_its_message(repo: TemporaryGit, message: str) -> None:
    """They are asked for at once, and once: a commit that is made meanwhile is not seen."""
    commit = repo.commit({"x.py": message}, message)
    git = Git(find_repository(repo.top, ENVIRONMENT), ENVIRONMENT)
    assert git.read_head() == (commit, message)
    repo.commit({"x.py": ""}, "later")
    assert git.read_head() == (commit, message)
    assert read_head_message(git, "HEAD") == message


def test_head_that_cannot_be_read(repo: TemporaryGit) -> None:
    """A damaged repository is not one without commits."""
    parent = rev(repo, "HEAD")
    repo.commit({"x.py": ""})
    (repo.top / ".git/objects" / parent[:2] / parent[2:]).unlink()
    with pytest.raises(GitError) as caught:
        repo.git.read_head()
    assert caught.value.slug == "git-failed"


def test_a_message_in_another_encoding(repo: TemporaryGit) -> None:
    """What cannot be decoded does not hide the rest."""
    (repo.top / "message").write_bytes(b"\xff\xfe [test all]")
    repo.run("commit", "-q", "--allow-empty", "-F", "message")
    assert find_directive(repo.git.commit_message("HEAD"), {}) is not None


def test_a_merge_commit_of_githubs_making(repo: TemporaryGit, tmp_path: Path) -> None:
    """The author's words are in its second parent; a clone of depth one does not have that."""
    author = repo.commit({"x.py": ""}, "Fix it [test all]")
    repo.run("checkout", "-q", "main")
    repo.run("merge", "-q", "--no-ff", "-m", f"Merge {author} into {rev(repo, 'main')}", "work")
    assert find_directive(read_head_message(repo.git, "HEAD"), {}) is not None
    single = clone(repo, tmp_path / "single", "--depth=1")
    assert find_directive(read_head_message(single.git, "HEAD"), {}) is None


def test_no_process_is_left(repo: TemporaryGit) -> None:
    """Every question ends its process."""
    with no_process_left():
        repo.git.resolve_commit("HEAD")
        repo.git.merge_base("HEAD", "main")
        refuse(repo, "nowhere")


def test_a_failing_merge_base(repo: TemporaryGit) -> None:
    """A name that is no commit is an error, not the absence of an ancestor."""
    with pytest.raises(GitError, match="merge-base"):
        repo.git.merge_base("HEAD", "a1" * 20)
