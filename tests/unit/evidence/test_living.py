"""Code that is there before the watch begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.evidence.living import compile_file, find_living_code, read_source

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


def test_living_code() -> None:
    """Functions, generators and coroutines are found, started or not, and all that is running."""

    def function() -> int:
        return 1

    def generator() -> Iterator[int]:
        yield 1

    async def coroutine() -> int:
        return 1

    async def asynchronous() -> AsyncIterator[int]:
        yield 1

    codes = {each.__code__ for each in (function, generator, coroutine, asynchronous)}
    living = [generator(), coroutine(), asynchronous()]
    del generator, coroutine, asynchronous  # nothing but what they made is left
    found = set(find_living_code())
    assert codes | {test_living_code.__code__} <= found
    living[1].close()  # type: ignore[union-attr]


def test_file_that_cannot_be_compiled(tmp_path: Path) -> None:
    """A module that is not there is an empty one; one that Python refuses has no code."""
    assert read_source(str(tmp_path / "gone.py")) == b""
    assert compile_file(str(tmp_path / "gone.py")) is not None
    for text in (b"def f(:\n", b"x = 1\0\n"):
        (tmp_path / "bad.py").write_bytes(text)
        assert compile_file(str(tmp_path / "bad.py")) is None
