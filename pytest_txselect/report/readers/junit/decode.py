"""The bytes of an XML file to text that an XML parser accepts: nothing is lost, what XML cannot hold is visible."""

from __future__ import annotations

import codecs
import re
from typing import Final

from pytest_txselect.report.readers.unreadable import UnreadableError

__all__ = ["decode_xml"]

_DECLARATION: Final = re.compile(r"\s*<\?xml\b[^>]{0,300}\?>")
_DECLARED: Final = re.compile(rb"<\?xml\b[^>]{0,300}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE: Final = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_KNOWN: Final = re.compile(
    r"utf-(?:8|16(?:-[bl]e)?|32(?:-[bl]e)?)|ascii|iso8859-\d+|cp\d+|koi8-[rtu]|mac-\w+|"
    r"shift_jis\w*|euc_\w+|gb2312|gbk|gb18030|big5\w*|iso2022_\w+"
)


def decode_xml(data: bytes) -> str:
    r"""Decode an XML file, without its declaration.

    Bytes that are not of the encoding become escapes (`\xe9`), characters that XML forbids `#x1B`.

    Raises:
        UnreadableError: it declares an encoding that is none for text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data.decode(encoding, "backslashreplace").removeprefix("\ufeff")
            break
    else:
        text = data.decode(_find_declared(data), "backslashreplace")
    declaration = _DECLARATION.match(text)
    if declaration:
        text = text[declaration.end() :]
    return _REFERENCE.sub(_show_reference, _ILLEGAL.sub(lambda match: _show(ord(match.group())), text))


def _find_declared(data: bytes) -> str:
    match = _DECLARED.search(data, 0, 1024)
    if match is None:
        return "utf-8"
    declared = match[1].decode("ascii")
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        name = ""
    if not _KNOWN.fullmatch(name):
        raise UnreadableError(f"it declares the encoding {declared}, which is none that we know for text")
    return "utf-8" if name.startswith(("utf-16", "utf-32")) else name  # could be read as ASCII, so it is not


def _show(number: int) -> str:
    return f"#x{number:02X}"


def _show_reference(match: re.Match[str]) -> str:
    number = int(match[1], 16) if match[1] else int(match[2])
    legal = number <= 0x10FFFF and _ILLEGAL.match(chr(number)) is None  # noqa: PLR2004 - the last character
    return match.group() if legal else _show(number)
