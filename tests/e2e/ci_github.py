"""GitHub Actions, as far as the example of `docs/ci/github.md` uses it; `ci_services` has the others."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from github_expressions import fill

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ci_services import Machine, Site

__all__ = ["GitHub"]


@dataclass
class GitHub:
    """Jobs one after the other, reusable workflows, matrices, artifacts."""

    site: Site
    artifacts: Path = field(init=False)

    def __post_init__(self) -> None:
        self.artifacts = self.site.work / "artifacts"
        self.artifacts.mkdir()

    def start(self, path: str, environment: Mapping[str, str]) -> dict[str, Any]:
        """Run a checked-in workflow; its jobs' results and outputs."""
        return self._workflow(path, {}, {**environment, "GITHUB_ACTIONS": "true"})

    def _workflow(
        self, path: str, inputs: Mapping[str, Any], environment: Mapping[str, str]
    ) -> dict[str, Any]:
        document = yaml.safe_load(self.site.origin.run("show", f"feature:{path}"))
        needs: dict[str, Any] = {}
        for name, job in document["jobs"].items():
            context = {"inputs": inputs, "needs": needs}
            if "if" in job and not fill(job["if"], context):
                needs[name] = {"result": "skipped"}
            elif "uses" in job:
                declared = yaml.safe_load(
                    self.site.origin.run("show", f"feature:{job['uses'].removeprefix('./')}")
                )
                defaults = declared["on"]["workflow_call"]["inputs"]
                given = {key: each.get("default") for key, each in defaults.items()}
                given |= {key: fill(value, context) for key, value in job["with"].items()}
                inner = self._workflow(job["uses"].removeprefix("./"), given, environment)
                skipped = all(each["result"] == "skipped" for each in inner.values())
                needs[name] = {"result": "skipped" if skipped else "success"}
            else:
                needs[name] = {"result": "success", "outputs": self._matrix(name, job, context, environment)}
        return needs

    def _matrix(
        self, name: str, job: dict[str, Any], context: dict[str, Any], environment: Mapping[str, str]
    ) -> dict[str, str]:
        outputs: dict[str, str] = {}
        matrix = fill(job["strategy"]["matrix"], context)["include"] if "strategy" in job else [{}]
        assert matrix, "GitHub refuses an empty matrix"
        for number, entry in enumerate(matrix, start=1):
            outputs = self._machine(f"{name} {number}", job, {**context, "matrix": entry}, environment)
        return outputs

    def _machine(
        self, name: str, job: dict[str, Any], context: dict[str, Any], environment: Mapping[str, str]
    ) -> dict[str, str]:
        first = job["steps"][0]
        whole = first.get("with", {}).get("fetch-depth") == 0
        machine = self.site.start(
            name if "matrix" not in job.get("name", "") else fill(job["name"], context), whole=whole
        )
        steps: dict[str, Any] = {}
        for step in job["steps"]:
            around = {**context, "steps": steps}
            if "if" in step and not fill(step["if"], around):
                continue
            if "uses" in step:
                self._use(
                    machine,
                    step["uses"],
                    {key: fill(each, around) for key, each in step.get("with", {}).items()},
                )
                continue
            written = {
                key: machine.folder.parent / f"{machine.folder.name}.{key}"
                for key in ("OUTPUT", "STEP_SUMMARY")
            }
            files = {f"GITHUB_{key}": str(path) for key, path in written.items()}
            self.site.run(machine, str(fill(step["run"], around)), {**environment, **files})
            if "id" in step:
                pairs = (line.split("=", 1) for line in written["OUTPUT"].read_text().splitlines())
                steps[step["id"]] = {"outputs": dict(pairs)}
        return {
            key: fill(value, {**context, "steps": steps}) for key, value in job.get("outputs", {}).items()
        }

    def _use(self, machine: Machine, action: str, given: Mapping[str, Any]) -> None:
        match action.partition("@")[0]:
            case "actions/upload-artifact":
                ignore = shutil.ignore_patterns(".*")  # as the action does, unless told otherwise
                shutil.copytree(machine.folder / given["path"], self.artifacts / given["name"], ignore=ignore)
            case "actions/download-artifact" if "name" in given:
                shutil.copytree(self.artifacts / given["name"], machine.folder / given["path"])
            case "actions/download-artifact":
                for place in sorted(self.artifacts.glob(given["pattern"])):
                    shutil.copytree(place, machine.folder / given["path"] / place.name)
            case other:
                assert other in {"actions/checkout", "actions/setup-python"}
