"""Whether a file hands a place in the repository to others, as bytes, so that it can be remembered by content."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["TO_ANYBODY", "Handing", "pack_handing", "unpack_handing"]


@dataclass(frozen=True, slots=True)
class Handing:
    """What becomes of a file's own place in it.

    Attributes:
        certain: whether all that becomes of it is known; else anybody may have it.
        names: names of the module that are made of it: other files may take it from there.
        scripts: names of the Python files, beside it or below, that it starts as programs.
        programs: words in front of these in the commands.
    """

    certain: bool = False
    names: frozenset[str] = frozenset()
    scripts: frozenset[str] = frozenset()
    programs: frozenset[str] = frozenset()


TO_ANYBODY: Final = Handing()


def pack_handing(handing: Handing) -> bytes:
    """Turn what is known into bytes."""
    plain = [handing.certain, sorted(handing.names), sorted(handing.scripts), sorted(handing.programs)]
    return json.dumps(plain, separators=(",", ":")).encode("ascii")


def unpack_handing(packed: bytes) -> Handing:
    """Turn what `pack_handing` made back.

    Raises:
        ValueError: it was not made by `pack_handing`.
    """
    try:
        certain, *parts = json.loads(packed)
        names, scripts, programs = map(_load, parts)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError("this is not what becomes of a place") from error
    return Handing(certain is True, names, scripts, programs)


def _load(texts: Any) -> frozenset[str]:
    if type(texts) is not list or any(type(each) is not str for each in texts):
        raise TypeError("not a list of texts")
    return frozenset(texts)
