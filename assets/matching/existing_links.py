"""Customers that are linked already: all traces name one record, they disagree, or they name nobody.

Where the traces come from is the subject of `links`; a step of the flow gets those of the customers that are open.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from assets.matching.findings import (
    OF_A_LEAD,
    Findings,
    among,
    group_records,
    joined,
    listed,
    say_alike,
    say_broken,
    say_several,
    say_singly,
)
from assets.matching.link_traces import are_of
from assets.matching.settings import MatchSettings
from schemas.link_fields import LINK_FIELDS, LinkField, fields_of

_OF_A_RECORD: Final = r"(?i)\bnetsuite\.com/\S*/entity/\S*[?&]id=[0-9]"
_ADDRESS: Final = r"(?i)://|^www\.|^[\w.-]+\.[a-z]{2,}[/?]"
_SOURCES: Final = tuple(field.evidence for field in LINK_FIELDS)


def decide_by_ids(traces: pl.DataFrame, others: pl.LazyFrame) -> Iterator[Findings]:
    """Decide by the fields that hold one id, of which none outranks another.

    `others` are the leads and prospects (`internal_id`): one of these that is named is there, but is no customer.
    """
    rest = traces.drop("text")
    for field in fields_of("stripe"):
        named = traces.filter(are_of([field]))
        leads = among(others, named.filter(pl.col("record").is_null()).get_column("text").cast(pl.Int64, strict=False))
        why = pl.format(f"{field.evidence}: {field.metadata_key} {{}}", _why_nobody(pl.col("text"), leads))
        nobody = say_broken(named, field.evidence, why)
        yield nobody
        rest = rest.join(nobody.rows, on="position", how="anti")
    yield from _agreeing(rest)


def _why_nobody(text: pl.Expr, leads: pl.Series) -> pl.Expr:
    """What is the matter with a link that names no NetSuite customer: the record, or how the number is written."""
    lead = pl.format(f"is {{}}, {OF_A_LEAD}", text)
    plain = pl.format("is {}, and NetSuite has no such customer", text)
    written = pl.format(
        "is {}, a number with separators, decimals, exponent, apostrophe or leading zeros: write the internal id alone",
        text,
    )
    of_record = pl.lit("is an address: write the internal id alone, the number behind id= in it")
    address = pl.lit("is an address, and of no NetSuite customer: write the internal id alone, a whole number")
    return (
        pl.when(text.is_in(leads.cast(pl.String).implode()))
        .then(lead)
        .when(text.str.contains("^[1-9][0-9]{0,18}$"))
        .then(plain)
        .when(text.str.contains(r"^'?[0-9][0-9.,'\s]{0,30}(?:[eE][+-]?[0-9]+)?$"))
        .then(written)
        .when(text.str.contains(_OF_A_RECORD))
        .then(of_record)
        .when(text.str.contains(_ADDRESS))
        .then(address)
        .otherwise(pl.lit("is not the internal id of any NetSuite customer: a whole number without anything else"))
    )


def linked_already(*sources: str) -> str:
    """The reason of links that these kinds of evidence show."""
    return f"{', '.join(sources)}: linked already"


def decide_by_texts(pairs: pl.DataFrame, field: LinkField, settings: MatchSettings) -> Iterator[Findings]:
    """Decide by texts that hold the id of the customer among other words, such as comments."""
    groups = group_records(pairs.lazy().select("position", "record"), "position").collect(engine="streaming")
    is_one = pl.col("candidates") == 1
    source, reason = field.evidence, f"{field.evidence}: hold the id of this customer"
    yield say_alike(groups.filter(is_one).select("position", record="lowest"), "linked", source, reason)
    crowds = groups.filter(~is_one).with_row_index("group")
    use_lowest = settings.on_several == "first"
    yield say_several(crowds.select("position", "group"), crowds, source, reason, use_lowest=use_lowest)


def _agreeing(traces: pl.DataFrame) -> Iterator[Findings]:
    record, source = pl.col("record"), pl.col("source")
    bit = source.replace_strict({name: 1 << at for at, name in enumerate(_SOURCES)}, return_dtype=pl.UInt32)
    shown = pl.when("is_clear").then(bit).otherwise(pl.lit(0, pl.UInt32))
    named = traces.lazy().with_columns(bit=shown).group_by("position")
    agreed = named.agg(record=record.min(), highest=record.max(), sources=pl.col("bit").bitwise_or())
    rows = agreed.collect(engine="streaming")
    is_one, is_clear = record == pl.col("highest"), pl.col("sources") > 0
    for (sources,), alone in rows.filter(is_one & is_clear).partition_by("sources", as_dict=True).items():
        names = [source for at, source in enumerate(_SOURCES) if sources >> at & 1]
        yield say_alike(alone, "linked", names[0], linked_already(*names))
    yield _unreadable(traces.join(rows.filter(is_one & ~is_clear), on="position", how="semi"))
    yield _disagreeing(traces.join(rows.filter(~is_one), on="position", how="semi"))


def _unreadable(traces: pl.DataFrame) -> Findings:
    """The customers that a record only may mean: nobody can say whose it is, so no rule may give them another."""
    rows = traces.group_by("position").agg(named=pl.col("record").first(), source=pl.col("source").max())
    said = pl.format(
        "{}: record {} may mean this customer, but its text is not one id as Stripe has it", "source", "named"
    )
    return say_singly(
        rows.select(
            "position",
            outcome=pl.lit("conflict"),
            evidence="source",
            candidates=1,
            candidate_ids=pl.col("named").cast(pl.String),
            reason=said,
        )
    )


def _disagreeing(traces: pl.DataFrame) -> Findings:
    names = (
        pl.col("source")
        .unique()
        .sort_by(pl.col("source").unique().replace_strict({s: i for i, s in enumerate(_SOURCES)}))
    )
    sources = traces.group_by("position").agg(names=names)
    groups = group_records(traces.lazy().select("position", "record").unique(), "position").collect()
    rows = groups.join(sources, on="position")
    reason = pl.format(
        "{}: {} different records are named: {}",
        pl.col("names").list.join(", "),
        pl.col("candidates"),
        listed(pl.col("shown"), pl.col("candidates")),
    )
    said = rows.select(
        "position",
        "candidates",
        outcome=pl.lit("conflict"),
        evidence=pl.col("names").list.first(),
        candidate_ids=joined(pl.col("shown"), " "),
        reason=reason,
    )
    return say_singly(said)
