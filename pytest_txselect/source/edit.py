"""The kinds of edit between two versions of a Python file: one closed union, to be matched exhaustively.

Every edit has a `line`: in the new version, or in the old one for what is gone. Qualified names are those of
`__qualname__` and `co_qualname`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

__all__ = [
    "BodyEdit",
    "ClassChange",
    "ClassEdit",
    "ClassNameEdit",
    "DefinitionChange",
    "DefinitionEdit",
    "DocReader",
    "DocstringEdit",
    "Edit",
    "Edits",
    "FileChange",
    "FileEdit",
    "NameEdit",
    "StatementEdit",
]


class DocReader(enum.StrEnum):
    """Who may read a docstring while the program runs."""

    DECORATOR = "the definition, or the class it is in, is decorated by what may read it"
    BASE = "its class has a metaclass or a base that may read it"
    VALUE = "its name is used as a value, not only called"
    DUNDER = "the file mentions __doc__ or a function that reads it"
    EXAMPLES = "it holds doctest examples"


@dataclass(frozen=True, slots=True)
class DocstringEdit:
    """A docstring was added, removed or changed.

    Attributes:
        symbol: qualified name of the function or class; empty for the module.
        line: where the definition starts.
        readers: what in this file suggests that the docstring is read while the program runs; without any,
            only another file that mentions `__doc__` can tell the difference.
    """

    symbol: str
    line: int
    readers: frozenset[DocReader] = frozenset()


@dataclass(frozen=True, slots=True)
class BodyEdit:
    """What a function does changed, not how it is called or defined.

    Attributes:
        function: qualified name of the function or method at module or class level.
        code: qualified name of the code object that changed: `function` itself, or something nested in it,
            such as `outer.<locals>.<lambda>`.
        line: where that code starts.
    """

    function: str
    code: str
    line: int


class DefinitionChange(enum.StrEnum):
    """What happened to the definition of a function."""

    ADDED = "added"
    REMOVED = "removed"
    SIGNATURE = "signature"  # parameters, annotations, async, whether it is a generator
    DEFAULTS = "defaults"
    DECORATORS = "decorators"
    OVERLOADS = "overloads"  # those of `typing`, which its own definition replaces


@dataclass(frozen=True, slots=True)
class DefinitionEdit:
    """A function or method was added, or removed with all that is nested in it, or is defined differently.

    Attributes:
        function: its qualified name.
        name: its own name, under which others mention it.
        change: what happened.
        owner: qualified name of the class it is a method of; None at module level.
        line: where the definition starts.
    """

    function: str
    name: str
    change: DefinitionChange
    owner: str | None
    line: int


@dataclass(frozen=True, slots=True)
class NameEdit:
    """A module-level name is bound differently (assignment, import, `del`), or under another condition.

    Attributes:
        name: the name.
        line: of the statement that binds it.
        calls: whether a binding statement calls something, so that it may do more than bind.
    """

    name: str
    line: int
    calls: bool = False


@dataclass(frozen=True, slots=True)
class ClassNameEdit:
    """A class-level name is bound differently, or annotated differently.

    Python reads many names between double underscores without anybody mentioning them.

    Attributes:
        owner: qualified name of the class.
        name: the name.
        line: of the statement that binds it.
        calls: whether a binding statement calls something, so that it may do more than bind.
    """

    owner: str
    name: str
    line: int
    calls: bool = False


class ClassChange(enum.StrEnum):
    """What happened to a class statement, its body apart."""

    ADDED = "added"
    REMOVED = "removed"
    BASES = "bases"  # or its type parameters
    KEYWORDS = "keywords"  # the metaclass among them
    DECORATORS = "decorators"


@dataclass(frozen=True, slots=True)
class ClassEdit:
    """A class was added or removed with all that is in it, or is built differently.

    Attributes:
        owner: qualified name of the class.
        change: what happened.
        line: where the class statement starts.
    """

    owner: str
    change: ClassChange
    line: int


@dataclass(frozen=True, slots=True)
class StatementEdit:
    """Anything else that executes while the module is imported changed, or changed its place.

    Attributes:
        line: of the statement.
        text: its first line.
        owner: qualified name of the class it is in; None at module level.
        script: it executes only when the file is run as a script (`if __name__ == "__main__":`).
        moved: the statements are the same, but execute in another order.
    """

    line: int
    text: str
    owner: str | None = None
    script: bool = False
    moved: bool = False


class FileChange(enum.StrEnum):
    """What happened to a file as a whole."""

    ADDED = "added"
    DELETED = "deleted"
    UNPARSED = "unparsed"  # the old or the new version is refused by Python, so they cannot be compared


@dataclass(frozen=True, slots=True)
class FileEdit:
    """The file changed as a whole.

    Attributes:
        change: what happened.
        line: line that Python blames for what is unparsed, else 0.
        message: why it is unparsed, else empty.
    """

    change: FileChange
    line: int = 0
    message: str = ""


Edit: TypeAlias = (
    DocstringEdit
    | BodyEdit
    | DefinitionEdit
    | NameEdit
    | ClassNameEdit
    | ClassEdit
    | StatementEdit
    | FileEdit
)


@dataclass(frozen=True, slots=True)
class Edits:
    """All edits between two versions of a file, by line, each once; none means that they behave the same."""

    edits: tuple[Edit, ...] = ()

    @property
    def only_bodies(self) -> bool:
        """Whether nothing differs but what functions do when they are called: importing the file does the same."""
        return all(isinstance(edit, (BodyEdit, DocstringEdit)) for edit in self.edits)
