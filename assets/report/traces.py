"""Who is linked and leaves no trace in NetSuite, with this plan either; pure."""

from dataclasses import replace

import polars as pl

from assets.matching import are_of
from assets.planning.pairs import linked
from assets.report.few_rows import height_of
from assets.report.planned import rows_of_pairs
from schemas.link_fields import fields_of
from schemas.pair_texts import MATCH
from schemas.paired_plan import PairedPlan
from schemas.repeated import at_rows
from schemas.words import many_do


def without_traces(
    netsuite: pl.LazyFrame, links: pl.LazyFrame, matches: pl.LazyFrame, plan: PairedPlan, *, is_held: bool = False
) -> str:
    """Return a sentence on linked customers of whom NetSuite shows nothing, now and after the plan (W5), or nothing.

    Where doubted pairs are kept out of the plan (`is_held`), they wait for a person and are not meant.
    """
    both = ["stripe_customer_id", "netsuite_internal_id"]
    rows = rows_of_pairs(plan, ["netsuite"])
    numbered = matches.with_row_index(MATCH)
    is_doubted = is_held and "doubt" in matches.collect_schema()
    meant = numbered.filter(pl.col("doubt").is_null()) if is_doubted else numbered
    some = linked(meant).select(*both, MATCH).collect()
    if rows is not None:  # hardly a match is left then
        some = some.filter(~at_rows(rows, height_of(matches)).gather(some.get_column(MATCH)))
        plan = replace(plan, pairs=None)
    shown = links.filter(are_of(fields_of("netsuite"))).select(both).collect()
    planned = plan.changed_in("netsuite")
    pairs = some.drop(MATCH).lazy().join(netsuite, left_on=both[1], right_on="internal_id", how="semi").collect()
    # The hash of the customer's id finds a pair or two; a join of texts, or on both columns, would cost far more.
    customer = pl.col(both[0]).hash().alias("customer")
    left = pairs.with_columns(customer).with_row_index("pair")
    is_this = pl.all_horizontal(pl.col(name) == pl.col(f"{name} of the pair") for name in both)
    for part in sorted((shown, *planned), key=lambda part: part.height, reverse=True):
        named = part.select(*both, customer).join(left, on="customer", suffix=" of the pair").filter(is_this)
        left = left.join(named, on="pair", how="anti")
    count = left.height
    return (
        f"{many_do(count, 'linked customer', 'leaves', 'leave')} no trace in NetSuite: the fields of the record hold "
        "something else, and its comments are full or excluded."
        if count
        else ""
    )
