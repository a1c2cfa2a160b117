"""JUnit XML to test cases, one after the other; no tree of the file is made."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from pytest_txselect.report.readers.unreadable import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Case", "Document", "Part", "Suite", "parse_junit"]

_DEEPEST: Final = 64
_MOST_CASES: Final = 1_000_000
_LONGEST: Final = 4_000_000  # characters of one text
_CHUNK: Final = 1 << 16
_ROOTS: Final = frozenset({"testsuites", "testsuite"})
_BAD: Final = frozenset({"failure", "error"})
_PARTS: Final = _BAD | {
    "skipped", "system-out", "system-err", "rerunFailure", "rerunError", "flakyFailure", "flakyError",
}  # fmt: skip
"""What says how a test case ended, however deep it stands in it."""
_DOCTYPE: Final = re.compile(r"\s*(?:<!--(?:(?!-->).)*-->\s*|<\?(?:(?!\?>).)*\?>\s*)*+<!DOCTYPE", re.DOTALL)
_CUT: Final = "\n[... cut here: the rest is in the file that was read]"


@dataclass(frozen=True, slots=True)
class Part:
    """An element below a test case: its tag, attributes and text; `trace` is the text of its `stackTrace`."""

    tag: str
    attributes: Mapping[str, str]
    text: str
    trace: str = ""


@dataclass(slots=True)
class Suite:
    """A `testsuite`, or the `testsuites` that has them all.

    Attributes:
        attributes: as they are.
        above: what it is in; None at the root.
        cases: how many test cases it has, in suites of its own, too.
        bad: how many failures and errors they have, and the suites themselves.
        bad_cases: how many of them have failures or errors.
        parts: failures and errors of its own.
        frame: it is the `testsuites`, whose name is that of the tool.
    """

    attributes: Mapping[str, str]
    above: Suite | None = None
    frame: bool = False
    cases: int = 0
    bad: int = 0
    bad_cases: int = 0
    parts: list[Part] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its name, or of what it is in."""
        own = "" if self.frame else self.attributes.get("name", "")
        return own or (self.above.name if self.above else "")


@dataclass(frozen=True, slots=True)
class Case:
    """A `testcase`, the suite it is in, its parts in order, and its properties."""

    suite: Suite
    attributes: Mapping[str, str]
    parts: tuple[Part, ...]
    properties: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Document:
    """A file: its suites, the root first, and its cases, in order."""

    suites: list[Suite] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)


def _refuse_doctype() -> UnreadableError:
    """Refuse a document type: what it can define is what attacks are made of."""
    return UnreadableError("it has a document type (<!DOCTYPE): no JUnit file needs one, so it is not read")


@dataclass(slots=True)
class _Open:
    """A suite or a test case that is not at its end yet; `attributes` are those of a case."""

    suite: Suite
    attributes: Mapping[str, str] | None = None
    parts: list[Part] = field(default_factory=list)
    properties: list[tuple[str, str]] = field(default_factory=list)


class _Target:
    """Takes what the parser finds: suites and cases in each other, and parts wherever they stand in these."""

    def __init__(self) -> None:
        self.document = Document()
        self.depth = 0
        self.open: list[_Open] = []
        self.part: Mapping[str, str] | None = None
        self.part_depth = 0
        self.in_trace = False
        self.text: list[str] = []
        self.trace: list[str] = []
        self.length = 0

    def doctype(self, *_: object) -> None:
        """Refuse a document type."""
        raise _refuse_doctype()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the begin of an element."""
        name = tag.rpartition("}")[2]
        if not self.depth and name not in _ROOTS:
            raise UnreadableError(
                f"it is no JUnit file: its root is <{name[:40]}>, not <testsuites>", other=True
            )
        self.depth += 1
        if self.depth > _DEEPEST:
            raise UnreadableError(f"its elements are nested more than {_DEEPEST} deep: no JUnit file is")
        if self.part is not None:
            self.in_trace = self.in_trace or name == "stackTrace"
        elif name in _ROOTS:
            above = self.open[-1].suite if self.open else None
            suite = Suite(dict(attributes), above, frame=name == "testsuites")
            self.open.append(_Open(suite))
            self.document.suites.append(suite)
        elif name == "testcase":
            if len(self.document.cases) + len(self.open) > _MOST_CASES:
                raise UnreadableError(f"it has more than {_MOST_CASES:,} test cases")
            self.open.append(_Open(self.open[-1].suite, dict(attributes)))
        elif name == "property" and self.open[-1].attributes is not None:
            self.open[-1].properties.append((attributes.get("name", ""), attributes.get("value", "")))
        elif name in (_BAD if self.open[-1].attributes is None else _PARTS):
            self.part, self.part_depth, self.in_trace = dict(attributes), self.depth, False
            self.text, self.trace, self.length = [], [], 0

    def data(self, text: str) -> None:
        """Take text."""
        if self.part is not None and self.length <= _LONGEST:
            self.length += len(text)
            (self.trace if self.in_trace else self.text).append(text if self.length <= _LONGEST else _CUT)

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        name = tag.rpartition("}")[2]
        if self.part is not None:
            if self.depth == self.part_depth:
                self._close_part(Part(name, self.part, "".join(self.text), "".join(self.trace)))
                self.part = None
            self.in_trace = self.in_trace and name != "stackTrace"
        elif name == "testcase":
            self._close_case()
        elif name in _ROOTS:
            suite = self.open.pop().suite
            if suite.above:
                suite.above.cases += suite.cases
                suite.above.bad += suite.bad
                suite.above.bad_cases += suite.bad_cases
        self.depth -= 1

    def _close_part(self, part: Part) -> None:
        inside = self.open[-1]
        inside.suite.bad += part.tag in _BAD
        (inside.suite.parts if inside.attributes is None else inside.parts).append(part)

    def _close_case(self) -> None:
        done = self.open.pop()
        assert done.attributes is not None  # noqa: S101 - elements end in order
        done.suite.cases += 1
        done.suite.bad_cases += any(part.tag in _BAD for part in done.parts)
        self.document.cases.append(
            Case(done.suite, done.attributes, tuple(done.parts), tuple(done.properties))
        )

    def close(self) -> Document:
        """Return what was found."""
        return self.document


def parse_junit(text: str) -> Document:
    """Parse a JUnit file.

    Args:
        text: the file without its declaration, as `decode_xml` gives it.

    Raises:
        UnreadableError: it is no JUnit file, is not whole, or has what no JUnit file needs.
    """
    target: Any = _Target()
    internal: Any = "internal"  # the five entities of XML; with none at all, lxml gives `&#38;` for `&amp;`
    parser = etree.XMLParser(
        target=target,
        encoding="utf-8",
        resolve_entities=internal,
        no_network=True,
        load_dtd=False,
        huge_tree=True,  # captured output may be long; without a document type nothing can multiply
    )
    if _DOCTYPE.match(text):
        raise _refuse_doctype()
    data = text.encode("utf-8", "backslashreplace")
    try:
        for begin in range(0, len(data), _CHUNK):
            parser.feed(data[begin : begin + _CHUNK])
        parser.close()
    except etree.XMLSyntaxError as error:
        raise UnreadableError(
            f"it is no whole XML file ({error.msg}): it was cut off while it was written, or damaged"
        ) from None
    document: Document = target.document
    return document
