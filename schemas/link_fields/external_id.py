"""The external id of a NetSuite customer, which other systems use as well (W2)."""

from typing import Final

from schemas.link_fields.entry import LinkField, Texts

FIELD: Final = LinkField(
    name="external_id",
    system="netsuite",
    evidence="external_id",
    rank=30,
    holds="value",
    asset="netsuite_external_ids",
    script_id="externalid",
    foreign_values=True,
    unique_in_account=True,
    waives=frozenset({"DUP_RCRD"}),  # another entity has it, be it a contact or a vendor
    texts=Texts(
        label="External ID",
        evidence="External ID in NetSuite",
        coverage="NetSuite customers whose External ID is the id of a Stripe customer",
        asset="The external ids of NetSuite records, set where they were empty.",
    ),
)
