"""What is remembered of the places in a file is what reading it anew finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.source.spots_packed import Spot, Spots, pack_spots, unpack_spots

TEXT = st.text(st.characters(exclude_categories=()), max_size=9)
PLACES = st.frozensets(st.builds(Spot, TEXT, st.integers(0, 9), TEXT, st.booleans()), max_size=4)
SPOTS = st.builds(Spots, PLACES, st.dictionaries(TEXT, PLACES, max_size=3))


@given(SPOTS)
def test_round_trip(spots: Spots) -> None:
    """Packing and unpacking changes nothing."""
    assert unpack_spots(pack_spots(spots)) == spots


@given(st.binary())
def test_anything_else(packed: bytes) -> None:
    """Bytes that were not packed here are refused."""
    with pytest.raises(ValueError, match="these are no places"):
        unpack_spots(packed)


@given(SPOTS, st.data())
def test_cut_off(spots: Spots, data: st.DataObject) -> None:
    """So is what was cut off."""
    made = pack_spots(spots)
    with pytest.raises(ValueError, match="these are no places"):
        unpack_spots(made[: data.draw(st.integers(0, len(made) - 1))])


PATHS = st.lists(st.sampled_from(["a", "b", "..", ".", "*"]), max_size=6).map("/".join)


@given(PATHS, PATHS)
def test_entering(first: str, second: str) -> None:
    """A path is entered at once or in parts."""
    start = Spot("", 1)
    assert start.enter(first).enter(second) == start.enter(f"{first}/{second}")
