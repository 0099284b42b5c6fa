"""From the button to the answer: a press in a browser, the daemon's own sensor and run, and both systems after it."""

import time
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser

from sandbox.netsuite_standin import STRIPE_FIELD
from sandbox.netsuite_standin.world import SYNC_REQUEST
from tests.installed import install, run_python
from tests.pipelines.api_world import LINK_OP, NAME, Site
from tests.pipelines.test_to_stripe import TO_STRIPE, world
from tests.test_notified import START
from tests.ui import Ui, serving

DEFS = f"pipelines/defs/{NAME}/defs.yaml"
SENSOR = {
    "repositoryName": "__repository__",
    "repositoryLocationName": "tieout",
    "sensorName": f"{NAME}_sync_requests",
}
STATUS = "query($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"
PATIENCE_S = 200


@pytest.mark.rule("P5")
@pytest.mark.timeout(900)
def test_a_press_is_answered_in_the_record_by_the_daemon(tmp_path: Path, browser: Browser) -> None:
    brakes = {"most_stripe_creates": 1}
    block = {**TO_STRIPE, "requests_seconds": 30}
    with world(tmp_path / "site", writes={"mode": "auto"}, brakes=brakes, to_stripe=block) as at:
        folder = tmp_path / "installed"
        installed(folder, at)
        first = run_python(folder, "-m", "pipelines.run", NAME)
        assert first.returncode == 0, first.stderr
        [plan] = [file.stem for file in (folder / "home" / "plans" / NAME).rglob("*.csv")]
        with serving(folder, f"{NAME}_sync_one") as ui:
            part = {"plan": plan, "who": "Ada", "ids": ["cus_1", "cus_2", "cus_3"]}
            wait_for(ui, ui.launch(f"{NAME}_apply", {"ops": {LINK_OP: {"config": part}}}, [], {}))
            assert ui.ask(START, {"sensor": SENSOR}) == {"startSensor": {"__typename": "Sensor"}}
            told = pressed(browser, at, 5)
    [customer] = [customer for customer in at.stripe.ids if at.link_of(customer) == "5"]
    assert f"{customer} was made in Stripe for this customer." in told
    assert "Written: " in told
    assert at.netsuite.value(5, STRIPE_FIELD) == customer
    assert at.netsuite.value(5, SYNC_REQUEST) is False


def installed(folder: Path, at: Site) -> None:
    """Install the product with the declaration of a site."""
    folder.mkdir()
    attributes = at.sync.declaration.model_dump(exclude_unset=True, mode="json")
    install(folder, {DEFS: yaml.safe_dump({"type": "pipelines.CustomerSync", "attributes": attributes})})


def wait_for(ui: Ui, run: str) -> None:
    """Wait until a run has succeeded."""
    until = time.monotonic() + PATIENCE_S
    while (found := str(ui.ask(STATUS, {"run": run}))) and "SUCCESS" not in found:
        assert "FAILURE" not in found
        assert time.monotonic() < until, found
        time.sleep(0.5)


def pressed(browser: Browser, at: Site, record: int) -> str:
    """Press the button on the page of a record, and look at it again until it has an answer."""
    page = browser.new_page()
    page.goto(f"{at.sync.declaration.netsuite.base_url}/app/common/entity/custjob.nl?id={record}")
    page.get_by_role("button", name="Sync with Stripe").click()
    answer = page.locator("#custentity_tieout_sync_answer")
    answer.wait_for()
    assert answer.inner_text().startswith("Requested at ")
    until = time.monotonic() + PATIENCE_S
    while " UTC: " not in answer.inner_text():
        assert time.monotonic() < until, "nobody answered"
        time.sleep(1)
        page.reload()
    told = answer.inner_text()
    page.close()
    return told
