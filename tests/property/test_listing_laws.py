"""What is left out of the readers of a file could not have read it: patterns against a real folder."""

from __future__ import annotations

import glob
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_txselect.graph.hints import HintFinder, Hints, find_components
from pytest_txselect.model import RepoPath
from pytest_txselect.project.tree import ProjectTree
from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.listing import read_listing

if TYPE_CHECKING:
    from pathlib import Path

PATHS = (
    "a.md",
    ".hidden",
    ".deep/a.md",
    "b/a.md",
    "b/c.txt",
    "b/.x/a.txt",
    "b/d/e.tar.gz",
    "b/d.txt/f",
    "b/aa",
)
PARTS = ["*", "**/", "/", ".", "a", "b", "d", ".md", ".txt", "?", "[ab]", ".gz"]
PATTERNS = (
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=5)
    .map("".join)
    .filter(lambda text: not text.startswith("/") and ".." not in text)  # else it looks at the whole disk
)
READER = "reader.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with some files."""
    top = tmp_path_factory.mktemp("tree")
    for path in PATHS:
        place = top / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    return top


def find(folder: Path, pattern: str) -> set[str]:
    """The files that a glob finds below a folder, or in folders that it finds."""
    found = glob.glob(pattern, root_dir=folder, recursive=True, include_hidden=True)  # noqa: PTH207 - hidden files
    names = {each.rstrip("/") for each in found}
    return {path for path in PATHS if path in names}


@settings(max_examples=300, deadline=None)
@given(PATTERNS)
def test_globs(folder: Path, pattern: str) -> None:
    """Whatever a glob finds in a real folder it fits, and a listing with it can find."""
    found = find(folder, pattern)
    source = f"import glob\nglob.glob({pattern!r}, recursive=True)\n".encode()
    tree = ProjectTree({RepoPath(each): "1" for each in (*PATHS, READER)})
    hints = Hints({RepoPath(READER): HintFinder(find_components(tree)).words(read_facts(source))})
    listing = read_listing(source)
    for path in found:
        assert listing.may_find(path), path
        if "*" in pattern and pattern.strip("/") == pattern:
            assert READER in hints.readers(RepoPath(path)), path
