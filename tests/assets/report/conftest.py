"""One tab for all tests of a file that need none of their own: each begins with loading the page anew."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    tab = browser.new_page(offline=True)
    yield tab
    tab.close()


@pytest.fixture
def view(tab: Page, address: str) -> Page:
    """The file's page, loaded: of what tests do, the page keeps nothing but decisions."""
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.goto(address)
    return tab
