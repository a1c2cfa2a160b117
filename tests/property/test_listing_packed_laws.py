"""What is remembered of what a file lists is what reading it anew finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.source.listing_packed import Listing, pack_listing, unpack_listing

TEXTS = st.frozensets(st.text(st.characters(exclude_categories=()), max_size=9))


@given(st.builds(Listing, st.none() | TEXTS, TEXTS, st.none() | TEXTS, st.none() | st.integers(0, 9)))
def test_round_trip(listing: Listing) -> None:
    """Packing and unpacking changes nothing."""
    assert unpack_listing(pack_listing(listing)) == listing


@given(st.binary())
def test_anything_else(packed: bytes) -> None:
    """Bytes that were not packed here are refused."""
    with pytest.raises(ValueError, match="this is not what a file lists"):
        unpack_listing(packed)


@given(
    st.builds(Listing, st.none() | TEXTS, TEXTS, st.none() | TEXTS, st.none() | st.integers(0, 9)), st.data()
)
def test_cut_off(listing: Listing, data: st.DataObject) -> None:
    """So is what was cut off."""
    made = pack_listing(listing)
    with pytest.raises(ValueError, match="this is not what a file lists"):
        unpack_listing(made[: data.draw(st.integers(0, len(made) - 1))])
