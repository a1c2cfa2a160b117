"""What marker rules cost while tests are collected: 20,000 tests, ten rules.

    python tests/benchmarks/markers.py [ROUNDS]

A suite of 500 files is written, with classes that inherit from a mixin, fixtures and parameters. pytest collects it
in turn without rules and with ten, of which each kind of criterion has some. CPU seconds of the whole process are
printed, and what the hook that marks has taken of them, as measured around it.
"""

# ruff: noqa: T201 - a script, run by hand, of this interpreter
from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES = 500
COMMON = "class Mixin:\n    pass\n\n\nclass GenerationMixin(Mixin):\n    pass\n"
CONFTEST = """\
import time

import pytest


@pytest.fixture
def device():
    return "cpu"


@pytest.fixture
def model(device):
    return device


SPENT = 0.0


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_itemcollected():
    global SPENT
    start = time.process_time()
    yield
    SPENT += time.process_time() - start


def pytest_collection_finish(session):
    print(f"hook {SPENT:.3f}")
"""
FILE = """\
import json
import unittest

import pytest
from common import {base}

{imported}

class TestModel{number}({base}):
    @pytest.mark.parametrize("size", range(10))
    def test_forward(self, model, size):
        config = {{"hidden": size, "layers": [size, size + 1], "name": "model{number}"}}
        outputs = json.dumps({{key: value for key, value in config.items() if key != "name"}})
        assert model and outputs.startswith("{{")

    @pytest.mark.parametrize("size", range(10))
    def test_pipeline_run(self, size):
        for step in range(size):
            with pytest.raises(ZeroDivisionError):
                step / (step - step)

    @pytest.mark.parametrize("size", range(10))
    def test_generate(self, tmp_path, size):
        (tmp_path / "a").write_text(str(size))
        assert int((tmp_path / "a").read_text()) == size


class Case{number}(unittest.TestCase):
    def test_case(self):
        self.assertEqual({number}, {number})


@pytest.mark.parametrize("value", range(9))
def test_plain(value):
    assert value < 9
"""
RULES = [
    ("is_pipeline", 'tests = ["tests/part1/**", "*::test_pipeline_*"]\nenv = "RUN_PIPELINES"'),
    ("slow", 'tests = ["tests/part2/**/test_*1.py"]\nenv = "RUN_SLOW"'),
    ("generate", 'bases = ["GenerationMixin"]'),
    ("modeling", 'bases = ["common.Mixin"]\ntests = ["tests/**/test_model*.py"]'),
    ("cases", 'bases = ["unittest.TestCase"]'),
    ("gpu", 'fixtures = ["device"]'),
    ("files", 'fixtures = ["tmp_path", "tmp_path_factory"]'),
    ("minidom", 'imports = ["xml.dom"]'),
    ("decimals", 'imports = ["decimal"]\ntests = ["*::test_plain*"]'),
    ("forward", 'bases = ["Mixin"]\nfixtures = ["model"]\ntests = ["*::test_forward"]'),
]


def write_suite(top: Path) -> None:
    """Write the tests."""
    (top / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    (top / "common.py").write_text(COMMON)
    (top / "conftest.py").write_text(CONFTEST)
    for number in range(FILES):
        folder = top / "tests" / f"part{number % 4}" / f"model{number}"
        folder.mkdir(parents=True)
        base = "GenerationMixin" if number % 3 == 0 else "Mixin"
        imported = "def use():\n    import xml.dom.minidom\n\n" if number % 5 == 0 else ""
        text = FILE.format(number=number, base=base, imported=imported)
        (folder / f"test_model{number}.py").write_text(text)


def collect(top: Path) -> tuple[float, float, str]:
    """Collect once: CPU seconds of the process, seconds within the hook, and pytest's last line."""
    before = os.times()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-s", "-p", "no:randomly"],
        cwd=top,
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    after = os.times()
    spent = re.search(r"hook ([\d.]+)", done.stdout)
    tests = re.findall(r": (\d+)$", done.stdout, re.MULTILINE)
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu, float(spent[1]) if spent else 0.0, str(sum(map(int, tests)))


def main() -> None:
    """Compare."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    text = "".join(f'[[markers]]\nname = "{name}"\n{keys}\n' for name, keys in RULES)
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        write_suite(top)
        rules = top / "txselect.toml"
        collect(top)
        found: dict[str, list[tuple[float, float, str]]] = {"without": [], "ten rules": []}
        for _ in range(rounds):
            for name, each in found.items():
                rules.unlink(missing_ok=True)
                if name != "without":
                    rules.write_text(text)
                each.append(collect(top))
                time.sleep(0.1)
    for name, each in found.items():
        cpu = statistics.median(run[0] for run in each)
        hook = statistics.median(run[1] for run in each)
        print(f"{name:10}  {each[0][2]} tests  CPU {cpu:6.2f} s  in the hook {hook:5.2f} s")


if __name__ == "__main__":
    main()
