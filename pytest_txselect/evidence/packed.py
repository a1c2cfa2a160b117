"""A worker's recording as bytes, to be handed to the controller.

zlib of one JSON array: [pieces, sets, tests, stamps, collections], each an array of arrays in the order of the
fields of its class. Lists of ascending numbers are written as differences, which are small and so compress
well.
"""

from __future__ import annotations

import json
import zlib
from itertools import accumulate
from typing import TYPE_CHECKING, cast

from pytest_txselect.evidence.evidence import EvidenceSet, Gap, Piece, PieceKind, RecordedTest, Recording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_txselect.evidence.files import Stamp
    from pytest_txselect.model import RepoPath

__all__ = ["pack_recording", "unpack_recording"]


def pack_recording(recording: Recording, stamps: Mapping[RepoPath, Stamp]) -> bytes:
    """Turn a recording, and the stamps of the files it speaks of, into bytes."""
    document = [
        recording.pieces,
        [(differ(each.pieces), differ(each.includes), each.gaps.value) for each in recording.sets],
        [(node, *test) for node, test in recording.tests.items()],
        list(stamps.items()),
        list(recording.collections.items()),
    ]
    return zlib.compress(json.dumps(document, separators=(",", ":")).encode(), 1)


def unpack_recording(data: bytes) -> tuple[Recording, dict[RepoPath, Stamp]]:
    """What `pack_recording` was given.

    Raises:
        ValueError: these bytes are damaged.
    """
    try:
        pieces, sets, tests, stamps, collections = json.loads(zlib.decompress(data))
        recording = Recording(
            tuple(
                Piece(PieceKind(kind), cast("RepoPath", path), name, index)
                for kind, path, name, index in pieces
            ),
            tuple(
                EvidenceSet(tuple(accumulate(mine)), tuple(accumulate(others)), Gap(gaps))
                for mine, others, gaps in sets
            ),
            {node: RecordedTest(*test) for node, *test in tests},
            collections={cast("RepoPath", path): number for path, number in collections},
        )
        return recording, {
            cast("RepoPath", path): (time, size, number) for path, (time, size, number) in stamps
        }
    except (zlib.error, TypeError, ValueError) as error:
        raise ValueError(f"not a recording: {error}") from error


def differ(numbers: Sequence[int]) -> list[int]:
    """The differences of neighbours, the first number first."""
    return [each - before for before, each in zip((0, *numbers), numbers, strict=False)]
