"""The graph as a page and as text for Graphviz."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from pytest_txselect.graph.picture import Picture, make_picture, render_dot, render_html
from pytest_txselect.model import Edge, EdgeKind, RepoPath

A, B, T = RepoPath("src/a.py"), RepoPath("src/b.py"), RepoPath("tests/test_a.py")
EDGES = (Edge(T, A, EdgeKind.IMPORT, 3), Edge(A, B, EdgeKind.DATA), Edge(T, A, EdgeKind.STRING, 9))
HOSTILE = (
    "</script><script>alert(1)</script>.py",
    '"><img src=x onerror=alert(1)>.py',
    "a\nb.py",
    "\udcff.py",
    "<!--data-->.py",
    "\u202egnp.py",
    'back\\slash".py',
)


class Scripts(HTMLParser):
    """Collects the scripts of a page, with their type, and the names of its other tags."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[tuple[str, str]] = []
        self.tags: set[str] = set()
        self.titles = ""
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self._inside = tag
        if tag == "script":
            self.scripts.append((dict(attrs).get("type") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        """Leave it."""
        del tag
        self._inside = ""

    def handle_data(self, data: str) -> None:
        """Note what a script or the title says."""
        if self._inside == "script":
            kind, before = self.scripts[-1]
            self.scripts[-1] = (kind, before + data)
        elif self._inside == "title":
            self.titles += data


def read_page(picture: Picture) -> Scripts:
    """The page as a browser takes it apart."""
    parser = Scripts()
    parser.feed("".join(render_html(picture)))
    return parser


def test_picture_numbers_files() -> None:
    """Edges become numbers of sorted paths; a file without edges is there if it was named."""
    picture = make_picture("x", EDGES, [RepoPath("lone.py")], {T}, A)
    assert picture.paths == ("lone.py", "src/a.py", "src/b.py", "tests/test_a.py")
    assert (picture.tests, picture.around) == ((3,), 1)
    assert [each[:2] for each in picture.edges] == [(1, 2), (3, 1), (3, 1)]


def test_page_has_the_data() -> None:
    """What the page draws is the picture."""
    picture = make_picture("project", EDGES, (), {T}, A)
    page = read_page(picture)
    data = json.loads(page.scripts[0][1])
    assert page.scripts[0][0] == "application/json"
    assert page.titles == "Dependencies of project"
    assert (data["title"], data["paths"]) == ("project", list(picture.paths))
    assert (data["tests"], data["around"]) == ([2], 0)
    rows = [
        (source, *row[at : at + 3])
        for source, row in enumerate(data["edges"])
        for at in range(0, len(row), 3)
    ]
    assert tuple(rows) == picture.edges
    assert [data["kinds"][kind] for _, _, kind, _ in rows] == ["reads", "imports", "names in a string"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_data(name: str) -> None:
    """No name of a file, nor of the project, adds a tag or a script."""
    plain = read_page(make_picture("x", EDGES))
    page = read_page(make_picture(name, [Edge(RepoPath(name), A, EdgeKind.IMPORT, 1)], tests={name}))
    assert page.tags == plain.tags
    assert [kind for kind, _ in page.scripts] == ["application/json", ""]
    assert page.scripts[1] == plain.scripts[1]
    assert json.loads(page.scripts[0][1])["paths"] == sorted([name, A])


def test_page_loads_nothing() -> None:
    """One self-contained file: no address in it, and a policy that forbids any."""
    text = "".join(render_html(make_picture("x", EDGES)))
    assert "default-src 'none'" in text
    assert not re.search(r"https?://|\bsrc=|@import|url\(", text)


def test_dot() -> None:
    """Tests are boxes, several reasons are one arrow, the middle is bold."""
    assert "".join(render_dot(make_picture("x", EDGES, (), {T}, A))) == (
        'digraph "x" {\n'
        "  rankdir=LR;\n  node [shape=ellipse, fontsize=10];\n"
        '  n0 [label="src/a.py", style=bold];\n'
        '  n1 [label="src/b.py"];\n'
        '  n2 [label="tests/test_a.py", shape=box];\n'
        '  n0 -> n1 [tooltip="reads"];\n'
        '  n2 -> n0 [tooltip="imports (line 3); names in a string (line 9)"];\n'
        "}\n"
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_dot_strings_end_where_they_should(name: str) -> None:
    """A name stays one string on one line."""
    text = "".join(render_dot(make_picture(name, [Edge(RepoPath(name), A, EdgeKind.IMPORT)])))
    lines = text.splitlines()
    assert len(lines) == 7
    for line in lines:
        rest = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
        assert '"' not in rest
        assert "alert" not in rest
