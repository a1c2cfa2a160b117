"""Laws of `find_edits`, over modules composed of snippets that between them have every construct it knows."""

from __future__ import annotations

import ast
import warnings
from textwrap import indent

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pytest_txselect.source.edit import BodyEdit, DefinitionChange, DefinitionEdit, DocstringEdit, Edits
from pytest_txselect.source.edits import find_edits
from pytest_txselect.source.symbols import read_symbols

# Many compositions are no valid code, and a busy machine is no reason to fail.
law = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])

names = st.sampled_from(["a", "b", "c", "f", "g", "A"])
constants = st.sampled_from(
    ["0", "1", "True", "1.0", "None", "'a'", "b'a'", "f'{a} b'", "...", "'\\udc80'", "-0.0"]
)

SHAPES = [
    *("{n}", "{c}", "{n} + {c}", "{n}({c})", "{n}.{n}", "[{n} for {n} in {n}]", "lambda: {c}"),
    *("({n} for {n} in {n} if {c})", "{{{c}: {n}}}", "[{c}, *{n}]", "({n} := {c})", "{n}[{c}]"),
]


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """An expression of one of the shapes that code may be nested in."""
    shape = draw(st.sampled_from(SHAPES))
    return shape.format(n=draw(names), c=draw(constants))


@st.composite
def functions(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """A function with any kind of header."""
    decorator = draw(st.sampled_from(["", "", "@deco\n", "@deco(1)\n"]))
    head = draw(st.sampled_from(["def", "def", "async def"]))
    parameters = draw(st.sampled_from(["", "a", "a, b=1", "*, a=2", "a: int = 1, **b", "a=f"]))
    docstring = draw(st.sampled_from(["", "'doc'\n", "'other doc'\n", "'>>> f()'\n"]))
    ending = draw(st.sampled_from(["pass", "yield", "return {e}", "{n} = {e}", "assert {e}", "global g"]))
    body = docstring + draw(inner) + ending.format(e=draw(expressions()), n=draw(names))
    return f"{decorator}{head} {draw(names)}({parameters}):\n{indent(body, '    ')}\n"


simple = st.one_of(
    st.builds("{} = {}\n".format, names, expressions()),
    st.builds("{}: int = {}\n".format, names, constants),
    st.builds("import {}, {}.b as c\n".format, names, names),
    st.builds("from {} import {}\n".format, names, names),
    st.builds("{}({})\n".format, names, constants),
    st.builds("{}.{} = {}\n".format, names, names, constants),
    st.sampled_from(
        ["pass\n", "'note'\n", "# comment\n", "\n", "__all__ = ['a']\n", "from a import *\n", "del a\n"]
    ),
)


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Statements that have others in them."""
    block = st.builds(lambda body: indent(body + "pass\n", "    "), inner)
    return st.one_of(
        functions(st.just("") | inner),
        st.builds("class {}:\n{}".format, names, block),
        st.builds("class {}({}, {}=1):\n{}".format, names, names, names, block),
        st.builds("if {}:\n{}else:\n{}".format, names, block, block),
        st.builds("if TYPE_CHECKING:\n{}".format, block),
        st.builds("if __name__ == '__main__':\n{}".format, block),
        st.builds("try:\n{}except {}:\n{}".format, block, names, block),
        st.builds("for {} in {}:\n{}".format, names, expressions(), block),
        st.builds("with {}:\n{}".format, expressions(), block),
    )


statements = st.recursive(simple, compound, max_leaves=4)


def compiles(source: str) -> bool:
    """Say whether Python takes a composed module; some compositions are no valid code."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "composed", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


modules = st.lists(statements, max_size=6).map("".join).filter(compiles)


class _Canonical(ast.NodeTransformer):
    """A second opinion on what is neutral: no effect, layout of imports, order of functions."""

    def visit(self, node: ast.AST) -> ast.AST:
        """Rewrite the blocks of a statement."""
        for name in ("body", "orelse", "finalbody"):
            block: object = getattr(node, name, None)
            if isinstance(block, list):
                kept = [part for each in block for part in self.cut(each)]
                if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    kept.sort(key=lambda part: ast.dump(part) if isinstance(part, ast.FunctionDef) else "~")
                setattr(node, name, kept)
        return self.generic_visit(node)

    @staticmethod
    def cut(node: ast.stmt) -> list[ast.stmt]:
        """Give what executing a statement comes down to."""
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return []
            case ast.Import(names=aliases):
                return [ast.Import(names=[alias]) for alias in aliases]
            case _:
                return [node]


def canonical(source: str) -> str:
    """Spell what a module does."""
    return ast.dump(_Canonical().visit(ast.parse(source)))


def has_effect(edits: Edits) -> bool:
    """Say whether there are edits other than of docstrings."""
    return any(not isinstance(edit, DocstringEdit) for edit in edits.edits)


@law
@given(modules)
def test_itself(source: str) -> None:
    """A module does not differ from itself, nor from itself with other line ends and in another layout."""
    data = source.encode()
    assert find_edits(data, data).edits == ()
    assert find_edits(data, b"# comment\n\n" + data.replace(b"\n", b"\r\n")).edits == ()
    assert find_edits(data, data.replace(b"    ", b"  ")).edits == ()


@law
@given(modules)
def test_reformatted(source: str) -> None:
    """A module written anew from its syntax tree is the same."""
    assert find_edits(source.encode(), ast.unparse(ast.parse(source)).encode()).edits == ()


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[str, str]:
    """Two modules that differ in one or two statements, or in the place of one."""
    parts = draw(st.lists(statements, min_size=1, max_size=6))
    changed = list(parts)
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, len(changed)))
        match draw(st.sampled_from(["insert", "replace", "remove", "move", "repeat"])):
            case "insert":
                changed.insert(place, draw(statements))
            case "replace":
                changed[place : place + 1] = [draw(statements)]
            case "remove":
                del changed[place : place + 1]
            case "move":
                part = changed[place : place + 1]
                del changed[place : place + 1]
                goal = draw(st.integers(0, len(changed)))
                changed[goal:goal] = part
            case _:
                changed[place:place] = changed[place : place + 1]
    return "".join(parts), "".join(changed)


pairs = st.one_of(neighbours(), st.tuples(modules, modules))


@law
@given(pairs)
def test_nothing_is_lost(versions: tuple[str, str]) -> None:
    """Two versions that do not do the same have an edit which says more than that a docstring changed."""
    old, new = versions
    assume(compiles(old) and compiles(new))
    assume(canonical(old) != canonical(new))
    assert has_effect(find_edits(old.encode(), new.encode()))


@law
@given(pairs)
def test_symmetric_emptiness(versions: tuple[str, str]) -> None:
    """Whether two versions differ does not depend on which is the new one."""
    old, new = (version.encode() for version in versions)
    forth, back = find_edits(old, new), find_edits(new, old)
    assert bool(forth.edits) == bool(back.edits)
    assert has_effect(forth) == has_effect(back)


@law
@given(modules, modules, st.integers(0, 5))
def test_constant_in_a_body(before: str, after: str, depth: int) -> None:
    """Changing one constant in a function is one edit, of that code, wherever the function is."""
    function = "def unique(a, b=1):\n    return a + 41, lambda: b\n"
    for level in range(depth):
        function = f"class Outer{level}:\n" + indent(function, "    ")
    old = before + function + after
    assume(compiles(old))
    qualname = "".join(f"Outer{level}." for level in reversed(range(depth))) + "unique"
    for number, code in (("41", qualname), ("b\n", f"{qualname}.<locals>.<lambda>")):
        new = before + function.replace(number, "42\n" if code != qualname else "42") + after
        [edit] = find_edits(old.encode(), new.encode()).edits
        assert isinstance(edit, BodyEdit)
        assert (edit.function, edit.code) == (qualname, code)


@law
@given(modules, modules)
def test_function_added(before: str, after: str) -> None:
    """Adding a function with a new name is one edit that says so, taking it away again the opposite."""
    function = "def unique(): ...\n"
    old, new = before + after, before + function + after
    assume(compiles(old) and compiles(new))
    for versions, change in (((old, new), DefinitionChange.ADDED), ((new, old), DefinitionChange.REMOVED)):
        [edit] = find_edits(*(version.encode() for version in versions)).edits
        assert isinstance(edit, DefinitionEdit)
        assert (edit.function, edit.change) == ("unique", change)


@law
@given(modules)
def test_symbols_do_not_depend_on_layout(source: str) -> None:
    """Fingerprints are the same however a module is written, and there is one for each piece of code."""
    symbols = read_symbols(source.encode())
    rewritten = read_symbols(("# comment\n\n" + ast.unparse(ast.parse(source))).encode())
    assert isinstance(symbols, tuple)
    assert isinstance(rewritten, tuple)
    assert [(code.qualname, code.index, code.header, code.body) for code in symbols] == [
        (code.qualname, code.index, code.header, code.body) for code in rewritten
    ]
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.GeneratorExp)
    assert len(symbols) == sum(isinstance(node, kinds) for node in ast.walk(ast.parse(source)))
