"""The files for importing by hand, from a plan that is kept as pairs: as `import_files` makes them of its rows.

Pairs stand side by side what rows have one after the other, sorted by record, so that nothing needs to be joined. Where
a plan has more changes of these fields than those of pairs, its rows are asked.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from assets.matching import order_by_text
from assets.planning.parts import changes_of, kinds_of
from assets.report.few_rows import rows_at
from assets.report.import_files import comments_import, labelled, netsuite_import, stripe_updates
from assets.report.planned import rows_of_pairs
from schemas.link_fields import LinkField, fields_of
from schemas.pair_texts import CUSTOMER, RECORD_ID, is_changed, value_of
from schemas.paired_plan import PairedPlan
from schemas.repeated import are_distinct, are_rising
from schemas.words import LINK_FIELD, LINK_KEY

_VALUES: Final = fields_of("netsuite", "value")
_TEXTS: Final = fields_of("netsuite", "words")
_OF_STRIPE: Final = fields_of("stripe")


def records_of_plan(plan: PairedPlan, netsuite: pl.LazyFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    """Return `netsuite_import` of a plan."""
    fields = [field for field in plan.fields if field in _VALUES]
    pairs = _changed(plan, _VALUES, [CUSTOMER, RECORD_ID, *map(is_changed, fields)])
    if pairs is None or not are_rising(pairs.get_column(RECORD_ID)):
        return netsuite_import(changes_of(plan, _VALUES), netsuite, labels)
    values = {field.name: pl.when(is_changed(field)).then(value_of(field)) for field in fields}
    return labelled(pairs.select(RECORD_ID, **values).lazy(), list(values), netsuite, labels)


def comments_of_plan(plan: PairedPlan, netsuite: pl.LazyFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    """Return `comments_import` of a plan."""
    fields = [field for field in plan.fields if field in _TEXTS]
    pairs = _changed(plan, _TEXTS, [CUSTOMER, RECORD_ID, *(field.name for field in fields)])
    if pairs is None or len(fields) != 1:
        return comments_import(changes_of(plan, _TEXTS), netsuite, labels)
    [field] = fields
    texts = _one_of_record(pairs).select(RECORD_ID, _with_words(field).alias(field.name))
    return labelled(texts.lazy(), [field.name], netsuite, labels)


def _one_of_record(pairs: pl.DataFrame) -> pl.DataFrame:
    """The first pair of each record, with the ids of all customers of the record as lines; pairs are by record."""
    records = pairs.get_column(RECORD_ID)
    is_first = records.ne_missing(records.shift())
    is_shared = ~is_first | ~is_first.shift(-1, fill_value=True)
    shared = pairs.filter(is_shared).group_by(RECORD_ID, maintain_order=True).agg(pl.col(CUSTOMER).str.join("\n"))
    firsts = pairs.filter(is_first)
    rows = firsts.get_column(RECORD_ID).search_sorted(shared.get_column(RECORD_ID))
    return firsts.with_columns(firsts.get_column(CUSTOMER).scatter(rows, shared.get_column(CUSTOMER)))


def _with_words(field: LinkField) -> pl.Expr:
    held = pl.when(pl.col(field.name) != "").then(pl.col(field.name))
    return pl.concat_str(held, CUSTOMER, separator="\n", ignore_nulls=True)


def updates_of_plan(plan: PairedPlan, matches: pl.LazyFrame) -> pl.DataFrame:
    """Return `stripe_updates` of a plan, whose pairs have the numbers of these matches, if they have any."""
    pairs = _changed(plan, _OF_STRIPE, [CUSTOMER, RECORD_ID])
    if pairs is None or [field.name for field in _OF_STRIPE] != [LINK_FIELD]:
        return stripe_updates(changes_of(plan, _OF_STRIPE))
    if (numbers := rows_of_pairs(plan, ["stripe"])) is not None and are_distinct(numbers):
        # Matches are sorted by customer, so that nothing need be; and read as they lie, texts are soon found.
        pairs = rows_at(matches.select(CUSTOMER, RECORD_ID), numbers)
    ids = pairs.get_column(CUSTOMER)
    pairs = pairs if ids.is_sorted() else pairs[order_by_text(ids)]
    [field] = _OF_STRIPE
    return pairs.select(pl.col(CUSTOMER).alias("id"), value_of(field).alias(LINK_KEY))


def _changed(plan: PairedPlan, fields: Sequence[LinkField], columns: Sequence[str]) -> pl.DataFrame | None:
    """Of the pairs with a change in some fields some columns; None where other rows may be about these fields, too."""
    names = {field.name for field in fields}
    others = PairedPlan(first=plan.first, last=plan.last)
    if plan.pairs is None or any(part.field in names for part in kinds_of(others)):
        return None
    flags = [pl.col(is_changed(field)) for field in plan.fields if field in fields]
    is_one = pl.any_horizontal(flags) if flags else pl.lit(value=False)
    return plan.pairs.lazy().filter(is_one).select(columns).collect()
