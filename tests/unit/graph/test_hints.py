"""Which files may read a data file, by the words of their strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from pytest_txselect.graph.hints import HintFinder, Hints, find_components
from pytest_txselect.model import RepoPath
from pytest_txselect.project.tree import ProjectTree
from pytest_txselect.source.compiled import read_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

READER = "tests/test_a.py"
DATA = (
    "data/one.json",
    "data/deep/two.yaml",
    "tests/data/three.json",
    "pkg/words.txt",
    "LICENSE",
    "tests/golden",
    "tests/a.golden.0",
    "tests/a_v_b.0",
)


class Row(NamedTuple):
    """What a file says, and of which paths it may be a reader, or not."""

    text: str
    reads: tuple[str, ...] = ()
    never: tuple[str, ...] = ("pkg/words.txt",)
    reader: str = READER


ROWS: Mapping[str, Row] = {
    "path": Row("open('data/one.json')", ("data/one.json",), ("data/deep/two.yaml",)),
    "path from here": Row("open('../data/./one.json')", ()),
    "middle of a name": Row(
        "open(f'{kind}.golden.{n}')",
        ("tests/a.golden.0", "tests/deep/a.golden.1"),
        ("data/b.golden.0", "tests/a.golden"),
    ),
    "middle of a name, from here": Row("open(HERE / f'{__file__}{kind}.golden.{n}')", ("data/b.golden.0",)),
    "middle of no name": Row("''.join((a, '_v_', b)), '.other.'", (), ("tests/a_v_b.0", "tests/a.other.0")),
    "windows path": Row(r"open('data\\one.json')", ("data/one.json",)),
    "name": Row("open(HERE / 'three.json')", ("tests/data/three.json",), ("data/one.json",)),
    "folder": Row("ROOT / 'data' / 'deep'", ("data/one.json", "data/deep/two.yaml")),
    "folder of another place": Row("x = 'deep'", (), ("data/deep/two.yaml",), "pkg/a.py"),
    "path of a folder": Row("walk('data/deep')", ("data/deep/two.yaml",), ("data/one.json",)),
    "beginning of a computed path": Row("open('data/tw' + x)", (), ("data/one.json",)),
    "beginning in its folder": Row("open(f'data/on{x}')", ("data/one.json",), ("data/deep/two.yaml",)),
    "file that comes": Row("open('data/four.json')", ("data/four.json",), ("data/one.json",)),
    "glob": Row("glob('data/*.json')", ("data/one.json",), ("data/deep/two.yaml",)),
    "glob of all folders": Row("glob('data/**/*.yaml')", ("data/deep/two.yaml",), ("data/one.json",)),
    "glob of the neighbourhood": Row(
        "HERE.glob('*')", ("tests/data/three.json", "tests/golden"), ("data/one.json",)
    ),
    "glob of any place": Row("glob('x/*.txt')", ("pkg/x/a.txt", "x/a.txt"), ("pkg/words.txt",)),
    "media type": Row("accept('text/html, */*; q=0.1')", (), ("data/one.json", "tests/golden")),
    "everything, asked for": Row("find('**/*')", ("data/one.json",), ()),
    "everything, near its own place": Row("find(__file__, '*/*')", ("data/one.json",), ()),
    "names in an expression": Row("x = '[A-Za-z_.]*'", (), ("tests/golden", "LICENSE")),
    "expression with a group": Row("x = '(?:one)*.json'", (), ("data/one.json",)),
    "expression with a class": Row("x = '[^/]*.json'", (), ("data/one.json",)),
    "glob with a class": Row("find('[a-z]*.json')", ("data/one.json",), ("data/deep/two.yaml",)),
    "end of a name": Row("open(name + '_config.json')", ("data/my_config.json",), ("data/one.json",)),
    "ending alone": Row("p.with_suffix('.json')", (), ("data/one.json",)),
    "ending and own place": Row(
        "Path(__file__).with_suffix('.json')", ("tests/data/three.json",), ("data/one.json",)
    ),
    "own folder is listed": Row(
        "os.listdir(dirname(__file__))", ("tests/golden", "tests/data/three.json"), ("LICENSE",)
    ),
    "own place is not listed": Row("Path(__file__).parent", (), ("tests/golden",)),
    "name without an ending, beside": Row("open('golden')", ("tests/golden",)),
    "name without an ending, above": Row("open('LICENSE')", ("LICENSE",)),
    "name without an ending, elsewhere": Row("open('golden')", (), ("tests/golden",), "pkg/a.py"),
    "resource of a package": Row("files('pkg').read('words.txt')", ("pkg/words.txt",), ("LICENSE",)),
    "resources of a package below": Row(
        "from a.resources import *\nfiles('data.deep')", ("data/deep/two.yaml",), ("data/one.json",)
    ),
    "variable called files": Row("files = []\nfind('data.deep')", (), ("data/deep/two.yaml",)),
    "dots without resources": Row("find('data.deep')", (), ("data/deep/two.yaml",)),
    "sentence": Row("'the file data/one.json is missing. why?'", (), ("data/one.json",)),
    "dots alone": Row("Path('../..')", (), ("LICENSE",)),
    "file that cannot be read": Row("def (", (), ("data/one.json",)),
}


def find(row: Row) -> tuple[Hints, frozenset[str]]:
    """The hints of one file in a project with data."""
    tree = ProjectTree({RepoPath(path): path for path in (*DATA, "pkg/a.py", "data/my_config.json", READER)})
    finder = HintFinder(find_components(tree))
    return Hints({RepoPath(row.reader): finder.words(read_facts(row.text.encode()))}), finder.endings


@pytest.mark.parametrize("name", ROWS)
def test_readers(name: str) -> None:
    """Who may read a file is found by what it says, and others are not."""
    row = ROWS[name]
    hints, _ = find(row)
    assert [path for path in row.reads if row.reader not in hints.readers(RepoPath(path))] == []
    assert [path for path in row.never if row.reader in hints.readers(RepoPath(path))] == []


LISTERS: Mapping[str, Row] = {
    "glob": Row("glob('plugins/*.py')", ("pkg/plugins/one.py",), ("pkg/one.py",)),
    "folder and ending": Row(
        "[x for x in os.listdir('pkg/plugins') if x.endswith('.py')]", ("pkg/plugins/one.py",), ("b/one.py",)
    ),
    "folder without ending": Row("os.listdir('pkg/plugins')", (), ("pkg/plugins/one.py",)),
    "bare name elsewhere": Row("walk('plugins', '.py')", (), ("pkg/plugins/one.py",)),
    "bare name above": Row("walk('plugins', '.py')", ("pkg/plugins/one.py",), ("b/one.py",), "pkg/a.py"),
}


@pytest.mark.parametrize("name", LISTERS)
def test_listers(name: str) -> None:
    """Python files are found by listing their folder only where that looks for Python files."""
    row = LISTERS[name]
    tree = ProjectTree({RepoPath(path): path for path in ("pkg/plugins/one.py", "pkg/a.py", READER)})
    words = HintFinder(find_components(tree)).words(read_facts(row.text.encode()))
    hints = Hints({RepoPath(row.reader): words})
    assert [path for path in row.reads if row.reader not in hints.listers(RepoPath(path))] == []
    assert [path for path in row.never if row.reader in hints.listers(RepoPath(path))] == []
