"""Makes the logs of this folder: runs pytest 7, 8 and 9 on one small project in many ways.

    python make_logs.py 7=/path/to/python 8=... 9=...    # interpreters with that pytest, xdist, rerunfailures
    (and pytest-subtests for 7 and 8)

Beside the logs it writes `truth.json`: how pytest itself counted each result, and of what, noted by a plugin.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
NOTER: Final = """
import json, os

seen = {}

def pytest_unconfigure(config):
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter and os.environ.get("NOTE") and not hasattr(config, "workerinput"):
        for word, reports in reporter.stats.items():
            if word and word != "deselected":
                counted = [each for each in reports if getattr(each, "count_towards_summary", True)]
                seen[word] = [getattr(each, "nodeid", "") or "" for each in counted]
            elif word:
                seen[word] = ["" for each in reports]
        with open(os.environ["NOTE"], "w") as file:
            json.dump({word: ids for word, ids in seen.items() if ids}, file)
"""
KINDS: Final = """
import sys, unittest, warnings
import pytest

@pytest.fixture
def bad_setup():
    raise OSError("no disk")

@pytest.fixture
def bad_teardown():
    yield
    raise OSError("disk gone")

def test_pass():
    print("FAILED tests/x.py - boom")
    print("===== 3 failed, 9 passed in 0.10s =====")

def test_fail():
    print("=========================== short test summary info ============================")
    print("FAILED tests/fake.py::test_fake - boom")
    print("=================== 7 failed, 1 passed in 0.10s ===================")
    assert 1 == 2

def test_message():
    raise ValueError("bad - value: [x]\\nsecond line of it")

def test_empty():
    raise RuntimeError

def test_chain():
    try:
        1 / 0
    except ZeroDivisionError:
        raise KeyError("k")

@pytest.mark.parametrize("v", ["a - b", "x]", "q[", "::", "é", "a b PASSED", "x" * 90])
def test_ids(v):
    assert v == "no"

@pytest.mark.parametrize("i", range(3))
def test_many_skips(i):
    pytest.skip("needs a GPU, really: one with much memory and a long text to be cut")

@pytest.mark.skip(reason="marked")
def test_marked():
    pass

@pytest.mark.xfail(reason="bug 7")
def test_xf():
    assert 0

@pytest.mark.xfail
def test_xf_bare():
    assert 0

@pytest.mark.xfail(reason="fixed?")
def test_xp():
    pass

@pytest.mark.xfail(strict=True, reason="strict")
def test_xp_strict():
    pass

def test_setup_error(bad_setup):
    pass

def test_teardown_error(bad_teardown):
    pass

def test_both(bad_teardown):
    assert 0, "call too"

def test_warn():
    warnings.warn("old thing", DeprecationWarning)

class TestC:
    def test_in(self):
        assert [1, 2] == [1, 3]

    class TestD:
        def test_deep(self):
            assert {"a": 1} == {"a": 2}, "deep - down"

class TestU(unittest.TestCase):
    def test_u(self):
        self.assertEqual(1, 2)

    @unittest.skip("u skip")
    def test_us(self):
        pass

    def test_sub(self):
        for i in range(3):
            with self.subTest("msg", i=i):
                self.assertNotEqual(i, 1)

def test_subs(subtests):
    for i in range(3):
        with subtests.test(msg="m - x", i=i):
            assert i != 2

@pytest.mark.flaky(reruns=2)
def test_flaky(_n=[0]):
    _n[0] += 1
    assert _n[0] > 1
"""
FILES: Final = {
    "pytest.ini": "[pytest]\nmarkers =\n    flaky: x\n",
    "noter.py": NOTER,
    "other/test_fine.py": "import pytest\n@pytest.mark.parametrize('i', range(6))\ndef test_fine(i): pass\n",
    "tests/test_bad.py": "import nothing_like_it\n",
    "tests/test_kinds.py": KINDS,
    "tests/test_whole.py": "import pytest\npytest.skip('not on this machine', allow_module_level=True)\n",
}
MODES: Final = {
    "default": "",
    "q": "-q",
    "q-rN": "-q -rN",
    "v": "-v",
    "vv-ci": "-vv",
    "vvv-rA": "-vvv -rA --durations=0",
    "rA": "-rA",
    "rN": "-rN",
    "tb-no-q": "--tb=no -q -rN",
    "tb-line": "--tb=line",
    "no-summary": "--no-summary -v",
    "color": "--color=yes -v -rA",
    "xdist": "-n2",
    "xdist-v": "-n2 -v -rA",
    "xdist-q-rN": "-n2 -q -rN",
    "s-v": "-s -v",
    "classic": "-o console_output_style=classic",
    "count": "-o console_output_style=count -v",
    "x": "-x",
    "k": "-k fine",
    "fine": "other -q",
}

OLD: Final = ("default", "q-rN", "v", "vv-ci", "rA", "color", "no-summary", "xdist-v", "s-v", "x")
"""What is run with all of them; the other modes with the newest only."""


def run(python: str, folder: Path, mode: str, options: str) -> tuple[str, dict[str, list[str]]]:
    """Run pytest once; return what it showed, and how it counted."""
    note = folder / "note.json"
    command = [
        python,
        "-m",
        "pytest",
        "--continue-on-collection-errors",
        "-p",
        "no:cacheprovider",
        "-p",
        "noter",
    ]
    environ = {
        "PATH": os.environ["PATH"], "NOTE": str(note), "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1",
        **({"CI": "true"} if mode.endswith("ci") else {}),
    }  # fmt: skip
    done = subprocess.run(
        [*command, *options.split()], cwd=folder, env=environ, capture_output=True, check=False
    )
    text = done.stdout.decode().replace(str(folder), "/src/shop")
    text = re.sub(
        r"(?:\.\./)*/?[\w./-]*/(?=(?:python3|lib/python3))", "/usr/", text.replace(python, "/usr/python3")
    )
    return text, json.loads(note.read_text(encoding="utf-8"))


def main() -> None:
    """Make all of them."""
    truth = {}
    for argument in sys.argv[1:]:
        version, _, python = argument.partition("=")
        with tempfile.TemporaryDirectory() as folder:
            for name, text in FILES.items():
                path = Path(folder, name)
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
            for mode, options in MODES.items():
                if version != "9" and mode not in OLD:
                    continue
                shown, counted = run(python, Path(folder), mode, options)
                (HERE / f"{version}-{mode}.txt").write_text(shown, encoding="utf-8")
                truth[f"{version}-{mode}"] = counted
    (HERE / "truth.json").write_text(
        json.dumps(truth, indent=None, separators=(",", ":")).replace("},", "},\n") + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
