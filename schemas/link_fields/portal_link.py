"""The custom field of a NetSuite customer that holds the link to its customer portal, for e-mail templates (P7)."""

from typing import Final

from schemas.link_fields.entry import LinkField, Texts

FIELD: Final = LinkField(
    name="portal_link",
    system="netsuite",
    evidence="portal_link",
    rank=90,
    holds="address",
    asset="netsuite_portal_links",
    script_id="custentity_tieout_portal_link",
    setting="portal_link_field",
    texts=Texts(
        label="Portal link",
        evidence="Portal link in NetSuite",
        coverage="NetSuite customers with a link to their customer portal",
        asset="The links to the customer portal in NetSuite records: set, and set anew where they are out of date.",
    ),
)
