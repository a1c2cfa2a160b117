"""Durations from a JUnit file of pytest, read piece by piece: files from elsewhere may be large, and hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["JUnitError", "read_times"]

BIGGEST: Final = 1 << 30


class JUnitError(ValueError):
    """It is no JUnit file that can be read; the text is the cause."""


def read_times(path: Path, modules: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """Read the test cases, each as its node id and its seconds.

    A case whose file is not known is left out: a JUnit file says where the name of a module ends and that of a class begins
    only by its `file`, which not every family has.

    Args:
        path: the file.
        modules: the dotted name of each test file there is, with its path.

    Raises:
        JUnitError: it is too large or not well-formed.
    """
    try:
        if path.stat().st_size > BIGGEST:
            raise JUnitError("is larger than 1 GB")
        with path.open("rb") as file:
            cases = etree.iterparse(
                file,
                events=("end",),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
            )
            for _, element in cases:
                if element.tag == "testcase":
                    node = _find_node(element.get("classname", ""), element.get("name", ""), modules)
                    seconds = _read_seconds(element.get("time", ""))
                    if node and seconds is not None:
                        yield node, seconds
                    _forget(element)
    except OSError as error:
        raise JUnitError(f"cannot be read ({error.strerror})") from error
    except etree.XMLSyntaxError as error:
        raise JUnitError(f"is not XML ({error.msg or 'damaged'})") from error


def _find_node(classname: str, name: str, modules: Mapping[str, str]) -> str:
    """The node id; empty where no known file fits."""
    front = classname
    while front:
        file = modules.get(front)
        if file is not None:
            inner = classname[len(front) + 1 :]
            return "::".join([file, *(inner.split(".") if inner else ()), name])
        front = front.rpartition(".")[0]
    return ""


def _read_seconds(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def _forget(element: etree._Element) -> None:
    """Give the memory of a case free, and of those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
