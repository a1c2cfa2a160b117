"""Strings that end names, names of files in packages, and packages that are scanned."""

from __future__ import annotations

import pytest
from sketch import draw

APP = {
    "app/__init__.py": "",
    "app/views/__init__.py": "",
    "app/views/home.py": "def home(): pass\n",
    "app/models.py": "x = 1\n",
    "other.py": "import re\n",
    "tests/test_a.py": "from app.setup import includeme\n",
    "tests/test_z.py": "import app.models, other\n",
}


@pytest.mark.parametrize(
    "text",
    [
        "def includeme(config):\n    config.add_view('.views.home.home')\n",
        "def includeme(config):\n    config.add_view('.views.home:home')\n",
        "def includeme(config):\n    config.include('.views.home')\n",
        "def includeme(config):\n    config.scan()\n",
        "def includeme(config):\n    config.scan(categories=None)\n",
        "def includeme(config):\n    config.scan('app.views')\n",
        "def includeme(config):\n    config.scan(package='app.views')\n",
        "def includeme(config):\n    config.scan('.views')\n",
        "NAME = 'app.views'\ndef includeme(config):\n    config.scan(NAME)\n",
        "NAMES = ['app.views']\ndef includeme(config):\n    for name in NAMES:\n        config.scan(name)\n",
        "from app import views\nfrom venusian import Scanner\ndef includeme(c):\n    Scanner().scan(views)\n",
        "from app import views\ndef includeme(c):\n    views.lib.Scanner().scan(views)\n",
        "import lib\ndef includeme():\n    c = lib.Configurator()\n    c.scan()\n",
        "class includeme:\n    def run(self):\n        self.app_config.scan()\n",
    ],
)
def test_reached(text: str) -> None:
    """A view reaches the test of what looks it up by a relative name, or scans the package that it is in."""
    sketch = draw({**APP, "app/setup.py": text})
    assert "tests/test_a.py" in sketch.reached("app/views/home.py")
    assert "tests/test_z.py" not in sketch.reached("app/views/home.py")


@pytest.mark.parametrize(
    "text",
    [
        "def includeme(text):\n    lexer = Lexer(text)\n    lexer.scan()\n",
        "class includeme:\n    def run(self):\n        return self.scan()\n",
        "def includeme(redis, key):\n    return redis.scan(key)\n",
        "def includeme(path):\n    return path.endswith('.html')\n",
        "def includeme(path):\n    return scan('views')\n",
        "def includeme(c):\n    c.scan()\n",
    ],
)
def test_not_reached(text: str) -> None:
    """A method that happens to be called so, and the ending of a file, lead to no module of the package."""
    sketch = draw({**APP, "app/html.py": "", "app/setup.py": text})
    assert "tests/test_a.py" not in sketch.reached("app/views/home.py")
    assert "tests/test_a.py" not in sketch.reached("app/html.py")


def test_two_dots() -> None:
    """Each further dot of a relative name is a package further up, and none above the top is looked for."""
    files = {**APP, "app/setup.py": "", "app/views/home.py": "look_up('..models'), look_up('....models')\n"}
    sketch = draw({**files, "tests/test_a.py": "import app.views.home\n"})
    assert "app/views/home.py" in sketch.reached("app/models.py")


def test_file_in_a_package() -> None:
    """`app.views:static/a.css` names a file of a package, which is imported to find it."""
    text = "def includeme(config):\n    config.add_static_view('static', 'app.views:static/')\n"
    sketch = draw({**APP, "app/setup.py": text})
    assert "tests/test_a.py" in sketch.reached("app/views/__init__.py")
    assert "tests/test_a.py" not in sketch.reached("app/views/home.py")


def test_quoted() -> None:
    """A module that a template names in quotes reaches the test that has the template as a string."""
    text = "T = '''<%namespace name=\"n\" module=\"app.views.home\"/>\n${n.home()}'''\n"
    sketch = draw({**APP, "tests/test_a.py": text})
    assert "tests/test_a.py" in sketch.reached("app/views/home.py")
    assert "tests/test_a.py" not in sketch.reached("app/models.py")
