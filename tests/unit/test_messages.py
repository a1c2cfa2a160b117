"""Every slug and every key has its place in the documentation, and its examples are valid."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pytest_txselect
from pytest_txselect.config import Job, MarkerRule, Settings
from pytest_txselect.config.parse import parse_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(pytest_txselect.__file__).parent
DOCS = PACKAGE.parent / "docs"
SLUG = re.compile(r"[a-z]+(-[a-z0-9]+)+")
RAISERS = re.compile(r"\w*(Error|Doubt|Problem)|__init__")


def find_slugs(source: str) -> Iterator[str]:
    """Find what is passed first, beside a message, to an error, a doubt, or the constructor of one."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Constant(value=str(slug)), _, *_]
            ) if RAISERS.fullmatch(name) and SLUG.fullmatch(slug):
                yield slug


def read_anchors() -> list[str]:
    """Read the headings of the page."""
    return re.findall(r"^## (\S+)$", (DOCS / "messages.md").read_text(encoding="utf-8"), flags=re.MULTILINE)


SLUGS = sorted(
    {slug for path in PACKAGE.rglob("*.py") for slug in find_slugs(path.read_text(encoding="utf-8"))}
)


@pytest.mark.parametrize("slug", SLUGS)
def test_slug_is_explained(slug: str) -> None:
    """Each name that ends a message has its anchor."""
    assert slug in read_anchors()


def test_slugs_are_found() -> None:
    """The search sees errors, doubts, attributes and constructors, and nothing else."""
    source = 'GitError("a-b", x); m.Doubt("c-d", "x"); super().__init__("e-f", "x")\n'
    source += 'run("g-h", "x"); KeyError("i-j")'
    assert list(find_slugs(source)) == ["a-b", "c-d", "e-f"]
    assert "invalid-setting" in SLUGS


def test_anchors_are_sorted() -> None:
    """The page is in order, each name once, so that entries added on two branches meet."""
    anchors = read_anchors()
    assert anchors == sorted(set(anchors))


@pytest.mark.parametrize(
    ("kind", "section"),
    [(Settings, "Keys"), (MarkerRule, "Markers"), (Job, "Jobs")],
    ids=["keys", "markers", "jobs"],
)
def test_every_key_is_documented(kind: type[Settings | MarkerRule | Job], section: str) -> None:
    """The table of each section has the fields of its value, in their order."""
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    part = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", part, flags=re.MULTILINE) == [field.name for field in fields(kind)]


def test_examples_are_valid() -> None:
    """Whoever copies an example gets no mistakes."""
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    assert len(examples) == 3
    for example in examples:
        assert parse_settings(tomllib.loads(example)["tool"]["txselect"], str) != Settings()


def test_links_lead_somewhere() -> None:
    """Links between the pages and within them have a target."""
    pages = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
    anchors = {
        name: {
            re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-")
            for title in re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
        }
        for name, text in pages.items()
    }
    for name in ("configuration.md", "from-tests-fetcher.md", "messages.md"):
        for page, anchor in re.findall(r"\]\(([\w.-]*)#([\w-]+)\)", pages[name]):
            assert anchor in anchors[page or name], (name, page, anchor)
