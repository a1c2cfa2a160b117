"""`report.html` in a real browser: search, filters, groups, keys, themes, sizes, hostile texts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import pytest
from chromium import open_chromium
from sample_runs import build, build_varied, give_failure, give_pass, give_skip

from pytest_txselect.report.html import render_html
from pytest_txselect.report.records import Collected, Deselected, Header, Outcome, Phase, Start, WorkerEvent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

    from pytest_txselect.report.run import Run


CONTRAST: Final = """(() => {
  const linear = (n) => (n / 255 <= 0.03928 ? n / 255 / 12.92 : ((n / 255 + 0.055) / 1.055) ** 2.4);
  const light = (text) => {
    const [r, g, b] = text.match(/[\\d.]+/g).map((n) => linear(Number(n)));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const shown = ["h1 b", ".facts", ".chip", ".chip b", ".tab", ".where", ".times", ".kind"];
  return Math.min(...shown.map((selector) => {
    const ink = light(getComputedStyle(document.querySelector(selector)).color);
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  }));
})()"""
"""The least contrast of text to paper, as WCAG computes it."""


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chrome]:
    """One browser for all tests of this file."""
    browser = open_chromium()
    yield browser
    browser.quit()


class Page:
    """A report, opened."""

    def __init__(self, browser: Chrome, run: Run, folder: Path, address: str = "", width: int = 1280) -> None:
        self.browser = browser
        file = folder / "report.html"
        file.write_bytes(b"".join(render_html(run)))
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.get("about:blank")
        browser.get(f"file://{file}{address}")

    def ask(self, script: str) -> Any:
        """Run a script in the page and return what it returns."""
        return self.browser.execute_script(f"return {script}")

    def click(self, selector: str) -> None:
        """Click the first element of a selector."""
        self.browser.find_element("css selector", selector).click()

    def press(self, *keys: str) -> None:
        """Press keys where the focus is."""
        for key in keys:
            self.browser.switch_to.active_element.send_keys(key)
        time.sleep(0.12)  # a search waits for the next letter

    def names(self) -> list[str]:
        """The names of the rows on the screen, in order."""
        return self.ask(
            "[...document.querySelectorAll('.r')].sort((a, b) => a.dataset.position - b.dataset.position)"
            ".map((row) => row.querySelector('.name').title)"
        )

    def count(self) -> str:
        """What the page says of how many results are shown."""
        return self.ask("document.getElementById('count').textContent")

    def complaints(self) -> list[str]:
        """What the browser's console has to complain of."""
        return [entry["message"] for entry in self.browser.get_log("browser")]


def test_cause_is_there_at_once(chrome: Chrome, tmp_path: Path):
    """The page opens on the causes, the first with its traceback, coloured, in view; nothing complains."""
    page = Page(chrome, build_varied(), tmp_path)
    assert page.ask("document.querySelector('h1').textContent") == "3 failed, 2 errors"
    assert page.ask("document.querySelector('.cause[open] .reason').textContent") == "ImportError: no x"
    assert page.ask("document.querySelector('.cause[open] pre .e').getBoundingClientRect().bottom") < 800
    assert page.complaints() == []


def test_search(chrome: Chrome, tmp_path: Path):
    """Words narrow the list by name and reason, a word after `-` leaves out, and what was found is marked."""
    page = Page(chrome, build_varied(), tmp_path)
    page.press("/", "like", " nothing")
    assert page.count() == "0 of 15 results"
    assert page.ask("!document.getElementById('nothing').hidden")
    page.ask("document.getElementById('search').value = ''")
    page.press("ValueError")
    assert page.names() == ["tests/x.py::test_b[1]", "tests/x.py::test_b[2]"]
    assert page.ask("document.querySelector('.r mark').textContent") == "ValueError"
    page.press(" -[2]")
    assert page.names() == ["tests/x.py::test_b[1]"]
    assert "q=ValueError" in page.ask("location.hash")


def test_filters(chrome: Chrome, tmp_path: Path):
    """Each button shows as many rows as it says; several add up; the address leads back."""
    page = Page(chrome, build_varied(), tmp_path)
    buttons = page.ask("[...document.querySelectorAll('.chip')].map((each) => each.dataset.outcome)")
    assert len(buttons) == 7
    for outcome in buttons:
        chip = f".chip[data-outcome='{outcome}']"
        page.click(chip)
        said = page.ask(f'document.querySelector("{chip} b").textContent')
        assert page.count() == f"{said} of 15 results"
        assert len(page.names()) == int(said)
        page.click(chip)
    page.click(".chip[data-outcome='failed']")
    page.click(".chip[data-outcome='skipped']")
    assert page.count() == "7 of 15 results"
    address = page.ask("location.hash")
    again = Page(chrome, build_varied(), tmp_path, address)
    assert again.count() == "7 of 15 results"


def test_groups(chrome: Chrome, tmp_path: Path):
    """Grouping by reason folds what fails alike; a group closes and opens."""
    page = Page(chrome, build_varied(), tmp_path, "#tab=tests&group=reason")
    heads = "[...document.querySelectorAll('.g b')].map((each) => each.textContent)"
    assert page.ask(heads)[:2] == ["ValueError: bad 0x7f01 in 3 of 4", "assert 1 == 2"]
    before = len(page.names())
    page.click(".g")
    assert len(page.names()) == before - 2
    page.click(".g")
    assert len(page.names()) == before


def test_show_all_of_a_cause(chrome: Chrome, tmp_path: Path):
    """From a cause one gets to all of its tests, and to the first one's details."""
    page = Page(chrome, build_varied(), tmp_path)
    page.ask("document.querySelectorAll('.cause')[1].open = true")
    page.click(".cause:nth-of-type(2) [data-group]")
    assert page.ask("document.querySelector('#detail h3').textContent") == "✗ failedtests/x.py::test_b[1]"
    assert "ValueError" in page.ask("document.querySelector('#detail pre').textContent")


def test_keys(chrome: Chrome, tmp_path: Path):
    """Everything can be reached without a mouse."""
    page = Page(chrome, build_varied(), tmp_path)
    title = "document.querySelector('#detail h3')?.textContent"
    page.press("n")
    assert "test_a" in page.ask(title)
    page.press("n")
    assert "test_b[1]" in page.ask(title)
    page.press("p")
    assert "test_a" in page.ask(title)
    page.press("\ue00c")  # Escape
    assert page.ask("document.getElementById('detail').hidden")
    page.press("j", "j", "\ue007")  # Enter
    assert "test_b[2]" in page.ask(title)
    page.press("\ue00c", "g")
    assert page.ask("document.getElementById('group').value") == "file"
    page.press("3")
    assert not page.ask("document.getElementById('timeline').hidden")
    page.press("?")
    assert page.ask("document.getElementById('keys').open")
    page.press("\ue00c")
    assert not page.ask("document.getElementById('keys').open")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_themes(chrome: Chrome, tmp_path: Path, scheme: str):
    """The page follows the system's scheme, the button turns it, and text can be read in both."""
    chrome.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    page = Page(chrome, build_varied(), tmp_path)
    assert page.ask(CONTRAST) >= 4.5
    paper = page.ask("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
    page.click("#theme")
    assert page.ask("getComputedStyle(document.body).backgroundColor") != paper
    assert page.ask(CONTRAST) >= 4.5
    page.ask("localStorage.clear()")
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("tab", ["overview", "tests", "timeline", "warnings", "run"])
def test_narrow(chrome: Chrome, tmp_path: Path, tab: str):
    """At 400 pixels nothing is wider than the screen, on any tab."""
    page = Page(chrome, build_varied(), tmp_path, f"#tab={tab}", width=400)
    assert page.ask("document.documentElement.scrollWidth") <= 400
    if tab == "tests":
        page.click(".r")
        assert page.ask("document.getElementById('detail').getBoundingClientRect().width") >= 380
        page.click("#detail .close")
        assert page.ask("document.getElementById('detail').hidden")


def test_timeline(chrome: Chrome, tmp_path: Path):
    """Each worker has a lane; a bar leads to its test; zooming shows less at once."""
    records = [WorkerEvent(f"gw{n}") for n in range(3)]
    tests = [f"x.py::t{n}" for n in range(30)]
    phases = [
        Phase(test, when, Outcome.PASSED, 1_700_000_001 + n // 3 + at, 0.3, f"gw{n % 3}")
        for n, test in enumerate(tests)
        for when, at in (("setup", 0), ("call", 0.3), ("teardown", 0.6))
    ]
    header = Header(run="a", started=1_700_000_000, workers=3)
    run = build(records, [Start(test, "x.py", 1, test[6:]) for test in tests], phases, header=header)
    page = Page(chrome, run, tmp_path, "#tab=timeline")
    assert page.ask("lanes.names") == ["gw0", "gw1", "gw2"]
    assert page.ask("lanes.rows.map((rows) => rows.length)") == [10, 10, 10]
    page.click("#zoom-in")
    assert page.ask("lanes.to - lanes.from < lanes.end")
    page.click("#lanes")
    assert page.ask("document.querySelector('#detail h3').textContent").startswith("✓ passedx.py::t")


def test_fifty_thousand(chrome: Chrome, tmp_path: Path):
    """With 50,000 results the first paint is there in a second, few rows exist, and searching is quick."""
    records = []
    for n in range(2500):
        records += give_failure(f"tests/f{n % 90}.py::t[{n}]", f"kind {chr(97 + n % 26)} {n}")
    for n in range(7500):
        records += give_skip(f"tests/s{n % 90}.py::t[{n}]", f"needs {n % 4}")
    for n in range(40_000):
        records += give_pass(f"tests/p{n % 300}.py::Test::test_name[{n}]")
    page = Page(chrome, build(records), tmp_path)
    assert page.ask("document.documentElement.dataset.ready") == "yes"
    assert page.ask("performance.getEntriesByType('paint')[0].startTime") < 1000
    assert page.ask("(showTab('tests'), view.items.length)") == 50_000
    assert len(page.names()) < 80
    search = "setWords('name -7'); refresh();"
    spent = page.ask(
        f"(() => {{ const from = performance.now(); {search} return performance.now() - from; }})()"
    )
    assert spent < 500
    page.press("\ue010")  # End: the last row is drawn and can be opened
    page.ask("scrollTo(0, 1e9)")
    time.sleep(0.2)
    assert page.names()[-1].startswith("tests/p")


@pytest.mark.parametrize("width", [1280, 400])
def test_long_texts(chrome: Chrome, tmp_path: Path, width: int):
    """However long a reason and a name are, the first traceback is on the first screen, and all tabs are at hand."""
    name = "tests/test_a.py::t[" + "long name " * 300 + "]"
    page = Page(
        chrome, build(give_failure(name, "much to say " * 300), give_pass("b.py::t")), tmp_path, width=width
    )
    top = page.ask("document.querySelector('.cause pre').getBoundingClientRect().top")
    assert top < 500
    page.click(".tab[data-tab='run']")
    right = page.ask("document.querySelector('.tab[data-tab=run]').getBoundingClientRect().right")
    assert right <= width
    assert page.ask("document.documentElement.scrollWidth") <= width
    cells = "[...document.querySelectorAll('#run td:first-child')].map((cell) => cell.getBoundingClientRect().height)"
    assert max(page.ask(cells)) < 60


def test_nothing_hostile_runs(chrome: Chrome, tmp_path: Path):
    """Markup and script in names, reasons, output and sections stay text, wherever they are shown."""
    evil = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>\x1b]0;owned\x07\u202e"
    run = build(
        Collected((f"x.py::t[{evil}]",)),
        Deselected((f"y.py::{evil}",), evil),
        give_failure(f"x.py::t[{evil}]", evil, traceback=f"E   {evil}", sections=((evil, evil),)),
    )
    page = Page(chrome, run, tmp_path, "#tab=tests&group=reason&q=img")
    page.press("n")
    assert page.ask("document.querySelectorAll('img, main script').length") == 0
    assert "<img" in page.ask("document.querySelector('#detail h3').textContent")
    assert page.ask("document.title") == "1 failed"
    assert page.complaints() == []
