"""Frozen values that several packages speak. No behaviour beyond what a value knows about itself."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NewType, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Change",
    "ChangeKind",
    "Changes",
    "Doubt",
    "Edge",
    "EdgeKind",
    "FileChoice",
    "Reason",
    "ReasonKind",
    "RepoPath",
    "RunAll",
    "RunNone",
    "RunSome",
    "Selection",
]

RepoPath = NewType("RepoPath", str)
"""A path relative to the top of the repository, with `/` between its parts; bytes that are not UTF-8 as surrogates."""


class ChangeKind(enum.StrEnum):
    """What happened to a path. A rename is a deletion and an addition."""

    ADDED = "added"
    DELETED = "deleted"
    MODIFIED = "modified"
    SUBMODULE = "submodule"  # its pointer moved, or its work tree is dirty: everything below changed


@dataclass(frozen=True, slots=True)
class Change:
    """One changed path.

    Attributes:
        path: the path.
        kind: what happened to it.
        old: object name of the version at the base, None where there is none.
        new: object name of the version at the head, None where there is none or where it is only in the work tree.
    """

    path: RepoPath
    kind: ChangeKind
    old: str | None = None
    new: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed between two trees.

    Attributes:
        base_name: the base as the user named it ("origin/main").
        base_commit: full object name of the base tree's commit.
        head_commit: commit of the head tree; None when the head is the work tree.
        files: the changes, sorted by path, a path once.
    """

    base_name: str
    base_commit: str
    head_commit: str | None
    files: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something we could not find out, and which therefore made the selection larger.

    Attributes:
        slug: anchor in `docs/messages.md`.
        message: one line: place, cause, and what would help.
    """

    slug: str
    message: str


class EdgeKind(enum.StrEnum):
    """Why one file depends on another (`docs/how-it-works.md` has the table)."""

    IMPORT = "imports"
    PACKAGE = "is inside the package of"
    LAZY = "imports, through a lazy package,"
    STRING = "names in a string"
    COMPUTED = "imports by a computed name"
    CONFTEST = "uses the fixtures of"
    PLUGIN = "runs with the plugin"
    DATA = "reads"
    SCRIPT = "names the script"
    DECLARED = "is declared to depend on"
    MISSING = "imports a module that may be built from"
    UNPARSED = "cannot be parsed, so may depend on"
    FOLDER = "lives in or below the folder of"
    FIXTURE = "may ask for a fixture of"
    LINK = "is a link to"


@dataclass(frozen=True, slots=True)
class Edge:
    """If `target` changes, `source` may behave differently.

    Attributes:
        source: the file that depends.
        target: the file depended on.
        kind: why.
        line: 1-based line in `source` where it says so; 0 where no line does.
    """

    source: RepoPath
    target: RepoPath
    kind: EdgeKind
    line: int = 0


class ReasonKind(enum.StrEnum):
    """The rule that selected a file or a test."""

    CHANGED = "changed itself"
    OWN_TEST = "the body of the test changed"
    REACHES = "depends on a changed file"
    UNKNOWN = "a file of unknown use changed nearby"
    DISTRIBUTION = "imports a distribution whose version moved"
    EVIDENCE = "executed code that the change touches"
    UNSEEN = "has tests that were never seen to run"
    SENTINEL = "imports a file whose import may break"
    ALWAYS = "configured to run always"
    LAST_FAILED = "failed in its last run"
    GROUND = "the ground shifted"
    DOUBT = "in doubt"
    ASKED = "everything was asked for"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something runs: the rule, the change behind it, and the way from the test to that change.

    Attributes:
        kind: the rule.
        change: the changed path (or distribution) at the end of the chain; empty where no single one is.
        detail: what changed there, for a person ("body of `get_default`, line 12").
        chain: edges from the test file to `change`; empty where the test file itself changed.
    """

    kind: ReasonKind
    change: str = ""
    detail: str = ""
    chain: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True)
class FileChoice:
    """What to run of one file.

    Attributes:
        tests: names of the test functions to run, in any class and with all parameters; None for the whole file.
        reason: why.
        left: node ids of tests that do not run after all, by their evidence.
        only: node ids of the only tests that run; None where others may.
        spared: dotted names of test functions that are not collected, since pytest would deselect all that they make.
    """

    tests: frozenset[str] | None
    reason: Reason
    left: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    spared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RunAll:
    """Everything runs."""

    reason: Reason
    doubts: tuple[Doubt, ...] = ()
    changes: Changes | None = None


@dataclass(frozen=True, slots=True)
class RunSome:
    """Only these files run, of those that pytest would collect.

    Attributes:
        files: every file whose tests can be affected, with what to run of it.
        below: folders (without a trailing slash; "" is the top) below which every file runs whatever it is, such as
            data files that a conftest turns into tests.
        total: number of test files known, affected or not.
        changes: what changed.
        doubts: what widened the selection.
    """

    files: Mapping[RepoPath, FileChoice]
    below: Mapping[RepoPath, Reason]
    total: int
    changes: Changes
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class RunNone:
    """Nothing can be affected: a success.

    Attributes:
        total: number of test files known.
        changes: what changed, possibly something neutral.
    """

    total: int
    changes: Changes
    doubts: tuple[Doubt, ...] = field(default=())


Selection: TypeAlias = RunAll | RunSome | RunNone
