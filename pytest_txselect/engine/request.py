"""What is asked: everything from outside, read once at the rim."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_txselect.config import Settings
    from pytest_txselect.project.pytest_config import PytestConfig

__all__ = ["Progress", "Request", "Silent"]


class Progress(Protocol):
    """Watches long work."""

    def begin(self, what: str, total: int) -> None:
        """Long work begins: `total` steps of `what`."""

    def step(self, number: int) -> None:
        """So many more steps are done."""

    def end(self) -> None:
        """The work is done, or was given up."""

    def say(self, line: str) -> None:
        """Tell the user about a command that runs."""


class Silent:
    """Nobody watches."""

    def begin(self, what: str, total: int) -> None:
        """Say nothing."""

    def step(self, number: int) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""

    def say(self, line: str) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Attributes:
        ref: as the user typed it: a revision, `A..B`, `A...B` or `auto`.
        pytest: what pytest's configuration says.
        settings: what ours says.
        store: folder of the store.
        environment: of the process.
        mode: "static": the source only; "recorded": evidence, or an error; "auto": evidence where it holds.
        deepen: whether to fetch missing history of the base.
        remember: whether to write what was found out into the store.
        alone: whether nobody else wants anything of this process, so that it may be copied.
        progress: who watches.
    """

    ref: str
    pytest: PytestConfig
    settings: Settings
    store: Path
    environment: Mapping[str, str]
    mode: str = "static"
    deepen: bool = False
    remember: bool = True
    alone: bool = False
    progress: Progress = field(default_factory=Silent)
