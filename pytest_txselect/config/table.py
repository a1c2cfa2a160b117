"""Reading a table of the configuration: each mistake is noted, and reading goes on."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pytest_txselect.globs import GlobSyntaxError

if TYPE_CHECKING:
    import enum
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pytest_txselect.config.positions import KeyPath
    from pytest_txselect.config.settings import Free

__all__ = ["ENV_NAME", "Mistakes", "Table", "freeze", "quote_text", "render_key", "render_name"]

Choice = TypeVar("Choice", bound="enum.StrEnum")

ENV_NAME: Final = "[A-Za-z_][A-Za-z0-9_]*"
ESCAPED: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
MAX_SHORT: Final = 0xFFFF
MAX_SHOWN: Final = 80
BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


class Mistakes:
    """The mistakes found so far, in the order of the file.

    Args:
        locate: gives "file:line" of a path of keys.
    """

    def __init__(self, locate: Callable[[KeyPath], str]) -> None:
        self._locate = locate
        self.lines: list[str] = []

    def add(self, path: KeyPath, cause: str, cure: str) -> None:
        """Note one."""
        line = f"{self._locate(path)}: {render_key(path)}: {cause}; {cure}"
        self.lines.append("".join(char if char.isprintable() else _escape(char) for char in line))


class Table:
    """A table being read. Every `take_` gives the default where the key is absent or its value a mistake.

    Args:
        values: the table as `tomllib` gave it.
        path: the keys that lead to it.
        mistakes: where to note them.
    """

    def __init__(self, values: Mapping[str, Any], path: KeyPath, mistakes: Mistakes) -> None:
        self.values = values
        self.path = path
        self.mistakes = mistakes

    def wrong(self, key: str, cause: str, cure: str) -> None:
        """Note a mistake in one of this table's keys."""
        self.mistakes.add((*self.path, key), cause, cure)

    def check_keys(self, known: Iterable[str]) -> None:
        """Note the keys that nobody knows, each with the nearest known one."""
        names = sorted(known)
        for key in self.values:
            if key not in names:
                import difflib  # noqa: PLC0415 - of mistakes only

                near = difflib.get_close_matches(key.replace("-", "_").lower(), names, n=1, cutoff=0.6)
                cure = f"did you mean {near[0]}?" if near else f"the keys here are {', '.join(names)}"
                self.wrong(key, "unknown key", cure)

    def take_text(
        self, key: str, default: str = "", *, fits: str = r"(?s).*\S.*", cure: str = "write some text"
    ) -> str:
        """Take a string that fits a regular expression."""
        value = self.values.get(key, default)
        if key not in self.values:
            return default
        if not isinstance(value, str):
            self.wrong(key, f"{_describe(value)} where a string is expected", cure)
        elif re.fullmatch(fits, value) is None:
            self.wrong(key, f"{_show(value)} cannot be used here", cure)
        else:
            return value
        return default

    def take_flag(self, key: str) -> bool:
        """Take true or false; false by default."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self.wrong(
                key,
                f"{_describe(value)} where true or false is expected",
                "write true or false, without quotes",
            )
            return False
        return value

    def take_choice(self, key: str, default: Choice, spellings: Mapping[str | bool, Choice]) -> Choice:
        """Take one of several values, each with its spelling."""
        value = self.values.get(key)
        if key not in self.values:
            return default
        found = spellings.get(value) if isinstance(value, str | bool) else None
        if found is None:
            options = " or ".join(
                str(name).lower() if isinstance(name, bool) else f'"{name}"' for name in spellings
            )
            self.wrong(key, f"{_describe(value)} is none of its values", f"write {options}")
            return default
        return found

    def take_number(self, key: str, *, whole: bool) -> float | None:
        """Take a number above zero; None by default."""
        if key not in self.values:
            return None
        value = self.values[key]
        kinds = int if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not 0 < value < float("inf"):
            cause = f"{_describe(value)} where a {'whole ' if whole else ''}number above 0 is expected"
            self.wrong(key, cause, f"write for instance {key} = 4")
            return None
        return value

    def take_texts(self, key: str, check: Callable[[str], object] | None = None) -> tuple[str, ...]:
        """Take a list of strings.

        Args:
            key: its name.
            check: compiles an entry; what it raises as GlobSyntaxError is noted.
        """
        values = self.values.get(key, [])
        if not isinstance(values, list):
            self.wrong(
                key,
                f"{_describe(values)} where a list of strings is expected",
                f'write {render_name(key)} = ["..."]',
            )
            return ()
        return tuple(
            value for at, value in enumerate(values) if self._check_entry((*self.path, key, at), value, check)
        )

    def take_table(self, key: str) -> Table:
        """Take a table; an empty one by default."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.wrong(
                key,
                f"{_describe(value)} where a table is expected",
                f"write [{render_key((*self.path, key))}]",
            )
            value = {}
        return Table(value, (*self.path, key), self.mistakes)

    def take_tables(self, key: str) -> Sequence[Table]:
        """Take an array of tables; none by default."""
        values = self.values.get(key, [])
        if isinstance(values, list) and all(isinstance(value, dict) for value in values):
            return [Table(value, (*self.path, key, at), self.mistakes) for at, value in enumerate(values)]
        where = render_key((*self.path, key))
        self.wrong(
            key, f"{_describe(values)} where tables are expected", f"write [[{where}]] above each of them"
        )
        return []

    def _check_entry(self, path: KeyPath, value: object, check: Callable[[str], object] | None) -> bool:
        if not isinstance(value, str) or not value.strip():
            cause = _describe(value) if not isinstance(value, str) else "an empty string"
            self.mistakes.add(
                path, f"{cause} in a list of strings", "write some text between quotes, or remove it"
            )
            return False
        try:
            if check is not None:
                check(value)
        except GlobSyntaxError as error:
            cause, _, cure = str(error).partition("; ")
            self.mistakes.add(path, f"pattern {_show(value)}: {cause}", cure)
            return False
        return True


def render_key(path: KeyPath) -> str:
    """Write a path of keys as TOML would, `markers[0].name`; what cannot be printed is escaped."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += ("." if text else "") + render_name(key)
    return text


def render_name(key: str) -> str:
    """Write one key as TOML would."""
    return key if BARE_KEY.fullmatch(key) else quote_text(key)


def freeze(value: Any) -> Free:
    """Make a value of `tomllib` read-only."""
    if isinstance(value, dict):
        return MappingProxyType({key: freeze(item) for key, item in value.items()})
    if isinstance(value, list):
        return tuple(freeze(item) for item in value)
    frozen: Free = value
    return frozen


def quote_text(text: str) -> str:
    """Write a TOML string of one line; what cannot be printed is escaped."""
    return f'"{"".join(map(_escape, text))}"'


def _escape(char: str) -> str:
    if char in ESCAPED:
        return ESCAPED[char]
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= MAX_SHORT else f"\\U{ord(char):08x}"


def _show(text: str) -> str:
    return quote_text(text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 3]}...")


def _describe(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _show(value)
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"
