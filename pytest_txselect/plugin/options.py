"""The options that users type (`docs/configuration.md`); their names are fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

__all__ = ["add_options"]


def add_options(parser: pytest.Parser) -> None:
    """Declare the options. None of them consumes a following positional argument."""
    group = parser.getgroup("txselect", "run only the tests that a change can affect")
    group.addoption(
        "--impacted-by",
        metavar="REF",
        default=None,
        help="run only tests that the change since REF can affect: a revision, A..B, A...B, or auto",
    )
