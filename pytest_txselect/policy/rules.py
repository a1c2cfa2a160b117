"""What a changed file means by its name alone, where no edge and no evidence says who depends on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from pytest_txselect.globs import Glob, GlobSet, escape_path, parse_glob, parse_globs
from pytest_txselect.model import ChangeKind
from pytest_txselect.policy.builtin import GROUND, LOCKS, NEUTRAL, NEUTRAL_IN_CODE
from pytest_txselect.policy.linters import find_checked
from pytest_txselect.policy.manifest import ManifestKind
from pytest_txselect.project.pytest_config import matches_file_pattern

if TYPE_CHECKING:
    from pytest_txselect.config import Settings
    from pytest_txselect.project.pytest_config import PytestConfig

__all__ = [
    "Examples",
    "FileRole",
    "Ground",
    "Lock",
    "Manifest",
    "Neutral",
    "Python",
    "Rules",
    "Unknown",
]

PYTHON_SUFFIX = ".py"


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything runs. `rule` says which rule decided, for a person."""

    rule: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What matters is which of its statements changed; `compare_manifest` tells."""

    kind: ManifestKind


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file or a list of requirements, by `rule`: what matters is which distributions moved."""

    rule: str


@dataclass(frozen=True, slots=True)
class Neutral:
    """No test depends on it. `rule` says which rule decided, for a person."""

    rule: str


@dataclass(frozen=True, slots=True)
class Examples:
    """A text file that pytest collects for its examples by a `--doctest-glob` pattern: a test file."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Python:
    """A Python file that no rule speaks about: the graph says who depends on it."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is known about it. `cure` is the line to add to the configuration if no test depends on it."""

    cure: str


FileRole: TypeAlias = Ground | Manifest | Lock | Neutral | Examples | Python | Unknown


@dataclass(frozen=True, slots=True)
class Rules:
    """The built-in rules with the user's; see `docs/configuration.md` for their order.

    Attributes:
        run_all: the user's patterns for the ground.
        neutral: the user's patterns for what does not matter.
        always: the user's patterns for tests that always run.
        doctest_globs: pytest's patterns of text files with examples.
        checked: linters that the test run itself starts.
    """

    run_all: GlobSet
    neutral: GlobSet
    always: GlobSet
    doctest_globs: tuple[str, ...]
    checked: frozenset[str]

    @classmethod
    def of(cls, settings: Settings, pytest_config: PytestConfig) -> Rules:
        """Put the rules of a project together."""
        return cls(
            run_all=parse_globs(settings.run_all),
            neutral=parse_globs(settings.neutral),
            always=parse_globs(settings.always),
            doctest_globs=pytest_config.doctest_globs,
            checked=find_checked(pytest_config.addopts),
        )

    def classify(self, path: str, kind: ChangeKind = ChangeKind.MODIFIED, *, in_code: bool) -> FileRole:
        """Tell what a changed file means.

        Ground, manifests and locks count whoever reads the file; the others only where no edge and no
        evidence says who depends on it.

        Args:
            path: relative to the rootdir, `/` between its parts, `../x` for what is outside.
            kind: what happened to it.
            in_code: whether it lies in a package or a folder of tests. There a Markdown file may be a
                template and an editor's settings may be test data, so that only the plainest names are
                neutral.
        """
        if kind is ChangeKind.SUBMODULE:
            return self._classify_submodule(path)
        ground, neutral = self.run_all.find(path), self.neutral.find(path)
        if ground is not None and not ground.negated:
            return Ground(_user_rule("run_all", ground))
        if neutral is not None and not neutral.negated:
            return Neutral(_user_rule("neutral", neutral))
        return self._classify_builtin(
            path, may_be_ground=ground is None, may_be_neutral=neutral is None, in_code=in_code
        )

    def find_always(self, path: str) -> str | None:
        """Find the pattern by which a test file always runs."""
        found = self.always.find(path)
        return None if found is None or found.negated else found.text

    def _classify_builtin(
        self, path: str, *, may_be_ground: bool, may_be_neutral: bool, in_code: bool
    ) -> FileRole:
        return (
            (_find_ground(path) if may_be_ground else None)
            or (Python() if path.endswith(PYTHON_SUFFIX) else None)
            or self._find_examples(path)
            or (self._find_neutral(path, in_code=in_code) if may_be_neutral else None)
            or _find_lock(path)
            or Unknown(_write_rule("neutral", escape_path(path)))
        )

    def _classify_submodule(self, path: str) -> FileRole:
        """Judge a folder of unknown content: only a pattern that takes all of it makes it neutral."""
        for glob in self.run_all.globs:
            if not glob.negated and (_may_hit_below(glob, path) or glob.matches(path)):
                return Ground(_user_rule("run_all", glob))
        inside = f"{path}/\0"  # no pattern for a name fits this one
        neutral = self.neutral.find(inside) or self.neutral.find(path)
        takes_back = any(glob.negated and _may_hit_below(glob, path) for glob in self.neutral.globs)
        if neutral is not None and not neutral.negated and not takes_back:
            return Neutral(_user_rule("neutral", neutral))
        if neutral is None and not takes_back and (pattern := _find(NEUTRAL, inside)):
            return Neutral(f"built-in rule {pattern}")
        return Unknown(_write_rule("neutral", f"{escape_path(path)}/**"))

    def _find_examples(self, path: str) -> Examples | None:
        return next((Examples(glob) for glob in self.doctest_globs if matches_file_pattern(path, glob)), None)

    def _find_neutral(self, path: str, *, in_code: bool) -> Neutral | None:
        """Find a built-in pattern, but not that of a linter's file which the test run itself reads."""
        pattern = _find(NEUTRAL_IN_CODE if in_code else NEUTRAL, path)
        if pattern is None or any(linter in pattern for linter in self.checked):
            return None
        return Neutral(f"built-in rule {pattern}")


def _find_ground(path: str) -> Ground | Manifest | None:
    pattern = _find(GROUND, path)
    if pattern is not None:
        return Ground(f"built-in rule {pattern}")
    name = path.rpartition("/")[2]
    return Manifest(ManifestKind(name)) if name in set(ManifestKind) else None


def _find_lock(path: str) -> Lock | None:
    pattern = _find(LOCKS, path)
    return None if pattern is None else Lock(f"built-in rule {pattern}")


def _find(patterns: tuple[str, ...], path: str) -> str | None:
    """Find the first of some built-in patterns that fits."""
    return next((glob.text for glob in _compile(patterns) if glob.matches(path)), None)


@cache
def _compile(patterns: tuple[str, ...]) -> tuple[Glob, ...]:
    """Compile a built-in list when it is first needed: many changes have nothing but Python files."""
    return tuple(parse_glob(text) for text in patterns)


def _user_rule(key: str, glob: Glob) -> str:
    return _write_rule(key, glob.text)


def _write_rule(key: str, pattern: str) -> str:
    """Write a line of the configuration. TOML has no bytes that are not UTF-8; `?` fits each of them."""
    writable = re.sub("[\ud800-\udfff]", "?", pattern)
    from pytest_txselect.config.table import quote_text  # noqa: PLC0415 - of unknown files only

    return f"{key} = [{quote_text(writable)}]"


def _may_hit_below(glob: Glob, folder: str) -> bool:
    """Tell whether a pattern could fit a file below a folder; yes, when in doubt."""
    body = glob.text.removeprefix("!").removeprefix("./")
    if "/" not in body.rstrip("/"):
        return True
    body = body.removeprefix("/")
    literal = body[: next((at for at, char in enumerate(body) if char in "*?["), len(body))]
    return literal.startswith(f"{folder}/") or f"{folder}/".startswith(literal)
