"""A run that the UI started and that failed is told by the daemon's own sensor, once it was switched on: for real."""

import json
import time
from pathlib import Path

from tests.installed import install
from tests.resources.raw_server import Sent, raw_server
from tests.test_bad_input import DECLARED, DEFS, EXPORTS
from tests.ui import serving

SENSOR = {"repositoryName": "__repository__", "repositoryLocationName": "tieout", "sensorName": "acme_notify_failure"}
START = "mutation($sensor: SensorSelector!) { startSensor(sensorSelector: $sensor) { __typename } }"
TICKS = """query($sensor: SensorSelector!) { sensorOrError(sensorSelector: $sensor) {
  ... on Sensor { sensorState { ticks(limit: 9) { status skipReason } } }
} }"""
PATIENCE_S = 120
NOBODY = {
    "ops": {"acme__decide": {"config": {"customer": "cus_none", "record": "seven", "who": "ada", "why": "a test"}}}
}


def test_a_failed_run_of_the_ui_is_posted(tmp_path: Path) -> None:
    with raw_server(lambda _: Sent()) as hook:
        webhook = '  notify: {kind: webhook, url: "{{ env.HOOK }}"}\n'
        install(tmp_path, {**EXPORTS, DEFS: DECLARED + webhook})
        with serving(tmp_path, "acme_reconcile", {"HOOK": f"{hook.url}/hooks/T0"}) as ui:
            started = ui.ask(START, {"sensor": SENSOR})
            assert started == {"startSensor": {"__typename": "Sensor"}}
            until = time.monotonic() + PATIENCE_S
            while "Initiating" not in json.dumps(ui.ask(TICKS, {"sensor": SENSOR})) and time.monotonic() < until:
                time.sleep(0.5)
            run = ui.launch("acme_override", NOBODY, [], {})
            while not hook.asked and time.monotonic() < until:
                time.sleep(0.5)
            ticks = json.dumps(ui.ask(TICKS, {"sensor": SENSOR}))
    [asked] = hook.asked
    told = json.loads(asked.body)
    assert (told["occasion"], told["job"], told["run_id"]) == ("failure", "acme_override", run)
    assert "cus_none" not in asked.body.decode()
    assert "hooks/T0" not in ticks
