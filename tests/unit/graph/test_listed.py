"""Which texts may be found by listing folders."""

from __future__ import annotations

import pytest

from pytest_txselect.graph.hints import ENDS, OWN_FOLDER
from pytest_txselect.graph.listed import ListedTexts
from pytest_txselect.model import RepoPath


@pytest.mark.parametrize(
    ("words", "path", "found"),
    [
        ({"tests/a.py": ["docs/*.md"]}, "docs/one.md", True),
        ({"tests/a.py": ["docs/*.md"]}, "more/docs/one.md", True),
        ({"tests/a.py": ["docs/*.md"]}, "docs/one.rst", False),
        ({"tests/a.py": ["docs/*.md"]}, "notes/one.md", False),
        ({"tests/a.py": ["docs/**/*.md"]}, "docs/deep/one.md", True),
        ({"tests/a.py": ["docs/**/*.md"]}, "docs/one.md", True),
        ({"tests/a.py": ["docs/*.md", "x/n*"], "tests/b.py": ["notes/*.md"]}, "notes/one.md", True),
        ({"tests/a.py": ["one*", "two*"]}, "docs/two.md", True),
        ({"tests/a.py": ["one*", "two*"]}, "docs/three.md", False),
        ({"tests/a.py": ["*"]}, "tests/deep/one.md", True),
        ({"tests/a.py": ["*"]}, "docs/one.md", False),
        ({"tests/a/a.py": ["*.py*"], "tests/b/b.py": ["*.py*"]}, "tests/a/one.pyi", True),
        ({"tests/a/a.py": ["*.py*"], "tests/b/b.py": ["*.py*"]}, "tests/b/one.pyi", True),
        ({"tests/a/a.py": ["*.py*"], "tests/b/b.py": ["*.py*"]}, "tests/c/one.pyi", False),
        ({"tests/a.py": [OWN_FOLDER]}, "tests/deep/one.md", True),
        ({"tests/a.py": [OWN_FOLDER]}, "docs/one.md", False),
        ({"tests/a.py": [f"{ENDS}_notes.md"]}, "docs/my_notes.md", True),
        ({"tests/a.py": [f"{ENDS}_notes.md"]}, "docs/my_words.md", False),
        ({"tests/a.py": ["one.md"]}, "docs/one.md", True),
        ({"tests/a.py": ["docs/deep"]}, "docs/deep/one.md", True),
    ],
)
def test_texts_that_may_be_listed(words: dict[str, list[str]], path: str, found: bool) -> None:
    """A text may be found by globs, folders, ends and names that files know, each glob `*.py*` for the folder it is in."""
    listed = ListedTexts({RepoPath(reader): several for reader, several in words.items()})
    assert listed.may_have(RepoPath(path)) is found
