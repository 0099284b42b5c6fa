"""The labels of the example's saved search, by our name for each column: what `netsuite_fields` declares."""

from typing import Final

LABELS: Final = {
    "internal_id": "Internal ID",
    "external_id": "External ID",
    "stripe_id": "Stripe Customer Id",
    "comments": "Comments",
    "email": "Email",
    "company_name": "Company Name",
    "phone": "Phone",
    "stage": "Stage",
    "inactive": "Inactive",
}
