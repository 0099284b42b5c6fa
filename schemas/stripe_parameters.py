"""The parameters of a Stripe customer that NetSuite may feed, by their paths: the labels of the columns that feed them.

A path is Stripe's own: `email`, `address.line1`, `shipping.address.postal_code`, `metadata.tier`,
`preferred_locales[0]`. What moves money or numbering is no parameter here, whoever asks for it.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemas.words import ALLOW_KEY, BLOCK_KEY, LINK_KEY

LENGTHS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "email": 512,
        "name": 256,
        "phone": 20,
        "description": 5_000,
        "business_name": 150,
        "individual_name": 150,
        "shipping.name": 256,
        "shipping.phone": 20,
    }
)
"""Characters that Stripe takes at most."""

METADATA_LENGTH: Final = 500
METADATA_KEYS: Final = 50
"""Keys that a customer has at most."""
MOST_METADATA: Final = METADATA_KEYS - 2
"""Keys that columns may feed: two are the link's."""

TAX_EXEMPT: Final = ("none", "exempt", "reverse")
NEVER_BLANK: Final = ("email", "name", "phone")
"""What Stripe does not clear: it answers 400 to an empty text."""

OUR_KEYS: Final = (LINK_KEY, BLOCK_KEY, ALLOW_KEY)
"""Metadata keys that hold the link, or hold a customer back."""

_ADDRESS: Final = ("line1", "line2", "city", "state", "postal_code", "country")
_PLAIN: Final = frozenset(
    {
        *LENGTHS,
        "tax_exempt",
        *(f"{owner}address.{leaf}" for owner in ("", "shipping.") for leaf in _ADDRESS),
    }
)
_COUNTRIES: Final = ("address.country", "shipping.address.country")
_ROOT: Final = "metadata."
_METADATA: Final = re.compile(r"metadata\.([^\[\]]{1,40})")
_LOCALE: Final = re.compile(r"preferred_locales(?:\[[0-9]\])?")
_MEANT: Final = re.compile(r"(?:address|shipping|metadata)[.\[]\S.*|preferred_locales.*", re.IGNORECASE)
_REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(
        ("balance", "cash_balance", "source", "default_source", "payment_method", "coupon", "promotion_code", "tax"),
        "moves money",
    )
    | dict.fromkeys(("invoice_prefix", "next_invoice_sequence", "invoice_settings"), "changes invoices")
    | dict.fromkeys(
        ("tax_id_data", "test_clock", "validate", "expand", "id", "object", "created"), "is not written here"
    )
)
PATTERN: Final = "|".join((*map(re.escape, sorted(_PLAIN)), _METADATA.pattern))
"""All that are kept as a field, as a regular expression."""

ALLOWED: Final = (
    "email, name, phone, description, business_name, individual_name, tax_exempt, address.<part>, shipping.name, "
    "shipping.phone, shipping.address.<part>, metadata.<key> with a key of at most 40 characters and no brackets, "
    "preferred_locales[0]"
)
"""What a path may be, in words."""


def is_parameter(path: str) -> bool:
    """Whether a column may feed this path.

    >>> [is_parameter(path) for path in ("email", "address.zip", "metadata.tier", "metadata.netsuite_customer_id")]
    [True, False, True, False]
    """
    key = metadata_key(path)
    return path in _PLAIN or _LOCALE.fullmatch(path) is not None or (key is not None and key not in OUR_KEYS)


def is_code(path: str) -> bool:
    """Whether Stripe wants the code of a country or a language at a path.

    >>> [is_code(path) for path in ("shipping.address.country", "preferred_locales[0]", "metadata.country")]
    [True, True, False]
    """
    return path in _COUNTRIES or _LOCALE.fullmatch(path) is not None


def metadata_key(path: str) -> str | None:
    """The metadata key of a path, None of another one."""
    found = _METADATA.fullmatch(path)
    return found[1] if found else None


def parts_of_path(path: str) -> list[str]:
    """The keys that lead to a value; one of metadata may hold dots.

    >>> parts_of_path("address.city"), parts_of_path("metadata.crm.id")
    (['address', 'city'], ['metadata', 'crm.id'])
    """
    return ["metadata", path.removeprefix(_ROOT)] if path.startswith(_ROOT) else path.split(".")


def text_at(customer: Mapping[str, object], path: str) -> str | None:
    """The text at a path of a customer, such as `address.city`; None where some part of the way is null or absent."""
    value: object = customer
    for part in parts_of_path(path):
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def why_refused(path: str) -> str | None:
    """Why a label that means a parameter of Stripe is not taken; None for one that is taken, or that means none.

    >>> why_refused("balance")
    'balance moves money'
    >>> why_refused("Balance due") is None
    True
    """
    if is_parameter(path):
        return None
    if metadata_key(path) in OUR_KEYS:
        return f"{path} holds the link, or holds customers back, and nothing else"
    root = re.split(r"[.\[]", path, maxsplit=1)[0]
    if root in _REFUSED:
        return f"{path} {_REFUSED[root]}"
    return f"{path} is no parameter of a Stripe customer; expected one of {ALLOWED}" if _MEANT.fullmatch(path) else None
