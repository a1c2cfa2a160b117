"""What a file mentions, as bytes, so that it can be remembered by content: reading it anew costs ten times as much.

The identifiers of a file come once, in a list; everything else is numbers into it, as JSON, compressed.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pytest_txselect.source.mentions import AskedFor, ClassFacts, Imported, Mentions, Step, StepKind
from pytest_txselect.source.uses import Use, Used

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["pack_mentions", "unpack_mentions"]

T = TypeVar("T")
KINDS: Final = tuple(StepKind)
USES: Final = tuple(Use)
LARGEST: Final = 1 << 27
"""Bytes of the JSON of one file; what is larger was not made here."""


def pack_mentions(mentions: Mentions) -> bytes:
    """Turn what a file mentions into bytes."""
    pool = _Pool()
    text, texts, tuples, used = pool.text, pool.texts, pool.tuples, pool.used
    body = [
        pool.table(mentions.functions, texts),
        [
            [
                KINDS.index(step.kind),
                text(step.owner),
                texts(step.binds),
                texts(step.mentions),
                used(step.uses),
                texts(step.words),
                tuples(step.dotted),
                texts(step.calls),
            ]
            for step in mentions.steps
        ],
        [[text(each.module), text(each.name), text(each.alias), each.toplevel] for each in mentions.imports],
        [
            [
                text(name),
                texts(each.bases),
                texts(each.decorators),
                each.keywords,
                text(each.metaclass),
                each.quiet,
                each.line,
            ]
            for name, each in mentions.classes.items()
        ],
        texts(mentions.reading_all),
        pool.table(mentions.uses, used),
        pool.table(mentions.words, texts),
        pool.table(mentions.dotted, tuples),
        texts(mentions.bound),
        texts(mentions.plain),
        [[texts(each.names), texts(each.mentions), each.reads_all] for each in mentions.asked],
        pool.table(mentions.decorators, texts),
        pool.table(mentions.parameters, texts),
        pool.table(mentions.fetched, texts),
    ]
    plain = [[*pool.places], [*pool.triples], body]
    return zlib.compress(json.dumps(plain, separators=(",", ":")).encode("ascii"), 1)


def unpack_mentions(packed: bytes) -> Mentions:
    """Turn what `pack_mentions` made back.

    Raises:
        ValueError: it was not made by `pack_mentions`.
    """
    try:
        names, triples, body = json.loads(_decompress(packed))
        return _load(names, triples, body)
    except (ValueError, TypeError, AttributeError, IndexError, RecursionError, zlib.error) as error:
        raise ValueError("this is not what a file mentions") from error


def _decompress(packed: bytes) -> bytes:
    reader = zlib.decompressobj()
    found = reader.decompress(packed, LARGEST)
    if not reader.eof:
        raise ValueError("too large, or cut off")
    return found


def _load(names: list[str], triples: list[list[int]], body: list[Any]) -> Mentions:
    all_used = [Used(names[name], names[base], USES[use]) for name, base, use in triples]
    name = names.__getitem__

    def texts(places: list[int]) -> frozenset[str]:
        return frozenset(map(name, places))

    def tuples(found: list[list[int]]) -> frozenset[tuple[str, ...]]:
        return frozenset(tuple(map(name, each)) for each in found)

    def used(places: list[int]) -> frozenset[Used]:
        return frozenset(map(all_used.__getitem__, places))

    functions, steps, imports, classes, reading, uses, words, dotted, bound, plain, asked, *tables = body
    decorators, parameters, fetched = ({name(key): texts(each) for key, each in table} for table in tables)
    return Mentions(
        {name(key): texts(each) for key, each in functions},
        tuple(
            Step(KINDS[kind], name(owner), texts(b), texts(m), used(u), texts(w), tuples(d), texts(c))
            for kind, owner, b, m, u, w, d, c in steps
        ),
        tuple(Imported(name(m), name(n), name(alias), bool(top)) for m, n, alias, top in imports),
        {
            name(key): ClassFacts(texts(bases), texts(marks), bool(keys), name(meta), bool(quiet), int(line))
            for key, bases, marks, keys, meta, quiet, line in classes
        },
        texts(reading),
        {name(key): used(each) for key, each in uses},
        {name(key): texts(each) for key, each in words},
        {name(key): tuples(each) for key, each in dotted},
        texts(bound),
        texts(plain),
        tuple(AskedFor(texts(asking), texts(found), bool(every)) for asking, found, every in asked),
        decorators,
        parameters,
        fetched,
    )


class _Pool:
    """Numbers of identifiers, and of uses of them."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.triples: dict[tuple[int, int, int], int] = {}

    def text(self, text: str) -> int:
        return self.places.setdefault(text, len(self.places))

    def texts(self, texts: Iterable[str]) -> list[int]:
        return [self.text(each) for each in texts]

    def tuples(self, tuples: Iterable[tuple[str, ...]]) -> list[list[int]]:
        return [self.texts(each) for each in tuples]

    def used(self, uses: Iterable[Used]) -> list[int]:
        found = [(self.text(each.name), self.text(each.base), USES.index(each.use)) for each in uses]
        return [self.triples.setdefault(each, len(self.triples)) for each in found]

    def table(self, table: Mapping[str, T], pack: Callable[[T], Any]) -> list[Any]:
        return [[self.text(key), pack(each)] for key, each in table.items()]
