"""What single files ask for, as far as their facts tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.source.facts import FileFacts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.engine.examples import ExampleFiles
    from pytest_txselect.engine.graphs import End
    from pytest_txselect.model import RepoPath
    from pytest_txselect.source.facts import Facts

__all__ = ["asks_for", "find_callers", "find_importers", "steers_fixtures"]


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


def find_importers(ends: Iterable[End], examples: ExampleFiles, module: str) -> list[RepoPath]:
    """Files that import a module of a distribution, by its topmost name."""
    top = module.partition(".")[0]
    found = {path for end in ends for path in end.externals.get(top, ())}
    return sorted(found.union(examples.importers(top)))


def find_callers(ends: Iterable[End], script: str) -> list[RepoPath]:
    """Files that have a command among their strings, or at the beginning of one."""
    found: dict[RepoPath, None] = {}
    for end in ends:
        end.facts.load_all()
        for path, facts in end.facts.items():
            if isinstance(facts, FileFacts) and _names_command(facts, script):
                found[path] = None
    return list(found)


def _names_command(facts: FileFacts, script: str) -> bool:
    return script in facts.strings or any(text.startswith(script + " ") for text in facts.strings)
