"""Settings as the TOML that says the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from pytest_txselect.config.settings import Job, MarkerRule, Record, Settings
from pytest_txselect.config.table import quote_text, render_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

__all__ = ["render_settings"]

RECORD: Final = {Record.AUTO: '"auto"', Record.ALWAYS: "true", Record.ASKED: "false"}
ALL_KEYS: Final = tuple(field.name for field in fields(Settings))
TABLES: Final = ("depends", "markers", "jobs")


def render_settings(
    settings: Settings, comment_of: Callable[[str], str], width: int, keys: Collection[str] = ALL_KEYS
) -> list[str]:
    """Write settings as lines of a `txselect.toml`.

    Args:
        settings: what to write; of jobs and marker rules only what differs from the defaults.
        comment_of: gives the comment for a top-level key; empty for none.
        width: columns after which a list is broken into lines; a comment that does not fit goes above.
        keys: the top-level keys to write.
    """
    lines: list[str] = []
    for name in (name for name in ALL_KEYS if name in keys and name not in TABLES):
        value = getattr(settings, name)
        text = RECORD[value] if isinstance(value, Record) else _render(value)
        lines += _render_key(name, text, comment_of(name), value, width)
    for name in (name for name in TABLES if name in keys):
        entries = getattr(settings, name)
        comment = comment_of(name)
        if not entries:
            lines += ["", f"# {name}: none" + (f" ({comment})" if comment else "")]
        elif name == "depends":
            lines += ["", *_header(f"[{name}]", comment)]
            for entry in entries:
                lines += _render_key(render_name(entry.tests), _render(entry.files), "", entry.files, width)
        else:
            lines += [line for entry in entries for line in ("", *_render_entry(name, entry, comment, width))]
    return lines


def _header(header: str, comment: str) -> Iterator[str]:
    yield f"{header}  # {comment}" if comment else header


def _render_entry(name: str, entry: Job | MarkerRule, comment: str, width: int) -> Iterator[str]:
    """Write an element of an array of tables, its own tables inline."""
    yield from _header(f"[[{name}]]", comment)
    blank = Job("", ()) if isinstance(entry, Job) else MarkerRule("")
    for field in fields(entry):
        value = getattr(entry, field.name)
        if value != getattr(blank, field.name):
            yield from _render_key(field.name, _render(value), "", value, width)


def _render_key(key: str, text: str, comment: str, value: object, width: int) -> Iterator[str]:
    line = f"{key} = {text}"
    if isinstance(value, tuple) and value and len(line) > width:
        if comment:
            yield f"# {comment}"
        yield f"{key} = ["
        yield from (f"  {_render(item)}," for item in value)
        yield "]"
    elif comment and len(line) + len(comment) + 4 <= width:
        yield f"{line}  # {comment}"
    else:
        if comment:
            yield f"# {comment}"
        yield line


def _render(value: object) -> str:
    """Write a value on one line."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quote_text(value)
        case tuple():
            return f"[{', '.join(map(_render, value))}]"
        case Mapping():
            pairs = ", ".join(f"{render_name(key)} = {_render(item)}" for key, item in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return repr(value)
