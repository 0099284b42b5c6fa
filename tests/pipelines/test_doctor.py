"""`make doctor` looks at everything in one go, and says of each what is fine or what to do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest
from rich.console import Console

from pipelines.doctor import alerts, machine, services
from pipelines.doctor.__main__ import show
from pipelines.doctor.finding import Finding
from resources.memory import Memory
from resources.notify.webhook import WebhookNotifier
from schemas.secrets import masked, remember
from tests.pipelines.api_world import Site
from tests.pipelines.api_world import site as api_site
from tests.resources.raw_server import Sent, raw_server


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with api_site(tmp_path_factory.mktemp("site")) as made:
        yield made


def rows(found: Iterator[Finding]) -> list[tuple[str, str]]:
    return [(each.weight, each.of) for each in found]


def test_all_variables_that_are_missing_are_named_at_once() -> None:
    unset = {"stripe.api_key": "STRIPE_API_KEY", "netsuite.private_key": "NETSUITE_PRIVATE_KEY"}
    [found] = services.variables(unset)
    assert (found.weight, found.sentence) == (
        "todo",
        "Set NETSUITE_PRIVATE_KEY (netsuite.private_key), STRIPE_API_KEY (stripe.api_key).",
    )
    assert rows(services.variables({})) == [("good", "environment")]


def test_both_sides_are_asked_though_the_first_cannot_be_read(site: Site) -> None:
    assert rows(services.sides(site.sync)) == [("good", "Stripe"), ("good", "NetSuite")]
    wrong = site.redeclared(stripe={"api_key": "rk_test_wrong"}, netsuite={"mass_search": "customsearch_nothing"})
    stripe, netsuite = services.sides(wrong.sync)
    assert (stripe.weight, netsuite.weight) == ("todo", "todo")
    assert "rk_test_wrong" not in stripe.sentence
    assert netsuite.sentence.startswith("The saved search does not exist for this role: check its id")


def test_a_clock_that_is_off_is_named(site: Site) -> None:
    assert rows(services.clocks(site.sync)) == [("good", "clock of Stripe"), ("good", "clock of NetSuite")]
    slow = replace(site.sync, clock=lambda: datetime.now(UTC) - timedelta(seconds=400))
    found = list(services.clocks(slow))
    assert [each.weight for each in found] == ["todo", "todo"]
    assert 380 < int(found[0].sentence.removeprefix("This machine's clock is ").partition(" ")[0]) < 420


def test_folders_are_tried_and_want_room_and_no_other_reader(site: Site) -> None:
    folders = site.sync.folders
    assert rows(machine.storage(folders)) == [("good", "state"), ("good", "results")]
    full = list(machine.storage(folders, least_free=1 << 60))
    assert ["make room" in each.sentence for each in full] == [True, True]
    folders.out.chmod(0o755)
    assert rows(machine.storage(folders)) == [("good", "state"), ("todo", "results")]
    folders.out.chmod(0o700)


def test_more_memory_than_there_is_is_worth_knowing() -> None:
    [fine], [much] = (list(machine.memory(Memory(4 * 10**9), there)) for there in (8 * 10**9, 2 * 10**9))
    assert (fine.weight, fine.sentence) == ("good", "A run may take 4 GB of 8 GB.")
    assert (much.weight, much.of) == ("note", "memory")
    assert "declare less" in much.sentence


def test_the_ledger_opens_and_says_its_form(site: Site, tmp_path: Path) -> None:
    [found] = machine.ledger(site.sync.folders)
    assert (found.weight, found.sentence[:18]) == ("good", "It opens: sqlite, ")
    (tmp_path / "ledger.db").write_bytes(b"no ledger")
    assert rows(machine.ledger(replace(site.sync.folders, home=tmp_path))) == [("todo", "ledger")]


def test_a_test_message_is_sent_where_it_is_asked_for(site: Site) -> None:
    with raw_server(lambda _: Sent()) as hook:
        told = replace(site.sync, notifier=WebhookNotifier(url=f"{hook.url}/T0", first_wait=0.01))
        assert rows(alerts.alerts(told, send=False)) == [("note", "alerts")]
        assert hook.asked == []
        assert rows(alerts.alerts(told, send=True)) == [("good", "alerts")]
    assert b"This is a test of acme" in hook.asked[0].body
    nobody = replace(site.sync, notifier=WebhookNotifier(url="http://127.0.0.1:9/T0", first_wait=0.01))
    assert rows(alerts.alerts(nobody, send=True)) == [("todo", "alerts")]
    assert rows(alerts.alerts(site.sync, send=True)) == [("note", "alerts")]


def test_what_is_switched_off_is_said_and_what_is_on_needs_a_daemon(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        [off] = alerts.automation(site.sync, instance, site.definitions)
        daily = SimpleNamespace(instigator_name="acme_daily", is_running=True)
        monkeypatch.setattr(instance, "all_instigator_state", lambda: [daily])
        found = list(alerts.automation(site.sync, instance, site.definitions))
    said = "Switched off: acme_daily, acme_notify_failure, acme_prune. In the UI, under Automation."
    assert (off.weight, off.sentence) == ("note", said)
    assert [each.weight for each in found] == ["good", "todo", "note"]
    assert found[1].sentence.startswith("No daemon runs, so nothing starts by itself")


def test_an_account_that_has_answered_is_named_and_nothing_else_of_the_environment_is(site: Site) -> None:
    for name, value in (("ACCOUNT", "1234567_SB1"), ("SEARCH", "customsearch_tieout")):
        remember(name, value)
    shown = StringIO()
    wrong = site.redeclared(netsuite={"mass_search": "customsearch_tieout2"})
    show("acme", [*services.sides(site.sync), *services.sides(wrong.sync)], Console(file=shown, width=300))
    _, _, _, good, _, bad = shown.getvalue().splitlines()
    assert "NetSuite 1234567_SB1, saved search {{ env.SEARCH }}: the RESTlet answers" in good
    assert "1234567_SB1" not in bad
    assert masked("1234567_SB1 and customsearch_tieout") == "{{ env.ACCOUNT }} and {{ env.SEARCH }}"


def test_the_table_shows_no_secret() -> None:
    shown = StringIO()
    show("acme", [Finding("todo", "Stripe", "postgresql://ada:hush@db is away [x]")], Console(file=shown, width=90))
    assert "hush" not in shown.getvalue()
    assert "is away [x]" in shown.getvalue()
