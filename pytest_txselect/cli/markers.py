"""`txselect config --markers`: the rules that mark tests, each with the number of tests that it marks."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from pytest_txselect.cli.asking import TerminalProgress
from pytest_txselect.config.render import render_settings
from pytest_txselect.config.settings import Settings
from pytest_txselect.engine.marked import count_marked
from pytest_txselect.engine.request import Request
from pytest_txselect.errors import GitError
from pytest_txselect.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_txselect.cli.terminal import Terminal
    from pytest_txselect.config import LoadedSettings
    from pytest_txselect.engine.marked import RuleCount
    from pytest_txselect.project.pytest_config import PytestConfig

__all__ = ["show_markers", "write_toml"]


def show_markers(loaded: LoadedSettings, found: PytestConfig, terminal: Terminal) -> None:
    """Write the rules as TOML, what they mark in comments, and notices about those that mark nothing."""
    rules = loaded.settings.markers
    origin = loaded.origins.get("markers", "default")
    if not rules:
        write_toml(terminal, [f"# markers: none ({origin})"])
        return
    settings = loaded.settings
    progress = TerminalProgress(terminal)
    request = Request(
        "HEAD", found, settings, found.rootdir / ".txselect", dict(os.environ), progress=progress
    )
    try:
        counts = count_marked(request)
    except GitError as error:
        terminal.notice(f"tests are not counted: {error}")
        counts = []
    for number, rule in enumerate(rules):
        told = [origin] if number == 0 else []
        told += [_tell(counts[number])] if counts else []
        alone = Settings(markers=(rule,))
        lines = render_settings(alone, partial(_say, "; ".join(told)), terminal.width, keys=("markers",))
        write_toml(terminal, lines if number else lines[1:])
    for each in counts:
        for line in _find_notices(each, loaded.source):
            terminal.notice(line)


def write_toml(terminal: Terminal, lines: Sequence[str]) -> None:
    """Write lines of TOML; with colours, comments step back."""
    for line in lines:
        code, mark, comment = line.partition("# ") if line.startswith("# ") else line.partition("  # ")
        terminal.write(terminal.style(code) + (terminal.style(mark + comment, "dim") if mark else ""))


def _say(comment: str, _key: str) -> str:
    return comment


def _tell(each: RuleCount) -> str:
    return f"marks {count(each.tests, 'test function')} in {count(each.files, 'file')}"


def _find_notices(each: RuleCount, source: str) -> Iterator[str]:
    for base, near in each.unknown.items():
        cure = f"did you mean {near}?" if near else "correct the name, or remove it"
        yield f"{source}: marker {each.rule.name}: no file defines the base class {base}; {cure} [unknown-base]"
    if not each.tests and len(each.unknown) < max(1, len(each.rule.bases)):
        yield (
            f"{source}: marker {each.rule.name}: marks no test; compare its keys with the tests, "
            "or remove the rule [marker-unused]"
        )
