"""Durations that others left: pytest-split's `.test_durations`, JUnit files, and folders of these.

What cannot be read is an error and not "no durations": machines that disagree about durations would cut other shards.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["read_duration_files"]

SPLIT_FILE: Final = ".test_durations"
OWN_FILE: Final = "durations.json"
BIGGEST: Final = 1 << 30


def read_duration_files(places: Iterable[Path], files: Iterable[str]) -> dict[str, float]:
    """Read durations in seconds, by node id; a later file wins.

    Args:
        places: files, or folders with any of these below them.
        files: test files that there are, by which the names of JUnit are understood.

    Raises:
        UsageError: there is nothing, or it cannot be read.
    """
    modules = {file.removesuffix(".py").replace("/", "."): file for file in files}
    found: dict[str, float] = {}
    for place in places:
        for path in _expand(place):
            found |= _read_xml(path, modules) if path.suffix == ".xml" else _read_json(path)
    return found


def _expand(place: Path) -> Iterator[Path]:
    if not place.is_dir():
        yield place
        return
    inside = [path for name in (SPLIT_FILE, OWN_FILE, "*.xml") for path in sorted(place.rglob(name))]
    if not inside:
        raise _wrong(place, f"has no {SPLIT_FILE}, no {OWN_FILE} and no JUnit file")
    yield from inside


def _read_xml(path: Path, modules: dict[str, str]) -> dict[str, float]:
    from pytest_txselect.jobs.junit_times import JUnitError, read_times  # noqa: PLC0415 - with lxml

    try:
        return dict(read_times(path, modules))
    except JUnitError as error:
        raise _wrong(path, str(error)) from error


def _read_json(path: Path) -> dict[str, float]:
    try:
        if path.stat().st_size > BIGGEST:
            raise _wrong(path, "is larger than 1 GB")
        values = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise _wrong(path, f"cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise _wrong(path, f"is not JSON ({str(error)[:100]})") from error
    return dict(_check(path, pair) for pair in _list_pairs(path, values))


def _list_pairs(path: Path, values: Any) -> Iterable[Any]:
    """An object, or as pytest-split wrote it once a list of pairs."""
    if isinstance(values, dict):
        return values.items()
    if isinstance(values, list):
        return values
    raise _wrong(path, "is neither an object nor a list of pairs")


def _check(path: Path, pair: Any) -> tuple[str, float]:
    match pair:
        case [str(node), int() | float() as seconds] if not isinstance(seconds, bool):
            return node, float(seconds)
    raise _wrong(path, f"has something else than a node id with its seconds: {str(pair)[:80]!r}")


def _wrong(path: Path, cause: str) -> UsageError:
    place = "".join(char if char.isprintable() else "?" for char in str(path))
    return UsageError(
        "bad-durations",
        f"{place}: {cause}; durations are a {SPLIT_FILE} of pytest-split, a JUnit file, or a folder of them",
    )
