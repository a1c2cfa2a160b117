"""The worked examples of `docs/ci`, executed as the services would."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from ci_github import GitHub
from ci_services import CircleCi, GitLab, Site, read_files
from temporary_git import make_repository

PAGES = Path(__file__).parents[2] / "docs" / "ci"
SCHEMAS = Path(__file__).parents[1] / "unit" / "jobs" / "schemas"
PRICES = [f"tests/models/test_prices.py::test_total[{number}]" for number in range(4)]
ORDER, EMPTY = "tests/models/test_order.py::test_order", "tests/models/test_empty.py::test_empty"
SLOW, THEME = "tests/models/test_prices.py::test_many", "tests/test_pages.py::test_theme"
MONEY = {"src/shop/money.py": "def total(prices):\n    return 0 + sum(prices)\n"}
DOCUMENTATION = {"README.md": "# A shop\n"}


def make_site(tmp_path: Path, page: str, edit: dict[str, str]) -> tuple[Site, str]:
    """The project of the pages with the configuration of one of them, an edit on a branch; and the branch's base."""
    files = read_files(PAGES / "README.md") | read_files(PAGES / page)
    origin = make_repository(tmp_path / "origin", {**files, "README.md": "x\n"})
    base = origin.run("rev-parse", "HEAD")
    origin.run("checkout", "-q", "-b", "feature")
    origin.commit(edit)
    return Site(origin, tmp_path / "site"), base


def by_job(site: Site) -> dict[str, list[str]]:
    """The tests that passed in each job, on whatever machine; nothing ran twice there."""
    found: dict[str, list[str]] = {}
    for name, tests in site.passed().items():
        found.setdefault(name.split()[0], []).extend(tests)
    return {name: sorted(tests) for name, tests in found.items()}


EXPECTED = {"models": sorted([*PRICES, ORDER, EMPTY]), "slow": [SLOW]}
SHARES = [[EMPTY], [ORDER], PRICES]


def check_shares(site: Site) -> None:
    """Three machines have a file each."""
    shares = [tests for name, tests in site.passed().items() if name.startswith("models")]
    assert sorted(shares) == SHARES


def test_circleci(tmp_path: Path) -> None:
    """The setup workflow continues with jobs that find their lists in the pipeline's cache."""
    site, base = make_site(tmp_path, "circleci.md", MONEY)
    service = CircleCi(site)
    service.start({"CIRCLE_COMPARE_URL": f"https://example.org/a/b/compare/{base}...{'f' * 40}"})
    assert by_job(site) == EXPECTED
    check_shares(site)
    assert site.installed == ["install pytest-txselect[ci]", *["install -e ."] * 4]
    made = (site.machines[0].folder / "test_preparation" / "circleci.yml").read_text()
    shown = re.findall(
        r"```yaml\n(version: 2.1\nparameters.*?)```", (PAGES / "circleci.md").read_text(), re.DOTALL
    )
    assert shown[0] in made


def test_github(tmp_path: Path) -> None:
    """The matrix starts a machine for each share; their reports are merged at the end."""
    site, _ = make_site(tmp_path, "github.md", MONEY)
    service = GitHub(site)
    results = service.start(".github/workflows/tests.yml", {"GITHUB_BASE_REF": "main"})
    assert {name: each["result"] for name, each in results.items()} == dict.fromkeys(results, "success")
    everything = sorted([*EXPECTED["models"], SLOW])
    assert by_job(site) == EXPECTED | {"report": everything}
    check_shares(site)
    assert site.installed.count("install -e .") == 4
    merged = site.machines[-1].folder / "reports" / "all"
    assert "7 passed" in (merged / "stats.txt").read_text()
    first = site.machines[0]
    site.run(first, f"txselect jobs --out again --durations {merged}", {})
    assert json.loads((first.folder / "again" / "durations.json").read_text()).keys() == set(everything)
    matrix = json.loads((first.folder / "test_preparation" / "github_matrix.json").read_text())
    shown = re.search(r"```json\n(.*?)\n```", (PAGES / "github.md").read_text())
    assert shown is not None
    assert matrix["include"][0] == json.loads(shown[1])


def test_github_workflow_is_the_emitted_one(tmp_path: Path) -> None:
    """What the page shows to be committed is what the command writes."""
    site, _ = make_site(tmp_path, "github.md", MONEY)
    machine = site.start("one", whole=True)
    site.run(machine, "txselect jobs --out test_preparation --emit github", {})
    made = (machine.folder / "test_preparation" / "txselect-tests.yml").read_text()
    assert made == read_files(PAGES / "github.md")[".github/workflows/txselect-tests.yml"]


def test_gitlab(tmp_path: Path) -> None:
    """The child pipeline's jobs take their lists from the parent's artifacts."""
    site, base = make_site(tmp_path, "gitlab.md", MONEY)
    GitLab(site).start({"CI_MERGE_REQUEST_DIFF_BASE_SHA": base})
    assert by_job(site) == EXPECTED
    check_shares(site)
    made = (site.machines[0].folder / "test_preparation" / "gitlab.yml").read_text()
    shown = re.search(r"```yaml\n(models:.*?)```", (PAGES / "gitlab.md").read_text(), re.DOTALL)
    assert shown is not None
    assert shown[1] in made


def start(service: str, site: Site, base: str) -> None:
    """Start a pipeline of a service."""
    match service:
        case "circleci":
            CircleCi(site).start({"CIRCLE_COMPARE_URL": f"https://example.org/compare/{base}...{'f' * 40}"})
        case "github":
            GitHub(site).start(".github/workflows/tests.yml", {"GITHUB_BASE_REF": "main"})
        case _:
            GitLab(site).start({"CI_MERGE_REQUEST_DIFF_BASE_SHA": base})


@pytest.mark.parametrize("service", ["circleci", "github", "gitlab"])
def test_nothing_selected(tmp_path: Path, service: str) -> None:
    """An edit that affects no test is a green pipeline in which no test ran."""
    site, base = make_site(tmp_path, f"{service}.md", DOCUMENTATION)
    start(service, site, base)
    assert by_job(site) == {}


@pytest.mark.parametrize("service", ["circleci", "github", "gitlab"])
def test_environment_of_a_job(tmp_path: Path, service: str) -> None:
    """One job has work, and its variables arrive, with their blanks."""
    edit = {"src/shop/pages.py": 'import os\n\n\ndef theme():\n    return os.environ["SHOP_THEME"]\n'}
    site, base = make_site(tmp_path, f"{service}.md", edit)
    start(service, site, base)
    assert by_job(site)["rest"] == [THEME]
    assert by_job(site).keys() <= {"rest", "report"}


def read_yaml(text: str) -> Any:
    """A document as YAML 1.2 has it, where `on` is a word."""
    document = yaml.safe_load(text)
    return {"on" if key is True else key: value for key, value in document.items()}


@pytest.mark.parametrize(
    ("page", "name", "schema"),
    [
        ("circleci.md", ".circleci/config.yml", "circleciconfig.json"),
        ("github.md", ".github/workflows/tests.yml", "github-workflow.json"),
        ("github.md", ".github/workflows/txselect-tests.yml", "github-workflow.json"),
        ("gitlab.md", ".gitlab-ci.yml", "gitlab-ci.json"),
    ],
)
def test_pages_are_valid(page: str, name: str, schema: str) -> None:
    """What people copy from the pages fits the services' schemas."""
    document = read_yaml(read_files(PAGES / page)[name])
    jsonschema.validate(document, json.loads((SCHEMAS / schema).read_text("utf-8")))
