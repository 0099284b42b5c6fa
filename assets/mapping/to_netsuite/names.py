"""What a new customer is called: as a company, or as an individual with two names (C3, C5, C7, C8).

The functions take frames as `values` prepares them: a column for each Stripe path, blank texts null, and
`mapped <field>` for what a declaration maps to a field.
"""

from typing import Final

import polars as pl

from assets.keys import key, key_expr
from assets.mapping.to_netsuite.limits import note
from assets.mapping.to_netsuite.settings import CreateSettings
from schemas.declaration.creation import NAMES

FIRST_NAME, LAST_NAME = NAMES

_NAME: Final = pl.coalesce("name", "description")


_TURNED: Final = r"^([^\s,]+),\s+([^,]+)$"
"""A last name of one word, with a comma, before the first name: `Doe, Jane`."""


def picked(field: str, standard: pl.Expr, settings: CreateSettings) -> pl.Expr:
    """Return what fills a field: what is mapped to it, else the default, else the standard (C11).

    A default of null leaves only what is mapped.
    """
    sources = [pl.col(f"mapped {field}")] if settings.paths_to(field) else []
    if field in settings.defaults:
        default = settings.defaults[field]
        sources.append(pl.lit(default if default is None else str(default), pl.String))
    else:
        sources.append(standard)
    return pl.coalesce(*sources)


def with_names(customers: pl.LazyFrame, settings: CreateSettings) -> pl.LazyFrame:
    """Add `is_individual`, `company`, `first`, `last`, `full name` (all whole, nothing is cut here), and notes.

    An individual without a first and a last name becomes a company, as NetSuite wants both.
    """
    customers = customers.with_columns(wanted=_is_wanted_as_individual(settings))
    name = pl.when("wanted").then(_NAME)  # looking into a text costs, and most customers are no individuals
    turned = [name.str.extract(_TURNED, group) for group in (2, 1)]
    first = picked("firstname", pl.coalesce(FIRST_NAME, turned[0], _before_space(name)), settings)
    last = picked("lastname", pl.coalesce(LAST_NAME, turned[1], _after_space(name)), settings)
    company = picked("companyname", pl.coalesce("name", "description", "email", "id"), settings)
    parted = customers.with_columns(first=first, last=last, company=company)
    has_both = pl.col("first").is_not_null() & pl.col("last").is_not_null()
    is_individual = pl.col("wanted") & has_both
    named = parted.with_columns(is_individual=is_individual, no_names=pl.col("wanted") & ~has_both)
    full_name = pl.when("is_individual").then(pl.concat_str("first", "last", separator=" ")).otherwise("company")
    return named.with_columns(*_notes(settings), full_name.alias("full name"))


def _is_wanted_as_individual(settings: CreateSettings) -> pl.Expr:
    who = settings.individual_when
    if who is None or who.metadata is None:
        return pl.lit(value=who is not None)
    return (key_expr(pl.col(f"metadata.{who.metadata}")) == key(who.equals)).fill_null(value=False)


def _before_space(name: pl.Expr) -> pl.Expr:
    return name.str.extract(r"^(\S+)\s")


def _after_space(name: pl.Expr) -> pl.Expr:
    return name.str.extract(r"(?s)^\S+\s+(.+)$")


def _notes(settings: CreateSettings) -> list[pl.Expr]:
    notes = {
        "note 00": note("made a company: NetSuite wants a first and a last name of an individual", pl.col("no_names"))
    }
    if "companyname" not in settings.defaults:
        is_company = ~pl.col("is_individual")
        if settings.paths_to("companyname"):
            is_company &= pl.col("mapped companyname").is_null()
        texts = {"description": "description", "email": "e-mail", "id": "Stripe id"}
        source = (
            pl.when(pl.col("name").is_not_null())
            .then(None)
            .when(pl.col("description").is_not_null())
            .then(pl.lit(texts["description"]))
            .when(pl.col("email").is_not_null())
            .then(pl.lit(texts["email"]))
            .otherwise(pl.lit(texts["id"]))
        )
        named_by = pl.concat_str(pl.lit("named by its "), source)
        notes["note 01"] = pl.when(is_company).then(named_by)
    return [expression.alias(name) for name, expression in notes.items()]
