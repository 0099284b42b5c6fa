"""For whom no record is made any more, by what the metadata of the customers say at the moment of writing.

Between plan and apply somebody may have named a record in the metadata, or held the customer back (C2). A record that
is made all the same would be a second one, and the customer would name the other.
"""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from assets.keys import key
from assets.matching import MatchSettings
from assets.matching.holds import flags_of, hold_back
from schemas.words import LINK_KEY, MATCH_KEYS, StripeId

Metadata = Mapping[str, str]
WhyNone = Callable[[Mapping[StripeId, Metadata]], Mapping[StripeId, str]]
"""Of some customers those for whom no record is to be made, and why."""

_LONGEST_SHOWN: Final = 40


def held_since(settings: MatchSettings) -> WhyNone:
    """Return what says of whom a declaration makes no record, by their metadata: as matching would say now."""

    def why_none(customers: Mapping[StripeId, Metadata]) -> dict[StripeId, str]:
        return {**_flagged(customers, settings), **_named(customers, settings)}

    return why_none


def _named(customers: Mapping[StripeId, Metadata], settings: MatchSettings) -> dict[StripeId, str]:
    named = {customer: metadata.get(LINK_KEY) or "" for customer, metadata in customers.items()}
    keys = {customer: key(text) for customer, text in named.items()}
    said = "metadata: {} is {}"
    return {
        customer: said.format(LINK_KEY, text[:_LONGEST_SHOWN])
        for customer, text in named.items()
        if keys[customer] and keys[customer] not in settings.no_value
    }


def _flagged(customers: Mapping[StripeId, Metadata], settings: MatchSettings) -> dict[StripeId, str]:
    texts = {f"metadata.{name}": [each.get(name) for each in customers.values()] for name in MATCH_KEYS}
    rows = pl.DataFrame(texts, dict.fromkeys(texts, pl.String)).with_row_index("position").lazy()
    who, found = list(customers), dict[StripeId, str]()
    for findings in hold_back(rows.select("position"), flags_of(rows), settings):
        reason = findings.findings.item(0, "reason")
        found |= {who[position]: reason for position in findings.rows.get_column("position")}
    return found
