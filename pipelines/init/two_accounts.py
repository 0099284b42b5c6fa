"""Two accounts whose keys are in the environment: which variables are there, and what the saved search shows."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from resources.exports.recognition import Recognized, Taken, recognize
from resources.netsuite_api.reading.columns import SearchColumn
from schemas.errors import AccessError, UserError

SEARCH: Final = "customsearch_tieout"
_CERTIFICATE: Final = ("client_id", "certificate_id", "private_key")
_TOKEN: Final = ("consumer_key", "consumer_secret", "token_id", "token_secret")
_FIELD_IDS: Final = {
    "internalid": "internal_id", "externalid": "external_id", "comments": "comments", "email": "email",
    "companyname": "company_name", "entityid": "name", "firstname": "first_name", "lastname": "last_name",
    "phone": "phone", "stage": "stage", "isinactive": "inactive", "vatregnumber": "tax_id", "zipcode": "postal_code",
    "address1": "address1", "city": "city",
}  # fmt: skip
"""NetSuite's ids of fields, which no language and no custom label changes."""


@dataclass(frozen=True)
class Accounts:
    """The lines of a declaration that say how both are asked; every value is taken from the environment."""

    stripe: Sequence[str]
    netsuite: Sequence[str]


def in_environment(environment: Mapping[str, str] = os.environ) -> Accounts:
    """Return how both accounts are asked.

    Raises:
        AccessError: a variable is missing.
    """
    token = bool(environment.get("NETSUITE_CONSUMER_KEY")) and not environment.get("NETSUITE_CLIENT_ID")
    login = _TOKEN if token else _CERTIFICATE
    needed = ["STRIPE_API_KEY", "NETSUITE_ACCOUNT", *(f"NETSUITE_{key.upper()}" for key in login)]
    if missing := [name for name in needed if not environment.get(name)]:
        raise AccessError(
            f"The environment lacks {', '.join(missing)}: set what docs/stripe.md and docs/netsuite.md say, or name "
            "two files, STRIPE=path NETSUITE=path."
        )
    stripe = [
        'api_key: "{{ env.STRIPE_API_KEY }}"',
        "# since: 2019-05 # the month of your oldest customer; without it 2011-01, before which nobody had one",
    ]
    netsuite = [
        'account: "{{ env.NETSUITE_ACCOUNT }}"',
        f"mass_search: {_search(environment)} # the saved search with all customers",
        *(f'{key}: "{{{{ env.NETSUITE_{key.upper()} }}}}"' for key in login),
    ]
    if environment.get("STRIPE_BASE_URL"):
        stripe.append("base_url: \"{{ env('STRIPE_BASE_URL', 'https://api.stripe.com') }}\" # not Stripe itself")
    if environment.get("NETSUITE_BASE_URL"):
        netsuite.append('base_url: "{{ env.NETSUITE_BASE_URL }}" # not NetSuite itself')
    return Accounts(stripe, netsuite)


def _search(environment: Mapping[str, str]) -> str:
    named = environment.get("NETSUITE_MASS_SEARCH") or SEARCH
    if not named.replace("_", "").isalnum():
        raise UserError(f"NETSUITE_MASS_SEARCH is {named!r}; name the id of a saved search, such as {SEARCH}.")
    return named


def recognize_search(columns: Sequence[SearchColumn], stripe_id_field: str, said: Mapping[str, str]) -> Recognized:
    """Say which column of a saved search is which field: by NetSuite's id of it, else by its label."""
    known = {name: label for label, name in dict(_by_id(columns, stripe_id_field)).items() if name not in said}
    nothing = pl.DataFrame(schema=dict.fromkeys(_labels_once(columns), pl.String))
    found = recognize(nothing, {**known, **said})
    found.open[:] = [each for each in found.open if each.labels]
    found.taken[:] = [
        Taken(each.field, each.label, "by NetSuite's id of the field") if each.field in known else each
        for each in found.taken
    ]
    if "internal_id" not in found.labels:
        found.taken.insert(0, Taken("internal_id", "Internal ID", "the RESTlet gives it, whatever the search shows"))
    return found


def _by_id(columns: Sequence[SearchColumn], stripe_id_field: str) -> Iterator[tuple[str, str]]:
    fields, once = {**_FIELD_IDS, stripe_id_field: "stripe_id"}, _labels_once(columns)
    for column in columns:
        name = fields.get(column.name.lower())
        if name and column.join is None and column.label.strip() in once:
            yield column.label.strip(), name


def _labels_once(columns: Sequence[SearchColumn]) -> list[str]:
    labels = [column.label.strip() for column in columns]
    return [label for label in labels if labels.count(label) == 1 and label]
