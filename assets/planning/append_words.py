"""Plans texts in which ids stand among other words: an id is appended where it is missing and fits (W3)."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from assets.matching import link_table
from assets.planning.pairs import is_empty, is_first_of_record, linked, oldest, pairs_to_plan
from assets.planning.settings import PlanSettings
from schemas.link_fields import LinkField, fields_of
from schemas.plain_ids import are_plain
from schemas.repeated import at_rows
from schemas.words import STRIPES_OWN

_NO_WORD: Final = r"[\s\p{Cc}\x{FEFF}]"
_BOTH: Final = ["stripe_customer_id", "netsuite_internal_id"]
_LEFT_OUT: Final = {
    "stripe_customer_id": pl.String,
    "netsuite_internal_id": pl.Int64,
    "obstacle": pl.String,
    "by_hand": pl.String,
}
_JOINED: Final = (("obstacle", "; "), ("by_hand", " "))
_OWNER_FIELDS: Final = [field for field in fields_of("netsuite") if field.names_owner]
_IN_A_FIELD: Final = (
    f"Map a Stripe-id field ({' or '.join(field.name for field in _OWNER_FIELDS)}), or give the id a record of its "
    "own: nothing in NetSuite names this customer."
)


def append_words(pairs: pl.DataFrame, links: pl.LazyFrame, field: LinkField) -> pl.Series:
    """Say to one field of which pairs the customer's id is appended.

    Args:
        pairs: `assets.planning.pairs.pairs_to_plan`.
        links: `assets.matching.link_table`.
        field: what it is about.
    """
    fitting = _appends(pairs, links, field).filter(pl.col("obstacle").is_null())
    return at_rows(fitting.select("row").collect().to_series(), pairs.height)


def left_out(
    stripe: pl.LazyFrame, netsuite: pl.LazyFrame, matches: pl.LazyFrame, settings: PlanSettings
) -> pl.LazyFrame:
    """Pairs whose id cannot be appended to a text that may be written, each once.

    An imported id belongs into a field of its own; only where it is in none and planned for none, it is left out.
    Arguments as for `assets.planning.write_plan.plan_changes`.

    Returns:
        stripe_customer_id, netsuite_internal_id, `obstacle`, and `by_hand`, what a person can do about it.
    """
    texts = [field for field in settings.written if field.holds == "words"]
    if not texts:
        return pl.LazyFrame(schema=_LEFT_OUT)
    records = _that_may_be_full(netsuite, matches, texts)
    if records.is_empty():
        return pl.LazyFrame(schema=_LEFT_OUT)
    netsuite = netsuite.join(records.lazy(), on="internal_id", how="semi")
    pairs = pairs_to_plan(stripe, netsuite, matches, settings.no_value)
    links = link_table(stripe, netsuite, settings.no_value).collect(engine="streaming").lazy()
    named = _named_in_fields(pairs.lazy(), links, settings)
    rows = pl.concat([_left_out_of(field, pairs, links, named) for field in texts])
    said = (pl.col(name).unique(maintain_order=True).str.join(separator) for name, separator in _JOINED)
    return rows.group_by(_BOTH, maintain_order=True).agg(said)


def _that_may_be_full(netsuite: pl.LazyFrame, matches: pl.LazyFrame, texts: Sequence[LinkField]) -> pl.DataFrame:
    """The records in which an id may not be appended, by an upper bound: as if all of their customers' ids were.

    Hardly any record is among them, and of the others nothing more need be known. What is too long together has a long
    text or many customers, so that of most records nothing is added up.
    """
    pairs = linked(matches).select("stripe_customer_id", internal_id="netsuite_internal_id").collect()
    customer = pl.col("stripe_customer_id")
    is_odd = ~customer.str.starts_with(STRIPES_OWN) | ~_is_word(pairs)
    longest = pairs.select(customer.str.len_chars().max().cast(pl.Int64)).item() or 0
    least = min(field.most_characters for field in texts) // 2
    many = max(least // (longest + 1), 1)
    long = (pl.col(field.name).str.len_bytes() > least for field in texts)
    few = [
        pairs.filter(is_odd).select("internal_id"),
        _of_many(pairs.get_column("internal_id"), many),
        netsuite.filter(pl.any_horizontal(long)).select("internal_id").collect(),
    ]
    some = pl.concat(few).to_series().unique()
    is_one = pl.col("internal_id").is_in(some.implode())
    added = (
        pairs.lazy()
        .filter(is_one)
        .group_by("internal_id")
        .agg(added=(customer.str.len_chars().cast(pl.Int64) + 1).sum(), odd=is_odd.any())
    )
    held = {field.name: pl.col(field.name).str.len_chars().cast(pl.Int64).fill_null(0) for field in texts}
    too_long = [held[field.name] + pl.col("added") > field.most_characters for field in texts]
    found = added.join(netsuite.filter(is_one).select("internal_id", *held), on="internal_id")
    return found.filter(pl.any_horizontal("odd", *too_long)).select("internal_id").collect()


def _of_many(records: pl.Series, many: int) -> pl.DataFrame:
    """The records that are there so many times or more."""
    in_order = records.sort()
    return in_order.filter(in_order == in_order.shift(many - 1)).to_frame()


def _left_out_of(field: LinkField, pairs: pl.DataFrame, links: pl.LazyFrame, named: pl.LazyFrame) -> pl.LazyFrame:
    rows = _appends(pairs, links, field).drop_nulls("obstacle").select(*_BOTH, "obstacle")
    is_imported = pl.col("obstacle") == _could_be_anything(field)
    nowhere = rows.filter(is_imported).join(named, on=_BOTH, how="anti").with_columns(by_hand=pl.lit(_IN_A_FIELD))
    return pl.concat([rows.filter(~is_imported).with_columns(by_hand=pl.lit(field.texts.by_hand)), nowhere])


def _named_in_fields(pairs: pl.LazyFrame, links: pl.LazyFrame, settings: PlanSettings) -> pl.LazyFrame:
    """Pairs of which a field of the record that is for Stripe ids alone names the customer, or is planned to."""
    first = oldest(pairs)
    planned = [first.filter(is_empty(field)).select(_BOTH) for field in _OWNER_FIELDS if field in settings.written]
    held = [links.filter(pl.col("source") == field.evidence).select(_BOTH) for field in _OWNER_FIELDS]
    return pl.concat([*held, *planned])


def _appends(pairs: pl.DataFrame, links: pl.LazyFrame, field: LinkField) -> pl.LazyFrame:
    """Pairs whose record's text does not name the id yet, with their `row` and `obstacle`, null where it is appended.

    It has to be an id of Stripe's own, and one word, as the RESTlet takes no other, and to fit after those of older
    customers. Once one does not fit into a record, no younger one is tried.
    """
    named = links.filter(pl.col("source") == field.evidence).select(_BOTH).collect()
    held_by = pairs.lazy().select(*_BOTH, field.name).with_row_index("row")
    # Most records name nobody, so that few texts need be compared.
    is_of_one = pl.col("netsuite_internal_id").is_in(named.get_column("netsuite_internal_id").implode())
    there = held_by.filter(is_of_one).join(named.lazy(), on=_BOTH, how="semi").select("row").collect().to_series()
    missing = held_by.filter(~pl.lit(at_rows(there, pairs.height)))
    is_word = _is_word(pairs)
    is_telling = pl.col("stripe_customer_id").str.starts_with(STRIPES_OWN)
    added = (
        pl.when(is_telling & is_word).then(pl.col("stripe_customer_id").str.len_chars().cast(pl.Int64) + 1).otherwise(0)
    )
    # Pairs are sorted by record: what was added within one is the running total less that before its first row.
    before_record = pl.when(is_first_of_record()).then(added.cum_sum() - added)
    within_record = added.cum_sum() - before_record.forward_fill()
    held = pl.col(field.name).str.len_chars().cast(pl.Int64).fill_null(0)
    length = held + within_record - (held == 0).cast(pl.Int64)
    no_room = pl.when(length > field.most_characters).then(pl.lit(_no_room(field)))
    unfit = (
        pl.when(~is_telling)
        .then(pl.lit(_could_be_anything(field)))
        .when(~is_word)
        .then(pl.lit(f"the Stripe id has white space or control characters in it, and {field.name} take one word"))
    )
    return missing.with_columns(obstacle=unfit.otherwise(no_room))


def _is_word(pairs: pl.DataFrame) -> pl.Expr:
    """Whether the id of a customer is one word; hardly ever is one none, so all are looked at together first."""
    are_words = are_plain(pairs.get_column("stripe_customer_id"))
    return pl.lit(value=True) if are_words else ~pl.col("stripe_customer_id").str.contains(_NO_WORD)


def _no_room(field: LinkField) -> str:
    return f"the Stripe id does not fit into the record's {field.name}, which hold {field.most_characters:,} characters"


def _could_be_anything(field: LinkField) -> str:
    return f"the Stripe id does not begin with {STRIPES_OWN}: in {field.name} it could be any number or word"
