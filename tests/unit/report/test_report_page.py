"""`report.html`, read as text: what is in it, how large it gets, and that no text of a test is markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_runs import HEADER, build, build_varied, give_failure, give_pass

from pytest_txselect.report.html import render_html
from pytest_txselect.report.records import (
    Collected,
    Deselected,
    Footer,
    InternalError,
    Outcome,
    Phase,
    SelectionMade,
    Start,
    WarningSeen,
    WorkerEvent,
)

if TYPE_CHECKING:
    from pytest_txselect.report.run import Run


def render(run: Run) -> tuple[str, dict]:
    """Render, and read the data."""
    text = b"".join(render_html(run)).decode()
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    return text, json.loads(data)


def test_rows_are_results():
    """There is a row for each result that pytest counts, and the buttons have their numbers."""
    run = build_varied()
    text, data = render(run)
    counts = dict.fromkeys(data["outcomes"], 0)
    for number in data["rows"]["outcome"]:
        counts[data["outcomes"][number]] += 1
    said = run.count_results()
    assert {word: count for word, count in counts.items() if count} == {
        **{str(word): count for word, count in said.items() if word not in {"deselected", "warnings"}},
        "not selected": said["deselected"],
    }
    buttons = dict(re.findall(r'data-outcome="([a-z ]+)" aria-pressed="false"><b>([\d,]+)</b>', text))
    assert {word: int(count) for word, count in buttons.items()} == {w: c for w, c in counts.items() if c}
    assert len({len(column) for column in data["rows"].values()}) == 1


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(), max_size=40)
    | st.sampled_from(["</script><script>alert(1)</script>", "<!--<script>"])
)
def test_nothing_is_markup(text: str):
    """Names, reasons, output and paths never become elements; the data reads back."""
    more = {"traceback": text, "sections": ((text, text),)}
    run = build(
        give_failure(f"{text}.py::t[{text}]", text + "x", **more), InternalError(text), SelectionMade(text)
    )
    page, data = render(run)
    assert len(re.findall(r"<script", page)) == 2
    assert page.count("</script>") == 2
    assert len(data["rows"]["name"]) == 1


def test_policy():
    """The page's policy allows its own script by its hash, and no address at all."""
    text, _ = render(build_varied())
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    script = re.search(r"<script>(.*)</script>", text, re.DOTALL)
    assert policy
    assert script
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    assert not re.search(r"(?:src|href)=|url\(|https?:", text.replace("https://docs.pytest.org", ""))


def test_room_is_limited():
    """Fifty thousand results with long tracebacks stay below 15 MB; a reason's first keeps its own."""
    failing = [
        record
        for n in range(3000)
        for record in give_failure(
            f"tests/a.py::t[{n}]", f"kind {chr(97 + n % 7)} {n}", traceback="line\n" * 1500
        )
    ]
    passing = [
        record for n in range(47_000) for record in give_pass(f"tests/b{n % 300}.py::test_some_name[{n}]")
    ]
    text, data = render(build(failing, passing))
    assert len(text) < 15_000_000
    assert len(data["rows"]["name"]) == 50_000
    kept = [n for n in range(3000) if "trace" in data["details"][data["rows"]["detail"][n]]]
    assert set(range(7)) <= set(kept)
    cut = next(n for n in range(3000) if n not in kept)
    assert "left out" in data["details"][data["rows"]["detail"][cut]]["cut"]


def test_long_traceback_is_cut_in_the_middle():
    """Of a very long traceback the beginning and the end are kept."""
    _, data = render(build(give_failure("x.py::t", "no", traceback="first\n" + "x" * 100_000 + "\nlast")))
    trace = data["details"][0]["trace"]
    assert trace.startswith("first")
    assert trace.endswith("last")
    assert "characters cut" in trace


@pytest.mark.parametrize(
    ("run", "title"),
    [
        (build(give_pass("x.py::t")), "1 passed, none failed"),
        (build(give_failure("x.py::t", "no")), "1 failed"),
        (build(give_failure("x.py::t", "no"), footer=None), "1 failed before the run broke off"),
        (build(give_pass("x.py::t"), Start("x.py::u"), footer=None), "The run broke off"),
        (build(Collected(("x.py::t",)), footer=Footer(status=2, stopped="Ctrl-C")), "1 tests not run"),
        (build(InternalError("x")), "pytest itself broke"),
        (build(), "No test ran"),
        (build([Start("t"), Phase("t", "setup", Outcome.SKIPPED)]), "No test passed, none failed"),
    ],
)
def test_verdicts(run: Run, title: str):
    """The title says what became of the run."""
    assert f"<title>{title}</title>" in render(run)[0]


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (build(give_pass("x.py::t")), "Nothing failed."),
        (build(), "No test ran, so nothing could fail."),
        (build(Deselected(("x.py::t",), "-k y")), "No test ran, so nothing could fail."),
        (build(give_pass("x.py::t"), footer=None), "No failure is known, but not all of the run is."),
    ],
)
def test_nothing_failed(run: Run, said: str):
    """That nothing failed is said of a whole run in which something ran, and of no other."""
    assert re.findall(r'<p class="empty">(.*?)</p>', render(run)[0])[0] == said


def test_notices():
    """What was running, dead workers, what was left out: said above everything else."""
    text, data = render(
        build(
            SelectionMade(
                "2 of 9 tests can be affected", "{}", ("tests/other.py",), "nothing it imports changed"
            ),
            WorkerEvent("gw0", "down", 1.0, "Not properly terminated"),
            [Start("x.py::hangs", "x.py", 1, "hangs", 1.0, "reads a.txt"), Phase("x.py::hangs", "setup")],
            footer=None,
        )
    )
    assert "<li><code>x.py::hangs</code> (call)</li>" in text
    assert "1 of the workers died" in text
    assert "2 of 9 tests can be affected" in text
    assert data["files"][data["rows"]["file"][-1]] == "tests/other.py"
    assert data["whys"] == ["reads a.txt"]


def test_many_left_out():
    """Thousands of tests left out are a row for each file, and still counted one by one."""
    ids = tuple(f"tests/{'ab'[n % 2]}.py::t[{n}]" for n in range(6000))
    text, data = render(build(Deselected(ids, "-m fast"), give_pass("x.py::t")))
    assert len(data["rows"]["name"]) == 3
    assert data["total"] == 6001
    assert "<b>6,000</b> not selected" in text


def test_broken_collection_comes_first():
    """A file that could not be imported is the first cause, however rare; a note on subtests the last."""
    run = build(
        give_failure("x.py::a", "contains 2 failed subtests"),
        give_failure("x.py::b", "assert 1 == 2"),
        build_varied().collection[0],
    )
    reasons = re.findall(r'<span class="reason">(.*?)</span>', render(run)[0])
    assert reasons == ["ImportError: no x", "assert 1 == 2", "contains 2 failed subtests"]


def test_header_of_a_job():
    """The id of a job, the shard and the commit are said."""
    header = type(HEADER)(
        **{**{name: getattr(HEADER, name) for name in HEADER.__slots__}, "id": "tests_torch", "shard": (2, 5)}
    )
    text, _ = render(build(give_pass("x.py::t"), header=header))
    assert "<span>tests_torch</span>" in text
    assert "2 of 5" in text


def test_details():
    """Details have what was captured in each phase, what was recorded, and other results of the same test."""
    run = build(
        Start("x.py::t", "x.py", 1, "t"),
        Phase("x.py::t", "setup", sections=(("Captured stdout setup", "up"),)),
        Phase("x.py::t", "call", Outcome.FAILED, reason="no", subtest="(i=1)", sections=(("sub", "part"),)),
        Phase(
            "x.py::t",
            "call",
            Outcome.FAILED,
            reason="first\nsecond",
            sections=(("Captured stdout call", "c"),),
        ),
        Phase("x.py::t", "teardown", Outcome.ERROR, reason="gone", properties=(("speed", "3"),)),
    )
    _, data = render(run)
    rows = data["rows"]
    assert [data["tags"][tag] if tag >= 0 else "" for tag in rows["tag"]] == ["(i=1)", "", "at teardown"]
    assert data["again"] == [[0, 1, 2]]
    first, second, _ = (data["details"][number] for number in rows["detail"])
    assert first["sections"] == [["sub", "part"]]
    assert second["sections"] == [["Captured stdout setup", "up"], ["Captured stdout call", "c"]]
    assert second["message"] == "first\nsecond"
    assert second["properties"] == [["speed", "3"]]
    assert [name for name, _ in second["phases"]] == ["setup", "call", "teardown"]


def test_many_causes_and_warnings():
    """Very many reasons and warnings are cut, and the page says where the others are."""
    failing = [
        record
        for n in range(40)
        for record in give_failure(f"x.py::t{n}", f"kind {chr(97 + n % 26)}{n // 26}x")
    ]
    warnings = [WarningSeen(f"warning {n}", "W", "y.py", n) for n in range(400)]
    text, _ = render(build(failing, warnings))
    assert "more reasons are under Tests" in text
    assert "100 more are in warnings.txt" in text
