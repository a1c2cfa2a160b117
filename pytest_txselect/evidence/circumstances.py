"""Under which circumstances pytest deselected tests: all that may decide beside the files of the project.

Two runs have the same ones if they were started with the same options, in the same environment, with the same
distributions. Variables that are others in every run (of a shell, of a CI service) would make any two runs differ,
so these count only where code of the project mentions them.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Circumstances", "find_minded"]

CHANGING: Final = (
    *("_", "COLUMNS", "DISPLAY", "LINES", "OLDPWD", "PWD", "SHLVL", "STY", "WINDOWID"),
    *(
        "DBUS_*",
        "INVOCATION_ID",
        "JOURNAL_*",
        "SSH_*",
        "TERM_SESSION_*",
        "TMUX*",
        "VSCODE_*",
        "XDG_SESSION_*",
    ),
    *("PYTEST_CURRENT_TEST", "PYTEST_VERSION", "PYTEST_XDIST_*", "TXSELECT_*"),
    *(
        "AGENT_*",
        "BITBUCKET_*",
        "BUILDKITE_*",
        "CIRCLE_*",
        "CI_*",
        "GITHUB_*",
        "GITLAB_*",
        "RUNNER_*",
        "SYSTEM_*",
    ),
    *("BUILD_*", "CHANGE_*", "EXECUTOR_NUMBER", "GIT_BRANCH", "GIT_COMMIT", "GIT_PREVIOUS_*", "TF_BUILD*"),
)
"""Variables, and beginnings of their names, that tell of a run what no two runs have in common."""


class Circumstances(NamedTuple):
    """What may decide which tests are deselected, beside the files of the project.

    Attributes:
        asked: the expressions, as options of pytest; empty where nothing is deselected by one.
        options: every option that is no matter of display, and where pytest was started.
        environment: the variables.
        installed: distributions with their versions.
    """

    asked: str
    options: Mapping[str, str]
    environment: Mapping[str, str]
    installed: tuple[str, ...]

    def digest(self, minded: Iterable[str]) -> bytes:
        """What two runs have in common that have the same circumstances.

        Args:
            minded: those of the variables that change all the time that count.
        """
        minded = frozenset(minded)
        variables = [
            (name, value)
            for name, value in sorted(self.environment.items())
            if (family := _find_family(name)) is None or family in minded
        ]
        content = json.dumps([self.asked, sorted(self.options.items()), variables, self.installed])
        return hashlib.blake2b(content.encode(), digest_size=16).digest()


def _find_family(name: str) -> str | None:
    """Which of the variables that change all the time one is."""
    for each in CHANGING:
        if name == each or (each.endswith("*") and name.startswith(each[:-1])):
            return each
    return None


def _spell(variable: str) -> str:
    """An expression for what mentions a variable, or one of those that begin so."""
    return rf"(?<!\w){re.escape(variable.removesuffix('*'))}" + ("" if variable.endswith("*") else r"(?!\w)")


SPELLED: Final = tuple(
    (name, name.removesuffix("*").encode(), re.compile(_spell(name).encode()))
    for name in CHANGING[1:]  # the first one is no name that a text could mention
)
"""Each with what is looked for first, which is a matter of microseconds, and what decides."""


def find_minded(texts: Iterable[bytes]) -> tuple[str, ...]:
    """The variables that change all the time, and beginnings of their names, that some texts mention."""
    texts = list(texts)
    return tuple(
        name
        for name, word, pattern in SPELLED
        if any(word in text and pattern.search(text) is not None for text in texts)
    )
