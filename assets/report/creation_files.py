"""The new NetSuite customers of a plan as a table for people: a row each, a column for each field; pure."""

from collections.abc import Iterator
from typing import Any, Final

import orjson
import polars as pl

CREATIONS_FILE: Final = "creations.csv"
"""The new customers of a plan, where it has some."""


def new_customers(plan: pl.DataFrame) -> pl.DataFrame:
    """Show each new record of a plan (`schemas.plan.Plan`).

    Returns:
        stripe_customer_id, reason, then a String column for each field that some record fills: fields of the body by
        their script ids, lines of the address book as `address 1 city`, and `currency`. Empty without creates.
    """
    creates = plan.filter(pl.col("action") == "create")
    if creates.is_empty():
        return pl.DataFrame(schema={"stripe_customer_id": pl.String, "reason": pl.String})
    records = [dict(_shown(orjson.loads(text))) for text in creates.get_column("values")]
    names = list(dict.fromkeys(name for record in records for name in record))
    columns = {name: [record.get(name) for record in records] for name in names}
    shown = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))
    return pl.concat([creates.select("stripe_customer_id", "reason"), shown], how="horizontal")


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
