"""Sorted lists of natural numbers as bytes: the differences of neighbours, seven bits a byte, low bits first.

A byte with its high bit set is followed by another of the same number. `[3, 4, 300]` is the differences 3, 1, 296 and the
bytes `03 01 a8 02`. Lists of neighbours (the functions that a test executed) take little more than a byte a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["decode_numbers", "encode_numbers"]

SMALL = 0x80


def encode_numbers(numbers: Iterable[int], after: int = 0) -> bytes:
    """Encode ascending numbers.

    Args:
        numbers: natural numbers, ascending, none below `after`.
        after: the last number of the list that these bytes will be appended to.

    Raises:
        ValueError: the numbers do not ascend.
    """
    out = bytearray()
    last = after
    for number in numbers:
        rest = number - last
        last = number
        if rest < 0:
            raise ValueError(f"{number} follows a larger number")
        while rest >= SMALL:
            out.append(rest & 0x7F | SMALL)
            rest >>= 7
        out.append(rest)
    return bytes(out)


def decode_numbers(data: bytes) -> list[int]:
    """The numbers that `encode_numbers` was given.

    Raises:
        ValueError: the last number is not whole.
    """
    numbers: list[int] = []
    last = rest = shift = 0
    for byte in data:
        if byte >= SMALL:
            rest |= (byte & 0x7F) << shift
            shift += 7
            continue
        last += rest | byte << shift
        numbers.append(last)
        rest = shift = 0
    if shift:
        raise ValueError("the last number is cut off")
    return numbers
