"""pytest-txselect: run only the tests that a change can affect, and say why."""

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    """Read the version from the installed metadata on first use: importing this package must cost nothing."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - 10 ms that a plain pytest run must not pay

        return version("pytest-txselect")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
