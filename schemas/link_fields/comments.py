"""The comments of a NetSuite customer: people's text, to which the Stripe id is appended as a line of its own (W3)."""

from typing import Final

from schemas.link_fields.entry import LinkField, Texts
from schemas.words import COMMENTS_LIMIT

FIELD: Final = LinkField(
    name="comments",
    system="netsuite",
    evidence="comments",
    rank=40,
    holds="words",
    asset="netsuite_comments",
    script_id="comments",
    most_characters=COMMENTS_LIMIT,
    texts=Texts(
        label="Comments",
        evidence="Stripe id in the NetSuite comments",
        coverage="NetSuite customers whose comments name a Stripe customer",
        asset="The Stripe ids in the comments of NetSuite records, appended where they were missing.",
        by_hand="Put the Stripe id into the comments by hand, and make room if need be.",
    ),
)
