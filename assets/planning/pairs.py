"""Who is to be linked with whom, and what their link fields hold: what both planners start from."""

import polars as pl

from assets.keys import folded_expr
from assets.no_values import is_placeholder
from assets.rows_of import rows_of
from schemas.link_fields import LINK_FIELDS, LinkField, fields_of
from schemas.pair_texts import MATCH, is_blank, is_nothing, value_of
from schemas.repeated import at_rows

_LINKING = ("linked", "matched", "ambiguous")


def linked_pairs(
    stripe: pl.LazyFrame, netsuite: pl.LazyFrame, matches: pl.LazyFrame, customers: pl.Series | None = None
) -> pl.DataFrame:
    """Matches that have a record, with both sides' link fields, by record, and within a record the older first.

    Older is by `created` to the minute, as exports have no seconds, then by id. `customers` are the rows of the
    customers of all matches, where they are known and these are numbered (`MATCH`).
    """
    ours = stripe.select("id", pl.col("created").dt.truncate("1m"), *_names(fields_of("stripe"))).collect()
    theirs = netsuite.select("internal_id", *_names(fields_of("netsuite"))).collect()
    found = linked(matches).collect()
    rows = (
        rows_of(found.get_column("stripe_customer_id"), ours.get_column("id"))
        if customers is None
        else customers.gather(found.get_column(MATCH))
    )
    places = found.select(
        "netsuite_internal_id",
        "stripe_customer_id",
        rows.alias("ours"),
        rows_of(found.get_column("netsuite_internal_id"), theirs.get_column("internal_id")).alias("theirs"),
        row=pl.int_range(pl.len(), dtype=pl.UInt32),
    ).drop_nulls(["ours", "theirs"])
    places = places[_by_age(places, ours.get_column("created"))]
    sides = ((found, "row"), (ours.drop("id"), "ours"), (theirs.drop("internal_id"), "theirs"))
    return pl.concat([side[places.get_column(row)] for side, row in sides], how="horizontal")


def _by_age(pairs: pl.DataFrame, created: pl.Series) -> pl.Series:
    """The order of pairs. Only records with several customers need one of age, and sorting by text is what costs."""
    records = pairs.get_column("netsuite_internal_id")
    order = records.arg_sort()
    in_order = records.gather(order)
    is_like_last = (in_order == in_order.shift()).fill_null(value=False)
    places = (is_like_last | is_like_last.shift(-1, fill_value=False)).arg_true()
    shared = pairs[order.gather(places)].with_columns(pair=order.gather(places))
    aged = shared.with_columns(created.gather(shared.get_column("ours")).alias("created"))
    by_age = aged.sort("netsuite_internal_id", "created", "stripe_customer_id").get_column("pair")
    return order.scatter(places, by_age)


def linked(matches: pl.LazyFrame) -> pl.LazyFrame:
    """The matches that have a record: customer, record, evidence, and `MATCH` where matches are numbered."""
    return matches.filter(is_linked()).select("stripe_customer_id", "netsuite_internal_id", "evidence", f"^{MATCH}$")


def is_linked() -> pl.Expr:
    """Whether a match has a record."""
    return pl.col("outcome").is_in(_LINKING) & pl.col("netsuite_internal_id").is_not_null()


def pairs_to_plan(
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    matches: pl.LazyFrame,
    no_value: frozenset[str],
    customers: pl.Series | None = None,
) -> pl.DataFrame:
    """The `linked_pairs`, and of each field that holds a value whether it is a placeholder (`is_empty`)."""
    pairs = linked_pairs(stripe, netsuite, matches, customers)
    for field in LINK_FIELDS:
        if field.holds == "value":
            pairs = pairs.with_columns(_placeholders(pairs, field, no_value))
    return pairs


def oldest(pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Of each record the pair with the customer who claims its fields; pairs are sorted by record."""
    return pairs.filter(is_first_of_record())


def is_first_of_record() -> pl.Expr:
    """Whether a pair is the first of its record, where pairs are sorted by record."""
    record = pl.col("netsuite_internal_id")
    return record.ne_missing(record.shift())


def is_empty(field: LinkField) -> pl.Expr:
    """Whether a field holds no value."""
    return is_blank(field.name) | is_nothing(field)


def _placeholders(pairs: pl.DataFrame, field: LinkField, no_value: frozenset[str]) -> pl.Series:
    """Look for placeholders only among the values that are not the link's own."""
    name = field.name
    held = pairs.with_row_index("row").filter(pl.col(name).is_not_null())
    other = held.filter(pl.col(name) != value_of(field))
    found = other.filter(is_placeholder(folded_expr(pl.col(name)), no_value)).get_column("row")
    return at_rows(found, pairs.height).alias(f"placeholder {name}")


def _names(fields: tuple[LinkField, ...]) -> list[str]:
    return [field.name for field in fields]
