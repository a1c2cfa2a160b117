"""Which statements of `pyproject.toml` matter to a test run."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.policy.linters import LINTERS
from pytest_txselect.policy.manifest import (
    Ask,
    ManifestChange,
    compare_statements,
    normalise_name,
    read_requirements,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["NEUTRAL_PROJECT_KEYS", "REQUIREMENT_TABLES", "compare_pyproject"]

NEUTRAL_PROJECT_KEYS: Final = frozenset(
    {
        "authors",
        "classifiers",
        "description",
        "keywords",
        "license",
        "license-files",
        "maintainers",
        "readme",
        "urls",
    }
)
"""Keys of `[project]` that only an index shows. `version` is not one: programs read it."""

NEUTRAL_POETRY_KEYS: Final = NEUTRAL_PROJECT_KEYS | {"documentation", "homepage", "repository"}
REQUIREMENT_TABLES: Final = frozenset(
    {
        ("dependency-groups",),
        ("project", "optional-dependencies"),
        ("tool", "pdm", "dev-dependencies"),
        ("tool", "poetry", "dependencies"),
        ("tool", "poetry", "dev-dependencies"),
        ("tool", "uv", "sources"),
    }
)
"""Tables that ask for nothing when they are empty."""

UV_LISTS: Final = frozenset({"constraint-dependencies", "dev-dependencies", "override-dependencies"})
HATCH_LISTS: Final = frozenset({"dependencies", "extra-dependencies"})


def compare_pyproject(
    old: bytes | None, new: bytes | None, *, checked: Collection[str] = ()
) -> ManifestChange:
    """Compare two versions of a `pyproject.toml`, table by table.

    Args:
        old: the file at the base; None where there is none.
        new: the file at the head; None where there is none.
        checked: linters that the test run itself starts, such as `mypy` with `pytest --mypy`: their tables
            count.

    Returns:
        What changed. A file that appears, disappears or cannot be parsed shifts the ground: its presence
        alone can decide where pytest's rootdir is.
    """
    if old == new:
        return ManifestChange()
    if old is None or new is None:
        return ManifestChange(ground=("the file was added" if old is None else "the file was deleted",))
    versions = []
    for content, which in ((old, "old"), (new, "new")):
        try:
            versions.append(dict(_flatten((), tomllib.loads(content.decode()))))
        except (ValueError, RecursionError) as error:  # not UTF-8, not TOML, or an integer that int() refuses
            cause = (str(error) or type(error).__name__).splitlines()[0]
            return ManifestChange(ground=(f"the {which} version is not valid TOML: {cause}",))
    neutral_tools = LINTERS - set(checked)
    return compare_statements(versions[0], versions[1], lambda path: _is_neutral(path, neutral_tools))


def _flatten(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], str | tuple[Ask, ...]]]:
    """Go through the statements; an empty table is one too."""
    asks = _read_asks(path, value)
    if asks is not None:
        yield path, asks
    elif value == {} and path in REQUIREMENT_TABLES:
        return
    elif isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _flatten((*path, key), item)
    else:
        yield path, _write(value)


def _read_asks(path: tuple[str, ...], value: Any) -> tuple[Ask, ...] | None:
    """Read the distributions that a statement asks for; None where it is about something else."""
    match path:
        case (
            ("project", "dependencies")
            | ("project", "optional-dependencies", _)
            | ("dependency-groups", _)
            | ("tool", "pdm", "dev-dependencies", _)
        ):
            return _read_list(value)
        case ("tool", "uv", key) if key in UV_LISTS:
            return _read_list(value)
        case ("tool", "hatch", "envs", _, key) if key in HATCH_LISTS:
            return _read_list(value)
        case (
            ("tool", "uv", "sources", name)
            | ("tool", "poetry", "dependencies", name)
            | ("tool", "poetry", "dev-dependencies", name)
            | ("tool", "poetry", "group", _, "dependencies", name)
        ) if name != "python":
            return (Ask(normalise_name(name), f"{name} = {_write(value)}"),)
        case _:
            return None


def _read_list(value: Any) -> tuple[Ask, ...] | None:
    """Read requirement lines; an included group, or anything else that is not a line, has no name."""
    if not isinstance(value, list):
        return None
    others = tuple(Ask("", _write(item)) for item in value if not isinstance(item, str))
    return (*others, *read_requirements(item for item in value if isinstance(item, str)))


def _is_neutral(path: tuple[str, ...], neutral_tools: Collection[str]) -> bool:
    """Tell whether no test depends on a statement. An unknown tool may be a plugin of pytest."""
    match path:
        case ("project", key, *_):
            return key in NEUTRAL_PROJECT_KEYS
        case ("tool", "poetry", key, *_):
            return key in NEUTRAL_POETRY_KEYS
        case ("tool", tool, *_):
            return tool in neutral_tools
        case _:
            return False


def _write(value: Any) -> str:
    """Write a value so that texts are equal where values are, whatever the order of keys."""
    return json.dumps(value, sort_keys=True, default=repr)
