"""A person approves a plan and applies it, whole or part by part; nothing else is written."""

from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from assets.signed_in import WHO
from pipelines.jobs.selections import WRITES, every_month
from resources.ledger import Decisions, Requests
from resources.storage.generations import read_manifest
from schemas.words import LINK_KEY
from tests.pipelines.api_world import LINK_OP, NAME, Site, sentences, site

LINKED = {n: (f"cus_{n}", f"cus_{n}", f"VIP\ncus_{n}" if n == 1 else f"cus_{n}") for n in (1, 2, 3)}


@pytest.fixture
def at(planned: Site) -> Site:
    return planned


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
    renewed = {"outcomes.csv", "report.html"}
    assert {made[name] for name in renewed} == {(result.run_id, plan)}
    assert {made[name] for name in made.keys() - renewed} == {(made["plan.csv"][0], plan)}
    assert made["plan.csv"][0] != result.run_id
    at.reconcile()
    assert at.metadata("write_plan")["changes"] == 0
    page = (at.sync.folders.results(NAME) / "report.html").read_text("utf-8")
    assert "Status of the previous plan" in page
    assert plan in page


@pytest.mark.rule("X1")
def test_anything_but_the_hash_of_a_plan_is_refused(at: Site) -> None:
    for plan in ("f" * 64, "the newest", ""):
        for result in (at.apply(plan), at.undo(plan)):
            assert not result.success, plan
            assert len(sentences(result)) == 1
    assert at.netsuite.saves == []
    assert at.approved() == set()


@pytest.mark.rule("X1")
def test_of_a_reviewed_declaration_nobody_can_materialize_what_writes(at: Site) -> None:
    graph = at.definitions.resolve_asset_graph()
    written = [graph.get(at.sync.key(name)) for name in WRITES]
    assert {(node.is_executable, node.group_name) for node in written} == {(False, f"{NAME}_writes")}
    everything = at.definitions.resolve_implicit_global_asset_job_def()
    assert not everything.asset_layer.selected_asset_keys & {node.key for node in written}
    result = everything.execute_in_process(instance=at.instance, raise_on_error=False, tags=every_month(at.sync))
    assert result.success, sentences(result)
    assert at.netsuite.saves == []


@pytest.mark.rule("X1")
def test_a_run_without_a_plan_or_a_name_is_refused_before_it_starts(at: Site) -> None:
    """So a configuration of before names were asked for says what it lacks; a form shows the key as required."""
    for job, operation in (("apply", LINK_OP), ("undo", f"{NAME}__undo_plan")):
        for given, missing in (({"plan": "0" * 64}, "who"), ({"who": "Ada"}, "plan")):
            with pytest.raises(dg.DagsterInvalidConfigError, match=f'Missing required config entry "{missing}"'):
                at.run(job, {"ops": {operation: {"config": given}}})


def test_a_name_that_is_none_is_refused(at: Site) -> None:
    plan = at.plan_hash()
    for who in ("", "  ", "x" * 101, "Ada\x07"):
        for result in (at.apply(plan, who=who), at.undo(plan, who=who)):
            [sentence] = sentences(result)
            assert sentence.startswith("who must be a name of at most 100 characters")
    assert at.approved() == set()


def test_who_asked_is_kept_with_the_approval_and_stands_in_the_outcomes(at: Site) -> None:
    plan = at.plan_hash()
    at.apply(plan, at_most=4)
    at.apply(plan, who=" Grace  Hopper ")
    at.undo(plan, ids=["cus_2"])
    with at.sync.ledger() as ledger:
        asked = Requests(ledger, at.sync.declared_accounts).of_plan(plan)
    assert [(each.direction, each.who) for each in asked] == [
        ("apply", "Ada"),
        ("apply", "Grace Hopper"),
        ("undo", "Bob"),
    ]
    found = at.result("outcomes.csv")
    assert found.columns[-2:] == ["plan", "who"]
    assert found["plan"].unique().to_list() == [plan]
    assert found.group_by("who", "status").len().sort("who", "status").rows() == [
        ("Ada", "applied", 4),
        ("Bob", "undone", 4),
        ("Grace Hopper", "applied", 4),
    ]
    assert at.metadata("stripe_links")["who"] == "Grace Hopper"


def test_the_name_of_the_login_is_kept_whatever_the_form_says(at: Site) -> None:
    plan, login = at.plan_hash(), {WHO: "Carol"}
    named = {"plan": plan, "who": "Eve"}
    assert at.run("apply", {"ops": {LINK_OP: {"config": named}}}, login).success
    assert at.run("undo", {"ops": {f"{NAME}__undo_plan": {"config": {**named, "ids": ["cus_2"]}}}}, login).success
    decision = {"customer": "cus_1", "record": "never", "who": "Eve", "why": "a test account"}
    assert at.run("override", {"ops": {f"{NAME}__decide": {"config": decision}}}, login).success
    with at.sync.ledger() as ledger:
        asked = Requests(ledger, at.sync.declared_accounts).of_plan(plan)
        decided = Decisions(ledger, at.sync.name).standing()["who"].to_list()
    assert ([each.who for each in asked], decided) == (["Carol", "Carol"], ["Carol"])
    assert at.result("outcomes.csv")["who"].unique().to_list() == ["Carol"]


@pytest.mark.rule("W8")
def test_what_a_person_changed_since_the_plan_is_a_conflict_and_stays(at: Site) -> None:
    plan = at.plan_hash()
    at.netsuite.edit(2, externalid="ERP-2")
    at.stripe.update("cus_3", {"metadata": {LINK_KEY: "77"}})
    assert at.apply(plan).success
    links = at.links()
    assert (links["2"][0], links["cus_2"], links["cus_3"]) == ("ERP-2", (None,), ("77",))
    assert links["3"] == (None, None, None)
    assert at.metadata("netsuite_external_ids")["changes/conflict"] == 2
    assert {k: v for k, v in at.metadata("stripe_links").items() if k.startswith("changes/")} == {
        "changes/applied": 1,
        "changes/already": 0,
        "changes/conflict": 0,
        "changes/failed": 0,
        "changes/waiting": 2,
        "changes/intended": 0,
    }
    found = at.result("outcomes.csv")
    conflicts = found.filter(found["status"] == "conflict")["found"].to_list()
    assert sorted(conflicts) == ["ERP-2", *["metadata: netsuite_customer_id is 77"] * 3]


def test_a_person_can_roll_out_part_by_part(at: Site) -> None:
    plan = at.plan_hash()
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
        ({"ids": ["cus_1", "cus_9", "77"]}, "No change of this plan is about 'cus_9' and 1 other; ids are Stripe ids"),
        ({"ids": ["None"]}, "No change of this plan is about 'None'; ids"),
    ],
)
def test_a_part_that_means_nothing_is_refused(at: Site, part: dict[str, object], said: str) -> None:
    [sentence] = sentences(at.apply(at.plan_hash(), **part))
    assert said in sentence
    assert at.netsuite.saves == []


@pytest.mark.rule("W8")
def test_a_customer_deleted_since_the_plan_leaves_nothing_in_netsuite_and_has_an_outcome(at: Site) -> None:
    plan = at.plan_hash()
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


@pytest.mark.rule("M8")
@pytest.mark.rule("W5")
def test_an_external_id_that_a_contact_has_holds_no_link_up(at: Site) -> None:
    at.netsuite.others.add("cus_1")
    result = at.apply(at.plan_hash())
    assert result.success, sentences(result)
    assert (at.links()["1"], at.links()["cus_1"]) == ((None, "cus_1", "VIP\ncus_1"), ("1",))
    assert at.metadata("netsuite_external_ids")["changes/failed"] == 1


def test_stripe_links_alone_say_which_job_to_start(tmp_path: Path) -> None:
    with site(tmp_path, writes={"mode": "auto"}) as at:
        at.plan()
        [sentence] = sentences(at.materialize("stripe_links"))
    assert sentence == (f"This run applies no plan; start {NAME}_apply with the hash of one, which does both systems.")
