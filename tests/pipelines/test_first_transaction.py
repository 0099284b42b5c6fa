"""New NetSuite customers only for Stripe customers that have paid or been invoiced, over both stand-ins."""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from sandbox.netsuite_standin import Options
from sandbox.stripe_standin import ApiKey, Book, Fault, add_charge, add_invoice
from schemas.plan import completed
from tests.pipelines.api_world import MOMENT, NAME, Site, sentences, site

BY_DEFAULT: dict[str, object] = {}
MAY_CREATE = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1})
NEW, OTHER = "cus_4", "cus_5"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, options=MAY_CREATE, on_none="create", create=BY_DEFAULT) as made:
        made.stripe.load([(OTHER, MOMENT + 5, {"email": "n5@acme.example"})])
        yield made


def created_by(at: Site, plan: str) -> list[str]:
    """The customers for whom a plan creates a record."""
    return at.sync.plans.read(plan).filter(pl.col("action") == "create").get_column("new_value").sort().to_list()


def named_by(at: Site, plan: str) -> list[str]:
    """The customers whose metadata a plan gives the id of a new record."""
    return (
        completed(at.sync.plans.read(plan)).filter(pl.col("value_from").is_not_null()).get_column("record_id").to_list()
    )


def states(at: Site) -> dict[str, str]:
    return dict(at.frame("stripe_transactions").select("stripe_customer_id", "state").rows())


def asked(at: Site, *more: str) -> tuple[bool, str]:
    """What the check says of customers that could not be asked about."""
    result = at.up_to("write_plan", *more)
    assert result.success, sentences(result)
    [check] = [each for each in result.get_asset_check_evaluations() if each.check_name == "all_asked"]
    return check.passed, check.description or ""


def a_minute_older(book: Book) -> None:
    """Let the newest charge be a minute old: lists are read up to the second in which a run begins."""
    created = book.payments["charge"][0]["created"]
    assert isinstance(created, int)
    book.payments["charge"][0]["created"] = created - 60


def failed_charges(book: Book, customer: str) -> None:
    for _ in range(150):  # more than a page
        add_charge(book, customer, "failed")


def succeeded_before_failed_ones(book: Book, customer: str) -> None:
    add_charge(book, customer)
    failed_charges(book, customer)


Happened = tuple[Callable[[Book, str], object], str]
NOTHING: Happened = (lambda *_: None, "none")
"""It is nobody's transaction that others have some, and somebody who is no customer."""
IN_VAIN: Happened = (failed_charges, "none")
PENDING: Happened = (lambda book, customer: add_charge(book, customer, "pending"), "none")
PAID: Happened = (add_charge, "transacted")
PAID_ONCE: Happened = (succeeded_before_failed_ones, "transacted")
DRAFT: Happened = (lambda book, customer: add_invoice(book, customer, "draft"), "none")
INVOICED: Happened = (lambda book, customer: add_invoice(book, customer, "open"), "transacted")
INVOICE_PAID: Happened = (lambda book, customer: add_invoice(book, customer, "paid"), "transacted")


@pytest.mark.rule("C2")
@pytest.mark.parametrize("happened", [(NOTHING, IN_VAIN, PAID_ONCE, INVOICE_PAID), (PENDING, PAID, DRAFT, INVOICED)])
def test_the_first_transaction_makes_the_record(at: Site, happened: tuple[Happened, ...]) -> None:
    """So few that each is asked about, and no list is read up to a moment."""
    customers = dict(zip((NEW, OTHER, "cus_6", "cus_7"), happened, strict=True))
    at.stripe.load((name, MOMENT + 6, {"email": f"{name}@acme.example"}) for name in ("cus_6", "cus_7"))
    for name, (does, _) in customers.items():
        does(at.stripe, name)
    add_charge(at.stripe, None)
    plan = at.plan()
    assert states(at) == {name: state for name, (_, state) in customers.items()}
    assert at.metadata("stripe_transactions")["asked_one_by_one"] == len(customers)
    expected = [name for name, (_, state) in customers.items() if state == "transacted"]
    assert created_by(at, plan) == expected
    assert sorted(named_by(at, plan)) == expected


@pytest.mark.rule("C2")
def test_only_customers_without_a_record_are_asked_about(at: Site) -> None:
    at.plan()
    assert states(at) == {NEW: "none", OTHER: "none"}
    told = at.metadata("stripe_transactions")
    del told["read_at"]
    assert told == {
        "customers": 2,
        "transacted": 0,
        "none": 2,
        "unknown": 0,
        "known_from_before": 0,
        "asked_one_by_one": 2,
        "looked_for_in_lists": 0,
        "reads_counted_by_stripe": 4,
        "dagster/row_count": 2,
    }


@pytest.mark.rule("C2")
def test_whom_metadata_hold_back_is_not_asked_about(at: Site) -> None:
    add_charge(at.stripe, NEW)
    at.stripe.update(NEW, {"metadata": {"netsuite_block_integration": "true"}})
    assert created_by(at, at.plan()) == []
    assert states(at) == {OTHER: "none"}


@pytest.mark.rule("C16")
@pytest.mark.parametrize(("path", "status"), [("/v1/charges", 403), ("/v1/invoices", 500)])
def test_who_could_not_be_asked_about_waits_and_the_neighbour_does_not(at: Site, path: str, status: int) -> None:
    add_invoice(at.stripe, NEW)
    add_invoice(at.stripe, OTHER)
    at.service.fault(
        Fault(kind="server_error", status=status, should_retry=False, path=path, query=f".*{NEW}.*", times=None)
    )
    passed, said = asked(at, "reconciliation_report")
    assert not passed
    assert said.startswith("For 1 of 2 customers Stripe could not be asked")
    assert path in said
    page = (at.sync.folders.results(NAME) / "report.html").read_text("utf-8")
    assert "1 of 2 customers Stripe could not be asked" in page
    assert states(at) == {NEW: "unknown", OTHER: "transacted"}
    first = at.plan_hash()
    assert created_by(at, first) == named_by(at, first) == [OTHER]
    at.service.clear()
    assert asked(at) == (True, "0 of 2")
    assert created_by(at, at.plan_hash()) == [NEW, OTHER]


@pytest.mark.rule("C16")
def test_a_key_without_the_permission_creates_nobody_and_says_what_it_needs(at: Site) -> None:
    add_charge(at.stripe, NEW)
    key = at.world.add_key(ApiKey("rk_test_narrow", permissions=frozenset({"customer_write", "event_read"})))
    narrow = at.redeclared(stripe={"api_key": key.secret})
    passed, said = asked(narrow)
    assert not passed
    assert "Charges Read" in said
    assert states(narrow) == {NEW: "unknown", OTHER: "unknown"}
    assert created_by(narrow, narrow.plan_hash()) == []


@pytest.mark.rule("C2")
def test_a_second_run_creates_what_became_known(at: Site) -> None:
    add_charge(at.stripe, NEW)
    first = at.plan()
    assert created_by(at, first) == [NEW]
    assert at.apply(first).success
    assert at.link_of(NEW) is not None
    assert at.link_of(OTHER) is None
    add_invoice(at.stripe, OTHER)
    second = at.plan()
    assert created_by(at, second) == [OTHER]
    result = at.apply(second)
    assert result.success, sentences(result)
    assert at.sync.plans.read(at.plan()).is_empty()
    assert states(at) == {}


@pytest.mark.rule("C2")
def test_who_has_not_transacted_costs_the_next_run_hardly_a_request(at: Site) -> None:
    many = [f"cus_9{n:03d}" for n in range(120)]
    at.stripe.load((name, MOMENT + 100, {"email": f"{name}@acme.example"}) for name in many)
    add_charge(at.stripe, many[0], "pending")
    a_minute_older(at.stripe)
    at.plan()
    first = at.metadata("stripe_transactions")
    assert (first["customers"], first["none"], first["looked_for_in_lists"]) == (122, 122, 122)
    assert int(str(first["reads_counted_by_stripe"])) < 20
    add_charge(at.stripe, many[1])
    a_minute_older(at.stripe)
    at.plan()
    second = at.metadata("stripe_transactions")
    assert (second["transacted"], second["known_from_before"]) == (1, 0)
    assert int(str(second["reads_counted_by_stripe"])) < 20
    at.stripe.payments["charge"][1]["status"] = "succeeded"
    at.plan()
    third = at.metadata("stripe_transactions")
    assert (third["transacted"], third["known_from_before"]) == (2, 1)


def test_where_records_are_made_at_once_nobody_is_asked_about(tmp_path: Path) -> None:
    with site(tmp_path, on_none="create", create={"when": "at_once"}) as at:
        at.reconcile()
        assets = {key.path[-1] for key in at.definitions.resolve_asset_graph().get_all_asset_keys()}
        asked_for = {line.path for line in at.service.log}
    assert "stripe_transactions" not in assets
    assert not asked_for & {"/v1/charges", "/v1/invoices"}


@pytest.mark.rule("C1")
@pytest.mark.rule("C2")
def test_of_customers_with_one_address_the_first_that_transacts_gets_the_record_and_the_others_are_found(
    at: Site,
) -> None:
    at.stripe.load(
        [("cus_6", MOMENT + 6, {"email": "N4@acme.example"}), ("cus_7", MOMENT + 7, {"email": "n4@acme.example"})]
    )
    for customer in ("cus_7", "cus_6"):
        add_charge(at.stripe, customer)
        a_minute_older(at.stripe)
    plan = at.plan()
    assert created_by(at, plan) == ["cus_6"]
    assert at.apply(plan).success
    assert created_by(at, at.plan()) == []
    rows = at.frame("customer_matches").select("stripe_customer_id", "outcome", "netsuite_internal_id")
    found = rows.rows_by_key("stripe_customer_id", unique=True)
    assert found["cus_6"][0] == "linked"
    assert found[NEW] == found["cus_7"] == ("matched", found["cus_6"][1])
