"""From Stripe customers to whole new NetSuite records (C3 to C13), with a note on everything that is not as it came.

A record is canonical JSON: `fields` holds values by script id, `addressbook` the lines of the address book,
`currencies` says that all active ones are added (C12), `currency` names the primary one. A constant keeps its type;
what comes from Stripe is text, and is turned into the type of its field where that is known, inside NetSuite.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from assets.mapping.to_netsuite.address import with_address_book
from assets.mapping.to_netsuite.canonical import Member, joined, json_column, object_pieces, or_same, same, text
from assets.mapping.to_netsuite.entity_ids import with_entity_ids
from assets.mapping.to_netsuite.few import put
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
    record = {"addressbook": json_column(pl.col("address book")), "currencies": same(ALL_ACTIVE)}
    if settings.currency is not None:
        record["currency"] = same(settings.currency)
    of_fields = object_pieces(fields, always="isperson")
    pieces = object_pieces(record, always="currencies")
    pieces = [*pieces[:-1], pl.lit(',"fields":'), *of_fields, pieces[-1]]  # "fields" is the last by name
    made = filled.collect()
    return made.lazy().select(
        pl.col("id").alias("stripe_customer_id"),
        "is_individual",
        "entity_id",
        joined(pieces).alias("record"),
        notes=_notes(made),
    )


def _notes(customers: pl.DataFrame) -> pl.Series:
    """All notes on a customer in one text; most have none."""
    notes = sorted(name for name in customers.columns if name.startswith("note "))
    rows = customers.select(pl.any_horizontal(pl.col(notes).is_not_null())).to_series().arg_true()
    said = customers.select(notes)[rows].select(pl.concat_str(*notes, separator="; ", ignore_nulls=True)).to_series()
    return put(pl.repeat(None, customers.height, dtype=pl.String, eager=True), rows, said)


def _entity_id(settings: CreateSettings) -> pl.Expr:
    standard = {
        "name": pl.coalesce("full name", "id"),
        "stripe_id": pl.col("id"),
        "auto": pl.lit(None, pl.String),
    }[settings.entity_id]
    return picked("entityid", standard, settings)


def _with_fields(customers: pl.LazyFrame, settings: CreateSettings) -> tuple[pl.LazyFrame, Mapping[str, Member]]:
    """Return the customers with more notes, and for each field of the body its JSON."""
    customers = customers.with_columns(_sources(settings))
    found = _standard_fields(settings) | _further_fields(settings)
    notes = [one for fit in found.values() for one in fit.notes] + _further_notes(settings)
    columns = [fit.value.alias(f"field {name}") for name, fit in found.items()]
    columns += [one.alias(f"note {20 + place}") for place, one in enumerate(notes)]
    fields = {name: text(pl.col(f"field {name}")) for name in found}
    for name, value in settings.defaults.items():
        if name not in STANDARD_FIELDS and value is not None:
            fields[name] = or_same(fields[name], value) if name in fields else same(value)
    return customers.with_columns(columns), fields | _own_fields(settings)


def _sources(settings: CreateSettings) -> list[pl.Expr]:
    """What the standard fields are made of, whole: a column each."""
    is_individual = pl.col("is_individual")
    extra = picked("companyname", pl.lit(None, pl.String), settings)
    sources = {
        "companyname": pl.when(is_individual).then(extra).otherwise("company"),
        "firstname": pl.when(is_individual).then("first"),
        "lastname": pl.when(is_individual).then("last"),
        "email": picked("email", pl.col("email"), settings),
        "phone": picked("phone", pl.col("phone"), settings),
    }
    return [source.alias(f"source {field}") for field, source in sources.items()]


def _standard_fields(settings: CreateSettings) -> dict[str, Fitted]:
    email = fitted_email(pl.col("source email"), settings)
    if settings.email_fallback == "stripe_id" and settings.defaults.get("email", "") is not None:
        stands_in = note("the Stripe id stands in for the e-mail", email.value.is_null())
        email = Fitted(pl.coalesce(email.value, "id"), (*email.notes, stands_in))
    names = ("companyname", "firstname", "lastname")
    return {field: fitted(pl.col(f"source {field}"), field, settings) for field in names} | {
        "email": email,
        "phone": fitted_phone(pl.col("source phone"), "phone", settings),
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


def _own_fields(settings: CreateSettings) -> dict[str, Member]:
    """The fields that nothing is mapped to: links, and what has a setting of its own."""
    stripe_id, word = text(pl.col("id")), text(pl.when(_IS_TELLING).then("id"))
    fields = {script_id: word if field.holds == "words" else stripe_id for field, script_id in settings.links.items()}
    fields |= {
        "entityid": text(pl.col("entity_id")),
        "isperson": json_column(pl.when("is_individual").then(pl.lit('"T"')).otherwise(pl.lit('"F"'))),
    }
    ids = {
        "subsidiary": settings.subsidiary,
        "entitystatus": settings.entity_status,
        "customform": settings.custom_form,
    }
    return fields | {name: same(value) for name, value in ids.items() if value is not None}
