"""What a commit message, or the environment, asks of the selection.

A directive stands in square brackets anywhere in the message. Its case, and whether its words are parted by
blanks, dashes or underscores, do not matter, nor does their order (which is how transformers' tests_fetcher
reads them).

- `[test all]`: everything runs.
- `[no filter]`: everything runs. Where it comes from it lifts a filter over what the change can affect; here
  the selection is the only filter there is, so lifting it means everything.
- `[skip ci]` and its kin (`[ci skip]`, `[no ci]`, `[skip actions]`, `***NO_CI***`, ...) are addressed to the
  CI provider, which then does not start a build. If tests are started all the same, somebody wants them: the
  directive is recognised, so that it is not mistaken for another one, and asks nothing of us. It never makes
  a run smaller.

`TXSELECT_RUN_ALL=1` in the environment asks for everything, for a pull-request label to be wired to.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_txselect.changes.git import Git

__all__ = ["Directive", "find_directive", "parse_directives", "read_head_message"]

_BRACKETS: Final = re.compile(r"\[([^\[\]\n]{1,40})\]")
_PARTED: Final = re.compile(r"[\s_-]+")
_SYNTHETIC: Final = re.compile(r"Merge [0-9a-f]{40,64} into [0-9a-f]{40,64}\s*\Z")
_FALSE: Final = frozenset({"", "0", "false", "no", "off"})


class Directive(enum.StrEnum):
    """Something that a commit message can ask for."""

    TEST_ALL = "[test all]"
    NO_FILTER = "[no filter]"
    SKIP_CI = "[skip ci]"


_PROVIDERS: Final = ("ci", "actions", "circleci", "travis", "azurepipelines", "azpipelines", "azp", "checks")
_MEANINGS: Final = {
    frozenset({"test", "all"}): Directive.TEST_ALL,
    frozenset({"tests", "all"}): Directive.TEST_ALL,
    frozenset({"testall"}): Directive.TEST_ALL,
    frozenset({"no", "filter"}): Directive.NO_FILTER,
    frozenset({"nofilter"}): Directive.NO_FILTER,
    frozenset({"no", "ci"}): Directive.SKIP_CI,
    **{frozenset({"skip", provider}): Directive.SKIP_CI for provider in _PROVIDERS},
}


def parse_directives(message: str) -> frozenset[Directive]:
    """Return every directive of a commit message."""
    found = {
        _MEANINGS.get(frozenset(_PARTED.split(match[1].strip().lower())))
        for match in _BRACKETS.finditer(message)
    }
    if "***NO_CI***" in message:
        found.add(Directive.SKIP_CI)
    return frozenset(directive for directive in found if directive is not None)


def find_directive(message: str, environment: Mapping[str, str]) -> str | None:
    """Return why everything is asked for, None where it is not.

    Args:
        message: of the head commit (`read_head_message`).
        environment: of the process. Any value of `TXSELECT_RUN_ALL` that does not plainly say no, says yes.
    """
    asked = environment.get("TXSELECT_RUN_ALL", "")
    if asked.strip().lower() not in _FALSE:
        return f"TXSELECT_RUN_ALL={asked} in the environment"
    wide = sorted(parse_directives(message) - {Directive.SKIP_CI}, reverse=True)
    return f"{wide[0]} in the message of the head commit" if wide else None


def read_head_message(git: Git, commit: str) -> str:
    """Return the message that a person wrote for `commit`.

    GitHub tests a pull request as a merge commit of its own making ("Merge <commit> into <commit>"): the
    words of the author are then in the message of its second parent, if the clone is deep enough to have it.
    """
    head = git.read_head() if commit == "HEAD" else None
    message = git.commit_message(commit) if head is None else head.message
    if not _SYNTHETIC.match(message):
        return message
    second = git.find_commit(f"{commit}^2")
    return message if second is None else f"{git.commit_message(second)}\n\n{message}"
