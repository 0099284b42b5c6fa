"""The new customers of a plan as a table for people: a row each, a column for each field; pure."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import orjson
import polars as pl

from schemas.words import System

STRIPE_CREATIONS_FILE: Final = "stripe_creations.csv"
"""The new Stripe customers of a plan, where it has some."""


def new_customers(plan: pl.DataFrame, review: pl.DataFrame) -> pl.DataFrame:
    """Show each new record of a plan (`schemas.plan.Plan`), and the records to look at before it is approved.

    Returns:
        stripe_customer_id, reason, `suggestions` as in the review (`schemas.review.ReviewQueue`) if any customer has
        some, then a String column for each field that some record fills: fields of the body by their script ids, lines
        of the address book as `address 1 city`, and `currency`. Empty without creates.
    """
    table = _table(plan, "netsuite", pl.col("stripe_customer_id"), _shown)
    if "suggestions" not in review.columns:
        return table
    told = review.select("stripe_customer_id", "suggestions").drop_nulls()
    shown = table.join(told, on="stripe_customer_id", how="left", maintain_order="left")
    if not shown.get_column("suggestions").count():
        return table
    return shown.select(
        "stripe_customer_id", "reason", "suggestions", pl.exclude("stripe_customer_id", "reason", "suggestions")
    )


def new_stripe_customers(plan: pl.DataFrame) -> pl.DataFrame:
    """Show each new Stripe customer of a plan: netsuite_internal_id, reason, then its parameters by their paths."""
    return _table(plan, "stripe", pl.col("netsuite_internal_id").cast(pl.String), _paths)


def _table(
    plan: pl.DataFrame, system: System, whose: pl.Expr, shown: Callable[[dict[str, Any]], Iterator[tuple[str, str]]]
) -> pl.DataFrame:
    creates = plan.filter((pl.col("action") == "create") & (pl.col("system") == system))
    said = creates.select(whose, "reason")
    if creates.is_empty():
        return said
    records = [dict(shown(orjson.loads(text))) for text in creates.get_column("values")]
    names = list(dict.fromkeys(name for record in records for name in record))
    columns = {name: [record.get(name) for record in records] for name in names}
    return pl.concat([said, pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))], how="horizontal")


def _paths(record: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _paths(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", _text(value)


def _shown(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in record.get("fields", {}).items():
        yield name, _text(value)
    for number, line in enumerate(record.get("addressbook") or [], 1):
        for name, value in line.items():
            yield f"address {number} {name}", _text(value)
    if "currency" in record:
        yield "currency", _text(record["currency"])


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
