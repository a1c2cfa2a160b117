"""A selection as it is applied while pytest collects: plain sets that travel to xdist's workers as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol, assert_never

from pytest_txselect.model import FileChoice, RepoPath, RunAll, RunNone, RunSome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_txselect.model import Selection

__all__ = ["Allows", "Applied", "Prepared", "apply_selection", "parse_prepared", "render_prepared"]

VERSION: Final = 3


class Allows(Protocol):
    """What may be collected, whoever decides it."""

    @property
    def top(self) -> str:
        """The folder to which paths are relative, absolute and without links."""

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""

    def allows(self, path: str) -> bool:
        """Whether anything of a file runs."""

    def allows_node(self, path: str, node: str) -> bool:
        """Whether a test of a file may run."""

    def names(self, path: str) -> frozenset[str] | None:
        """Names of the test functions of a file that run; None for the whole file."""

    @property
    def spared_files(self) -> frozenset[str]:
        """Files of which some functions need not be made tests of."""

    def spares(self, path: str) -> frozenset[str]:
        """Dotted names of functions of a file that need not be made tests of."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What may be collected.

    Attributes:
        top: the repository's top; paths below are relative to it.
        everything: whether nothing is left out.
        files: files that run whole.
        partial: files of which only the functions of these names run.
        below: folders below which every file runs.
        dropped: files of which nothing runs after all, by evidence.
        left: files of which the tests of these node ids do not run.
        only: files of which only the tests of these node ids run.
        spared: files of which the functions of these dotted names need not be made tests of.
    """

    top: str
    everything: bool
    files: frozenset[str]
    partial: Mapping[str, frozenset[str]]
    below: frozenset[str]
    dropped: frozenset[str] = frozenset()
    left: Mapping[str, frozenset[str]] = field(default_factory=dict)
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    spared: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def allows(self, path: str) -> bool:
        """Whether anything of a file runs."""
        if path in self.dropped:
            return False
        if path in self.only:
            return True
        if self.everything or path in self.files or path in self.partial or "" in self.below:
            return True
        return bool(self.below) and self._is_below(path)

    def allows_node(self, path: str, node: str) -> bool:
        """Whether evidence lets a test of a file run."""
        if path in self.only:
            return node in self.only[path]
        return node not in self.left.get(path, ())

    def runs(self, path: str, node: str) -> bool:
        """Whether a test of a file runs, as far as its node id tells what kind of test it is."""
        if not self.allows(path) or not self.allows_node(path, node):
            return False
        name = node.rpartition("::")[2] if "[" not in node else node.partition("[")[0].rpartition("::")[2]
        names = self.names(path)
        return names is None or "." in name or name in names  # a dot: an example, named after its module

    def names(self, path: str) -> frozenset[str] | None:
        """Names of the test functions of a file that run; None for the whole file."""
        if self.everything or path in self.files or path not in self.partial or self._is_below(path):
            return None
        return self.partial[path]

    @property
    def spared_files(self) -> frozenset[str]:
        """Files of which some functions need not be made tests of."""
        return frozenset(self.spared)

    def spares(self, path: str) -> frozenset[str]:
        """Dotted names of functions of a file of which pytest would deselect every test."""
        return self.spared.get(path, frozenset())

    def _is_below(self, path: str) -> bool:
        while path:
            path = path.rpartition("/")[0]
            if path in self.below:
                return True
        return False

    def to_json(self) -> str:
        """For `from_json` in another process of the same run."""
        partial = {path: sorted(names) for path, names in self.partial.items()}
        return json.dumps(
            [
                VERSION,
                self.top,
                self.everything,
                sorted(self.files),
                partial,
                sorted(self.below),
                sorted(self.dropped),
                {path: sorted(nodes) for path, nodes in self.left.items()},
                {path: sorted(nodes) for path, nodes in self.only.items()},
                {path: sorted(functions) for path, functions in self.spared.items()},
            ]
        )

    @classmethod
    def from_json(cls, text: str) -> Applied:
        """Read what `to_json` made.

        Raises:
            ValueError: another version of txselect made it.
        """
        version, *rest = json.loads(text)
        if version != VERSION:
            raise ValueError(
                f"the controller's selection has version {version}, this worker reads {VERSION}: "
                "install one version of txselect"
            )
        top, everything, files, partial, below, dropped, left, only, spared = rest
        return cls(
            top,
            everything,
            frozenset(files),
            {path: frozenset(names) for path, names in partial.items()},
            frozenset(below),
            frozenset(dropped),
            {path: frozenset(nodes) for path, nodes in left.items()},
            {path: frozenset(nodes) for path, nodes in only.items()},
            {path: frozenset(functions) for path, functions in spared.items()},
        )


def apply_selection(
    selection: Selection, top: str, judged: Mapping[RepoPath, FileChoice | None] = MappingProxyType({})
) -> Applied:
    """Put a selection into the form in which it is applied.

    Args:
        selection: what the graph says runs.
        top: absolute path of the repository's top.
        judged: what evidence says instead, of some files.
    """
    applied = _apply_reached(selection, top)
    partial = dict(applied.partial)
    partial.update(
        {path: choice.tests for path, choice in judged.items() if choice and choice.tests is not None}
    )
    whole = {path for path, choice in judged.items() if choice and choice == FileChoice(None, choice.reason)}
    return replace(
        applied,
        files=applied.files | whole,
        partial=partial,
        dropped=frozenset(path for path, choice in judged.items() if choice is None),
        left={path: choice.left for path, choice in judged.items() if choice and choice.left},
        only={path: choice.only for path, choice in judged.items() if choice and choice.only is not None},
        spared={path: choice.spared for path, choice in judged.items() if choice and choice.spared},
    )


def _apply_reached(selection: Selection, top: str) -> Applied:
    match selection:
        case RunAll():
            return Applied(top, everything=True, files=frozenset(), partial={}, below=frozenset())
        case RunNone():
            return Applied(top, everything=False, files=frozenset(), partial={}, below=frozenset())
        case RunSome(files=files, below=below):
            whole: set[str] = set()
            partial: dict[str, frozenset[str]] = {}
            for path in files:
                names = files[RepoPath(path)].tests
                if names is None:
                    whole.add(path)
                else:
                    partial[path] = names
            return Applied(
                top, everything=False, files=frozenset(whole), partial=partial, below=frozenset(below)
            )
        case _:
            assert_never(selection)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A selection for other machines, where the repository lies elsewhere.

    Attributes:
        applied: the selection; without a top when it is written.
        headline: the same in one line.
        commit: full object name of HEAD where it was made; empty where there was none.
        rootdir: pytest's rootdir, relative to the repository's top.
    """

    applied: Applied
    headline: str
    commit: str
    rootdir: str


def render_prepared(prepared: Prepared) -> str:
    """Write it down."""
    document = {
        "schema": VERSION,
        "headline": prepared.headline,
        "commit": prepared.commit,
        "rootdir": prepared.rootdir,
        "applied": replace(prepared.applied, top="").to_json(),
    }
    return json.dumps(document) + "\n"


def parse_prepared(text: str, rootdir: str, commit: str) -> Prepared:
    """Read what `render_prepared` wrote, as it holds here.

    Args:
        text: the document.
        rootdir: pytest's rootdir here, an absolute path without links.
        commit: HEAD here; empty where that is not known.

    Raises:
        ValueError: it is something else, of another version or commit, or of a project that lies in another folder of its
            repository.
    """
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("schema") != VERSION:
        raise ValueError("it is not of this version of txselect")
    there, below = str(document["commit"]), str(document["rootdir"])
    if there and commit and there != commit:
        raise ValueError(f"it was made at commit {there[:7]}, and this is {commit[:7]}")
    tail = f"/{below}" if below else ""
    if not rootdir.endswith(tail):
        raise ValueError(f"it is of a project in the folder {below} of its repository")
    applied = replace(Applied.from_json(document["applied"]), top=rootdir[: len(rootdir) - len(tail)])
    return Prepared(applied, str(document["headline"]), there, below)
