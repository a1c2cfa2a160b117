"""What is remembered of what a file mentions is what reading it anew finds."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pytest_txselect
from pytest_txselect.source.mentioning import read_mentions
from pytest_txselect.source.mentions_packed import pack_mentions, unpack_mentions

OURS = sorted(Path(pytest_txselect.__file__).parent.rglob("*.py"))
ODD = [
    b"",
    b"def f():\n    return 'a.b', ('c', 'd'), '\\udc80', \"\xc3\xa9\"\n",
    (
        b"from x import *\nimport a.b as c\n\nclass A(B[int], metaclass=M):\n    x: int = call()\n\n"
        b"    @p(1)\n    def m(self): return vars(self)\n"
    ),
    b"def __getattr__(name):\n    if name in {'x', 'y'}:\n        return z()\n    raise AttributeError(name)\n",
]


@pytest.mark.parametrize(
    "source", [*OURS, *ODD], ids=[*(each.name for each in OURS), *map(str, range(len(ODD)))]
)
def test_round_trip(source: Path | bytes) -> None:
    """Packing and unpacking changes nothing."""
    mentions = read_mentions(source if isinstance(source, bytes) else source.read_bytes())
    assert mentions is not None
    assert unpack_mentions(pack_mentions(mentions)) == mentions


@given(st.binary())
def test_anything_else(packed: bytes) -> None:
    """Bytes that were not packed here are refused."""
    with pytest.raises(ValueError, match="this is not what a file mentions"):
        unpack_mentions(packed)


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=20), st.data())
def test_other_values(value: object, data: st.DataObject) -> None:
    """So is what was made by something else, and what was cut off."""
    import json  # noqa: PLC0415 - of this test only

    made = pack_mentions(
        read_mentions(b"def f():\n    return g.h('i')\n") or pytest.fail("it cannot be read")
    )
    cut = made[: data.draw(st.integers(0, len(made) - 1))]
    for packed in (zlib.compress(json.dumps(value).encode()), cut):
        with pytest.raises(ValueError, match="this is not what a file mentions"):
            unpack_mentions(packed)
