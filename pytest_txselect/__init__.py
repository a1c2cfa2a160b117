"""pytest-txselect: run only the tests that a change can affect, and say why.

PYTEST_DONT_REWRITE: in a Python process that a recorded test starts we are there before pytest, which would warn that
it comes too late to rewrite our assertions, and under `-W error` that would be the end of that process.
"""

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    """Read the version from the installed metadata on first use: importing this package must cost nothing."""
    if name == "__version__":
        import re  # noqa: PLC0415 - a plain pytest run must not pay for it
        from importlib.metadata import distribution  # noqa: PLC0415 - likewise

        # what `version` does, without the parser for mails, which takes 10 ms to import
        found = re.search(
            r"^Version: (.*)$", distribution("pytest-txselect").read_text("METADATA") or "", re.MULTILINE
        )
        return found.group(1).strip() if found else "unknown"
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
