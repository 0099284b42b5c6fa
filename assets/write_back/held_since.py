"""What is not written into NetSuite any more, by what the metadata of customers say at the moment of writing.

Between plan and apply somebody may have named another record in the metadata, or held the customer back (C2). A record
that is made all the same would be a second one, and one that is linked would be crossed with the other.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Final

import polars as pl

from assets.keys import folded_expr
from assets.matching import MatchSettings
from assets.matching.holds import flags_of, hold_back
from assets.matching.id_texts import cleaned
from assets.no_values import is_placeholder
from resources.ledger import Decisions
from schemas.change import Change
from schemas.words import LINK_KEY, MATCH_KEYS, InternalId, StripeId

Metadata = Mapping[str, str]
WhyNot = Callable[[Change], str | None]
"""Why a change is not made, if it is not."""

_TEXTS: Final = {"who": pl.String, "text": pl.String}
_LONGEST_SHOWN: Final = 40


def nothing_since(_: Mapping[StripeId, Metadata]) -> WhyNot:
    """Let everything through."""
    return lambda _: None


def held_since(settings: MatchSettings, decisions: Decisions) -> Callable[[Mapping[StripeId, Metadata]], WhyNot]:
    """Return what looks at the metadata of customers, and then says of changes why they are not made.

    A plan links nobody whose metadata name another record or hold it back. So what does has come since.

    Args:
        settings: what the declaration says.
        decisions: of persons, who link customers to records whatever their metadata name.
    """

    def look(customers: Mapping[StripeId, Metadata]) -> WhyNot:
        flagged, named = _flagged(customers, settings), _named(customers, settings)
        links = cache(partial(_decided, decisions))

        def why_not(change: Change) -> str | None:
            who, record = change.stripe_customer_id, change.netsuite_internal_id
            if who is None or who in flagged or who not in named:
                return flagged.get(who) if who else None
            is_meant = record is not None and (named[who] == str(record) or links().get(who) == record)
            return None if is_meant else f"metadata: {LINK_KEY} is {named[who][:_LONGEST_SHOWN]}"

        return why_not

    return look


def _decided(decisions: Decisions) -> dict[StripeId, InternalId]:
    links = decisions.standing().filter(pl.col("kind") == "link")
    return dict(links.select("stripe_customer_id", "netsuite_internal_id").iter_rows())


def _named(customers: Mapping[StripeId, Metadata], settings: MatchSettings) -> dict[StripeId, str]:
    """What the metadata name, as matching reads it."""
    given = pl.DataFrame({"who": list(customers), "text": [each.get(LINK_KEY) for each in customers.values()]}, _TEXTS)
    texts = given.select("who", cleaned(pl.col("text"))).drop_nulls()
    return dict(texts.filter(~is_placeholder(folded_expr(pl.col("text")), settings.no_value)).iter_rows())


def _flagged(customers: Mapping[StripeId, Metadata], settings: MatchSettings) -> dict[StripeId, str]:
    texts = {f"metadata.{name}": [each.get(name) for each in customers.values()] for name in MATCH_KEYS}
    rows = pl.DataFrame(texts, dict.fromkeys(texts, pl.String)).with_row_index("position").lazy()
    who, found = list(customers), dict[StripeId, str]()
    for findings in hold_back(rows.select("position"), flags_of(rows), settings):
        reason = findings.findings.item(0, "reason")
        found |= {who[position]: reason for position in findings.rows.get_column("position")}
    return found
