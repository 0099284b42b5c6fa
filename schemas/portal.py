"""The links to the customer portal: what stands in a record, and how a link that is ours is known (P7)."""

import re
from typing import Final

import pandera.polars as pa

LOGIN_PAGE: Final = r"^https?://[^/]+/p/login/"
"""An address of Stripe's login page: on Stripe's own domain, or on one of the account's."""

SUITELET: Final = r"/scriptlet\.nl\?(?:.*&)?t=([0-9]+)\.[0-9]+(?:\.[0-9-]{10})?\.[0-9a-f]{64}(?:&|$)"
"""An address of the Suitelet with a token, and whose it is; its other parameters are NetSuite's business."""


class PortalLinks(pa.DataFrameModel):
    """One row per NetSuite customer that is to have a link, in the order of the internal ids."""

    netsuite_internal_id: int = pa.Field(unique=True)
    stripe_customer_id: str
    link: str


def is_ours(address: str, internal_id: int) -> bool:
    """Whether we wrote an address into the field of this record, or could have: nobody else's is ever replaced.

    >>> is_ours("https://billing.stripe.com/p/login/test_abc?prefilled_email=a%40b.example", 7)
    True
    >>> is_ours("https://1.extforms.netsuite.com/app/site/hosting/scriptlet.nl?script=3&t=7.1." + "0" * 64, 7)
    True
    >>> is_ours("https://1.extforms.netsuite.com/app/site/hosting/scriptlet.nl?script=3&recid=7", 7)
    False
    """
    signed = re.search(SUITELET, address)
    return bool(re.search(LOGIN_PAGE, address)) or (signed is not None and signed[1] == str(internal_id))
