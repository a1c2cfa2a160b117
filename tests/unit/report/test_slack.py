"""Messages for Slack: their limits, their escapes, and how they are posted."""

from __future__ import annotations

import argparse
import http.server
import io
import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_runs import HEADER, build, build_varied, give_failure, give_pass

from pytest_txselect.cli.results import Results
from pytest_txselect.cli.slack import open_client, post, post_messages
from pytest_txselect.cli.terminal import Terminal
from pytest_txselect.errors import TxSelectError, UsageError
from pytest_txselect.report.records import Header, Outcome, Phase, Start
from pytest_txselect.report.slack import MOST_BLOCKS, MOST_CHARACTERS, Message, escape, render_messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.report.run import Run


def list_texts(message: Message) -> Iterator[str]:
    """List the texts of a message's blocks."""
    for block in message.blocks:
        for part in (block.get("text"), *block.get("elements", ())):
            if part:
                yield part["text"]


def check(messages: list[Message]) -> None:
    """Check the limits of Slack's API."""
    for message in messages:
        assert 1 <= len(message.blocks) <= MOST_BLOCKS
        assert all(1 <= len(text) <= MOST_CHARACTERS for text in list_texts(message))
        for block in message.blocks:
            if block["type"] == "header":
                assert len(block["text"]["text"]) <= 150
        json.dumps(message.blocks)


def test_message():
    """The totals first, then for each job with failures what failed, by reason."""
    run = build_varied()
    messages = render_messages(run, {"tests": run, "fine": build(give_pass("a.py::t"))})
    check(messages)
    assert [message.thread for message in messages] == ["", "tests"]
    title, jobs, facts = list_texts(messages[0])
    assert title.startswith(":x: 3 failed, 3 passed")
    assert jobs.splitlines()[0].startswith(":x: `tests` 3 failed")
    assert jobs.splitlines()[1].startswith(":white_check_mark: `fine` 1 passed")
    assert facts == "took 9.00s  at `a1b2c3d4e5`"
    text = "\n".join(list_texts(messages[1]))
    assert "*3 failed*\n• x2 `ValueError: bad 0x7f01 in 3 of 4` first in `tests/x.py::test_b[1]`" in text
    assert "*2 errors*" in text


def test_all_passed():
    """When nothing failed there is one message."""
    run = build(give_pass("a.py::t"))
    [message] = render_messages(run, {"tests": run})
    assert next(list_texts(message)).startswith(":white_check_mark: 1 passed")


def test_broken_off():
    """A run that broke off has a reply of its own, even when nothing failed."""
    run = build(give_pass("a.py::t"), footer=None)
    first, second = render_messages(run, {"tests": run})
    assert "a run broke off" in "\n".join(list_texts(first))
    assert "the run broke off" in "\n".join(list_texts(second))
    check([first, second])


def test_limits():
    """Thousands of reasons and hundreds of jobs stay in the limits, and what was cut is said."""
    words = [f"{chr(97 + n % 26)}{chr(97 + n // 26)} <{'&' * 900}>" for n in range(120)]
    run = build(*(give_failure(f"t.py::t{n}[{'&`' * 300}]", word) for n, word in enumerate(words)))
    messages = render_messages(run, {f"job{n}<!channel>": run for n in range(120)})
    check(messages)
    assert len(messages) <= 101
    fine = build(give_pass("a.py::t"))
    [message] = render_messages(fine, {f"job{n}{'<' * 20}": fine for n in range(1500)})
    check([message])
    assert "lines more" in "\n".join(list_texts(message))
    assert "reasons that are less frequent" in "\n".join(list_texts(messages[1]))


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text(name: str, reason: str):
    """Nothing that a test is called or says is a mention, a link or the end of its code."""
    run = build(HEADER, give_failure(f"t.py::t[{name}]", reason, traceback=""))
    messages = render_messages(run, {f"job {name}": run})
    check(messages)
    for message in messages:
        for block in message.blocks:
            if block["type"] != "header":
                text = block["text"]["text"] if "text" in block else block["elements"][0]["text"]
                assert "<" not in text
                assert ">" not in text
                assert text.count("`") % 2 == 0


def test_notifications():
    """What a notification shows mentions nobody either, whatever a job or a kind of results is called."""
    odd = build(HEADER, Start("a.py::t"), Phase("a.py::t", "call", Outcome.FAILED, counted="<!channel>"))
    messages = render_messages(odd, {"<!here> & co": odd, "b": odd})
    assert len(messages) == 3
    assert "&lt;!here&gt; &amp; co: " in messages[1].text
    assert not any("<" in message.text for message in messages)


def test_escape():
    """The three characters that mean something to Slack are escaped."""
    assert escape("<!channel> & co\x1b[31m\n") == "&lt;!channel&gt; &amp; co\\n"


class FakeClient:
    """Takes messages as Slack does."""

    def __init__(self, fail_at: int = 99) -> None:
        self.taken: list[dict[str, Any]] = []
        self.fail_at = fail_at

    def chat_postMessage(self, **values: Any) -> dict[str, str]:  # noqa: N802 - Slack's name
        """Take one."""
        if len(self.taken) == self.fail_at:
            raise OSError("channel_not_found\nreally")
        self.taken.append(values)
        return {"ts": f"1.{len(self.taken)}"}


def test_post():
    """The messages after the first one are replies to it."""
    client = FakeClient()
    run = build_varied()
    post_messages(client, "#ci", render_messages(run, {"a": run, "b": run}))
    assert [taken.get("thread_ts") for taken in client.taken] == [None, "1.1", "1.1"]
    assert {taken["channel"] for taken in client.taken} == {"#ci"}


def test_post_fails():
    """What Slack does not take is an error of one line."""
    run = build_varied()
    with pytest.raises(TxSelectError) as caught:
        post_messages(FakeClient(0), "#ci", render_messages(run, {"a": run}))
    assert str(caught.value) == "Slack did not take the message: channel_not_found really [slack-failed]"


def make_terminal() -> Terminal:
    """Make a terminal that nobody watches."""
    return Terminal.of(io.StringIO(), io.StringIO(), {})


def read_arguments(**more: object) -> argparse.Namespace:
    """Make the arguments of the command."""
    return argparse.Namespace(**{"slack_dry_run": False, "slack_channel": None, **more})


def make_results() -> Results:
    """Make results of one run."""
    run: Run = build_varied()
    return Results(run, {"tests": run})


@pytest.mark.parametrize(
    ("channel", "token", "why"), [(None, "x", "where to post to"), ("#ci", None, "set SLACK_API_TOKEN")]
)
def test_settings(monkeypatch: pytest.MonkeyPatch, channel: str | None, token: str | None, why: str):
    """A missing channel or token is said."""
    monkeypatch.delenv("SLACK_CHANNEL", raising=False)
    monkeypatch.delenv("SLACK_API_TOKEN", raising=False)
    if token:
        monkeypatch.setenv("SLACK_API_TOKEN", token)
    with pytest.raises(UsageError, match=why):
        post(make_results(), read_arguments(slack_channel=channel), make_terminal())


def test_no_sdk(monkeypatch: pytest.MonkeyPatch):
    """Without slack_sdk the cure is said."""
    monkeypatch.setitem(__import__("sys").modules, "slack_sdk", None)
    with pytest.raises(UsageError, match="pip install"):
        open_client({"SLACK_API_TOKEN": "x"})


def test_dry_run():
    """The messages are printed as JSON."""
    terminal = make_terminal()
    post(make_results(), read_arguments(slack_dry_run=True), terminal)
    assert isinstance(terminal.out, io.StringIO)
    shown = json.loads(terminal.out.getvalue())
    assert [message["thread"] for message in shown] == ["", "tests"]


def test_real_client(monkeypatch: pytest.MonkeyPatch):
    """slack_sdk itself posts to a server of ours what Slack would get."""
    pytest.importorskip("slack_sdk")
    taken: list[dict[str, list[str]]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            taken.append(json.loads(body) if body.startswith("{") else parse_qs(body))
            answer = b'{"ok": true, "ts": "7.1", "channel": "C1"}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        monkeypatch.setenv("SLACK_API_URL", f"http://127.0.0.1:{server.server_port}/api/")
        monkeypatch.setenv("SLACK_API_TOKEN", "xoxb-test")
        terminal = make_terminal()
        post(make_results(), read_arguments(slack_channel="#ci"), terminal)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert len(taken) == 2
    assert "7.1" in str(taken[1]["thread_ts"])
    assert isinstance(terminal.err, io.StringIO)
    assert terminal.err.getvalue() == "txselect: posted 2 messages to #ci\n"


def test_report_names():
    """A report is called by its id, and by its job where that is another name."""
    assert Header(id="tests").report == "tests"
    assert Header(id="cpu", job="cpu").report == "cpu"
    assert Header(id="tests", job="cpu").report == "tests of cpu"
