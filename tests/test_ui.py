"""`make ui` in a real browser: the UI works, and a page of another origin can neither read it nor start anything."""

import http.server
import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from assets.next_step.forms import decide_form
from tests.in_process import command, lay_out
from tests.installed import install
from tests.test_bad_input import DECLARED, EXPORTS
from tests.ui import Ui, processes_in, serving

LAUNCH = """mutation($job: String!) { launchRun(executionParams: {
  selector: {repositoryName: "__repository__", repositoryLocationName: "tieout", jobName: $job}, runConfigData: {}
}) { __typename } }"""
LAUNCH_NOW = " ".join(LAUNCH.replace("($job: String!)", "").replace("$job", '"acme_reconcile"').split())
OVERRIDES = """{ runsOrError(filter: {pipelineName: "acme_override"}) { ... on Runs { results { runConfigYaml } } } }"""
ASK = """async ([query, job]) => (await fetch("/graphql", {
  method: "POST", headers: {"content-type": "application/json"}, body: JSON.stringify({query, variables: {job}})
})).json()"""


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    folder = tmp_path_factory.mktemp("ui")
    broken = DECLARED.replace("name: acme", "name: beta") + "  on_severl: first\n"
    install(folder, {**EXPORTS, "pipelines/defs/b/defs.yaml": broken})
    with serving(folder, "acme_reconcile") as found:
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


def test_a_form_opens_filled_in_and_waits_for_what_only_a_person_can_say(ui: Ui, page: Page) -> None:
    def fill(key: str, value: str) -> None:
        page.locator(".CodeMirror-line", has_text=f"{key}:").last.click()
        page.keyboard.press("End")
        page.keyboard.type(value)

    page.goto(f"{ui.url}{decide_form('acme', 'cus_1')}")
    launch = page.get_by_role("button", name="Launch Run")
    page.get_by_text("who must not be None", exact=False).wait_for(timeout=60_000)
    assert launch.is_disabled()
    for key, value in (("record", "never"), ("who", "Ada"), ("why", "a test account")):
        fill(key, value)
    expect(launch).to_be_enabled(timeout=60_000)
    launch.click()
    page.wait_for_url("**/runs/*", timeout=60_000)
    until, asked = time.monotonic() + 120, ""
    while "a test account" not in asked and time.monotonic() < until:
        asked = json.dumps(ui.ask(OVERRIDES))
        time.sleep(0.5)
    assert [said for said in ("cus_1", "never", "Ada", "a test account") if said not in asked] == []


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[int]:
    """A server of somebody else's on this machine; gives its port."""
    (tmp_path / "index.html").write_text("<!doctype html><title>elsewhere</title><body></body>")
    handler = partial(_Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


ATTACKS = {
    "image": """new Promise(done => {
      const image = new Image(); image.onload = image.onerror = () => done('none'); image.src = asked;
    })""",
    "fetch by GET": "fetch(asked, {mode: 'no-cors'}).then(a => a.text(), String)",
    "simple POST": """fetch(asked, {
      method: 'POST', mode: 'no-cors', body: JSON.stringify({query}), headers: {'content-type': 'text/plain'}
    }).then(a => a.text(), String)""",
    "JSON POST": """fetch(`${url}/graphql`, {
      method: 'POST', body: JSON.stringify({query}), headers: {'content-type': 'application/json'}
    }).then(a => a.text(), String)""",
    "beacon": "String(navigator.sendBeacon(asked, new Blob([JSON.stringify({query})], {type: 'text/plain'})))",
    "websocket": """new Promise(done => {
      const socket = new WebSocket(url.replace('http', 'ws') + '/graphql', 'graphql-ws');
      socket.onopen = () => { socket.send(JSON.stringify({type: 'connection_init'})); };
      socket.onmessage = message => done(message.data);
      socket.onerror = () => done('refused');
    })""",
    "form": """new Promise(done => {
      const frame = document.body.appendChild(document.createElement('iframe'));
      const form = document.body.appendChild(document.createElement('form'));
      frame.name = 'hidden';
      Object.assign(form, {method: 'post', target: 'hidden', enctype: 'text/plain', action: asked});
      const field = form.appendChild(document.createElement('input'));
      field.name = JSON.stringify({query}).slice(0, -1) + ', "x": "'; field.value = '"}';
      form.submit(); setTimeout(() => done('sent'), 2000);
    })""",
    "navigation": "new Promise(done => { window.open(asked); setTimeout(() => done('opened'), 2000); })",
}
WITH = "([url, query]) => { const asked = `${url}/graphql?query=${encodeURIComponent(query)}`; return %s; }"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_page_of_another_origin_reads_and_starts_nothing(ui: Ui, page: Page, elsewhere: int, host: str) -> None:
    before = ui.runs()
    page.goto(f"http://{host}:{elsewhere}/")
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


def test_a_port_that_is_taken_is_said_before_anything_starts(tmp_path: Path) -> None:
    lay_out(tmp_path, EXPORTS)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = command(tmp_path, "ui", environment={"PORT": port})
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"✗ Port {port} on 127.0.0.1 cannot be used (Address already in use)")
    assert ended.stderr.count("\n") == 1
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"PORT": "http"}, "✗ PORT is 'http'; expected a number from 1 to 65535."),
        ({"PORT": "70000"}, "✗ PORT is '70000'; expected a number from 1 to 65535."),
        ({"TIEOUT_UI_HOSTS": "a.example, http://b"}, "✗ TIEOUT_UI_HOSTS holds 'http://b'; expected names of hosts"),
    ],
)
def test_a_wrong_setting_is_a_sentence(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    lay_out(tmp_path, EXPORTS)
    ended = command(tmp_path, "ui", environment=environment)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert ended.stderr.startswith(said)


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
