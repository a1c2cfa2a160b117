"""Which rules of the configuration mark a test. One for the run itself and for what is told without one.

A rule marks the tests that fit every criterion it gives, each by any of its entries:

- `tests`: a pattern fits the file's path and, after `::`, the test's name;
- `fixtures`: the test asks for one, itself or through another fixture;
- `bases`: a class that the test's class is or inherits, by its name, or by as much of its dotted name as is given;
- `imports`: a module that the file imports, in any scope but `if TYPE_CHECKING:`, or a module below it.

Path, bases and imports are the same for all tests of a class, so these are asked about the class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from pytest_txselect.globs import name_tails, parse_node_glob

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pytest_txselect.config.settings import MarkerRule
    from pytest_txselect.globs import NodeGlob
    from pytest_txselect.source.facts import FileFacts

__all__ = [
    "TRUE_VALUES",
    "Candidate",
    "Group",
    "Marking",
    "find_rules",
    "import_names",
    "missing_variable",
    "spell_class",
]

TRUE_VALUES: Final = ("1", "true", "yes", "on", "y", "t")
"""What a variable says, in any case of letters, to let the tests of a rule run (what `strtobool` takes for true)."""


class Group(Protocol):
    """The tests of one class, or those of a file outside of classes, as rules ask about them."""

    path: str
    """Their file, relative to the rootdir."""

    def bases(self) -> Collection[str]:
        """Every spelling of their class and of what that inherits."""

    def imports(self) -> Collection[str]:
        """Modules that their file imports, each with the packages above it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that marks some tests of a group.

    Attributes:
        rule: the rule.
        names: for their names, one of which must fit; empty where any name will do.
        fixtures: fixtures, one of which they must use; empty where that does not matter.
    """

    rule: MarkerRule
    names: tuple[re.Pattern[str], ...]
    fixtures: frozenset[str]


class Marking:
    """All rules, compiled.

    Args:
        rules: as configured.
    """

    def __init__(self, rules: Iterable[MarkerRule]) -> None:
        self._rules = tuple((rule, tuple(map(parse_node_glob, rule.tests))) for rule in rules)

    def narrow(self, group: Group) -> tuple[Candidate, ...]:
        """Find the rules that may mark tests of a group; what concerns all of them is asked once."""
        found = []
        for rule, globs in self._rules:
            names = _find_names(globs, group.path)
            if (
                names is not None
                and (not rule.bases or not set(rule.bases).isdisjoint(group.bases()))
                and (not rule.imports or not set(rule.imports).isdisjoint(group.imports()))
            ):
                found.append(Candidate(rule, names, frozenset(rule.fixtures)))
        return tuple(found)


def find_rules(candidates: Iterable[Candidate], name: str, fixtures: Iterable[str]) -> Iterator[MarkerRule]:
    """Find the rules that mark a test, in the order of the configuration.

    Args:
        candidates: what is left of the rules for the group of the test.
        name: what follows the first `::` of its node id.
        fixtures: names of the fixtures that it uses.
    """
    tails: tuple[str, ...] = ()
    for each in candidates:
        if each.names:
            tails = tails or name_tails(name)
            if not any(pattern.fullmatch(tail) for pattern in each.names for tail in tails):
                continue
        if not each.fixtures or not each.fixtures.isdisjoint(fixtures):
            yield each.rule


def _find_names(globs: Collection[NodeGlob], path: str) -> tuple[re.Pattern[str], ...] | None:
    """The patterns for the names of a file's tests; empty where any name will do, None where none does."""
    names = [glob.name for glob in globs if glob.path.matches(path)]
    if globs and not names:
        return None
    return () if None in names else tuple(name for name in names if name is not None)


def spell_class(dotted: str) -> Iterator[str]:
    """Every spelling of a class: `tests.common.Mixin` is also `common.Mixin` and `Mixin`."""
    yield dotted
    while "." in dotted:
        _, _, dotted = dotted.partition(".")
        yield dotted


def import_names(path: str, facts: FileFacts, root: str) -> frozenset[str]:
    """Modules that a file imports, each with the packages above it, so that `torch` is there for `torch.nn`.

    Of `from a import b`, `a.b` counts as well, whatever `b` is. So does a module that is named in full to
    `import_module`, `importorskip` and their kin. A relative import counts under its name from the rootdir, and
    under that from the folder that holds the file's outermost package.

    Args:
        path: the file, relative to the rootdir.
        facts: what it says.
        root: the folder that holds its outermost package, likewise.
    """
    parts = [part for part in path.split("/")[:-1] if part != ".."]
    inner = parts[len(root.split("/")) if root else 0 :]
    found: set[str] = set()

    def add(module: str, level: int, names: Iterable[str] = ()) -> None:
        """Add a module, relative to the file's package where it has a level, and names taken from it."""
        above = (parts, inner) if level else ([],)
        for package in above:
            front = ".".join([*package[: max(len(package) - level + 1, 0)], *([module] if module else [])])
            found.update(_prefixes(front))
            found.update(f"{front}.{name}".lstrip(".") for name in names if name != "*")

    for each in facts.imports:
        add(each.module, each.level, each.names)
    for computed in facts.computed:
        if not {"*", ":"} & set(computed.pattern):
            plain = computed.pattern.lstrip(".")
            add(plain, len(computed.pattern) - len(plain))
    return frozenset(found)


def _prefixes(dotted: str) -> Iterator[str]:
    parts = dotted.split(".") if dotted else []
    return (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def missing_variable(rule: MarkerRule, environ: Mapping[str, str]) -> str:
    """Say why the tests of a rule are skipped; empty where they are not."""
    value = environ.get(rule.env)
    if not rule.env or (value is not None and value.strip().lower() in TRUE_VALUES):
        return ""
    state = (
        "is not set"
        if value is None
        else "is empty"
        if not value
        else f"is {value!r}, which is not a true value"
    )
    return f"{rule.name}: {rule.env} {state}; set it to 1 to run this"
