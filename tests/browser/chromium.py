"""A headless Chromium, where there is one."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

__all__ = ["open_chromium"]


def open_chromium() -> Chrome:
    """Start the browser.

    Without Chromium, its driver or selenium the test is skipped, saying what is missing; where the
    environment has TXSELECT_REQUIRE_BROWSER=1, as in CI, it fails.
    """
    browser = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    missing = ["chromium"] if browser is None else []
    missing += ["chromedriver"] if shutil.which("chromedriver") is None else []
    try:
        from selenium.webdriver import Chrome, ChromeOptions, ChromeService  # noqa: PLC0415 - an extra
    except ImportError:
        missing.append("selenium")
    if missing:
        cure = "apt install chromium chromium-driver; pip install -e .[browser]"
        say = f"no browser, {', '.join(missing)} missing: {cure}"
        if os.environ.get("TXSELECT_REQUIRE_BROWSER") == "1":
            pytest.fail(say)
        pytest.skip(say)
    options = ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.binary_location = str(browser)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return Chrome(options=options, service=ChromeService(shutil.which("chromedriver")))
