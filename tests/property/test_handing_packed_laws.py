"""What is remembered of who has a file's place is what reading it anew finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.source.handing_packed import Handing, pack_handing, unpack_handing

TEXTS = st.frozensets(st.text(st.characters(exclude_categories=()), max_size=9))
HANDINGS = st.builds(Handing, st.booleans(), TEXTS, TEXTS, TEXTS)


@given(HANDINGS)
def test_round_trip(handing: Handing) -> None:
    """Packing and unpacking changes nothing."""
    assert unpack_handing(pack_handing(handing)) == handing


@given(st.binary())
def test_anything_else(packed: bytes) -> None:
    """Bytes that were not packed here are refused."""
    with pytest.raises(ValueError, match="this is not what becomes of a place"):
        unpack_handing(packed)


@given(HANDINGS, st.data())
def test_cut_off(handing: Handing, data: st.DataObject) -> None:
    """So is what was cut off."""
    made = pack_handing(handing)
    with pytest.raises(ValueError, match="this is not what becomes of a place"):
        unpack_handing(made[: data.draw(st.integers(0, len(made) - 1))])
