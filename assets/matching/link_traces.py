"""The traces of existing links in the link fields of both systems (`schemas.link_fields`).

Matching believes them in the order of that list; the audit compares them with each other (X5). Ids are compared as
exact text without white space around it and invisible characters: keys are for values, not for ids.
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from assets.keys import folded_expr
from assets.matching.comment_ids import IS_USUAL, Hash, find_unusual_ids, find_words, with_position
from assets.matching.id_texts import STRIPES, cleaned, cut_id, may_hold_ids, may_mean, may_mean_among_others, one_id
from assets.no_values import is_placeholder
from schemas.link_fields import LinkField, fields_of
from schemas.repeated import at_rows
from schemas.words import STRIPES_OWN

_VALUES: Final = fields_of("netsuite", "value")
WORD_FIELDS: Final = fields_of("netsuite", "words")
_OWNER_FIELDS: Final = [field for field in _VALUES if field.names_owner]
_FOREIGN: Final = [field for field in _VALUES if field.foreign_values]
_PAIR: Final = ("position", "record", "source", "text")


def link_table(stripe: pl.LazyFrame, netsuite: pl.LazyFrame, no_value: frozenset[str]) -> pl.LazyFrame:
    """Return every trace of a link: `stripe_customer_id`, `netsuite_internal_id`, `source`, `text`.

    One side of a dangling trace is null, and `text` is what it names, trimmed: metadata that names no NetSuite
    customer, a Stripe-id field that names no Stripe customer of the extract. `text` of comments is the id that was
    found. Records that are no customers leave no traces.

    Args:
        stripe: rows of `schemas.customers.StripeCustomers`.
        netsuite: rows of `schemas.customers.NetsuiteCustomers`.
        no_value: keys of placeholders, which are no traces.
    """
    own = [field.name for field in fields_of("stripe")]
    customers = stripe.select("id", *own).collect(engine="streaming").with_row_index("position").lazy()
    records = netsuite.filter("is_customer")
    named = named_by_records(customers, records).filter("is_evidence").collect(engine="streaming").lazy()
    by_metadata = named_by_metadata(customers, records).collect(engine="streaming")
    traces = pl.concat([without_placeholders(by_metadata, no_value).lazy(), named]).drop("is_evidence")
    known = traces.join(customers.select("position", "id"), on="position", how="left")
    columns = {"stripe_customer_id": "id", "netsuite_internal_id": "record", "source": "source", "text": "text"}
    dangling = [_dangling(records, named, field, no_value).select(**columns) for field in _OWNER_FIELDS]
    return pl.concat([known.select(**columns), *dangling])


def are_of(fields: Iterable[LinkField]) -> pl.Expr:
    """Return whether traces stand in one of some fields."""
    return reduce(or_, [pl.col("source") == field.evidence for field in fields] or [pl.lit(value=False)])


def _dangling(records: pl.LazyFrame, named: pl.LazyFrame, field: LinkField, no_value: frozenset[str]) -> pl.LazyFrame:
    """Return what a field for Stripe ids alone holds where it names no customer."""
    unknown = _field_texts(records, field).join(named.filter(are_of([field])), on="record", how="anti")
    named_nobody = unknown.filter(~is_placeholder(folded_expr(pl.col("text")), no_value))
    return named_nobody.with_columns(id=pl.lit(None, pl.String))


def without_placeholders(traces: pl.DataFrame, no_value: frozenset[str]) -> pl.DataFrame:
    """Leave out the traces of metadata that name no record because they are a placeholder, and so name nothing."""
    dangling = traces.with_row_index("row").filter(pl.col("record").is_null())
    nothing = dangling.filter(is_placeholder(folded_expr(pl.col("text")), no_value)).get_column("row")
    if nothing.is_empty():
        return traces
    return traces.filter(~at_rows(nothing, traces.height))


def named_by_metadata(customers: pl.LazyFrame, records: pl.LazyFrame) -> pl.LazyFrame:
    """Return what metadata names: `position`, `record` (null where NetSuite has no such customer), and as below."""
    return pl.concat([_numbers_in(field, customers, records) for field in fields_of("stripe")])


def _numbers_in(field: LinkField, customers: pl.LazyFrame, records: pl.LazyFrame) -> pl.LazyFrame:
    number = pl.when(pl.col("text").str.contains("^[1-9][0-9]{0,18}$")).then(pl.col("text"))
    named = _filled(customers.select("position", text=field.name))
    numbered = named.with_columns(internal_id=number.cast(pl.Int64, strict=False)).collect(engine="streaming")
    # Few of the millions of records are named, and a join makes a table of all that it is given.
    is_named = pl.col("internal_id").is_in(numbered.get_column("internal_id").implode())
    known = records.filter(is_named).select("internal_id", record="internal_id")
    found = numbered.lazy().join(known, on="internal_id", how="left")
    source, yes = pl.lit(field.evidence), pl.lit(value=True)
    return found.select("position", "record", source=source, text="text", is_clear=yes, is_evidence=yes)


def named_by_records(customers: pl.LazyFrame, records: pl.LazyFrame, hashed: Hash = pl.Expr.hash) -> pl.LazyFrame:
    """Return the records of which a link field holds a customer's id.

    Each pair once per source: `position`, `record`, `source`, `text`, `is_clear`, false where a field only may mean the
    customer (`id_texts`), and `is_evidence`, false where an external id equals an imported Stripe id, which could be
    anything (`1001`, `paid`): that is a doubt and no link. All fields are looked up at once, since it is the customers
    that cost, not the few texts.
    """
    ids = customers.select("position", "id")
    words = [find_words(notes_of(records, field)).collect(engine="streaming") for field in WORD_FIELDS]
    noted = [_usual(some.lazy(), field).collect() for some, field in zip(words, WORD_FIELDS, strict=True)]
    # Each by itself: put together in one plan they cost half as much again.
    fields = [rows.collect(engine="streaming") for rows in values_of(records)]
    texts = pl.concat([*fields, *noted]).with_row_index("row")
    met = with_position(texts.lazy(), ids, hashed).collect(engine="streaming")
    unusual = [
        named_unusually(ids, some, field, records, hashed) for some, field in zip(words, WORD_FIELDS, strict=True)
    ]
    return pl.concat([as_clear(met.lazy()), *unusual, named_unclearly(unmet(texts, met), ids, hashed)])


def values_of(records: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """Give what link fields hold that have one value, field by field: `source`, `record`, `text`."""
    return (_field_texts(records, field) for field in _VALUES)


def usual_ids_of(records: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """Give what looks like a usual id in link fields that hold words, field by field, as `values_of` does."""
    return (_usual(find_words(notes_of(records, field)), field) for field in WORD_FIELDS)


def _usual(words: pl.LazyFrame, field: LinkField) -> pl.LazyFrame:
    return words.filter(IS_USUAL).select(pl.lit(field.evidence).alias("source"), "record", "text")


def as_clear(met: pl.LazyFrame) -> pl.LazyFrame:
    """Return the traces of texts that are the id of a customer (`position`)."""
    return met.select(*_PAIR, is_clear=pl.lit(value=True), is_evidence=_is_evidence(pl.col("text")))


def named_unusually(
    ids: pl.LazyFrame, words: pl.DataFrame, field: LinkField, records: pl.LazyFrame, hashed: Hash
) -> pl.LazyFrame:
    """Return the traces of the few ids of another form in a field, of which `words` are what `find_words` finds."""
    found = find_unusual_ids(ids, words, notes_of(records, field), hashed)
    return as_clear(found.with_columns(source=pl.lit(field.evidence)))


def _is_evidence(named: pl.Expr) -> pl.Expr:
    """Return whether a text says something of the customer whose id it names."""
    return ~are_of(_FOREIGN) | named.str.starts_with(STRIPES_OWN)


def unmet(texts: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """Return the texts of fields that are no customer's id and may hold one: of foreign values, only usual ones."""
    is_met = at_rows(met.get_column("row"), texts.height)
    is_worth_it = are_of(_OWNER_FIELDS) | may_hold_ids(pl.col("text"))
    return texts.filter(~is_met & ~are_of(WORD_FIELDS)).filter(is_worth_it).drop("row")


def named_unclearly(texts: pl.DataFrame, ids: pl.LazyFrame, hashed: Hash) -> pl.LazyFrame:
    """Return the traces of texts that are no id as they stand (`unmet`).

    What is one id with decoration is clear, and so is an id of Stripe's length without its `cus_`, as whole columns
    have it; the rest may mean any.
    """
    rows = texts.lazy().with_row_index("row")
    read = with_position(rows.with_columns(raw="text", text=one_id(pl.col("text"))).drop_nulls("text"), ids, hashed)
    clear = read.collect(engine="streaming")
    columns = (*_PAIR, "is_clear", "is_evidence")
    flagged = clear.lazy().with_columns(is_clear=pl.lit(value=True), is_evidence=_is_evidence(pl.col("text")))
    found = [flagged.with_columns(text="raw").select(*columns)]
    rest = rows.join(clear.lazy().select("row"), on="row", how="anti").collect()
    if not rest.is_empty():
        possible = _possible(rest.lazy(), ids, hashed).collect(engine="streaming")
        cut = _cut(rest.join(possible.select("row"), on="row", how="anti"), ids)
        meant = possible.lazy(), cut.lazy().with_columns(is_clear=pl.lit(value=False))
        found += [rows.with_columns(is_evidence=pl.lit(value=True)).select(*columns) for rows in meant]
    return pl.concat(found)


def _possible(rows: pl.LazyFrame, ids: pl.LazyFrame, hashed: Hash) -> pl.LazyFrame:
    """Return whom texts may mean: whoever has an id in them as it stands, or else in another case."""
    text = pl.col("text")
    is_own = are_of(_OWNER_FIELDS)
    pieces = rows.with_columns(
        piece=pl.when(is_own).then(may_mean(text)).otherwise(may_mean_among_others(text))
    ).explode("piece")
    lowered = pieces.drop_nulls("piece").rename({"text": "raw"}).with_columns(text=pl.col("piece").str.to_lowercase())
    in_any_case = ids.with_columns(own="id", id=pl.col("id").str.to_lowercase())
    met = with_position(lowered, in_any_case, hashed).filter(_is_evidence(pl.col("own")))
    named = met.with_columns(is_exact=pl.col("own") == pl.col("piece"))
    wanted = pl.col("is_exact") | ~pl.col("is_exact").any().over("row", "piece")
    is_bare = (pl.col("own") == pl.format(f"{STRIPES_OWN}{{}}", "raw")) & (pl.col("raw").str.len_bytes() >= STRIPES)
    return named.filter(wanted).unique(["row", "position"]).with_columns(text="raw", is_clear=is_bare)


def _cut(rows: pl.DataFrame, ids: pl.LazyFrame) -> pl.DataFrame:
    """Return whom texts mean that end with the beginning of an id, as a field does that was too short for it."""
    begun = rows.select(*_PAIR[1:], begun=cut_id(pl.col("text"))).drop_nulls("begun")
    found = [begun.select(pl.lit(None, pl.UInt32).alias("position"), *_PAIR[1:]).clear()]
    own = ids.filter(pl.col("id").str.starts_with(STRIPES_OWN))
    longest = (own.select(pl.col("id").str.len_bytes().max()).collect().item() or 0) if begun.height else 0
    for (length,), some in begun.group_by(pl.col("begun").str.len_bytes()):
        if length < longest:
            begins = own.select("position", begun=pl.col("id").str.slice(0, length))
            near = begins.filter(pl.col("begun").is_in(some.get_column("begun").unique().implode()))
            sole = near.group_by("begun").agg(pl.len(), pl.col("position").first()).filter(pl.col("len") == 1)
            found.append(some.join(sole.collect(engine="streaming"), on="begun").select(*_PAIR))
    return pl.concat(found)


def trimmed(column: str) -> pl.Expr:
    """Return the text of a column as ids are compared, null if nothing is left."""
    return cleaned(pl.col(column).cast(pl.String)).alias(column)


def _field_texts(records: pl.LazyFrame, field: LinkField) -> pl.LazyFrame:
    return _filled(records.select(pl.lit(field.evidence).alias("source"), record="internal_id", text=field.name))


def notes_of(records: pl.LazyFrame, field: LinkField) -> pl.LazyFrame:
    """Return the texts of a field that holds words: `note`, `record`."""
    return records.select(note=pl.col(field.name).cast(pl.String), record="internal_id").drop_nulls()


def _filled(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.drop_nulls("text").with_columns(trimmed("text")).drop_nulls("text")
