"""Requirements lists: what pip reads in them, and which edit moves what."""

from __future__ import annotations

import codecs

import pytest

from pytest_txselect.model import RepoPath
from pytest_txselect.project.locks import Condition, LockError, read_lock
from pytest_txselect.project.moves import AllMoved, SomeMoved, find_moved

PATH = RepoPath("requirements.txt")


def names(content: bytes, path: str = "requirements.txt") -> set[str]:
    """Names of what a list lists."""
    return set(read_lock(RepoPath(path), content).distributions)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", set()),
        (b"\n\r\n  # only a comment\n", set()),
        (b"click", {"click"}),
        (b"Typing_Extensions >= 4\nzope.interface", {"typing-extensions", "zope-interface"}),
        (b"requests[socks,security]==2.0 ; python_version < '3'  # why", {"requests"}),
        (b"click==8 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n    # via x\nrich", {"click", "rich"}),
        (b"click==8 \\\n# comment in between\nrich\n", {"click", "rich"}),
        (b"click \\", {"click"}),
        (b"click\t#x\nb @ https://x/#y #z" + b" " * 100_000 + b".", {"click", "b"}),
        (b"# comment \\\nclick", {"click"}),
        (b"urllib3 @ https://example.org/1.26.8.zip#sha1=aa", {"urllib3"}),
        (b"git+https://example.org/x.git@main#egg=My_Name&subdirectory=y", {"my-name"}),
        (b"-e git+https://example.org/x.git#egg=thing", {"thing"}),
        (b"--editable=./lib#egg=lib", {"lib"}),
        (b"--editable ./lib#egg=lib", {"lib"}),
        (b"./downloads/numpy-1.9.2-cp34-none-win32.whl", {"numpy"}),
        (b"https://example.org/torch-2.1.0%2Bcu118-cp311-cp311-linux_x86_64.whl", {"torch"}),
        (b"https://example.org/foo-bar-1.0.tar.gz", {"foo-bar"}),
        (b"x/foo-bar-main.tar.gz", set()),
        (b"-e .\n.\n./lib\n.[test]\n${ROOT}/x\nhttps://example.org/main.zip", set()),
        (b"-r other.txt\n-c constraints.txt\n--index-url https://x\n--pre", set()),
        (codecs.BOM_UTF8 + b"click", {"click"}),
        (codecs.BOM_UTF16_LE + "click # é".encode("utf-16-le"), {"click"}),
        (codecs.BOM_UTF16_BE + "click".encode("utf-16-be"), {"click"}),
        (codecs.BOM_UTF32_LE + "click".encode("utf-32-le"), {"click"}),
        ("# -*- coding: latin-1 -*-\nclick # é".encode("latin-1"), {"click"}),
        ("# first\n# vim: set fileencoding=cp1252 :\nclick # é".encode("cp1252"), {"click"}),
    ],
)
def test_names(content: bytes, expected: set[str]) -> None:
    """A list is decoded, joined, stripped of comments, and split as pip does."""
    assert names(content) == expected


@pytest.mark.parametrize(
    ("content", "line", "cause"),
    [
        (b"click\n\nclick 8", 3, "not a requirement"),
        (b"click==8 \\\n  oops", 1, "not a requirement"),
        (b"click; python_version ?? '3'", 1, "not a requirement"),
        (b"<<<<<<< HEAD", 1, "not a requirement"),
        (b"git+https://x/y#egg=-", 1, "not the name"),
        (b"\xff\xfe\x00", 0, "cannot be decoded as utf-16-le"),
        ("é".encode("latin-1"), 0, "cannot be decoded as utf-8"),
        (b"# coding: nonsense\nclick", 0, "cannot be decoded as nonsense"),
        (b"# coding: hex\nclick", 0, "cannot be decoded as hex"),
        (b"click; " + b"(" * 100_000, 0, "nested too deeply|not a requirement"),
        (b"a\n" * 20_001, 20_001, "more than 20000 requirements"),
        (b"#" * (17 * 1024 * 1024), 0, "more than"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(content: bytes, line: int, cause: str) -> None:
    """Whatever is wrong with a list, a LockError says where and what."""
    with pytest.raises(LockError, match=cause) as caught:
        names(content)
    if line:
        assert caught.value.line == line
        assert f"requirements.txt:{line}: " in str(caught.value)


def test_a_list_by_another_name() -> None:
    """A list that another one includes may have any name with its ending; other files have no format."""
    assert names(b"click", "ci/tools.txt") == {"click"}
    with pytest.raises(LockError, match="no format"):
        names(b"click", "ci/tools.cfg")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("click==8.1", "click==8.2", {"click"}),
        ("click==8.1", "Click == 8.1  # comment", set()),
        ("click>=8,<9", "click<9,>=8", set()),
        ("click", "click[x]", {"click"}),
        ("click; os_name=='nt'", 'click ; os_name == "nt"', set()),
        ("click; os_name=='nt'", "click", {"click"}),
        (
            "click==8 --hash=sha256:aa --hash=sha256:bb",
            "click==8 --hash=sha256:bb \\\n --hash=sha256:aa",
            set(),
        ),
        ("click==8 --hash=sha256:aa", "click==8 --hash=sha256:bb", {"click"}),
        ("x @ https://e.org/1.zip", "x @ https://e.org/2.zip", {"x"}),
        ("a\nb\n", "b\na\n", set()),
        ("a\nb\n", "b\n", {"a"}),
        ("-e .", "-e .[x]", None),
        ("--pre\nclick", "click", None),
        ("-i https://a", "-i https://b", None),
        ("-i https://a\n-i https://b", "-i https://b\n-i https://a", None),
        ("-r a.txt", "-r b.txt", None),
        ("--pre   # comment", "--pre", set()),
        ("https://e.org/main.zip", "https://e.org/next.zip", None),
        ("git+https://e.org/x@a#egg=x", "git+https://e.org/x@b#egg=x", {"x"}),
    ],
)
def test_moves(old: str, new: str, expected: set[str] | None) -> None:
    """An edit of a requirement moves its distribution; one of an option, or of an unnamed one, everything."""
    result = find_moved(PATH, old.encode(), new.encode())
    assert (None if isinstance(result, AllMoved) else set(result.names)) == expected


def test_the_cause_of_moving_everything_is_told() -> None:
    """Both lines of a changed option are there to be shown; a mere change of order is called that."""
    assert find_moved(PATH, b"--pre", b"-i x") == AllMoved(("--pre", "-i x"))
    assert find_moved(PATH, b"-i a\n-i b", b"-i b\n-i a") == AllMoved(("order of options",))


@pytest.mark.parametrize(
    ("text", "pinned"),
    [
        (b"a==1", True),
        (b"a===1", True),
        (b"a==1.*", False),
        (b"a>=1", False),
        (b"a", False),
        (b"a @ https://x/a.zip", True),
        (b"./a-1.0-py3-none-any.whl", True),
        (b"a>=1\na==1; os_name=='nt'", True),
    ],
)
def test_pinned(text: bytes, pinned: bool) -> None:
    """Only an exact version or an address is pinned."""
    assert read_lock(PATH, text).distributions["a"].pinned is pinned


def test_one_name_twice() -> None:
    """Two lines for one distribution, under different markers, are one entry with both."""
    table = read_lock(PATH, b"a==1; python_version<'3.12'\na==2; python_version>='3.12'")
    entry = table.distributions["a"]
    assert entry.versions == {"==1", "==2"}
    assert entry.conditions == {
        Condition("", frozenset({'python_version < "3.12"'})),
        Condition("", frozenset({'python_version >= "3.12"'})),
    }


def test_what_moved_is_told_in_words() -> None:
    """A move reads as a sentence."""
    old = b"a==1\nb\nc==1\nd==1\ne>=1"
    new = b"a==2\nb>1\nc==1 --hash=x:1\nd==1; os_name=='nt'\nf==1"
    result = find_moved(PATH, old, new)
    assert isinstance(result, SomeMoved)
    assert [str(move) for move in result.moves.values()] == [
        "a moved ==1 -> ==2",
        "b moved (any) -> >1",
        "c ==1 comes from elsewhere",
        "d ==1 is asked for differently",
        "e >=1 was removed",
        "f ==1 was added",
    ]
