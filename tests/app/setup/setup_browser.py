"""Debian's Chromium, headless, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

HOW = "No Chromium. Type:  apt-get install chromium   (or put google-chrome on PATH where that is a snap)"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def browser_page() -> Iterator[Page]:
    """Give a page; a machine without a browser is an error, not a reason to skip."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    assert found is not None, HOW
    # Chromium's own sandbox refuses to run as root; it opens pages of this test only.
    flags = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*flags, "--disable-gpu"])
        try:
            page = browser.new_page(viewport={"width": 1100, "height": 900})
            page.set_default_timeout(30_000)
            yield page
        finally:
            browser.close()
