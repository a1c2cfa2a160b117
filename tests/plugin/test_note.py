"""What a selection leaves behind: the document in the store, and what reports tell of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from small_project import SmallProject

EDITED = {
    "pkg/a.py": "def give():\n    return 1 + 0\n",
    "tests/test_b.py": (
        "from pkg.b import give\n\ndef test_b():\n    assert give() == 2\n\n"
        "def test_more():\n    assert give() == 2\n"
    ),
}


def test_document_in_the_store(project: SmallProject) -> None:
    """Every selection leaves its document, which the next one replaces."""
    store = project.pytester.path / ".txselect"
    project.run()
    first = json.loads((store / "selection.json").read_bytes())
    assert (first["runs"], first["files"]) == ("none", [])
    project.write(EDITED)
    project.run("-q")
    document = json.loads((store / "selection.json").read_bytes())
    assert [file["nodes"] for file in document["files"]] == [
        ["tests/test_a.py"],
        ["tests/test_b.py::test_more"],
    ]
    assert sorted(path.name for path in store.glob("*sel*")) == ["selection.json"]


def test_store_that_cannot_be_written(project: SmallProject) -> None:
    """That is said, and the tests run all the same."""
    (project.pytester.path / "README.md").write_text("", encoding="utf-8")
    project.write(EDITED)
    result = project.run("--txselect-store=README.md")
    result.assert_outcomes(passed=3, deselected=1)
    place = project.pytester.path / "README.md" / "selection.json"
    assert f"txselect: {place}: not written: Not a directory" in result.errlines


def test_report_tells_reasons(project: SmallProject) -> None:
    """The report's records have the selection, and why each test did or did not run."""
    project.write(
        EDITED | {"pkg/c.py": "", "tests/test_c.py": "import pkg.c\n\ndef test_c():\n    assert 1\n"}
    )
    project.commit()
    project.write({"pkg/a.py": "def give():\n    return 1 + 0 + 0\n"})
    project.write(
        {
            "tests/test_b.py": EDITED["tests/test_b.py"].replace(
                "test_more():\n    assert give()", "test_more():\n    assert 0 + give()"
            )
        }
    )
    project.spawn("--txselect-report")
    folder = project.pytester.path / "reports" / "tests"
    records = [
        json.loads(line) for line in (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    text = json.dumps(records)
    assert "depends on a changed file: pkg/a.py: body of give (line 1), 1 step away" in text
    assert "of its file only test_more changed" in text
    assert '"tests/test_c.py"' in text
    document = json.loads((folder / "selection.json").read_bytes())
    assert document == json.loads((project.pytester.path / ".txselect" / "selection.json").read_bytes())


def test_report_of_an_earlier_run(project: SmallProject) -> None:
    """The artifacts of a report are no change to the project, so the next selection is as narrow as before."""
    project.run("--txselect-report")
    project.run("--txselect-report")
    document = json.loads((project.pytester.path / ".txselect" / "selection.json").read_bytes())
    assert (document["runs"], document["files"]) == ("none", [])
