"""Says in the review what still ties a customer to another record than a person decided for; pure."""

import polars as pl

from assets.planning.taken_back import in_words

NOTHING = "Nothing"
"""How what a person is to do begins, where nothing waits for a decision."""

_APPROVE = (
    f"{NOTHING} but to approve the plan, which takes back what Tieout put into {{}}; a person decided this. To "
    "take it back, decide withdraw."
)


def tell_traces(queue: pl.LazyFrame, ours: pl.DataFrame, others: pl.DataFrame) -> pl.LazyFrame:
    """Add to the rows of decided customers where their traces stand, and what becomes of them.

    Args:
        queue: `assets.planning.review_queue.queue_for_review`.
        ours: those that the plan takes away: `assets.planning.taken_back.TRACES`.
        others: those that stay, as somebody else wrote them.
    """
    if ours.is_empty() and others.is_empty():
        return queue
    told = queue
    for name, traces in (("of us", ours), ("of others", others)):
        places = in_words(traces).rename({"places": name})
        told = told.join(places, on="stripe_customer_id", how="left", maintain_order="left")
    is_settled = pl.col("of us").is_not_null() & pl.col("what_to_do").str.starts_with(NOTHING)
    reason = pl.concat_str(
        "reason",
        pl.format("Tieout put it into {} before", "of us"),
        pl.format("{} still ties it, which Tieout did not write and leaves", "of others"),
        separator="; ",
        ignore_nulls=True,
    )
    what_to_do = pl.when(is_settled).then(pl.format(_APPROVE, "of us")).otherwise("what_to_do")
    return told.with_columns(reason=reason, what_to_do=what_to_do).drop("of us", "of others")
