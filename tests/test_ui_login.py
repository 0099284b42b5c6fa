"""The UI that several people share, in a real browser: by passwords, and by a provider at a second web server.

Whoever may look starts nothing, and whoever may approve is in the ledger under the name of the login. Both servers
stand before one code location and one daemon, as these are dear to start; so it is one test, which one process runs.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from unittest.mock import patch

import pytest
from playwright.sync_api import Browser, Page, expect

from assets.next_step.forms import decide_form
from resources.ledger import Decisions, Ledger
from resources.storage.folders import Folders
from tests.in_process import command
from tests.installed import install, start_python
from tests.pipelines.login.provider import CLIENT, SECRET, Provider, serving_provider
from tests.test_bad_input import EXPORTS
from tests.ui import Ui, free_port, quick_home, serving, wait_until_it_answers

pytestmark = pytest.mark.timeout(900)  # on a busy machine; each ends as soon as what it waits for is there
PASSWORD = "correct horse battery"
PATIENCE_S = 200
ASK = """async ([query, variables]) => (await fetch("/graphql", {
  method: "POST", headers: {"content-type": "application/json"}, body: JSON.stringify({query, variables})
})).json()"""
LAUNCH = """mutation($p: ExecutionParams!) { launchRun(executionParams: $p) {
  __typename ... on LaunchRunSuccess { run { runId } }
} }"""


@dataclass(frozen=True)
class Servers:
    """One with passwords, the address of the one with a provider, and that."""

    ui: Ui
    elsewhere: str
    provider: Provider

    def decided(self) -> dict[str, str]:
        """Who decided about whom, as the ledger has it."""
        home = self.ui.folder / "home"
        with Ledger.of(Folders(self.ui.folder, home, self.ui.folder / "out")) as ledger:
            standing = Decisions(ledger, "acme").standing()
        return dict(zip(standing["stripe_customer_id"], standing["who"], strict=True))

    def wait_for(self, customer: str) -> str:
        """Who decided about a customer, once somebody has."""
        until = time.monotonic() + PATIENCE_S
        while customer not in (found := self.decided()):
            assert time.monotonic() < until, "nobody decided"
            time.sleep(0.5)
        return found[customer]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Before there is a browser two people are added, and a run is made, which a decision needs."""
    folder = tmp_path_factory.mktemp("shared")  # a short name, as that of a socket in it has its limit
    install(folder, {**EXPORTS, **quick_home()})
    (folder / "tmp").mkdir()
    (folder / "ui.yaml").write_text("people: people\n")
    settings = {"TIEOUT_UI_SETTINGS": str(folder / "ui.yaml"), "TMPDIR": str(folder / "tmp")}
    for role in ("look", "approve"):
        with patch.object(sys, "stdin", StringIO(PASSWORD)):
            added = command(folder, "login.add_person", role.title(), "--role", role, environment=settings)
        assert added.returncode == 0, added.stderr
    assert command(folder, "run", "acme").returncode == 0
    with (
        serving_provider(Provider(asks_first=True), "localhost") as provider,
        serving(folder, "acme_reconcile", settings, ("Look", PASSWORD)) as ui,
        _with_provider(ui, provider) as elsewhere,
    ):
        provider.person = {"email": "grace@acme.example", "groups": ["finance"]}
        yield Servers(ui, elsewhere, provider)


@contextmanager
def _with_provider(ui: Ui, provider: Provider) -> Iterator[str]:
    """A second web server before the same code location; gives its address."""
    port = free_port()
    oidc = {"issuer": provider.url, "client_id": CLIENT, "client_secret": "{{ env.OIDC }}", "approve": ["finance"]}
    settings = {"url": f"http://127.0.0.1:{port}", "oidc": oidc}
    (ui.folder / "oidc.yaml").write_text(json.dumps(settings))
    [workspace] = (ui.folder / "tmp").glob("tieout-*/workspace.yaml")
    process = start_python(
        ui.folder,
        *("-m", "pipelines.webserver", "--workspace", str(workspace), "--port", str(port)),
        environment={"TIEOUT_UI_SETTINGS": str(ui.folder / "oidc.yaml"), "OIDC": SECRET},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(Ui(ui.folder, port, process))
        yield url
    finally:
        process.terminate()
        process.communicate(timeout=60)


@contextmanager
def fresh_page(browser: Browser) -> Iterator[Page]:
    """A page of somebody whom no server knows."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    yield context.new_page()
    context.close()


def test_people_sign_in_and_are_in_the_ledger_under_the_name_of_the_login(servers: Servers, browser: Browser) -> None:
    for step in (
        whoever_may_look_sees_everything_and_starts_nothing,
        the_ledger_has_the_name_of_the_login_and_not_that_of_the_form,
        whoever_comes_from_a_provider_is_in_the_ledger_under_its_name,
    ):
        with fresh_page(browser) as page:
            step(servers, page)


def sign_in(page: Page, url: str, name: str) -> None:
    page.goto(url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def decision(customer: str, who: str) -> dict[str, object]:
    config = {"customer": customer, "record": "never", "who": who, "why": "a test account"}
    selector = {"repositoryLocationName": "tieout", "repositoryName": "__repository__", "jobName": "acme_override"}
    forged = {"tags": [{"key": "tieout/who", "value": who}]}
    run_config = {"ops": {"acme__decide": {"config": config}}}
    return {"p": {"selector": selector, "runConfigData": run_config, "executionMetadata": forged}}


def whoever_may_look_sees_everything_and_starts_nothing(servers: Servers, page: Page) -> None:
    frames: list[str] = []
    page.on("websocket", lambda opened: opened.on("framereceived", lambda frame: frames.append(str(frame))))
    sign_in(page, f"{servers.ui.url}/runs?q=1", "Look")
    page.wait_for_url("**/runs?q=1", timeout=60_000)
    page.get_by_text("acme_reconcile").first.click(timeout=60_000)
    page.goto(f"{servers.ui.url}{decide_form('acme', 'cus_1')}")
    expect(page.get_by_role("tab", name="Launchpad")).to_be_disabled(timeout=60_000)
    before = servers.ui.runs()
    said = page.evaluate(ASK, [LAUNCH, decision("cus_1", "Approve")])
    assert said["data"]["launchRun"]["message"] == "You may look; for this somebody is needed who may plan."
    assert servers.ui.runs() == before
    assert frames
    page.get_by_role("link", name="Look · may look · sign out").click(timeout=60_000)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Password").wait_for()
    page.goto(f"{servers.ui.url}/runs")
    page.get_by_label("Password").wait_for()


def the_ledger_has_the_name_of_the_login_and_not_that_of_the_form(servers: Servers, page: Page) -> None:
    def fill(key: str, value: str) -> None:
        page.locator(".CodeMirror-line", has_text=f"{key}:").last.click()
        page.keyboard.press("End")
        page.keyboard.type(value)

    sign_in(page, f"{servers.ui.url}{decide_form('acme', 'cus_1')}", "Approve")
    page.get_by_text("record must not be None", exact=False).wait_for(timeout=60_000)
    page.get_by_text("as you are signed in: no other name is kept").wait_for()
    for key, value in (("record", "never"), ("why", "a test account")):
        fill(key, value)
    launch = page.get_by_role("button", name="Launch Run")
    expect(launch).to_be_enabled(timeout=60_000)
    launch.click()
    page.wait_for_url("**/runs/*", timeout=60_000)
    assert servers.wait_for("cus_1") == "Approve"
    said = page.evaluate(ASK, [LAUNCH, decision("cus_3", "Eve")])
    assert said["data"]["launchRun"]["__typename"] == "LaunchRunSuccess"
    assert servers.wait_for("cus_3") == "Approve"


def whoever_comes_from_a_provider_is_in_the_ledger_under_its_name(servers: Servers, page: Page) -> None:
    """The provider is another site for the browser, as it would be."""
    page.goto(f"{servers.elsewhere}/runs")
    page.get_by_role("link", name="Sign in with localhost").click()
    page.wait_for_url("**/authorize?*")
    page.get_by_role("link", name="It is me").click()
    page.wait_for_url(f"{servers.elsewhere}/runs", timeout=60_000)
    page.get_by_role("link", name="grace@acme.example · may approve · sign out").wait_for(timeout=60_000)
    said = page.evaluate(ASK, [LAUNCH, decision("cus_2", "Approve")])
    assert said["data"]["launchRun"]["__typename"] == "LaunchRunSuccess"
    assert servers.wait_for("cus_2") == "grace@acme.example"
    page.get_by_role("link", name="grace@acme.example · may approve · sign out").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{servers.elsewhere}/login?state=*", timeout=60_000)
    page.get_by_role("link", name="Sign in with localhost").wait_for()
    assert [each["client_id"] for each in servers.provider.left] == [CLIENT]
