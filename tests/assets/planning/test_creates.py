"""The rows by which a plan makes new NetSuite customers, told by one order: equal inputs are one plan."""

from datetime import UTC, datetime

import polars as pl
import pytest

from assets.mapping.to_netsuite import CreateSettings
from assets.matching import MatchSettings
from assets.no_values import BY_FORM
from assets.planning.creates import plan_creates, who_paid, without_creates
from assets.planning.settings import PlanSettings
from schemas.paired_plan import PairedPlan
from schemas.words import LINK_FIELD, LINK_KEY
from tests.reconciling import declaration

CUSTOMERS = 5_000
"""So many that a join without an order mixes them."""


@pytest.mark.rule("X1")
def test_the_oldest_customer_comes_first_whatever_the_order_of_the_rows() -> None:
    numbers = pl.DataFrame({"number": range(CUSTOMERS)})
    stripe = numbers.select(
        id=pl.format("cus_{}", "number"),
        created=pl.lit(datetime(2024, 1, 1, tzinfo=UTC)) + pl.duration(minutes=CUSTOMERS - pl.col("number")),
        name=pl.format("Company {}", "number"),
    ).with_columns(pl.lit(None, pl.String).alias(f"metadata.{LINK_KEY}"))
    matches = stripe.select(stripe_customer_id="id", outcome=pl.lit("unmatched"), evidence=pl.lit(None, pl.String))
    shuffled = stripe.sample(fraction=1, shuffle=True, seed=1)
    nobody = pl.LazyFrame(schema={"internal_id": pl.Int64})
    for rows in (
        creates.collect()
        for creates in plan_creates(shuffled.lazy(), nobody, matches.lazy(), CreateSettings(), MatchSettings(()))
    ):
        oldest_first = [f"cus_{number}" for number in reversed(range(CUSTOMERS))]
        assert rows.get_column("stripe_customer_id").to_list() == oldest_first


@pytest.mark.rule("C1")
def test_whoever_is_doubted_gets_none_and_whom_a_person_decided_for_gets_one_with_the_reason() -> None:
    created = pl.lit(datetime(2024, 1, 1, tzinfo=UTC))
    names = pl.DataFrame({"id": ["cus_1", "cus_2", "cus_3"], "name": ["Acme", "Bloom", "Cell"]})
    stripe = names.with_columns(
        pl.lit("a@b.example").alias("email"), pl.lit(None, pl.String).alias(LINK_FIELD), created=created
    )
    doubt = pl.Series(["near_key: the metadata have netsuite_id", None, None])
    evidence = pl.Series([None, None, "override"])
    matches = stripe.select("id", outcome=pl.lit("unmatched"), doubt=doubt, evidence=evidence)
    nobody = pl.LazyFrame(schema={"internal_id": pl.Int64})
    named = matches.lazy().rename({"id": "stripe_customer_id"})
    creates, links = (
        rows.collect() for rows in plan_creates(stripe.lazy(), nobody, named, CreateSettings(), MatchSettings(()))
    )
    assert creates.select("stripe_customer_id", "reason").rows() == [
        ("cus_2", "no NetSuite customer was found"),
        ("cus_3", "a person said to make a record of its own for this customer"),
    ]
    assert links.get_column("stripe_customer_id").to_list() == ["cus_2", "cus_3"]


@pytest.mark.rule("C5")
def test_what_is_masked_names_no_new_record_unless_a_list_says_what_is_no_value() -> None:
    creates: dict[str, object] = {"on_none": "create", "create": {"when": "at_once"}}
    for no_value, forms in ((None, True), (["-"], False)):
        found = PlanSettings.of(declaration("acme", **creates, no_value=no_value)).create
        assert found is not None
        assert (BY_FORM in found.no_value) == forms


@pytest.mark.rule("C2")
@pytest.mark.parametrize(
    ("spent", "has_paid"),
    [
        *[(text, True) for text in ("12", "0.50", "1.234,50", "EUR 3", "1e3")],
        *[(text, False) for text in ("0", "0.00", "", None, "-12", " - 3", "(5.00)", "EUR 0,00")],
    ],
)
def test_who_has_paid_has_a_number_above_zero(spent: str | None, *, has_paid: bool) -> None:
    customers = pl.LazyFrame({"id": ["cus_1"], "Spend": [spent]}, schema={"id": pl.String, "Spend": pl.String})
    assert who_paid(customers, ["Spend"]).collect().height == has_paid
    assert who_paid(customers, []).collect().height == 1
    both = customers.with_columns(Refunds=pl.lit("0"))
    assert who_paid(both, ["Refunds", "Spend"]).collect().height == has_paid


@pytest.mark.rule("C16")
def test_without_creates_only_what_links_records_that_are_there_is_left() -> None:
    rows = {
        "change_id": ["create", "of a new record", "names a new record", "links"],
        "action": ["create", "set", "set", "set"],
        "record_from": [None, "create", None, None],
        "value_from": [None, None, "create", None],
    }
    plan = pl.DataFrame(rows)
    plain = plan.filter(pl.col("change_id") == "links").drop("record_from", "value_from")
    left = without_creates(PairedPlan(first=plan, last=plain))
    assert left.first is not None
    assert left.first.get_column("change_id").to_list() == ["links"]
    assert left.last is not None
    assert left.last.equals(plain)
