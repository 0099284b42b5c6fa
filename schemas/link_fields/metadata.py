"""The metadata of a Stripe customer: the internal id of its record (M7, W1)."""

from typing import Final

from schemas.link_fields.entry import LinkField, Texts
from schemas.words import LINK_FIELD, LINK_KEY

FIELD: Final = LinkField(
    name=LINK_FIELD,
    system="stripe",
    evidence="metadata",
    rank=10,
    holds="value",
    asset="stripe_links",
    by_override=True,
    texts=Texts(
        label=f"Metadata {LINK_KEY}",
        evidence="Stripe metadata",
        coverage="Stripe customers whose metadata names their NetSuite record",
        asset="The metadata of Stripe customers, pointing at the records whose NetSuite side holds; a customer whose "
        "record NetSuite refused is left, and counted as waiting. It is the same part of the plan as in NetSuite.",
    ),
)
