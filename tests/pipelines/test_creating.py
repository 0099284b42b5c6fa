"""New NetSuite customers, planned, approved, made once each, and taken back, over both stand-ins."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from sandbox.netsuite_standin import STRIPE_FIELD, Options
from tests.pipelines.api_world import NAME, Site, declared, sentences, site
from tests.pipelines.checkpoint import Checkpoint

AT_ONCE = {"when": "at_once"}
CREATE: dict[str, Any] = {"on_none": "create", "create": AT_ONCE}
MAY_DELETE = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1})
NEW = "cus_4"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkpoint]:
    with site(tmp_path_factory.mktemp("once") / "site", options=MAY_DELETE, **CREATE) as made:
        made.plan()
        yield Checkpoint(made)


@pytest.fixture
def at(once: Checkpoint) -> Site:
    """A world of which there is a plan."""
    return once.restored()


def made_for(at: Site, customer: str) -> list[int]:
    """The internal ids of the records whose external id is this customer's."""
    return [number for number, record in at.netsuite.customers.items() if record.values.get("externalid") == customer]


@pytest.mark.rule("C1")
def test_a_customer_without_a_record_gets_one_with_all_links(at: Site) -> None:
    plan = at.reconcile()
    before = at.links()
    kept = at.sync.plans.read(plan)
    creates = kept.filter(pl.col("action") == "create")
    assert creates.select("change_id", "new_value", "record_id").rows() == [(f"netsuite:create:{NEW}", NEW, None)]
    assert at.links() == before
    result = at.apply(plan)
    assert result.success, sentences(result)
    [number] = made_for(at, NEW)
    record = at.netsuite.customers[number].values
    assert (record[STRIPE_FIELD], record["comments"], record["email"]) == (NEW, NEW, "n4@acme.example")
    assert at.link_of(NEW) == str(number)
    assert at.metadata("netsuite_new_customers")["changes/applied"] == 1


@pytest.mark.rule("C1")
def test_a_customer_whose_metadata_may_name_a_record_by_another_key_gets_none(at: Site) -> None:
    at.stripe.update(NEW, {"metadata": {"netsuite_id": "3"}})
    kept = at.sync.plans.read(at.plan())
    assert kept.filter(pl.col("action") == "create").is_empty()
    doubt = at.frame("customer_matches").filter(pl.col("stripe_customer_id") == NEW).get_column("doubt").item()
    assert doubt == "near_key: the metadata have netsuite_id, which can be meant for a key of ours and is not read"


@pytest.mark.rule("C1")
@pytest.mark.rule("W11")
def test_a_customer_who_may_be_a_lead_gets_a_record_when_a_person_says_so(at: Site) -> None:
    at.netsuite.insert(40, email="N4@acme.example", stage="LEAD")
    assert at.sync.plans.read(at.plan()).filter(pl.col("action") == "create").is_empty()
    doubt = at.frame("customer_matches").filter(pl.col("stripe_customer_id") == NEW).get_column("doubt").item()
    assert doubt == "equal_lead: email = email finds record 40, no customer but a lead or prospect"
    assert at.override(NEW, "create").success
    result = at.apply(at.plan())
    assert result.success, sentences(result)
    [number] = made_for(at, NEW)
    assert at.link_of(NEW) == str(number)
    assert at.sync.plans.read(at.plan()).is_empty()
    at.stripe.update(NEW, {"metadata": {"netsuite_customer_id": ""}})
    result = at.apply(at.plan())
    assert result.success, sentences(result)
    assert at.link_of(NEW) == str(number)


@pytest.mark.rule("C2")
@pytest.mark.rule("W8")
@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        ({"netsuite_customer_id": "3"}, "metadata: netsuite_customer_id is 3"),
        ({"netsuite_block_integration": "yes"}, "metadata: netsuite_block_integration is yes"),
        ({"netsuite_block_integration": "no", "crm": "3"}, None),
    ],
)
def test_no_record_is_made_for_who_has_got_one_or_was_held_back_since_the_plan(
    at: Site, metadata: dict[str, Any], found: str | None
) -> None:
    plan = at.plan_hash()
    at.stripe.update(NEW, {"metadata": metadata})
    assert at.apply(plan, ids=[NEW]).success
    outcomes = dict(at.result("outcomes.csv").select("change_id", "found").rows())
    assert outcomes[f"netsuite:create:{NEW}"] == found
    assert (made_for(at, NEW) == []) == (found is not None)
    assert at.link_of(NEW) == metadata.get("netsuite_customer_id", None if found else "4")


@pytest.mark.rule("W11")
@pytest.mark.rule("C14")
def test_after_it_nothing_is_left_to_plan(at: Site) -> None:
    assert at.apply(at.plan_hash()).success
    assert at.sync.plans.read(at.plan()).is_empty()


@pytest.mark.rule("W10")
def test_an_undo_leaves_the_world_as_it_was(at: Site) -> None:
    before, plan = at.links(), at.plan_hash()
    assert at.apply(plan).success
    result = at.undo(plan)
    assert result.success, sentences(result)
    assert at.links() == before


@pytest.mark.rule("W10")
def test_what_was_made_is_taken_back_even_if_nothing_is_made_any_more(at: Site) -> None:
    plan = at.plan_hash()
    assert at.apply(plan).success
    assert at.redeclared(on_none="report", create=None).undo(plan).success
    assert made_for(at, NEW) == []


@pytest.mark.rule("W10")
def test_a_record_that_somebody_has_worked_with_stays(at: Site) -> None:
    plan = at.plan_hash()
    assert at.apply(plan).success
    [number] = made_for(at, NEW)
    at.netsuite.edit(number, companyname="Edited by hand")
    at.undo(plan)
    assert at.statuses(plan)[f"netsuite:create:{NEW}"] == "conflict"
    assert made_for(at, NEW) == [number]


def test_a_person_sees_what_will_be_created(at: Site) -> None:
    assert at.up_to("reconciliation_report").success
    [row] = at.result("creations.csv").rows(named=True)
    assert (row["stripe_customer_id"], row["externalid"], row["email"]) == (NEW, NEW, "n4@acme.example")
    page = (at.sync.folders.results(NAME) / "report.html").read_text("utf-8")
    assert "New customer" in page
    assert f"the record that this plan creates for {NEW}" in page


@pytest.mark.rule("X9")
def test_a_daily_run_creates_nobody_until_somebody_has_set_how_many(tmp_path: Path) -> None:
    with site(tmp_path, **CREATE, writes={"mode": "auto"}, brakes={"match_rate": 1}) as at:
        assert at.apply(at.plan(), ids=["cus_1"]).success
        stopped = at.run("daily")
        assert not stopped.success
        assert made_for(at, NEW) == []
        free = at.redeclared(brakes={"match_rate": 1, "most_creates": 1})
        result = free.run("daily")
        assert result.success, sentences(result)
        assert len(made_for(at, NEW)) == 1


def test_while_a_month_is_missing_nobody_is_created(tmp_path: Path) -> None:
    with site(tmp_path, options=MAY_DELETE, **CREATE) as at:
        assert at.materialize("stripe_customers", month="2026-01-01").success
        for asset in ("netsuite_customers", "customer_matches", "write_plan"):
            assert at.materialize(asset).success
        plan = at.frame("write_plan")
    assert plan.filter((pl.col("action") == "create") | pl.col("value_from").is_not_null()).is_empty()
    assert plan.height > 0


@pytest.mark.rule("C2")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"on_none": "create"}, "create needs the block create"),
        ({"create": {"when": "at_once"}}, "has no effect without on_none: create"),
        ({**CREATE, "writes": {"external_id": False}}, "by it a record is found"),
        ({"on_none": "create", "create": {"currencies": ["Euro"]}}, "over the APIs all active ones of the account"),
    ],
)
def test_a_declaration_that_cannot_create_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        declared("http://127.0.0.1:1", "http://127.0.0.1:1", "sk_test_x", **given)


@pytest.mark.parametrize(
    "sides",
    [
        {"stripe": {"export": "stripe.csv"}},
        {"netsuite": {"export": "netsuite.csv"}},
    ],
)
def test_a_file_and_an_api_create_nobody(sides: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="create needs both sides over their APIs, or both from exports"):
        declared("http://127.0.0.1:1", "http://127.0.0.1:1", "sk_test_x", **sides, **CREATE)
