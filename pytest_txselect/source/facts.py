"""The facts of one Python file: all that the dependency graph needs to know of its text.

Facts depend on the file's bytes and on the version of Python alone, never on the project around it, so that
they can be remembered by content. `FACTS_VERSION` names their meaning: raise it whenever equal bytes would
give other facts, or anything else that is remembered by content.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

__all__ = [
    "COMPARED",
    "ENDS_NAME",
    "FACTS_VERSION",
    "MAX_BYTES",
    "ONLY_ASKED",
    "OWN_TOP",
    "Computed",
    "Declared",
    "FileFacts",
    "Import",
    "LazyTable",
    "Made",
    "Unparsed",
    "dump_facts",
    "holds_table",
    "is_lasting",
    "load_facts",
    "pack_facts",
    "unpack_facts",
]

FACTS_VERSION: Final = 18
ONLY_ASKED: Final = "\x00.py"
"""Stands for `".py"` among the strings of a file that asks for this ending and makes no names with it."""
ENDS_NAME: Final = "\x00end:"
"""Stands among the strings of a file in front of the name of a script that may be the end of a longer one."""
COMPARED: Final = "\x00compared:"
"""Stands among the strings of a file in front of a second copy of a name of a class that it only compares with."""
OWN_TOP: Final = "\x04"
"""Stands in the pattern of a computed import for the topmost package of the file itself."""
MAX_BYTES: Final = 8_000_000
"""Larger files are not read for facts: CPython would need gigabytes of memory to compile them."""


@dataclass(frozen=True, slots=True)
class Import:
    """An import statement that can execute, in any scope.

    Attributes:
        module: dotted name after `from` or `import`; empty in `from . import x`.
        level: number of leading dots.
        names: what `from` takes; empty for `import a.b`; `("*",)` for a star import.
        line: 1-based.
    """

    module: str
    level: int
    names: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Computed:
    """An import whose name is known in part.

    Attributes:
        pattern: the dotted name with `*` for each unknown part; leading dots are relative. `path:*` are
            the files below the file's own folder, `listed:*` those below the folders that it lists.
        line: 1-based.
        methods: names of methods, with blanks between them, of whose results the pattern is made. They may be overridden
            in any file that mentions one of them.
        overridden: whether the pattern holds where another file mentions one of them, and not where none does.
    """

    pattern: str
    line: int
    methods: str = ""
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """A dependency that a comment or a marker declares.

    Attributes:
        pattern: glob over paths relative to the rootdir.
        line: 1-based.
    """

    pattern: str
    line: int


@dataclass(frozen=True, slots=True)
class LazyTable:
    """How a lazy package finds its names.

    Attributes:
        names: pairs (name, strings that stand beside it in a table, one of which may name the module it
            comes from).
        modules: other strings of the file that may name submodules, and the modules of imports that only a
            type checker executes.
        known: names that `__getattr__` compares with and answers by itself.
        closed: True when the table is all there is: `__getattr__` computes no import and passes its name to
            nothing unknown.
        line: where the package becomes lazy.
        elsewhere: whether what finds the names stands in another file, where its table may be too.
    """

    names: tuple[tuple[str, tuple[str, ...]], ...]
    modules: tuple[str, ...]
    known: tuple[str, ...]
    closed: bool
    line: int
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """How names of scripts are put together: `f"{name}.py"`.

    Attributes:
        words: strings that may name the folder of such a script; None where any of the file may.
        globs: scripts of which more is known than their ending: `tests/case_*.py`, `*/case_*.py`.
        whole: whether more is known of all of them.
    """

    words: frozenset[str] | None
    globs: frozenset[str]
    whole: bool


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a Python file says.

    Attributes:
        imports: every import statement that can execute.
        names: every identifier that its code loads, stores or takes as an attribute.
        parameters: names of the parameters of its functions, which may ask for fixtures.
        bound: names bound at module level, including imported ones.
        strings: its string constants, and the words in them, that can name a module, a path or a command; ONLY_ASKED for
            the ending of Python files, where it is never put behind a name; ENDS_NAME in front of a second copy of a
            script's name that may be the end of a longer one; COMPARED in front of one of a name that is only compared with.
        embedded: modules that code inside its strings imports.
        computed: imports by a computed name.
        declared: dependencies declared in comments and markers.
        plugins: what `pytest_plugins` names.
        reflected: modules, as imported here, of which the code takes every attribute (`dir(m)`, `vars(m)`).
        lazy: how the module finds names that it does not bind; None where it does not.
        made: how it puts names of scripts together; None where it does not.
    """

    imports: tuple[Import, ...] = ()
    names: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    strings: frozenset[str] = frozenset()
    embedded: frozenset[str] = frozenset()
    computed: tuple[Computed, ...] = ()
    declared: tuple[Declared, ...] = ()
    plugins: tuple[str, ...] = ()
    reflected: tuple[str, ...] = ()
    lazy: LazyTable | None = None
    made: Made | None = None


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A Python file that we cannot read, and which therefore may depend on everything.

    Attributes:
        cause: why not, for a person.
        line: 1-based; 0 where the cause has no line.
    """

    cause: str
    line: int = 0


Facts: TypeAlias = FileFacts | Unparsed


PLAIN: Final = b"-"
LAZY: Final = b"l"
PASSING: Final = b"p"


def pack_facts(facts: Facts) -> bytes:
    """Turn facts into bytes: a letter that says what kind they are, then their JSON."""
    kind = PLAIN
    if isinstance(facts, Unparsed):
        kind = PLAIN if facts.line else PASSING
    elif facts.lazy is not None:
        kind = LAZY
    return kind + json.dumps(dump_facts(facts), separators=(",", ":")).encode("ascii")


def unpack_facts(packed: bytes) -> Facts:
    """Turn what `pack_facts` made back into facts.

    Raises:
        ValueError: it was not made by `pack_facts`.
    """
    try:
        return load_facts(json.loads(packed[1:]))
    except (TypeError, AttributeError) as error:
        raise ValueError("these are no facts") from error


def holds_table(packed: bytes) -> bool:
    """Whether packed facts are of a file that finds names lazily."""
    return packed[:1] == LAZY


def is_lasting(packed: bytes) -> bool:
    """Whether packed facts are the same whenever the file is read: not those of one that could not be."""
    return packed[:1] != PASSING


def dump_facts(facts: Facts) -> list[Any]:
    """Turn facts into plain lists for JSON, sets in any order, and identifiers with blanks between them."""
    if isinstance(facts, Unparsed):
        return [facts.cause, facts.line]
    lazy, made = facts.lazy, facts.made
    return [
        [[i.module, i.level, i.names, i.line] for i in facts.imports],
        " ".join(facts.names),
        " ".join(facts.parameters),
        " ".join(facts.bound),
        [*facts.strings],
        [*facts.embedded],
        [[c.pattern, c.line, c.methods, c.overridden] for c in facts.computed],
        [[d.pattern, d.line] for d in facts.declared],
        facts.plugins,
        facts.reflected,
        [lazy.names, lazy.modules, lazy.known, lazy.closed, lazy.line, lazy.elsewhere] if lazy else None,
        [None if made.words is None else [*made.words], [*made.globs], made.whole] if made else None,
    ]


def load_facts(plain: list[Any]) -> Facts:
    """Turn what `dump_facts` made back into facts.

    Raises:
        ValueError, TypeError, AttributeError: it was not made by `dump_facts`.
    """
    if len(plain) == 2:  # noqa: PLR2004 - the two fields of Unparsed
        return Unparsed(str(plain[0]), int(plain[1]))
    (
        imports,
        names,
        parameters,
        bound,
        strings,
        embedded,
        computed,
        declared,
        plugins,
        reflected,
        lazy,
        made,
    ) = plain
    table = None
    if lazy is not None:
        pairs, modules, known, closed, line, elsewhere = lazy
        named = tuple((n, tuple(t)) for n, t in pairs)
        table = LazyTable(named, tuple(modules), tuple(known), bool(closed), line, bool(elsewhere))
    return FileFacts(
        tuple(Import(m, level, tuple(n), line) for m, level, n, line in imports),
        frozenset(names.split()),
        frozenset(parameters.split()),
        frozenset(bound.split()),
        frozenset(strings),
        frozenset(embedded),
        tuple(Computed(p, line, methods, bool(over)) for p, line, methods, over in computed),
        tuple(Declared(p, line) for p, line in declared),
        tuple(plugins),
        tuple(reflected),
        table,
        _load_made(made),
    )


def _load_made(plain: list[Any] | None) -> Made | None:
    if plain is None:
        return None
    words, globs, whole = plain
    return Made(None if words is None else frozenset(words), frozenset(globs), bool(whole))
