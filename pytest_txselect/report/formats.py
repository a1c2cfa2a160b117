"""Every artifact of a report by the name of its file: the one table that plugin and command line go by."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.artifacts import TEXTS
from pytest_txselect.report.html import render_html
from pytest_txselect.report.junit import render_junit
from pytest_txselect.report.markdown import render_markdown
from pytest_txselect.report.plain import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_txselect.report.run import Run

__all__ = ["FORMATS", "render_selection"]

_LINES: Final = 1000  # a traceback counts as one


def _join(lines: Iterable[str]) -> Iterator[bytes]:
    """End lines and encode them, many at once."""
    rest = iter(lines)
    while some := list(itertools.islice(rest, _LINES)):
        some.append("")
        yield encode("\n".join(some))


def _text(name: str) -> Callable[[Run], Iterator[bytes]]:
    return lambda run: _join(TEXTS[name](run))


def render_selection(run: Run) -> Iterator[bytes]:
    """Render `selection.json`: the document of the selection; a list of them where several runs were merged.

    Yields nothing where no selection was made: then there is no such file.
    """
    documents = [selection.document for selection in run.selections if selection.document]
    if len(documents) == 1:
        yield encode(documents[0])
    elif documents:
        yield encode(json.dumps([json.loads(document) for document in documents], indent=1))


FORMATS: Final[dict[str, Callable[[Run], Iterable[bytes]]]] = {
    **{name: _text(name) for name in TEXTS},
    "junit.xml": render_junit,
    "report.html": render_html,
    "report.md": lambda run: [encode(render_markdown(run))],
    "selection.json": render_selection,
}
