"""New Stripe customers as canonical JSON: the parameters of one call, the link in their metadata.

The link is in the call that makes the customer: it stands at once, and nobody's connector makes a second record.
"""

from collections.abc import Mapping

import polars as pl

from assets.mapping.to_netsuite.canonical import constant, list_expr, object_expr, text_expr
from assets.matching.to_stripe_settings import ToStripeSettings
from schemas.stripe_parameters import is_parameter
from schemas.words import ALLOW_KEY, LINK_KEY

_LOCALES = "preferred_locales"


def new_customers(rows: pl.LazyFrame, settings: ToStripeSettings) -> pl.LazyFrame:
    """Make the parameters of a customer for each row; which rows get one was decided before.

    Args:
        rows: as `assets.mapping.to_stripe.values.fitted` returns them.
        settings: what the declaration says.

    Returns:
        `netsuite_internal_id`, `record`, `notes`.
    """
    paths = [name for name in rows.collect_schema().names() if is_parameter(name)]
    members = {path: text_expr(pl.col(path)) for path in paths if not path.startswith(_LOCALES)}
    members[f"metadata.{LINK_KEY}"] = text_expr(pl.col("internal_id").cast(pl.String))
    if settings.allow_list:
        members[f"metadata.{ALLOW_KEY}"] = pl.lit(constant("true"))
    if locales := sorted(path for path in paths if path.startswith(_LOCALES)):
        members[_LOCALES] = list_expr(text_expr(pl.col(path)) for path in locales)
    record = _object(members).alias("record")
    return rows.select(pl.col("internal_id").alias("netsuite_internal_id"), record, "notes")


def _object(members: Mapping[str, pl.Expr]) -> pl.Expr:
    """The object of values by path, with an object for what stands before a dot; null where it would be empty."""
    inner: dict[str, dict[str, pl.Expr]] = {}
    flat: dict[str, pl.Expr] = {}
    for path, value in members.items():
        root, dot, rest = path.partition(".")
        if dot:
            inner.setdefault(root, {})[rest] = value
        else:
            flat[root] = value
    for root, those in inner.items():
        flat[root] = object_expr(those) if root == "metadata" else _object(those)  # a key may hold dots
    return pl.when(pl.any_horizontal(value.is_not_null() for value in flat.values())).then(object_expr(flat))
