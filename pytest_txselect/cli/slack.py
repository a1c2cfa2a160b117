"""`txselect report --slack`: posts the messages, or prints them."""

from __future__ import annotations

import importlib
import json
import os
from typing import TYPE_CHECKING, Any, Protocol

from pytest_txselect.errors import TxSelectError, UsageError
from pytest_txselect.report.slack import render_messages

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from pytest_txselect.cli.results import Results
    from pytest_txselect.cli.terminal import Terminal
    from pytest_txselect.report.slack import Message

__all__ = ["Client", "open_client", "post", "post_messages"]


class Client(Protocol):
    """What we need of `slack_sdk.WebClient`."""

    def chat_postMessage(self, **values: Any) -> Any:  # noqa: N802 - Slack's name
        """Post a message; the answer has its `ts`."""


def post(results: Results, args: argparse.Namespace, terminal: Terminal) -> None:
    """Post the messages of a run, or print them with `--slack-dry-run`.

    Raises:
        UsageError: slack_sdk, the token or the channel is missing.
        TxSelectError: Slack did not take a message.
    """
    messages = render_messages(results.run, results.parts)
    if args.slack_dry_run:
        shown = [
            {"text": message.text, "blocks": message.blocks, "thread": message.thread} for message in messages
        ]
        terminal.out.write(json.dumps(shown, indent=1) + "\n")
        return
    channel = args.slack_channel or os.environ.get("SLACK_CHANNEL", "")
    if not channel:
        raise UsageError(
            "slack-settings", "where to post to is missing: give --slack-channel, or set SLACK_CHANNEL"
        )
    post_messages(open_client(os.environ), channel, messages)
    terminal.notice(f"posted {len(messages)} messages to {channel}")


def open_client(environ: Mapping[str, str]) -> Client:
    """Make a client with the token of the environment.

    Args:
        environ: for `SLACK_API_TOKEN`, and `SLACK_API_URL` where Slack is reached through another address.

    Raises:
        UsageError: the token is missing, or slack_sdk is not installed.
    """
    token = environ.get("SLACK_API_TOKEN", "")
    if not token:
        raise UsageError("slack-settings", "the token of the Slack app is missing: set SLACK_API_TOKEN")
    try:
        sdk = importlib.import_module("slack_sdk")
    except ImportError:
        raise UsageError(
            "slack-settings", "slack_sdk is not installed: pip install 'pytest-txselect[slack]'"
        ) from None
    address = environ.get("SLACK_API_URL", "")
    client: Client = sdk.WebClient(token=token, **({"base_url": address} if address else {}))
    return client


def post_messages(client: Client, channel: str, messages: Sequence[Message]) -> None:
    """Post the first message, and the others as replies to it.

    Raises:
        TxSelectError: Slack did not take one.
    """
    thread: dict[str, str] = {}
    for message in messages:
        try:
            answer = client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=[dict(block) for block in message.blocks],
                unfurl_links=False,
                **thread,
            )
        except Exception as error:  # noqa: BLE001 - the rim: slack_sdk raises errors of its own and of the network
            what = " ".join(str(error).split())
            raise TxSelectError("slack-failed", f"Slack did not take the message: {what}") from None
        thread = thread or {"thread_ts": str(answer["ts"])}
