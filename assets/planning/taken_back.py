"""Takes our own traces away where a person decided otherwise after we had written them: pure, as changes of a plan.

Whoever is decided to another record, or to none, is still named by the former one. What we wrote there is taken away
again, each field by a change of its own; what others wrote stays. Which of the traces are ours is asked in
`own_traces`.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import polars as pl

from assets.planning.rows import all_columns
from schemas.link_fields import ADDRESS_FIELDS, BY_NAME, LinkField
from schemas.pair_texts import is_blank

TRACES: Final = {
    "system": pl.String(),
    "record_id": pl.String(),
    "field": pl.String(),
    "held": pl.String(),
    "value": pl.String(),
    "stripe_customer_id": pl.String(),
    "netsuite_internal_id": pl.Int64(),
    "decided_internal_id": pl.Int64(),
}
"""Where a trace stands, all that stands there (`held`), the trace itself (`value`), the customer and the former record
that it ties together, and the record that a person decided for; none if never to link."""

KEY: Final = ("system", "record_id", "field", "value")
"""What tells a trace."""

_CUSTOMER: Final = "stripe_customer_id"
_RECORD: Final = "netsuite_internal_id"
_DECIDED: Final = "decided_internal_id"
_BREAK: Final = r"^(?:\r\n|\r|\n)"
_HELD_BY_DECISION: Final = ("held", "matched")


def traces_against(
    stripe: pl.LazyFrame, netsuite: pl.LazyFrame, matches: pl.LazyFrame, fields: Sequence[LinkField]
) -> pl.DataFrame:
    """What still ties customers to other records than a person decided for, whoever wrote it.

    Args:
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        matches: `schemas.matches.Matches`.
        fields: the link fields that may be written.

    Returns:
        `TRACES`, ordered by system, field, record and customer. In a text only an id that is a line of its own, once,
        is one that can be taken away.
    """
    is_decided = (pl.col("evidence") == "override") & pl.col("outcome").is_in(_HELD_BY_DECISION)
    decided = matches.filter(is_decided).select(_CUSTOMER, **{_DECIDED: pl.col(_RECORD)}).collect()
    if decided.is_empty():
        return pl.DataFrame(schema=TRACES)
    finders = {"value": _in_value, "words": _in_text}
    of_records = [finders[field.holds](netsuite, decided, field) for field in fields if field.system == "netsuite"]
    found = pl.concat([pl.DataFrame(schema=TRACES), *of_records, *_in_stripe(stripe, decided, fields)])
    addresses = [_address(netsuite, found, field) for field in ADDRESS_FIELDS]
    return pl.concat([found, *addresses]).sort("system", "field", _RECORD, _CUSTOMER)


def without_traces(netsuite: pl.LazyFrame, traces: pl.DataFrame) -> pl.LazyFrame:
    """The records as they are once their traces are taken away."""
    of_records = traces.filter(pl.col("system") == "netsuite")
    for (name,), mine in of_records.partition_by("field", as_dict=True, maintain_order=True).items():
        rest = rests(mine) if _is_text(name) else mine.select(_RECORD, rest=pl.lit(None, pl.String)).unique()
        gone = rest.lazy().with_columns(is_gone=pl.lit(value=True))
        there = netsuite.join(gone, left_on="internal_id", right_on=_RECORD, how="left", maintain_order="left")
        left = pl.when(pl.col("is_gone").is_null()).then(name).otherwise("rest")
        netsuite = there.with_columns(left.alias(name)).drop("rest", "is_gone")
    return netsuite


def with_removals(plan: pl.LazyFrame, traces: pl.DataFrame) -> pl.LazyFrame:
    """Add to a plan the changes that take traces away: those of NetSuite come first, those of Stripe last.

    Args:
        plan: `schemas.plan.Plan`, made for what is left when the traces are gone.
        traces: `TRACES`, all of them ours.
    """
    removals = _removals(traces)
    of_netsuite = pl.col("system") == "netsuite"
    rows = [removals.filter(of_netsuite), _after(plan, removals.filter(of_netsuite)), removals.filter(~of_netsuite)]
    return pl.concat(rows, how="diagonal")


def rests(traces: pl.DataFrame) -> pl.DataFrame:
    """What is left of texts without the lines that are words of ours, as the RESTlet takes them out.

    Args:
        traces: of one field that holds words: `netsuite_internal_id`, `held`, `value`.

    Returns:
        `netsuite_internal_id` and `rest`, null where nothing is left.
    """
    lines = traces.select(_RECORD, line=_lines(pl.col("held"))).unique(_RECORD).explode("line")
    words = traces.select(_RECORD, word="value")
    left = lines.with_columns(word=_without_break("line")).join(
        words, on=[_RECORD, "word"], how="anti", maintain_order="left"
    )
    rest = (
        left.group_by(_RECORD, maintain_order=True)
        .agg(rest=pl.col("line").str.join(""))
        .with_columns(_without_break("rest"))
    )
    known = traces.select(_RECORD).unique().join(rest, on=_RECORD, how="left")
    return known.with_columns(pl.when(pl.col("rest") == "").then(None).otherwise("rest").alias("rest"))


def in_words(traces: pl.DataFrame) -> pl.LazyFrame:
    """Where each customer's traces stand, in one text `places`: `record 12 (comments, stripe_id)`."""
    by_record = traces.sort(_RECORD, "field").group_by(_CUSTOMER, _RECORD, maintain_order=True)
    named = by_record.agg(pl.col("field").unique(maintain_order=True).str.join(", "))
    text = pl.format("record {} ({})", _RECORD, "field")
    return named.group_by(_CUSTOMER, maintain_order=True).agg(places=text.str.join(" and ")).lazy()


def _removals(traces: pl.DataFrame) -> pl.LazyFrame:
    is_text = pl.col("field").is_in([field for field in BY_NAME if _is_text(field)])
    instead = pl.format("a person decided for record {} instead", _DECIDED)
    never = pl.lit("a person decided never to link this customer")
    decided = pl.when(pl.col(_DECIDED).is_null()).then(never).otherwise(instead)
    kind = pl.when(is_text).then(pl.concat_str(pl.lit("remove:"), _CUSTOMER)).otherwise(pl.lit("clear"))
    return all_columns(
        traces.lazy(),
        change_id=pl.concat_str("system", "record_id", "field", kind, separator=":"),
        system=pl.col("system"),
        record_id=pl.col("record_id"),
        field=pl.col("field"),
        action=pl.when(is_text).then(pl.lit("remove")).otherwise(pl.lit("clear")),
        old_value=pl.col("held"),
        new_value=pl.when(is_text).then("value").otherwise(pl.lit("")),
        reason=pl.concat_str(pl.lit("Tieout put it there; "), decided),
    )


def _after(plan: pl.LazyFrame, removals: pl.LazyFrame) -> pl.LazyFrame:
    """Let edits require the removals that make room for them: of their own field, and of an id that is to move.

    NetSuite refuses an external id that another record still has.
    """
    clears = removals.filter(pl.col("action") == "clear").select("change_id", "field", "record_id", value="old_value")
    unique = [name for name, field in BY_NAME.items() if field.unique_in_account]
    lower = pl.col("value").str.strip_chars().str.to_lowercase()
    by_value = clears.filter(pl.col("field").is_in(unique)).select("change_id", "field", lower=lower)
    sets = plan.filter((pl.col("system") == "netsuite") & (pl.col("action") == "set"))
    rows = sets.select("field", "record_id", edit="change_id", lower=pl.col("new_value").str.to_lowercase())
    met = [rows.join(clears, on=["field", "record_id"]), rows.join(by_value, on=["field", "lower"])]
    pairs = pl.concat([each.select("edit", "change_id") for each in met]).unique().sort("edit", "change_id")
    # The id of a clear has no character that JSON writes otherwise.
    listed = pl.format('["{}"]', pl.col("change_id").str.join('","'))
    needed = pairs.group_by(change_id="edit").agg(needed=listed).collect().lazy()
    given = pl.col("requires") if "requires" in plan.collect_schema() else pl.lit(None, pl.String)
    joined = plan.join(needed, on="change_id", how="left", maintain_order="left")
    return joined.with_columns(requires=pl.coalesce("needed", given)).drop("needed")


def _in_value(netsuite: pl.LazyFrame, decided: pl.DataFrame, field: LinkField) -> pl.DataFrame:
    records = netsuite.select(**{_RECORD: pl.col("internal_id")}, held=pl.col(field.name), value=_stripped(field.name))
    named = records.filter(pl.col("value").is_in(decided.get_column(_CUSTOMER).implode()))
    found = named.join(decided.lazy(), left_on="value", right_on=_CUSTOMER).filter(_is_former())
    return _traces(found.with_columns(**{_CUSTOMER: pl.col("value")}), field)


def _in_text(netsuite: pl.LazyFrame, decided: pl.DataFrame, field: LinkField) -> pl.DataFrame:
    ids = decided.get_column(_CUSTOMER).to_list()
    records = netsuite.select(**{_RECORD: pl.col("internal_id")}, held=pl.col(field.name))
    some = records.filter(pl.col("held").str.contains_any(ids))
    lines = some.with_columns(line=_lines(pl.col("held"))).explode("line").with_columns(value=_without_break("line"))
    whole = lines.group_by(_RECORD, "held", "value").len().filter(pl.col("len") == 1).drop("len")
    found = whole.join(decided.lazy(), left_on="value", right_on=_CUSTOMER).filter(_is_former())
    return _traces(found.with_columns(**{_CUSTOMER: pl.col("value")}), field)


def _in_stripe(stripe: pl.LazyFrame, decided: pl.DataFrame, fields: Iterable[LinkField]) -> Iterator[pl.DataFrame]:
    """Only of customers that are never to be linked: what names another record is replaced by the new link."""
    never = decided.filter(pl.col(_DECIDED).is_null())
    for field in fields:
        if field.system == "stripe":
            number = pl.col("value").str.extract("^([1-9][0-9]{0,17})$").cast(pl.Int64)
            held = stripe.select("id", held=pl.col(field.name), value=_stripped(field.name))
            found = never.lazy().join(held, left_on=_CUSTOMER, right_on="id").with_columns(**{_RECORD: number})
            yield _traces(found.drop_nulls(_RECORD), field)


def _address(netsuite: pl.LazyFrame, found: pl.DataFrame, field: LinkField) -> pl.DataFrame:
    """What the former records say of where something of the customer is to be found."""
    if field.name not in netsuite.collect_schema():
        return pl.DataFrame(schema=TRACES)
    pairs = found.select(_CUSTOMER, _RECORD, _DECIDED).unique().lazy()
    records = netsuite.select(**{_RECORD: pl.col("internal_id")}, held=pl.col(field.name), value=_stripped(field.name))
    return _traces(pairs.join(records, on=_RECORD).filter(~is_blank("held")), field)


def _traces(rows: pl.LazyFrame, field: LinkField) -> pl.DataFrame:
    of_record = pl.col(_CUSTOMER) if field.system == "stripe" else pl.col(_RECORD).cast(pl.String)
    placed = rows.with_columns(system=pl.lit(field.system), field=pl.lit(field.name), record_id=of_record)
    return placed.select(pl.col(name).cast(kind) for name, kind in TRACES.items()).collect()


def _is_former() -> pl.Expr:
    return pl.col(_RECORD).ne_missing(pl.col(_DECIDED))


def _is_text(name: str) -> bool:
    return BY_NAME[name].holds == "words"


def _stripped(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars()


def _lines(text: pl.Expr) -> pl.Expr:
    """The lines of a text, each but the first with the break before it."""
    return text.str.extract_all(r"^[^\r\n]*|(?:\r\n|\r|\n)[^\r\n]*")


def _without_break(line: str) -> pl.Expr:
    return pl.col(line).str.replace(_BREAK, "")
