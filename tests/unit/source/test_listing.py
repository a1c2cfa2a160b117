"""What the calls of a file can find by listing, and which of its globs are for downloads alone."""

from __future__ import annotations

import pytest

from pytest_txselect.source.listing import read_listing


@pytest.mark.parametrize(
    ("text", "endings"),
    [
        ("glob.glob(os.path.join(d, '*.bin'))", {".bin"}),
        ("set(glob.iglob(d + '/x*.json')); here.rglob('**/*.bin')", {".json", ".bin"}),
        ("here.glob(pattern='*.tar.gz')", {".tar.gz"}),
        ("glob.glob(f'{d}/*.bin')", {".bin"}),
        ("glob.glob(str(here / '*.bin'))", {".bin"}),
        ("glob.glob(here.joinpath('*.bin'))", {".bin"}),
        ("glob.glob('data/one.json')", {"one.json"}),
        ("glob.glob(glob.escape(d) + '*.bin')", {".bin"}),
    ],
)
def test_endings(text: str, endings: set[str]) -> None:
    """Globs whose patterns end with something known find that, and folders that are called so."""
    listing = read_listing(f"import glob\n{text}\n".encode())
    assert listing.endings == endings
    (some, *_) = endings
    assert listing.may_find(f"a/x{some}")
    assert listing.may_find(f"a/x{some}/b.py")
    assert not listing.may_find("a/x.py")


@pytest.mark.parametrize(
    "text",
    [
        "glob.glob(d)",
        "glob.glob()",
        "glob.glob('*')",
        "glob.glob('*/')",
        "glob.glob('*.[ab]')",
        "glob.glob('*_dir')",
        "glob.glob(f'{d}*.{e}')",
        "glob.glob('*.bin' if x else y)",
        "find = glob.glob",
        "from glob import glob as g",
        "import glob as g",
        "map(glob.glob, x)",
        "getattr(here, 'glob')('*')",
        "glob.glob('*.bin'); os.listdir(d)",
        "glob.glob('*.bin'); here.iterdir()",
        "glob.glob('*.bin'); here.walk()",
        "glob.glob('*.bin'); os.scandir()",
        "glob.glob('*.bin'); f(glob)",
        "glob.glob('*.bin'",
        "os.listdir(d)",
    ],
)
def test_anything(text: str) -> None:
    """Whatever is not certain can find anything."""
    listing = read_listing(f"import glob\n{text}\n".encode())
    assert listing.endings is None
    assert listing.may_find("a/x.py")


@pytest.mark.parametrize(
    ("text", "downloads"),
    [
        ("snapshot_download(r, ignore_patterns=['*.md', '*.json'])", {"*.md", "*.json"}),
        ("hub.snapshot_download(r, allow_patterns='*.md')", {"*.md"}),
        ("def f():\n    p = ['*.md']\n    return download(r, ignore=p)", {"*.md"}),
        (
            "def f():\n    p = ('*.md',)\n    download(r, ignore=p)\n    return download(q, ignore=p)",
            {"*.md"},
        ),
        ("download(r, ignore='README.md')", set()),
        ("download('*.md')", set()),
        ("p = ['*.md']\ndownload(r, ignore=p)", set()),
        ("def f():\n    p = ['*.md']\n    download(r, ignore=p)\n    return p", set()),
        ("def f():\n    p = ['*.md']\n    p.append(1)\n    download(r, ignore=p)", set()),
        ("def f():\n    global p\n    p = ['*.md']\n    download(r, ignore=p)", set()),
        ("def f():\n    p = ['*.md']\n    download(r, ignore=p)\n    return locals()", set()),
        ("def f():\n    p = ['*.md']\n    def g(): return p\n    download(r, ignore=p)", set()),
        ("download(r, ignore='*.md')\nhere.glob('*.md')", set()),
        ("download(r, ignore='*.md')\nopen('docs/*.md')", set()),
        ("load(r, ignore='*.md')  # not a download", set()),
        ("(lambda: 0)(ignore='*.md')  # download", set()),
        ("raise ValueError('write docs/**, or *.md')", {"docs/**", "*.md"}),
        ("raise ValueError(f'write docs/** for {x}')", {"docs/**"}),
        ("raise ValueError('write docs/** for {}'.format(x))", {"docs/**"}),
        ("raise ValueError(x + 'docs/**') from None", {"docs/**"}),
        ("raise ValueError('write docs/**')\nopen('docs/**')", set()),
        ("raise ValueError(read('docs/**'))", set()),
        ("raise ValueError('{}'.format(read('docs/**')))", set()),
        ("raise found['docs/**']", set()),
        ("print('write docs/**')  # raise", set()),
    ],
)
def test_downloads(text: str, downloads: set[str]) -> None:
    """A glob is for downloads where every place of it is an argument, by name, of what downloads; or said in an exception."""
    found = read_listing(text.encode()).downloads
    assert {each for each in found if " " not in each} == downloads


@pytest.mark.parametrize(
    ("text", "folders"),
    [
        ("os.listdir('plugins')", {"plugins"}),
        ("here = 'plugins'\nos.listdir(here)", {"plugins"}),
        ("Path('plugins').iterdir()", {"plugins"}),
        ("(HERE / 'plugins').glob('*.py')", {"plugins", "*.py"}),
        ("glob.glob('plugins/*.py')", {"plugins/*.py"}),
        ("def f(folder='plugins'): return os.walk(top=folder)", {"plugins"}),
        ("PLUGINS = 'plugins'\ndef f(folder): return os.walk(folder)", {"plugins"}),
        ("os.chdir('plugins')\nos.listdir()", {"plugins"}),
        ("from os import chdir, listdir\nchdir('plugins')\nlistdir()", {"plugins"}),
        ("TABLE = {'plugins': []}\ndef f(folder): return os.walk(folder)", set()),
        ("def f(folder):\n    x = 'plugins'\n    return os.walk(folder), x == 'plugins'", set()),
        ("found = os.listdir\nfound('plugins')", None),
        ("map(os.listdir, ['plugins'])", None),
        ("exec('x'); os.listdir(folder)", None),
        ("os.listdir('plugins'", None),
    ],
)
def test_folders(text: str, folders: set[str] | None) -> None:
    """What is listed is made of strings that meet a call which lists."""
    assert read_listing(f"import os, glob\n{text}\n".encode(), folders=True).folders == folders
    assert read_listing(f"import os, glob\n{text}\n".encode()).folders is None
