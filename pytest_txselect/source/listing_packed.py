"""What a file's calls list, as bytes, so that it can be remembered by content: following its strings anew takes a while."""

from __future__ import annotations

import json
import operator
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["ANYTHING", "Listing", "pack_listing", "unpack_listing"]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a file's calls say.

    Attributes:
        endings: how the names end that its listings can find; None where they can find anything.
        downloads: globs that say what to download, or stand in the message of an exception, and nothing else.
        folders: strings that may name what is listed; None where any of the file may.
        climbs: how many folders above the file's own a listing may begin at most; None: anywhere.
    """

    endings: frozenset[str] | None = None
    downloads: frozenset[str] = frozenset()
    folders: frozenset[str] | None = None
    climbs: int | None = None

    def may_find(self, path: str) -> bool:
        """Whether a listing can find a path, or a folder that it is in."""
        endings = self.endings
        return endings is None or any(part.endswith(tuple(endings)) for part in path.split("/"))


ANYTHING: Final = Listing()


def pack_listing(listing: Listing) -> bytes:
    """Turn what a file's calls list into bytes."""
    endings, folders = listing.endings, listing.folders
    plain = [
        None if endings is None else sorted(endings),
        sorted(listing.downloads),
        None if folders is None else sorted(folders),
        listing.climbs,
    ]
    return json.dumps(plain, separators=(",", ":")).encode("ascii")


def unpack_listing(packed: bytes) -> Listing:
    """Turn what `pack_listing` made back.

    Raises:
        ValueError: it was not made by `pack_listing`.
    """
    try:
        endings, downloads, folders, climbs = json.loads(packed)
        return Listing(
            None if endings is None else _load(endings),
            _load(downloads),
            None if folders is None else _load(folders),
            None if climbs is None else operator.index(climbs),
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError("this is not what a file lists") from error


def _load(texts: Any) -> frozenset[str]:
    if type(texts) is not list or any(type(each) is not str for each in texts):
        raise TypeError("not a list of texts")
    return frozenset(texts)
