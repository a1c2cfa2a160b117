"""The walks over syntax trees give what those of the standard library give."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from pytest_txselect.source.walk import children_of, descend

if TYPE_CHECKING:
    from collections.abc import Iterable

LEFT_OUT: Final = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
RARE: Final = """\
import a.b as c, d
from . import e as f
@g(**h)
async def i(j: k, /, l=1, *m, n, o=2, **p) -> q:
    global r
    async with s as t, u: await v
    async for w in x: yield {**y, 'z': -1, **{}}
    return [*aa, (bb := cc), not dd, ee < ff <= gg, hh and ii or jj]
class kk(ll, metaclass=mm):
    nn: oo = lambda pp=1, *, qq, rr=3: f"{ss!r:>{tt}}" + b"uu".vv[ww:xx:yy, ...]
    def zz(self):
        nonlocal_ = {ab for ac, ad in ae if af if ag}
        def ah():
            nonlocal nonlocal_
            nonlocal_ += (yield from ai)
match aj:
    case {"ak": None, **al} | am.an() | ao(1, ap=True) if aq: pass
    case [ar, *at] as au: del av, aw[0]
    case -1 | "ax" | _: assert ay, az
try: raise ba from bb
except* (bc, bd) as be: pass
else: be = {bf: bg for bf in bh}
finally: pass
while bi: break
for bj.bk in bl: continue
"""
TYPED: Final = "type A[T: int, *U, **V] = dict[T, U]\ndef f[T](x: T) -> T: return x\nclass C[T]: pass\n"
SOURCES: Final = {
    "rare": RARE,
    "ast": Path(ast.__file__).read_text("utf-8"),
    "pytest": Path(pytest.__file__).read_text("utf-8"),
}
if sys.version_info >= (3, 12):
    SOURCES["typed"] = TYPED


def keep(nodes: Iterable[ast.AST]) -> list[ast.AST]:
    """Without what our walks leave out."""
    return [each for each in nodes if not isinstance(each, LEFT_OUT)]


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
def test_everything_below(source: str) -> None:
    """All nodes come, in the order of the standard library, but for contexts and operators."""
    tree = ast.parse(source)
    assert descend(tree) == keep(ast.walk(tree))


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
def test_directly_below(source: str) -> None:
    """Each node has the children that the standard library finds, but for contexts and operators."""
    for node in ast.walk(ast.parse(source)):
        assert children_of(node) == keep(ast.iter_child_nodes(node))
