"""A person approves a plan and applies it, whole or part by part; nothing else is written."""

import polars as pl
import pytest

from pipelines.jobs.selections import WRITES
from resources.storage.results import read_manifest
from schemas.words import LINK_KEY
from tests.pipelines.api_world import NAME, Site, sentences

LINKED = {n: (f"cus_{n}", f"cus_{n}", f"VIP\ncus_{n}" if n == 1 else f"cus_{n}") for n in (1, 2, 3)}


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


@pytest.mark.rule("M8")
@pytest.mark.rule("W5")
def test_an_external_id_that_a_contact_has_holds_no_link_up(at: Site) -> None:
    at.netsuite.others.add("cus_1")
    result = at.apply(at.reconcile())
    assert result.success, sentences(result)
    assert (at.links()["1"], at.links()["cus_1"]) == ((None, "cus_1", "VIP\ncus_1"), ("1",))
    assert at.metadata("netsuite_external_ids")["changes/failed"] == 1


def test_stripe_links_alone_say_which_job_to_start(at: Site) -> None:
    at.reconcile()
    assert sentences(at.materialize("stripe_links")) == [
        f"This run applies no plan; start {NAME}_apply with the hash of one, which does both systems."
    ]
