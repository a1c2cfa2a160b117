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
    """A `testsuite`.

    Attributes:
        attributes: as they are.
        above: name of the suite that it is in.
        cases: how many test cases it has itself.
        bad: how many failures and errors they have.
        nested: it has suites of its own, which its figures may count too.
        parts: failures and errors of its own.
    """

    attributes: Mapping[str, str]
    above: str = ""
    cases: int = 0
    bad: int = 0
    nested: bool = False
    parts: list[Part] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its name."""
        return self.attributes.get("name", "") or self.above


@dataclass(frozen=True, slots=True)
class Case:
    """A `testcase`, the suite it is in, its parts in order, and its properties."""

    suite: Suite
    attributes: Mapping[str, str]
    parts: tuple[Part, ...]
    properties: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Document:
    """A file: attributes of its root, its suites and its cases in order."""

    root: Mapping[str, str] = field(default_factory=dict)
    suites: list[Suite] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)


def _refuse_doctype() -> UnreadableError:
    """Refuse a document type: what it can define is what attacks are made of."""
    return UnreadableError("it has a document type (<!DOCTYPE): no JUnit file needs one, so it is not read")


class _Target:
    """Takes what the parser finds."""

    def __init__(self) -> None:
        self.document = Document()
        self.tags: list[str] = []
        self.open: list[Suite] = []
        self.case: Mapping[str, str] | None = None
        self.parts: list[Part] = []
        self.properties: list[tuple[str, str]] = []
        self.part: Mapping[str, str] | None = None
        self.text: list[str] = []
        self.trace: list[str] = []
        self.length = 0

    def doctype(self, *_: object) -> None:
        """Refuse: what a document type can define is what attacks are made of, and no JUnit file needs one."""
        raise UnreadableError(
            "it has a document type (<!DOCTYPE): no JUnit file needs one, so it is not read"
        )

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the begin of an element."""
        name = tag.rpartition("}")[2]
        if not self.tags:
            if name not in _ROOTS:
                raise UnreadableError(
                    f"it is no JUnit file: its root is <{name[:40]}>, not <testsuites>", other=True
                )
            self.document.root = dict(attributes)
        self.tags.append(name)
        if len(self.tags) > _DEEPEST:
            raise UnreadableError(f"its elements are nested more than {_DEEPEST} deep: no JUnit file is")
        if self.case is None and name == "testsuite":
            self._open_suite(dict(attributes))
        elif self.case is None and name == "testcase":
            if len(self.document.cases) >= _MOST_CASES:
                raise UnreadableError(f"it has more than {_MOST_CASES:,} test cases")
            self.case, self.parts, self.properties = dict(attributes), [], []
        elif self.case is not None and name == "property":
            self.properties.append((attributes.get("name", ""), attributes.get("value", "")))
        elif self.part is None and self._is_part(name):
            self.part, self.text, self.trace, self.length = dict(attributes), [], [], 0

    def _open_suite(self, attributes: Mapping[str, str]) -> None:
        above = self.open[-1] if self.open else None
        if above:
            above.nested = True
        suite = Suite(attributes, above.name if above else "")
        self.open.append(suite)
        self.document.suites.append(suite)

    def _is_part(self, name: str) -> bool:
        if self.case is not None:
            return self.tags[-2] == "testcase" and name != "properties"
        return bool(self.open) and self.tags[-2] == "testsuite" and name in {"error", "failure"}

    def data(self, text: str) -> None:
        """Take text."""
        if self.part is not None and self.length <= _LONGEST:
            self.length += len(text)
            (self.trace if self.tags[-1] == "stackTrace" else self.text).append(
                text if self.length <= _LONGEST else _CUT
            )

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        name = tag.rpartition("}")[2]
        self.tags.pop()
        inside = self.tags[-1] if self.tags else ""
        if self.part is not None and inside == ("testcase" if self.case is not None else "testsuite"):
            part = Part(name, self.part, "".join(self.text), "".join(self.trace))
            (self.open[-1].parts if self.case is None else self.parts).append(part)
            self.part = None
        elif self.case is not None and name == "testcase":
            self._close_case(self.case)
        elif self.case is None and name == "testsuite":
            self.open.pop()

    def _close_case(self, attributes: Mapping[str, str]) -> None:
        if not self.open:
            self._open_suite({})  # a case that is in no suite
        suite = self.open[-1]
        suite.cases += 1
        suite.bad += sum(part.tag in {"failure", "error"} for part in self.parts)
        self.document.cases.append(Case(suite, attributes, tuple(self.parts), tuple(self.properties)))
        self.case = None

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
