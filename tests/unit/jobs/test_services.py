"""What CI services are told, held against their published schemas."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from pytest_txselect.config import Job
from pytest_txselect.errors import UsageError
from pytest_txselect.jobs.command import render_command
from pytest_txselect.jobs.github import render_workflow
from pytest_txselect.jobs.layout import JobWork
from pytest_txselect.jobs.services import EMITTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMAS = Path(__file__).parent / "schemas"
ODD = Job(
    "on",
    ("**",),
    env={"A": "x y", "EMPTY": "", "DOLLAR": "$(rm) << parameters.x >>"},
    pytest_args=("-k", "a: b", "${{ github.token }}"),
    timeout=90,
    workers=2,
    dist="loadgroup",
    ci=MappingProxyType(
        {
            "install": ("pip install -e .", "echo 'yes'"),
            "circleci": MappingProxyType({"resource_class": "large"}),
            "image": "python:3.12",
        }
    ),
)
WORK = [
    JobWork(ODD, ("a.py",), (), 30.0, 3),
    JobWork(Job("rest", (), default=True), ("b.py", "c.py"), (), None, 1),
]


def read_schema(name: str) -> Any:
    """A published schema."""
    return json.loads((SCHEMAS / name).read_text("utf-8"))


def check(text: str, schema: str) -> Any:
    """The document, after the service's schema has found it good, and YAML 1.1 and 1.2 would read the same."""
    document = yaml.safe_load(text)
    jsonschema.validate(document, read_schema(schema), jsonschema.Draft7Validator)
    return document


@pytest.mark.parametrize("work", [WORK, []], ids=["work", "nothing"])
def test_circleci(work: Sequence[JobWork]) -> None:
    """A continuation with the parameters of `parallelism.json`, a job for each that has work."""
    document = check(EMITTERS["circleci"](work, "out")["circleci.yml"], "circleciconfig.json")
    if not work:
        assert document["jobs"] == {"nothing-to-run": {"type": "no-op"}}
        assert document["workflows"] == {"tests": {"jobs": ["nothing-to-run"]}}
        return
    assert document["parameters"]["on_parallelism"] == {"type": "integer", "default": 3}
    assert document["parameters"]["rest_test_list"] == {"type": "string", "default": "out/rest_test_list.txt"}
    assert document["workflows"] == {"tests": {"jobs": ["on", "rest"]}}
    job = document["jobs"]["on"]
    assert (job["docker"], job["resource_class"]) == ([{"image": "python:3.12"}], "large")
    assert job["parallelism"] == "<< pipeline.parameters.on_parallelism >>"
    assert [next(iter(step)) if isinstance(step, dict) else step for step in job["steps"]] == [
        "checkout", "restore_cache", "run", "run", "run", "store_test_results", "store_artifacts",
    ]  # fmt: skip
    command = job["steps"][4]["run"]["command"]
    assert command.startswith(
        "env 'A=x y' EMPTY= 'DOLLAR=$(rm) \\<< parameters.x >>' timeout --signal=INT --kill-after=60 90 "
    )
    assert "--txselect-shard=$((CIRCLE_NODE_INDEX + 1))/$CIRCLE_NODE_TOTAL" in command


def test_circleci_executor() -> None:
    """A job that says where it runs gets no image."""
    job = Job(
        "a", ("**",), ci=MappingProxyType({"machine": MappingProxyType({"image": "ubuntu-2404:current"})})
    )
    document = check(
        EMITTERS["circleci"]([JobWork(job, ("a.py",), (), None, 1)], "out")["circleci.yml"],
        "circleciconfig.json",
    )
    assert "docker" not in document["jobs"]["a"]


def test_github_matrix() -> None:
    """A machine is an entry, in one line of JSON."""
    files = EMITTERS["github"](WORK, "out")
    assert set(files) == {"github_matrix.json"}
    assert files["github_matrix.json"].count("\n") == 1
    entries = json.loads(files["github_matrix.json"])["include"]
    assert [(each["job"], each["shard"], each["shards"]) for each in entries] == [
        ("on", 1, 3), ("on", 2, 3), ("on", 3, 3), ("rest", 1, 1),
    ]  # fmt: skip
    first, *_, last = entries
    assert (first["timeout_minutes"], first["image"], first["install"]) == (
        2,
        "python:3.12",
        "pip install -e .\necho 'yes'",
    )
    assert last == {
        "job": "rest", "shard": 1, "shards": 1, "install": "", "timeout_minutes": 360,
        "command": "pytest --txselect-job=rest --txselect-shard=1/1 --txselect-prepared=out --txselect-report",
    }  # fmt: skip


def test_github_workflow() -> None:
    """The reusable workflow is valid, and takes from a matrix only what an entry can have."""
    text = render_workflow("out")
    document = yaml.safe_load(text)
    jsonschema.validate(document, read_schema("github-workflow.json"))
    assert document["on"]["workflow_call"]["inputs"]["matrix"]["type"] == "string"
    assert "\n'on':\n" in text


@pytest.mark.parametrize("work", [WORK, []], ids=["work", "nothing"])
def test_gitlab(work: Sequence[JobWork]) -> None:
    """A child pipeline with a job for each that has work; one that does nothing where none has."""
    document = check(EMITTERS["gitlab"](work, "out")["gitlab.yml"], "gitlab-ci.json")
    if not work:
        assert document["nothing-to-run"]["script"] == ["true"]
        return
    assert list(document) == ["on", "rest"]
    job = document["on"]
    assert (job["parallel"], job["timeout"], job["image"]) == (3, "90 seconds", "python:3.12")
    assert job["script"][:2] == ["pip install -e .", "echo 'yes'"]
    assert "--txselect-shard=${CI_NODE_INDEX:-1}/${CI_NODE_TOTAL:-1}" in job["script"][2]
    assert "parallel" not in document["rest"]


def test_free_keys_are_passed_on() -> None:
    """Whatever TOML can say reaches the service; what we do not set ourselves is not looked at."""
    free: dict[str, Any] = {
        "tags": ("a", "b"),
        "retry": MappingProxyType({"max": 1}),
        "since": dt.date(2026, 1, 2),
    }
    work = [JobWork(Job("a", ("**",), ci=free | {"n": 1.5}), ("a.py",), (), None, 1)]
    passed = {"tags": ["a", "b"], "retry": {"max": 1}, "since": "2026-01-02", "n": 1.5}
    (text,) = EMITTERS["gitlab"](work, "out").values()
    assert passed.items() <= yaml.safe_load(text)["a"].items()
    (text,) = EMITTERS["github"](work, "out").values()
    assert passed.items() <= json.loads(text)["include"][0].items()


@pytest.mark.parametrize(
    ("service", "job", "shards", "message"),
    [
        (
            "circleci",
            Job("Torch", ()),
            1,
            r"job Torch: CircleCI cannot have a job of this name; .*\[unfit-job-name\]",
        ),
        ("circleci", Job("1st", ()), 1, r"unfit-job-name"),
        (
            "gitlab",
            Job("pages", ()),
            1,
            r"job pages: GitLab cannot have a job of this name; .*\[unfit-job-name\]",
        ),
        (
            "gitlab",
            Job("a", ()),
            201,
            r"job a: 201 machines are more than GitLab's 200; .*\[too-many-shards\]",
        ),
        (
            "github",
            Job("a", ()),
            257,
            r"257 machines are more than GitHub's 256 in a matrix; .*\[too-many-shards\]",
        ),
        (
            "gitlab",
            Job("a", (), ci=MappingProxyType({"script": "x"})),
            1,
            r"job a: ci.script is written by the emitter",
        ),
        (
            "circleci",
            Job("a", (), ci=MappingProxyType({"steps": ()})),
            1,
            r"ci.steps is written by the emitter",
        ),
        (
            "github",
            Job("a", (), ci=MappingProxyType({"command": "x"})),
            1,
            r"ci.command is written by the emitter",
        ),
        (
            "github",
            Job("a", (), ci=MappingProxyType({"install": 1})),
            1,
            r"ci.install is a command, or a list of commands \[",
        ),
        (
            "gitlab",
            Job("a", (), ci=MappingProxyType({"install": (1,)})),
            1,
            r"ci.install is a command, or a list of",
        ),
    ],
)
def test_what_a_service_cannot_be_told(service: str, job: Job, shards: int, message: str) -> None:
    """Names, numbers and keys that a service would refuse are errors here, before it is asked."""
    with pytest.raises(UsageError, match=message):
        EMITTERS[service]([JobWork(job, ("a.py",), (), None, shards)], "out")


def test_without_a_yaml_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names what to install; the matrix of GitHub needs nothing."""
    monkeypatch.setitem(sys.modules, "yaml", None)
    for name in ("circleci", "gitlab"):
        with pytest.raises(UsageError, match=r"pip install 'pytest-txselect\[ci\]' \[no-yaml\]"):
            EMITTERS[name](WORK, "out")
    assert EMITTERS["github"](WORK, "out")


LONG = "pytest --txselect-job=a --txselect-shard=$I/4 --txselect-prepared=out --txselect-report"


@pytest.mark.parametrize(
    ("job", "share", "stop", "command"),
    [
        (
            Job("a", ()),
            "2/3",
            True,
            "pytest --txselect-job=a --txselect-shard=2/3 --txselect-prepared=out --txselect-report",
        ),
        (
            Job(
                "a",
                (),
                workers=0,
                dist="each",
                pytest_args=("-k", "a b", "$(x)"),
                env={"A": "", "B": "'"},
                timeout=9,
            ),
            "$I/4",
            False,
            f"env A= 'B='\"'\"'' {LONG} --numprocesses=0 --dist=each -k 'a b' '$(x)'",
        ),
    ],
)
def test_command(job: Job, share: str, stop: bool, command: str) -> None:
    """What a job runs is one line; words of the configuration are quoted, the share is the shell's."""
    assert render_command(job, "out", share, stop=stop) == command
