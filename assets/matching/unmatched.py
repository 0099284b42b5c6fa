"""Customers for whom nothing was found, with what was tried, and which of their fields had nothing to compare."""

from collections.abc import Iterator

import polars as pl

from assets.keys import folded_expr
from assets.matching.findings import Findings, say_alike
from assets.matching.settings import MatchSettings
from assets.no_values import is_no_value, may_be_no_value
from schemas.repeated import at_rows


def say_unmatched(customers: pl.LazyFrame, settings: MatchSettings) -> Iterator[Findings]:
    """Say of all these customers that they are unmatched.

    Args:
        customers: `position`, and the columns of the rules.
        settings: what the declaration says.
    """
    fields = list(dict.fromkeys(column for rule in settings.rules for column in rule.stripe_side.columns))
    empty = {f"empty {at}": _suspect(pl.col(field), settings) for at, field in enumerate(fields)}
    looks = customers.select("position", **empty).collect(engine="streaming")
    rows = looks.with_columns(_has_no_value(looks.get_column(name), settings) for name in empty)
    if not fields:
        yield say_alike(rows, "unmatched", None, "no link found, and no rules are declared")
        return
    for flags, part in rows.partition_by(list(empty), as_dict=True).items():
        names = [field for field, is_empty in zip(fields, flags, strict=True) if is_empty]
        yield say_alike(part, "unmatched", None, _why_unmatched(settings, names, is_all=len(names) == len(fields)))


def _suspect(field: pl.Expr, settings: MatchSettings) -> pl.Expr:
    """Return the texts of a field that may be no value, empty where there is none, and null for all others."""
    text = field.cast(pl.String).fill_null("")
    return pl.when(may_be_no_value(text, settings.no_key)).then(text)


def _has_no_value(suspects: pl.Series, settings: MatchSettings) -> pl.Series:
    """Return where a field is blank or a placeholder; keys are made of the few suspects alone."""
    at = suspects.is_not_null().arg_true()
    keys = pl.select(folded_expr(pl.lit(suspects.gather(at)))).to_series()
    is_none = (keys == "") | pl.select(is_no_value(pl.lit(keys), settings.no_key)).to_series()
    return at_rows(at.filter(is_none), suspects.len()).alias(suspects.name)


def _why_unmatched(settings: MatchSettings, empty: list[str], *, is_all: bool) -> str:
    if is_all:
        return f"no link found, and all fields that the rules compare are empty: {', '.join(empty)}"
    tried = ", ".join(map(str, settings.rules))
    return f"no link found, and no record equals by {tried}" + (f"; empty: {', '.join(empty)}" if empty else "")
