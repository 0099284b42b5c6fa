"""The files of the example are to the byte what they were: whoever changes one says so by changing a hash here.

The hashes are kept in `golden.json`, without the name and the times of the run. The page has a month more every
month, so that it is looked at, as a person does.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from pipelines.customer_sync import reconciliation
from pipelines.declarations import read_declarations
from resources.storage.folders import Folders
from tests.conftest import Picture
from tests.memory import in_memory
from tests.reconciling import CHECKOUT, RESULTS, Site

FILES = [name for name in (*RESULTS, "creations.csv", "guesses.csv", "netsuite_create.csv") if name != "report.html"]
GOLDEN = Path(__file__).with_name("golden.json")
OF_THE_RUN = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\d.]+ hours|\d{4}-\d\d-\d\d[ T][\d:.]+")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("example")
    [located] = read_declarations(CHECKOUT / "pipelines/defs/example")
    with in_memory() as instance:
        made = Site(reconciliation(located.declaration, Folders(CHECKOUT, folder / "home", folder / "out")), instance)
        assert made.reconcile().success
        yield made


@pytest.mark.rule("D7")
def test_the_files_of_the_example_are_what_they_were(site: Site, tmp_path: Path) -> None:
    found = {"plan hash": site.plan_hash()} | {name: digest(site.results / name) for name in FILES}
    (tmp_path / "golden.json").write_text(json.dumps(found, indent=2))
    assert found == json.loads(GOLDEN.read_text())
    assert found["plan_exact.csv"] == found["plan hash"]


def test_its_page_begins_with_the_plan_and_has_a_place_to_decide(
    site: Site, browser: Browser, picture: Picture
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 590}, offline=True)
    page.goto((site.results / "report.html").as_uri())
    expect(page.get_by_text(site.plan_hash()[:12]).first).to_be_visible()
    picture(page, "report")
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.get_by_text("Compare and decide").first.click()
    expect(page.get_by_role("combobox").last).to_be_visible()
    picture(page, "decide")
    page.close()


def digest(path: Path) -> str:
    content = path.read_bytes()
    return hashlib.sha256(OF_THE_RUN.sub(b"", content) if path.suffix == ".txt" else content).hexdigest()
