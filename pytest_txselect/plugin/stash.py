"""What the features of the plugin tell each other, through `config.stash`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SELECTION_KEY", "SelectionNote"]


def _say_nothing(_nodeid: str) -> str:
    return ""


class SelectionNote(NamedTuple):
    """What a report tells of the selection that was made.

    Attributes:
        headline: the line of pytest's header that says what was selected.
        document: the content of `selection.json`, as text.
        left_out: files that will not be collected, since nothing in them can be affected.
        why: gives the reason why a test runs, in one line; empty where it knows none. Called once per test.
        why_not: gives the reason why a test that was collected does not run; empty where it was not left out
            by the selection.
        left_out_reason: why the files of `left_out` are, in one line.
    """

    headline: str = ""
    document: str = ""
    left_out: tuple[str, ...] = ()
    why: Callable[[str], str] = _say_nothing
    why_not: Callable[[str], str] = _say_nothing
    left_out_reason: str = "cannot be affected by the change"


SELECTION_KEY: Final = pytest.StashKey[SelectionNote]()
"""Set by whoever makes the selection, before collection starts (with xdist: on the controller)."""
