"""NetSuite customers that come to Stripe: found, made once each with their links, kept, and taken back (P1 to P6)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl
import pytest

from assets.planning.preflight_check import findings_of
from assets.planning.stripe_preflight import STRIPE_ACCEPTED
from sandbox.netsuite_standin import STRIPE_FIELD, Column, Options, SavedSearch
from sandbox.stripe_standin import Book, add_charge, add_invoice, add_payment_method, add_subscription
from schemas.link_fields import BY_NAME
from schemas.words import LINK_KEY
from tests.pipelines.api_world import MOMENT, NAME, Site, sentences, site
from tests.pipelines.checkpoint import Checkpoint

SEARCH = "customsearch_to_stripe"
COLUMNS = (
    Column("internalid", kind="select"),
    Column("email", "email", kind="email"),
    Column("companyname", "name"),
    Column("phone", "phone", kind="phone"),
    Column("salesrep", "Sales rep"),
)
MAY_DELETE = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1})
TO_STRIPE = {"mass_search": SEARCH, "on_none": "create"}


@contextmanager
def world(
    folder: Path, columns: Sequence[Column] = COLUMNS, options: Options | None = None, **given: object
) -> Iterator[Site]:
    """As `site`, and four records more: 5 and 6 are new to Stripe, 7 has no e-mail, 8 is called otherwise in Stripe."""
    declared: dict[str, Any] = {
        "rules": [{"stripe": "name", "netsuite": "company_name"}],
        "to_stripe": TO_STRIPE,
        **given,
    }
    fields = {
        "internal_id": "Internal ID",
        "external_id": "External ID",
        "stripe_id": "Stripe Customer Id",
        "comments": "Comments",
        "company_name": "Company Name",
        "stage": "Stage",
        "inactive": "Inactive",
    }
    searches = [SavedSearch(SEARCH, tuple(columns))]
    with site(folder, searches=searches, options=options, netsuite_fields=fields, **declared) as at:
        at.netsuite.insert(5, email="n5@acme.example", companyname="Five", phone="+49 30 555")
        at.netsuite.insert(6, email="n6@acme.example", companyname="Six", comments="VIP")
        at.netsuite.insert(7, companyname="Seven")
        at.netsuite.insert(8, email="N4@ACME.example", companyname="Eight")
        yield at


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkpoint]:
    with world(tmp_path_factory.mktemp("once") / "site") as made:
        made.plan()
        yield Checkpoint(made)


@pytest.fixture
def at(once: Checkpoint) -> Site:
    """A world of which there is a plan."""
    return once.restored()


def made_for(at: Site, record: int) -> list[str]:
    """The ids of the Stripe customers whose metadata name a record."""
    living = (customer for customer in at.stripe.ids if not at.is_deleted(customer))
    return [customer for customer in living if at.link_of(customer) == str(record)]


@pytest.mark.rule("P2")
def test_those_that_stripe_has_are_found_and_the_others_made_with_all_links(at: Site) -> None:
    plan = at.reconcile()
    before = at.links()
    kept = at.sync.plans.read(plan)
    creates = kept.filter(pl.col("action") == "create")
    assert creates.select("change_id", "new_value").rows() == [("stripe:create:5", "5"), ("stripe:create:6", "6")]
    assert at.links() == before
    result = at.apply(plan)
    assert result.success, sentences(result)
    for record, comments in ((5, ""), (6, "VIP\n")):
        [customer] = made_for(at, record)
        values = at.netsuite.customers[record].values
        assert (values["externalid"], values[STRIPE_FIELD], values["comments"]) == (
            customer,
            customer,
            f"{comments}{customer}",
        )
    assert made_for(at, 7) == []
    assert made_for(at, 8) == ["cus_4"]
    assert at.netsuite.customers[8].values[STRIPE_FIELD] == "cus_4"
    assert at.metadata("stripe_new_customers")["changes/applied"] == 2


@pytest.mark.rule("W11")
def test_after_it_nothing_is_left_to_plan(at: Site) -> None:
    assert at.apply(at.plan_hash()).success
    assert at.sync.plans.read(at.plan()).is_empty()


@pytest.mark.rule("W10")
def test_an_undo_leaves_the_world_as_it_was(at: Site) -> None:
    plan = at.plan_hash()
    before = at.links()
    assert at.apply(plan).success
    result = at.undo(plan)
    assert result.success, sentences(result)
    assert at.links() == before


@pytest.mark.rule("W10")
@pytest.mark.parametrize("use", [add_charge, add_invoice, add_subscription, add_payment_method])
def test_a_customer_that_was_used_stays_without_our_key(at: Site, use: Callable[[Book, str], str]) -> None:
    plan = at.plan_hash()
    assert at.apply(plan).success
    [customer] = made_for(at, 5)
    use(at.stripe, customer)
    assert at.undo(plan).success
    assert not at.is_deleted(customer)
    assert at.link_of(customer) is None
    [row] = at.result("outcomes.csv").filter(pl.col("change_id") == "stripe:create:5").rows(named=True)
    assert row["status"] == "undone"
    assert row["error"].startswith(f"The customer {customer} stays, as it has a ")
    assert made_for(at, 6) == []


@pytest.mark.rule("W10")
def test_a_customer_that_somebody_has_changed_stays(at: Site) -> None:
    plan = at.plan_hash()
    assert at.apply(plan).success
    [customer] = made_for(at, 5)
    at.stripe.update(customer, {"name": "Edited by hand"})
    assert at.undo(plan).success
    assert not at.is_deleted(customer)


@pytest.mark.rule("W9")
def test_who_has_got_a_stripe_id_since_the_plan_gets_no_second_customer(at: Site) -> None:
    plan = at.plan_hash()
    at.netsuite.edit(5, **{STRIPE_FIELD: "cus_by_hand"})
    at.apply(plan)
    assert made_for(at, 5) == []
    assert at.statuses(plan)["stripe:create:5"] == "conflict"
    assert len(made_for(at, 6)) == 1


@pytest.mark.rule("P1")
def test_what_the_labels_say_is_what_the_customer_has(at: Site) -> None:
    assert at.apply(at.plan_hash()).success
    made = at.stripe.get(made_for(at, 5)[0])
    assert made is not None
    assert (made["email"], made["name"], made["phone"], made["metadata"]) == (
        "n5@acme.example",
        "Five",
        "+49 30 555",
        {LINK_KEY: "5"},
    )
    assert at.metadata("netsuite_sync")["labels_ignored"] == "Sales rep"


@pytest.mark.rule("P5")
def test_one_record_can_be_applied_by_itself(at: Site) -> None:
    plan = at.plan_hash()
    result = at.apply(plan, ids=["6"])
    assert result.success, sentences(result)
    [customer] = made_for(at, 6)
    assert at.netsuite.customers[6].values[STRIPE_FIELD] == customer
    assert (made_for(at, 5), made_for(at, 8)) == ([], [])


def test_what_would_be_made_and_found_is_shown_to_a_person(at: Site) -> None:
    at.reconcile()
    made = at.result("stripe_creations.csv")
    assert made.select("netsuite_internal_id", "email", "name", f"metadata.{LINK_KEY}").rows() == [
        ("5", "n5@acme.example", "Five", "5"),
        ("6", "n6@acme.example", "Six", "6"),
    ]
    found = at.result("netsuite_matches.csv")
    assert dict(found.select("netsuite_internal_id", "outcome").rows())["8"] == "matched"
    page = (at.sync.folders.results("acme") / "report.html").read_text("utf-8")
    assert "the Stripe customer that this plan creates for record 5" in page


@pytest.mark.rule("P3")
def test_fields_that_differ_are_kept_as_netsuite_has_them(tmp_path: Path) -> None:
    with world(tmp_path, to_stripe={**TO_STRIPE, "on_none": "report", "updates": ["email", "name"]}) as at:
        plan = at.plan()
        fields = at.sync.plans.read(plan).filter(~pl.col("field").is_in([*BY_NAME]))
        assert fields.select("record_id", "field", "old_value", "new_value").rows() == [
            ("cus_4", "email", "n4@acme.example", "N4@ACME.example"),
            ("cus_4", "name", None, "Eight"),
        ]
        assert at.apply(plan).success
        found = at.stripe.get("cus_4")
        assert found is not None
        assert (found["email"], found["name"]) == ("N4@ACME.example", "Eight")
        assert at.metadata("stripe_fields")["changes/applied"] == 2
        assert at.sync.plans.read(at.plan()).is_empty()


@pytest.mark.rule("P3")
@pytest.mark.rule("M10")
def test_a_record_that_has_a_stripe_id_keeps_it_whatever_its_e_mail_says(at: Site) -> None:
    at.netsuite.edit(8, **{STRIPE_FIELD: "cus_1"})
    assert at.apply(at.plan()).success
    assert at.netsuite.customers[8].values[STRIPE_FIELD] == "cus_1"
    assert made_for(at, 8) == ["cus_1"]
    assert at.link_of("cus_4") is None


def test_both_directions_make_nothing_of_what_the_other_has_made(tmp_path: Path) -> None:
    both: dict[str, Any] = {"on_none": "create", "create": {"when": "at_once"}}
    kept = {**TO_STRIPE, "updates": ["email", "name", "phone"]}
    with world(tmp_path, options=MAY_DELETE, to_stripe=kept, **both) as at:
        at.stripe.create({"description": "Only a description", "phone": "1"}, customer_id="cus_none", created=MOMENT)
        result = at.apply(at.plan())
        assert result.success, sentences(result)
        assert at.link_of("cus_none") is not None
        assert at.sync.plans.read(at.plan()).is_empty()


@pytest.mark.rule("X9")
def test_a_daily_run_makes_nobody_until_somebody_has_set_how_many(tmp_path: Path) -> None:
    with world(tmp_path, writes={"mode": "auto"}, brakes={"match_rate": 1}) as at:
        assert at.apply(at.plan(), ids=["cus_4"]).success
        at.run("daily")
        assert made_for(at, 5) == []
        result = at.redeclared(brakes={"match_rate": 1, "most_stripe_creates": 2}).run("daily")
        assert result.success, sentences(result)
        assert len(made_for(at, 5)) == 1


@pytest.mark.rule("P6")
def test_another_sync_field_finds_by_metadata_and_is_kept_there(tmp_path: Path) -> None:
    number = "custentity_number"
    columns = (*COLUMNS, Column(number, f"metadata.{number}"))
    with world(tmp_path, columns=columns, to_stripe={**TO_STRIPE, "sync_field": number}) as at:
        at.netsuite.custom_fields.add(number)
        at.netsuite.edit(6, **{number: "K-6"})
        at.netsuite.edit(8, **{number: "k 8"})
        at.stripe.update("cus_3", {"metadata": {number: "K8"}})
        result = at.apply(at.plan())
        assert result.success, sentences(result)
        assert made_for(at, 8) == ["cus_3"]
        assert {record: value for record in (6, 8) for value in [metadata_of(at, made_for(at, record)[0])[number]]} == {
            6: "K-6",
            8: "k 8",
        }
        assert made_for(at, 5) == []
        assert at.sync.plans.read(at.plan()).is_empty()


def metadata_of(at: Site, customer: str) -> Mapping[str, object]:
    found = (at.stripe.get(customer) or {})["metadata"]
    assert isinstance(found, dict)
    return found


@pytest.mark.rule("C16")
def test_nobody_is_found_or_made_while_a_month_was_never_read(at: Site) -> None:
    older = at.redeclared(stripe={"since": "2025-12"})
    result = older.materialize(
        "netsuite_customers", "netsuite_sync", "customer_matches", "stripe_matches", "write_plan"
    )
    assert result.success, sentences(result)
    plan = older.sync.plans.read(str(older.metadata("write_plan")["plan_hash"]))
    assert set(plan.get_column("netsuite_internal_id").drop_nulls()).isdisjoint({5, 6, 8})


def test_before_anybody_approves_it_is_said_what_stripe_would_not_take_as_it_is(tmp_path: Path) -> None:
    with world(tmp_path) as at:
        at.netsuite.edit(5, phone="+49 30 555 0100 0100 0100")
        at.netsuite.edit(6, email="n6 at acme.example")
        result = at.run("reconcile")
        assert result.success, sentences(result)
        [found] = [each for each in result.get_asset_check_evaluations() if each.check_name == STRIPE_ACCEPTED]
        page = (at.sync.folders.results(NAME) / "report.html").read_text("utf-8")
    rows = [(weight, of) for weight, of, _ in findings_of(found)]
    assert (found.passed, rows) == (False, [("some", "email"), ("cut", "phone")])
    assert "What Stripe would say of the new customers" in page
    assert "phone left out: longer than 20 characters; 1 are made so, for the records 5" in page


RECORDS = {
    30: ("w@wood.example", "Wood & Sons"),
    31: ("v@vertigo.example", "Vertigo GmbH"),
    32: ("b@blocked.example", "Blocked"),
    33: ("x@xylo.example", "Xylo"),
    34: ("s@sync.example", "Syncro GmbH"),
    35: ("z@new.example", "Nobody"),
}
CUSTOMERS: dict[str, dict[str, Any]] = {
    "cus_w": {"email": "other@w.example", "name": "Wood &amp; Sons"},
    "cus_v": {"email": "other@v.example", "name": "Vertigo Ltd"},
    "cus_b": {"email": "other@b.example", "name": "Blocked", "metadata": {"netsuite_block_integration": "true"}},
    "cus_x": {"email": "other@x.example", "name": "Xylo", "metadata": {LINK_KEY: "999"}},
    "cus_s": {"email": "S@sync.example", "name": "Syncro Ltd"},
}


@contextmanager
def look_alikes(folder: Path, given: Mapping[str, object] = MappingProxyType({})) -> Iterator[Site]:
    """As `world`, and records that customers may be, though their e-mail addresses differ."""
    with world(folder, COLUMNS, None, **given) as at:
        for number, (email, name) in RECORDS.items():
            at.netsuite.insert(number, email=email, companyname=name)
        at.stripe.load([(customer, MOMENT + 50, fields) for customer, fields in CUSTOMERS.items()])
        yield at


def made_in(at: Site, plan: str) -> list[str]:
    return at.sync.plans.read(plan).filter(pl.col("action") == "create").get_column("change_id").sort().to_list()


@pytest.mark.rule("P2")
@pytest.mark.rule("X15")
def test_nobody_is_made_for_a_record_that_an_undecided_customer_may_be(tmp_path: Path) -> None:
    with look_alikes(tmp_path) as at:
        plan = at.plan()
        assert made_in(at, plan) == ["stripe:create:35", "stripe:create:5", "stripe:create:6"]
        found = (
            at.frame("stripe_matches")
            .select("netsuite_internal_id", "outcome", "reason")
            .rows_by_key("netsuite_internal_id", unique=True)
        )
        for number, customer in {30: "cus_w", 31: "cus_v", 32: "cus_b", 33: "cus_x"}.items():
            assert found[number] == ("conflict", f"{customer}, which is undecided, may be its customer")
        assert found[34][0] == "matched"
        doubts = dict(at.frame("customer_matches").select("stripe_customer_id", "doubt").rows())
        assert doubts["cus_v"] == "near_miss: nearly equal is record 31"
        links = at.sync.plans.read(plan).filter(pl.col("netsuite_internal_id") == 34)
        assert links.get_column("stripe_customer_id").unique().to_list() == ["cus_s"]
        assert at.override("cus_w", "never").success
        assert at.override("cus_v", "31").success
        assert made_in(at, at.plan()) == [f"stripe:create:{number}" for number in (30, 35, 5, 6)]


@pytest.mark.rule("P2")
@pytest.mark.rule("C1")
def test_of_a_customer_and_a_record_that_may_be_one_neither_gets_another(tmp_path: Path) -> None:
    both = {"on_none": "create", "create": {"when": "at_once"}, "on_doubt": "refuse"}
    with look_alikes(tmp_path, both) as at:
        plan = at.plan()
        assert made_in(at, plan) == ["stripe:create:35", "stripe:create:5", "stripe:create:6"]
        assert at.sync.plans.read(plan).filter(pl.col("netsuite_internal_id") == 34).height
        assert at.override("cus_w", "create").success
        assert {"netsuite:create:cus_w", "stripe:create:30"} <= {*made_in(at, at.plan())}
