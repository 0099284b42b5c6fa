"""New NetSuite customers for the Stripe customers that no record was found for, and the links that name them (C1).

A record is made whole, with its links in the same save; Stripe's metadata follow once its id is known. Nothing here
changes a record that is there: after creation no plan touches a mapped field (C14).
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from assets.mapping.to_netsuite import CreateSettings, global_record, new_records
from assets.matching import MatchSettings
from assets.matching.equal_customers import first_with_equal_value, is_twin
from assets.matching.overrides import TO_BE_MADE
from assets.planning.rows import all_columns, create_rows
from schemas.link_fields import fields_of
from schemas.paired_plan import PairedPlan
from schemas.words import GLOBAL_KEY, GLOBAL_NAME


def plan_creates(
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    matches: pl.LazyFrame,
    settings: CreateSettings,
    matching: MatchSettings,
    transactions: pl.LazyFrame | None = None,
) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Plan a record for each customer that is unmatched and not held, and the metadata that will name it.

    None for who is doubted: a record that is there may be theirs, and a person has to say so or not. Of new customers
    with an equal value the first gets one alone, which the next run finds for the others.

    Args:
        stripe: `schemas.customers.StripeCustomers`, with the paths that records are made of.
        netsuite: `schemas.customers.NetsuiteCustomers`; a column `entity_id` tells which names are taken.
        matches: `schemas.matches.Matches`.
        settings: how a record is made.
        matching: by which values customers are equal.
        transactions: `schemas.transactions.Transactions`, where only who has transacted gets a record (C2).

    Returns:
        The creates and the links, each as `schemas.plan.Plan` with all of its columns.
    """
    doubt = pl.col("doubt") if "doubt" in matches.collect_schema() else pl.lit(None, pl.String)
    is_new = (pl.col("outcome") == "unmatched") & (doubt.is_null() | is_twin(doubt))
    unmatched = matches.filter(is_new).with_columns(doubt=doubt)
    if transactions is not None:
        transacted = transactions.filter(pl.col("state") == "transacted")
        unmatched = unmatched.join(transacted, on="stripe_customer_id", how="semi")
    customers = stripe.join(unmatched, left_on="id", right_on="stripe_customer_id", how="semi").sort("created", "id")
    customers = _first_of_twins(customers, unmatched.collect(), matching)
    has_names = "entity_id" in netsuite.collect_schema()
    taken = netsuite.select("entity_id") if has_names else pl.LazyFrame(schema={"entity_id": pl.String})
    held = customers.select(pl.col("id").alias("stripe_customer_id"), *(field.name for field in fields_of("stripe")))
    evidence = unmatched.select("stripe_customer_id", "evidence")
    held = held.join(evidence, on="stripe_customer_id", how="left", maintain_order="left")
    made = new_records(customers, taken, settings)
    records = made.join(held, on="stripe_customer_id", maintain_order="left").collect().lazy()
    customer = pl.col("stripe_customer_id")
    is_decided = pl.col("evidence") == "override"
    why = pl.when(is_decided).then(pl.lit(TO_BE_MADE)).otherwise(pl.lit("no NetSuite customer was found"))
    creates, create = create_rows(records, "netsuite", customer, why)
    links = [
        all_columns(
            records,
            change_id=pl.concat_str(pl.lit("stripe:"), customer, pl.lit(f":{field.name}")),
            system=pl.lit("stripe"),
            record_id=customer,
            field=pl.lit(field.name),
            action=pl.lit("set"),
            old_value=pl.col(field.name),
            reason=pl.lit("names the record that this plan creates"),
            value_from=create,
        )
        for field in fields_of("stripe")
    ]
    return creates, pl.concat(links)


def _first_of_twins(customers: pl.LazyFrame, matches: pl.DataFrame, matching: MatchSettings) -> pl.LazyFrame:
    """Leave out the new customers that another one comes before, who gets a record in the same plan."""
    if not matches.get_column("doubt").count():
        return customers
    new = customers.with_row_index("position").collect()
    nobody_waits = matches.with_columns(doubt=pl.lit(None, pl.String))
    others = first_with_equal_value(new, new.lazy().drop("position"), nobody_waits, matching)
    twins = pl.concat([new.get_column("position").clear(), *(rows.get_column("position") for _, rows in others)])
    return new.lazy().filter(~pl.col("position").is_in(twins.unique().implode())).drop("position")


def plan_global(matches: pl.LazyFrame, settings: CreateSettings) -> pl.LazyFrame:
    """Plan the one record that stands for all customers without one, where it is needed and not there.

    Args:
        matches: `schemas.matches.Matches`.
        settings: how the record is made.

    Returns:
        One create or none, as `schemas.plan.Plan` with all of its columns; no customer's metadata will name it.
    """
    is_counted = pl.col("outcome") == "global"
    waiting = matches.filter(is_counted & pl.col("netsuite_internal_id").is_null()).select(pl.len().alias("customers"))
    many = pl.when(pl.col("customers") == 1).then(pl.lit("customer")).otherwise(pl.lit("customers"))
    one = waiting.filter(pl.col("customers") > 0).select(
        record=pl.lit(global_record(settings)), notes=pl.format("{} {} without a record", "customers", many)
    )
    return create_rows(one, "netsuite", pl.lit(GLOBAL_KEY), pl.lit(f"no NetSuite customer is called {GLOBAL_NAME}"))[0]


def who_paid(stripe: pl.LazyFrame, columns: Sequence[str]) -> pl.LazyFrame:
    """Keep the customers of an export that have paid: a number above zero stands in one of these columns (C2).

    Without columns nobody asks, and all are kept. Numbers are read in any form that a spreadsheet leaves of them.

    >>> customers = pl.LazyFrame({"id": ["cus_1", "cus_2", "cus_3"], "Total Spend": ["1.234,50", "0.00", None]})
    >>> who_paid(customers, ["Total Spend"]).collect().get_column("id").to_list()
    ['cus_1']
    """
    numbers = [pl.col(name).str.contains(r"[1-9]") & ~pl.col(name).str.contains(r"^\s*[-(]") for name in columns]
    return stripe.filter(pl.any_horizontal(numbers).fill_null(value=False)) if numbers else stripe


def without_creates(plan: PairedPlan) -> PairedPlan:
    """Leave out the rows of a plan that make a record, and those that need one that the plan makes."""
    return replace(plan, first=_of_what_is_there(plan.first), last=_of_what_is_there(plan.last))


def _of_what_is_there(rows: pl.DataFrame | None) -> pl.DataFrame | None:
    if rows is None:
        return None
    needs = [pl.col(name).is_not_null() for name in ("record_from", "value_from") if name in rows.columns]
    return rows.filter(~pl.any_horizontal(pl.col("action") == "create", *needs))
