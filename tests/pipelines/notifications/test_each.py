"""What is told of a run that has ended: to whom the declaration names, of what it names, and no customer's data."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import dagster as dg
import pytest
from rich.console import Console

from pipelines.customer_sync import reconciliation
from pipelines.run import execute
from resources.notify.log import LogNotifier
from resources.notify.services import ServiceNotifier
from resources.notify.webhook import WebhookNotifier
from schemas.declaration import Declaration
from schemas.secrets import masked, remember
from tests.pipelines.api_world import site as api_site
from tests.pipelines.notifications.heard import Heard
from tests.reconciling import STRIPE, Site, declaration, site_at
from tests.resources.raw_server import Sent, raw_server


@contextmanager
def installation(folder: Path, heard: Heard, **declared: object) -> Iterator[Site]:
    with site_at(folder, declaration(**declared)) as site:  # type: ignore[arg-type]
        yield replace(site, sync=replace(site.sync, notifier=heard))


def tick(
    definitions: dg.Definitions, instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult, name: str = ""
) -> str:
    """Let the sensor that a run concerns look at it, as the daemon does; give what it says of it."""
    kind = "success" if result.success else "failure"
    sensor = definitions.get_repository_def().get_sensor_def(name or f"acme_notify_{kind}")
    end = dg.DagsterEventType.RUN_SUCCESS if result.success else dg.DagsterEventType.RUN_FAILURE
    [event] = [each for each in result.all_events if each.event_type is end]
    context = dg.build_run_status_sensor_context(sensor.name, event, instance, result.dagster_run)
    said = sensor(context)
    assert isinstance(said, dg.SkipReason)
    return str(said.skip_message)


def test_a_run_that_succeeded_is_told_with_its_counts_its_plan_and_where_its_results_are(tmp_path: Path) -> None:
    heard = Heard()
    with installation(tmp_path, heard, notify={"events": ["success"]}) as site:
        result = site.reconcile()
        said = tick(site.definitions, site.instance, result)
        [event] = heard.events
        plan = site.plan_hash()
        heard.takes = False
        untold = tick(site.definitions, site.instance, result)
        alone = replace(site, sync=replace(site.sync, notifier=LogNotifier("Nobody else is told: set HOOK.")))
        unset = tick(alone.definitions, site.instance, result)
    sentence = f"acme_reconcile has succeeded (run {result.run_id})."
    assert said == f"Told: {sentence}"
    assert untold == f"Nobody was told: {sentence} The log says why."
    assert unset == f"Nobody was told: {sentence} Nobody else is told: set HOOK."
    assert (event.declaration, event.job, event.run_id) == ("acme", "acme_reconcile", result.run_id)
    assert (event.occasion, event.plan, event.results) == ("success", plan, str(tmp_path / "out" / "acme"))
    assert event.counts["write_plan/changes"] == 6
    assert (event.failed, event.brakes) == ((), ())


def test_no_customer_is_in_what_is_told(tmp_path: Path) -> None:
    heard = Heard()
    with installation(tmp_path, heard, notify={"events": ["success", "failure"]}) as site:
        tick(site.definitions, site.instance, site.reconcile())
        (tmp_path / "stripe.csv").write_text(STRIPE.replace("cus_3,", "cus_1,"))
        tick(site.definitions, site.instance, site.reconcile())
    told = "".join(event.model_dump_json() for event in heard.events).lower()
    assert len(heard.events) == 2
    assert not [word for word in ("cus_", "acme.example", "bee.example", "gmbh", "nobody") if word in told]
    assert "bee" not in re.split(r"\W+", told)  # as a word: the hex digits of a run's id may say it by chance


def test_a_run_that_failed_is_told_with_the_step_and_who_must_act(tmp_path: Path) -> None:
    heard = Heard()
    with installation(tmp_path, heard) as site:
        (tmp_path / "netsuite.csv").unlink()
        result = site.reconcile()
        tick(site.definitions, site.instance, result)
    [event] = heard.events
    assert (event.occasion, event.failed) == ("failure", ("acme__netsuite_customers: ExportError",))
    assert (
        event.sentence == f"acme_reconcile has failed in acme__netsuite_customers: ExportError (run {result.run_id})."
    )


def test_only_what_the_declaration_wants_to_hear_of_is_told(tmp_path: Path) -> None:
    heard = Heard()
    with installation(tmp_path, heard, notify={"events": ["failure", "success"]}) as site:
        sensors = {sensor.name for sensor in site.definitions.get_repository_def().sensor_defs}
    assert sensors == {"acme_notify_failure", "acme_notify_success"}
    with api_site(tmp_path / "api", writes={"mode": "auto"}, notify={"events": ["failure"]}) as made:
        at = replace(made, sync=replace(made.sync, notifier=heard))
        assert "wants to hear of nothing such as run" in tick(at.definitions, at.instance, at.run("daily"))
    assert heard.events == []


@pytest.mark.rule("X9")
def test_a_daily_run_that_its_brakes_held_back_is_told_as_that(tmp_path: Path) -> None:
    heard = Heard()
    with api_site(tmp_path, writes={"mode": "auto"}) as made:
        at = replace(made, sync=replace(made.sync, notifier=heard))
        result = at.run("daily")
        assert not result.success
        tick(at.definitions, at.instance, result)
        assert at.netsuite.saves == []
    [event] = heard.events
    assert (event.occasion, event.brakes) == ("brakes", ("first_run_approved",))
    why = "Expected 1 or more plans that were approved before; found 0"
    assert event.sentence == f"acme_daily wrote nothing, held back by first_run_approved: {why} (run {result.run_id})."


def test_a_notifier_that_fails_fails_nothing_else(tmp_path: Path) -> None:
    with installation(tmp_path, Heard(error=RuntimeError("hush")), notify={"events": ["success"]}) as site:
        result = site.reconcile()
        said = tick(site.definitions, site.instance, result)
        assert said == f"Nobody was told of run {result.run_id} (RuntimeError)."
        assert site.reconcile().success


def test_a_webhook_that_a_declaration_names_hears_of_a_run(tmp_path: Path) -> None:
    with (
        raw_server(lambda _: Sent()) as server,
        site_at(tmp_path, declaration(notify={"kind": "webhook", "url": f"{server.url}/hooks/T0"})) as site,
    ):
        (tmp_path / "netsuite.csv").unlink()
        tick(site.definitions, site.instance, site.reconcile())
        [asked] = server.asked
    assert (asked.method, asked.target) == ("POST", "/hooks/T0")
    assert b'"occasion": "failure"' in asked.body


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({}, LogNotifier()),
        ({"kind": "log"}, LogNotifier()),
        ({"kind": "webhook", "url": "https://Chat.example/T0?v=1"}, WebhookNotifier(url="https://chat.example/T0?v=1")),
        (
            {"kind": "webhook", "url": None},
            LogNotifier("Nobody else is told: set TIEOUT_WEBHOOK (notify.url)."),
        ),
    ],
)
def test_who_is_told_is_whom_the_declaration_names(declared: dict[str, object], expected: object, site: Site) -> None:
    made = reconciliation(declaration(notify=declared), site.sync.folders, {"notify.url": "TIEOUT_WEBHOOK"})
    assert made.notifier == expected


def test_addresses_of_apprise_are_told_one_by_one_and_come_from_the_environment(site: Site) -> None:
    remember("TIEOUT_ALERTS", "mailtos://ada:hush@example.com jsons://chat.example/T0")
    declared = declaration(notify={"kind": "apprise", "url": "mailtos://ada:hush@example.com jsons://chat.example/T0"})
    made = reconciliation(declared, site.sync.folders)
    assert made.notifier == ServiceNotifier(urls=("mailtos://ada:hush@example.com", "jsons://chat.example/T0"))
    assert "hush" not in repr(declared) + repr(made.notifier)
    assert masked("mailtos://ada:hush@example.com failed, then jsons://chat.example/T0") == (
        "{{ env.TIEOUT_ALERTS }} failed, then {{ env.TIEOUT_ALERTS }}"
    )


def test_a_run_of_a_command_is_not_told(tmp_path: Path) -> None:
    heard = Heard()
    with installation(tmp_path, heard, notify={"events": ["success", "failure"]}) as site:
        job = site.definitions.resolve_job_def("acme_override")
        config = {"customer": "cus_none", "record": "never", "who": "ada", "why": "a test"}
        result = execute(job, str(uuid4()), site.instance, Console(quiet=True), {"acme__decide": {"config": config}})
        assert tick(site.definitions, site.instance, result).endswith("was started by a person at a terminal.")
    assert heard.messages == []


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_at(tmp_path, declaration()) as made:
        yield made


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ({"kind": "webhook"}, "is required beside kind: webhook"),
        ({"url": "https://chat.example/T0"}, "has no effect beside kind: log"),
        ({"kind": "webhook", "url": "http://chat.example/T0"}, "would send the event unencrypted"),
        ({"kind": "webhook", "url": "https://user:hush@chat.example/T0"}, "take out the user, the password"),
        ({"kind": "webhook", "url": "chat.example"}, "expected an address"),
        ({"events": ["brakes"]}, "brakes has no effect here"),
        ({"events": ["late"]}, "late has no effect here"),
        ({"alive_url": "https://alive.example/T0"}, "has no effect here"),
        ({"kind": "apprise"}, "is required beside kind: apprise"),
        ({"kind": "apprise", "url": "mailtos://ada:hush@example.com"}, "comes from the environment"),
        ({"events": ["canceled"]}, "'failure', 'success', 'brakes', 'review', 'plan' or 'late'"),
    ],
)
def test_what_cannot_be_meant_is_refused(declared: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says) as refused:
        declaration(notify=declared)
    assert not [error for error in refused.value.errors(include_input=False) if "hush" in str(error)]  # type: ignore[attr-defined]


def test_a_declaration_without_the_block_writes_to_the_log() -> None:
    assert Declaration.model_fields["notify"].get_default(call_default_factory=True).kind == "log"
