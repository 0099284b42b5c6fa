"""From Stripe customers to whole new NetSuite records (C3 to C13), with a note on everything that is not as it came.

A record is canonical JSON: `fields` holds values by script id, `addressbook` the lines of the address book,
`currencies` says that all active ones are added (C12), `currency` names the primary one. A constant keeps its type;
what comes from Stripe is text, and is turned into the type of its field where that is known, inside NetSuite.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from assets.mapping.to_netsuite.address import with_address_book
from assets.mapping.to_netsuite.canonical import constant, object_expr, text_expr
from assets.mapping.to_netsuite.entity_ids import with_entity_ids
from assets.mapping.to_netsuite.limits import (
    Fitted,
    fitted,
    fitted_email,
    fitted_phone,
    note,
)
from assets.mapping.to_netsuite.names import picked, with_names
from assets.mapping.to_netsuite.settings import CreateSettings
from assets.mapping.to_netsuite.texts import prepared
from schemas.customer_fields import STANDARD_FIELDS
from schemas.words import STRIPES_OWN

ALL_ACTIVE: Final = "active"
"""Of `currencies` in a record: every active currency of the account."""

_NO_WORD: Final = r"[\s\p{Cc}\x{FEFF}]"
_IS_TELLING: Final = pl.col("id").str.starts_with(STRIPES_OWN) & ~pl.col("id").str.contains(_NO_WORD)


def new_records(customers: pl.LazyFrame, existing: pl.LazyFrame, settings: CreateSettings) -> pl.LazyFrame:
    """Make the record for each customer; which customers get one was decided before.

    Args:
        customers: `id`, `created`, and columns named by Stripe paths (`email`, `address.line1`, `metadata.<key>`); one
            that is not there has no values.
        existing: `entity_id` of every record that NetSuite has, as far as it is known.
        settings: what the declaration says.

    Returns:
        `schemas.new_records.NewRecords`, in the order of the customers.
    """
    named = with_names(prepared(customers, settings), settings)
    placed = with_address_book(named, settings)
    numbered = placed.with_columns(_entity_id(settings).alias("wanted entity_id")).collect()
    unique = with_entity_ids(numbered, existing, settings).lazy()
    filled, fields = _with_fields(unique, settings)
    notes = sorted(name for name in filled.collect_schema().names() if name.startswith("note "))
    members = {"fields": object_expr(fields), "addressbook": pl.col("address book")}
    members["currencies"] = pl.lit(constant(ALL_ACTIVE))
    if settings.currency is not None:
        members["currency"] = pl.lit(constant(settings.currency))
    said = pl.concat_str(*notes, separator="; ", ignore_nulls=True)
    return filled.select(
        pl.col("id").alias("stripe_customer_id"),
        "is_individual",
        "entity_id",
        object_expr(members).alias("record"),
        pl.when(said != "").then(said).alias("notes"),
    )


def _entity_id(settings: CreateSettings) -> pl.Expr:
    standard = {
        "name": pl.coalesce("full name", "id"),
        "stripe_id": pl.col("id"),
        "auto": pl.lit(None, pl.String),
    }[settings.entity_id]
    return picked("entityid", standard, settings)


def _with_fields(customers: pl.LazyFrame, settings: CreateSettings) -> tuple[pl.LazyFrame, Mapping[str, pl.Expr]]:
    """Return the customers with more notes, and for each field of the body its JSON."""
    found = _standard_fields(settings) | _further_fields(settings)
    notes = [one for fit in found.values() for one in fit.notes] + _further_notes(settings)
    columns = [fit.value.alias(f"field {name}") for name, fit in found.items()]
    columns += [one.alias(f"note {20 + place}") for place, one in enumerate(notes)]
    fields = {name: text_expr(pl.col(f"field {name}")) for name in found}
    for name, value in settings.defaults.items():
        if name not in STANDARD_FIELDS and value is not None:
            default = pl.lit(constant(value))
            fields[name] = pl.coalesce(fields[name], default) if name in fields else default
    return customers.with_columns(columns), fields | _own_fields(settings)


def _standard_fields(settings: CreateSettings) -> dict[str, Fitted]:
    is_individual = pl.col("is_individual")
    extra = picked("companyname", pl.lit(None, pl.String), settings)
    email = fitted_email(picked("email", pl.col("email"), settings), settings)
    if settings.email_fallback == "stripe_id" and settings.defaults.get("email", "") is not None:
        stands_in = note("the Stripe id stands in for the e-mail", email.value.is_null())
        email = Fitted(pl.coalesce(email.value, "id"), (*email.notes, stands_in))
    return {
        "companyname": fitted(pl.when(is_individual).then(extra).otherwise("company"), "companyname", settings),
        "firstname": fitted(pl.when(is_individual).then("first"), "firstname", settings),
        "lastname": fitted(pl.when(is_individual).then("last"), "lastname", settings),
        "email": email,
        "phone": fitted_phone(picked("phone", pl.col("phone"), settings), "phone", settings),
    }


def _further_fields(settings: CreateSettings) -> dict[str, Fitted]:
    fields = [field for field in settings.mapped_fields if field not in STANDARD_FIELDS]
    return {field: fitted(pl.col(f"mapped {field}"), field, settings) for field in fields}


def _further_notes(settings: CreateSettings) -> list[pl.Expr]:
    is_company = ~pl.col("is_individual")
    notes = [
        note(f"{words} left out: a company has none", is_company & pl.col(f"mapped {field}").is_not_null())
        for field, words in (("firstname", "first name"), ("lastname", "last name"))
        if settings.paths_to(field)
    ]
    no_word = f"left out: the Stripe id is no word that begins with {STRIPES_OWN}"
    return notes + [note(f"{field.name} {no_word}", ~_IS_TELLING) for field in settings.links if field.holds == "words"]


def _own_fields(settings: CreateSettings) -> dict[str, pl.Expr]:
    """The fields that nothing is mapped to: links, and what has a setting of its own."""
    stripe_id = text_expr(pl.col("id"))
    word = pl.when(_IS_TELLING).then(stripe_id)
    fields = {script_id: word if field.holds == "words" else stripe_id for field, script_id in settings.links.items()}
    fields |= {
        "entityid": text_expr(pl.col("entity_id")),
        "isperson": pl.when("is_individual").then(pl.lit('"T"')).otherwise(pl.lit('"F"')),
    }
    ids = {
        "subsidiary": settings.subsidiary,
        "entitystatus": settings.entity_status,
        "customform": settings.custom_form,
    }
    return fields | {name: pl.lit(constant(value)) for name, value in ids.items() if value is not None}
