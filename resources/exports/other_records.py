"""Searches of contacts or transactions, whose rows have ids of their own, and name their customer beside.

Their e-mails are those of customers' people, so rules would find them, and links would name records that are none of
customers. NetSuite shows the other record's id under a label of two names, `Company : Internal ID`.
"""

import re
from collections.abc import Mapping
from typing import Final

import polars as pl

from resources.exports.file import ExportFile
from resources.exports.known_labels import fields_meant
from schemas.errors import ExportError
from schemas.system_words import BUILT_IN

_FURTHER: Final = re.compile(r"[/(]")
"""What stands behind the first name of a record, as in `Customer/Project` and `Customer (Main Line)`."""


def refuse_other_records(export: ExportFile, fields: Mapping[str, str]) -> None:
    """See that the rows are not those of other records than customers.

    Args:
        export: the file.
        fields: our name → the column's label in the saved search.

    Raises:
        ExportError: a column has other internal ids of customers than that of the rows' own.
    """
    own = fields["internal_id"]
    for label in export.header.labels:
        if label != own and is_of_its_customer(label) and export.header.labels.count(label) == 1:
            rows = export.lazily({"own": own, "other": label})
            if rows.select((pl.col("own") != pl.col("other")).any()).collect(engine="streaming").item():
                raise ExportError(
                    f"{export.source} has ids of customers under {label!r}, and others under {own!r}, as searches of "
                    "contacts or transactions show them: links would name records that are no customers; export a "
                    "search of customers."
                )


def is_of_its_customer(label: str) -> bool:
    """Whether a label is that of the internal id of the customer that a row belongs to.

    >>> [is_of_its_customer(label) for label in ("Company : Internal ID", "Kunde : Interne ID", "Parent : Internal ID")]
    [True, True, False]
    """
    of, colon, field = label.rpartition(":")
    whose = _FURTHER.split(of)[0].strip()
    is_customer = BUILT_IN.is_customer(whose) or "company_name" in fields_meant(whose)
    return bool(colon) and "internal_id" in fields_meant(field) and bool(is_customer)
