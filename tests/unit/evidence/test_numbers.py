"""Lists of numbers as bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.evidence.numbers import decode_numbers, encode_numbers

ASCENDING = st.lists(st.integers(0, 2**40)).map(sorted)


def test_example_of_the_format() -> None:
    """The bytes are those that the module's docstring promises."""
    assert encode_numbers([3, 4, 300]) == bytes.fromhex("0301a802")


@given(ASCENDING)
def test_round_trip(numbers: list[int]) -> None:
    """What is encoded is decoded."""
    assert decode_numbers(encode_numbers(numbers)) == numbers


@given(ASCENDING, ASCENDING)
def test_appending(first: list[int], second: list[int]) -> None:
    """The encoding of a list can be appended to that of one with smaller numbers."""
    last = first[-1] if first else 0
    moved = [last + each for each in second]
    assert decode_numbers(encode_numbers(first) + encode_numbers(moved, last)) == first + moved


def test_descending_numbers_are_refused() -> None:
    """They have no encoding."""
    with pytest.raises(ValueError, match="ascend"):
        encode_numbers([2, 1])


def test_cut_off_bytes_are_refused() -> None:
    """A number that is not whole is none."""
    with pytest.raises(ValueError, match="cut off"):
        decode_numbers(encode_numbers([300])[:-1])
