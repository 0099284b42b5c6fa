"""For each customer that matched nothing up to three records to look at, the likeliest first, each with its reasons.

A kind of nearness is a function of `_KINDS`: it returns the pairs that it finds worth a look and what to say of each.
Reasons of a pair add up. Nothing here is ever planned or counted as matched (M3).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl
from rapidfuzz.distance import OSA

from assets.keys import folded_expr, hashed_keys, with_keys
from assets.near_misses.blocks import PAIRS, halves, pairs_by
from assets.near_misses.loose_texts import (
    compact,
    host,
    last_digits,
    letters_and_digits,
    own,
    postcode_and_number,
    spaced_names,
    words_keys,
)
from assets.near_misses.name_reasons import name_reasons
from assets.no_values import is_no_value, may_be_no_value
from schemas.repeated import at_rows

SHOWN: Final = 3
"""Records that are shown of a customer at most."""

COLUMNS: Final = pl.Schema(
    {"stripe_customer_id": pl.String(), "suggested_ids": pl.String(), "suggestions": pl.String()}
)
SAME_CUSTOMER: Final = 50
"""Points from which two are likely to be the same: a name in other words, a tax id, an e-mail with another letter, or
several of what colleagues and neighbours share, too: a domain, a house, a phone."""

_MOST_OF_A_DOMAIN: Final = 5
_SHORTEST_MAILBOX: Final = 4
_SAID: Final = pl.Schema({**PAIRS, "points": pl.UInt32(), "said": pl.String()})


@dataclass(frozen=True)
class Sides:
    """What is compared.

    Attributes:
        customers: those that matched nothing: `position` and the columns of `schemas.customers.StripeCustomers`.
        records: NetSuite records, as a rule those that a rule may find.
        no_value: keys that are none.
    """

    customers: pl.DataFrame
    records: pl.LazyFrame
    no_value: frozenset[str]

    @cached_property
    def names(self) -> pl.DataFrame:
        """`position`, `name` as it is, `text` of it in words, and `words`, their key."""
        named = self.with_value("name").select("position", name="name")
        return _in_words(named)

    @cached_property
    def companies(self) -> pl.DataFrame:
        """`record`, `name` as it is, `text` of it in words, and `words`, their key."""
        is_named = pl.col("name").str.len_bytes() > 0
        named = self.records.select(record="internal_id", name="company_name").filter(is_named).collect()
        return _in_words(named)

    def with_value(self, column: str) -> pl.DataFrame:
        """Those customers of whom a column holds a value; keys are made of the few that may hold none."""
        filled = self.customers.drop_nulls(column)
        text, key = pl.col(column), pl.col("key")
        suspects = filled.select(may_be_no_value(text, self.no_value).arg_true()).to_series()
        keys = filled.lazy().select(text.gather(suspects)).select(key=folded_expr(text)).collect()
        is_none = keys.select((key.str.len_bytes() == 0) | is_no_value(key, self.no_value)).to_series()
        return filled.filter(~at_rows(suspects.filter(is_none), filled.height))


def _in_words(named: pl.DataFrame) -> pl.DataFrame:
    """Add `text`, the words of a `name`, and `words`, their key."""
    texts = spaced_names(named.get_column("name"))
    return named.with_columns(texts.alias("text"), words_keys(texts).alias("words"))


def find_near_misses(
    customers: pl.LazyFrame,
    records: pl.LazyFrame,
    taken: pl.LazyFrame,
    no_value: frozenset[str],
    least_points: int = 0,
) -> pl.DataFrame:
    """Return `stripe_customer_id`, `suggested_ids`, `suggestions` of the customers with a record to look at.

    Args:
        customers: `schemas.customers.StripeCustomers`, those that matched nothing.
        records: `schemas.customers.NetsuiteCustomers`, as a rule those that a rule may find; others come after these.
        taken: `internal_id` of the records that a customer is tied to: they come after the others.
        no_value: keys that are none.
        least_points: what the reasons of a record have to add up to: `SAME_CUSTOMER`, or nothing.
    """
    ours = customers.collect(engine="streaming").with_row_index("position")
    if ours.is_empty():
        return pl.DataFrame(schema=COLUMNS)
    sides = Sides(ours, records, no_value)
    said = pl.concat([pl.DataFrame(schema=_SAID), *(kind(sides).select(*_SAID) for kind in _KINDS)])
    return _best(said, sides, taken, least_points)


def _best(said: pl.DataFrame, sides: Sides, taken: pl.LazyFrame, least_points: int) -> pl.DataFrame:
    is_taken = pl.col("record").is_in(taken.collect().to_series().implode())
    named = _named(sides.records, said.get_column("record"))
    pairs = (
        said.sort("position", "record", "points", "said", descending=[False, False, True, False])
        .group_by("position", "record", maintain_order=True)
        .agg(pl.col("points").sum(), pl.col("said").unique(maintain_order=True).str.join(", "))
        .filter(pl.col("points") >= least_points)
        .with_columns(is_taken=is_taken)
        .join(named, on="record")
        .sort("position", "is_taken", "is_idle", "points", "record", descending=[False, False, False, True, False])
        .group_by("position", maintain_order=True)
        .head(SHOWN)
    )
    name = pl.concat_str(pl.col("record").cast(pl.String), "company_name", "email", separator=", ", ignore_nulls=True)
    tied = pl.when("is_taken").then(pl.lit("; tied to another customer already")).otherwise(pl.lit(""))
    shown = pl.format("{}: {}{}{}", name, "said", "note", tied)
    return (
        pairs.group_by("position", maintain_order=True)
        .agg(
            pl.col("record").cast(pl.String).str.join(" ").alias("suggested_ids"),
            shown.str.join(" | ").alias("suggestions"),
        )
        .join(sides.customers.select("position", stripe_customer_id="id"), on="position", maintain_order="left")
        .select(*COLUMNS)
    )


def _named(records: pl.LazyFrame, some: pl.Series) -> pl.DataFrame:
    """The names of some records, and what is to be known of those that no rule may find."""
    has_kind = "is_customer" in records.collect_schema()
    is_lead = ~pl.col("is_customer") if has_kind else pl.lit(value=False)
    is_inactive = pl.col("inactive") if has_kind else pl.lit(value=False)
    lead, inactive = pl.lit("; a lead or prospect"), pl.lit("; inactive")
    note = pl.when(is_lead).then(lead).when(is_inactive).then(inactive).otherwise(pl.lit(""))
    named = records.filter(pl.col("internal_id").is_in(some.unique().implode()))
    return named.select(
        "company_name", "email", record="internal_id", note=note, is_idle=is_lead | is_inactive
    ).collect(engine="streaming")


def _same_words(sides: Sides) -> pl.DataFrame:
    ours, theirs = sides.names.select("position", block="words"), sides.companies.select("record", block="words")
    pairs = pairs_by(ours, theirs)
    both = pairs.join(sides.names, on="position").join(sides.companies, on="record", suffix="_theirs")
    return name_reasons(both).with_columns(points=pl.lit(60, pl.UInt32))


def _one_letter_of_name(sides: Sides) -> pl.DataFrame:
    text = compact(pl.col("text"))
    ours = sides.names.select("position", "words", text=text).drop_nulls()
    theirs = sides.companies.select("record", "words", text=text).drop_nulls()
    return _one_letter(ours, theirs, "same name apart from one letter", 40)


def _one_letter_of_email(sides: Sides) -> pl.DataFrame:
    customers = sides.with_value("email").lazy().select("position", text="email")
    records = sides.records.select(record="internal_id", text="email")
    ours, theirs = (hashed_keys(with_keys(rows)).rename({"key": "text"}) for rows in (customers, records))
    words = pl.lit(0).alias("words")
    found = ours.with_columns(words), theirs.with_columns(words)
    return _one_letter(*found, "same e-mail apart from one letter", 50)


def _one_letter(ours: pl.DataFrame, theirs: pl.DataFrame, said: str, points: int) -> pl.DataFrame:
    pairs = pairs_by(halves(ours, "position", "text", (-1, 0, 1)), halves(theirs, "record", "text", (0,)))
    mine, others = _with_digits(ours, pairs, "position"), _with_digits(theirs, pairs, "record")
    both = pairs.join(mine, on="position").join(others, on="record", suffix="_theirs")
    both = both.filter(pl.col("digits") == pl.col("digits_theirs")).filter(_may_be_a_typo())  # few are left for that
    near = [OSA.distance(*texts, score_cutoff=1) <= 1 for texts in both.select("text", "text_theirs").iter_rows()]
    found = both.filter(pl.Series("is_near", near, pl.Boolean))
    return found.with_columns(points=pl.lit(points, pl.UInt32), said=pl.lit(said))


def _with_digits(rows: pl.DataFrame, pairs: pl.DataFrame, who: str) -> pl.DataFrame:
    """Return the rows of those who are in a pair, with the digits of their text."""
    named = rows.join(pairs.select(who), on=who, how="semi")
    return named.with_columns(digits=pl.col("text").str.replace_all(r"\D", ""))


def _may_be_a_typo() -> pl.Expr:
    """Whether texts of the same digits differ, and not in a short name of a mailbox, which would be another person."""
    one, other = pl.col("text"), pl.col("text_theirs")
    is_another = (one != other) | (pl.col("words") != pl.col("words_theirs"))  # a space is a letter too
    at = one.str.find("@", literal=True)
    mailbox = one.str.head(at + 1) == other.str.head(at + 1)
    return is_another & (at.is_null() | (at >= _SHORTEST_MAILBOX) | mailbox)


def _same_digits(sides: Sides) -> pl.DataFrame:
    return _equal(sides, last_digits(pl.col("phone")), last_digits(pl.col("phone")), "same digits of the phone", 30)


def _same_domain(sides: Sides) -> pl.DataFrame:
    reads = host(pl.col("email"))
    return _equal(sides, reads, reads, "same domain of the e-mail", 20, _MOST_OF_A_DOMAIN, own)


def _same_tax_id(sides: Sides) -> pl.DataFrame:
    reads = letters_and_digits(pl.col("tax_id"))
    return _equal(sides, reads, reads, "same tax id", 55)


def _same_house(sides: Sides) -> pl.DataFrame:
    ours = postcode_and_number(pl.col("address.postal_code"), pl.col("address.line1"))
    theirs = postcode_and_number(pl.col("postal_code"), pl.col("address1"))
    return _equal(sides, ours, theirs, "same postcode and house number", 25, _MOST_OF_A_DOMAIN)


def _equal(
    sides: Sides,
    ours: pl.Expr,
    theirs: pl.Expr,
    said: str,
    points: int,
    most: int = 10,
    then: Callable[[pl.Expr], pl.Expr] = lambda text: text,
) -> pl.DataFrame:
    """Return the pairs whose texts are equal, as they are read, `then` once more; none where a side has no column."""
    is_there = {*ours.meta.root_names()} <= {*sides.customers.columns}
    if not is_there or not {*theirs.meta.root_names()} <= {*sides.records.collect_schema()}:
        return pl.DataFrame(schema=_SAID)
    mine = _blocks(sides.customers.lazy().select("position", text=ours), "position", then)
    if mine.is_empty():  # as where no customer has a phone, and the records are millions
        return pl.DataFrame(schema=_SAID)
    other = _blocks(sides.records.select(record="internal_id", text=theirs), "record", then)
    pairs = pairs_by(mine, other, most)
    return pairs.with_columns(points=pl.lit(points, pl.UInt32), said=pl.lit(said))


def _blocks(rows: pl.LazyFrame, who: str, then: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    texts = rows.with_columns(text=then(pl.col("text"))).drop_nulls("text")
    return texts.select(who, block=pl.col("text").hash(3)).collect(engine="streaming")


_KINDS: Final[tuple[Callable[[Sides], pl.DataFrame], ...]] = (
    _same_words,
    _one_letter_of_name,
    _one_letter_of_email,
    _same_digits,
    _same_domain,
    _same_tax_id,
    _same_house,
)
