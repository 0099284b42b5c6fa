"""The rows that the page shows: a bounded, deterministic sample of each table, fit to be searched in a browser.

Rows are chosen in turn from each group (outcome, or field of the plan), the lowest ids first, so that every group is
there and the same frames give the same page. Long texts are cut. The files hold everything.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl
from polars import selectors

from assets.planning.guesses import with_guesses
from assets.planning.parts import kinds_of
from assets.report.few_rows import column_of, rows_at
from assets.report.inputs import ReportInputs
from schemas.paired_plan import Part
from schemas.words import GONE, OUTCOMES

ROWS_SHOWN: Final = 500
TEXT_SHOWN: Final = 300

_MOST_DIGITS: Final = 18
"""More would not fit into a number once they are made longer."""

Row = dict[str, str | None]


@dataclass(frozen=True)
class Excerpt:
    """Some rows of a table of `total` rows."""

    rows: list[Row]
    total: int


def match_rows(inputs: ReportInputs) -> Excerpt:
    """Return matches, with the e-mail, name and mode of the Stripe customer and the company name of the record."""
    key, number = "stripe_customer_id", "place"
    ids = column_of(inputs.matches, key)
    if ids.is_sorted():  # as they should be, and numbers are compared sooner
        places = _choose(inputs.matches.select("outcome").with_row_index(number).collect(), ["outcome"], number)
    else:
        places = _choose(inputs.matches.select("outcome", key).collect(), ["outcome"], key)
    chosen = rows_at(inputs.matches, places)[places.arg_sort().arg_sort()]
    rows = chosen.lazy()
    stripe = inputs.stripe.select(stripe_customer_id="id", name="name", email="email", livemode="livemode")
    if inputs.customers is not None:  # or else each id would have to be looked at
        stripe = rows_at(stripe, inputs.customers.gather(places)).lazy()
    netsuite = inputs.netsuite.select(netsuite_internal_id="internal_id", company_name="company_name")
    for named, key in ((stripe, "stripe_customer_id"), (netsuite, "netsuite_internal_id")):
        shown = named.filter(pl.col(key).is_in(chosen.get_column(key).drop_nulls().implode()))
        rows = rows.join(shown.collect(engine="streaming").lazy(), key, "left", maintain_order="left")
    return Excerpt(_rows(rows), ids.len())


def plan_rows(inputs: ReportInputs) -> Excerpt:
    """Return planned changes; what a create gives is said in words, as nobody knows its id yet."""
    groups = ["system", "field"]
    first_of_each = [_first(part) for part in kinds_of(inputs.plan)]
    few = pl.concat([inputs.plan.lazy().clear().collect(), *first_of_each], how="diagonal")
    in_words = _in_words(few)
    chosen = in_words[_choose(in_words, groups, "change_id")]
    return Excerpt(_rows(with_guesses(chosen, inputs.guesses).lazy()), inputs.plan.height)


def _first(part: Part) -> pl.DataFrame:
    """The rows of a part with the lowest ids, which of those of pairs go on with the record's, a colon, and more."""
    id_of_pairs = [pl.col("record_id") + ":", pl.col("stripe_customer_id")]
    if part.pairs is not None and part.system == "netsuite":
        few = part.at(_may_be_first(part.pairs.select("netsuite_internal_id").collect().to_series()))
        return few.bottom_k(ROWS_SHOWN, by=id_of_pairs)
    ids = part.rows.select([pl.col("change_id")] if part.pairs is None else id_of_pairs).with_row_index("row")
    lowest = ids.bottom_k(ROWS_SHOWN, by=pl.exclude("row")).select("row").collect()
    return part.at(lowest.to_series())


def _may_be_first(numbers: pl.Series) -> pl.Series:
    """The rows of numbers of which the texts, a colon behind each, may be among the first; few others are with them.

    Made as long as the longest with nines, as a colon comes after them, numbers are in the order of those texts.
    """
    lowest, highest = numbers.to_frame("number").select(low=pl.col("number").min(), high=pl.col("number").max()).row(0)
    if numbers.is_empty() or lowest < 0 or highest >= 10**_MOST_DIGITS:
        return pl.int_range(numbers.len(), dtype=pl.UInt32, eager=True)
    longest = len(str(highest))
    scale = pl.lit(1, pl.Int64)
    for digits in range(longest - 1, 0, -1):
        scale = pl.when(pl.col("number") < 10**digits).then(10 ** (longest - digits)).otherwise(scale)
    long = numbers.to_frame("number").select(pl.col("number") * scale + (scale - 1)).to_series()
    return (long <= long.bottom_k(ROWS_SHOWN).max()).arg_true()


def _in_words(plan: pl.DataFrame) -> pl.DataFrame:
    if "value_from" not in plan.columns:
        return plan
    given = (
        pl.when(pl.col("value_from").str.starts_with("stripe:"))
        .then(pl.format("the Stripe customer that this plan creates for record {}", "netsuite_internal_id"))
        .otherwise(pl.concat_str(pl.lit("the record that this plan creates for "), "stripe_customer_id"))
    )
    return plan.with_columns(
        new_value=pl.when(pl.col("value_from").is_not_null()).then(given).otherwise("new_value"),
        record_id=pl.col("record_id").fill_null("new"),
    )


def _choose(frame: pl.DataFrame, groups: list[str], key: str) -> pl.Series:
    """Return the places of at most `ROWS_SHOWN` rows: the first of each group by `key`, then the second of each, ..."""
    if frame.is_empty():
        return pl.Series("row", [], pl.UInt32)
    order = [_outcome_rank() if group == "outcome" else pl.col(group) for group in groups]
    rows = frame.lazy().select(*groups, key).with_row_index("row")
    # There are few groups, and one after the other needs no copy of all the ids.
    kinds = frame.select(groups).unique().rows(named=True)
    parts = (rows.filter(*(pl.col(name) == value for name, value in kind.items())) for kind in kinds)
    first_of_each_group = [part.filter(pl.col(key) <= pl.col(key).bottom_k(ROWS_SHOWN).max()) for part in parts]
    chosen = (
        pl.concat(first_of_each_group)
        .sort(key, "row")
        .with_columns(nth=pl.int_range(pl.len()).over(groups))
        .sort("nth", *order)
        .head(ROWS_SHOWN)
        .sort(*order, "nth")
        .collect()
    )
    return chosen.get_column("row")


def _outcome_rank() -> pl.Expr:
    """Return the place of a row's outcome in the order in which they are shown; in the review gone ids come last."""
    return pl.col("outcome").cast(pl.Enum([*OUTCOMES, GONE])).to_physical().cast(pl.Int64)


def _rows(frame: pl.LazyFrame) -> list[Row]:
    minutes = selectors.datetime().dt.strftime("%Y-%m-%d %H:%M")
    text = selectors.string()
    cut = pl.when(text.str.len_chars() > TEXT_SHOWN).then(text.str.head(TEXT_SHOWN) + "…").otherwise(text)
    as_text = frame.with_columns(minutes).with_columns(pl.all().cast(pl.String))
    return as_text.with_columns(cut.name.keep()).collect().to_dicts()
