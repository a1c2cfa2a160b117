"""The tabs of `report.html` that need no script: warnings, and what is known of the run itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.report.details import cut_middle
from pytest_txselect.report.overview import show
from pytest_txselect.report.texts import render_stats

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.report.run import Run

__all__ = ["render_facts", "render_warnings"]

_MOST_WARNINGS: Final = 300


def render_warnings(run: Run) -> Iterator[str]:
    """Render the warnings, those of one place and text as one."""
    groups: dict[tuple[str, str], list[str]] = {}
    for warning in run.warnings:
        key = (
            f"{warning.category}: {warning.message}",
            f"{warning.file}:{warning.line}" if warning.file else "",
        )
        groups.setdefault(key, []).append(warning.test)
    if not groups:
        yield '<p class="empty">No warnings.</p>'
        return
    most = sorted(groups.items(), key=lambda item: -len(item[1]))
    yield f"<h2>Warnings <small>{len(run.warnings):,}, {len(groups):,} different</small></h2><table>"
    for (text, place), tests in most[:_MOST_WARNINGS]:
        first = f" first in <code>{show(tests[0])}</code>" if tests[0] else ""
        yield f'<tr><td class="num">&times;{len(tests):,}</td><td>{show(cut_middle(text, 2000))}'
        yield f'<div class="soft"><code>{show(place)}</code>{first}</div></td></tr>'
    yield "</table>"
    if len(most) > _MOST_WARNINGS:
        yield f'<p class="soft">{len(most) - _MOST_WARNINGS:,} more are in warnings.txt.</p>'


def render_facts(run: Run) -> Iterator[str]:
    """Render what is known of the run itself."""
    yield f"<h2>As pytest says</h2><pre>{show(render_stats(run))}</pre>"
    for stream in run.streams:
        header, footer = stream.header, stream.footer
        yield f'<h2>{show(header.id)}</h2><table class="run">'
        facts = [
            ("command", "pytest " + " ".join(header.command)),
            ("exit status", str(footer.status) if footer else "none: the run broke off"),
            ("stopped", footer.stopped if footer else ""),
            ("rootdir", header.rootdir),
            ("commit", header.commit),
            ("shard", "of ".join(f"{part} " for part in header.shard) if header.shard != (1, 1) else ""),
            ("platform", header.platform),
            *header.versions,
        ]
        for name, value in facts:
            if value:
                yield f"<tr><td>{show(name)}</td><td><code>{show(value)}</code></td></tr>"
        yield "</table>"
    for error in run.internal:
        yield f"<h2>Internal error</h2><pre>{show(cut_middle(error.text, 20_000))}</pre>"
