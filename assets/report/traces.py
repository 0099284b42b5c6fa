"""Who is linked and leaves no trace in NetSuite, with this plan either; pure."""

from dataclasses import replace

import polars as pl

from assets.matching import are_of
from assets.planning.pairs import is_linked, linked
from assets.report.planned import rows_of_pairs
from schemas.link_fields import fields_of
from schemas.paired_plan import PairedPlan
from schemas.repeated import at_rows


def without_traces(netsuite: pl.DataFrame, links: pl.DataFrame, matches: pl.DataFrame, plan: PairedPlan) -> str:
    """Return a sentence on linked customers of whom NetSuite shows nothing, now and after the plan (W5), or nothing."""
    both = ["stripe_customer_id", "netsuite_internal_id"]
    rows = rows_of_pairs(plan, ["netsuite"])
    if rows is not None:  # hardly a match is left then
        matches = matches.filter(is_linked() & ~pl.lit(at_rows(rows, matches.height)))
        plan = replace(plan, pairs=None)
    shown = links.filter(are_of(fields_of("netsuite"))).select(both)
    planned = plan.changed_in("netsuite")
    pairs = linked(matches.lazy()).join(netsuite.lazy(), left_on=both[1], right_on="internal_id", how="semi").collect()
    # The hash of the customer's id finds a pair or two; a join of texts, or on both columns, would cost far more.
    customer = pl.col(both[0]).hash().alias("customer")
    left = pairs.with_columns(customer).with_row_index("pair")
    is_this = pl.all_horizontal(pl.col(name) == pl.col(f"{name} of the pair") for name in both)
    for part in sorted((shown, *planned), key=lambda part: part.height, reverse=True):
        named = part.select(*both, customer).join(left, on="customer", suffix=" of the pair").filter(is_this)
        left = left.join(named, on="pair", how="anti")
    count = left.height
    return (
        f"{count:,} linked customers leave no trace in NetSuite: their record's fields hold something else, and its "
        "comments are full or excluded."
        if count
        else ""
    )
