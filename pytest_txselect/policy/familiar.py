"""Classes and decorators of Python and its libraries of which it is known what they do with what they get."""

from __future__ import annotations

from typing import Final

from pytest_txselect.source.quiet import BUILT_IN

__all__ = [
    "ABSTRACT",
    "ABSTRACT_MODULES",
    "FIELDS",
    "INERT",
    "PASSIVE",
    "QUIET",
    "TEST_CASES",
    "UNITTEST",
    "is_abstract",
    "is_asked_of_tests",
    "is_fixture",
    "is_hook",
    "is_plain_fixture",
    "is_silent",
    "is_sought",
    "is_special",
]

QUIET: Final = BUILT_IN.union(
    (  # noqa: SIM905 - read as words
        "Enum Flag IntEnum IntFlag IsolatedAsyncioTestCase NamedTuple StrEnum TestCase TypedDict"
    ).split()
)
"""Classes that keep no list of those made of them."""
PASSIVE: Final = frozenset(
    (  # noqa: SIM905 - read as words
        "ArithmeticError AssertionError BaseException BufferError DeprecationWarning EOFError Exception "
        "FloatingPointError FutureWarning IndexError KeyError LookupError MemoryError NotImplementedError OverflowError "
        "RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning TypeError UserWarning ValueError "
        "Warning ZeroDivisionError bytearray bytes complex dict float frozenset int list object set str tuple"
    ).split()
)
"""Classes of Python that ask those made of them for no name but special ones; others, as `SystemExit`, do (`code`)."""
ABSTRACT: Final = frozenset(
    (  # noqa: SIM905 - read as words
        "AsyncGenerator AsyncIterable AsyncIterator Awaitable Buffer Callable Collection Container Coroutine Generator "
        "Hashable ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping MutableSequence MutableSet "
        "Reversible Sequence Set Sized ValuesView"
    ).split()
)
"""Classes of `collections.abc`, of which the same is true."""
ABSTRACT_MODULES: Final = frozenset({"collections.abc", "typing"})
TEST_CASES: Final = frozenset({"IsolatedAsyncioTestCase", "TestCase"})
UNITTEST: Final = frozenset({"unittest", "unittest.async_case", "unittest.case"})
FIELDS: Final = frozenset(
    {"attributes", "attrs", "dataclass", "define", "frozen", "mutable", "s", "total_ordering", "unique"}
)
"""Class decorators that read values and special methods, and keep nothing."""
INERT: Final = frozenset({"final", "override", "runtime_checkable"})
"""Class decorators that do nothing."""
SILENT: Final = frozenset(
    (  # noqa: SIM905 - read as words
        "abstractmethod asynccontextmanager cache cached_property classmethod contextmanager deleter final fixture "
        "getter hookimpl lru_cache overload override property setter singledispatch singledispatchmethod staticmethod "
        "wraps"
    ).split()
)
"""Decorators that tell nobody of the function; or only pytest, which asks for it itself."""
ABSTRACTING: Final = frozenset(
    {"abstractclassmethod", "abstractmethod", "abstractproperty", "abstractstaticmethod"}
)
CALLED: Final = "(...)"
SOUGHT: Final = frozenset(
    (  # noqa: SIM905 - read as words
        "__test__ asyncSetUp asyncTearDown collect_ignore collect_ignore_glob load_tests pytestmark runTest setUp "
        "setUpClass setUpModule setup setup_class setup_function setup_method setup_module tearDown tearDownClass "
        "tearDownModule teardown teardown_class teardown_function teardown_method teardown_module"
    ).split()
)
"""Names that pytest and unittest look for in modules and classes of tests."""
HOOK: Final = "pytest_"
MARKS: Final = ("pytest.mark.", "mark.")


def is_hook(name: str) -> bool:
    """Whether pytest looks for a name in every plugin and conftest."""
    return name.startswith(HOOK)


def is_sought(name: str) -> bool:
    """Whether pytest or unittest look for a name in test files, or in plugins."""
    return name in SOUGHT or name.startswith((HOOK, "test"))


def is_asked_of_tests(name: str) -> bool:
    """Whether unittest or pytest may ask a class of unittest for a name."""
    import unittest  # noqa: PLC0415 - seldom asked for

    return is_sought(name) or hasattr(unittest.IsolatedAsyncioTestCase, name)


def is_special(name: str) -> bool:
    """Whether Python itself asks for a name."""
    return name.startswith("__") and name.endswith("__")


def is_silent(decorator: str) -> bool:
    """Whether a decorator of a function, as a dotted name, tells nobody that the function is there."""
    name = decorator.removesuffix(CALLED)
    return name.startswith(MARKS) or name.rpartition(".")[2] in SILENT


def is_abstract(decorator: str) -> bool:
    """Whether a decorator of a method keeps its class from having instances."""
    return decorator.rpartition(".")[2] in ABSTRACTING


def is_fixture(decorator: str) -> bool:
    """Whether a decorator makes a fixture."""
    return decorator.removesuffix(CALLED).rpartition(".")[2] in {"fixture", "yield_fixture"}


def is_plain_fixture(decorator: str) -> bool:
    """Whether it makes one that has the name of its function, and that nobody gets who does not ask for it."""
    return is_fixture(decorator) and not decorator.endswith(CALLED)
