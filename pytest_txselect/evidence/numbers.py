"""Sorted lists of natural numbers as bytes: the differences of neighbours, seven bits a byte, low bits first.

A byte with its high bit set is followed by another of the same number. `[3, 4, 300]` is the differences 3, 1,
296 and the bytes `03 01 a8 02`. Lists of neighbours (the functions that a test executed) take little more
than a byte a number.
"""

from __future__ import annotations

from itertools import accumulate
from operator import sub
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["decode_numbers", "encode_numbers"]

MORE: Final = 0x80
COMMON: Final = 1 << 14
"""Numbers below this one are encoded once."""


def encode_numbers(numbers: Sequence[int], after: int = 0) -> bytes:
    """Encode ascending numbers.

    Args:
        numbers: natural numbers, ascending, none below `after`.
        after: the last number of the list that these bytes will be appended to.

    Raises:
        ValueError: the numbers do not ascend.
    """
    differences = list(map(sub, numbers, [after, *numbers]))
    if min(differences, default=0) < 0:
        raise ValueError("the numbers do not ascend")
    if max(differences, default=0) < MORE:  # nearly always, and many times faster
        return bytes(differences)
    return b"".join(map(_encoded.__getitem__, differences))


class _Encoded(dict[int, bytes]):
    """Each number with its bytes; the same small ones come again and again."""

    def __missing__(self, number: int) -> bytes:
        out, rest = bytearray(), number
        while rest >= MORE:
            out.append(rest & 0x7F | MORE)
            rest >>= 7
        out.append(rest)
        found = bytes(out)
        if number < COMMON:
            self[number] = found
        return found


_encoded: Final = _Encoded()


def decode_numbers(data: bytes) -> list[int]:
    """Give the numbers that `encode_numbers` was given.

    Raises:
        ValueError: the last number is not whole.
    """
    if data.isascii():  # no byte has its high bit set
        return list(accumulate(data))
    if data[-1] >= MORE:
        raise ValueError("the last number is cut off")
    numbers: list[int] = []
    last = rest = shift = 0
    for byte in data:
        rest |= (byte & 0x7F) << shift
        shift += 7
        if byte < MORE:
            last += rest
            numbers.append(last)
            rest = shift = 0
    return numbers
