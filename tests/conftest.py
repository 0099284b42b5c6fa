"""What all tests share: no test is timed, pages are looked at in a real browser, warnings are errors but for three.

What tests write lies in memory where there is room: half of the time of a run would be SQLite's waiting for the disk.

Those three are Dagster's: of settings that we mean, and of what Python 3.12 and newer say of its own code.
"""

import gc
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from resources import traces
from schemas import secrets

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

gc.disable()  # until all is loaded (pytest_collection_finish)

# Of the processes that tests start, each would compile the whole project anew where nothing compiled may be kept. So
# would each of those that share the tests, and rewrite every assertion in them: half of the time to load them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# As the commands have it, so that a step's events are one write.
os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")

# Whoever starts the tests in the background has them ignore Ctrl-C, and what they start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_secrets_of_another_test() -> Iterator[None]:
    """What one test takes from its environment must not be hidden from the next, nor its errors be kept there."""
    yield
    secrets._remembered.clear()
    traces.forget_home()


_MEMORY = Path("/dev/shm")  # noqa: S108 (each test gets a private folder of its own in it)
_ROOM = 2 * 1024**3
if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
    tempfile.tempdir = os.environ["TMPDIR"] = str(_MEMORY)

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)

_DAGSTERS = (
    "Parameter `backfill_policy` of function:dagster.BetaWarning",
    "Parameter `execution_type` of function:dagster.BetaWarning",
    r"datetime.datetime.utcfromtimestamp\(\) is deprecated:DeprecationWarning",
)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: no collection of garbage need look at it again, nor a fork copy it.

    Garbage is looked for seldom: a run leaves little in circles, and each search costs as much as a small test.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    for warning in _DAGSTERS:
        config.addinivalue_line("filterwarnings", f"ignore:{warning}")


_SLOW = (
    "test_workers",
    "test_ui",
    "test_killed_runs",
    "test_ui_login",
    "test_proof",
    "test_leases",
    "test_portal_in_browser",
    "test_over_apis",
    "test_apply_stripe",
    "test_commands",
    "test_bad_input",
)
"""Files that mostly wait, for processes or for a lease to end, the slowest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow files first: of several processes one does them and waits, while the others have the processor.

    The tests are dealt out in equal runs of this order, and who has none left takes from the end of another's.
    """
    items.sort(key=lambda item: _SLOW.index(item.path.stem) if item.path.stem in _SLOW else len(_SLOW))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium. Where there is none a page cannot be looked at; CI installs it, so there it must be.

    For a module and no longer: Playwright keeps an event loop running in its thread, and Dagster wants one there too.
    """
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium on this machine; install it to look at the pages")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(_QUIET))
        yield browser
        browser.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", type=Path, help="keep the pictures of the documentation in this folder")


class Picture:
    """Keeps what a page shows as a picture of the documentation, where the tests were asked for those."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def __call__(self, page: Page, name: str, address: str = "", until: str = "") -> None:
        """Take the picture of a page, or first go to an address and wait for a text there."""
        if self.folder is None:
            return
        if address:
            page.goto(address)
            page.get_by_text(until).first.wait_for()
            page.wait_for_timeout(3_000)  # it draws, and moves what it has drawn
        page.screenshot(path=self.folder / f"{name}.png")


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Picture:
    return Picture(request.config.getoption("--pictures"))
