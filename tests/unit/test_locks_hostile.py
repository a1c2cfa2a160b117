"""Lock files that nobody's tool wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_txselect.model import RepoPath
from pytest_txselect.project.locks import LockError, read_lock

HEADS = {
    "uv.lock": "version = 1\n",
    "poetry.lock": '[metadata]\nlock-version = "2.0"\n',
    "pdm.lock": '[metadata]\nlock_version = "4.5"\n',
    "pylock.toml": 'lock-version = "1.0"\n',
    "pyproject.toml": "",
}
DEEP = 50_000


@pytest.mark.parametrize("path", [*HEADS, "Pipfile.lock"])
@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"<<<<<<< HEAD\n",
        b"x = " + b"[" * DEEP,
        b"[" * DEEP,
        b'{"a":' * DEEP,
        b"x = " + b"1" * 10_000,
        b"[" + b"1" * 10_000,
        b"x" + b".a" * DEEP + b" = 1",
        b"[x" + b" . 'a'" * DEEP + b"]",
        b" " * (17 * 1024 * 1024),
    ],
    ids=[
        "encoding",
        "conflict",
        "brackets",
        "arrays",
        "objects",
        "integer",
        "json-integer",
        "dots",
        "quoted-dots",
        "huge",
    ],
)
def test_garbage(path: str, content: bytes) -> None:
    """Neither garbage nor bombs raise anything but LockError."""
    with pytest.raises(LockError):
        read_lock(RepoPath(path), content)


@pytest.mark.parametrize(
    ("path", "tail"),
    [
        ("uv.lock", 'package = "x"'),
        ("uv.lock", "package = [1]"),
        ("uv.lock", "[[package]]\nversion = '1'"),
        ("uv.lock", "[[package]]\nname = 1"),
        ("uv.lock", '[[package]]\nname = "-rf /"'),
        ("uv.lock", '[[package]]\nname = "a\\nb"'),
        ("uv.lock", '[[package]]\nname = "a"\nsource = 1'),
        ("uv.lock", '[[package]]\nname = "a"\ndependencies = 1'),
        ("uv.lock", '[[package]]\nname = "a"\ndependencies = [{}]'),
        ("uv.lock", '[[package]]\nname = "a"\ndependencies = [{name = "b", extra = 1}]'),
        ("uv.lock", '[[package]]\nname = "a"\noptional-dependencies = [1]'),
        ("uv.lock", '[[package]]\nname = "a"\nsource' + ".a" * DEEP + " = 1"),
        ("poetry.lock", "[package]\nname = 'a'"),
        ("poetry.lock", "[[package]]\nname = 'a'\ndependencies = []"),
        ("poetry.lock", "[[package]]\nname = 'a'\ngroups = 1"),
        ("poetry.lock", "[extras]\nx = ['']"),
        ("poetry.lock", "[extras]\nx = 1"),
        ("pdm.lock", "[[package]]\nname = 'a'\ndependencies = [1]"),
        ("pdm.lock", "[[package]]\nname = 'a'\ngroups = 1"),
        ("pylock.toml", "[[packages]]\nname = 'a'\ndirectory = 1"),
        ("pyproject.toml", "project = 1"),
        ("pyproject.toml", "[project]\ndependencies = 'x'"),
        ("pyproject.toml", "[project]\ndependencies = ['a b']"),
        ("pyproject.toml", "[project]\nname = 1"),
        ("pyproject.toml", "[tool.poetry.group]\nx = 1"),
    ],
)
def test_wrong_shapes(path: str, tail: str) -> None:
    """A value of a type that the format does not have there is a LockError that names the file."""
    with pytest.raises(LockError, match=path):
        read_lock(RepoPath(path), (HEADS[path] + tail).encode())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("uv.lock", "version = 2"),
        ("uv.lock", ""),
        ("poetry.lock", '[metadata]\nlock-version = "3.0"'),
        ("pdm.lock", '[metadata]\nlock_version = "5.0"'),
        ("pdm.lock", ""),
        ("pylock.toml", 'lock-version = "2.0"'),
        ("pylock.toml", "lock-version = 1.0"),
        ("Pipfile.lock", '{"_meta": {"pipfile-spec": 7}}'),
        ("Pipfile.lock", "{}"),
    ],
)
def test_unknown_versions(path: str, text: str) -> None:
    """A version of a format that came later is not guessed at."""
    with pytest.raises(LockError, match="is not known"):
        read_lock(RepoPath(path), text.encode())


@pytest.mark.parametrize(
    "data", [[], {"_meta": []}, {"default": []}, {"default": {"a": 1}}, {"default": {"": {}}}]
)
def test_wrong_shapes_of_a_pipfile(data: Any) -> None:
    """The same for JSON."""
    if isinstance(data, dict):
        data = {"_meta": {"pipfile-spec": 6}, **data}
    with pytest.raises(LockError, match=r"Pipfile\.lock"):
        read_lock(RepoPath("Pipfile.lock"), json.dumps(data).encode())


def test_files_of_an_odd_shape_still_count() -> None:
    """What is listed as files is compared even where it is not a table."""
    table = read_lock(RepoPath("poetry.lock"), b"[[package]]\nname = 'a'\nfiles = ['x', 1]\n")
    other = read_lock(RepoPath("poetry.lock"), b"[[package]]\nname = 'a'\nfiles = ['x', 2]\n")
    assert table.distributions["a"].fingerprints != other.distributions["a"].fingerprints
