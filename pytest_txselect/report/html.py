"""`report.html`: one file, no network, that a person opens to find out what broke.

The verdict and the causes are plain HTML, there before any script runs. All results are JSON in an element
that is never executed; the script builds its elements from text, and a policy in the page allows no other
script, no address to load from, and no form. The parts of the page are the files in `page/`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import pkgutil
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.appendix import render_facts, render_warnings
from pytest_txselect.report.overview import find_verdict, render_header, render_overview, show
from pytest_txselect.report.plain import encode
from pytest_txselect.report.rows import build_rows
from pytest_txselect.report.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.report.rows import Rows
    from pytest_txselect.report.run import Run

__all__ = ["render_html"]

_POLICY: Final = "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_SCRIPTS: Final = ("data.js", "list.js", "detail.js", "timeline.js", "main.js")
_TABS: Final = (
    ("overview", "Overview"),
    ("tests", "Tests"),
    ("timeline", "Timeline"),
    ("warnings", "Warnings"),
    ("run", "Run"),
)


def _read(name: str) -> str:
    """Read a part of the page; `pkgutil` costs less than `importlib.resources`, and reads archives too."""
    content = pkgutil.get_data("pytest_txselect.report", f"page/{name}")
    assert content is not None  # noqa: S101 - it is part of the package
    return content.decode("utf-8")


def render_html(run: Run) -> Iterator[bytes]:
    """Render the page, piece by piece."""
    for piece in _render(run):
        yield encode(piece)


def _render(run: Run) -> Iterator[str]:
    rows, summaries = build_rows(run), summarise(run)
    script = '"use strict";\n' + "\n".join(_read(name) for name in _SCRIPTS)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{digest}'; {_POLICY}"
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{show(find_verdict(run, rows)[1])}</title>\n"
    yield f"<style>\n{_read('page.css')}</style>\n</head>\n<body>\n"
    yield from render_header(run, rows)
    yield from _render_tabs(run, rows)
    yield '<main class="wide">\n<div id="overview" role="tabpanel">'
    yield from render_overview(run, rows, summaries)
    yield f'</div>\n{_read("tests.html")}<div id="warnings" role="tabpanel" hidden>'
    yield from render_warnings(run)
    yield '</div>\n<div id="run" role="tabpanel" hidden>'
    yield from render_facts(run)
    yield f'</div>\n</main>\n{_read("keys.html")}<script type="application/json" id="data">'
    yield from _render_data(rows)
    yield f"</script>\n<script>{script}</script>\n</body>\n</html>\n"


def _render_tabs(run: Run, rows: Rows) -> Iterator[str]:
    yield '<nav><div class="wide tabs" role="tablist">'
    counts = {"tests": rows.counts.total(), "warnings": len(run.warnings)}
    for number, (name, label) in enumerate(_TABS):
        count = f" <small>{counts[name]:,}</small>" if counts.get(name) else ""
        selected = "true" if number == 0 else "false"
        yield (
            f'<button class="tab" role="tab" id="tab-{name}" data-tab="{name}" aria-controls="{name}"'
            f' aria-selected="{selected}">{label}{count}</button>'
        )
    yield "</div></nav>\n"


def _render_data(rows: Rows) -> Iterator[str]:
    """Render the data as JSON in which no `<` is, so that nothing can end the element it stands in."""
    for number, (name, value) in enumerate(rows.make_data().items()):
        yield f'{"," if number else "{"}"{name}":'
        if name == "rows":
            yield "{" + ",".join(f'"{key}":{_dump_column(column)}' for key, column in value.items()) + "}"
        else:
            yield _dump(value)
    yield "}"


def _dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def _dump_column(column: tuple[int | float | str, ...]) -> str:
    """Render a column of the rows: most of most pages have one value throughout, which is rendered once."""
    if column and column.count(column[0]) == len(column):
        return f"[{_dump(column[0])}{f',{_dump(column[0])}' * (len(column) - 1)}]"
    return _dump(column)
