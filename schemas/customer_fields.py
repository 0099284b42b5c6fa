"""The fields of a NetSuite customer that a new record fills, by their script ids, and how long they may be.

NetSuite publishes no table of lengths: these are lengths that are known to be taken, and a declaration can set others.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

NAME_FIELDS: Final = ("entityid", "companyname", "firstname", "lastname")
"""Standard fields whose text is cut where it is too long."""

STANDARD_FIELDS: Final = (*NAME_FIELDS, "email", "phone")
"""Fields that the standard mapping fills; a declaration may fill them otherwise."""

CUT: Final = frozenset({*NAME_FIELDS, "addressee", "addr1", "addr2", "city"})
"""What is cut where it is too long. Everything else is left out then, as a part of it would be another value."""

SAFE_LENGTHS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "entityid": 80,
        "companyname": 83,
        "firstname": 32,
        "lastname": 32,
        "email": 254,
        "phone": 32,
        "addressee": 83,
        "addrphone": 32,
        "addr1": 150,
        "addr2": 150,
        "city": 50,
        "state": 30,
        "zip": 36,
    }
)
"""Characters that are sent at most."""

OWN_SETTINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "subsidiary": "subsidiary",
        "entitystatus": "entity_status",
        "customform": "custom_form",
        "currency": "currency",
        "isperson": "individual_when",
    }
)
"""Fields that a setting of their own fills."""

FIELD_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "entityid": "entity id",
        "companyname": "company name",
        "firstname": "first name",
        "lastname": "last name",
        "email": "e-mail",
        "phone": "phone",
        "addrphone": "phone",
        "addr1": "line 1",
        "addr2": "line 2",
    }
)
"""What people call a field, where its script id is not that word."""
