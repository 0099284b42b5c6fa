"""`make ui` with all it consists of, in a real browser: it works, its daemon answers and tells, and it ends.

A page of another origin can neither read it nor start anything. All tests look at one: to start it is dear.
"""

import json
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
import yaml
from playwright.sync_api import Browser, Page, expect

from assets.next_step.forms import decide_form
from sandbox.netsuite_standin import STRIPE_FIELD
from sandbox.netsuite_standin.world import SYNC_REQUEST
from tests.conftest import Picture
from tests.installed import install, otherwise
from tests.other_origin import ATTACKS, WITH, elsewhere
from tests.pipelines.api_world import LINK_OP, NAME, Site
from tests.pipelines.test_to_stripe import TO_STRIPE, world
from tests.resources.raw_server import RawServer, Sent, raw_server
from tests.test_bad_input import DECLARED
from tests.ui import Ui, processes_in, quick_home, serving

pytestmark = pytest.mark.timeout(900)  # on a busy machine; each ends as soon as what it waits for is there
DEFS = f"pipelines/defs/{NAME}/defs.yaml"
PATIENCE_S = 200
AT_ONCE = {
    **otherwise("pipelines/notifications/each.py", "_EVERY_SECONDS: Final = 30", "_EVERY_SECONDS: Final = 1"),
    **otherwise("pipelines/sync_requests.py", "_seconds=block.requests_seconds", "_seconds=1"),
    **quick_home(),
}
"""Sensors that are asked each time that the daemon looks at them, which is each five seconds."""
LAUNCH = """mutation($job: String!) { launchRun(executionParams: {
  selector: {repositoryName: "__repository__", repositoryLocationName: "tieout", jobName: $job}, runConfigData: {}
}) { __typename } }"""
LAUNCH_NOW = " ".join(LAUNCH.replace("($job: String!)", "").replace("$job", '"acme_reconcile"').split())
OVERRIDES = """{ runsOrError(filter: {pipelineName: "acme_override"}) { ... on Runs { results { runConfigYaml } } } }"""
ASK = """async ([query, job]) => (await fetch("/graphql", {
  method: "POST", headers: {"content-type": "application/json"}, body: JSON.stringify({query, variables: {job}})
})).json()"""
NOBODY = {
    "ops": {"acme__decide": {"config": {"customer": "cus_none", "record": "seven", "who": "ada", "why": "a test"}}}
}


@dataclass
class Around:
    """The services around the installation that the UI shows."""

    site: Site
    hook: RawServer


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Around]:
    brakes = {"most_stripe_creates": 1}
    with (
        raw_server(lambda _: Sent()) as hook,
        world(tmp_path_factory.mktemp("site"), writes={"mode": "auto"}, brakes=brakes, to_stripe=TO_STRIPE) as site,
    ):
        yield Around(site, hook)


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory, around: Around) -> Iterator[Ui]:
    """The UI over two declarations, one of them broken, with the sensors of the other switched on."""
    folder = tmp_path_factory.mktemp("ui")
    attributes = around.site.sync.declaration.model_dump(exclude_unset=True, mode="json")
    attributes["notify"] = {"kind": "webhook", "url": "{{ env.HOOK }}"}
    declared = yaml.safe_dump({"type": "pipelines.CustomerSync", "attributes": attributes})
    broken = DECLARED.replace("name: acme", "name: beta") + "  on_severl: first\n"
    install(folder, {DEFS: declared, "pipelines/defs/b/defs.yaml": broken, **AT_ONCE})
    with serving(folder, "acme_sync_one", {"HOOK": f"{around.hook.url}/hooks/T0"}) as found:
        for sensor in ("acme_notify_failure", "acme_sync_requests"):
            assert found.switch_on(sensor) == {"startSensor": {"__typename": "Sensor"}}
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    yield page
    page.close()


def test_its_own_pages_show_the_graph_and_start_a_job_that_can_be_followed(ui: Ui, page: Page) -> None:
    complaints: list[str] = []
    frames: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.extend([message.text] if message.type == "error" else []))
    page.on("websocket", lambda opened: opened.on("framereceived", lambda frame: frames.append(str(frame))))
    page.goto(f"{ui.url}/asset-groups")
    page.get_by_text("acme", exact=False).first.wait_for(timeout=60_000)
    page.get_by_text("beta", exact=False).first.wait_for(timeout=60_000)
    before = ui.runs()
    page.goto(f"{ui.url}/locations/tieout/jobs/acme_override/playground")
    started = page.evaluate(ASK, [LAUNCH, "acme_reconcile"])
    assert started == {"data": {"launchRun": {"__typename": "LaunchRunSuccess"}}}
    assert ui.runs() == before + 1
    found = json.dumps(ui.ask("{runsOrError {... on Runs {results {runId}}}}"))
    page.goto(f"{ui.url}/runs/{found.split('runId')[1].split(chr(34))[2]}")
    page.get_by_text("RUN_", exact=False).first.wait_for(timeout=60_000)
    assert frames
    assert [said for said in complaints if "Content Security" in said or "refused" in said.lower()] == []


def test_a_form_opens_filled_in_and_waits_for_what_only_a_person_can_say(ui: Ui, page: Page, picture: Picture) -> None:
    def fill(key: str, value: str) -> None:
        page.locator(".CodeMirror-line", has_text=f"{key}:").last.click()
        page.keyboard.press("End")
        page.keyboard.type(value)

    page.goto(f"{ui.url}{decide_form('acme', 'cus_9')}")
    launch = page.get_by_role("button", name="Launch Run")
    page.get_by_text("who must not be None", exact=False).wait_for(timeout=60_000)
    assert launch.is_disabled()
    for key, value in (("record", "never"), ("who", "Ada"), ("why", "a test account")):
        fill(key, value)
    expect(launch).to_be_enabled(timeout=60_000)
    picture(page, "form")
    launch.click()
    page.wait_for_url("**/runs/*", timeout=60_000)
    until, asked = time.monotonic() + 120, ""
    while "a test account" not in asked and time.monotonic() < until:
        asked = json.dumps(ui.ask(OVERRIDES))
        time.sleep(0.5)
    assert [said for said in ("cus_9", "never", "Ada", "a test account") if said not in asked] == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_page_of_another_origin_reads_and_starts_nothing(ui: Ui, page: Page, tmp_path: Path, host: str) -> None:
    before = ui.runs()
    with elsewhere(tmp_path) as port:
        page.goto(f"http://{host}:{port}/")
        answers = {name: page.evaluate(WITH % attack, [ui.url, LAUNCH_NOW]) for name, attack in ATTACKS.items()}
    assert answers["websocket"] == "refused"
    assert [name for name, text in answers.items() if "data" in text or "typename" in text] == []
    assert ui.runs() == before
    assert ui.ask("mutation {setNuxSeen}") == {"setNuxSeen": True}


def test_a_name_that_is_rebound_to_loopback_gets_nothing(ui: Ui) -> None:
    for host in ("evil.example", f"evil.example:{ui.port}"):
        for answer in (
            requests.get(ui.url, headers={"Host": host}, timeout=30),
            requests.post(f"{ui.url}/graphql", json={"query": "{version}"}, headers={"Host": host}, timeout=30),
        ):
            assert (answer.status_code, "TIEOUT_UI_HOSTS" in answer.text) == (403, True)


def test_a_mutation_by_get_is_refused_to_everybody(ui: Ui) -> None:
    answer = requests.get(f"{ui.url}/graphql?query={quote(LAUNCH_NOW)}", timeout=30)
    assert answer.status_code == 405


def test_a_failed_run_is_posted_by_the_daemon(ui: Ui, around: Around) -> None:
    until = time.monotonic() + PATIENCE_S
    while "Initiating" not in ui.ticks("acme_notify_failure") and time.monotonic() < until:
        time.sleep(0.5)
    run = ui.launch("acme_override", NOBODY, [], {})
    told: list[dict[str, object]] = []
    while not told and time.monotonic() < until:
        time.sleep(0.5)
        told = [found for asked in around.hook.asked if (found := json.loads(asked.body))["run_id"] == run]
    [post] = told
    assert (post["occasion"], post["job"]) == ("failure", "acme_override")
    assert "cus_none" not in json.dumps(post)
    assert "hooks/T0" not in ui.ticks("acme_notify_failure")


@pytest.mark.rule("P5")
def test_a_press_is_answered_in_the_record_by_the_daemon(ui: Ui, around: Around, page: Page, picture: Picture) -> None:
    site = around.site
    ui.wait_for(ui.last(f"{NAME}_reconcile") or ui.launch(f"{NAME}_reconcile", {}, [], {}), PATIENCE_S)
    picture(page, "graph", f"{ui.url}/locations/tieout/asset-groups/acme", "write_plan")
    picture(page, "plan", f"{ui.url}/assets/acme/write_plan", "Latest check results")
    plan = max((ui.folder / "home" / "plans" / NAME).rglob("*.csv"), key=lambda file: file.stat().st_mtime_ns)
    part = {"plan": plan.stem, "who": "Ada", "ids": ["cus_1", "cus_2", "cus_3"]}
    ui.wait_for(ui.launch(f"{NAME}_apply", {"ops": {LINK_OP: {"config": part}}}, [], {}), PATIENCE_S)
    told = pressed(page, site, 5)
    [customer] = [customer for customer in site.stripe.ids if site.link_of(customer) == "5"]
    assert f"{customer} was made in Stripe for this customer." in told
    assert "Written: " in told
    assert site.netsuite.value(5, STRIPE_FIELD) == customer
    assert site.netsuite.value(5, SYNC_REQUEST) is False


def pressed(page: Page, at: Site, record: int) -> str:
    """Press the button on the page of a record, and look at it again until it has an answer."""
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
    return answer.inner_text()


def test_ctrl_c_ends_it_with_one_line_and_leaves_nothing_running(ui: Ui) -> None:
    """The last one in this file: it ends what the others look at."""
    assert len(processes_in(ui.folder)) > 2
    started = time.monotonic()
    ui.process.send_signal(signal.SIGINT)
    output, errors = ui.process.communicate(timeout=60)
    assert time.monotonic() - started < 30
    assert ui.process.returncode == 0
    assert output == f"Dagster's UI is on {ui.url}; Ctrl-C ends it.\n"
    warned, *rest = errors.splitlines()
    assert warned.startswith("! Left out, as it is broken: ")
    assert rest == ["Stopped."]
    assert processes_in(ui.folder) == []
