"""What single files ask for, as far as their facts tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.source.facts import FileFacts

if TYPE_CHECKING:
    from pytest_txselect.source.facts import Facts

__all__ = ["asks_for", "names_command", "steers_fixtures"]


def asks_for(facts: Facts, names: frozenset[str]) -> bool:
    """Whether a file may ask for one of some fixtures."""
    if not isinstance(facts, FileFacts):
        return True
    return (
        not names.isdisjoint(facts.parameters)
        or not names.isdisjoint(facts.strings)
        or "getfixturevalue" in facts.names
    )


def steers_fixtures(facts: Facts) -> bool:
    """Whether a conftest changes which fixtures tests use."""
    return not isinstance(facts, FileFacts) or "fixturenames" in facts.names


def names_command(facts: FileFacts, script: str) -> bool:
    """Whether a file has a command among its strings, or at the beginning of one."""
    return script in facts.strings or any(text.startswith(script + " ") for text in facts.strings)
