"""`report.md` and the annotations: within limits, and harmless whatever tests say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_runs import HEADER, build, build_varied, give_failure, give_pass, give_skip

from pytest_txselect.report.annotations import render_annotations
from pytest_txselect.report.markdown import render_markdown
from pytest_txselect.report.places import find_place
from pytest_txselect.report.records import CollectProblem, Header, InternalError, Start
from pytest_txselect.report.summary import list_entries


def test_all_parts():
    """Verdict first, then failures, errors, tracebacks, flaky tests, skips, slow tests, warnings."""
    text = render_markdown(build_varied())
    assert text.startswith("## ❌ 3 failed, 3 passed, 4 skipped")
    assert re.findall(r"^### .*$", text, re.MULTILINE) == [
        "### Failed: 3", "### Errors: 2", "### Passed only when repeated: 1", "### Skipped: 4", "### Slowest",
        "### Warnings: 2",
    ]  # fmt: skip
    assert "| x2 | ValueError: bad 0x7f01 in 3 of 4 |" in text
    assert text.count("<details>") == 4
    assert "Cut to stay" not in text


def test_verdicts():
    """All well, and broken off, are told apart."""
    assert render_markdown(build(give_pass("x.py::t"))).startswith("## ✅ 1 passed")
    broken = render_markdown(build(give_pass("x.py::t"), Start("x.py::u"), footer=None))
    assert broken.startswith("## ⚠️ 1 passed")
    assert "The run broke off.** It was running `x.py::u`." in broken
    assert "1 of 2 tests were not run" in broken


@pytest.mark.parametrize("limit", [2_000, 10_000, 65_535])
def test_limit(limit: int):
    """The limit holds in bytes, the least important is cut, and the last line says what."""
    failures = [
        record
        for n in range(150)
        for record in give_failure(
            f"x.py::t{n}", f"E{chr(97 + n % 26)}{n} " + "é" * 80, traceback="é\n" * 4000
        )
    ]
    skips = [
        record
        for n in range(400)
        for record in give_skip(f"y.py::{n}", f"why {chr(97 + n % 26)}{chr(97 + n // 26)}")
    ]
    text = render_markdown(build(failures, skips), limit)
    assert len(text.encode()) <= limit
    assert "### Failed: 150" in text
    assert re.search(r"_Cut to stay below [\d,]+ bytes: .*tracebacks.*reasons of skips", text)


@given(st.text(st.characters(), max_size=40))
def test_harmless(text: str):
    """No text of a test becomes markup, ends a cell, mentions anybody, or closes its code block."""
    run = build(give_failure(f"x.py::t[{text}]", text, traceback=text + "\n````\n<script>"))
    for line in render_markdown(run).split("\n### ")[1].splitlines():
        if line.startswith("| x"):
            assert line.count("|") == 4
            assert not re.search(r"<(?!/?code>)|@|\]\(|`", line)


def test_fence_is_longer():
    """A traceback with fences in it stands between longer ones."""
    text = render_markdown(build(give_failure("x.py::t", "no", traceback="```\n`````\nend")))
    assert "\n``````\n```\n`````\nend\n``````\n" in text


def test_annotations():
    """At most ten commands, the most frequent reason first, each at a line of the repository."""
    many = [
        record for n in range(12) for record in give_failure(f"tests/x.py::t{n}", f"reason {chr(97 + n)}")
    ]
    often = [
        record
        for n in range(3)
        for record in give_failure(f"tests/x.py::often[{n}]", "often, %: it\r\n::set-env")
    ]
    lines = list(render_annotations(build(many, often)))
    assert len(lines) == 10
    assert lines[0] == (
        "::error file=sub/tests/x.py,line=3,title=x3 failed%3A tests/x.py%3A%3Aoften[0]::often, %25: it"
    )
    assert not any("\n" in line or "\r" in line for line in lines)


@pytest.mark.parametrize(
    ("header", "frames", "place"),
    [
        (HEADER, (("tests/x.py", 3), ("../lib/y.py", 9)), ("lib/y.py", 9)),
        (HEADER, (("tests/x.py", 3), ("/usr/lib/python3.13/json.py", 9)), ("sub/tests/x.py", 3)),
        (
            HEADER,
            (("tests/x.py", 3), ("../.venv/lib/python3.13/site-packages/a.py", 9)),
            ("sub/tests/x.py", 3),
        ),
        (HEADER, (("/src/sub/tests/y.py", 4),), ("sub/tests/y.py", 4)),
        (HEADER, (("/elsewhere/y.py", 4),), ("sub/tests/x.py", 2)),
        (Header(run="a", rootdir="C:\\src", invocation="C:\\src"), (("tests\\x.py", 3),), ("tests/x.py", 3)),
        (HEADER, (), ("sub/tests/x.py", 3)),
    ],
)
def test_places(header: Header, frames: tuple[tuple[str, int], ...], place: tuple[str, int]):
    """The place of a failure is the innermost frame in the repository, else where the test is defined."""
    run = build(give_failure("tests/x.py::t", "no", frames=frames), header=header)
    (entry,) = list_entries(run)
    assert find_place(run, entry) == place


def test_place_of_a_collection_error():
    """What could not be collected is at its line, or at the top of its file; what is of no file is nowhere."""
    run = build(
        CollectProblem("tests/a.py", reason="E", file="tests/a.py", line=7),
        CollectProblem("tests/b.py", reason="E"),
        InternalError("E"),
    )
    assert [find_place(run, entry) for entry in list_entries(run)] == [
        ("sub/tests/a.py", 7),
        ("sub/tests/b.py", 1),
        ("", 1),
    ]
