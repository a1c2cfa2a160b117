"""Just enough of three CI services to execute the examples of `docs/ci` in a shell, artifacts handed from step to step.

Each machine has a clone of its own. What a service does by itself (checking out, keeping artifacts and
caches, filling in expressions) is done here; what a page says to run is run.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

import pytest_txselect
from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.lines import parse_lines
from pytest_txselect.report.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from temporary_git import TemporaryGit

__all__ = ["CircleCi", "GitLab", "Machine", "Site", "read_files"]

BLOCK: Final = re.compile(r"^`([^`\n]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read_files(page: Path) -> dict[str, str]:
    """The files that a page shows, each under its name."""
    return dict(BLOCK.findall(page.read_text("utf-8")))


@dataclass
class Machine:
    """A machine with a clone, and what ran on it.

    Attributes:
        folder: the clone.
        name: of the job, with the number of the machine.
        output: what its commands wrote.
    """

    folder: Path
    name: str
    output: str = ""


@dataclass
class Site:
    """Where everything happens.

    Attributes:
        origin: the repository that is cloned.
        work: a folder for machines and artifacts.
        machines: in the order in which they ran.
        installed: what `pip` was asked to install: a stand-in notes it, since our tests have it all.
    """

    origin: TemporaryGit
    work: Path
    machines: list[Machine] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.programs = self.work / "bin"
        self.programs.mkdir(parents=True)
        python = shlex.quote(sys.executable)
        for name, line in (
            ("pytest", f'exec {python} -m pytest "$@"'),
            ("txselect", f'exec {python} -m pytest_txselect "$@"'),
            ("pip", f'echo "$@" >> {shlex.quote(str(self.work / "installed"))}'),
        ):
            (self.programs / name).write_text(f"#!/bin/sh\n{line}\n")
            (self.programs / name).chmod(0o755)

    @property
    def installed(self) -> list[str]:
        """What `pip` was asked to install."""
        return (self.work / "installed").read_text().splitlines()

    def start(self, name: str, *, whole: bool) -> Machine:
        """Check out the branch on a new machine, with the whole history or its newest commit."""
        folder = self.work / "machines" / re.sub(r"\W+", "-", name)
        depth = () if whole else ("--depth=1",)
        self.origin.run("clone", "-q", *depth, "--branch=feature", self.origin.top.as_uri(), str(folder))
        machine = Machine(folder, name)
        self.machines.append(machine)
        return machine

    def run(self, machine: Machine, script: str, environment: Mapping[str, str]) -> None:
        """Run a script as the services do: stop at the first command that fails."""
        kept = {name: os.environ[name] for name in ("HOME", "TMPDIR", "LANG") if name in os.environ}
        done = subprocess.run(
            ("bash", "-eo", "pipefail", "-c", script),
            cwd=machine.folder,
            env={
                **kept,
                "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": str(Path(pytest_txselect.__file__).parent.parent),
                "PYTEST_ADDOPTS": "-p no:randomly -p no:rerunfailures -p no:hypothesispytest",
                "CI": "true",
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        machine.output += done.stdout + done.stderr
        assert done.returncode == 0, machine.output

    def passed(self) -> dict[str, list[str]]:
        """The tests that passed on each machine that reported any, from its records."""
        found: dict[str, list[str]] = {}
        for machine in self.machines:
            for path in sorted(machine.folder.glob("reports/*/results.jsonl")):
                with path.open("rb") as lines:
                    run = assemble(parse_lines(lines))
                found.setdefault(machine.name, []).extend(
                    test.id for test in run.tests if test.outcome is Outcome.PASSED
                )
        return found


@dataclass
class CircleCi:
    """Dynamic configuration: a setup workflow, and what it continues with."""

    site: Site
    caches: dict[str, Path] = field(default_factory=dict)
    continued: dict[str, Any] | None = None

    def start(self, environment: Mapping[str, str]) -> None:
        """Run the checked-in configuration, then the one that it continues with."""
        text = self.site.origin.run("show", "feature:.circleci/config.yml")
        self._run(yaml.safe_load(text), {}, environment)
        assert self.continued is not None
        document, parameters = self.continued["document"], self.continued["parameters"]
        declared = document.get("parameters", {})
        assert parameters.keys() <= declared.keys(), "CircleCI refuses parameters that are not declared"
        values = {name: each["default"] for name, each in declared.items()} | parameters
        self._run(document, values, environment)

    def _run(
        self, document: dict[str, Any], parameters: Mapping[str, Any], environment: Mapping[str, str]
    ) -> None:
        (workflow,) = document["workflows"].values()
        for name in workflow["jobs"]:
            job = document["jobs"][name]
            if job.get("type") == "no-op":
                continue
            count = int(self._fill(str(job.get("parallelism", 1)), parameters))
            for index in range(count):
                node = {"CIRCLE_NODE_INDEX": str(index), "CIRCLE_NODE_TOTAL": str(count), "CIRCLECI": "true"}
                machine = Machine(Path(), "")
                for step in job["steps"]:
                    if step == "checkout":
                        machine = self.site.start(f"{name} {index + 1}", whole=True)
                    else:
                        self._step(machine, step, parameters, {**environment, **node})

    def _step(
        self,
        machine: Machine,
        step: dict[str, Any],
        parameters: Mapping[str, Any],
        environment: Mapping[str, str],
    ) -> None:
        ((kind, what),) = step.items()
        if kind == "run":
            command = what if isinstance(what, str) else what["command"]
            self.site.run(machine, self._fill(command, parameters), environment)
        elif kind == "save_cache":
            key = self._fill(what["key"], parameters)
            (path,) = what["paths"]
            self.caches[key] = Path(shutil.copytree(machine.folder / path, self.site.work / "caches" / path))
        elif kind == "restore_cache":
            place = self.caches[self._fill(what["keys"][0], parameters)]
            shutil.copytree(place, machine.folder / place.name)
        elif kind == "continuation/continue":
            self.continued = {
                "document": yaml.safe_load((machine.folder / what["configuration_path"]).read_text()),
                "parameters": json.loads((machine.folder / what["parameters"]).read_text()),
            }
        else:
            assert kind in {"store_test_results", "store_artifacts"}
            assert (machine.folder / what["path"]).is_dir()

    @staticmethod
    def _fill(text: str, parameters: Mapping[str, Any]) -> str:
        values = {f"pipeline.parameters.{name}": str(value) for name, value in parameters.items()}
        values["pipeline.id"] = "5034460f-c7c4-4c43-9457-de07e2029e7b"
        return re.sub(r"(?<!\\)<< (.*?) >>", lambda found: values[found[1]], text).replace("\\<<", "<<")


@dataclass
class GitLab:
    """A pipeline, and the child pipeline that it triggers."""

    site: Site

    def start(self, environment: Mapping[str, str]) -> None:
        """Run the checked-in pipeline."""
        document = yaml.safe_load(self.site.origin.run("show", "feature:.gitlab-ci.yml"))
        parent = document["txselect"]
        machine = self.site.start("txselect", whole=parent["variables"]["GIT_DEPTH"] == "0")
        around = {**environment, "GITLAB_CI": "true", "CI_PIPELINE_ID": "1234"}
        self.site.run(machine, "\n".join(parent["script"]), around)
        (kept,) = parent["artifacts"]["paths"]
        (include,) = document["tests"]["trigger"]["include"]
        assert include["job"] == "txselect"
        child = yaml.safe_load((machine.folder / include["artifact"]).read_text())
        parent_id = document["tests"]["variables"]["PARENT_PIPELINE_ID"].replace("$CI_PIPELINE_ID", "1234")
        for name, job in child.items():
            self._job(name, job, machine.folder / kept, {**around, "PARENT_PIPELINE_ID": parent_id})

    def _job(self, name: str, job: dict[str, Any], kept: Path, environment: Mapping[str, str]) -> None:
        count = job.get("parallel", 1)
        for index in range(1, count + 1):
            machine = self.site.start(f"{name} {index}", whole=False)
            for need in job.get("needs", ()):
                assert need == {"pipeline": "$PARENT_PIPELINE_ID", "job": "txselect", "artifacts": True}
                shutil.copytree(kept, machine.folder / kept.name)
            node = {"CI_NODE_INDEX": str(index), "CI_NODE_TOTAL": str(count)} if count > 1 else {}
            self.site.run(machine, "\n".join(job["script"]), {**environment, **node})
            if "artifacts" in job:
                assert list(machine.folder.glob(job["artifacts"]["reports"]["junit"]))
