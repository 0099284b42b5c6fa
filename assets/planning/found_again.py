"""Which records matching can find for a few customers: all others need not be looked at again.

More of them cost time, never the truth; one that is missing would be a wrong proposal. So what is not surely known to
be of no use stays.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from assets.keys import hashed_keys, with_keys
from assets.matching import MatchSettings
from resources.storage.held_frames import Held
from schemas.link_fields import fields_of

_MOST_CUSTOMERS: Final = 50_000
"""More of them are looked for among all records, which costs less than to look for so many ids in each text."""


def records_for(
    customers: pl.DataFrame, netsuite: pl.LazyFrame, settings: MatchSettings, held: Held | None
) -> pl.LazyFrame:
    """Return the records that rules or traces may find for these customers, or all.

    Args:
        customers: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        settings: which rules there are.
        held: the same records, and beside them by column `position`, `hash` of the keys of NetSuite customers, as
            matching has left them; None where they are not known.
    """
    if held is None or customers.height > _MOST_CUSTOMERS:
        return netsuite
    ids = customers.get_column("id")
    sides = [(rule.stripe_side.alone, rule.netsuite_side.alone) for rule in settings.rules]
    known = [(ours, theirs) for ours, theirs in sides if ours and theirs and theirs in held.beside]
    if len(known) < len(sides) or (ids.str.len_bytes() != ids.str.len_chars()).any():
        return netsuite
    rows = held.frame.get_column("is_customer").arg_true()
    found = [rows.gather(_of_rule(customers, ours, held.beside[theirs])) for ours, theirs in known]
    wanted = pl.concat([*found, *_that_name(ids, held.frame)]).unique().sort()
    return held.frame[wanted].lazy()


def _of_rule(customers: pl.DataFrame, column: str, hashes: pl.DataFrame) -> pl.Series:
    keys = hashed_keys(with_keys(customers.lazy().select(text=pl.col(column).cast(pl.String))))
    is_asked = pl.col("hash").is_in(keys.get_column("hash").implode())
    return hashes.filter(is_asked).get_column("position")


def _that_name(ids: pl.Series, records: pl.DataFrame) -> Iterator[pl.Series]:
    """Give the rows whose fields may name one of some customers: an id is there in any case, or what nobody sees."""
    text = pl.col("text")
    may_name = (text.str.len_bytes() != text.str.len_chars()) | text.str.contains_any(
        ids.to_list(), ascii_case_insensitive=True
    )
    for field in fields_of("netsuite"):
        rows = records.get_column(field.name).is_not_null().arg_true()
        texts = records.get_column(field.name).gather(rows).cast(pl.String)
        yield rows.filter(texts.to_frame("text").select(may_name).to_series())
