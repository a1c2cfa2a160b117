"""YAML by PyYAML, an extra that is imported only here.

It quotes what YAML 1.1 would read as something else than text (`on`, `no`, `1e3`): CI services differ in what they read.
"""

from __future__ import annotations

from typing import Any

from pytest_txselect.errors import UsageError

__all__ = ["render_yaml"]

HEAD = "# Made by `txselect jobs`. Change [[tool.txselect.jobs]] instead.\n"


def render_yaml(document: dict[str, Any]) -> str:
    """Write a document, its keys in their order.

    Raises:
        UsageError: PyYAML is not installed.
    """
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UsageError(
            "no-yaml",
            "--emit: this service is told in YAML, which PyYAML writes; pip install 'pytest-txselect[ci]'",
        ) from error
    text: str = yaml.safe_dump(document, sort_keys=False, width=10_000, allow_unicode=False)
    return HEAD + text
