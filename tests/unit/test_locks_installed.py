"""The metadata of installed distributions, read from folders made for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_txselect.errors import TxSelectError
from pytest_txselect.project.installed import read_installed, read_needs
from pytest_txselect.project.needs import Need
from pytest_txselect.project.provides import (
    find_provided,
    parse_editable_finder,
    parse_entry_points,
    parse_headers,
    parse_pth,
    parse_record,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_txselect.project.distributions import InstalledDistribution

EDITABLE = '{"dir_info": {"editable": true}, "url": "file:///src/demo"}'


def install(site: Path, name: str, record: str | None = "", folder: str = "", **files: str) -> None:
    """Make the metadata folder of a distribution; `entry_points_txt="..."` writes entry_points.txt."""
    info = site / (folder or f"{name.replace('-', '_')}-1.0.dist-info")
    info.mkdir(parents=True)
    texts = {"METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"}
    texts |= {"RECORD": record} if record is not None else {}
    texts |= {key.replace("_txt", ".txt").replace("_json", ".json"): text for key, text in files.items()}
    for file, text in texts.items():
        (info / file).write_text(text, encoding="utf-8")


def read_one(site: Path, name: str) -> InstalledDistribution:
    """What is read of one distribution."""
    return read_installed([name], [str(site)]).distributions[name]


@pytest.mark.parametrize(
    ("files", "modules"),
    [
        (["a/__init__.py", "a/b/__init__.py", "a/b/c.py", "a/data.json"], {"a"}),
        (["six.py", "__pycache__/six.cpython-313.pyc", "six-1.0.dist-info/METADATA"], {"six"}),
        (["google/protobuf/__init__.py", "google/protobuf/x.py"], {"google.protobuf"}),
        (["ns/a.py", "ns/b/c.py"], {"ns.a", "ns.b.c"}),
        (["_x.cpython-313-x86_64-linux-gnu.so", "_y.abi3.so", "z.pyd", "w.so"], {"_x", "_y", "z", "w"}),
        (["a/__init__.cpython-313-darwin.so"], {"a"}),
        (["a/__init__.pyc"], {"a"}),
        (["a\\__init__.py"], {"a"}),
        (["a-b/__init__.py", "a-b/c.py", "0.py"], set()),
        (["zope/__init__.py", "zope/interface/__init__.py"], {"zope"}),
        (["__init__.py"], set()),
    ],
)
def test_modules(files: list[str], modules: set[str]) -> None:
    """Each package is claimed at its topmost folder with an `__init__`, each loose module by itself."""
    assert find_provided(files).modules == modules


def test_declared_namespaces() -> None:
    """A package that namespace_packages.txt calls shared is not claimed, what is inside it is."""
    files = ["zope/__init__.py", "zope/interface/__init__.py"]
    assert find_provided(files, frozenset({"zope"})).modules == {"zope.interface"}


@pytest.mark.parametrize(
    ("file", "other"),
    [
        ("a/data.bin", False),
        ("a.libs/libx.so.1", False),
        ("6ec57f84c680d3a3778b__mypyc.cpython-313-x86_64-linux-gnu.so", False),
        ("LICENSE", False),
        ("README.md", False),
        ("a-stubs/x.txt", False),
        ("b/x.pyi", False),
        ("b/py.typed", False),
        ("../../../bin/tool", False),
        ("../../Scripts/tool.exe", False),
        ("../../../share/man/man1/x.1", False),
        ("../../../include/site/python3.13/a/a.h", False),
        ("../../../share/jupyter/kernels/x/kernel.json", True),
        ("../../../etc/x.conf", True),
        ("b/data.bin", True),
        ("data.bin", True),
        ("0-b/__init__.py", True),
    ],
)
def test_other_files(file: str, other: bool) -> None:
    """A file that no module and no command accounts for leaves the distribution unmapped."""
    assert find_provided(["a/__init__.py", file]).other is other


def test_commands_and_links() -> None:
    """Files in folders of commands are commands; .pth files, .start files and finders are links."""
    found = find_provided(
        ["../../../bin/x", "..\\..\\Scripts\\y.exe", "z.pth", "w.start", "__editable___d_finder.py"]
    )
    assert found.scripts == {"x", "y"}
    assert found.links == ("__editable___d_finder.py", "w.start", "z.pth")


def test_texts() -> None:
    """The small formats of the metadata are read for what is asked of them."""
    assert parse_record('"a,b.py",sha256=x,1\nc.py,,\n\n') == ["a,b.py", "c.py"]
    points = parse_entry_points("[pytest11]\n# no\nx = y:z\n\n[console_scripts]\nt=u:v [extra]\nbroken\n")
    assert points == {"pytest11": {"x"}, "console_scripts": {"t", "broken"}}
    headers = parse_headers(
        "Name: A\nRequires-Dist: x\nrequires-dist: y (>1)\n  cont: no\nnothing\n\nName: B\n"
    )
    assert headers == {"name": ["A"], "requires-dist": ["x", "y (>1)"]}
    assert parse_pth("# no\n/src\n\nimport x; x.y()\nimport\tz\nimported\n") == (["/src", "imported"], True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "MAPPING: dict[str, str] = {'a': '/x/a', 'b': '/x/b'}\nNAMESPACES: dict = {'n': []}\n",
            {"a", "n", "b"},
        ),
        ("MAPPING = {'a': 1}", set()),
        ("MAPPING: dict = load()", set()),
        ("MAPPING: dict = {1: 2, **x}", set()),
        ("not python (", set()),
        ("\0", set()),
    ],
)
def test_editable_finder(text: str, expected: set[str]) -> None:
    """The mapping of setuptools' finder is read as a literal, never executed."""
    assert parse_editable_finder(text) == expected


def test_a_wheel(tmp_path: Path) -> None:
    """Name, version, modules, needs, commands and the pytest plugin of an ordinary distribution."""
    install(
        tmp_path,
        "my-plugin",
        "my_plugin/__init__.py,,\n../../../bin/helper,,\nmy_plugin-1.0.dist-info/METADATA,,\n",
        METADATA="Name: My.Plugin\nVersion: 1.0\nRequires-Dist: pytest (>=8)\n"
        "Requires-Dist: Zope.Interface; extra == 'z'\n",
        entry_points_txt="[pytest11]\nmine = my_plugin\n[console_scripts]\nmine = my_plugin:main\n"
        "[gui_scripts]\nwin=a:b\n",
    )
    found = read_one(tmp_path, "my-plugin")
    assert (found.version, set(found.modules), found.mapped) == ("1.0", {"my_plugin"}, True)
    assert found.requires == {"pytest", "zope-interface"}
    assert found.scripts == {"mine", "helper", "win"}
    assert (found.plugin, found.startup, found.editable) == (True, False, False)


def test_absent_and_debris(tmp_path: Path) -> None:
    """What is not installed is not in the answer, nor is a folder that an interrupted removal left."""
    (tmp_path / "gone-1.0.dist-info").mkdir()
    assert read_installed(["absent", "gone"], [str(tmp_path)]).distributions == {}
    assert read_needs([str(tmp_path)]) == {}


def test_the_first_on_the_path_counts(tmp_path: Path) -> None:
    """Of two folders with one distribution, the first is the one that gets imported."""
    install(tmp_path / "x", "a", "first.py,,\n", METADATA="Name: a\nRequires-Dist: x\n")
    install(tmp_path / "y", "a", "second.py,,\n", METADATA="Name: a\nRequires-Dist: y\n")
    search = [str(tmp_path / "x"), str(tmp_path / "y")]
    assert read_installed(["a"], search).distributions["a"].modules == {"first"}
    assert read_needs(search) == {"a": (Need("x"),)}


@pytest.mark.parametrize(
    ("pth", "startup", "mapped"),
    [
        ("import a.start", True, True),
        ("a/lib\n", False, False),
        ("# nothing\n", False, True),
        (None, False, True),
    ],
)
def test_pth_files(tmp_path: Path, pth: str | None, startup: bool, mapped: bool) -> None:
    """A .pth that executes code concerns every test; one that adds folders hides modules from RECORD."""
    install(tmp_path, "a", "a/__init__.py,,\na.pth,,\n")
    if pth is not None:
        (tmp_path / "a.pth").write_text(pth)
    found = read_one(tmp_path, "a")
    assert (found.startup, found.mapped, set(found.modules)) == (startup, mapped, {"a"})


def test_start_files(tmp_path: Path) -> None:
    """So does a .start file."""
    install(tmp_path, "a", "a/__init__.py,,\na.start,,\n")
    assert read_one(tmp_path, "a").startup


def test_editable_by_path(tmp_path: Path) -> None:
    """An editable install that adds its source folder offers what is in that folder."""
    source = tmp_path / "src"
    (source / "demo").mkdir(parents=True)
    (source / "single.py").touch()
    (source / "not-a-module").mkdir()
    (source / "data.json").touch()
    install(tmp_path, "demo", "_demo.pth,,\n", direct_url_json=EDITABLE)
    (tmp_path / "_demo.pth").write_text(f"{source}\n{tmp_path / 'absent'}\n")
    found = read_one(tmp_path, "demo")
    assert (set(found.modules), found.editable, found.mapped) == ({"demo", "single"}, True, True)


def test_editable_by_finder(tmp_path: Path) -> None:
    """An editable install of setuptools is read from its finder's mapping; its link is no start-up code."""
    record = "__editable__.demo-1.0.pth,,\n__editable___demo_1_0_finder.py,,\n"
    install(tmp_path, "demo", record, direct_url_json=EDITABLE, top_level_txt="demo\n")
    (tmp_path / "__editable__.demo-1.0.pth").write_text("import __editable___demo_1_0_finder; x.install()")
    (tmp_path / "__editable___demo_1_0_finder.py").write_text(
        "MAPPING: dict[str, str] = {'other': '/src/other'}\n"
    )
    found = read_one(tmp_path, "demo")
    assert (set(found.modules), found.startup, found.mapped) == ({"demo", "other"}, False, True)


def test_editable_by_unknown_means(tmp_path: Path) -> None:
    """An editable install whose link cannot be followed is unmapped."""
    install(tmp_path, "demo", "_demo_editable_loader.py,,\n", direct_url_json=EDITABLE)
    install(tmp_path, "empty", "", direct_url_json=EDITABLE)
    assert not read_one(tmp_path, "empty").mapped


@pytest.mark.parametrize("text", ["", "[]", "{", '{"dir_info": 1}', '{"dir_info": {}}', "[" * 100_000])
def test_not_editable(tmp_path: Path, text: str) -> None:
    """Anything but a clear statement of PEP 610 is no editable install."""
    install(tmp_path, "demo", "demo.py,,\n", direct_url_json=text)
    assert not read_one(tmp_path, "demo").editable


def test_without_record(tmp_path: Path) -> None:
    """Without a list of files, top_level.txt says what there is; without that nothing is known."""
    install(tmp_path, "a", None, top_level_txt="a\n_a\n")
    install(tmp_path, "b", None)
    install(tmp_path, "c", "c.py," + "x" * 200_000 + "\n")
    assert (set(read_one(tmp_path, "a").modules), read_one(tmp_path, "a").mapped) == ({"a", "_a"}, True)
    assert not read_one(tmp_path, "b").mapped
    assert not read_one(tmp_path, "c").mapped


def test_egg_info(tmp_path: Path) -> None:
    """Older metadata: PKG-INFO, requires.txt, installed-files.txt, namespace_packages.txt."""
    info = tmp_path / "old_one-1.0.egg-info"
    info.mkdir()
    (info / "PKG-INFO").write_text("Name: old-one\nVersion: 1.0\n")
    (info / "requires.txt").write_text("six>=1\n\n[extra]\nattrs\n")
    (info / "top_level.txt").write_text("ns\n")
    (info / "namespace_packages.txt").write_text("ns\n")
    assert read_one(tmp_path, "old-one").requires == {"six", "attrs"}
    assert read_one(tmp_path, "old-one").modules == set()
    (info / "installed-files.txt").write_text("../ns/__init__.py\n../ns/old/__init__.py\nPKG-INFO\n")
    assert read_one(tmp_path, "old-one").modules == {"ns.old"}


def test_metadata_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """Who needs whom is not guessed at when a file is there and cannot be read."""
    install(tmp_path, "a")
    (tmp_path / "a-1.0.dist-info" / "METADATA").write_bytes(b"Name: \xff\n")
    with pytest.raises(TxSelectError, match="METADATA of a distribution"):
        read_needs([str(tmp_path)])


def test_this_environment() -> None:
    """Of the running environment: pytest, its two modules, its needs."""
    found = read_installed(["pytest"]).distributions["pytest"]
    assert {"pytest", "_pytest"} <= found.modules
    assert "pluggy" in found.requires
    assert {need.name for need in read_needs()["pytest"]} == found.requires
