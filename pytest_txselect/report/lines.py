"""Records to lines and back: the JSON of `results.jsonl` (`records.py` defines its meaning).

Reading trusts nothing: a line may be cut, be no JSON, or have values of any type.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.report.records import (
    SCHEMA_VERSION,
    Collected,
    CollectProblem,
    Deselected,
    Footer,
    Header,
    InternalError,
    Outcome,
    Pass,
    Phase,
    SelectionMade,
    Start,
    WarningSeen,
    WorkerEvent,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_txselect.report.phase import PassValues, StartValues
    from pytest_txselect.report.records import Record

__all__ = ["BadLineError", "parse_line", "parse_lines", "render_line", "render_pass", "render_start"]

_KINDS: Final[dict[str, type[Record]]] = {
    "header": Header,
    "selection": SelectionMade,
    "collected": Collected,
    "deselected": Deselected,
    "collect": CollectProblem,
    "start": Start,
    "phase": Phase,
    "pass": Pass,
    "warning": WarningSeen,
    "worker": WorkerEvent,
    "internal": InternalError,
    "footer": Footer,
}


class BadLineError(ValueError):
    """A line that is no record; the message says what is wrong with it."""


def _texts(value: Any) -> tuple[str, ...]:
    if type(value) is list and all(type(item) is str for item in value):
        return tuple(value)
    raise BadLineError("a list of strings is expected")


def _pair(value: Any, second: type) -> bool:
    return type(value) is list and [type(part) for part in value] == [str, second]


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    if type(value) is list and all(_pair(item, str) for item in value):
        return tuple((name, text) for name, text in value)
    raise BadLineError("a list of pairs of strings is expected")


def _places(value: Any) -> tuple[tuple[str, int], ...]:
    if type(value) is list and all(_pair(item, int) for item in value):
        return tuple((path, line) for path, line in value)
    raise BadLineError("a list of (file, line) is expected")


def _share(value: Any) -> tuple[int, int]:
    if type(value) is list and [type(part) for part in value] == [int, int] and 1 <= value[0] <= value[1]:
        return (value[0], value[1])
    raise BadLineError("a share of a number of shards is expected, as [1, 4]")


def _outcome(value: Any) -> Outcome:
    found = _OUTCOMES.get(value) if type(value) is str else None
    if found is None:
        raise BadLineError("an outcome is expected")
    return found


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    raise BadLineError("a string is expected")


def _number(value: Any) -> float:
    if type(value) is float or type(value) is int:
        return value if -_LARGEST < value < _LARGEST else 0.0
    raise BadLineError("a number is expected")


def _integer(value: Any) -> int:
    if type(value) is int:
        return value
    raise BadLineError("an integer is expected")


def _truth(value: Any) -> bool:
    if type(value) is bool:
        return value
    raise BadLineError("true or false is expected")


_LARGEST: Final = 1e15
_encode: Final = json.JSONEncoder(separators=(",", ":")).encode  # a test may replace `json.dumps`
_quote: Final = json.encoder.encode_basestring_ascii
_NO_PHASE: Final = {Outcome.NOT_SELECTED, Outcome.NOT_RUN}  # outcomes of tests that have no phases
_OUTCOMES: Final = {str(outcome): outcome for outcome in Outcome if outcome not in _NO_PHASE}
_CONVERTERS: Final[dict[str, Callable[[Any], Any]]] = {
    "str": _text,
    "float": _number,
    "int": _integer,
    "bool": _truth,
    "Outcome": _outcome,
    "Texts": _texts,
    "Pairs": _pairs,
    "Places": _places,
    "tuple[int, int]": _share,
}


def _list_converters(cls: type[Record]) -> dict[str, Callable[[Any], Any]]:
    """List how to read each attribute of a kind, by its annotation: a string, which `NamedTuple` wraps."""
    hints = cls.__annotations__
    return {name: _CONVERTERS[str(getattr(hints[name], "__forward_arg__", hints[name]))] for name in hints}


_READ: Final = {kind: (cls, _list_converters(cls)) for kind, cls in _KINDS.items()}
_WRITE: Final = {cls: (kind, tuple(cls._field_defaults.items())) for kind, cls in _KINDS.items()}


def render_line(record: Record) -> str:
    """Render a record as its line, without the newline. The header's `schema` is always there."""
    kind, attributes = _WRITE[type(record)]
    content: dict[str, Any] = {"record": kind}
    for (name, default), value in zip(attributes, record, strict=True):
        if value != default or name == "schema":
            content[name] = round(value, 6) if type(value) is float else value
    return _encode(content)


def render_pass(values: PassValues) -> str:
    """Render a `Pass` from its values: the most frequent record, so this is fast.

    Times are whole microseconds (`83e-6`), since formatting a float takes several times as long.
    """
    test, start, setup, call, teardown, worker = values
    if not -_LARGEST < start + setup + call + teardown < _LARGEST:  # not a number, or infinite
        return render_line(Pass(*values))
    by = f',"worker":{_quote(worker)}' if worker else ""
    return (
        f'{{"record":"pass","test":{_quote(test)},"start":{int(start * 1e6 + 0.5)}e-6,'
        f'"setup":{int(setup * 1e6 + 0.5)}e-6,'
        f'"call":{int(call * 1e6 + 0.5)}e-6,"teardown":{int(teardown * 1e6 + 0.5)}e-6{by}}}'
    )


def render_start(values: StartValues) -> str:
    """Render a `Start` from its values."""
    test, file, line, name, moment, why = values
    if not -_LARGEST < moment < _LARGEST:
        return render_line(Start(*values))
    reason = f',"why":{_quote(why)}' if why else ""
    return (
        f'{{"record":"start","test":{_quote(test)},"file":{_quote(file)},"line":{line},'
        f'"name":{_quote(name)},"time":{int(moment * 1e6 + 0.5)}e-6{reason}}}'
    )


def parse_line(line: str | bytes) -> Record | None:
    """Parse a line of `results.jsonl`.

    Returns:
        The record; None for a blank line and for a kind that this version does not know.

    Raises:
        BadLineError: it is no record, or was written by a version whose schema we cannot read.
    """
    if not line.strip():
        return None
    try:
        content = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLineError(f"not JSON ({error})") from None
    return _record(content)


def _record(content: Any) -> Record | None:
    if type(content) is not dict:
        raise BadLineError("not a JSON object")
    kind = content.get("record")
    if type(kind) is not str:
        raise BadLineError("no record: the key `record` is missing")
    entry = _READ.get(kind)
    if entry is None:
        return None
    cls, converters = entry
    values = {}
    for name, value in content.items():
        converter = converters.get(name)
        if converter is not None:
            try:
                values[name] = converter(value)
            except BadLineError as error:
                raise BadLineError(f"`{name}` of a {kind}: {error}") from None
    record = cls(**values)
    if isinstance(record, Header) and record.schema > SCHEMA_VERSION:
        raise BadLineError(
            f"schema {record.schema} is newer than {SCHEMA_VERSION}: upgrade pytest-txselect to read it"
        )
    return record


def parse_lines(lines: Iterable[bytes]) -> Iterator[Record | BadLineError]:
    """Parse lines in turn; for one that cannot be read, its error is yielded: nothing is lost unsaid.

    Args:
        lines: the lines, with or without their newlines.
    """
    for number, line in enumerate(lines, 1):
        try:
            record = parse_line(line)
        except BadLineError as error:
            yield BadLineError(f"line {number}: {error}")
        else:
            if record is not None:
                yield record
