"""The jobs that write, as a person starts them: plan, approve, apply, undo, override, daily within the brakes."""

import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from assets.planning.brakes import CHECKS
from pipelines.jobs import WRITES
from resources.ledger import LEDGER_URL
from resources.storage.results import read_manifest
from sandbox.netsuite_standin import STRIPE_FIELD
from schemas.words import LINK_FIELD, LINK_KEY
from tests.pipelines.api_world import NAME, Site, sentences, site
from tests.resources.ledger.ledgers import database_url

_SEVERAL_MACHINES = Path(__file__).parent.parent.parent / "deploy" / "several_machines.yaml"
LINKED = {n: (f"cus_{n}", f"cus_{n}", f"VIP\ncus_{n}" if n == 1 else f"cus_{n}") for n in (1, 2, 3)}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def failed_checks(result: dg.ExecuteInProcessResult) -> dict[str, str]:
    found = result.get_asset_check_evaluations()
    return {e.check_name: e.description or "" for e in found if not e.passed and e.severity.value == "ERROR"}


@pytest.mark.rule("W7")
@pytest.mark.rule("X1")
def test_an_approved_plan_is_applied_and_a_second_run_plans_nothing(at: Site) -> None:
    plan = at.reconcile()
    assert at.metadata("write_plan")["changes"] == 12
    assert all(not any(values) for key, values in at.links().items() if key != "1")
    result = at.apply(plan)
    assert result.success, sentences(result)
    expected = {**{str(n): values for n, values in LINKED.items()}, **{f"cus_{n}": (str(n),) for n in (1, 2, 3)}}
    assert at.links() == {**expected, "cus_4": (None,)}
    assert [at.metadata(a)["changes/applied"] for a in ("netsuite_links", "netsuite_comments", "stripe_links")] == [
        3
    ] * 3
    assert at.result("outcomes.csv").get_column("status").to_list() == ["applied"] * 12
    made = {name: (entry["run"], entry["plan"]) for name, entry in read_manifest(at.sync.folders.results(NAME)).items()}
    assert made["outcomes.csv"] == (result.run_id, plan)
    assert {made[name] for name in made if name != "outcomes.csv"} == {(made["plan.csv"][0], plan)}
    assert made["plan.csv"][0] != result.run_id
    at.reconcile()
    assert at.metadata("write_plan")["changes"] == 0
    page = (at.sync.folders.results(NAME) / "report.html").read_text("utf-8")
    assert "Status of the previous plan" in page
    assert plan in page


@pytest.mark.rule("X1")
@pytest.mark.parametrize("plan", ["f" * 64, "the newest", "", None])
def test_anything_but_the_hash_of_a_plan_is_refused(at: Site, plan: str | None) -> None:
    at.reconcile()
    for result in (at.apply(plan), at.undo(plan)):
        assert not result.success
        assert len(sentences(result)) == 1
    assert at.netsuite.saves == []
    assert at.approved() == set()


@pytest.mark.rule("X1")
def test_a_reviewed_declaration_writes_nothing_unseen_whatever_a_run_is_made_of(at: Site) -> None:
    at.apply(at.reconcile(), at_most=4)
    written = len(at.netsuite.saves)
    [sentence] = sentences(at.materialize("write_plan", *WRITES))
    assert sentence.startswith(f"{NAME} writes only what a person has approved (writes: mode: review)")
    assert len(at.netsuite.saves) == written
    assert at.links()["cus_2"] == (None,)


@pytest.mark.rule("X9")
def test_the_brakes_hold_whichever_checks_a_run_is_made_of(tmp_path: Path) -> None:
    with site(tmp_path, writes={"mode": "auto"}, brakes={"most_writes": 7}) as at:
        at.apply(at.reconcile(), at_most=4)
        [sentence] = sentences(at.materialize("write_plan", *WRITES))
        assert "writes_within_limit: Expected at most 7 changes and 0 replaced values; found 12 and 0." in sentence
        assert at.links()["cus_2"] == (None,)


@pytest.mark.rule("W8")
def test_what_a_person_changed_since_the_plan_is_a_conflict_and_stays(at: Site) -> None:
    plan = at.reconcile()
    at.netsuite.edit(2, externalid="ERP-2")
    at.stripe.update("cus_3", {"metadata": {LINK_KEY: "77"}})
    assert at.apply(plan).success
    links = at.links()
    assert (links["2"][0], links["cus_2"], links["cus_3"]) == ("ERP-2", (None,), ("77",))
    assert at.metadata("netsuite_external_ids")["changes/conflict"] == 1
    assert {k: v for k, v in at.metadata("stripe_links").items() if k.startswith("changes/")} == {
        "changes/applied": 1,
        "changes/already": 0,
        "changes/conflict": 1,
        "changes/failed": 0,
        "changes/waiting": 1,
        "changes/intended": 0,
    }
    found = at.result("outcomes.csv")
    assert sorted(found.filter(found["status"] == "conflict")["found"].to_list()) == ["77", "ERP-2"]


def test_a_person_can_roll_out_part_by_part(at: Site) -> None:
    plan = at.reconcile()
    assert at.apply(plan, at_most=4).success
    assert list(at.statuses(plan).values()) == ["applied"] * 4
    assert at.apply(plan, ids=["3"], system="netsuite").success
    assert at.links()["3"] == LINKED[3]
    assert at.links()["cus_3"] == (None,)
    assert at.apply(plan, months=["2026-01"], fields=["comments", f"metadata.{LINK_KEY}"]).success
    assert (at.links()["2"], at.links()["cus_2"], at.links()["cus_3"]) == ((None, None, "cus_2"), ("2",), ("3",))
    assert at.apply(plan).success
    assert at.links()["2"] == LINKED[2]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"system": "sap"}, "There is no system 'sap'"),
        ({"fields": ["email"]}, "There is no field 'email'"),
        ({"months": ["2019-01"]}, "There is no month '2019-01'"),
        ({"at_most": 0}, "at_most must be 1 or more"),
    ],
)
def test_a_part_that_means_nothing_is_refused(at: Site, part: dict[str, object], said: str) -> None:
    [sentence] = sentences(at.apply(at.reconcile(), **part))
    assert said in sentence
    assert at.netsuite.saves == []


@pytest.mark.rule("W8")
def test_a_customer_deleted_since_the_plan_leaves_nothing_in_netsuite_and_has_an_outcome(at: Site) -> None:
    plan = at.reconcile()
    at.stripe.delete("cus_2")
    assert at.apply(plan).success
    found = at.result("outcomes.csv").filter(pl.col("status") != "applied")
    assert found.select("change_id", "status", "code").rows() == [
        (f"netsuite:2:{field}", "failed", "gone") for field in ("comments:cus_2", "external_id", "stripe_id")
    ]
    assert found["error"].unique().to_list() == [
        "The customer is deleted or unknown in Stripe; NetSuite was left alone."
    ]
    assert not any("cus_2" in str(value) for value in at.netsuite.customers[2].values.values())
    assert [at.link_of(customer) for customer in ("cus_1", "cus_3")] == ["1", "3"]


@pytest.mark.rule("W8")
def test_a_customer_deleted_after_netsuite_was_written_is_an_outcome_and_can_be_undone(at: Site) -> None:
    before = at.netsuite.customers[2].values.copy()
    plan = at.reconcile()
    assert at.apply(plan, system="netsuite").success
    at.stripe.delete("cus_2")
    assert at.apply(plan).success
    found = at.result("outcomes.csv").filter(pl.col("status") != "applied")
    assert found.select("change_id", "code").rows() == [(f"stripe:cus_2:{LINK_FIELD}", "gone")]
    assert at.undo(plan, ids=["cus_2"]).success
    after = at.netsuite.customers[2].values
    assert {name: value for name, value in after.items() if value} == {n: v for n, v in before.items() if v}


@pytest.mark.rule("W10")
@pytest.mark.rule("X2")
def test_undo_restores_the_world_and_the_plan_can_be_applied_again(at: Site) -> None:
    before = at.links()
    plan = at.reconcile()
    at.apply(plan)
    after = at.links()
    result = at.undo(plan)
    assert result.success, sentences(result)
    assert result.output_for_node(f"{NAME}__undo_plan") == {
        "changes/undone": 12,
        "changes/already": 0,
        "changes/conflict": 0,
        "changes/failed": 0,
    }
    assert at.links() == before
    at.apply(plan)
    assert at.links() == after
    assert at.undo(plan, ids=["cus_2"]).success
    assert at.links() == {**after, "2": before["2"], "cus_2": before["cus_2"]}


@pytest.mark.rule("W10")
@pytest.mark.rule("W11")
def test_what_somebody_cleared_is_written_again_when_the_same_plan_is_made_again(at: Site) -> None:
    def clear() -> None:
        at.netsuite.edit(2, externalid=None, comments=None, **{STRIPE_FIELD: None})
        at.stripe.update("cus_2", {"metadata": {LINK_KEY: ""}})

    before = at.links()
    at.apply(at.reconcile())
    after = at.links()
    clear()
    plan = at.reconcile()
    at.apply(plan)
    clear()
    assert at.reconcile() == plan
    assert at.apply(plan).success
    assert at.links() == after
    assert at.undo(plan).success
    assert at.links() == {**after, "2": before["2"], "cus_2": before["cus_2"]}


@pytest.mark.rule("M8")
def test_a_decision_counts_from_the_next_run_on_and_can_be_withdrawn(at: Site) -> None:
    at.reconcile()
    assert at.override("cus_4", "3").success
    assert at.override("cus_1", "never", who="bob", why="a test account").success
    at.reconcile()
    outcomes = {r["stripe_customer_id"]: (r["outcome"], r["evidence"]) for r in at.result("matches.csv").to_dicts()}
    assert (outcomes["cus_4"], outcomes["cus_1"][0]) == (("matched", "override"), "held")
    review = {row["stripe_customer_id"]: row for row in at.result("review.csv").to_dicts()}
    assert "bob" in review["cus_1"]["decided"]
    assert "a test account" in review["cus_1"]["decided"]
    page = (at.sync.folders.results(NAME) / "report.html").read_text("utf-8")
    assert "cus_1: never link: bob, " in page
    assert at.override("cus_1", "withdraw").success
    at.reconcile()
    assert "cus_1" not in at.result("review.csv")["stripe_customer_id"].to_list()


@pytest.mark.rule("M8")
@pytest.mark.rule("X1")
def test_a_plan_that_a_decision_has_overtaken_is_refused(at: Site) -> None:
    plan = at.reconcile()
    at.override("cus_1", "never")
    [sentence] = sentences(at.apply(plan))
    assert "decided otherwise about 1 of its customers, cus_1 the first: reconcile" in sentence
    assert at.netsuite.saves == []
    assert at.apply(at.reconcile()).success
    assert (at.links()["cus_1"], at.links()["cus_2"]) == ((None,), ("2",))


@pytest.mark.rule("M8")
@pytest.mark.rule("W11")
def test_a_decision_corrects_a_link_that_was_written(at: Site) -> None:
    """NetSuite gives an external id to one record only, so the right record does without."""
    at.apply(at.reconcile())
    at.netsuite.insert(4, email="other@acme.example")
    at.override("cus_1", "4")
    result = at.apply(at.reconcile())
    assert result.success, sentences(result)
    assert (at.links()["cus_1"], at.links()["4"]) == (("4",), (None, "cus_1", "cus_1"))
    at.reconcile()
    assert at.metadata("write_plan")["changes"] == 0


@pytest.mark.rule("M8")
@pytest.mark.rule("W5")
def test_an_external_id_that_a_contact_has_holds_no_link_up(at: Site) -> None:
    at.netsuite.others.add("cus_1")
    result = at.apply(at.reconcile())
    assert result.success, sentences(result)
    assert (at.links()["1"], at.links()["cus_1"]) == ((None, "cus_1", "VIP\ncus_1"), ("1",))
    assert at.metadata("netsuite_external_ids")["changes/failed"] == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("cus_1", "soon"), "'soon' is no decision"),
        (("cus_1", "0"), "'0' is no decision"),
        (("cus_1", "9223372036854775808"), "'9223372036854775808' is no decision; expected a record's internal id (a"),
        (("cus_1", "3", " "), "who is empty"),
        (("cus_1", "3", "ada", ""), "why is empty"),
        (("cus_9", "3"), "Stripe has no customer 'cus_9'"),
    ],
)
def test_a_decision_that_cannot_be_meant_is_refused(at: Site, given: tuple[str, ...], said: str) -> None:
    at.reconcile()
    [sentence] = sentences(at.override(*given))
    assert said in sentence
    assert at.sync.overrides().is_empty()


def test_stripe_links_alone_say_which_job_to_start(at: Site) -> None:
    at.reconcile()
    assert sentences(at.materialize("stripe_links")) == [
        f"This run applies no plan; start {NAME}_apply with the hash of one, which does both systems."
    ]


def test_no_customer_data_is_in_the_event_log(at: Site) -> None:
    plan = at.reconcile()
    at.netsuite.edit(2, externalid="Mrs Example")
    results = [at.apply(plan), at.undo(plan), at.override("cus_4", "3", who="Ada Example", why="knows her")]
    logged = " ".join(str(e) for r in results for e in at.instance.all_logs(r.run_id))
    assert "cus_4" in logged
    assert not [word for word in ("@acme.example", "VIP", "Mrs Example", "consumer-secret") if word in logged]


@pytest.mark.rule("D2")
def test_the_daily_run_of_a_reviewed_declaration_writes_nothing(at: Site) -> None:
    assert at.run("daily").success
    assert at.netsuite.saves == []


@pytest.mark.rule("X9")
def test_the_first_run_wants_an_approval_and_the_next_ones_write_alone(tmp_path: Path) -> None:
    with site(tmp_path, writes={"mode": "auto"}) as at:
        first = at.run("daily")
        assert list(failed_checks(first)) == ["first_run_approved"]
        assert f"start {NAME}_apply with the plan's hash" in failed_checks(first)["first_run_approved"]
        assert at.netsuite.saves == []
        at.apply(str(at.metadata("write_plan")["plan_hash"]))
        at.netsuite.insert(4, email="n4@acme.example")
        at.netsuite.insert(5, email="n5@acme.example")
        at.stripe.load([("cus_5", 1_767_225_700, {"email": "n5@acme.example"})])
        second = at.run("daily")
        assert list(failed_checks(second)) == ["match_rate_in_band"]
        at.apply(str(at.metadata("write_plan")["plan_hash"]))
        assert at.links()["cus_5"] == ("5",)
    with site(tmp_path / "again", writes={"mode": "auto"}) as at:
        at.apply(at.reconcile(), at_most=1)
        third = at.run("daily")
        assert third.success, failed_checks(third)
        assert at.links()["cus_3"] == ("3",)


@pytest.mark.rule("X9")
def test_too_many_writes_and_a_shrunken_extract_stop_the_run_before_it_writes(tmp_path: Path) -> None:
    brakes = {"most_writes": 5}
    with site(tmp_path, writes={"mode": "auto"}, brakes=brakes) as at:
        at.apply(at.reconcile(), at_most=1)
        written = len(at.netsuite.saves)
        at.netsuite.delete(2)
        stopped = failed_checks(at.run("daily"))
        assert set(stopped) == {"writes_within_limit", "extracts_not_shrunk", "match_rate_in_band"}
        assert "Expected at most 5 changes and 0 replaced values; found 7 and 0." in stopped["writes_within_limit"]
        assert "NetSuite: expected 3 or more, found 2" in stopped["extracts_not_shrunk"]
        assert len(at.netsuite.saves) == written


@pytest.mark.rule("X9")
def test_runs_that_were_stopped_do_not_become_good_ones(tmp_path: Path) -> None:
    """The empty plan has the same hash every time; what was approved is the picture of that day."""
    with site(tmp_path, writes={"mode": "auto"}) as at:
        at.apply(at.reconcile())
        empty = at.reconcile()
        at.apply(empty)
        at.netsuite.delete(2)
        for _ in range(8):
            assert at.reconcile() == empty
        assert set(failed_checks(at.run("daily"))) == {"extracts_not_shrunk", "match_rate_in_band"}


@pytest.mark.parametrize(
    ("job", "service"),
    [
        ("reconcile", "stripe"),
        ("reconcile", "netsuite"),
        ("apply", "stripe"),
        ("apply", "netsuite"),
        ("undo", "stripe"),
        ("undo", "netsuite"),
    ],
)
def test_whatever_asks_a_service_takes_its_turn(at: Site, job: str, service: str) -> None:
    plan, waits = at.reconcile(), f"waits for its turn: {service}_{NAME} is held by the run theirs"
    holding, done = threading.Event(), threading.Event()

    def said() -> list[str]:
        [run] = at.instance.get_runs(limit=1)
        return [entry.user_message for entry in at.instance.all_logs(run.run_id)]

    def hold() -> None:
        with at.sync.ledger() as ledger, ledger.turn(f"{service}_{NAME}", "theirs", print):
            holding.set()
            while waits not in said() and not done.wait(0.1):
                pass

    other = threading.Thread(target=hold)
    other.start()
    holding.wait()
    result = {"apply": at.apply, "undo": at.undo}[job](plan) if job != "reconcile" else at.run(job)
    done.set()
    other.join()
    assert result.success, sentences(result)
    assert said().count(waits) == 1


def test_a_materialization_by_hand_is_no_plan_and_stops_nothing(tmp_path: Path) -> None:
    with site(tmp_path, writes={"mode": "auto"}) as at:
        at.apply(at.reconcile())
        at.instance.report_runless_asset_event(dg.AssetMaterialization(at.sync.key("write_plan")))
        assert at.run("daily").success


@pytest.mark.rule("X9")
@pytest.mark.parametrize("old", ["2026-01-01", "netsuite_customers"])
def test_a_part_that_was_read_long_ago_makes_the_whole_picture_old(tmp_path: Path, old: str) -> None:
    with site(tmp_path, writes={"mode": "auto"}) as at:
        at.apply(at.reconcile(), at_most=4)
        frames = at.sync.frames
        long_ago = datetime.now(UTC) - timedelta(hours=100)
        if old == "netsuite_customers":
            frames.write(old, frames.read(old).collect(), long_ago)
        else:
            frames.write_months(
                "stripe_customers", frames.read_months("stripe_customers", [old]).collect(), [old], long_ago
            )
        [sentence] = sentences(at.materialize("write_plan", *WRITES))
        assert "picture_is_fresh: Expected nothing older than" in sentence
        assert "the oldest part is 100." in sentence


def test_brakes_are_checks_of_the_daily_run_alone(tmp_path: Path) -> None:
    with site(tmp_path, writes={"mode": "auto"}) as at:
        evaluated = {e.check_name for e in at.run("reconcile").get_asset_check_evaluations()}
        assert not evaluated & CHECKS.keys()


@pytest.mark.rule("D2")
def test_the_schedule_starts_stopped_in_its_time_zone_and_never_doubles(tmp_path: Path) -> None:
    daily = {"at": "06:15", "time_zone": "Europe/Berlin"}
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance, site(tmp_path, instance, daily=daily) as at:
        [schedule] = at.definitions.schedules or []
        assert isinstance(schedule, dg.ScheduleDefinition)
        assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
        assert (schedule.cron_schedule, schedule.execution_timezone) == ("15 6 * * *", "Europe/Berlin")
        with dg.build_schedule_context(instance) as context:
            [requested] = schedule.evaluate_tick(context).run_requests or []
        assert requested.tags["dagster/asset_partition_range_start"] == "2026-01-01"
        job = at.definitions.resolve_job_def(f"{NAME}_daily")
        instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
        [run] = instance.get_runs()
        with dg.build_schedule_context(instance) as context:
            skipped = schedule.evaluate_tick(context).skip_message or ""
        assert skipped.startswith(f"The daily run {run.run_id} of 20")
        assert skipped.endswith(
            " UTC has not ended (it is STARTED). If its process is gone, open that run, choose Terminate, and force it."
        )
        instance.report_run_canceled(run)
        with dg.build_schedule_context(instance) as context:
            assert schedule.evaluate_tick(context).run_requests
        shutil.rmtree(at.sync.folders.home)  # and without a ledger it is the run that says so
        at.sync.folders.home.write_text("")
        with dg.build_schedule_context(instance) as context:
            assert schedule.evaluate_tick(context).run_requests


@pytest.mark.rule("D5")
def test_the_whole_flow_runs_on_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = database_url()
    monkeypatch.setenv(LEDGER_URL, url)
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", url)
    shutil.copyfile(_SEVERAL_MACHINES, tmp_path / "dagster.yaml")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance, site(tmp_path, instance) as at:
        before, plan = at.links(), at.reconcile()
        assert at.apply(plan).success
        assert at.links()["cus_3"] == ("3",)
        assert set(at.statuses(plan).values()) == {"applied"}
        assert at.undo(plan).success
        assert at.links() == before
        assert not (tmp_path / "home" / "ledger.db").exists()
