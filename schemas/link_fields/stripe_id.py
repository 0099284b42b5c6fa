"""The custom field of a NetSuite customer that is there for the Stripe id (M11, W4)."""

from typing import Final

from schemas.link_fields.entry import LinkField, Texts

FIELD: Final = LinkField(
    name="stripe_id",
    system="netsuite",
    evidence="stripe_id",
    rank=20,
    holds="value",
    asset="netsuite_links",
    script_id="custentity_tieout_stripe_id",
    setting="stripe_id_field",
    texts=Texts(
        label="Stripe-id field",
        evidence="Stripe-id field in NetSuite",
        coverage="NetSuite customers whose Stripe-id field is filled",
        asset="The Stripe-id field of NetSuite records, set where it was empty.",
    ),
)
